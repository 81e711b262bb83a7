import { avg, count, file, hop, max, sql, stream, type Timestamp, tumble } from 'data-streamdown'

interface Departure {
  date: Timestamp
  delay: bigint
  distance: bigint
  origin: string
  destination: string
}

/**
 * Three million departures as a stream: statistics by airport, alerts when they worsen, the day's worst airports.
 * The same program as flights.sql.
 */
export function flights(from: string, out: string) {
  const departures = stream(file<Departure>(from, { format: 'parquet' }), { time: 'date', lateness: '60 minutes' })

  const hours = departures.by('origin').window(hop('3 hours', { every: '1 hour' }))
  const statistics = hours.aggregate({ flights: count(), mean_delay: avg('delay'), max_delay: max('delay') })

  // A window against the one that started an hour earlier.
  const busy = statistics.where('flights', '>=', 20)
  const before = busy.select({
    origin: 'origin',
    mean_delay: 'mean_delay',
    next_start: sql<Timestamp>`window_start + INTERVAL '1' HOUR`,
  })
  const alerts = busy
    .join(before, { on: { origin: 'origin', window_start: 'next_start' }, as: 'before' })
    .where(sql<boolean>`mean_delay >= before.mean_delay + 30`)
    .select({
      origin: 'origin',
      window_start: 'window_start',
      window_end: 'window_end',
      flights: 'flights',
      mean_delay: 'mean_delay',
      mean_delay_before: 'before.mean_delay',
    })

  const days = departures.by('origin').window(tumble('1 day'))
  const byDay = days.aggregate({ flights: count(), mean_delay: avg('delay') })
  const worstOfDay = byDay
    .where('flights', '>=', 20)
    .by('window_start', 'window_end')
    .top(10, 'mean_delay desc', { rank: 'place' })
    .select({ day: 'window_start', place: 'place', origin: 'origin', flights: 'flights', mean_delay: 'mean_delay' })

  // Rows that came too late for some of their windows (missed of total), each once.
  const lateColumns = {
    date: 'date',
    delay: 'delay',
    distance: 'distance',
    origin: 'origin',
    destination: 'destination',
    missed: 'windows_missed',
    total: 'windows_total',
  } as const

  return {
    statistics: statistics.into(file(`${out}/statistics.parquet`)),
    alerts: alerts.into(file(`${out}/alerts.ndjson`)),
    worstOfDay: worstOfDay.into(file(`${out}/worst-of-day.ndjson`)),
    late: hours.late.select(lateColumns).into(file(`${out}/late.ndjson`)),
    lateByDay: days.late.select(lateColumns).into(file(`${out}/late-by-day.ndjson`)),
  }
}
