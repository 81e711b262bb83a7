import type { UserFunction } from '../functions/user/user-function.ts'
import type { Expression } from '../plan/expressions/expression.ts'
import type { PlanNode, ProjectNode, Relation } from '../plan/nodes/node.ts'
import type { DataType, Field } from '../types/data-type.ts'
import type { Expression as SyntaxExpression } from './parse/ast.ts'

/** A column as declared. `physical` and `metadata` columns are the relation's, in that order; others are computed. */
export interface TableColumn extends Field {
  readonly kind: 'physical' | 'metadata' | 'computed'
  /** Its place in the relation's schema; undefined when computed. */
  readonly stored: number | undefined
  /** For a computed column: over the relation's columns. */
  readonly computed: Expression | undefined
  /** DEFAULT: over no columns. */
  readonly default: Expression | undefined
}

/** What happens when a key is inserted that is there. */
export interface ConflictRule {
  readonly action: 'overwrite' | 'error' | 'nothing' | 'update if not null'
  /** Relation columns: the row with the larger values wins; equal ones count as newer. */
  readonly versions: readonly number[]
}

/** UNIQUE, or a unique index: over columns of the relation. */
export interface UniqueRule {
  readonly name: string | undefined
  readonly columns: readonly number[]
}

export interface TableEntry {
  readonly is: 'table'
  readonly name: string
  readonly relation: Relation
  readonly columns: readonly TableColumn[]
  /** Reads all columns, with event time. */
  readonly plan: PlanNode
  readonly conflict: ConflictRule
  /** No two rows of an in-memory table are equal in these; a NULL is equal to nothing. */
  readonly unique: readonly UniqueRule[]
  /** Conditions that stored rows must meet, over the relation's columns. */
  readonly checks: readonly Expression[]
  /** Declared without columns: it takes those of its first INSERT. */
  readonly open: boolean
  readonly partitionKeys: readonly number[]
  /** Made by CREATE SOURCE. */
  readonly isSource?: true
}

export interface ViewEntry {
  readonly is: 'view'
  readonly name: string
  readonly plan: PlanNode
  readonly materialized: boolean
  /** Of a materialized view: what reads of its kept rows see. */
  readonly relation: Relation | undefined
  /** Names of the tables and views that it reads. */
  readonly reads: readonly string[]
  readonly temporary: boolean
}

/**
 * An index has no rows of its own: its name reads those of its table, its own columns first. A unique one is a rule of its
 * table as well, under its name.
 */
export interface IndexEntry {
  readonly is: 'index'
  readonly name: string
  /** The table or materialized view that it is on. */
  readonly on: string
  /** How many of its columns are its key; those behind them come along. */
  readonly keys: number
  readonly plan: ProjectNode
  readonly relation: undefined
}

/** A function by an SQL expression: its calls are replaced by it. */
export interface SqlFunctionEntry {
  readonly is: 'function'
  readonly name: string
  readonly parameters: readonly { readonly name: string; readonly type: DataType }[]
  readonly returns: DataType | undefined
  readonly body: SyntaxExpression
}

/** A function written in TypeScript. */
export interface UserFunctionEntry {
  readonly is: 'userFunction'
  readonly name: string
  readonly function: UserFunction
}

export type FunctionEntry = SqlFunctionEntry | UserFunctionEntry

/** A program that writes to a sink, or into a table. */
export interface SinkEntry {
  readonly is: 'sink'
  readonly name: string
  /** Names of the tables and views that it reads or writes. */
  readonly uses: readonly string[]
}

export type CatalogEntry = TableEntry | ViewEntry | IndexEntry

/** Under which name the rows of a table or view are kept, and its programs run: renaming it leaves that as it was. */
export const storedName = (entry: CatalogEntry): string => entry.relation?.name ?? entry.name

/** What CREATE, ALTER and DROP call it. */
export function kindOf(entry: CatalogEntry): 'TABLE' | 'SOURCE' | 'VIEW' | 'MATERIALIZED VIEW' | 'INDEX' {
  switch (entry.is) {
    case 'table':
      return entry.isSource === true ? 'SOURCE' : 'TABLE'
    case 'view':
      return entry.materialized ? 'MATERIALIZED VIEW' : 'VIEW'
    case 'index':
      return 'INDEX'
  }
}

/**
 * What a session knows by name. The binder only reads it; the session defines and drops. Names are as the dialect's
 * case rule stores them; `same` says when two are one.
 */
export class Catalog {
  readonly #relations = new Map<string, CatalogEntry>()
  readonly #sinks = new Map<string, SinkEntry>()
  readonly #functions = new Map<string, FunctionEntry>()
  readonly #types = new Map<string, DataType>()
  readonly #schemas = new Set<string>()

