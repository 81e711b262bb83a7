import { createHash } from 'node:crypto'

const number = (text: string): number => createHash('md5').update(text).digest().readUInt32LE(0)

/** The files in an order that the seed decides. */
export const inDrawnOrder = (seed: number, files: readonly string[]): readonly string[] =>
  [...files].sort((a, b) => number(`${seed}/${a}`) - number(`${seed}/${b}`))

/** Whether a record is among those drawn: the same for the same seed, whatever else is drawn. `share`: 0 to 1. */
export function isDrawn(seed: number, file: string, line: number, share: number): boolean {
  if (share >= 1) return true
  return number(`${seed}/${file}/${line}`) / 2 ** 32 < share
}
