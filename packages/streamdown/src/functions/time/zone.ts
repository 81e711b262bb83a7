import type { Interval } from '../../types/value.ts'
import { addInterval, floorDivide, MICROS_PER_DAY, MICROS_PER_SECOND } from '../../values/calendar.ts'

/** Offsets of one time zone: µs to add to UTC for local time. */
export interface Zone {
  readonly offsetAt: (utc: bigint) => bigint
}

const zones = new Map<string, Zone>()
const fixed = /^(?:UTC|GMT|Z)?(?:([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?)?$/i

/** The zone of that name (`Europe/Berlin`, `UTC`, `+02:00`, `GMT+8`); undefined when there is none. */
export function findZone(name: string): Zone | undefined {
  const known = zones.get(name)
  if (known !== undefined) return known
  const zone = makeZone(name.trim())
  if (zone !== undefined) zones.set(name, zone)
  return zone
}

const utc: Zone = { offsetAt: () => 0n }

/** The zone in which TIMESTAMP_LTZ is shown; UTC where the name is none. */
export const zoneNamed = (name: string): Zone => findZone(name) ?? utc

function makeZone(name: string): Zone | undefined {
  const match = fixed.exec(name)
  if (match !== null && name !== '') {
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = match
    const size = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * MICROS_PER_SECOND
    const offset = sign === '-' ? -size : size
    return { offsetAt: () => offset }
  }
  try {
    return namedZone(new Intl.DateTimeFormat('en-US', { ...fields, timeZone: name }))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const fields = {
  hourCycle: 'h23',
  era: 'short',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const

/** Offsets are looked up a UTC day at a time; on a day of change the moment is searched to the second. */
function namedZone(format: Intl.DateTimeFormat): Zone {
  const days = new Map<bigint, { readonly before: bigint; readonly change: bigint; readonly after: bigint }>()
  const exact = (second: bigint): bigint => {
    const at = Number(second) * 1000
    // The range that JavaScript's dates have; beyond it the offset no longer changes.
    const limited = Math.max(-8.64e15, Math.min(8.64e15, at))
    const parts: Record<string, string> = {}
    for (const { type, value } of format.formatToParts(limited)) parts[type] = value
    const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year)
    const local = new Date(0)
    local.setUTCFullYear(year, Number(parts.month) - 1, Number(parts.day))
    local.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second))
    return BigInt(Math.round((local.getTime() - limited) / 1000)) * MICROS_PER_SECOND
  }
  const day = (index: bigint) => {
    const first = index * 86_400n
    const before = exact(first)
    const after = exact(first + 86_399n)
    let low = first
    let high = first + 86_399n
    if (before !== after) {
      while (high - low > 1n) {
        const middle = (low + high) / 2n
        if (exact(middle) === before) low = middle
        else high = middle
      }
    }
    return { before, change: high * MICROS_PER_SECOND, after }
  }
  return {
    offsetAt(utc) {
      const index = floorDivide(utc, MICROS_PER_DAY)
      let known = days.get(index)
      if (known === undefined) {
        known = day(index)
        if (days.size > 100_000) days.clear()
        days.set(index, known)
      }
      return utc < known.change ? known.before : known.after
    },
  }
}

export const utcToLocal = (zone: Zone, utc: bigint): bigint => utc + zone.offsetAt(utc)

/** Of a local time that occurs twice: java.time takes the first, PostgreSQL the last. */
export type Ambiguous = 'first' | 'last'

/**
 * The instant of a local time. In the hour that occurs twice the first one, or the last; a time that a clock change skips moves on
 * by the change, as java.time and PostgreSQL have it.
 */
export function localToUtc(zone: Zone, local: bigint, ambiguous: Ambiguous = 'first'): bigint {
  const early = local - zone.offsetAt(local - MICROS_PER_DAY)
  const late = local - zone.offsetAt(local + MICROS_PER_DAY)
  const isLate = utcToLocal(zone, late) === local
  if (utcToLocal(zone, early) === local) return isLate && ambiguous === 'last' ? late : early
  return isLate ? late : early
}

/** Months and days are added to the local time, the rest to the instant. An hour that occurs twice is the last. */
export function movedInZone(utc: bigint, { months, days, micros }: Interval, zone: Zone): bigint {
  if (months === 0 && days === 0) return utc + micros
  const local = addInterval(utcToLocal(zone, utc), { months, days, micros: 0n })
  return localToUtc(zone, local, 'last') + micros
}
