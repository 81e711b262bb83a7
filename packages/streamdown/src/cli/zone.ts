import { findZone } from '../functions/time/zone.ts'
import type { TextZone } from '../values/text.ts'

const utc: TextZone = { offsetAt: () => 0n }

/** The zone in which TIMESTAMP_LTZ is shown; UTC where the name is none. */
export const zoneNamed = (name: string): TextZone => findZone(name) ?? utc
