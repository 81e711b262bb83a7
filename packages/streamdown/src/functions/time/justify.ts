import type { Interval } from '../../types/value.ts'
import { MICROS_PER_DAY } from '../../values/calendar.ts'

/*
 * PostgreSQL's justify functions: what is more than a unit goes to the next greater one, and then what is left has the
 * sign of that unit.
 */

export const justifyHours = (interval: Interval): Interval => daysAndTimeAlike(hoursToDays(interval))

export function justifyDays(interval: Interval): Interval {
  const { months, days, micros } = daysToMonths(interval)
  if (months > 0 && days < 0) return { months: months - 1, days: days + 30, micros }
  return months < 0 && days > 0 ? { months: months + 1, days: days - 30, micros } : { months, days, micros }
}

export function justifyInterval(interval: Interval): Interval {
  const { months, days, micros } = daysToMonths(hoursToDays(interval))
  if (months > 0 && (days < 0 || (days === 0 && micros < 0n)))
    return daysAndTimeAlike({ months: months - 1, days: days + 30, micros })
  if (months < 0 && (days > 0 || (days === 0 && micros > 0n)))
    return daysAndTimeAlike({ months: months + 1, days: days - 30, micros })
  return daysAndTimeAlike({ months, days, micros })
}

const hoursToDays = ({ months, days, micros }: Interval): Interval => ({
  months,
  days: days + Number(micros / MICROS_PER_DAY),
  micros: micros % MICROS_PER_DAY,
})

const daysToMonths = ({ months, days, micros }: Interval): Interval => ({
  months: months + Math.trunc(days / 30),
  days: days % 30,
  micros,
})

function daysAndTimeAlike({ months, days, micros }: Interval): Interval {
  if (days > 0 && micros < 0n) return { months, days: days - 1, micros: micros + MICROS_PER_DAY }
  return days < 0 && micros > 0n
    ? { months, days: days + 1, micros: micros - MICROS_PER_DAY }
    : { months, days, micros }
}
