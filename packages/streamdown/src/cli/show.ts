import type { ChangeRow, LiveQuery, Session, StatementResult } from '../session/session.ts'
import type { Interrupt } from './interrupt.ts'
import { changeLinesOf, jsonLinesOf } from './json-lines.ts'
import { LiveRows } from './live-rows.ts'
import { LiveScreen } from './live-screen.ts'
import { tableOf } from './table.ts'

/** How results are shown. */
export interface Show {
  /** One object a line instead of tables and messages. */
  readonly json: boolean
  /** Rows of a query, or changes of one that never ends, that are printed at most. */
  readonly limit: number
  /** Messages of statements that give no rows. */
  readonly messages: boolean
}

/** The width of tables where standard output is no terminal. */
const WIDTH_OFF_TERMINAL = 100

/** Carries out a text of statements; each result is shown before the next statement starts. Gives the last result. */
export async function showStatements(
  session: Session,
  text: string,
  show: Show,
  interrupt: Interrupt,
): Promise<StatementResult | undefined> {
  let last: StatementResult | undefined
  for await (const result of session.executeEach(text, { signal: interrupt.signal })) {
    await showResult(session, result, show, interrupt)
    last = result
    if (interrupt.requested) break
  }
  return last
}

async function showResult(
  session: Session,
  result: StatementResult,
  { json, limit, messages }: Show,
  interrupt: Interrupt,
): Promise<void> {
  switch (result.is) {
    case 'rows': {
      const rows = { ...result, rows: result.rows.slice(0, limit) }
      process.stdout.write(json ? jsonLinesOf(rows) : tableOf(rows, process.stdout.columns ?? WIDTH_OFF_TERMINAL))
      if (result.dead !== undefined) warnOfDeadLetters(result.dead, 'the query')
      return
    }
    case 'live':
      return process.stdout.isTTY && !json
        ? watch(session, result.query, limit, interrupt)
        : streamChanges(session, result.query, limit, interrupt)
    case 'done':
      if (messages && !json) say(result.message)
      if (result.dead !== undefined) warnOfDeadLetters(result.dead, 'the statement')
      return
    case 'started':
      if (messages && !json) say(`started ${result.job}`)
      return
  }
}

/** Off a terminal standard output is for rows alone. */
const say = (message: string): boolean => (process.stdout.isTTY ? process.stdout : process.stderr).write(`${message}\n`)

/** A line a change, at most `limit` of them. */
async function streamChanges(session: Session, query: LiveQuery, limit: number, interrupt: Interrupt): Promise<void> {
  let left = limit
  await query.start(changes => {
    const some = oneByOne(changes).slice(0, left)
    left -= some.length
    process.stdout.write(changeLinesOf(query, some))
  })
  try {
    await session.run({ stop: () => interrupt.requested || query.ended || left <= 0 })
  } finally {
    await closeQuery(query)
  }
}

/** A change that happened n times over as n changes. */
const oneByOne = (changes: readonly ChangeRow[]): readonly ChangeRow[] =>
  changes.flatMap(change =>
    Array.from({ length: Math.abs(change.weight) }, () => ({ ...change, weight: Math.sign(change.weight) })),
  )

/** A table that is drawn again when it changes. */
async function watch(session: Session, query: LiveQuery, limit: number, interrupt: Interrupt): Promise<void> {
  const rows = new LiveRows(query)
  const screen = new LiveScreen(process.stdout, query, rows, () => performance.now())
  let left = limit
  await query.start(changes => {
    const some = oneByOne(changes).slice(0, left)
    left -= some.length
    rows.apply(some)
    screen.changed()
  })
  try {
    await session.run({
      stop: () => interrupt.requested || query.ended || left <= 0,
      onStep: () => screen.refresh(),
      onIdle: () => screen.refresh(),
    })
  } finally {
    screen.end()
    await closeQuery(query)
  }
}

async function closeQuery(query: LiveQuery): Promise<void> {
  const status = query.status()
  await query.close()
  if (status !== undefined && status.dead > 0) warnOfDeadLetters(status.dead, 'the query')
}

/** On standard error, so that results can be piped. */
export function warnOfDeadLetters(count: number, where: string): void {
  process.stderr.write(`dead letters: ${count} of ${where}; SET on_error = 'fail' stops at the first\n`)
}
