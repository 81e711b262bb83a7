import { bold, dim, LiveBlock } from './terminal.ts'

/** What a running job has done so far. Times are µs. */
export interface Figures {
  readonly rowsIn: number
  readonly late: number
  readonly stateBytes: number
  readonly watermark: bigint
  readonly newestEventTime: bigint
}

export interface ProgressOptions {
  readonly title: string
  /** Rows that there are to read. */
  readonly total: number
  /** A terminal gets a table that changes in place, anything else a line every few seconds. */
  readonly terminal: boolean
  readonly write: (text: string) => void
}

const DRAW_EVERY_MS = 100
const LINE_EVERY_MS = 3_000
/** The rate is that of about the last second. */
const RATE_OVER_MS = 1_000
const WIDTH = 78
const LOWEST = -(2n ** 63n)
const HIGHEST = 2n ** 63n - 1n

/** Shows how far a job is. When all its input has been read, the watermark is the end of time. */
export class Progress {
  readonly #options: ProgressOptions
  readonly #block: LiveBlock
  readonly #started = performance.now()
  #marks: readonly { readonly at: number; readonly rows: number }[] = [{ at: this.#started, rows: 0 }]
  #shown: number

  constructor(options: ProgressOptions) {
    this.#options = options
    this.#block = new LiveBlock(options.write)
    this.#shown = options.terminal ? 0 : this.#started
    if (!options.terminal) options.write(`${options.title}: ${whole(options.total)} rows\n`)
  }

  /** May be called as often as there is news; draws as often as an eye can follow. */
  show(figures: () => Figures): void {
    const now = performance.now()
    if (now - this.#shown < (this.#options.terminal ? DRAW_EVERY_MS : LINE_EVERY_MS)) return
    this.#shown = now
    this.#draw(figures(), this.#rate(figures().rowsIn, now))
  }

  /** The last figures; the rate is that of the whole run. */
  end(figures: Figures): void {
    const seconds = (performance.now() - this.#started) / 1000
    this.#draw(figures, figures.rowsIn / seconds)
    this.#block.end()
    this.#options.write(
      `${this.#options.terminal ? '' : `${this.#options.title}: `}done in ${seconds.toFixed(1)} s\n\n`,
    )
  }

  #draw(figures: Figures, rate: number): void {
    const { title, total, terminal, write } = this.#options
    const done = total === 0 ? 1 : Math.min(1, figures.rowsIn / total)
    if (terminal) this.#block.draw([bold(title), bar(done), '', ...table(figures, rate)])
    else write(`${line(figures, rate, done)}\n`)
  }

  #rate(rows: number, now: number): number {
    const old = this.#marks.filter(({ at }) => now - at >= RATE_OVER_MS).at(-1)
    this.#marks = [...this.#marks.filter(mark => mark === old || now - mark.at < RATE_OVER_MS), { at: now, rows }]
    const from = this.#marks[0]
    return from === undefined || from.at === now ? 0 : (rows - from.rows) / ((now - from.at) / 1000)
  }
}

function bar(done: number): string {
  const percent = `${Math.floor(done * 100)} %`.padStart(6)
  const room = WIDTH - percent.length
  const full = Math.round(room * done)
  return `${'━'.repeat(full)}${dim('━'.repeat(room - full))}${percent}`
}

function table(figures: Figures, rate: number): readonly string[] {
  const columns: readonly (readonly [string, string, number])[] = [
    ['rows', whole(figures.rowsIn), 11],
    ['rows/s', whole(rate), 12],
    ['watermark', timeText(figures.watermark), 19],
    ['lag', lagText(figures), 10],
    ['state', bytesText(figures.stateBytes), 11],
    ['late', whole(figures.late), 11],
  ]
  return [
    dim(columns.map(([name, , width]) => name.padStart(width)).join('')),
    columns.map(([, text, width]) => text.padStart(width)).join(''),
  ]
}

function line(figures: Figures, rate: number, done: number): string {
  const time =
    figures.watermark !== LOWEST
      ? `, watermark ${timeText(figures.watermark)}, lag ${lagText(figures)}, ${whole(figures.late)} late`
      : ''
  return `${whole(figures.rowsIn)} rows (${Math.floor(done * 100)} %), ${whole(rate)} rows/s${time}, state ${bytesText(figures.stateBytes)}`
}

/** How far the watermark is behind the newest event time. */
function lagText({ watermark, newestEventTime }: Figures): string {
  if (watermark === LOWEST) return '-'
  const minutes = watermark === HIGHEST ? 0 : Number((newestEventTime - watermark) / 60_000_000n)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`
}

function timeText(micros: bigint): string {
  if (micros === LOWEST) return '-'
  if (micros === HIGHEST) return 'end of time'
  return new Date(Number(micros / 1000n)).toISOString().slice(0, 16).replace('T', ' ')
}

export const whole = (count: number): string => Math.round(count).toLocaleString('en-US')

const bytesText = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`
