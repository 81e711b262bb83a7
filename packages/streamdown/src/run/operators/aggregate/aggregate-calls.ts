import type { DataType, Schema } from '../../../types/data-type.ts'
import { isView, physicalOf } from '../../../types/physical.ts'
import { bitCountsCell, finishBitCounts } from './aggregate-bit-counts.ts'
import {
  bitsCell,
  type Cell,
  comomentsCell,
  countCell,
  decimalSumCell,
  extremeCell,
  floatSumCell,
  integerSumCell,
  momentsCell,
  truthCell,
} from './aggregate-cells.ts'
import {
  type Finish,
  finishAverage,
  finishBits,
  finishField,
  finishMoments,
  finishSum,
  finishTruth,
  integers,
} from './aggregate-finish.ts'
import { foldCell } from './aggregate-fold-cell.ts'
import type { AggregateCallInput } from './aggregate-input.ts'
import { finishNumeric, numericTotalCell } from './aggregate-numeric-cells.ts'
import {
  distinctSketchCell,
  finishDistinctCount,
  finishQuantile,
  quantileSketchCell,
} from './aggregate-sketch-cells.ts'
import { arrivalCell, bestCell } from './aggregate-winner-cells.ts'

/** Which rows of a batch a cell sees. */
export interface Counted {
  /** Columns that must not be NULL; only those that can be. */
  readonly nonNull: readonly number[]
  readonly filter: number | undefined
  /** DISTINCT: each combination of these columns counts once. */
  readonly distinct: readonly number[] | undefined
}

/** How a call lives in the fields of the group's row. */
export interface CallPlan {
  readonly counted: Counted
  readonly cells: readonly Cell[]
  readonly finish: Finish
}

export interface CallOptions {
  readonly schema: Schema
  /** No row is ever taken back. */
  readonly appendOnly: boolean
  /** There are group keys: a group that is shown has rows. */
  readonly keyed: boolean
  /** Groups merge (sessions): what DISTINCT has seen cannot be merged in place. */
  readonly merging: boolean
}

