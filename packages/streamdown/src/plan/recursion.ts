import { types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { column, columns } from './expressions/build.ts'
import { remap } from './expressions/walk.ts'
import {
  AggregateNode,
  FilterNode,
  FlatMapNode,
  JoinNode,
  OverNode,
  type PlanNode,
  ProjectNode,
  RankNode,
  type Relation,
  RepeatNode,
  ScanNode,
  UnionNode,
} from './nodes/node.ts'
import { pushFilters } from './optimise/filters.ts'
import { merge } from './optimise/merge.ts'
import { prune } from './optimise/prune.ts'
import { derive } from './properties.ts'
import { nodesOf, transform } from './visitor/transform.ts'

/** The step of a recursion, over rows with the number of their round. */
interface RoundedStep {
  readonly step: PlanNode
  readonly externals: readonly PlanNode[]
  readonly inputs: readonly Relation[]
}

/** The working table's relation with the number of the round behind its columns. */
export const withRound = (working: Relation): Relation => ({
  ...working,
  schema: [...working.schema, { name: '$round', type: types.bigint, nullable: false }],
})

/**
 * The step with the number of the round carried from the scans of `working` to its last column, so that one copy of it
 * runs for all rounds: what is joined or grouped must be of one round. `refuse` says what cannot be carried through.
 */
export function roundedStep(
  step: PlanNode,
  working: Relation,
  rounded: Relation,
  refuse: (what: string) => never,
): RoundedStep {
  const carrier = new RoundCarrier(working, rounded, refuse)
  const [plan = step] = merge(prune(merge(pushFilters(merge([carrier.carry(step)])))))
  const parts = carrier.externals.map(external => narrowed(external, plan))
  const [narrow = plan] = transform([plan], node => {
    const part = node.is === 'scan' ? parts.find(({ of }) => of === node.relation) : undefined
    if (node.is !== 'scan' || part === undefined) return node
    const places = node.columns.map(each => ({ ...each, column: part.read.indexOf(each.column) }))
    return { ...node, relation: part.relation, columns: places }
  })
  return { step: narrow, externals: parts.map(({ node }) => node), inputs: parts.map(({ relation }) => relation) }
}

interface External {
  readonly node: PlanNode
  readonly relation: Relation
}

/** An input from outside with the columns alone that the step reads. */
function narrowed({ node, relation: of }: External, step: PlanNode) {
  const scans = nodesOf([step]).flatMap(each => (each.is === 'scan' && each.relation === of ? [each] : []))
  const read = [...new Set(scans.flatMap(scan => scan.columns.map(each => each.column)))].sort((a, b) => a - b)
  const picked = ProjectNode.create(
    node,
    read.map(index => ({ name: node.schema[index]?.name ?? '', value: column(node.schema, index) })),
  )
  return { node: picked, of, relation: { ...of, schema: picked.schema }, read }
}

class RoundCarrier {
  readonly externals: External[] = []
  readonly #working: Relation
  readonly #rounded: Relation
  readonly #refuse: (what: string) => never

  constructor(working: Relation, rounded: Relation, refuse: (what: string) => never) {
    this.#working = working
    this.#rounded = rounded
    this.#refuse = refuse
  }

  /** A node that reads the working table, with the round behind its columns. */
  carry(node: PlanNode): PlanNode {
    switch (node.is) {
      case 'scan':
        return ScanNode.create(this.#rounded)
      case 'filter':
        return FilterNode.create(this.carry(node.input), node.condition)
      case 'project': {
        const input = this.carry(node.input)
        return ProjectNode.create(input, [
          ...node.expressions.map((value, i) => ({ name: node.schema[i]?.name ?? '', value })),
          { name: '$round', value: column(input.schema, input.schema.length - 1) },
        ])
      }
      case 'join':
        return this.#join(node)
      case 'union':
        if (!node.inputs.every(input => this.#isWorking(input))) return this.#refuse('a UNION with other rows')
        return UnionNode.create(node.inputs.map(input => this.carry(input)))
      case 'aggregate':
        return this.#aggregate(node)
      case 'rank': {
        if (node.window !== undefined) return this.#refuse('a window')
        const input = this.carry(node.input)
        const partitionBy = [...node.partitionBy, input.schema.length - 1]
        const ranked = RankNode.create(input, { ...node, partitionBy }, node.schema.at(-1)?.name)
        return roundLast(ranked, node.input.schema.length)
      }
      case 'over': {
        if (node.emit !== 'update') return this.#refuse('OVER in the order of the event time')
        const input = this.carry(node.input)
        const width = node.input.schema.length
        const names = node.schema.slice(width).map(({ name }) => name)
        const { orderBy, calls, emit, ties } = node
        const partitionBy = [...node.partitionBy, width]
        return roundLast(OverNode.create(input, { partitionBy, orderBy, calls, emit, ties }, names), width)
      }
      case 'flatMap':
        return this.#flatMap(node)
      case 'repeat':
        return RepeatNode.create(this.carry(node.input), node.times)
      default:
        return this.#refuse(refused[node.is] ?? node.is)
    }
  }

  #isWorking(node: PlanNode): boolean {
    return nodesOf([node]).some(each => each.is === 'scan' && each.relation === this.#working)
  }

  #aggregate(node: AggregateNode): PlanNode {
    if (node.window !== undefined) return this.#refuse('a window')
    if (node.keys.length === 0) return this.#refuse('an aggregate without GROUP BY')
    const input = this.carry(node.input)
    const names = node.schema.slice(node.keys.length).map(({ name }) => name)
    const grouped = AggregateNode.create(input, [...node.keys, input.schema.length - 1], node.calls, names)
    return roundLast(grouped, node.keys.length)
  }

  /** Each row that is made of one has its round. */
  #flatMap({ input: below, lambda, keeps, schema }: FlatMapNode): PlanNode {
    if (lambda.is !== 'lambda' || lambda.whole !== 'rows') return this.#refuse('a table function')
    const input = this.carry(below)
    const width = below.schema.length
    const rounded = [...schema, ...input.schema.slice(width)]
    const arrow = (row: readonly Value[]): Value => {
      const made = lambda.arrow(row.slice(0, width))
      if (!Array.isArray(made)) return made
      return made.map((each: Value): Value => (Array.isArray(each) ? [...each, row[width] ?? null] : each))
    }
    return FlatMapNode.create(
      input,
      { ...lambda, arrow, input: input.schema, type: types.row(rounded) },
      rounded,
      keeps,
    )
  }

  #join(node: JoinNode): PlanNode {
    const width = node.left.schema.length
    const [ofLeft, ofRight] = [this.#isWorking(node.left), this.#isWorking(node.right)]
    const keepsLeft = node.kind !== 'right' && node.kind !== 'full'
    const keepsRight = node.kind === 'right' || node.kind === 'inner'
    if (!(ofLeft ? keepsLeft : keepsRight)) return this.#refuse(`the optional side of a ${node.kind} join`)
    const left = ofLeft ? this.carry(node.left) : this.#external(node.left)
    const right = ofRight ? this.carry(node.right) : this.#external(node.right)
    const rounds = ofLeft && ofRight ? [{ left: width, right: node.right.schema.length, nullsMatch: false }] : []
    const shift = ofLeft ? 1 : 0
    const condition =
      node.condition === undefined ? undefined : remap(node.condition, index => (index < width ? index : index + shift))
    const joined = JoinNode.create(node.kind, left, right, [...node.keys, ...rounds], condition, node.time)
    if (node.kind === 'semi' || node.kind === 'anti' || !ofLeft) return joined
    return roundLast(joined, width, ofRight ? 1 : 0)
  }

  /** What does not come from the working table is fed from outside, as it changes. */
  #external(node: PlanNode): PlanNode {
    const known = this.externals.find(external => external.node === node)
    if (known !== undefined) return ScanNode.create(known.relation)
    const relation: Relation = {
      name: `input ${this.externals.length + 1}`,
      schema: node.schema,
      connector: 'recursion',
      options: {},
      primaryKey: [],
      changes: derive(node).appendOnly ? 'append' : 'retract',
    }
    this.externals.push({ node, relation })
    return ScanNode.create(relation)
  }
}

const refused: Readonly<Partial<Record<PlanNode['is'], string>>> = {
  window: 'a window',
  sort: 'ORDER BY or LIMIT',
  match: 'MATCH_RECOGNIZE',
  temporalJoin: 'FOR SYSTEM_TIME AS OF',
  asofJoin: 'ASOF JOIN',
  async: 'a lookup',
  temporalFilter: 'a condition on the clock',
  recursive: 'another recursive query',
}

/** The node with the column of the round, which stands at `place`, as the last one, and without `extra` last columns. */
function roundLast(node: PlanNode, place: number, extra = 0): PlanNode {
  const all = columns(node.schema).slice(0, node.schema.length - extra)
  const order = [...all.slice(0, place), ...all.slice(place + 1), ...all.slice(place, place + 1)]
  return ProjectNode.create(
    node,
    order.map(value => ({ name: value.name, value })),
  )
}
