import { failures } from '../errors/table.ts'
import { RowError } from '../functions/definition.ts'
import { findZone, movedInZone } from '../functions/time/zone.ts'
import { type DataType, type Field, type Schema, types } from '../types/data-type.ts'
import { type Interval, isInterval, type Numeric, type Value } from '../types/value.ts'
import { addInterval } from '../values/calendar.ts'
import { isNumeric, plain, withScale } from '../values/numeric.ts'
import { column, columns } from './expressions/build.ts'
import type { Expression } from './expressions/expression.ts'
import { columnsRead, replaceColumns } from './expressions/walk.ts'
import { withColumns } from './joins.ts'
import { FlatMapNode, type PlanNode, ProjectNode } from './nodes/node.ts'

/** What rows are made of: the elements of an array (or entries of a map), or a series of values. */
export type RowSource =
  /** `declared`: the name is one that was said, which an alias of the table does not replace. */
  | { readonly is: 'elements'; readonly of: Expression; readonly name: string; readonly declared?: boolean }
  | {
      readonly is: 'series'
      readonly start: Expression
      readonly stop: Expression
      readonly step: Expression | undefined
      /** Of instants: the zone in which days and months pass. */
      readonly zone?: Expression
      /** generate_series reaches its end, range stops before it. */
      readonly inclusive: boolean
      readonly name: string
    }

export interface ExpandOptions {
  /** A row without elements stays, with NULLs. */
  readonly outer: boolean
  /** A last column counts from 1. */
  readonly ordinality: boolean
}

/**
 * A row for each element: the input's columns, then those of each source side by side (the shorter ones end in NULLs),
 * then the number. Elements that are rows give a column for each field, unless `whole`.
 */
export function expandRows(
  input: PlanNode,
  sources: readonly RowSource[],
  options: ExpandOptions,
  whole = false,
): FlatMapNode {
  const { below, fields, read, text } = rowsOf(input, sources, options, whole)
  const width = input.schema.length
  const schema = [...input.schema, ...fields.map(field => ({ ...field, nullable: field.nullable || options.outer }))]
  const arrow = (row: readonly Value[]): Value[][] => {
    const kept = row.slice(0, width)
    const made = read(row)
    if (made.length === 0) return options.outer ? [[...kept, ...fields.map(() => null)]] : []
    return made.map(cells => [...kept, ...cells])
  }
  return rowsMade(below, schema, width, arrow, text)
}

/** What `make` makes of each row of `below`, of which the first `width` columns stay as they are. */
function rowsMade(
  below: PlanNode,
  schema: Schema,
  width: number,
  make: (row: readonly Value[]) => Value[][],
  source: string,
): FlatMapNode {
  const row = { input: below.schema, whole: 'rows', type: types.row(schema), nullable: false } as const
  return FlatMapNode.create(below, { is: 'lambda', arrow: make, source, ...row }, schema, width)
}

/**
 * The same rows, of which a condition over the input's columns and those made is true; a row for which it is true of none
 * stays, with NULLs.
 */
export function expandRowsThat(
  input: PlanNode,
  sources: readonly RowSource[],
  options: Pick<ExpandOptions, 'ordinality'>,
  condition: Expression,
): PlanNode {
  const { below, fields, read, text } = rowsOf(input, sources, options, false)
  const width = input.schema.length
  const element = types.row(fields.map(field => ({ ...field, nullable: true })))
  const schema = [...input.schema, { name: '$rows', type: types.array(element), nullable: false }]
  const gathered = rowsMade(below, schema, width, row => [[...row.slice(0, width), read(row)]], text)
  const captured = [...columnsRead(condition)].filter(index => index < width)
  const parameter: Field = { name: '$row', type: element, nullable: false }
  const body = replaceColumns(condition, (index): Expression => {
    if (index < width) return { ...column(input.schema, index), index: 1 + captured.indexOf(index) }
    const { type } = fields[index - width]!
    return { is: 'field', input: column([parameter], 0), index: index - width, type, nullable: true }
  })
  const kept: Expression = {
    is: 'elements',
    operation: 'filter',
    input: column(schema, width),
    captured: captured.map(index => column(schema, index)),
    parameters: [parameter],
    body,
    type: types.array(element),
    nullable: true,
  }
  const filtered = ProjectNode.create(gathered, [
    ...columns(input.schema).map(value => ({ name: value.name, value })),
    { name: '$rows', value: kept },
  ])
  const rows: RowSource = { is: 'elements', of: column(filtered.schema, width), name: '$row' }
  return expandRows(filtered, [rows], { outer: true, ordinality: false })
}

/** What rows are made of, read for each row of `below`: the input with what that needs behind its columns. */
function rowsOf(
  input: PlanNode,
  sources: readonly RowSource[],
  { ordinality }: Pick<ExpandOptions, 'ordinality'>,
  whole: boolean,
) {
  const below = withColumns(input, sources.flatMap(sourceParts))
  let place = input.schema.length
  const readers = sources.map(source => {
    const at = place
    place += sourceParts(source).length
    return readerOf(source, at, whole)
  })
  const number: Field[] = ordinality ? [{ name: 'ordinality', type: types.bigint, nullable: false }] : []
  const read = (row: readonly Value[]): Value[][] => {
    const lists = readers.map(reader => reader.read(row))
    const count = Math.max(...lists.map(list => list.length))
    return Array.from({ length: count }, (_, i) => [
      ...lists.flatMap((list, of) => list[i] ?? readers[of]!.fields.map(() => null)),
      ...number.map(() => BigInt(i + 1)),
    ])
  }
  const text = sources.map(({ is, name }) => `${is === 'elements' ? 'UNNEST' : 'SERIES'} ${name}`).join(', ')
  const made = readers.flatMap(reader => reader.fields.map(field => ({ ...field, nullable: true })))
  return { below, fields: [...made, ...number], read, text }
}

