import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { StreamdownError } from '../errors/error.ts'
import { createSession } from '../session/create.ts'
import type { Session, StatementResult } from '../session/session.ts'
import { exitCodes } from './exit-codes.ts'
import { readProgram, sessionOptionsOf } from './options.ts'
import { jsonLinesOf, tableOf } from './output.ts'

/** A session: statements from -e, a file, standard input, or a prompt. */
export async function sql(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      execute: { type: 'string', short: 'e', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
      workers: { type: 'string' },
    },
  })
  const session = await createSession(sessionOptionsOf(values.set, values.workers), await createNodeEnvironment())
  try {
    const texts = [...(await Promise.all(positionals.map(readProgram))), ...values.execute]
    for (const text of texts) print(await session.execute(text), values.json)
    if (texts.length === 0) {
      if (process.stdin.isTTY) await prompt(session, values.json)
      else print(await session.execute(await readAll(process.stdin)), values.json)
    }
    await session.settle()
    for (const { name, dead } of session.status()) if (dead > 0) warnOfDeadLetters(dead, name)
    return exitCodes.done
  } finally {
    await session.close()
  }
}

function print(results: readonly StatementResult[], json: boolean): void {
  for (const result of results) {
    if (result.is === 'rows') {
      process.stdout.write(json ? jsonLinesOf(result) : tableOf(result, process.stdout.columns ?? 100))
      if (result.dead !== undefined) warnOfDeadLetters(result.dead, 'the query')
    } else if (!json) process.stdout.write(result.is === 'done' ? `${result.message}\n` : `started ${result.job}\n`)
  }
}

/** On standard error, so that results can be piped. */
function warnOfDeadLetters(count: number, where: string): void {
  process.stderr.write(`dead letters: ${count} of ${where}; SET on_error = 'fail' stops at the first\n`)
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString('utf8')
}

/** Statements end with `;`. An error is shown and the prompt goes on. */
async function prompt(session: Session, json: boolean): Promise<void> {
  const lines = createInterface({ input: process.stdin, output: process.stdout, historySize: 1000 })
  lines.on('SIGINT', () => lines.close())
  let text = ''
  lines.setPrompt('dsd> ')
  lines.prompt()
  for await (const line of lines) {
    if (text === '' && /^\s*(exit|quit|\\q)\s*;?\s*$/i.test(line)) break
    text += `${line}\n`
    if (/;\s*$/.test(text)) {
      try {
        print(await session.execute(text), json)
      } catch (error) {
        process.stdout.write(
          error instanceof StreamdownError ? `${error.message}\n  fix: ${error.fix}\n` : `${String(error)}\n`,
        )
      }
      text = ''
    }
    lines.setPrompt(text.trim() === '' ? 'dsd> ' : '  -> ')
    lines.prompt()
  }
  lines.close()
}
