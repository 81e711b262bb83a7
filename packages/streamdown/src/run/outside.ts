import { base64Bytes, base64Text } from '../values/base64.ts'
import type { Asker, Inquiries } from './inquiries.ts'
import type { Intake } from './intake.ts'
import type { JournalEntry } from './journal.ts'

/** All asynchronous operators of a program: when they may ask, what of them is in the journal, and when they end. */
export class Outside {
  readonly inquiries: Inquiries[] = []
  readonly #replay: readonly JournalEntry[]
  readonly #asker: ((inquiries: Inquiries) => Asker) | undefined
  #started = false

  constructor(replay: readonly JournalEntry[], asker: ((inquiries: Inquiries) => Asker) | undefined) {
    this.#replay = replay
    this.#asker = asker
  }

  /** In the order of the plan. The answers of steps to be repeated are those of the journal. */
  add(inquiries: Inquiries): void {
    const place = this.inquiries.push(inquiries) - 1
    inquiries.repeat(this.#replay.flatMap(({ answers }) => answers?.[place]?.map(base64Bytes) ?? []))
  }

  /**
   * Questions are asked when no step is to be repeated. When all sources have ended and nothing is asked any more, no
   * answer will come. Returns what the step adds to its journal entry.
   */
  endStep(repeats: boolean, intake: Intake): Pick<JournalEntry, 'answers'> {
    if (this.inquiries.length === 0) return {}
    if (!repeats) this.#start()
    const own = new Set<object>(this.inquiries)
    const sourcesEnded =
      !intake.growing &&
      intake.partitions.every(({ vertex, status }) => status === 'ended' || own.has(vertex.scan.relation.handle ?? {}))
    if (sourcesEnded && this.inquiries.every(each => each.quiet)) for (const each of this.inquiries) each.end()
    const answers = this.inquiries.map(each => each.takeJournal().map(base64Text))
    return answers.every(each => each.length === 0) ? {} : { answers }
  }

  #start(): void {
    if (this.#started || this.#asker === undefined) return
    this.#started = true
    for (const each of this.inquiries) each.start(this.#asker(each))
  }
}
