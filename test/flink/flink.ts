import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const home = resolve(process.env['FLINK_HOME'] ?? join(here, '../../out/flink'))

/** Why there is no Flink to ask; undefined: there is one. */
export function flinkMissing(): string | undefined {
  if (!existsSync(join(home, 'lib'))) return `no ${join(home, 'lib')}: node test/flink/install.mjs fetches it`
  return spawnSync('javac', ['-version']).status === 0 ? undefined : 'no JDK'
}

/** A text of toSQL. `plan`: parsed, validated and planned; `run`: run to its end, too. */
export interface FlinkProgram {
  readonly does: 'plan' | 'run'
  readonly sql: string
}

export type FlinkAnswer =
  | { readonly is: 'ok'; readonly rows: readonly (readonly string[])[] }
  | { readonly is: 'error'; readonly message: string }

/** What Flink says to each program, all in one JVM and one job; rows are those that are left of the changes. */
export function askFlink(programs: readonly FlinkProgram[]): readonly FlinkAnswer[] {
  const classes = mkdtempSync(join(tmpdir(), 'data-streamdown-flink-classes-'))
  try {
    const classPath = [join(home, 'lib', '*'), classes].join(delimiter)
    java('javac', ['-nowarn', '-cp', classPath, '-d', classes, join(here, 'RunSql.java')])
    const open = ['java.base/java.util', 'java.base/java.lang', 'java.base/java.time'].flatMap(name => [
      '--add-opens',
      `${name}=ALL-UNNAMED`,
    ])
    const input = programs.map(({ does, sql }) => [does, ...statementsOf(sql).map(escaped)].join('\t')).join('\n')
    const lines = java('java', [...open, '-Xmx1g', '-cp', classPath, 'RunSql'], `${input}\n`).split('\n')
    const changes = lines[programs.length]?.split('\t').filter(text => text !== '') ?? []
    return programs.map((_, number) => answerOf(lines[number] ?? '', rowsLeft(changes, number)))
  } finally {
    rmSync(classes, { recursive: true })
  }
}

function java(command: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 64 << 20 })
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stderr}`)
  return stdout
}

const statementsOf = (sql: string): readonly string[] => sql.split(/;(?:\n\n|$)/).filter(text => text.trim() !== '')

function answerOf(line: string, rows: readonly (readonly string[])[]): FlinkAnswer {
  const [is, ...messages] = line.split('\t')
  return is === 'ok' ? { is: 'ok', rows } : { is: 'error', message: unescaped(messages.join('\t')) }
}

/** Of the changes `number, kind, values…, times`: the rows of one program that are still there. */
function rowsLeft(changes: readonly string[], number: number): readonly (readonly string[])[] {
  const times = new Map<string, number>()
  for (const change of changes) {
    const [of, kind = '', ...values] = change.split(VALUE)
    if (Number(of) !== number) continue
    const row = values.slice(0, -1).join(VALUE)
    times.set(row, kind.startsWith('+') ? Number(values.at(-1)) : 0)
  }
  return [...times].flatMap(([row, count]) => Array.from({ length: count }, () => row.split(VALUE).map(unescaped)))
}

/** Stands between the values of a row. */
const VALUE = '\u001f'
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t')
const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character === 't' ? '\t' : character))
