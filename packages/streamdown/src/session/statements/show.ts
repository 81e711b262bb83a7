import { StreamdownError } from '../../errors/error.ts'
import { describedColumns } from '../../sql/bind/describe.ts'
import type { BoundStatement } from '../../sql/bind/statement.ts'
import type { Catalog, CatalogEntry } from '../../sql/catalog.ts'
import type { NamePattern } from '../../sql/parse/ast.ts'
import { settingNames, settingOf } from '../../sql/settings.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { describeRows } from './describe.ts'
import { rows, text } from './results.ts'

/** Kinds of things that Flink has and this engine has none of. */
const nothing: Readonly<Record<string, string>> = {
  JARS: 'jar',
  'MATERIALIZED TABLES': 'table',
  MODELS: 'model',
  PROCEDURES: 'procedure',
}

/** SHOW TABLES, VIEWS, FUNCTIONS, JOBS, SETTINGS, CREATE TABLE name, or one setting. */
export function showRows(
  { what, name, like }: Extract<BoundStatement, { is: 'show' }>,
  { catalog, settings, foreignSettings, jobs, history }: Workspace,
): StatementResult {
  const isShown = likeTest(like)
  const listed = (title: string, names: readonly string[]): StatementResult =>
    rows(
      [text(title)],
      names
        .filter(isShown)
        .sort()
        .map(each => [each]),
    )
  const entries = [...catalog.entries()]
  const empty = nothing[what.toUpperCase()]
  if (empty !== undefined) return listed(empty, [])
  const isFlink = settings.dialect === 'flink'
  const [ownCatalog, ownSchema] = isFlink ? ['default_catalog', 'default_database'] : ['default', 'public']
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
    case 'SCHEMAS':
      return listed('schema', ['public', ...catalog.schemas()])
    case 'CATALOGS':
      return listed('catalog', [ownCatalog])
    case 'CURRENT CATALOG':
      return rows([text('catalog')], [[ownCatalog]])
    case 'DATABASES':
      return listed('database', isFlink ? [ownSchema, ...catalog.schemas()] : [ownCatalog])
    case 'CURRENT DATABASE':
      return rows([text('database')], [[isFlink ? ownSchema : ownCatalog]])
    case 'MODULES':
    case 'FULL MODULES':
      return rows([text('module')], [['core']])
    case 'USER FUNCTIONS':
    case 'FUNCTIONS':
      return listed('function', [...catalog.functionNames()])
    case 'JOBS':
      return listed('job', jobs.names())
    case 'COLUMNS':
      return describeRows(
        describedColumns(found(catalog, name).plan, found(catalog, name)).filter(column => isShown(column.name)),
        settings,
      )
    case 'INDEXES':
      return listed(
        'index',
        catalog.indexesOn(found(catalog, name).name).map(index => index.name),
      )
    case 'CREATE TABLE':
    case 'CREATE SOURCE':
    case 'CREATE SINK':
    case 'CREATE VIEW':
    case 'CREATE MATERIALIZED VIEW': {
      const statement = history.creationOf(name ?? '')
      if (statement === undefined) throw new StreamdownError('DSD2001', `There is no table or view "${name ?? ''}".`)
      return rows([text('result')], [[statement]])
    }
    case 'ALL':
    case 'SETTINGS':
      return rows(
        [text('setting'), text('value')],
        settingNames.map(each => [each, settings[each]]),
      )
    default: {
      const setting = settingOf(name ?? what)
      const foreign = foreignSettings.get(name ?? what)
      if (foreign !== undefined) return rows([text((name ?? what).toLowerCase())], [[foreign]])
      if (setting === undefined) {
        throw new StreamdownError(
          'DSD2014',
          `SHOW takes TABLES, VIEWS, MATERIALIZED VIEWS, FUNCTIONS, JOBS, COLUMNS FROM, CREATE TABLE, CREATE VIEW, INDEXES FROM, SETTINGS or a setting, not "${name ?? what}".`,
        )
      }
      return rows([text(setting)], [[settings[setting]]])
    }
  }
}

/** `%` stands for any letters, `_` for one; a backslash before them for themselves. */
function likeTest(like: NamePattern | undefined): (name: string) => boolean {
  if (like === undefined) return () => true
  const source = like.pattern.replace(/\\([%_\\])|[%_]|[^\w\s]/g, (found, escaped?: string) => {
    if (escaped !== undefined) return `\\x${escaped.charCodeAt(0).toString(16)}`
    return found === '%' ? '.*' : found === '_' ? '.' : `\\${found}`
  })
  const pattern = new RegExp(`^${source}$`, like.ignoresCase ? 'is' : 's')
  return name => pattern.test(name) !== like.negated
}

function found(catalog: Catalog, name = ''): CatalogEntry {
  const entry = catalog.find(name)
  if (entry === undefined) throw new StreamdownError('DSD2001', `There is no table or view "${name}".`)
  return entry
}
