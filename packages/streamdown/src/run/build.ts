import { StreamdownError } from '../errors/error.ts'
import type { Expression } from '../plan/expressions/expression.ts'
import {
  type AggregateNode,
  type AsofJoinNode,
  type AsyncNode,
  type EventTime,
  type JoinNode,
  type OverNode,
  type PlanNode,
  type Relation,
  ScanNode,
  type SinkNode,
  type TemporalJoinNode,
  type WindowNode,
} from '../plan/nodes/node.ts'
import type { PairingNode } from '../plan/pairs.ts'
import type { Program, ViewOutput } from '../plan/program.ts'
import { derive } from '../plan/properties.ts'
import { nodesOf, type Roots } from '../plan/visitor/transform.ts'
import type { Schema } from '../types/data-type.ts'
import { consolidatedKey } from './consolidated.ts'
import type {
  Edge,
  EventTimeVertex,
  Graph,
  OperatorVertex,
  OutputVertex,
  Routing,
  SourceVertex,
  Vertex,
} from './graph.ts'
import { Inquiries } from './inquiries.ts'
import type { Operator } from './operator.ts'
import type { OperatorContext } from './operator-context.ts'
import { type AggregateInput, aggregateInput, callsInput } from './operators/aggregate/aggregate-input.ts'
import { createGroupAggregate } from './operators/aggregate/group-aggregate.ts'
import { createSessionAggregate } from './operators/aggregate/session-aggregate.ts'
import { createSlicedAggregate, type SlicedWindow, slicedWindow } from './operators/aggregate/sliced-aggregate.ts'
import { createWindowAggregate } from './operators/aggregate/window-aggregate.ts'
import { createAsk } from './operators/ask.ts'
import { createChangelog } from './operators/changelog.ts'
import { createConsolidate } from './operators/consolidate.ts'
import { createFlatMap } from './operators/flat-map.ts'
import { createArrivalJoin } from './operators/join/arrival-join.ts'
import { createAsofJoin } from './operators/join/asof-join.ts'
import { createEventTimeJoin } from './operators/join/event-time-join.ts'
import { createJoin } from './operators/join/join.ts'
import { createMatchRecognize } from './operators/match/match-recognize.ts'
import { createOver } from './operators/over/over.ts'
import { createOverInOrder } from './operators/over/over-in-order.ts'
import { createOverSettled } from './operators/over/over-settled.ts'
import { createProcess } from './operators/process/process.ts'
import { createProject } from './operators/project.ts'
import { createRank } from './operators/rank/rank.ts'
import { createWindowRank } from './operators/rank/window-rank.ts'
import { createRecursive } from './operators/recursive/recursive.ts'
import { createRepeat } from './operators/repeat.ts'
import type { InputShape } from './operators/shape.ts'
import { createSort } from './operators/sort.ts'
import { createTemporalFilter } from './operators/temporal-filter.ts'
import { createTimeless } from './operators/timeless.ts'
import { createUnion } from './operators/union.ts'
import { createUpsertMaterialize } from './operators/upsert-materialize.ts'
import { createUpsertSource } from './operators/upsert-source.ts'
import { createValues } from './operators/values.ts'
import { createWindow } from './operators/window.ts'

const forward: Routing = { is: 'forward' }
const single: Routing = { is: 'single' }

/**
 * Turns a program into the graph of running parts. A plan node that several consumers reach (by identity) becomes one
 * vertex. Rows are exchanged by key before every operator that keeps state by key.
 */
export function buildGraph(program: Program): Graph {
  const roots = [...program.sinks.map(sink => sink.input), ...program.views.map(view => view.input)]
  const builder = new GraphBuilder(versionedScans(roots))
  for (const sink of program.sinks) builder.sink(sink)
  for (const view of program.views) builder.view(view)
  return { vertices: builder.vertices }
}

class GraphBuilder {
  readonly vertices: Vertex[] = []
  readonly #built = new Map<PlanNode, Vertex>()
  readonly #versioned: ReadonlySet<PlanNode>

  constructor(versioned: ReadonlySet<PlanNode>) {
    this.#versioned = versioned
  }

