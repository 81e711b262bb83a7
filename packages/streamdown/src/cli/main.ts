import { readFile } from 'node:fs/promises'
import { StreamdownError } from '../errors/error.ts'
import { errorText } from './error-text.ts'
import { exitCodes } from './exit-codes.ts'

interface Command {
  readonly usage: string
  readonly summary: string
  readonly main: (args: readonly string[]) => Promise<number>
}

const commands: Readonly<Record<string, Command>> = {
  run: {
    usage: 'run FILE.sql|FILE.ts',
    summary: 'Run a program until its inputs end or Ctrl-C',
    main: async args => (await import('./run.ts')).run(args),
  },
  sql: {
    usage: "sql [FILE] [-e 'SQL']",
    summary: 'Run statements and print results; without any: a prompt',
    main: async args => (await import('./sql.ts')).sql(args),
  },
  check: {
    usage: 'check FILE.sql|FILE.ts',
    summary: 'Say what may go wrong, without running',
    main: async args => (await import('./check.ts')).check(args),
  },
  explain: {
    usage: 'explain FILE.sql|FILE.ts',
    summary: 'Print the plan',
    main: async args => (await import('./explain.ts')).explain(args),
  },
  connectors: {
    usage: 'connectors list|describe NAME',
    summary: 'What there is to read from and write to',
    main: async args => (await import('./connectors.ts')).connectors(args),
  },
  functions: {
    usage: 'functions [NAME]',
    summary: 'The SQL functions, with examples',
    main: async args => (await import('./functions.ts')).functions(args),
  },
  generate: {
    usage: 'generate CONNECTOR',
    summary: 'Print rows of a generator as JSON lines',
    main: async args => (await import('./generate.ts')).generate(args),
  },
}

/** Runs the command line; the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  process.stdout.on('error', endWithReader)
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(help())
    return name === undefined ? exitCodes.usage : exitCodes.done
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${await version()}\n`)
    return exitCodes.done
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

/** Who reads the output has enough (`dsd ... | head`): that is no failure. */
function endWithReader(error: Error): void {
  if (!('code' in error) || error.code !== 'EPIPE') throw error
  process.exit(exitCodes.done)
}

async function version(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
  return manifest !== null && typeof manifest === 'object' && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

function help(): string {
  const lines = Object.values(commands).map(({ usage, summary }) => `  ${`dsd ${usage}`.padEnd(36)} ${summary}`)
  return `Data-Streamdown: streaming pipelines in SQL and TypeScript.\n\n${lines.join('\n')}\n\nOptions of all: --json, --set NAME=VALUE. Docs: docs/cli.md\n`
}

function report(error: unknown): number {
  if (error instanceof StreamdownError) {
    process.stderr.write(errorText(error))
    if (error.code === 'DSD8002') return exitCodes.interrupted
    return error.code === 'DSD8001' ? exitCodes.usage : exitCodes.failed
  }
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
    process.stderr.write(`DSD8001 ${error.message}\n`)
    return exitCodes.usage
  }
  process.stderr.write(errorText(error))
  return exitCodes.failed
}
