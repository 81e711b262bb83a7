import { NO_WATERMARK } from '../batch/batch.ts'
import { createMemory } from '../batch/linear-memory.ts'
import { batchFromRows, rowsOf } from '../batch/values.ts'
import { evaluateConstant } from '../compile/constant.ts'
import { compileProjection } from '../compile/projection.ts'
import { memoryRows, type WeightedRow } from '../connect/memory.ts'
import { fixedSchema } from '../connect/registry.ts'
import type { Sink } from '../connect/sink.ts'
import type { Connector, Source } from '../connect/source.ts'
import { StreamdownError } from '../errors/error.ts'
import { isRowErrorCode, rowErrorCodes } from '../errors/table.ts'
import type { Expression } from '../plan/expressions/expression.ts'
import type { PlanNode, Relation, ScanNode, SinkNode } from '../plan/nodes/node.ts'
import { optimiseProgram } from '../plan/optimise/optimise.ts'
import type { Program } from '../plan/program.ts'
import { nodesOf } from '../plan/visitor/transform.ts'
import { type Clock, SeededRandom, VirtualClock } from '../run/clock.ts'
import type { OperatorContext } from '../run/operator-context.ts'
import { decodeSnapshot, encodeSnapshot } from '../run/snapshot.ts'
import { bindStatement } from '../sql/bind/bind.ts'
import type { BoundInsert, BoundSelect, BoundStatement, Returning } from '../sql/bind/statement.ts'
import { Catalog, type TableEntry, type ViewEntry } from '../sql/catalog.ts'
import type { ParsedStatement } from '../sql/parse/ast.ts'
import { parseStatements } from '../sql/parse/parse.ts'
import { type Settings, settingsOf, withSetting } from '../sql/settings.ts'
import type { Field, Schema } from '../types/data-type.ts'
import { types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { describeRows, explainRows, programOf, showRows } from './answers.ts'
import { consolidateRows } from './consolidate-rows.ts'
import type { Environment } from './environment.ts'
import { InferredFiles } from './files.ts'
import { type DeadLetter, Job, type JobOptions } from './job.ts'
import { RelationData } from './relation-data.ts'
import { decodeSession, encodeSession, type SavedSession } from './saved.ts'
import type { ChangeRow, JobStatus, RunOptions, Session, SessionOptions, StatementResult } from './session.ts'
import { insertChanges } from './table-changes.ts'

const DEFAULT_STEP_ROWS = 65_536

const done = (message: string): StatementResult => ({ is: 'done', message })

/** A session whose tables and programs live in this process. */
export class LocalSession implements Session {
  readonly #options: SessionOptions
  readonly #environment: Environment
  readonly #clock: Clock
  readonly #catalog = new Catalog()
  readonly #files: InferredFiles
  readonly #data = new Map<string, RelationData>()
  readonly #jobs = new Map<string, Job>()
  readonly #random: SeededRandom
  /** Records that queries could not decode: their jobs are gone. */
  readonly #undecoded: DeadLetter[] = []
  #settings: Settings
  #statements: string[] = []
  #restoring: SavedSession | undefined
  #scratch: OperatorContext | undefined
  /** While a text is only planned: the programs that its statements would run. */
  #collected: Program[] | undefined

  constructor(options: SessionOptions, environment: Environment) {
    this.#options = options
    this.#environment = environment
    this.#clock = options.clock === undefined ? environment.clock : new VirtualClock(options.clock)
    this.#random = new SeededRandom(options.seed ?? 0)
    this.#settings = settingsOf(options.dialect ?? 'flink', options.settings)
    this.#files = new InferredFiles(path => environment.inferFile(path))
  }

  async execute(sql: string): Promise<readonly StatementResult[]> {
    const results: StatementResult[] = []
    for (const parsed of parseStatements(sql)) results.push(await this.#execute(parsed))
    return results
  }

  async plan(sql: string): Promise<Program> {
    const collected: Program[] = []
    this.#collected = collected
    try {
      for (const parsed of parseStatements(sql)) await this.#execute(parsed)
    } finally {
      this.#collected = undefined
    }
    return this.#optimised({
      sinks: collected.flatMap(program => program.sinks),
      views: collected.flatMap(program => program.views),
    })
  }

  push(
    relation: string,
    rows: readonly { readonly op?: '+I' | '-U' | '+U' | '-D'; readonly values: readonly Value[] }[],
  ): void {
    const weighted = rows.map(({ op, values }) => ({ values, weight: op === '-U' || op === '-D' ? -1 : 1 }))
    this.#dataOf(this.#table(relation).relation).push(weighted)
  }

  async settle(): Promise<void> {
    for (let moved = true; moved; ) {
      moved = false
      for (const job of this.#jobs.values()) {
        if (!job.engine.pending()) continue
        moved = true
        await job.settle()
      }
    }
  }

  async run({ stop, untilIdle = false, onStep }: RunOptions): Promise<void> {
    while (!stop()) {
      let moved = false
      for (const job of this.#jobs.values()) {
        if (!job.engine.pending() || stop()) continue
        moved = true
        await job.runStep()
        onStep?.()
      }
      const open = [...this.#jobs.values()].filter(job => !job.engine.ended)
      if (open.length === 0) break
      if (moved) continue
      for (const job of open) await job.flush()
      if (untilIdle && open.every(job => job.engine.idle())) break
      await Promise.race([...open.map(job => job.engine.ready()), this.#environment.sleep(50)])
    }
    for (const job of this.#jobs.values()) await job.flush()
  }

  async advance(micros: bigint): Promise<void> {
    if (this.#clock instanceof VirtualClock) this.#clock.advance(micros)
    await this.settle()
  }

  async end(): Promise<void> {
    for (const job of this.#jobs.values()) {
      await job.run(
        () => false,
        ms => this.#environment.sleep(ms),
        () => this.#endFeeds(job),
      )
    }
    await this.settle()
  }

  changes(relation: string): readonly ChangeRow[] {
    const data = this.#data.get(this.#nameOf(relation))
    if (data === undefined)
      throw new StreamdownError('DSD2001', `"${relation}" is no table or view whose changes are kept here.`)
    return data.changes()
  }

  columns(relation: string): readonly Field[] {
    const entry = this.#entry(relation)
    return entry.is === 'table' ? entry.relation.schema : entry.plan.schema
  }

  status(): readonly JobStatus[] {
    return [...this.#jobs.values()].map(job => job.status())
  }

  deadLetters(): readonly DeadLetter[] {
    return [...this.#undecoded, ...[...this.#jobs.values()].flatMap(job => job.deadLetters)]
  }

  async snapshot(): Promise<Uint8Array> {
    await this.settle()
    const stores: Record<string, readonly WeightedRow[]> = {}
    for (const [name, data] of this.#data) if (data.keeps) stores[name] = data.store.rows()
    const jobs: Record<string, Uint8Array> = {}
    for (const [name, job] of this.#jobs) jobs[name] = encodeSnapshot(job.engine.snapshot())
    return encodeSession({ statements: this.#statements, now: this.#clock.now(), stores, jobs })
  }

  async restore(bytes: Uint8Array): Promise<void> {
    const saved = decodeSession(bytes)
    if (this.#clock instanceof VirtualClock) this.#clock.advance(saved.now - this.#clock.now())
    this.#restoring = saved
    try {
      for (const text of saved.statements) await this.execute(text)
    } finally {
      this.#restoring = undefined
    }
  }

  async close(): Promise<void> {
    for (const job of this.#jobs.values()) await job.close()
    this.#jobs.clear()
  }

  async #execute({ statement, text }: ParsedStatement): Promise<StatementResult> {
    await this.#files.learn(statement)
    const bound = bindStatement(statement, this.#catalog, this.#settings, {
      text,
      file: path => this.#files.find(path),
      connectorSchema: connector => fixedSchema(connector),
      isBounded: relation => this.#isBounded(relation),
    })
    return this.#carryOut(bound, text)
  }

  async #carryOut(bound: BoundStatement, text: string): Promise<StatementResult> {
    if (this.#collected !== undefined && changesRows(bound)) {
      this.#collected.push(programOf(bound))
      return done('planned')
    }
    switch (bound.is) {
      case 'select':
        return this.#select(bound)
      case 'insert':
        return this.#insert(bound, text)
      case 'update':
        return this.#update(bound)
      case 'delete': {
        const rows = await this.#query(bound.plan)
        await this.#change(
          bound.table.relation,
          rows.map(values => ({ values, weight: -1 })),
        )
        return this.#returned(bound.returning, rows, `${rows.length} rows deleted`)
      }
      case 'truncate':
        for (const { relation } of bound.tables) {
          const rows = this.#dataOf(relation).store.rows()
          await this.#change(
            relation,
            rows.map(({ values, weight }) => ({ values, weight: -weight })),
          )
        }
        return done('truncated')
      case 'statementSet':
        this.#remember(text)
        return this.#start(bound.inserts.map(({ table }) => table.name).join(', '), await this.#opened(bound.inserts))
      case 'createTable':
        return this.#createTable(bound, text)
      case 'createView':
        if (this.#exists(bound.view.name, bound)) return done(`view ${bound.view.name} is there already`)
        this.#remember(text)
        this.#catalog.define(bound.view)
        return done(`view ${bound.view.name} created`)
      case 'createMaterializedView':
        return this.#createMaterializedView(bound.view, bound, text)
      case 'createSink':
        this.#remember(text)
        return this.#start(bound.name, await this.#opened([bound.insert]))
      case 'createFunction':
        this.#remember(text)
        this.#catalog.defineFunction(bound.entry)
        return done(`function ${bound.entry.name} created`)
      case 'createType':
        this.#remember(text)
        this.#catalog.defineType(bound.name, bound.type)
        return done(`type ${bound.name} created`)
      case 'drop':
        return this.#drop(bound, text)
      case 'set':
        this.#remember(text)
        this.#settings = withSetting(this.#settings, bound.key, bound.value)
        return done(`${bound.key} set`)
      case 'reset':
        this.#remember(text)
        this.#settings =
          bound.key === undefined
            ? settingsOf(this.#options.dialect ?? 'flink', this.#options.settings)
            : withSetting(this.#settings, bound.key, undefined)
        return done('reset')
      case 'show':
        return showRows(bound, this.#catalog, this.#settings, [...this.#jobs.keys()])
      case 'describe':
        return describeRows(bound.schema)
      case 'explain':
        return explainRows(bound.statement, bound.details, program => this.#optimised(program))
      case 'nothing':
        return done(bound.what)
    }
  }

  async #select({ plan }: BoundSelect): Promise<StatementResult> {
    let dead = 0
    const rows = await this.#query(plan, count => {
      dead = count
    })
    return { is: 'rows', schema: plan.schema, rows, ...(dead > 0 ? { dead } : {}) }
  }

  /**
   * The final rows of a query over what is there now. It fails as a whole on the first row that fails in it; records
   * that cannot be decoded are dead letters, whose number `onUndecoded` is told.
   */
  async #query(plan: PlanNode, onUndecoded?: (count: number) => void): Promise<readonly (readonly Value[])[]> {
    const endless = nodesOf([plan]).find(node => node.is === 'scan' && !this.#ends(node.relation))
    if (endless?.is === 'scan') {
      throw new StreamdownError(
        'DSD2006',
        `"${endless.relation.name}" never ends, so a SELECT over it would not either. Make it a CREATE MATERIALIZED VIEW, or INSERT INTO a sink.`,
      )
    }
    const rows: WeightedRow[] = []
    const program = this.#optimised({ sinks: [], views: [{ name: 'result', input: plan, key: [] }] })
    const job = new Job(program, {
      ...this.#jobOptions('query', 'fail'),
      openSource: scan => this.#openSource(scan, 'contents'),
      onChanges: (_output, changes) => rows.push(...changes),
    })
    try {
      await job.open()
      await job.run()
    } finally {
      await job.close()
    }
    for (const letter of job.deadLetters) this.#undecoded.push(letter)
    onUndecoded?.(job.deadCount)
    return finalRows(rows)
  }

  async #insert(bound: BoundInsert, text: string): Promise<StatementResult> {
    const inMemory = this.#isInMemory(bound.table.relation)
    if (!inMemory || !bound.literal || this.#readsFeed(bound.plan)) {
      this.#remember(text)
      return this.#start(bound.table.name, await this.#opened([bound]))
    }
    const table = this.#declared(bound.table)
    const data = this.#dataOf(table.relation)
    if (bound.overwrite) {
      await this.#change(
        table.relation,
        data.store.rows().map(({ values, weight }) => ({ values, weight: -weight })),
      )
    }
    const given = await this.#query(bound.plan)
    const { changes, rows } = insertChanges(table, data.store, given, bound.conflict, (expressions, row) =>
      this.#evaluate(expressions, row),
    )
    await this.#change(table.relation, changes)
    return this.#returned(bound.returning, rows, `${rows.length} rows inserted`)
  }

  async #update({ plan, table, returning }: Extract<BoundStatement, { is: 'update' }>): Promise<StatementResult> {
    const width = table.relation.schema.length
    const pairs = await this.#query(plan)
    const olds = pairs.map(row => ({ values: row.slice(0, width), weight: -1 }))
    const data = this.#dataOf(table.relation)
    const news = pairs.map(row => row.slice(width))
    data.store.apply(olds)
    let changed: ReturnType<typeof insertChanges>
    try {
      changed = insertChanges(table, data.store, news, { action: 'error', versions: [] }, (expressions, row) =>
        this.#evaluate(expressions, row),
      )
    } finally {
      data.store.apply(olds.map(({ values }) => ({ values, weight: 1 })))
    }
    await this.#change(table.relation, [...olds, ...changed.changes])
    return this.#returned(returning, news, `${news.length} rows updated`)
  }

  #returned(returning: Returning | undefined, rows: readonly (readonly Value[])[], message: string): StatementResult {
    if (returning === undefined) return done(message)
    const { expressions, schema } = returning
    return { is: 'rows', schema, rows: rows.map(row => this.#evaluate(expressions, row)) }
  }

  async #change(relation: Relation, changes: readonly WeightedRow[]): Promise<void> {
    this.#dataOf(relation).apply(changes)
    await this.settle()
  }

  async #createTable(bound: Extract<BoundStatement, { is: 'createTable' }>, text: string): Promise<StatementResult> {
    const { table, rows } = bound
    if (this.#exists(table.name, bound)) return done(`table ${table.name} is there already`)
    if (!this.#isInMemory(table.relation) && table.relation.connector !== 'feed') this.#connector(table.relation)
    this.#remember(text)
    this.#define(table)
    if (rows === undefined || this.#restoring !== undefined) return done(`table ${table.name} created`)
    const given = await this.#query(rows)
    await this.#change(
      table.relation,
      given.map(values => ({ values, weight: 1 })),
    )
    return done(`table ${table.name} created with ${given.length} rows`)
  }

  #define(table: TableEntry): void {
    this.#catalog.define(table)
    if (!this.#isInMemory(table.relation) && table.relation.connector !== 'feed') return
    const data = new RelationData(table.relation.primaryKey, this.#isInMemory(table.relation))
    data.store.apply(this.#restoring?.stores[table.name] ?? [])
    this.#data.set(table.name, data)
  }

  async #createMaterializedView(
    view: ViewEntry,
    rule: { readonly ifNotExists: boolean; readonly orReplace: boolean },
    text: string,
  ): Promise<StatementResult> {
    if (this.#exists(view.name, rule)) return done(`view ${view.name} is there already`)
    this.#remember(text)
    this.#catalog.define(view)
    const data = new RelationData(view.relation?.primaryKey ?? [], true)
    data.store.apply(this.#restoring?.stores[view.name] ?? [])
    this.#data.set(view.name, data)
    await this.#start(view.name, { sinks: [], views: [{ name: view.name, input: view.plan, key: [] }] })
    return done(`view ${view.name} created`)
  }

  async #start(name: string, program: Program): Promise<StatementResult> {
    if (this.#collected !== undefined) {
      this.#collected.push(program)
      return done('planned')
    }
    const unique = this.#jobs.has(name) ? `${name} ${this.#jobs.size + 1}` : name
    const job = new Job(this.#optimised(program), {
      ...this.#jobOptions(unique, this.#settings.on_error === 'fail' ? 'fail' : 'dead-letter'),
      openSource: scan => this.#openSource(scan, this.#restoring === undefined ? 'all' : 'changes'),
      openSink: sink => this.#openSink(sink),
      onChanges: (output, changes) => this.#data.get(output)?.apply(changes),
    })
    const saved = this.#restoring?.jobs[unique]
    await job.open(saved === undefined ? undefined : decodeSnapshot(saved))
    this.#jobs.set(unique, job)
    if (this.#restoring === undefined) await this.#settleMemory(job)
    return { is: 'started', job: unique }
  }

  /** A job over in-memory tables alone is up to date when its statement returns; others run as the session is run. */
  async #settleMemory(job: Job): Promise<void> {
    const sources = job.engine.graph.vertices.filter(vertex => vertex.is === 'source')
    if (sources.every(({ scan }) => scan.relation.connector === 'view' || this.#data.has(scan.relation.name)))
      await this.settle()
  }

  #drop(bound: Extract<BoundStatement, { is: 'drop' }>, text: string): StatementResult {
    this.#remember(text)
    for (const name of bound.names) {
      if (bound.kind === 'function') this.#catalog.dropFunction(name)
      else {
        this.#catalog.drop(name)
        this.#data.delete(name)
        const job = this.#jobs.get(name)
        this.#jobs.delete(name)
        void job?.close()
      }
    }
    return done(bound.names.length === 0 ? 'nothing to drop' : `${bound.names.join(', ')} dropped`)
  }

  #openSource(scan: ScanNode, rows: 'all' | 'changes' | 'contents'): Source {
    const { relation } = scan
    const data = this.#data.get(relation.name)
    if (data === undefined) {
      const connector = this.#connector(relation)
      if (connector.source === undefined) {
        throw new StreamdownError('DSD3001', `Connector '${connector.name}' of "${relation.name}" cannot be read from.`)
      }
      return connector.source.create(relation)
    }
    if (rows === 'contents') return memoryRows(data.store.rows())
    return data.feed.source(rows === 'all' && data.keeps ? data.store.rows() : [])
  }

  #openSink(sink: SinkNode): Sink | undefined {
    if (this.#data.has(sink.relation.name)) return undefined
    const connector = this.#connector(sink.relation)
    if (connector.sink === undefined) {
      throw new StreamdownError(
        'DSD3001',
        `Connector '${connector.name}' of "${sink.relation.name}" cannot be written to.`,
      )
    }
    return connector.sink.create(sink.relation)
  }

  #connector({ name, connector }: Relation): Connector {
    const found = this.#environment.connectors.find(each => each.name === connector)
    if (found !== undefined) return found
    const known = this.#environment.connectors.map(each => each.name).join(', ')
    throw new StreamdownError('DSD3001', `Table "${name}": there is no connector '${connector}'; there are ${known}.`)
  }

  #isInMemory = (relation: Relation): boolean => relation.connector === 'memory'

  #ends(relation: Relation): boolean {
    return this.#isInMemory(relation) || relation.connector === 'view' || relation.bounded === true
  }

  #isBounded(relation: Relation): boolean {
    const found = this.#environment.connectors.find(each => each.name === relation.connector)
    return found?.source?.create(relation).bounded ?? false
  }

  #readsFeed(plan: PlanNode): boolean {
    return nodesOf([plan]).some(node => node.is === 'scan' && node.relation.connector === 'feed')
  }

  /** Inserts into tables that were declared without columns define them. */
  async #opened(inserts: readonly BoundInsert[]): Promise<Program> {
    for (const { table } of inserts) this.#declared(table)
    return { sinks: inserts.map(({ sink }) => sink), views: [] }
  }

  #declared(table: TableEntry): TableEntry {
    const entry = this.#catalog.find(table.name)
    if (entry?.is === 'table' && entry.open && !table.open) this.#define(table)
    return table
  }

  #exists(
    name: string,
    { ifNotExists, orReplace }: { readonly ifNotExists: boolean; readonly orReplace: boolean },
  ): boolean {
    return this.#catalog.find(name) !== undefined && ifNotExists && !orReplace
  }

  #optimised(program: Program): Program {
    return optimiseProgram(program, { evaluate: expression => evaluateConstant(expression, this.#context()) })
  }

  #jobOptions(name: string, onError: JobOptions['onError']): Omit<JobOptions, 'openSource' | 'onChanges'> {
    return {
      name,
      workers: this.#options.workers ?? 1,
      stepRows: this.#options.stepRows ?? DEFAULT_STEP_ROWS,
      seed: this.#options.seed ?? 0,
      clock: this.#clock,
      timeZone: this.#settings.timezone,
      settings: this.#settings,
      openSink: () => undefined,
      onError,
      onUndecodable: this.#settings.on_error === 'fail' ? 'fail' : 'dead-letter',
    }
  }

  /** A memory of the session's own, for constants and the few rows of RETURNING and ON CONFLICT. */
  #context(): OperatorContext {
    this.#scratch ??= {
      memory: createMemory(),
      table: () => {
        throw new StreamdownError('DSD9002', 'Expressions of a session keep no state.')
      },
      timeZone: this.#settings.timezone,
      settings: this.#settings,
      now: () => this.#clock.now(),
      random: () => this.#random.next(),
    }
    return { ...this.#scratch, timeZone: this.#settings.timezone, settings: this.#settings }
  }

  #evaluate(expressions: readonly Expression[], row: readonly Value[]): readonly Value[] {
    const context = this.#context()
    const schema = schemaOf(expressions, row.length)
    const mark = context.memory.mark()
    try {
      const input = batchFromRows(context.memory, schema, [row], { firstOrdinal: 0n, watermark: NO_WATERMARK })
      const { output, failed } = compileProjection({ input: schema, outputs: expressions, context }).run(input)
      if (failed.count > 0) {
        const byte = context.memory.u8(failed.codes, 1)[0] ?? 0
        throw new StreamdownError(
          isRowErrorCode(byte) ? rowErrorCodes[byte] : 'DSD4005',
          failed.messages.get(0) ?? 'An expression failed.',
        )
      }
      return rowsOf(context.memory, output)[0] ?? []
    } finally {
      context.memory.release(mark)
    }
  }

  #endFeeds(job: Job): void {
    for (const vertex of job.engine.graph.vertices) {
      if (vertex.is === 'source') this.#data.get(vertex.scan.relation.name)?.feed.end()
    }
  }

  #remember(text: string): void {
    this.#statements.push(`${text};`)
  }

  #nameOf(name: string): string {
    return this.#entry(name).name
  }

  #entry(name: string): TableEntry | ViewEntry {
    const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
    const entry = this.#catalog.find(name, same)
    if (entry === undefined) throw new StreamdownError('DSD2001', `There is no table or view "${name}".`)
    return entry
  }

  #table(name: string): TableEntry {
    const entry = this.#entry(name)
    if (entry.is !== 'table') throw new StreamdownError('DSD2006', `"${name}" is a view; rows go into tables.`)
    return entry
  }

  #dataOf(relation: Relation): RelationData {
    const data = this.#data.get(relation.name)
    if (data === undefined) throw new StreamdownError('DSD2006', `The rows of "${relation.name}" are not kept here.`)
    return data
  }
}

const changesRows = ({ is }: BoundStatement): boolean =>
  is === 'select' || is === 'insert' || is === 'update' || is === 'delete'

/** The columns that expressions read, by index; unread ones are not looked at. */
function schemaOf(expressions: readonly Expression[], width: number): Schema {
  const schema: Field[] = Array.from({ length: width }, () => ({ name: '', type: types.null, nullable: true }))
  const seek = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) seek(each)
    else if (node !== null && typeof node === 'object') {
      const column = node as Partial<Extract<Expression, { is: 'column' }>>
      if (column.is === 'column' && column.index !== undefined && column.type !== undefined) {
        schema[column.index] = { name: column.name ?? '', type: column.type, nullable: true }
      } else for (const each of Object.values(node)) seek(each)
    }
  }
  seek(expressions)
  return schema
}

/** A row as often as its weights say, in the order of arrival. */
function finalRows(changes: readonly WeightedRow[]): readonly (readonly Value[])[] {
  const rows = changes.every(({ weight }) => weight === 1) ? changes : consolidateRows(changes)
  return rows.flatMap(({ values, weight }) => Array.from({ length: Math.max(0, weight) }, () => values))
}
