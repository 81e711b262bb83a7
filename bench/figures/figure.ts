/** A number that the project holds itself to. */
export interface Figure {
  readonly name: string
  readonly target: number
  readonly unit: 'x' | 'M events/CPU s' | 'MB'
  /** Whether more or less is better. */
  readonly better: 'more' | 'less'
  readonly measure: () => number
}

/** Measures each in turn and prints it with its target, pass or miss; the number of misses. */
export function measureAll(figures: readonly Figure[]): number {
  let misses = 0
  for (const figure of figures) {
    const value = figure.measure()
    const met = figure.better === 'more' ? value >= figure.target : value <= figure.target
    if (!met) misses += 1
    console.log(lineOf(figure, value, met))
  }
  return misses
}

function lineOf({ name, target, unit, better }: Figure, value: number, met: boolean): string {
  const measured = unit === 'MB' ? Math.round(value) : value.toFixed(2)
  const suffix = unit === 'x' ? 'x' : ` ${unit}`
  const bound = better === 'more' ? 'at least' : 'at most'
  return `${met ? 'pass' : 'MISS'}  ${name}: ${measured}${suffix} (target ${bound} ${target}${suffix})`
}

export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0

/** A ratio is the median of so many pairs, measured one after the other: the machine may be shared. */
const PAIRS = 3

export const medianRatio = (ours: () => number, peer: () => number): number =>
  median(Array.from({ length: PAIRS }, () => ours() / peer()))