/** The plan of a call; undefined: it is kept as a list of its rows (`aggregate-lists.ts`). */
export function planCall(input: AggregateCallInput, options: CallOptions): CallPlan | undefined {
  const { call, args, filter, orderBy } = input
  const { schema, appendOnly } = options
  const typeAt = (index: number): DataType => schema[args[index] ?? -1]?.type ?? { is: 'null' }
  // Repeating a value changes nothing for these.
  const idempotent = idempotentCalls.has(call.name)
  // What a sketch has taken in cannot be taken out again: then the different values are counted.
  const exactCount = call.name === 'approx_count_distinct' && !appendOnly
  const distinct = (call.distinct && !idempotent) || exactCount ? args : undefined
  if (distinct !== undefined && options.merging) return undefined
  const nonNull = args.filter(column => schema[column]?.nullable !== false)
  const counted: Counted = { nonNull, filter, distinct }
  const argument = args[0] ?? -1
  const type = typeAt(0)
  const id = args.join(',')
  const neverNull = options.keyed && nonNull.length === 0 && filter === undefined
  const count = countCell('rows')
  const numericPlan = (squared: boolean): CallPlan => ({
    counted,
    cells: [numericTotalCell(id, argument, squared)],
    finish: finishNumeric(call.name),
  })

  if (call.fold !== undefined) {
    const keepsUp =
      (appendOnly || call.fold.retract !== undefined) && (!options.merging || call.fold.merge !== undefined)
    if (!keepsUp) return undefined
    const every = { nonNull: [], filter, distinct: undefined }
    return { counted: every, cells: [foldCell(id, args, call.type, call.fold)], finish: finishField(call.type) }
  }
  switch (call.name) {
    case 'approx_count_distinct':
      if (!exactCount) return { counted, cells: [distinctSketchCell(id, argument)], finish: finishDistinctCount }
      return { counted, cells: [count], finish: (memory, rows, [places]) => integers(memory, rows, places, call.type) }
    case 'approx_percentile': {
      if (call.quantile === undefined) return undefined
      const { fraction, error } = call.quantile
      return {
        counted,
        cells: [quantileSketchCell(id, argument, error)],
        finish: finishQuantile(fraction, error),
      }
    }
    case 'count':
      return { counted, cells: [count], finish: (memory, rows, [places]) => integers(memory, rows, places, call.type) }
    case 'sum':
    case 'sum0': {
      if (type.is === 'numeric') return numericPlan(false)
      const cell = sumCell(id, argument, type)
      if (cell === undefined) return undefined
      const known = neverNull || call.name === 'sum0'
      return { counted, cells: known ? [cell] : [cell, count], finish: finishSum(type, call.type) }
    }
    case 'avg': {
      if (type.is === 'numeric') return numericPlan(false)
      const cell = sumCell(id, argument, type)
      return cell === undefined
        ? undefined
        : { counted, cells: [cell, count], finish: finishAverage(type, call.type, neverNull) }
    }
    case 'min':
    case 'max': {
      if (!appendOnly || isNested(type)) return undefined
      const largest = call.name === 'max'
      const own = { column: argument, type }
      const cell = isView(physicalOf(type)) ? bestCell(id, own, own, largest) : extremeCell(id, argument, type, largest)
      return { counted, cells: [cell], finish: finishField(type) }
    }
    case 'arg_min':
    case 'arg_max': {
      const by = { column: args[1] ?? -1, type: typeAt(1) }
      if (!appendOnly || orderBy.length > 0 || isNested(by.type)) return undefined
      const same = by.column === argument
      const cell = bestCell(id, { column: argument, type }, by, call.name === 'arg_max')
      return { counted, cells: [cell], finish: finishField(type, same ? 0 : 3) }
    }
    case 'first_value':
    case 'last_value':
    case 'any_value': {
      if (!appendOnly || orderBy.length > 0 || distinct !== undefined) return undefined
      return {
        counted,
        cells: [arrivalCell(id, argument, type, call.name === 'last_value')],
        finish: finishField(type),
      }
    }
    case 'bool_and':
    case 'bool_or': {
      const wanted = call.name === 'bool_or'
      const cell = truthCell(id, argument, wanted)
      return { counted, cells: [cell, count], finish: finishTruth(wanted, neverNull) }
    }
    case 'bit_and':
    case 'bit_or':
    case 'bit_xor': {
      const kind = call.name === 'bit_and' ? 'and' : call.name === 'bit_or' ? 'or' : 'xor'
      if (call.name !== 'bit_xor' && !appendOnly)
        return { counted, cells: [count, bitCountsCell(id, argument, type)], finish: finishBitCounts(call.name, type) }
      return { counted, cells: [bitsCell(id, argument, type, kind), count], finish: finishBits(type) }
    }
    case 'stddev_samp':
    case 'stddev_pop':
    case 'var_samp':
    case 'var_pop': {
      if (type.is === 'numeric') return numericPlan(true)
      if (sumCell(id, argument, type) === undefined) return undefined
      const scale = type.is === 'decimal' ? type.scale : 0
      return { counted, cells: [count, momentsCell(id, argument, type)], finish: finishMoments(call.name, scale) }
    }
    case 'regr_count':
      return { counted, cells: [count], finish: (memory, rows, [places]) => integers(memory, rows, places, call.type) }
    case 'corr':
    case 'covar_pop':
    case 'covar_samp':
    case 'regr_slope':
    case 'regr_intercept':
    case 'regr_r2':
    case 'regr_avgx':
    case 'regr_avgy':
    case 'regr_sxx':
    case 'regr_syy':
    case 'regr_sxy':
      return {
        counted,
        cells: [count, comomentsCell(id, argument, args[1] ?? -1)],
        finish: finishMoments(call.name, 0),
      }
    default:
      return undefined
  }
}

const idempotentCalls = new Set(['min', 'max', 'bool_and', 'bool_or', 'bit_and', 'bit_or', 'approx_count_distinct'])

/** Nested values compare element by element: in JavaScript only. */
const isNested = (type: DataType): boolean => type.is === 'row' || type.is === 'array' || type.is === 'map'

function sumCell(id: string, argument: number, type: DataType): Cell | undefined {
  switch (type.is) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return integerSumCell(id, argument, type)
    case 'decimal':
      return decimalSumCell(id, argument)
    case 'real':
    case 'double':
      return floatSumCell(id, argument, type)
    default:
      return undefined
  }
}
