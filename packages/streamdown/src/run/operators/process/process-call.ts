import { StreamdownError } from '../../../errors/error.ts'
import type { ListAccess, MapAccess, ProcessHost, TimerClock } from '../../../plan/nodes/node.ts'
import type { Value } from '../../../types/value.ts'
import { exactKey } from '../../../types/value-key.ts'
import { SeededRandom } from '../../clock.ts'
import type { KeyState, KeyStates } from './key-states.ts'
import type { Timer } from './process-timers.ts'

/** What a call is made for: a row, or a timer. */
export interface Occasion {
  readonly state: KeyState
  readonly time: bigint | undefined
  readonly now: bigint
  /** The arrival of the row, or of the row that set the timer. */
  readonly ordinal: bigint
  /** Tells the numbers drawn here from those of other calls. */
  readonly draw: bigint
  readonly timer?: Timer
}

/** A call of a process function: its state, and what it has given so far. */
export class ProcessCall implements ProcessHost {
  readonly rows: { readonly output: number; readonly row: readonly Value[] }[] = []
  readonly timers: { readonly timer: Timer; readonly gone: boolean }[] = []
  readonly #occasion: Occasion
  readonly #states: KeyStates
  readonly #seed: number
  #random: SeededRandom | undefined

  constructor(occasion: Occasion, states: KeyStates, seed: number) {
    this.#occasion = occasion
    this.#states = states
    this.#seed = seed
  }

  get key(): readonly Value[] {
    return this.#occasion.state.key
  }

  get time(): bigint | undefined {
    return this.#occasion.time
  }

  get eventTime(): bigint | undefined {
    const { time, timer } = this.#occasion
    return timer?.clock === 'processing' ? undefined : time
  }

  get now(): bigint {
    return this.#occasion.now
  }

  random(): number {
    this.#random ??= new SeededRandom(this.#seed, this.#occasion.draw)
    return this.#random.next()
  }

  emit(output: number, row: readonly Value[]): void {
    this.rows.push({ output, row })
  }

  read(cell: number): Value | undefined {
    return this.#states.read(this.#occasion.state, cell, this.now)
  }

  write(cell: number, value: Value): void {
    this.#states.write(this.#occasion.state, cell, value, this.now)
  }

  clear(cell: number): void {
    this.#states.clear(this.#occasion.state, cell)
  }

  list(cell: number): ListAccess {
    return this.#states.list(this.#occasion.state, cell, this.now)
  }

  map(cell: number): MapAccess {
    return this.#states.map(this.#occasion.state, cell, this.now)
  }

  setTimer(clock: TimerClock, name: string | undefined, time: bigint): void {
    const { timer: by, ordinal } = this.#occasion
    if (by !== undefined && by.clock === clock && time <= by.time)
      throw new StreamdownError('DSD5007', 'A timer can set timers that are later than itself only.')
    const kind = name === undefined ? 'plain' : 'named'
    const timer = { key: this.key, kind, clock, name: name ?? '', time, ordinal, chained: by !== undefined } as const
    this.timers.push({ timer, gone: false })
  }

  cancelTimer(name: string): void {
    const { ordinal } = this.#occasion
    const timer = { key: this.key, kind: 'named', clock: 'event', name, time: 0n, ordinal, chained: false } as const
    this.timers.push({ timer, gone: true })
  }

  /** Text that is the same for calls that gave the same. */
  given(): string {
    const rows = this.rows.map(({ output, row }) => `${output} ${exactKey(row)}`)
    const timers = this.timers.map(
      ({ timer, gone }) => `${gone} ${timer.kind} ${timer.clock} ${timer.name} ${timer.time}`,
    )
    return [...rows, ...timers].join('\n')
  }
}
