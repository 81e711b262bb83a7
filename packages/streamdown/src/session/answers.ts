import { StreamdownError } from '../errors/error.ts'
import { explainMermaid, explainTree, programRoots } from '../plan/explain/explain.ts'
import type { Program } from '../plan/program.ts'
import type { BoundStatement } from '../sql/bind/statement.ts'
import type { Catalog } from '../sql/catalog.ts'
import { type Settings, settingNames, settingOf } from '../sql/settings.ts'
import { field, type Schema, types } from '../types/data-type.ts'
import { typeText } from '../types/type-text.ts'
import type { Value } from '../types/value.ts'
import type { StatementResult } from './session.ts'

const text = (name: string) => field(name, types.string, false)

const rows = (schema: Schema, values: readonly (readonly Value[])[]): StatementResult => ({
  is: 'rows',
  schema,
  rows: values,
})

/** SHOW TABLES, VIEWS, FUNCTIONS, JOBS, SETTINGS, or one setting. */
export function showRows(
  { what, name, like }: Extract<BoundStatement, { is: 'show' }>,
  catalog: Catalog,
  settings: Settings,
  jobs: readonly string[],
): StatementResult {
  const pattern =
    like === undefined ? undefined : new RegExp(`^${like.replaceAll('%', '.*').replaceAll('_', '.')}$`, 'i')
  const listed = (title: string, names: readonly string[]): StatementResult =>
    rows(
      [text(title)],
      names
        .filter(each => pattern?.test(each) ?? true)
        .sort()
        .map(each => [each]),
    )
  const entries = [...catalog.entries()]
  switch (what.toUpperCase()) {
    case 'TABLES':
    case 'SOURCES':
      return listed(
        'table',
        entries.filter(entry => entry.is === 'table').map(entry => entry.name),
      )
    case 'VIEWS':
      return listed(
        'view',
        entries.filter(entry => entry.is === 'view' && !entry.materialized).map(entry => entry.name),
      )
    case 'MATERIALIZED VIEWS':
      return listed(
        'view',
        entries.filter(entry => entry.is === 'view' && entry.materialized).map(entry => entry.name),
      )
    case 'FUNCTIONS':
      return listed('function', [...catalog.functionNames()])
    case 'JOBS':
      return listed('job', jobs)
    case 'COLUMNS': {
      const entry = name === undefined ? undefined : catalog.find(name)
      if (entry === undefined) throw new StreamdownError('DSD2001', `There is no table or view "${name ?? ''}".`)
      return describeRows(entry.plan.schema)
    }
    case 'ALL':
    case 'SETTINGS':
      return rows(
        [text('setting'), text('value')],
        settingNames.map(each => [each, settings[each]]),
      )
    default: {
      const setting = settingOf(name ?? what)
      if (setting === undefined) {
        throw new StreamdownError(
          'DSD2006',
          `SHOW takes TABLES, VIEWS, MATERIALIZED VIEWS, FUNCTIONS, JOBS, COLUMNS FROM, SETTINGS or a setting, not "${what}".`,
        )
      }
      return rows([text(setting)], [[settings[setting]]])
    }
  }
}

export function describeRows(schema: Schema): StatementResult {
  return rows(
    [text('name'), text('type'), field('nullable', types.boolean, false)],
    schema.map(({ name, type, nullable }) => [name, typeText(type), nullable]),
  )
}

/** EXPLAIN: the plan as it runs, a line a row. */
export function explainRows(
  statement: BoundStatement,
  details: readonly string[],
  optimise: (program: Program) => Program,
): StatementResult {
  const program = programOf(statement)
  const roots = programRoots(details.includes('LOGICAL') ? program : optimise(program))
  const plan = details.includes('MERMAID') ? explainMermaid(roots) : explainTree(roots)
  const lines = plan.trimEnd().split('\n')
  return rows(
    [text('plan')],
    lines.map(line => [line]),
  )
}

/** What a statement runs. */
export function programOf(statement: BoundStatement): Program {
  switch (statement.is) {
    case 'select':
      return { sinks: [], views: [{ name: 'result', input: statement.plan, key: [] }] }
    case 'insert':
      return { sinks: [statement.sink], views: [] }
    case 'statementSet':
      return { sinks: statement.inserts.map(({ sink }) => sink), views: [] }
    case 'createView':
    case 'createMaterializedView':
      return { sinks: [], views: [{ name: statement.view.name, input: statement.view.plan, key: [] }] }
    case 'update':
    case 'delete':
      return { sinks: [], views: [{ name: statement.table.name, input: statement.plan, key: [] }] }
    default:
      throw new StreamdownError(
        'DSD2006',
        `EXPLAIN takes a query, INSERT, UPDATE, DELETE or CREATE VIEW, not ${statement.is}.`,
      )
  }
}