/** The expressions that rows are made of. */
export function sourceParts(source: RowSource): readonly Expression[] {
  if (source.is === 'elements') return [source.of]
  const { start, stop, step, zone } = source
  return [start, stop, ...(step === undefined ? [] : [step]), ...(zone === undefined ? [] : [zone])]
}

/** How many columns a source gives. */
export const columnsOfSource = (source: RowSource): number => readerOf(source, 0, false).fields.length

interface Reader {
  readonly fields: readonly Field[]
  /** The cells of each row that the source makes. */
  read(row: readonly Value[]): readonly (readonly Value[])[]
}

const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value)

function readerOf(source: RowSource, at: number, whole: boolean): Reader {
  if (source.is === 'series') {
    const type = source.start.type
    const step = source.step === undefined ? undefined : at + 2
    return {
      fields: [{ name: source.name, type, nullable: false }],
      read: row =>
        series(type, {
          start: row[at] ?? null,
          stop: row[at + 1] ?? null,
          step: step === undefined ? undefined : (row[step] ?? null),
          zone: source.zone === undefined ? undefined : (row[at + 3] ?? null),
          inclusive: source.inclusive,
        }).map(value => [value]),
    }
  }
  const { type } = source.of
  if (type.is === 'map') {
    return {
      fields: [
        { name: 'key', type: type.key, nullable: false },
        { name: 'value', type: type.value, nullable: true },
      ],
      read: row => listAt(row, at).map(entry => (isList(entry) ? entry : [null, null])),
    }
  }
  const element = type.is === 'array' ? type.element : types.null
  if (element.is !== 'row' || whole)
    return {
      fields: [{ name: source.name, type: element, nullable: true }],
      read: row => listAt(row, at).map(value => [value]),
    }
  const { fields } = element
  return { fields, read: row => listAt(row, at).map(value => (isList(value) ? value : fields.map(() => null))) }
}

function listAt(row: readonly Value[], at: number): readonly Value[] {
  const value = row[at]
  return isList(value) ? value : []
}

interface Series {
  readonly start: Value
  readonly stop: Value
  readonly step: Value | undefined
  readonly zone: Value | undefined
  readonly inclusive: boolean
}

/**
 * Nothing when a bound is NULL.
 * @throws RowError when the step is 0.
 */
function series(type: DataType, { start, stop, step, zone, inclusive }: Series): readonly Value[] {
  if (start === null || stop === null || step === null || zone === null) return []
  if (isInterval(step) && typeof start === 'bigint' && typeof stop === 'bigint')
    return times(start, stop, moving(step, typeof zone === 'string' ? zone : undefined), inclusive)
  if (isNumeric(start) && isNumeric(stop)) return numerics(start, stop, step ?? plain(1n), inclusive)
  const unit = type.is === 'decimal' ? 10n ** BigInt(type.scale) : 1n
  const [from, to, by] = [wholeOf(start), wholeOf(stop), step === undefined ? unit : wholeOf(step)]
  return from === undefined || to === undefined || by === undefined ? [] : numbers(type, from, to, by, inclusive)
}

/** By the digits at the largest scale of the three; each has the scale that adding gives it. */
function numerics(start: Numeric, stop: Numeric, step: Value, inclusive: boolean): readonly Value[] {
  if (!isNumeric(step)) return []
  const special = [start, stop, step].find(value => value.special !== undefined)
  if (special !== undefined) throw new RowError(failures.argument, `a series has no ${special.special}`)
  const scale = Math.max(start.scale, stop.scale, step.scale)
  const digits = (value: Numeric): bigint => withScale(value, scale).digits
  const shown = Math.max(start.scale, step.scale)
  return numbers(types.bigint, digits(start), digits(stop), digits(step), inclusive).map((value, at) =>
    typeof value === 'bigint' ? withScale({ digits: value, scale }, at === 0 ? start.scale : shown) : value,
  )
}

function wholeOf(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined
}

function numbers(type: DataType, start: bigint, stop: bigint, step: bigint, inclusive: boolean): readonly Value[] {
  const found: Value[] = []
  if (step === 0n) throw new RowError(failures.argument, 'the step of a series must not be 0')
  const within = (n: bigint) => (step > 0n ? (inclusive ? n <= stop : n < stop) : inclusive ? n >= stop : n > stop)
  const asValue = (n: bigint): Value =>
    type.is === 'bigint' || type.is === 'decimal' || type.is === 'timestamp' ? n : Number(n)
  for (let n = start; within(n); n += step) found.push(asValue(n))
  return found
}

/** Moves a time by an interval, whose days and months pass in a zone. */
function moving(step: Interval, zoneName: string | undefined): (time: bigint) => bigint {
  if (zoneName === undefined) return time => addInterval(time, step)
  const zone = findZone(zoneName)
  if (zone === undefined) throw new RowError(failures.argument, `there is no time zone ${zoneName}`)
  return time => movedInZone(time, step, zone)
}

function times(start: bigint, stop: bigint, next: (time: bigint) => bigint, inclusive: boolean): readonly Value[] {
  const forward = next(start) > start
  if (next(start) === start) throw new RowError(failures.argument, 'the step of a series must not be 0')
  const within = (n: bigint) => (forward ? (inclusive ? n <= stop : n < stop) : inclusive ? n >= stop : n > stop)
  const found: Value[] = []
  for (let n = start; within(n); n = next(n)) found.push(n)
  return found
}
