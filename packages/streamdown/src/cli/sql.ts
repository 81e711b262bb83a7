import { parseArgs } from 'node:util'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from '../session/create.ts'
import { exitCodes } from './exit-codes.ts'
import { Interrupt } from './interrupt.ts'
import { readProgram, sessionOptionsOf, wholeNumber } from './options.ts'
import { prompt } from './prompt.ts'
import { type Show, showStatements, warnOfDeadLetters } from './show.ts'

/** A session: statements from files, -e or standard input, or a prompt. */
export async function sql(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      execute: { type: 'string', short: 'e', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
      workers: { type: 'string' },
      limit: { type: 'string' },
    },
  })
  const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--limit', values.limit)
  const show: Show = { json: values.json, limit, messages: true }
  const session = await createSession(sessionOptionsOf(values.set, values.workers), await createNodeEnvironment())
  try {
    const texts = [...(await Promise.all(positionals.map(readProgram))), ...values.execute]
    if (texts.length === 0 && process.stdin.isTTY) await prompt(session, show)
    else await runTexts(session, texts.length === 0 ? [await readAll(process.stdin)] : texts, show)
    for (const { name, dead } of session.status()) if (dead > 0) warnOfDeadLetters(dead, name)
    return exitCodes.done
  } finally {
    await session.close()
  }
}

/** Programs that the statements started run to their end, or until Ctrl-C. */
async function runTexts(
  session: Awaited<ReturnType<typeof createSession>>,
  texts: readonly string[],
  show: Show,
): Promise<void> {
  const interrupt = new Interrupt()
  try {
    for (const text of texts) if (!interrupt.requested) await showStatements(session, text, show, interrupt)
    await session.run({ stop: () => interrupt.requested })
  } finally {
    interrupt.release()
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString('utf8')
}
