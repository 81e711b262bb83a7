import { failures } from '../../errors/table.ts'
import { type DataType, types } from '../../types/data-type.ts'
import { definer, inline, js } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asNumber } from '../values.ts'

const define = definer('math')
const { double } = types

export const domain = (message: string): never => {
  throw new RowError(failures.argument, message)
}

/** A function of doubles; exact numbers are converted by the binder. */
export const real = (
  name: string,
  summary: string,
  sql: string,
  gives: string,
  call: (x: number) => number,
  aliases?: readonly string[],
): ScalarFunction =>
  define(
    name,
    summary,
    [[sql, gives]],
    [js(['double'], double, args => call(asNumber(args[0])))],
    aliases === undefined ? {} : { aliases },
  )

export const direct = (name: string, summary: string, sql: string, gives: string): ScalarFunction =>
  define(name, summary, [[sql, gives]], [inline(['double'], double)])

export const decimalScale = (type: DataType | undefined): number => (type?.is === 'decimal' ? type.scale : 0)
