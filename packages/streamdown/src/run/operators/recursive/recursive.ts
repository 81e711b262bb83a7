import { type Batch, CHUNK_ROWS, columnAt, NO_WATERMARK, type Pointer } from '../../../batch/batch.ts'
import { sliceBatch } from '../../../batch/select.ts'
import { StreamdownError } from '../../../errors/error.ts'
import type { RecursiveNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../../state/state-table.ts'
import { types } from '../../../types/data-type.ts'
import type { Graph } from '../../graph.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { ChangeSet } from '../change-set.ts'
import { constantI64 } from '../hidden.ts'
import { InputWatermarks } from '../input-watermarks.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { FirstRounds } from './first-rounds.ts'
import { PendingRounds, type RoundChanges } from './pending-rounds.ts'
import { StepGraph } from './step-graph.ts'

/**
 * A recursive query, kept up to date: every row is counted by the round that makes it, and at the end of a step the
 * changes go through the rounds, first to last, the base being round 0. A round hangs on the one before alone, so that
 * each is right when the next is done, with rows taken away as with rows added. `step`: the graph of the node's step.
 */
export function createRecursive(node: RecursiveNode, step: Graph, context: OperatorContext): Operator {
  return new Recursive(node, step, context)
}

class Recursive implements Operator {
  readonly #context: OperatorContext
  readonly #node: RecursiveNode
  readonly #pending: PendingRounds
  /** Of UNION. */
  readonly #first: FirstRounds | undefined
  /** Of UNION ALL: the changes of one round. */
  readonly #round: ChangeSet
  readonly #changes: ChangeSet
  readonly #step: StepGraph
  readonly #watermarks: InputWatermarks
  #dead: (batch: Batch) => void = () => undefined

  constructor(node: RecursiveNode, step: Graph, context: OperatorContext) {
    this.#context = context
    this.#node = node
    this.#pending = new PendingRounds(context, node.schema)
    this.#first = node.distinct ? new FirstRounds(context, node.schema) : undefined
    this.#round = new ChangeSet(context, 'round', node.schema)
    this.#changes = new ChangeSet(context, 'changes', node.schema)
    this.#watermarks = new InputWatermarks(1 + node.inputs.length)
    this.#step = new StepGraph(step, context, {
      made: batch => this.#made(batch),
      dead: batch => this.#dead(batch),
    })
  }

  push(input: number, batch: Batch, out: Output): void {
    const { memory } = this.#context
    this.#dead = dead => out.side('dead', dead)
    if (input === 0) {
      this.#pending.add(constantI64(memory, types.bigint, 0n, batch.rows).data, batch.columns, batch)
      return
    }
    const relation = this.#node.inputs[input - 1]
    if (relation !== undefined) this.#step.feed(relation, { ...batch, watermarks: 0, watermark: NO_WATERMARK })
  }

  endStep(end: StepEnd, out: Output): void {
    const { memory } = this.#context
    this.#dead = dead => out.side('dead', dead)
    this.#step.finish(end.step, end.now)
    for (let round = this.#pending.next(); round !== undefined; round = this.#pending.next()) {
      if (round > BigInt(this.#node.limit))
        throw new StreamdownError(
          'DSD7102',
          `The recursive query "${this.#node.name}" still has rows after ${this.#node.limit} rounds.`,
        )
      const mark = memory.mark()
      this.#runRound(round, this.#pending.take(round))
      this.#step.finish(end.step, end.now)
      memory.release(mark)
    }
    this.#pending.clear()
    this.#changes.emit(this.#changes.changes(), this.#watermarks.reached(), out)
    this.#changes.clear()
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    const own = snapshotOf(this.#first === undefined ? [] : [this.#first.table], this.#watermarks.values())
    const step = this.#step.snapshot()
    return { tables: [...own.tables, ...step.tables], values: { ...own.values, ...step.values } }
  }

  restore(from: StateSnapshot): void {
    if (this.#first !== undefined) restoreTables([this.#first.table], from)
    this.#step.restore(from)
    this.#watermarks.restore(from.values)
  }

  stateBytes(): number {
    const own = this.#pending.bytes() + this.#round.bytes() + this.#changes.bytes()
    return own + (this.#first?.bytes() ?? 0) + this.#step.stateBytes()
  }

  #runRound(round: bigint, changes: RoundChanges): void {
    if (this.#first !== undefined) {
      this.#first.settle(round, changes, this.#pending, batch => this.#goOn(round, batch))
      return
    }
    this.#round.add(changes.columns, changes.rows, changes.weights, 1, changes.ordinals)
    const left = this.#round.changes()
    if (left.rows > 0) this.#goOn(round, this.#round.batch(left, 0, left.rows, NO_WATERMARK))
    this.#round.clear()
  }

  /** Rows of a round: they are part of the result, and the step makes the next round of them. */
  #goOn(round: bigint, batch: Batch): void {
    const { memory } = this.#context
    this.#changes.add(batch.columns, batch.rows, batch.weights, 1, batch.ordinals)
    for (let from = 0; from < batch.rows; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const part = sliceBatch(memory, batch, from, Math.min(CHUNK_ROWS, batch.rows - from))
      const columns = [...part.columns, constantI64(memory, types.bigint, round, part.rows)]
      this.#step.feed(this.#node.working, { ...part, columns })
      memory.release(mark)
    }
  }

  #made(batch: Batch): void {
    const { memory } = this.#context
    const width = this.#node.schema.length
    const next: Pointer = memory.chunk(batch.rows * 8)
    memory.kernels.add_i64(columnAt(batch, width).data, 1n, batch.rows, next)
    this.#pending.add(next, batch.columns.slice(0, width), batch)
  }
}