  find(name: string, same: (a: string, b: string) => boolean = (a, b) => a === b): CatalogEntry | undefined {
    const exact = this.#relations.get(name)
    if (exact !== undefined) return exact
    for (const [key, entry] of this.#relations) if (same(key, name)) return entry
    return undefined
  }

  define(entry: CatalogEntry): void {
    this.#relations.set(entry.name, entry)
  }

  /** Gives a table or view another name; what reads it goes on. */
  rename(from: string, to: string): void {
    const entry = this.#relations.get(from)
    if (entry === undefined) return
    const renamed = (names: readonly string[]): readonly string[] => names.map(name => (name === from ? to : name))
    this.#relations.delete(from)
    this.#relations.set(to, { ...entry, name: to })
    for (const [name, reader] of this.#relations)
      if (reader.is === 'view' && reader.reads.includes(from))
        this.#relations.set(name, { ...reader, reads: renamed(reader.reads) })
    for (const index of this.indexesOn(from)) this.#relations.set(index.name, { ...index, on: to })
    const table = entry.is === 'index' ? this.#relations.get(entry.on) : undefined
    if (table?.is === 'table') {
      const unique = table.unique.map(rule => (rule.name === from ? { ...rule, name: to } : rule))
      this.#relations.set(table.name, { ...table, unique })
    }
    for (const [name, sink] of this.#sinks)
      if (sink.uses.includes(from)) this.#sinks.set(name, { ...sink, uses: renamed(sink.uses) })
  }

  /** Under which name the rows of a new table or view can be kept: its own, but for rows of one that was renamed. */
  freeStoredName(name: string): string {
    const taken = new Set([...this.#relations.values()].filter(entry => entry.name !== name).map(storedName))
    for (let number = 1; ; number++) {
      const free = number === 1 ? name : `${name}~${number}`
      if (!taken.has(free)) return free
    }
  }

  entries(): Iterable<CatalogEntry> {
    return this.#relations.values()
  }

  names(): Iterable<string> {
    return this.#relations.keys()
  }

  indexesOn(name: string): readonly IndexEntry[] {
    return [...this.#relations.values()].filter(entry => entry.is === 'index').filter(({ on }) => on === name)
  }

  /** Views that read `name`, directly or through others, nearest first. */
  dependents(name: string): readonly ViewEntry[] {
    const found: ViewEntry[] = []
    const seek = (of: string) => {
      for (const entry of this.#relations.values()) {
        if (entry.is !== 'view' || !entry.reads.includes(of) || found.includes(entry)) continue
        found.push(entry)
        seek(entry.name)
      }
    }
    seek(name)
    return found
  }

  /** Names of the views and sinks that use `name`, directly or through others, nearest first. */
  users(name: string): readonly string[] {
    const views = this.dependents(name).map(view => view.name)
    const used = [name, ...views]
    const sinks = [...this.#sinks.values()].filter(({ uses }) => uses.some(each => used.includes(each)))
    return [...views, ...sinks.map(sink => sink.name)]
  }

  findSink(name: string): SinkEntry | undefined {
    return this.#sinks.get(name)
  }

  defineSink(entry: SinkEntry): void {
    this.#sinks.set(entry.name, entry)
  }

  drop(name: string): void {
    this.#relations.delete(name)
  }

  /** A schema made by CREATE SCHEMA; its tables and views are named `schema.name`. */
  findSchema(name: string, same: (a: string, b: string) => boolean): string | undefined {
    for (const schema of this.#schemas) if (same(schema, name)) return schema
    return undefined
  }

  defineSchema(name: string): void {
    this.#schemas.add(name)
  }

  dropSchema(name: string): void {
    this.#schemas.delete(name)
  }

  schemas(): Iterable<string> {
    return this.#schemas
  }

  dropSink(name: string): boolean {
    return this.#sinks.delete(name)
  }

  /** Functions are named without regard to case. */
  findFunction(name: string): FunctionEntry | undefined {
    return this.#functions.get(name.toLowerCase())
  }

  defineFunction(entry: FunctionEntry): void {
    this.#functions.set(entry.name.toLowerCase(), entry)
  }

  dropFunction(name: string): boolean {
    return this.#functions.delete(name.toLowerCase())
  }

  /** Whether a name is an aggregate of the user's. */
  isUserAggregate(name: string): boolean {
    const entry = this.findFunction(name)
    return entry?.is === 'userFunction' && entry.function.kind === 'aggregate'
  }

  get hasUserAggregates(): boolean {
    return [...this.#functions.keys()].some(name => this.isUserAggregate(name))
  }

  functionNames(): Iterable<string> {
    return this.#functions.keys()
  }

  findType(name: string): DataType | undefined {
    return this.#types.get(name.toLowerCase())
  }

  defineType(name: string, type: DataType): void {
    this.#types.set(name.toLowerCase(), type)
  }
}
