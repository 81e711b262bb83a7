const CLEAR_LINE = '\x1b[2K'
const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'

export const bold = (text: string): string => `\x1b[1m${text}\x1b[22m`
export const dim = (text: string): string => `\x1b[2m${text}\x1b[22m`

/** A few lines of a terminal that are drawn again and again in the same place. */
export class LiveBlock {
  readonly #write: (text: string) => void
  #height = 0

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  draw(lines: readonly string[]): void {
    const up = this.#height === 0 ? HIDE_CURSOR : `\x1b[${this.#height}A`
    this.#write(up + lines.map(line => `${CLEAR_LINE}${line}\n`).join(''))
    this.#height = lines.length
  }

  /** What is drawn stays; the next draw starts below it. */
  end(): void {
    if (this.#height > 0) this.#write(SHOW_CURSOR)
    this.#height = 0
  }
}
