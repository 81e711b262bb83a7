import { StreamdownError } from '../errors/error.ts'
import type { PlanNode, Relation, SinkNode } from '../plan/nodes/node.ts'
import type { Program } from '../plan/program.ts'
import { nodesOf } from '../plan/visitor/transform.ts'
import type { Connector } from './source.ts'

/** How often rows arrive in the end; a sink by itself gives the last two. */
type Delivery = 'at-most-once' | 'at-least-once' | 'exactly-once'

/** The connector behind a relation; undefined where the session keeps the rows with its own state. */
export type ConnectorOf = (relation: Relation) => Connector | undefined

/** What a sink of a program can promise: the weakest of its own delivery and of its sources' replays. */
export function guaranteeOf(sink: SinkNode, connectorOf: ConnectorOf): Delivery {
  if (sourcesOf(sink.input).some(relation => !replays(relation, connectorOf))) return 'at-most-once'
  return connectorOf(sink.relation)?.sink?.create(sink.relation).delivery ?? 'exactly-once'
}

/**
 * Refuses a program that demands more of a sink than its parts give: by `into(sink, { guarantee })`, or by Flink's
 * table option `sink.delivery-guarantee`.
 * @throws StreamdownError DSD6101 with what gives less.
 */
export function assertGuarantees(program: Program, connectorOf: ConnectorOf): void {
  for (const sink of program.sinks) {
    const demanded = demandOf(sink)
    if (demanded === undefined) continue
    const given = guaranteeOf(sink, connectorOf)
    if (rank[given] >= rank[demanded]) continue
    const lost = sourcesOf(sink.input).find(relation => !replays(relation, connectorOf))
    const why =
      lost === undefined
        ? `connector ${sink.relation.connector} promises ${given} only`
        : `its source '${lost.name}' (${lost.connector}) cannot be read again, which gives ${given}`
    throw new StreamdownError('DSD6101', `'${sink.relation.name}' is to be written ${demanded}, and ${why}.`)
  }
}

/** What explain says of a program's deliveries: a line a source and a sink. */
export function guaranteeLines(program: Program, connectorOf: ConnectorOf): readonly string[] {
  if (program.sinks.length === 0) return []
  const sources = new Map(
    program.sinks.flatMap(sink => sourcesOf(sink.input)).map(relation => [relation.name, relation] as const),
  )
  return [
    'Delivery, where the program goes on from kept state (--state); without, each start begins anew:',
    ...[...sources.values()].map(relation => {
      const connector = connectorOf(relation)
      const text = connector === undefined ? 'kept with the session' : (connector.source?.guarantee ?? 'cannot be read')
      return `  source ${relation.name} (${relation.connector}): ${text}`
    }),
    ...program.sinks.map(sink => {
      const { name, connector } = sink.relation
      const own = connectorOf(sink.relation)?.sink?.guarantee ?? 'kept with the session'
      return `  sink ${name} (${connector}): ${guaranteeOf(sink, connectorOf)}, of ${own}`
    }),
  ]
}

const rank: Readonly<Record<Delivery, number>> = { 'at-most-once': 0, 'at-least-once': 1, 'exactly-once': 2 }

const values = ['none', 'at-least-once', 'exactly-once'] as const

function demandOf({ guarantee, relation }: SinkNode): Delivery | undefined {
  if (guarantee !== undefined) return guarantee
  const given = relation.options['sink.delivery-guarantee']?.toLowerCase()
  if (given === undefined || given === 'none') return undefined
  const demanded = values.find(value => value === given)
  if (demanded !== undefined && demanded !== 'none') return demanded
  throw new StreamdownError(
    'DSD3002',
    `Table ${relation.name}: option 'sink.delivery-guarantee' is '${given}'; it takes ${values.join(', ')}.`,
  )
}

const sourcesOf = (plan: PlanNode): readonly Relation[] =>
  nodesOf([plan]).flatMap(node => (node.is === 'scan' ? [node.relation] : []))

function replays(relation: Relation, connectorOf: ConnectorOf): boolean {
  const connector = connectorOf(relation)
  return connector === undefined || (connector.source?.create(relation).replays ?? false)
}
