import { StreamdownError } from '../errors/error.ts'
import { check } from './check.ts'
import { connectors } from './connectors.ts'
import { exitCodes } from './exit-codes.ts'
import { explain } from './explain.ts'
import { functions } from './functions.ts'
import { generate } from './generate.ts'
import { run } from './run.ts'
import { sql } from './sql.ts'

interface Command {
  readonly usage: string
  readonly summary: string
  readonly main: (args: readonly string[]) => Promise<number>
}

const commands: Readonly<Record<string, Command>> = {
  run: { usage: 'run FILE.sql|FILE.ts', summary: 'Run a program until its inputs end or Ctrl-C', main: run },
  sql: {
    usage: "sql [FILE] [-e 'SQL']",
    summary: 'Run statements and print results; without any: a prompt',
    main: sql,
  },
  check: { usage: 'check FILE.sql|FILE.ts', summary: 'Say what may go wrong, without running', main: check },
  explain: { usage: 'explain FILE.sql|FILE.ts', summary: 'Print the plan', main: explain },
  connectors: {
    usage: 'connectors list|describe NAME',
    summary: 'What there is to read from and write to',
    main: connectors,
  },
  functions: { usage: 'functions [NAME]', summary: 'The SQL functions, with examples', main: functions },
  generate: { usage: 'generate CONNECTOR', summary: 'Print rows of a generator as JSON lines', main: generate },
}

/** Runs the command line; the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help())
    return name === undefined ? exitCodes.usage : exitCodes.done
  }
  const command = commands[name]
  if (command === undefined) {
    process.stderr.write(`DSD8001 unknown command '${name}'\n\n${help()}`)
    return exitCodes.usage
  }
  try {
    return await command.main(rest)
  } catch (error) {
    return report(error)
  }
}

function help(): string {
  const lines = Object.values(commands).map(({ usage, summary }) => `  ${`dsd ${usage}`.padEnd(36)} ${summary}`)
  return `Data-Streamdown: streaming pipelines in SQL and TypeScript.\n\n${lines.join('\n')}\n\nOptions of all: --json, --set NAME=VALUE. Docs: docs/cli.md\n`
}

function report(error: unknown): number {
  if (error instanceof StreamdownError) {
    process.stderr.write(`${error.message}\n  fix: ${error.fix}\n`)
    return error.code === 'DSD8001' ? exitCodes.usage : exitCodes.failed
  }
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
    process.stderr.write(`DSD8001 ${error.message}\n`)
    return exitCodes.usage
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return exitCodes.failed
}