  sink(sink: SinkNode): void {
    const input = this.#consolidated(sink.input, sinkKey(sink))
    this.#output(sink.name, input, { is: 'sink', sink })
  }

  view({ name, input, key, timed = false }: ViewOutput): void {
    this.#output(name, this.#consolidated(input, undefined), { is: 'view', key, timed })
  }

  #output(name: string, input: Vertex, target: OutputVertex['target']): void {
    const inputs = [{ from: input, port: 'main', routing: single }]
    this.vertices.push({ is: 'output', id: this.vertices.length, name, schema: input.schema, inputs, target })
  }

  /**
   * A step's changes, at most one old and one new row a key; appended rows whose key comes once need nothing, nor do
   * changes that come so.
   */
  #consolidated(node: PlanNode, key: readonly number[] | undefined): Vertex {
    const input = this.#node(node)
    const { appendOnly, keys } = derive(node)
    const consolidated = consolidatedKey(node)
    if (consolidated !== undefined && (key === undefined || sameColumns(consolidated, key))) return input
    if (appendOnly) {
      if (key === undefined || keys.some(own => own.every(column => key.includes(column)))) return input
    } else if (key === undefined || keys.some(own => sameColumns(own, key))) {
      const by = key ?? keys[0]
      return this.#operator('consolidate', input.schema, [this.#edge(input, single)], context =>
        createConsolidate(
          { schema: input.schema, single: key !== undefined, ...(by === undefined ? {} : { key: by }) },
          context,
        ),
      )
    }
    return this.#operator('upsert', input.schema, [this.#edge(input, single)], context =>
      createUpsertMaterialize({ schema: input.schema, key: key ?? [], appendOnly }, context),
    )
  }

  #node(node: PlanNode): Vertex {
    const built = this.#built.get(node)
    if (built !== undefined) return built
    const vertex = this.#build(node)
    this.#built.set(node, vertex)
    return vertex
  }

  #build(node: PlanNode): Vertex {
    switch (node.is) {
      case 'scan':
        return this.#scan(node)
      case 'values':
        return this.#operator('values', node.schema, [], context => createValues(node, context))
      case 'filter':
      case 'project':
        return this.#project(node)
      case 'temporalFilter': {
        const input = this.#node(node.input)
        const routing = keyed(node.input.schema.map((_, column) => column))
        return this.#operator('temporal filter', node.schema, [this.#edge(input, routing)], context =>
          createTemporalFilter(node, context),
        )
      }
      case 'window': {
        const input = this.#dated(node.input, node.time)
        return this.#operator('window', node.schema, [this.#edge(input)], context =>
          createWindow(node, context, shapeOf(node.input)),
        )
      }
      case 'aggregate':
        return this.#aggregate(node)
      case 'join':
        return this.#join(node)
      case 'temporalJoin':
        return this.#temporalJoin(node)
      case 'async':
        return this.#ask(node)
      case 'asofJoin':
        return this.#asofJoin(node)
      case 'union': {
        const inputs = node.inputs.map(input => this.#edge(this.#node(input)))
        return this.#operator('union', node.schema, inputs, context =>
          createUnion(node, context, node.inputs.map(shapeOf)),
        )
      }
      case 'recursive': {
        const inputs = [node.base, ...node.externals].map(input => this.#edge(this.#node(input), single))
        const step = buildGraph({ sinks: [], views: [{ name: node.name, input: node.step, key: [] }] })
        return this.#operator('recursive', node.schema, inputs, context => createRecursive(node, step, context))
      }
      case 'rank': {
        const input = this.#node(node.input)
        const create = node.window === undefined ? createRank : createWindowRank
        const routing = keyed(node.partitionBy)
        return this.#operator('rank', node.schema, [this.#edge(input, routing)], context =>
          create(node, context, shapeOf(node.input)),
        )
      }
      case 'over':
        return this.#over(node)
      case 'sort': {
        const input = this.#node(node.input)
        return this.#operator('sort', node.schema, [this.#edge(input, single)], context =>
          createSort(node, context, shapeOf(node.input)),
        )
      }
      case 'changelog': {
        const input = this.#node(node.input)
        const shape = shapeOf(node.input)
        const routing = shape.key === undefined ? single : keyed(shape.key)
        return this.#operator('changelog', node.schema, [this.#edge(input, routing)], context =>
          createChangelog(node, context, shape),
        )
      }
      case 'late': {
        const of = this.#node(node.of)
        return this.#operator(
          'late',
          node.schema,
          [{ from: of, port: node.side ?? 'late', routing: forward }],
          passThrough,
        )
      }
      case 'match': {
        const input = this.#node(node.input)
        const routing = keyed(node.partitionBy)
        return this.#operator('match', node.schema, [this.#edge(input, routing)], context =>
          createMatchRecognize(node, context),
        )
      }
      case 'process': {
        const input = this.#node(node.input)
        const routing = keyed(node.by)
        return this.#operator('process', node.schema, [this.#edge(input, routing)], context =>
          createProcess(node, context),
        )
      }
      case 'repeat': {
        const input = this.#node(node.input)
        return this.#operator('repeat', node.schema, [this.#edge(input)], context => createRepeat(node, context))
      }
      case 'flatMap': {
        const input = this.#node(node.input)
        return this.#operator('flatMap', node.schema, [this.#edge(input)], context =>
          createFlatMap(node, context, shapeOf(node.input)),
        )
      }
    }
  }

  /** Rows that have an event time, where `time` is one. */
  #dated(node: PlanNode, time: WindowNode['time']): Vertex {
    const input = this.#node(node)
    if (time === 'processing' || !node.schema[time]?.nullable || !derive(node).timeColumns.includes(time)) return input
    return this.#operator('event time', node.schema, [this.#edge(input)], context =>
      createTimeless(node.schema, time, context),
    )
  }

  #scan(node: ScanNode): Vertex {
    const source: SourceVertex = {
      is: 'source',
      id: this.vertices.length,
      name: node.relation.name,
      schema: node.schema,
      scan: node,
      inputs: [],
    }
    this.vertices.push(source)
    const timed = this.#timed(source, node)
    if (node.relation.changes !== 'upsert') return timed
    const key = node.relation.primaryKey.map(column =>
      node.columns.findIndex(output => output.column === column && output.path.length === 0),
    )
    return this.#operator('upsert source', node.schema, [this.#edge(timed, keyed(key))], context =>
      createUpsertSource({ schema: node.schema, key, every: this.#versioned.has(node) }, context),
    )
  }

  #timed(source: SourceVertex, { eventTime, handedOn }: ScanNode): Vertex {
    if (eventTime !== undefined) return this.#eventTime(source, eventTime)
    // Whoever hands rows on says at once when none are expected.
    return handedOn === undefined ? source : this.#watermarks(source, { is: 'handedOn' }, { idleTimeout: 0n })
  }

  #eventTime(input: Vertex, { column, delay, ...time }: EventTime): Vertex {
    return this.#watermarks(input, { is: 'column', column, delay }, time)
  }

  #watermarks(
    input: Vertex,
    from: EventTimeVertex['from'],
    time: Pick<EventTimeVertex, 'idleTimeout' | 'drift'>,
  ): Vertex {
    const vertex: Vertex = {
      is: 'eventTime',
      id: this.vertices.length,
      name: 'event time',
      schema: input.schema,
      inputs: [this.#edge(input)],
      from,
      ...(time.idleTimeout === undefined ? {} : { idleTimeout: time.idleTimeout }),
      ...(time.drift === undefined ? {} : { drift: time.drift }),
      source: this.#sourceOf(input),
    }
    this.vertices.push(vertex)
    return vertex
  }

  #sourceOf(vertex: Vertex): SourceVertex {
    if (vertex.is === 'source') return vertex
    const [input, ...more] = vertex.inputs
    if (input === undefined || more.length > 0) {
      throw new StreamdownError('DSD2011', 'a watermark can only be declared over one source')
    }
    return this.#sourceOf(input.from)
  }

  #project(node: Extract<PlanNode, { is: 'filter' | 'project' }>): Vertex {
    const filter = node.is === 'filter' ? node : node.input.is === 'filter' ? node.input : undefined
    const shared = filter !== undefined && filter !== node && this.#built.has(filter)
    const below = filter === undefined || shared ? node.input : filter.input
    const outputs = node.is === 'project' ? node.expressions : columnsOf(node.schema)
    const input = this.#node(below)
    const condition = shared ? undefined : filter?.condition
    const vertex = this.#projection(input, below.schema, outputs, node.schema, condition)
    return node.is === 'project' && node.watermark !== undefined ? this.#eventTime(vertex, node.watermark) : vertex
  }

  #projection(
    input: Vertex,
    from: Schema,
    outputs: readonly Expression[],
    schema: Schema,
    filter?: Expression,
  ): Vertex {
    return this.#operator('project', schema, [this.#edge(input)], context =>
      createProject({ input: from, outputs, schema, ...(filter === undefined ? {} : { filter }) }, context),
    )
  }

  #aggregate(node: AggregateNode): Vertex {
    const session = node.input.is === 'window' && node.input.windowing.kind === 'session' ? node.input : undefined
    const below = session?.input ?? node.input
    const shape = shapeOf(below)
    const prepared = aggregateInput(node, below.schema)
    const inputShape = { schema: prepared.schema, appendOnly: shape.appendOnly }
    const sliced = slicedWindow(node, prepared, inputShape)
    if (sliced !== undefined) return this.#slicedAggregate(node, sliced, prepared, inputShape)
    const rows = session === undefined ? this.#node(below) : this.#dated(below, session.time)
    const input =
      prepared.expressions === undefined
        ? rows
        : this.#projection(rows, below.schema, prepared.expressions, prepared.schema)
    const name = node.name ?? 'aggregate'
    if (session !== undefined) {
      const routing = keyed(prepared.keys)
      return this.#operator(name, node.schema, [this.#edge(input, routing)], context =>
        createSessionAggregate(node, session, prepared, context, inputShape),
      )
    }
    const routing = keyed(prepared.keys)
    const create = node.window === undefined ? createGroupAggregate : createWindowAggregate
    return this.#operator(name, node.schema, [this.#edge(input, routing)], context =>
      create(node, prepared, context, inputShape),
    )
  }

  /** The right side is built first, so that in a step in which both come from the start its rows come before. */
  #temporalJoin(node: TemporalJoinNode): Vertex {
    const right = this.#node(node.right)
    const inputs = this.#pairEdges(node, this.#node(node.left), right)
    const { moment } = node
    return this.#operator('temporal join', node.schema, inputs, context => {
      const shapes = [shapeOf(node.left), shapeOf(node.right)] as const
      return moment.is === 'arrival'
        ? createArrivalJoin(node, context, shapes)
        : createEventTimeJoin({ ...node, moment }, context, shapes)
    })
  }

  /** Answers come back as the rows of a source of their own, so that steps, journal and scheduling know them. */
  #ask(node: AsyncNode): Vertex {
    const input = this.#node(node.input)
    const inquiries = new Inquiries(node.inquiry, node.answers)
    const relation: Relation = {
      name: `answers of ${node.name}`,
      schema: inquiries.schema,
      connector: 'answers',
      options: {},
      primaryKey: [],
      changes: 'append',
      handle: inquiries,
    }
    const answers: SourceVertex = {
      is: 'source',
      id: this.vertices.length,
      name: relation.name,
      schema: relation.schema,
      scan: ScanNode.create(relation),
      inputs: [],
    }
    this.vertices.push(answers)
    const inputs = [this.#edge(input, single), this.#edge(answers, single)]
    return this.#operator(node.name, node.schema, inputs, context =>
      createAsk(node, inquiries, context, shapeOf(node.input)),
    )
  }

  #asofJoin(node: AsofJoinNode): Vertex {
    const inputs = this.#pairEdges(node, this.#node(node.left), this.#node(node.right))
    return this.#operator('asof join', node.schema, inputs, context =>
      createAsofJoin(node, context, [shapeOf(node.left), shapeOf(node.right)]),
    )
  }

  #pairEdges({ keys }: PairingNode, left: Vertex, right: Vertex): readonly Edge[] {
    return [this.#edge(left, keyed(keys.map(key => key.left))), this.#edge(right, keyed(keys.map(key => key.right)))]
  }

  #over(node: OverNode): Vertex {
    const { schema } = node.input
    const prepared = callsInput(node.calls, schema)
    const below =
      node.emit === 'update' ? this.#node(node.input) : this.#dated(node.input, node.orderBy[0]?.column ?? 'processing')
    const input =
      prepared.expressions === undefined
        ? below
        : this.#projection(below, schema, prepared.expressions, prepared.schema)
    const shape = { schema: prepared.schema, appendOnly: derive(node.input).appendOnly }
    const routing = keyed(node.partitionBy)
    return this.#operator('over', node.schema, [this.#edge(input, routing)], context =>
      createOverOf(node, prepared, context, shape),
    )
  }

  /** The window function is part of the aggregate; what this computes is computed before. */
  #slicedAggregate(node: AggregateNode, window: SlicedWindow, prepared: AggregateInput, shape: InputShape): Vertex {
    const below = this.#dated(window.input, window.time)
    const { schema } = window.input
    const computed = prepared.expressions?.slice(prepared.inputColumns) ?? []
    const input =
      computed.length === 0
        ? below
        : this.#projection(
            below,
            schema,
            [...columnsOf(schema), ...computed],
            [...schema, ...prepared.schema.slice(prepared.inputColumns)],
          )
    const routing = keyed(prepared.keys)
    return this.#operator(node.name ?? 'aggregate', node.schema, [this.#edge(input, routing)], context =>
      createSlicedAggregate(node, window, prepared, context, shape),
    )
  }

  #join(node: JoinNode): Vertex {
    const left = this.#node(node.left)
    const right = this.#node(node.right)
    const inputs = this.#pairEdges(node, left, right)
    return this.#operator('join', node.schema, inputs, context =>
      createJoin(node, context, [shapeOf(node.left), shapeOf(node.right)]),
    )
  }

  #operator(
    name: string,
    schema: Schema,
    inputs: readonly Edge[],
    create: (context: OperatorContext) => Operator,
  ): OperatorVertex {
    const vertex: OperatorVertex = {
      is: 'operator',
      id: this.vertices.length,
      name,
      schema,
      inputs,
      single: inputs.length === 0 || inputs.some(({ routing }) => routing.is === 'single'),
      create,
    }
    this.vertices.push(vertex)
    return vertex
  }

  #edge(from: Vertex, routing: Routing = forward): Edge {
    return { from, port: 'main', routing }
  }
}

