import { readsDeadLetters } from '../connect/dead-letters.ts'
import type { KeptRows } from '../connect/memory.ts'
import { memoryRows } from '../connect/memory.ts'
import type { Sink } from '../connect/sink.ts'
import type { Connector, Source } from '../connect/source.ts'
import { StreamdownError } from '../errors/error.ts'
import type { PlanNode, Relation, ScanNode, SinkNode } from '../plan/nodes/node.ts'
import type { Program } from '../plan/program.ts'
import { nodesOf } from '../plan/visitor/transform.ts'
import type { Graph } from '../run/graph.ts'
import type { Value } from '../types/value.ts'
import { didYouMean } from '../values/nearest.ts'
import type { DeadLetterLog } from './dead-letters.ts'
import type { RelationData } from './relation-data.ts'

/** Where the rows behind names are: kept by the session itself, or behind a connector. */
export class Relations {
  readonly #connectors: readonly Connector[]
  readonly #letters: DeadLetterLog
  readonly #data = new Map<string, RelationData>()
  /** Whose rows were made of dead letters. */
  readonly #ofLetters = new Set<string>()

  constructor(connectors: readonly Connector[], letters: DeadLetterLog) {
    this.#connectors = connectors
    this.#letters = letters
  }

  /** From now on the session keeps the rows of a name (`keeps`), or passes them on. */
  keep(name: string, data: RelationData): void {
    this.#data.set(name, data)
  }

  drop(name: string): void {
    this.#data.delete(name)
  }

  find(name: string): RelationData | undefined {
    return this.#data.get(name)
  }

  /** @throws StreamdownError DSD2006 when the rows are behind a connector. */
  dataOf(relation: Relation): RelationData {
    const data = this.#data.get(relation.name)
    if (data === undefined) throw new StreamdownError('DSD2006', `The rows of "${relation.name}" are not kept here.`)
    return data
  }

  /** The rows of all tables and views that are kept, for a snapshot. */
  kept(): Readonly<Record<string, KeptRows>> {
    const stores: Record<string, KeptRows> = {}
    for (const [name, data] of this.#data) if (data.keeps) stores[name] = data.kept()
    return stores
  }

  /**
   * `contents` are the rows of now, `changes` what comes later, `all` both. `key`: of the contents only the row with this
   * primary key is asked for.
   */
  openSource(scan: ScanNode, rows: 'all' | 'changes' | 'contents', key?: readonly Value[]): Source {
    const { relation } = scan
    if (readsDeadLetters(relation)) return this.#sourceOfLetters(rows)
    const data = this.#data.get(relation.name)
    if (data === undefined) {
      const connector = this.connectorOf(relation)
      if (connector.source === undefined) {
        throw new StreamdownError('DSD3001', `Connector '${connector.name}' of "${relation.name}" cannot be read from.`)
      }
      return connector.source.create(relation)
    }
    if (rows === 'contents') return memoryRows(data.store.rowsOf(relation.primaryKey, key))
    return data.feed.source(rows === 'all' && data.keeps ? data.store.rows() : [])
  }

  #sourceOfLetters(rows: 'all' | 'changes' | 'contents'): Source {
    const { feed } = this.#letters
    if (rows === 'contents') return memoryRows(this.#letters.rows())
    return feed.source(rows === 'all' ? this.#letters.rows() : [])
  }

  /** Notes what a program makes of dead letters: those of rows that come of them are not read again. */
  noteLetters({ sinks, views }: Program): void {
    for (const { name, input } of views) if (this.#readsLetters(input)) this.#ofLetters.add(name)
    for (const { relation, input } of sinks) if (this.#readsLetters(input)) this.#ofLetters.add(relation.name)
  }

  readonly isOfLetters = (relation: Relation): boolean =>
    readsDeadLetters(relation) || this.#ofLetters.has(relation.name)

  #readsLetters(plan: PlanNode): boolean {
    return nodesOf([plan]).some(node => node.is === 'scan' && this.isOfLetters(node.relation))
  }

  /** Undefined: the session itself takes the rows. */
  openSink({ relation }: SinkNode, timeZone: string): Sink | undefined {
    if (this.#data.has(relation.name)) return undefined
    const connector = this.connectorOf(relation)
    if (connector.sink === undefined) {
      throw new StreamdownError('DSD3001', `Connector '${connector.name}' of "${relation.name}" cannot be written to.`)
    }
    return connector.sink.create(relation, timeZone)
  }

  /** @throws StreamdownError DSD3001 when there is none of that name. */
  connectorOf({ name, connector }: Relation): Connector {
    const found = this.#connectors.find(each => each.name === connector)
    if (found !== undefined) return found
    const known = this.#connectors.map(each => each.name)
    throw new StreamdownError(
      'DSD3001',
      `Table "${name}": there is no connector '${connector}'; there are ${known.join(', ')}.${didYouMean(connector, known)}`,
    )
  }

  /** How rows of a relation are looked up in its connector; undefined when it is read. */
  lookupOf(relation: Relation): Connector['lookup'] {
    if (this.#data.has(relation.name)) return undefined
    return this.#connectors.find(each => each.name === relation.connector)?.lookup
  }
  /** Undefined where the session keeps the rows, and saves them with its programs' state. */
  readonly connectorBehind = (relation: Relation): Connector | undefined =>
    this.#data.has(relation.name) || relation.connector === 'view' || readsDeadLetters(relation)
      ? undefined
      : this.connectorOf(relation)

  isBounded(relation: Relation): boolean {
    const found = this.#connectors.find(each => each.name === relation.connector)
    return found?.source?.create(relation).bounded ?? false
  }

  /** Whether every source of a program is a table or view of this session. */
  holdsAll(graph: Graph): boolean {
    return graph.vertices.every(
      vertex =>
        vertex.is !== 'source' ||
        vertex.scan.relation.connector === 'view' ||
        vertex.scan.relation.connector === 'series' ||
        readsDeadLetters(vertex.scan.relation) ||
        this.#data.has(vertex.scan.relation.name),
    )
  }

  /** Says to a program's sources that are fed from here that nothing more comes. */
  endFeeds(graph: Graph): void {
    for (const vertex of graph.vertices) {
      if (vertex.is === 'source') this.#data.get(vertex.scan.relation.name)?.feed.end()
    }
  }
}

export const isInMemory = ({ connector }: Relation): boolean => connector === 'memory'

/** The program pushes the rows, and reads them. */
export const isFeed = ({ connector }: Relation): boolean => connector === 'feed'

export const readsFeed = (plan: PlanNode): boolean =>
  nodesOf([plan]).some(node => node.is === 'scan' && isFeed(node.relation))

/** The first relation that a plan reads and that never ends. */
export function endlessRelation(plan: PlanNode): Relation | undefined {
  const ends = (relation: Relation): boolean =>
    isInMemory(relation) || relation.connector === 'view' || readsDeadLetters(relation) || relation.bounded === true
  for (const node of nodesOf([plan])) if (node.is === 'scan' && !ends(node.relation)) return node.relation
  return undefined
}
