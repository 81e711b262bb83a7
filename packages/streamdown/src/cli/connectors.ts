import { parseArgs } from 'node:util'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import type { Connector } from '../connect/source.ts'
import { StreamdownError } from '../errors/error.ts'
import { formats } from '../formats/registry.ts'
import type { OptionDefinition } from '../options/definition.ts'
import { didYouMean } from '../values/nearest.ts'
import { exitCodes } from './exit-codes.ts'

export async function connectors(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean' } },
  })
  const [verb = 'list', name] = positionals
  const { connectors: all } = await createNodeEnvironment()
  if (verb === 'list') {
    process.stdout.write(
      values.json === true ? all.map(each => `${JSON.stringify(summaryOf(each))}\n`).join('') : listOf(all),
    )
    return exitCodes.done
  }
  if (verb !== 'describe' || name === undefined)
    throw new StreamdownError('DSD8001', 'connectors takes `list` or `describe NAME`')
  const connector = all.find(each => each.name === name)
  if (connector === undefined) {
    const known = all.map(each => each.name)
    throw new StreamdownError(
      'DSD3001',
      `There is no connector '${name}'; there are ${known.join(', ')}.${didYouMean(name, known)}`,
    )
  }
  process.stdout.write(values.json === true ? `${JSON.stringify(summaryOf(connector))}\n` : describe(connector))
  return exitCodes.done
}

const summaryOf = ({ name, summary, options, source, sink, lookup, takesFormat }: Connector) => ({
  name,
  summary,
  source: source?.guarantee,
  sink: sink?.guarantee,
  lookup: lookup?.guarantee,
  options,
  ...(takesFormat === true ? { formats } : {}),
})

const listOf = (all: readonly Connector[]): string =>
  all
    .map(({ name, summary, source, sink, lookup }) => {
      const ways = [
        source === undefined ? '' : 'source',
        sink === undefined ? '' : 'sink',
        lookup === undefined ? '' : 'lookup',
      ].filter(way => way !== '')
      return `${name.padEnd(12)} ${ways.join(', ').padEnd(13)} ${summary}\n`
    })
    .join('')

function describe({ name, summary, options, source, sink, lookup, takesFormat }: Connector): string {
  const lines = [`${name}: ${summary}`, '']
  if (source !== undefined) lines.push(`source  ${source.guarantee}`)
  if (sink !== undefined) lines.push(`sink    ${sink.guarantee}`)
  if (lookup !== undefined) lines.push(`lookup  ${lookup.guarantee}`)
  lines.push('', options.length === 0 ? 'No options.' : 'Options of WITH (...):', ...optionLines(options, ''))
  for (const format of takesFormat === true ? formats : []) {
    lines.push('', `'format' = '${format.name}': ${format.summary}`, ...optionLines(format.options, `${format.name}.`))
  }
  return `${lines.join('\n')}\n`
}

function optionLines(options: readonly OptionDefinition[], prefix: string): readonly string[] {
  return options.flatMap(({ name, type, values, required, default: otherwise, summary, example }) => {
    const facts = [
      values === undefined ? type : values.join(' | '),
      required === true ? 'required' : otherwise === undefined ? 'optional' : `default ${otherwise}`,
    ]
    return [
      `  '${prefix}${name}'  (${facts.join(', ')})`,
      `      ${summary}`,
      ...(example === undefined ? [] : [`      example: '${prefix}${name}' = '${example}'`]),
    ]
  })
}
