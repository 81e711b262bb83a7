import type { DataType } from './data-type.ts'

type Range = readonly [least: bigint, most: bigint]

export type IntegerType = Extract<DataType, { is: 'tinyint' | 'smallint' | 'int' | 'bigint' }>
/** An integer whose values are JavaScript numbers, 32 bits wide in emitted code. */
export type NarrowType = Exclude<IntegerType, { is: 'bigint' }>

/** The least and the greatest value of each type of integers. */
export const integerRanges: Readonly<Record<IntegerType['is'], Range>> = {
  tinyint: [-(2n ** 7n), 2n ** 7n - 1n],
  smallint: [-(2n ** 15n), 2n ** 15n - 1n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
}

export const isInteger = (type: DataType): type is IntegerType => type.is in integerRanges

export const isNarrow = (type: DataType): type is NarrowType => isInteger(type) && type.is !== 'bigint'

/** Throws a TypeError for a type that is no integer of at most 32 bits. */
export function narrowRange(type: DataType): readonly [least: number, most: number] {
  if (!isNarrow(type)) throw new TypeError(`${type.is} is no narrow integer`)
  const [least, most] = integerRanges[type.is]
  return [Number(least), Number(most)]
}
