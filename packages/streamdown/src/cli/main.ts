import { readFile } from 'node:fs/promises'
import { StreamdownError } from '../errors/error.ts'
import { didYouMean } from '../values/nearest.ts'
import { errorText } from './error-text.ts'
import { exitCodes } from './exit-codes.ts'

interface Command {
  readonly usage: string
  readonly summary: string
  /** Its options and what each does, a line each. */
  readonly options: readonly (readonly [option: string, does: string])[]
  readonly main: (args: readonly string[]) => Promise<number>
}

const json = ['--json', 'One JSON object a line'] as const
const set = ['--set NAME=VALUE', 'A setting; again for more'] as const
const workers = ['--workers N', 'Workers that share the keys'] as const

const commands: Readonly<Record<string, Command>> = {
  run: {
    usage: 'run FILE.sql|FILE.ts',
    summary: 'Run a program until its inputs end',
    options: [
      json,
      set,
      workers,
      ['--memory SIZE', "Memory of each worker, as '512 mb'"],
      ['--until-idle', 'End when no source has anything more now'],
      ['--limit N', 'Read N rows, then end'],
      ['--drain', 'At a stop close the open windows'],
      ['--state DIR', 'Keep state there, and go on from it'],
    ],
    main: async args => (await import('./commands.ts')).run(args),
  },
  sql: {
    usage: "sql [FILE] [-e 'SQL']",
    summary: 'Run statements; without any: a prompt',
    options: [
      ['-e SQL', 'A text of statements; again for more'],
      json,
      set,
      workers,
      ['--limit N', 'Print at most N rows of a query'],
    ],
    main: async args => (await import('./commands.ts')).sql(args),
  },
  check: {
    usage: 'check FILE.sql|FILE.ts',
    summary: 'Say what may go wrong, without running',
    options: [json, set],
    main: async args => (await import('./commands.ts')).check(args),
  },
  explain: {
    usage: 'explain FILE.sql|FILE.ts',
    summary: 'Print the plan',
    options: [json, set, ['--mermaid', 'A mermaid flowchart instead of a tree']],
    main: async args => (await import('./commands.ts')).explain(args),
  },
  connectors: {
    usage: 'connectors list|describe NAME',
    summary: 'What there is to read from and write to',
    options: [json],
    main: async args => (await import('./commands.ts')).connectors(args),
  },
  functions: {
    usage: 'functions [NAME]',
    summary: 'The SQL functions, with examples',
    options: [json],
    main: async args => (await import('./commands.ts')).functions(args),
  },
  generate: {
    usage: 'generate CONNECTOR',
    summary: 'Print rows of a generator as JSON lines',
    options: [
      ['--set NAME=VALUE', 'An option of the connector; again for more'],
      ['--columns COLUMNS', "'name TYPE, ...' of a generator that has none"],
      ['-o FILE', 'Write to a file'],
    ],
    main: async args => (await import('./commands.ts')).generate(args),
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
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(helpOf(command))
    return exitCodes.done
  }
  try {
    return await command.main(rest)
  } catch (error) {
    return report(error, command)
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
  const lines = Object.values(commands).map(({ usage, summary }) => `  ${`dsd ${usage}`.padEnd(34)} ${summary}`)
  return `Data-Streamdown: streaming pipelines in SQL and TypeScript.\n\n${lines.join('\n')}\n\nOptions of a command: dsd COMMAND --help\n`
}

function helpOf({ usage, summary, options }: Command): string {
  const lines = options.map(([option, does]) => `  ${option.padEnd(20)} ${does}`)
  return `dsd ${usage}\n\n${summary}.\n\n${lines.join('\n')}\n`
}

function report(error: unknown, { options }: Command): number {
  if (error instanceof StreamdownError) {
    process.stderr.write(errorText(error))
    if (error.code === 'DSD8002') return exitCodes.interrupted
    return error.code === 'DSD8001' ? exitCodes.usage : exitCodes.failed
  }
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
    process.stderr.write(`DSD8001 ${usageProblem(error.message, options)}\n`)
    return exitCodes.usage
  }
  process.stderr.write(errorText(error))
  return exitCodes.failed
}

/** What Node says of an option, without its advice, and the option that may have been meant. */
function usageProblem(message: string, options: Command['options']): string {
  const [problem = message] = message.split('. To specify')
  const [, given] = /'(--?[\w-]+)/.exec(problem) ?? []
  const known = options.map(([option]) => option.split(' ')[0] ?? option)
  return `${problem}.${given === undefined || known.includes(given) ? '' : didYouMean(given, known)}`
}
