import { column } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { replaceColumns } from '../../plan/expressions/walk.ts'
import { type PlanNode, ProjectNode, type Relation, type SinkNode } from '../../plan/nodes/node.ts'
import { type DataType, type Schema, types } from '../../types/data-type.ts'
import type { ConflictRule, TableColumn, TableEntry, UniqueRule } from '../catalog.ts'
import type { ColumnDefinition, CreateTable, Identifier, Span, Expression as Syntax } from '../parse/ast.ts'
import { assignTo } from './cast.ts'
import { declaredDefault, declaredType } from './column-definition.ts'
import { type BindContext, endsByItself } from './context.ts'
import { columnPosition, tableEventTime } from './event-time.ts'
import { ExpressionBinder } from './expressions.ts'
import { constraintsOf } from './insert.ts'
import { fail, notYet } from './problem.ts'
import { bindQuery, renamed } from './query.ts'
import { createdName, relationName } from './relation-names.ts'
import { tableScope } from './scope.ts'
import { sourceChanges } from './source-changes.ts'
import type { BoundStatement } from './statement.ts'
import { optionsOf, overStored, readPlan } from './table-plan.ts'
import { bindType } from './types.ts'

export function bindCreateTable(context: BindContext, syntax: CreateTable): BoundStatement {
  const { catalog, names } = context
  const name = createdName(context, syntax.name)
  if (catalog.find(name, names.same) !== undefined && !syntax.ifNotExists && !syntax.orReplace)
    fail('DSD2008', `There is already a table, view or index "${name}".`, syntax.name.at)
  if (syntax.from !== undefined) notYet('CREATE TABLE … FROM source', 'Write the columns and options.', syntax.from.at)
  const query = syntax.as === undefined ? undefined : bindQuery(context, syntax.as, 'insert')
  const given = query === undefined ? [] : namesOfQuery(context, syntax)
  const rows = query === undefined ? undefined : renamed(query, given, syntax.at)
  const declared = given.length === 0 ? syntax : { ...syntax, columns: [] }
  const twice = rows?.schema.find((field, i) => rows.schema.findIndex(other => other.name === field.name) < i)
  if (twice !== undefined) fail('DSD2008', `The query has two columns "${twice.name}". Name them: AS name.`, syntax.at)
  const table = new TableBuilder(context, declared, name, rows?.schema).build()
  const { ifNotExists, orReplace } = syntax
  return { is: 'createTable', table, ifNotExists, orReplace, rows: rows && filling(context, rows, table, syntax.at) }
}

/** Names without types before AS: in PostgreSQL those of the query's columns in turn; in Flink they pick from its columns. */
function namesOfQuery({ functionRules, names }: BindContext, { columns }: CreateTable): readonly string[] {
  const areNames = columns.every(
    ({ type, computed, metadata }) => type === undefined && computed === undefined && metadata === undefined,
  )
  return functionRules.functions === 'postgres' && areNames ? columns.map(({ name }) => names.fold(name)) : []
}

/** The query's columns under the names and types of the declared ones, on their way into the table. */
function filling(context: BindContext, rows: PlanNode, { relation }: TableEntry, at: Span): SinkNode {
  const input = ProjectNode.create(
    rows,
    relation.schema.map(({ name, type }, i) => ({
      name,
      value: assignTo(column(rows.schema, i), type, name, context.settings),
    })),
  )
  return { is: 'sink', name: relation.name, input, relation, constraints: constraintsOf(context, at) }
}

interface Declared {
  readonly definition: ColumnDefinition | undefined
  readonly name: string
  readonly at: Span
}

class TableBuilder {
  readonly #context: BindContext
  readonly #syntax: CreateTable
  readonly #name: string
  readonly #query: Schema | undefined
  readonly #options: Readonly<Record<string, string>>
  readonly #connector: string

  constructor(context: BindContext, syntax: CreateTable, name: string, query: Schema | undefined) {
    this.#context = context
    this.#syntax = syntax
    this.#name = name
    this.#query = query
    const like =
      syntax.like === undefined
        ? undefined
        : context.catalog.find(relationName(context, syntax.like.table), context.names.same)
    const inherited =
      like?.is === 'table' && !syntax.like!.rules.includes('EXCLUDING OPTIONS') ? like.relation.options : {}
    this.#options = { ...inherited, ...optionsOf(syntax) }
    this.#connector = this.#options['connector'] ?? 'memory'
  }

