import { run } from 'data-streamdown'
import { flights } from './flights.ts'
import type { Progress } from './progress.ts'
import type { Outcome } from './run-sql.ts'

const LOOK_EVERY_MS = 100

/** Runs flights.ts to its end, or until the signal. */
export async function runTypeScript(
  departures: string,
  out: string,
  { signal, progress }: { readonly signal: AbortSignal; readonly progress: Progress },
): Promise<Outcome> {
  const app = await run(flights(departures, out))
  const timer = setInterval(() => progress.show(() => app.$.status()), LOOK_EVERY_MS)
  const interrupted = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
  try {
    await Promise.race([app.$.finished, interrupted])
  } finally {
    clearInterval(timer)
    await app.$.stop()
  }
  const status = app.$.status()
  progress.end(status)
  return { rowsIn: status.rowsIn, stopped: signal.aborted, openWindows: status.openWindows }
}
