import type { Inquiry } from '../plan/nodes/node.ts'
import type { Value } from '../types/value.ts'
import { rowKey } from '../types/value-key.ts'
import { AnswerCache } from './answer-cache.ts'
import type { Clock } from './clock.ts'
import type { Asker, Inquiries, Question } from './inquiries.ts'

/** Time, handed in. */
export interface AskTime {
  readonly clock: Clock
  /** Resolves after so long, or as soon as `sooner` has resolved. */
  sleep(ms: number, sooner?: Promise<unknown>): Promise<void>
}

/**
 * Asks the outside: in batches, some calls at a time, each for so long, tried again when it fails. Equal questions that
 * wait together are one; answers are cached. Whatever happens each question is answered once, if only by its problem.
 */
export const askerWith =
  (time: AskTime) =>
  (inquiries: Inquiries): Asker =>
    new OutsideAsker(inquiries, time)

/** Equal questions, under way or waiting. */
interface Pending {
  readonly key: string
  readonly values: readonly Value[]
  readonly numbers: bigint[]
}

type Rows = readonly (readonly Value[])[]

class OutsideAsker implements Asker {
  readonly #inquiries: Inquiries
  readonly #inquiry: Inquiry
  readonly #time: AskTime
  readonly #cache: AnswerCache | undefined
  readonly #pending = new Map<string, Pending>()
  #waiting: Pending[] = []
  #calls = 0
  #scheduled = false
  readonly #closing = new AbortController()

  constructor(inquiries: Inquiries, time: AskTime) {
    this.#inquiries = inquiries
    this.#inquiry = inquiries.inquiry
    this.#time = time
    const { cache } = this.#inquiry
    this.#cache = cache === undefined ? undefined : new AnswerCache(cache, time.clock)
  }

  ask({ number, values }: Question): void {
    const key = rowKey(values)
    const known = this.#cache?.get(key)
    if (known !== undefined) {
      this.#inquiries.answer(number, { rows: known })
      return
    }
    // Without a cache each question has an answer of its own.
    const same = this.#cache === undefined ? undefined : this.#pending.get(key)
    if (same !== undefined) {
      same.numbers.push(number)
      return
    }
    const pending = { key, values, numbers: [number] }
    if (this.#cache !== undefined) this.#pending.set(key, pending)
    this.#waiting.push(pending)
    this.#schedule()
  }

  close(): void {
    this.#waiting = []
    this.#closing.abort(new Error('the program stopped'))
  }

  /** Questions of one step go out together. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#send()
    })
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.#calls < this.#inquiry.concurrency) {
      const batch = this.#waiting.slice(0, this.#inquiry.batch)
      this.#waiting = this.#waiting.slice(batch.length)
      this.#calls += 1
      void this.#call(batch).finally(() => {
        this.#calls -= 1
        this.#send()
      })
    }
  }

  async #call(batch: readonly Pending[]): Promise<void> {
    const { attempts, delay, onMiss } = this.#inquiry.retry
    let open = batch
    for (let attempt = 0; ; attempt++) {
      const last = attempt >= attempts
      const rows = await this.#attempt(open).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      )
      if (this.#closing.signal.aborted) return
      if (rows instanceof Error) {
        if (last) for (const pending of open) this.#fail(pending, rows.message)
      } else {
        for (const [at, pending] of open.entries()) {
          const answer = rows[at] ?? []
          if (answer.length > 0 || !onMiss || last) this.#settle(pending, answer)
        }
        open = open.filter((_, at) => onMiss && (rows[at] ?? []).length === 0)
      }
      if (last || open.length === 0) return
      if (delay > 0n) await this.#time.sleep(Number(delay / 1000n))
    }
  }

  async #attempt(batch: readonly Pending[]): Promise<readonly Rows[]> {
    const { timeout } = this.#inquiry
    const ms = Number(timeout / 1000n)
    const late = new AbortController()
    const signal = AbortSignal.any([late.signal, this.#closing.signal])
    const stopped = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
    const questions = batch.map(({ values }) => values)
    const answer = Promise.race([this.#inquiry.ask(questions, signal), stopped])
    const settled = answer.catch(() => undefined)
    void this.#time.sleep(ms, settled).then(() => late.abort(new Error(`no answer within ${ms} ms`)))
    return await answer
  }

  #settle(pending: Pending, rows: Rows): void {
    this.#pending.delete(pending.key)
    this.#cache?.put(pending.key, rows)
    for (const number of pending.numbers) this.#inquiries.answer(number, { rows })
  }

  #fail(pending: Pending, problem: string): void {
    this.#pending.delete(pending.key)
    for (const number of pending.numbers) this.#inquiries.answer(number, { problem })
  }
}
