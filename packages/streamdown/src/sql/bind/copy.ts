import type { PlanNode, Relation } from '../../plan/nodes/node.ts'
import type { Field } from '../../types/data-type.ts'
import type { Copy, CopyOption } from '../parse/ast.ts'
import type { BindContext } from './context.ts'
import { fail } from './problem.ts'
import { bindQuery } from './query.ts'
import type { BoundCopy } from './statement.ts'

/** The options of COPY besides FORMAT, as DuckDB and PostgreSQL name them, and what CSV calls them here. */
const csvOptions: Readonly<Record<string, string>> = {
  HEADER: 'header',
  DELIMITER: 'field-delimiter',
  DELIM: 'field-delimiter',
  SEP: 'field-delimiter',
  QUOTE: 'quote-character',
  ESCAPE: 'escape-character',
  NULL: 'null-literal',
  NULLSTR: 'null-literal',
}

/** The file is a table of connector filesystem, which replaces what was there. */
export function bindCopy(context: BindContext, syntax: Copy): BoundCopy {
  const plan = bindQuery(context, syntax.query, 'select')
  const format = formatOf(syntax)
  const options: Record<string, string> = { path: syntax.path, 'sink.mode': 'overwrite' }
  if (format !== undefined) options.format = format
  // As in DuckDB, whose readers tell a header by themselves.
  if (isCsv(syntax, format)) options['csv.header'] = 'true'
  for (const option of syntax.options) {
    if (option.name === 'FORMAT') continue
    const name = csvOptions[option.name]
    if (name === undefined) fail('DSD2014', `COPY has no option ${option.name}; it has ${known}.`, option.at)
    if (!isCsv(syntax, format)) fail('DSD2014', `${option.name} is an option of CSV.`, option.at)
    options[`csv.${name}`] = name === 'header' ? headerText(option) : textOf(option)
  }
  const relation: Relation = {
    name: syntax.path,
    schema: distinctNames(context, plan, syntax),
    connector: 'filesystem',
    options,
    primaryKey: [],
    changes: 'append',
  }
  return { is: 'copy', path: syntax.path, sink: { is: 'sink', name: syntax.path, input: plan, relation } }
}

const known = ['FORMAT', ...Object.keys(csvOptions)].join(', ')

function formatOf({ options }: Copy): string | undefined {
  const given = options.find(({ name }) => name === 'FORMAT')
  return given === undefined ? undefined : textOf(given).toLowerCase()
}

const isCsv = ({ path }: Copy, format: string | undefined): boolean =>
  format === undefined ? /\.(csv|tsv)(\.(gz|zst))?$/i.test(path) : format === 'csv'

function textOf({ name, text, at }: CopyOption): string {
  return text ?? fail('DSD2006', `${name} needs a value.`, at)
}

function headerText(option: CopyOption): string {
  const text = (option.text ?? 'true').toLowerCase()
  if (text === 'true' || text === '1' || text === 'on') return 'true'
  if (text === 'false' || text === '0' || text === 'off') return 'false'
  return fail('DSD2014', `HEADER is true or false, not ${option.text}.`, option.at)
}

/** The columns of the file: a name stands for one of them. */
function distinctNames({ names }: BindContext, { schema }: PlanNode, { query }: Copy): readonly Field[] {
  for (const [index, { name }] of schema.entries()) {
    if (schema.findIndex(other => names.same(other.name, name)) === index) continue
    fail('DSD2008', `Two columns are called "${name}"; give one of them another name.`, query.at)
  }
  return schema
}
