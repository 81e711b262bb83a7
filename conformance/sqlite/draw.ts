import { createHash } from 'node:crypto'

/** Whether a record is among those drawn: the same for the same seed, whatever else is drawn. `share`: 0 to 1. */
export function isDrawn(seed: number, file: string, line: number, share: number): boolean {
  if (share >= 1) return true
  const hash = createHash('md5').update(`${seed}/${file}/${line}`).digest()
  return hash.readUInt32LE(0) / 2 ** 32 < share
}
