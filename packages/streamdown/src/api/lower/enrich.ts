import { sameType } from '../../functions/common-type.ts'
import { AsyncNode, type Inquiry, TemporalJoinNode, ValuesNode } from '../../plan/nodes/node.ts'
import { derive } from '../../plan/properties.ts'
import { castTo } from '../../sql/bind/cast.ts'
import { fail } from '../../sql/bind/problem.ts'
import { valueKey } from '../../types/value-key.ts'
import { answerColumns } from '../arrow/infer-answers.ts'
import type { AskRelation, ColumnDraft, EnrichRelation, MapAsyncRelation } from '../draft/relation-draft.ts'
import { durationMicros } from '../duration.ts'
import { ColumnType } from '../schema/column-type.ts'
import { columnsOf } from '../schema/columns-of.ts'
import { rowInput, rowObject } from '../values/row-codec.ts'
import { toRowValue } from '../values/to-row.ts'
import { type AskedInquiry, type LowerContext, noteInquiry } from './context.ts'
import { joinSides, shaped } from './join.ts'
import { allVisible, columnNamed, expressionOf, type Lowered, visibleOnly, withHidden } from './lowered.ts'

/** Rows that one call of a lookup asks for at most, and calls under way. */
const LOOKUP = {
  batch: 1000,
  concurrency: 16,
  timeout: 10_000_000n,
  retry: { attempts: 3, delay: 100_000n, onMiss: false },
}
/** Answers that are kept while they may be used again. */
const CACHED_ROWS = 100_000

/** The table at the row's time; where one of both has no event time, at its arrival. */
export function lowerEnrich(
  context: LowerContext,
  leftInput: Lowered,
  rightInput: Lowered,
  draft: EnrichRelation,
): Lowered {
  const sides = joinSides(context, leftInput, rightInput, draft.on)
  const { left, right, keys } = sides
  const [leftTime, rightTime] = [derive(left.node).eventTime, derive(right.node).eventTime]
  const named = derive(right.node).keys.some(key => key.every(column => keys.some(one => one.right === column)))
  const moment =
    leftTime === undefined || rightTime === undefined || !named
      ? ({ is: 'arrival' } as const)
      : ({ is: 'eventTime', left: leftTime, right: rightTime } as const)
  return shaped(draft, sides, TemporalJoinNode.create(draft.how, left.node, right.node, keys, undefined, moment))
}

/** What the outside says of the row's key. */
export function lowerAsk(context: LowerContext, input: Lowered, draft: AskRelation): Lowered {
  const { lookup, on } = draft
  const [pair] = on
  if (pair === undefined || on.length > 1 || pair.right !== lookup.key)
    return fail('DSD5007', `This lookup is asked by '${lookup.key}': on: { column: '${lookup.key}' }.`)
  const given = columnNamed(input, pair.left)
  const columns = answered(lookup, given.type)
  const answers = columns.map(({ name, type }) => ({ name, type: type.type, nullable: type.nullable }))
  const right = allVisible(
    ValuesNode.create([], answers),
    [],
    columns.map(({ type }) => type),
  )
  const key = columnNamed(right, lookup.key)
  const value = expressionOf(input, given)
  const left = sameType(value.type, key.type.type)
    ? { lowered: input, index: given.index }
    : withHidden(input, castTo(value, key.type.type, context.bind.settings))
  const cache =
    lookup.cache === undefined ? {} : { cache: { maxRows: CACHED_ROWS, expire: durationMicros(lookup.cache) } }
  const inquiry: Inquiry = { ...LOOKUP, ...cache, ask: asked(lookup, columns, key.type) }
  noteInquiry(context, lookup, { inquiry, question: ([one = null]) => toRowValue(key.type, one), columns })
  // Given by what was enriched, a question is a row with the key.
  const question: AskedInquiry['question'] = ([one = null]) => ({ [lookup.key]: toRowValue(key.type, one) })
  noteInquiry(context, draft, { inquiry, question, columns })
  const node = AsyncNode.create(left.lowered.node, {
    asks: [left.index],
    inquiry,
    answers,
    single: false,
    keeps: true,
    outer: draft.how === 'left',
    ordered: true,
    name: 'lookup',
  })
  return shaped(
    draft,
    { left: left.lowered, right, keys: [{ left: left.index, right: key.index, nullsMatch: false }] },
    node,
  )
}

/** Its columns: said, or told by the source of `get`. `asked`: the column that it is asked by. */
function answered(lookup: AskRelation['lookup'], asked: ColumnDraft['type']): readonly ColumnDraft[] {
  if (lookup.schema !== undefined) return columnsOf(lookup.schema)
  const key = asked.nullable ? new ColumnType(asked.type, { ...asked.facts, nullable: false }) : asked
  return (
    answerColumns(lookup.get, key) ??
    fail(
      'DSD5005',
      'The columns of this lookup are not known: lookup({ schema: t.row({ ... }), key, get }), with the types of its columns.',
    )
  )
}

/** Each key once; rows go to the questions with their key. NULL is not asked for. */
function asked(
  lookup: AskRelation['lookup'],
  columns: readonly ColumnDraft[],
  key: ColumnDraft['type'],
): Inquiry['ask'] {
  const place = columns.findIndex(({ name }) => name === lookup.key)
  const get: (keys: never) => Promise<readonly unknown[]> = lookup.get
  return async questions => {
    const keys = new Map(questions.flatMap(([value = null]) => (value === null ? [] : [[valueKey(value), value]])))
    if (keys.size === 0) return questions.map(() => [])
    const wanted: unknown = [...keys.values()].map(value => toRowValue(key, value))
    const found: readonly unknown[] = await Reflect.apply(get, undefined, [wanted])
    const rows = found.map(row => rowInput(columns, asObject(row)))
    return questions.map(([value = null]) =>
      value === null ? [] : rows.filter(row => valueKey(row[place] ?? null) === valueKey(value)),
    )
  }
}

/** A row for each row, which comes later. */
export function lowerMapAsync(context: LowerContext, whole: Lowered, draft: MapAsyncRelation): Lowered {
  const input = visibleOnly(whole)
  const columns = columnsOf(draft.type)
  const answers = columns.map(({ name, type }) => ({ name, type: type.type, nullable: type.nullable }))
  const inquiry: Inquiry = {
    batch: 1,
    concurrency: draft.concurrency,
    timeout: draft.timeoutMicros,
    retry: { attempts: draft.retry, delay: 0n, onMiss: false },
    ask: (questions, signal) =>
      Promise.all(
        questions.map(async values => {
          const row: unknown = await Reflect.apply(draft.call, undefined, [
            rowObject(input.columns, values),
            { signal },
          ])
          return [rowInput(columns, asObject(row))]
        }),
      ),
  }
  noteInquiry(context, draft, { inquiry, question: values => rowObject(input.columns, values), columns })
  const node = AsyncNode.create(input.node, {
    asks: input.columns.map(({ index }) => index),
    inquiry,
    answers,
    single: true,
    keeps: false,
    outer: false,
    ordered: draft.ordered,
    name: 'mapAsync',
  })
  return allVisible(
    node,
    [],
    columns.map(({ type }) => type),
  )
}

const asObject = (row: unknown): object =>
  typeof row === 'object' && row !== null ? row : fail('DSD5008', 'A row is an object.')
