import { Durable } from '../checkpoint/durable.ts'
import { type StoredBytes, storedIn } from '../checkpoint/stored-bytes.ts'
import { fixedSchema } from '../connect/registry.ts'
import { StreamdownError } from '../errors/error.ts'
import type { Program } from '../plan/program.ts'
import { VirtualClock } from '../run/clock.ts'
import { bindStatement } from '../sql/bind/bind.ts'
import type { BoundStatement } from '../sql/bind/statement.ts'
import { type CatalogEntry, storedName, type TableEntry } from '../sql/catalog.ts'
import type { ParsedStatement, Statement } from '../sql/parse/ast.ts'
import { lex } from '../sql/parse/lexer.ts'
import { parseStatements } from '../sql/parse/parse.ts'
import { interval, readSetting } from '../sql/setting-texts.ts'
import { settingsIdentity } from '../sql/settings.ts'
import type { Field } from '../types/data-type.ts'
import { joined } from '../values/bytes.ts'
import type { DeadLetter } from './dead-letters.ts'
import type { Environment } from './environment.ts'
import { InferredFiles } from './files.ts'
import { memoryLines } from './memory-lines.ts'
import { endlessRelation } from './relations.ts'
import type { RunRules } from './run-jobs.ts'
import { savedSession, sessionRecords } from './saved.ts'
import type { ChangeRow, JobStatus, PushedRow, Session, SessionOptions, StatementResult } from './session.ts'
import { carryOut } from './statements/carry-out.ts'
import { Workspace } from './workspace.ts'

/** A session whose tables and programs live in this process. */
export class LocalSession implements Session {
  readonly #workspace: Workspace
  readonly #files: InferredFiles

  /** Where its state is kept, once `openState` has said so. */
  #durable: Durable | undefined
  /** A program is kept when its last statement is carried out: one that goes on from its state carries out no more. */
  #isWhole = false

  constructor(options: SessionOptions, environment: Environment) {
    this.#workspace = new Workspace(options, environment)
    this.#files = new InferredFiles(path => environment.inferFile(path))
  }

  async execute(sql: string): Promise<readonly StatementResult[]> {
    const results: StatementResult[] = []
    for await (const result of this.executeEach(sql)) results.push(result)
    return results
  }

  async *executeEach(sql: string, { signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<StatementResult> {
    const statements = parseStatements(sql)
    for (const [at, parsed] of statements.entries()) {
      this.#workspace.signal = signal
      try {
        const result = await this.#execute(parsed, sql)
        if (at === statements.length - 1) this.#isWhole = true
        yield result
      } finally {
        this.#workspace.signal = undefined
      }
    }
  }

  async plan(sql: string): Promise<Program> {
    const planned: Program[] = []
    this.#workspace.planned = planned
    try {
      await this.execute(sql)
    } finally {
      this.#workspace.planned = undefined
    }
    return this.#workspace.optimised({
      sinks: planned.flatMap(program => program.sinks),
      views: planned.flatMap(program => program.views),
    })
  }

