import { readValue } from '../../../batch/values.ts'
import {
  including,
  joined,
  type NumericTotal,
  resultOfTotal,
  totalOf,
  totalType,
  totalValue,
} from '../../../functions/numeric/total.ts'
import { types } from '../../../types/data-type.ts'
import { isNumeric } from '../../../values/numeric.ts'
import { type Cell, columnOf } from './aggregate-cells.ts'
import type { Finish } from './aggregate-finish.ts'
import { finishSummary, type Summary, summaryCell } from './aggregate-summary-cells.ts'

const totals: Summary<NumericTotal> = { type: totalType, read: totalOf, write: totalValue, union: joined }

/** The total of NUMERIC values: `squared` also of their squares. */
export const numericTotalCell = (id: string, argument: number, squared: boolean): Cell =>
  summaryCell(`numeric ${squared ? 'moments' : 'sum'} ${id}`, totals, (memory, { columns }) => {
    const values = columnOf(columns, argument)
    return (total, row, times) => {
      const value = readValue(memory, values, row)
      return isNumeric(value) ? including(total, value, BigInt(times), squared) : undefined
    }
  })

/** SUM, AVG and the deviations of NUMERIC. */
export const finishNumeric = (name: string): Finish =>
  finishSummary(types.numeric, totals, total => resultOfTotal(name, total))
