import { measureAll } from './figure.ts'
import { measured } from './measured.ts'
import { nexmarkFigures } from './nexmark.ts'
import { peerFigures } from './peers.ts'

const EVENTS_IN_FILE = 4_000_000

/** Every figure with a target whose name matches; 1 when one is missed. */
export async function figures(only: RegExp): Promise<number> {
  const ours = await measured(EVENTS_IN_FILE)
  const chosen = [...peerFigures(ours), ...nexmarkFigures(ours)].filter(({ name }) => only.test(name))
  const misses = measureAll(chosen)
  console.log(`${chosen.length - misses} of ${chosen.length} figures reached`)
  return misses > 0 ? 1 : 0
}