  memoryLines(): readonly string[] {
    return memoryLines(this.#workspace)
  }

  push(relation: string, rows: readonly PushedRow[]): void {
    const weighted = rows.map(({ op, values }) => ({ values, weight: op === '-U' || op === '-D' ? -1 : 1 }))
    this.#workspace.relations.dataOf(this.#table(relation).relation).push(weighted)
  }

  async settle(): Promise<void> {
    await this.#workspace.jobs.settle()
  }

  async run(rules: RunRules): Promise<void> {
    const { jobs } = this.#workspace
    const durable = this.#durable
    if (durable !== undefined && !this.#isWhole) {
      if (rules.stop?.() === true) return
      throw new StreamdownError(
        'DSD2006',
        'A query without end stands before other statements of a program whose state is kept: put it at the end, or insert its rows into a table.',
      )
    }
    if (durable === undefined) await jobs.run(rules)
    else await durable.around(() => jobs.run({ ...rules, betweenSteps: () => durable.tick() }))
  }

  async advance(micros: bigint): Promise<void> {
    this.#advanceClock(micros)
    await this.settle()
  }

  async end(): Promise<void> {
    await this.#workspace.jobs.end()
  }

  async drain(): Promise<void> {
    if (this.#durable !== undefined && !this.#isWhole) return
    await this.#workspace.jobs.drain()
    await this.#durable?.write()
  }

  changes(relation: string): readonly ChangeRow[] {
    const data = this.#workspace.relations.find(storedName(this.#entry(relation)))
    if (data === undefined)
      throw new StreamdownError('DSD2001', `"${relation}" is no table or view whose changes are kept here.`)
    return data.changes()
  }

  columns(relation: string): readonly Field[] {
    const entry = this.#entry(relation)
    return entry.is === 'table' ? entry.relation.schema : entry.plan.schema
  }

  status(): readonly JobStatus[] {
    return this.#workspace.jobs.status()
  }

  deadLetters(): readonly DeadLetter[] {
    return this.#workspace.letters.letters()
  }

  async snapshot(): Promise<Uint8Array> {
    await this.settle()
    return joined([...(await this.#capture())])
  }

  restore(bytes: Uint8Array): Promise<void> {
    return this.#restore(storedIn(bytes))
  }

  async #restore(stored: StoredBytes): Promise<void> {
    const saved = savedSession(stored)
    this.#advanceClock(saved.now - this.#workspace.clock.now())
    this.#workspace.restoring = saved
    this.#workspace.letters.add(saved.deadLetters)
    try {
      for (const text of saved.statements) await this.execute(text)
    } finally {
      this.#workspace.restoring = undefined
    }
  }

  async openState(place: string, program: string): Promise<boolean> {
    const { environment, clock, settings } = this.#workspace
    if (environment.openState === undefined) throw new StreamdownError('DSD2006', 'There is no place for state here.')
    this.#workspace.statePlace = place
    const identity = [settingsIdentity(settings), ...lex(program).map(({ kind, text }) => `${kind} ${text}`)].join('\n')
    const durable = await Durable.open({
      store: await environment.openState(place),
      identity,
      clock,
      intervalMicros: () => readSetting(this.#workspace.settings, 'checkpoint_interval', interval),
      capture: async () => {
        await this.#workspace.jobs.takeFed()
        return this.#capture()
      },
      kept: () => this.#workspace.jobs.commit(),
      failed: () => this.#workspace.jobs.fail(),
    })
    this.#durable = durable
    this.#isWhole = false
    const goesOn = await durable.goOn(last => this.#restore(last))
    if (!goesOn) this.#workspace.jobs.waiting = true
    return goesOn
  }

  async close(): Promise<void> {
    // What has not begun leaves no empty files, over which it could not begin again.
    if (this.#durable !== undefined && !this.#isWhole) await this.#workspace.jobs.fail()
    await this.#workspace.jobs.close()
    await this.#durable?.close()
  }

  /** What there is between two steps. */
  async #capture(): Promise<Iterable<Uint8Array>> {
    const { history, clock, relations, jobs, letters } = this.#workspace
    return sessionRecords({
      statements: history.texts,
      now: clock.now(),
      stores: relations.kept(),
      deadLetters: letters.letters(),
      jobs: await jobs.snapshots(),
    })
  }

  /** `program`: what the statement stands in; places in it are counted from its beginning. */
  async #execute({ statement, text }: ParsedStatement, program: string): Promise<StatementResult> {
    // A path is a quoted text: without one there is none to look for.
    if (text.includes("'") || text.includes('$')) await this.#files.learn(statement)
    const bound = this.#bind(statement, program, false)
    if (bound.is === 'copy') this.#files.forget(bound.path)
    return carryOut(this.#workspace, isEndless(bound) ? this.#bind(statement, program, true) : bound, text)
  }

  /** A query over what never ends is bound as one that keeps running: LIMIT is a top-N that is kept up to date. */
  #bind(statement: Statement, text: string, continuous: boolean): BoundStatement {
    const { catalog, settings, relations } = this.#workspace
    return bindStatement(statement, catalog, settings, {
      text,
      continuous,
      file: path => this.#files.find(path),
      connectorSchema: connector => fixedSchema(connector),
      lookup: relation => relations.lookupOf(relation),
      isBounded: relation => relations.isBounded(relation),
      evaluate: expression => this.#workspace.evaluator.constant(expression),
    })
  }

  #advanceClock(micros: bigint): void {
    const { clock } = this.#workspace
    if (clock instanceof VirtualClock) clock.advance(micros)
  }

  #entry(name: string): CatalogEntry {
    const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
    const entry = this.#workspace.catalog.find(name, same)
    if (entry === undefined) throw new StreamdownError('DSD2001', `There is no table or view "${name}".`)
    return entry
  }

  #table(name: string): TableEntry {
    const entry = this.#entry(name)
    if (entry.is !== 'table')
      throw new StreamdownError(
        'DSD2006',
        `"${name}" is ${entry.is === 'view' ? 'a view' : 'an index'}; rows go into tables.`,
      )
    return entry
  }
}

function isEndless(bound: BoundStatement): boolean {
  if (bound.is === 'explain') return isEndless(bound.statement)
  return bound.is === 'select' && endlessRelation(bound.plan) !== undefined
}
