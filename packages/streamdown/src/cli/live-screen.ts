import type { LiveQuery } from '../session/session.ts'
import { counted } from '../values/counted.ts'
import type { LiveRows } from './live-rows.ts'
import { tableLines } from './table.ts'

const CLEAR_BELOW = '\x1b[J'
const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'

/** Lines of a table that hold no rows: borders, head, the line below. */
const FRAME_LINES = 5
/** A redraw costs the terminal more than the engine. */
const REDRAW_MS = 100

/** What a terminal must have. */
export interface Terminal {
  readonly columns: number
  readonly rows: number
  write(text: string): unknown
}

/** The rows of a live query as a table that is drawn again in its place when they change. */
export class LiveScreen {
  readonly #terminal: Terminal
  readonly #query: LiveQuery
  readonly #rows: LiveRows
  readonly #now: () => number
  #height = 0
  #drawnAt = Number.NEGATIVE_INFINITY
  #changed = true

  /** `now`: milliseconds. */
  constructor(terminal: Terminal, query: LiveQuery, rows: LiveRows, now: () => number) {
    this.#terminal = terminal
    this.#query = query
    this.#rows = rows
    this.#now = now
  }

  changed(): void {
    this.#changed = true
  }

  /** Draws what changed, if the last time is long enough ago. Called often. */
  refresh(): void {
    if (this.#now() - this.#drawnAt < REDRAW_MS) return
    this.#drawnAt = this.#now()
    if (this.#changed) this.#draw('Ctrl-C ends it')
  }

  /** The last state stays on the screen. */
  end(): void {
    this.#draw(undefined)
    if (this.#height > 0) this.#terminal.write(SHOW_CURSOR)
  }

  #draw(hint: string | undefined): void {
    const { columns, rows } = this.#terminal
    const shown = this.#rows.shown(Math.max(1, rows - FRAME_LINES - 1))
    const { count } = this.#rows
    const { schema, timeZone } = this.#query
    const { lines, hidden } = tableLines({ schema, rows: shown, timeZone }, columns)
    const notes = [
      shown.length < count ? `${shown.length} of ${count} rows` : counted(count, 'row'),
      ...(hidden > 0 ? [`${hidden} of ${schema.length} columns not shown`] : []),
      `${this.#query.status()?.rowsIn ?? 0} read`,
      ...(hint === undefined ? [] : [hint]),
    ]
    const back = this.#height === 0 ? HIDE_CURSOR : `\x1b[${this.#height}A\r${CLEAR_BELOW}`
    this.#terminal.write(`${back}${[...lines, notes.join(', ').slice(0, columns - 1)].join('\n')}\n`)
    this.#height = lines.length + 1
    this.#changed = false
  }
}
