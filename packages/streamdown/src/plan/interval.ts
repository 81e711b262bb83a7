import type { Interval } from '../types/value.ts'

const DAY = 86_400_000_000n

/** Months first (the day is cut to the month's last), then days, then the rest. */
export function addInterval(micros: bigint, { months, days, micros: rest }: Interval, sign: 1 | -1): bigint {
  let day = micros / DAY
  let within = micros % DAY
  if (within < 0n) {
    day -= 1n
    within += DAY
  }
  if (months !== 0) {
    const date = new Date(Number(day) * 86_400_000)
    const wanted = date.getUTCDate()
    date.setUTCDate(1)
    date.setUTCMonth(date.getUTCMonth() + sign * months)
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
    date.setUTCDate(Math.min(wanted, last))
    day = BigInt(Math.round(date.getTime() / 86_400_000))
  }
  return (day + BigInt(sign * days)) * DAY + within + BigInt(sign) * rest
}
