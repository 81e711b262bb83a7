import type { AggregateRules } from '../../functions/aggregates.ts'
import type { FunctionRules } from '../../functions/definition.ts'
import type { Inquiry, Relation } from '../../plan/nodes/node.ts'
import type { Evaluate } from '../../plan/optimise/fold.ts'
import type { Schema } from '../../types/data-type.ts'
import type { Catalog } from '../catalog.ts'
import type { Expression } from '../parse/ast.ts'
import type { Settings } from '../settings.ts'
import type { CommonTable } from './common-tables.ts'
import { type Names, namesOf } from './names.ts'
import type { Scope } from './scope.ts'

/** A table that is asked by equality of columns. */
export interface LookupTable {
  create(relation: Relation, keys: readonly number[]): { readonly inquiry: Inquiry; readonly ordered: boolean }
}

/** What the host of the binder hands in. */
export interface BindOptions {
  /** The text that the statement was parsed from, for error messages. */
  readonly text?: string
  /** A query keeps running, as one of a view does: its sources do not end. */
  readonly continuous?: boolean
  /** The relation behind `FROM 'file.ndjson'`, its schema inferred; undefined when there is none. */
  readonly file?: (path: string) => Relation | undefined
  /** How rows of a relation are looked up outside; undefined when it is read. */
  readonly lookup?: (relation: Relation) => LookupTable | undefined
  /** Whether a relation's input ends by itself. Default: by connector and options. */
  readonly isBounded?: (relation: Relation) => boolean
  /** A connector's own fixed schema (nexmark, a file with `(*)`); undefined when it has none. */
  readonly connectorSchema?: (connector: string, options: Readonly<Record<string, string>>) => Schema | undefined
  /** Computes constants, for rules that depend on them; without it the simple ones alone are known. */
  readonly evaluate?: Evaluate
  /**
   * What a reference to a materialized view is: a scan of its kept rows (connector 'view', the default), or its query,
   * so that a program that maintains the view too runs it once.
   */
  readonly materializedViews?: 'scan' | 'inline'
}

/** A column of a query around, whose scope has these columns, by its place: one that no text names. */
export interface OuterPlace {
  readonly columns: Scope['columns']
  readonly index: number
}

export interface BindContext {
  readonly catalog: Catalog
  readonly settings: Settings
  readonly names: Names
  readonly options: BindOptions
  readonly functionRules: FunctionRules
  readonly aggregateRules: AggregateRules
  /** When windows over event time give results in this query. */
  readonly emit: 'close' | 'update' | 'changes'
  /** EMIT ON WINDOW CLOSE is written: whatever the query is made of, a row leaves once, when its time has passed. */
  readonly settles: boolean
  /** What fails in an expression is NULL. */
  readonly lenient: boolean
  readonly commonTables: readonly CommonTable[]
  /** WITH tables whose query is being bound: naming one there is recursion. */
  readonly defining: readonly string[]
  /** What the binder's own pieces of syntax stand for. */
  readonly placed: ReadonlyMap<Expression, OuterPlace>
  /** The statement keeps running: a view or INSERT; else a query over what is there now. */
  readonly continuous: boolean
  /** Names of tables and views that were read, for dependencies; grows while binding. */
  readonly reads: Set<string>
}

export function contextOf(
  catalog: Catalog,
  settings: Settings,
  options: BindOptions,
  continuous: boolean,
): BindContext {
  return {
    catalog,
    settings,
    names: namesOf(settings),
    options,
    functionRules: { division: settings.division, functions: settings.functions },
    aggregateRules: {
      avgType: ({ same: 'same_integer', double: 'double', numeric: 'decimal' } as const)[settings.avg_type],
      sumType: ({ same: 'flink', bigint: 'bigint', numeric: 'postgres' } as const)[settings.sum_type],
    },
    emit: settings.window_emit,
    settles: false,
    lenient: false,
    commonTables: [],
    defining: [],
    placed: new Map(),
    continuous,
    reads: new Set(),
  }
}

const endlessOptions = ['source.monitor-interval', 'follow', 'monitor_interval']

/** Files are read to their end unless followed; generators end when a count is given. */
export function endsByItself({ connector, options }: Relation): boolean {
  switch (connector) {
    case 'file':
    case 'filesystem':
    case 'single_file':
    case 'stdin':
      return !endlessOptions.some(name => (options[name] ?? 'false') !== 'false')
    case 'datagen':
      return options['number-of-rows'] !== undefined || Object.values(options).includes('sequence')
    case 'nexmark':
      return options['events.num'] !== undefined
    default:
      return false
  }
}