function createOverOf(
  node: OverNode,
  prepared: ReturnType<typeof callsInput<OverNode['calls'][number]>>,
  context: OperatorContext,
  shape: InputShape,
): Operator {
  switch (node.emit) {
    case 'update':
      return createOver(node, prepared, context, shape)
    case 'settled':
      return createOverSettled(node, prepared, context)
    case 'watermark':
    case 'arrival':
      return createOverInOrder(node, prepared, context)
  }
}

/** What is read below the right side of joins by event time: every version counts, not just the last of a chunk. */
function versionedScans(roots: Roots): ReadonlySet<PlanNode> {
  return new Set(
    nodesOf(roots).flatMap(node =>
      node.is === 'temporalJoin' && node.moment.is === 'eventTime' ? nodesOf([node.right]) : [],
    ),
  )
}

function keyed(columns: readonly number[]): Routing {
  return columns.length === 0 ? single : { is: 'hash', columns }
}

function shapeOf(node: PlanNode): InputShape {
  const { appendOnly, keys } = derive(node)
  const key = keys[0]
  return { schema: node.schema, appendOnly, ...(key === undefined ? {} : { key }) }
}

function sinkKey(sink: SinkNode): readonly number[] | undefined {
  return sink.relation.primaryKey.length === 0 ? undefined : sink.relation.primaryKey
}

function sameColumns(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every(column => b.includes(column))
}

function columnsOf(schema: Schema): readonly Expression[] {
  return schema.map(({ name, type, nullable }, index) => ({ is: 'column', index, name, type, nullable }))
}

const passThrough = (): Operator => ({
  push: (_input, batch, out) => out.emit(batch),
  endStep: () => undefined,
  watermark: ({ watermark }) => watermark,
  nextTimer: () => undefined,
  snapshot: () => ({ tables: [], values: {} }),
  restore: () => undefined,
  stateBytes: () => 0,
})
