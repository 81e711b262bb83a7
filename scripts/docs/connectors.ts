import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import type { Connector } from '../../packages/streamdown/src/connect/source.ts'
import { formats } from '../../packages/streamdown/src/formats/registry.ts'
import type { OptionDefinition } from '../../packages/streamdown/src/options/definition.ts'
import { code, page, table } from './markdown.ts'

/** docs/connectors.md: what each connector does, guarantees and takes. */
export async function connectorsPage(): Promise<string> {
  const { connectors } = await createNodeEnvironment()
  const groups: Connector[][] = []
  for (const connector of connectors) {
    const same = groups.find(([first]) => first?.options === connector.options && first.summary === connector.summary)
    if (same === undefined) groups.push([connector])
    else same.push(connector)
  }
  const overview = groups.map(([first, ...others]) => [
    [first, ...others].map(each => code(each?.name ?? '')).join(', '),
    [
      first?.source === undefined ? '' : 'source',
      first?.sink === undefined ? '' : 'sink',
      first?.lookup === undefined ? '' : 'lookup',
    ]
      .filter(Boolean)
      .join(', '),
    first?.summary ?? '',
  ])
  return page(
    '# Connectors',
    "A table names its connector and the options in `WITH ('connector' = 'http', 'port' = '8080')`. Where Apache Flink has the connector, the options have Flink's names. A table without a connector is kept in memory.",
    table(['connector', 'as', ''], overview),
    ...groups.map(sectionOf),
    '# Formats',
    "Of connectors that take a format: `'format' = 'json'`. A format's options stand after its name: `'json.ignore-parse-errors' = 'true'`.",
    ...formats.map(({ name, summary, options }) => {
      const named = options.map(option => ({ ...option, name: `${name}.${option.name}` }))
      return [`## Format ${name}`, summary, ...optionsOf(named)].join('\n\n')
    }),
  )
}

function sectionOf([first, ...others]: readonly Connector[]): string {
  if (first === undefined) return ''
  const also = others.length === 0 ? '' : ` (also ${others.map(({ name }) => name).join(', ')})`
  const facts = [
    ...(first.source === undefined ? [] : [`- As a source: ${first.source.guarantee}.`]),
    ...(first.sink === undefined ? [] : [`- As a sink: ${first.sink.guarantee}.`]),
    ...(first.lookup === undefined
      ? []
      : [`- As a lookup (\`FOR SYSTEM_TIME AS OF PROCTIME()\`): ${first.lookup.guarantee}.`]),
    ...(first.takesFormat === true ? ['- Takes a format and its options.'] : []),
  ]
  return [`## ${first.name}${also}`, first.summary, facts.join('\n'), ...optionsOf(first.options)].join('\n\n')
}

function optionsOf(options: readonly OptionDefinition[]): readonly string[] {
  if (options.length === 0) return ['It has no options.']
  const rows = options.map(option => [
    code(option.name),
    option.values?.map(code).join(', ') ?? option.type,
    option.required === true ? 'required' : option.default === undefined ? '' : code(option.default),
    option.example === undefined ? option.summary : `${option.summary} Example: ${code(option.example)}.`,
  ])
  return [table(['option', 'takes', 'default', ''], rows)]
}
