import { StreamdownError } from '../../errors/error.ts'
import { type LateNode, type ProcessHost, ProcessNode, type TimerClock } from '../../plan/nodes/node.ts'
import { derive } from '../../plan/properties.ts'
import { fail } from '../../sql/bind/problem.ts'
import { type Field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { Timestamp } from '../../values/timestamp.ts'
import type { ProcessOutputRelation, ProcessRelation } from '../draft/relation-draft.ts'
import { durationMicros } from '../duration.ts'
import type { ProcessContext, TimerOptions } from '../process.ts'
import type { RowType } from '../schema/row-type.ts'
import { rowInput } from '../values/row-codec.ts'
import { columnsRead, note, rowFacts, rowReader } from './arrows.ts'
import { objectOf } from './columns.ts'
import type { LowerContext } from './context.ts'
import { columnNamed, type Lowered, type VisibleColumn } from './lowered.ts'
import { processState } from './process-state.ts'

/** A process function as the plan's: over values, with its state and timers in the engine's hands. */
export function lowerProcess(context: LowerContext, input: Lowered, draft: ProcessRelation): Lowered {
  const { appendOnly, eventTime } = derive(input.node)
  if (!appendOnly) {
    return fail(
      'DSD2011',
      'process() needs rows that are never changed or taken back: changelog() gives the changes of a table as rows.',
    )
  }
  const { definition, by } = draft
  const facts = rowFacts(input.columns, definition.row)
  const read = columnsRead(input, facts.reads)
  const keys = by.map(name => columnNamed(input, name))
  const rowOf = rowReader(read, one => one.index)
  const keyOf = rowReader(keys, (_, at) => at)
  const outputs = Object.entries(definition.outputs ?? {})
  const targets = [definition.emits, ...outputs.map(([, output]) => output.type)]

  let running: ProcessHost | undefined
  const host = (): ProcessHost => {
    if (running !== undefined) return running
    throw new StreamdownError('DSD5007', 'What a process function is given may be used during the call only.')
  }
  const state = processState(definition.state, host)
  const timedBy: TimerClock = eventTime === undefined ? 'processing' : 'event'
  const given = contextOf(
    host,
    timedBy,
    values => keyOf(values),
    state.view,
    outputs.map(([name, { type }]) => ({ name, type })),
  )
  const call = (own: ProcessHost, work: () => unknown): void => {
    running = own
    try {
      for (const row of rowsGiven(work())) own.emit(0, rowInput(columnsOf(definition.emits), objectOf(row)))
    } finally {
      running = undefined
    }
  }
  note(context, draft, facts, 'gives whole rows')
  const hidden: Schema = eventTime === undefined ? [] : [{ name: '$time', type: types.timestamp(6), nullable: true }]
  const schemaOf = (type: RowType<unknown> | undefined): Schema => {
    const schema = [...columnsOf(type).map(fieldOf), ...hidden]
    return schema.length > 0 ? schema : [{ name: '$nothing', type: types.boolean, nullable: true }]
  }
  const node = ProcessNode.create(input.node, {
    by: keys.map(({ index }) => index),
    ...(eventTime === undefined ? {} : { time: eventTime }),
    reads: read.map(({ index }) => index),
    code: {
      source: [definition.row, definition.timer].map(code => (code === undefined ? '' : String(code))).join('\n'),
      checked: context.checksArrows,
      row: (values, own) => call(own, () => definition.row(rowOf(values), given)),
      timer: (name, own) => call(own, () => definition.timer?.(name, given)),
    },
    cells: state.cells,
    sides: outputs.map(([name, { type }]) => ({ name: portOf(name), schema: schemaOf(type) })),
    schema: schemaOf(targets[0]),
  })
  return { node, columns: visible(definition.emits), key: [] }
}

/** One of the further outputs of a process function. */
export function lowerProcessOutput(process: Lowered, { of, name }: ProcessOutputRelation): Lowered {
  const { node } = process
  const side = ProcessNode.is(node) ? node.sides.find(one => one.name === portOf(name)) : undefined
  if (side === undefined) return fail('DSD9002', `A process function without its output ${name}.`)
  const late: LateNode = { is: 'late', of: node, side: side.name, schema: side.schema }
  return { node: late, columns: visible(of.definition.outputs?.[name]?.type), key: [] }
}

const portOf = (output: string): string => `output ${output}`

function contextOf(
  host: () => ProcessHost,
  clock: TimerClock,
  keyOf: (values: readonly Value[]) => unknown,
  state: object,
  outputs: readonly { readonly name: string; readonly type: RowType<unknown> }[],
): never
function contextOf(
  host: () => ProcessHost,
  ownClock: TimerClock,
  keyOf: (values: readonly Value[]) => unknown,
  state: object,
  outputs: readonly { readonly name: string; readonly type: RowType<unknown> }[],
): ProcessContext<unknown, unknown, unknown> {
  const out = Object.fromEntries(
    outputs.map(({ name, type }, at) => {
      const columns = columnsOf(type)
      return [name, (row: unknown) => host().emit(at + 1, rowInput(columns, objectOf(row)))]
    }),
  )
  const set = (time: bigint, { name, clock = ownClock }: TimerOptions): void => {
    if (clock === 'event' && ownClock === 'processing') throw noTime()
    host().setTimer(clock, name, time)
  }
  return {
    get key() {
      return keyOf(host().key)
    },
    get state(): never {
      return asState(state)
    },
    out,
    get time() {
      const { time, now } = host()
      if (time === undefined && ownClock === 'event') throw noTime()
      return new Timestamp(time ?? now)
    },
    get now() {
      return new Timestamp(host().now)
    },
    random: () => host().random(),
    after: (delay, options = {}) => {
      const { now, eventTime } = host()
      const from = (options.clock ?? ownClock) === 'processing' ? now : eventTime
      if (from === undefined) throw noTime()
      set(from + durationMicros(delay), options)
    },
    at: (time, options = {}) => set(Timestamp.from(time).micros, options),
    cancel: name => host().cancelTimer(name),
  }
}

function asState(view: object): never
function asState(view: object): object {
  return view
}

const noTime = (): StreamdownError =>
  new StreamdownError('DSD5009', "There is no event time here: set the timer on the clock, { clock: 'processing' }.")

/** What a call gave: nothing, a row, or several. */
function rowsGiven(result: unknown): Iterable<unknown> {
  if (result === undefined || result === null) return []
  return isIterable(result) ? result : [result]
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value

const columnsOf = (type: RowType<unknown> | undefined) =>
  Object.entries(type?.fields ?? {}).map(([name, column]) => ({ name, type: column }))

const visible = (type: RowType<unknown> | undefined): readonly VisibleColumn[] =>
  columnsOf(type).map((column, index) => ({ ...column, index }))

const fieldOf = ({ name, type: { type, nullable } }: ReturnType<typeof columnsOf>[number]): Field => ({
  name,
  type,
  nullable,
})
