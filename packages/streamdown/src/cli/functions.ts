import { parseArgs } from 'node:util'
import { StreamdownError } from '../errors/error.ts'
import { aggregateFunctions } from '../functions/aggregates.ts'
import { scalarFunctions } from '../functions/registry.ts'
import { didYouMean } from '../values/nearest.ts'
import { exitCodes } from './exit-codes.ts'

interface Entry {
  readonly name: string
  readonly kind: string
  readonly summary: string
  readonly examples: readonly { readonly sql: string; readonly gives: string }[]
}

export async function functions(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean' } },
  })
  const all: readonly Entry[] = [
    ...scalarFunctions.map(({ name, category, summary, examples }) => ({ name, kind: category, summary, examples })),
    ...aggregateFunctions.map(({ name, summary, examples }) => ({ name, kind: 'aggregate', summary, examples })),
  ].sort((a, b) => (a.kind === b.kind ? (a.name < b.name ? -1 : 1) : a.kind < b.kind ? -1 : 1))
  const [wanted] = positionals
  const some = wanted === undefined ? all : all.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase())
  if (some.length === 0) {
    const known = all.map(({ name }) => name)
    throw new StreamdownError(
      'DSD2003',
      `There is no function '${wanted}'.${didYouMean(wanted?.toLowerCase() ?? '', known)}`,
    )
  }
  if (values.json === true) process.stdout.write(some.map(each => `${JSON.stringify(each)}\n`).join(''))
  else for (const each of some) process.stdout.write(wanted === undefined ? line(each) : page(each))
  return exitCodes.done
}

const line = ({ name, kind, summary }: Entry): string => `${kind.padEnd(12)} ${name.padEnd(24)} ${summary}\n`

const page = ({ name, kind, summary, examples }: Entry): string =>
  `${name} (${kind})\n  ${summary}\n${examples.map(({ sql, gives }) => `  ${sql}  ->  ${gives}\n`).join('')}`