  build(): TableEntry {
    const { settings } = this.#context
    const columns = this.#columns()
    const stored = columns.filter(c => c.stored !== undefined)
    const schema: Schema = stored.map(({ name, type, nullable }) => ({ name, type, nullable }))
    const primaryKey = this.#primaryKey(columns)
    const time = tableEventTime(this.#context, this.#syntax, { name: this.#name, columns, options: this.#options })
    const isStored = time !== undefined && columns[time.column]!.stored !== undefined
    const changes = sourceChanges(this.#context, this.#syntax, this.#options, primaryKey)
    const metadata = this.#metadata(columns)
    const draft: Relation = {
      name: this.#context.catalog.freeStoredName(this.#name),
      schema,
      connector: this.#connector,
      options: this.#options,
      ...(isStored ? { eventTime: { ...time, column: columns[time.column]!.stored! } } : {}),
      primaryKey,
      changes,
      ...(changes === 'append' ? { appendOnly: true } : {}),
      ...(metadata === undefined ? {} : { metadata }),
    }
    const ends = this.#context.options.isBounded ?? endsByItself
    const relation: Relation = ends(draft) ? { ...draft, bounded: true } : draft
    return {
      is: 'table',
      name: this.#name,
      relation,
      columns,
      plan: readPlan(relation, columns, isStored ? undefined : time),
      conflict: this.#conflict(stored, settings.duplicate_key_insert),
      unique: this.#unique(columns),
      checks: this.#checks(columns),
      open: columns.length === 0,
      ...(this.#syntax.kind === 'SOURCE' ? { isSource: true } : {}),
      partitionKeys: this.#syntax.partitionedBy.flatMap(e =>
        e.is === 'column' ? [columnPosition(this.#context, columns, e.parts.at(-1)!)] : [],
      ),
    }
  }

  #columns(): readonly TableColumn[] {
    const { names, options, catalog } = this.#context
    const declared: Declared[] = this.#syntax.columns.map(definition => ({
      definition,
      name: names.fold(definition.name),
      at: definition.at,
    }))
    for (const [i, { name, at }] of declared.entries())
      if (declared.some((other, j) => j < i && names.same(other.name, name)))
        fail('DSD2008', `Column "${name}" is declared twice.`, at)
    const fixed: Schema | undefined =
      this.#query ??
      (declared.length === 0 || this.#syntax.columnsFromSchema
        ? options.connectorSchema?.(this.#connector, this.#options)
        : undefined)
    const inherited = (fixed ?? []).filter(field => !declared.some(({ name }) => names.same(name, field.name)))
    let stored = 0
    const columns: TableColumn[] = inherited.map(({ name, type, nullable }) => ({
      name,
      type,
      nullable,
      kind: 'physical',
      stored: stored++,
      computed: undefined,
      default: undefined,
    }))
    const like =
      this.#syntax.like === undefined
        ? undefined
        : catalog.find(relationName(this.#context, this.#syntax.like.table), names.same)
    if (this.#syntax.like !== undefined) {
      if (like?.is !== 'table') fail('DSD2001', 'LIKE names no table.', this.#syntax.like.at)
      for (const c of like.columns) columns.push(c.stored === undefined ? c : { ...c, stored: stored++ })
    }
    for (const { definition, name } of declared) {
      const given = definition === undefined ? undefined : fixed?.find(field => names.same(field.name, name))
      if (definition === undefined || definition.computed !== undefined) continue
      const type = definition.type === undefined ? given?.type : declaredType(this.#context, definition)
      if (type === undefined) fail('DSD2006', `Column "${name}" needs a type.`, definition.at)
      columns.push({
        name,
        type,
        nullable: !(definition.notNull || definition.type?.nullable === false),
        kind: definition.metadata === undefined ? 'physical' : 'metadata',
        stored: stored++,
        computed: undefined,
        default: declaredDefault(this.#context, definition, type, name),
      })
    }
    this.#includes(columns, () => stored++)
    return this.#withComputed(columns, declared)
  }

  /** INCLUDE key AS k: metadata columns behind the others. */
  #includes(columns: TableColumn[], next: () => number): void {
    const { names, settings, catalog } = this.#context
    for (const include of this.#syntax.includes) {
      const type =
        include.type === undefined
          ? include.what === 'TIMESTAMP'
            ? types.timestampLtz(6)
            : types.string
          : bindType(include.type, settings, names, user => catalog.findType(user))
      const name = include.alias === undefined ? include.what.toLowerCase() : names.fold(include.alias)
      columns.push({
        name,
        type,
        nullable: true,
        kind: 'metadata',
        stored: next(),
        computed: undefined,
        default: undefined,
      })
    }
  }

  /** Computed columns in the declared order; each may use the physical ones and computed ones before it. */
  #withComputed(physical: readonly TableColumn[], declared: readonly Declared[]): readonly TableColumn[] {
    const { names } = this.#context
    const known: TableColumn[] = [...physical]
    const done: TableColumn[] = []
    const stored = physical.filter(c => c.stored !== undefined).sort((a, b) => a.stored! - b.stored!)
    const asStored =
      (columns: readonly TableColumn[]) =>
      (index: number): Expression => {
        const { computed, stored: place, name, type, nullable } = columns[index]!
        return computed ?? { is: 'column', index: place!, name, type, nullable }
      }
    for (const { definition, name } of declared) {
      if (definition?.computed === undefined) {
        const c = physical.find(other => names.same(other.name, name))
        if (c !== undefined) done.push(c)
        continue
      }
      const visible = [...known]
      const scope = tableScope(
        visible.map(({ name, type, nullable }) => ({ name, type, nullable })),
        this.#name,
        undefined,
      )
      const bound = new ExpressionBinder(this.#context, scope).bind(definition.computed)
      const type = definition.type === undefined ? bound.type : declaredType(this.#context, definition)
      const value = assignTo(bound, type, name, this.#context.settings, definition.computed.at)
      const computed = replaceColumns(value, asStored(visible))
      const made: TableColumn = {
        name,
        type: computed.type,
        nullable: computed.nullable,
        kind: 'computed',
        stored: undefined,
        computed,
        default: undefined,
      }
      known.push(made)
      done.push(made)
    }
    const others = [...physical.filter(c => !done.includes(c))]
    return stored.length === 0 && done.length === 0 ? [] : [...others, ...done]
  }

  #storedAt(columns: readonly TableColumn[], identifier: Identifier): number {
    const column = columns[columnPosition(this.#context, columns, identifier)]!
    if (column.stored === undefined)
      notYet(`A key over the computed column "${column.name}"`, 'Store it.', identifier.at)
    return column.stored
  }

  #primaryKey(columns: readonly TableColumn[]): readonly number[] {
    const own = this.#syntax.columns.filter(c => c.primaryKey).map(c => c.name)
    const clause = this.#syntax.constraints.find(c => c.is === 'primaryKey')
    if (own.length > 1 || (own.length > 0 && clause !== undefined))
      fail('DSD2006', 'A table has one PRIMARY KEY.', this.#syntax.at)
    return (clause?.is === 'primaryKey' ? clause.columns : own).map(id => this.#storedAt(columns, id))
  }

  #unique(columns: readonly TableColumn[]): readonly UniqueRule[] {
    const rule = (name: Identifier | undefined, over: readonly Identifier[]): UniqueRule => ({
      name: name === undefined ? undefined : this.#context.names.fold(name),
      columns: over.map(id => this.#storedAt(columns, id)),
    })
    const own = this.#syntax.columns.filter(c => c.unique).map(c => rule(undefined, [c.name]))
    const clauses = this.#syntax.constraints.flatMap(c => (c.is === 'unique' ? [rule(c.name, c.columns)] : []))
    return [...own, ...clauses]
  }

  #checks(columns: readonly TableColumn[]): readonly Expression[] {
    const conditions: Syntax[] = [
      ...this.#syntax.columns.flatMap(c => (c.check === undefined ? [] : [c.check])),
      ...this.#syntax.constraints.flatMap(c => (c.is === 'check' ? [c.condition] : [])),
    ]
    const scope = tableScope(
      columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
      this.#name,
      undefined,
    )
    const binder = new ExpressionBinder(this.#context, scope)
    return conditions.map(condition =>
      replaceColumns(binder.condition(condition, 'CHECK'), index => overStored(columns, index)),
    )
  }

  #conflict(stored: readonly TableColumn[], rule: 'overwrite' | 'error'): ConflictRule {
    const versions = this.#syntax.versionColumns.map(id => this.#storedAt(stored, id))
    for (const [i, at] of versions.entries()) {
      const { type, name } = stored.find(c => c.stored === at)!
      if (unordered.has(type.is))
        fail(
          'DSD2004',
          `The version column "${name}" must be of a type with an order.`,
          this.#syntax.versionColumns[i]!.at,
        )
    }
    const { appendOnly, onConflict } = this.#syntax
    if (appendOnly && onConflict !== undefined && onConflict.action !== 'NOTHING')
      fail(
        'DSD2006',
        'A table that is APPEND ONLY keeps the first row of a key: ON CONFLICT DO NOTHING.',
        onConflict.at,
      )
    switch (onConflict?.action) {
      case 'NOTHING':
        if (versions.length > 0) fail('DSD2006', 'ON CONFLICT DO NOTHING takes no version column.', this.#syntax.at)
        return { action: 'nothing', versions }
      case 'UPDATE IF NOT NULL':
        return { action: 'update if not null', versions }
      case 'UPDATE':
      case 'UPDATE FULL':
        return { action: 'overwrite', versions }
      case undefined:
        return { action: appendOnly && versions.length === 0 && rule === 'overwrite' ? 'nothing' : rule, versions }
    }
  }

  #metadata(columns: readonly TableColumn[]): Readonly<Record<number, string>> | undefined {
    const { names } = this.#context
    const found: Record<number, string> = {}
    for (const c of columns) {
      if (c.kind !== 'metadata' || c.stored === undefined) continue
      const definition = this.#syntax.columns.find(other => names.same(names.fold(other.name), c.name))
      const include = this.#syntax.includes.find(other =>
        names.same(other.alias === undefined ? other.what.toLowerCase() : names.fold(other.alias), c.name),
      )
      found[c.stored] = definition?.metadata?.from ?? include?.what.toLowerCase() ?? c.name
    }
    return Object.keys(found).length === 0 ? undefined : found
  }
}

const unordered = new Set<DataType['is']>(['boolean', 'bytes', 'json', 'row', 'array', 'map'])
