import { type DeadLetter as Letter, rowText } from '../session/dead-letters.ts'
import { Timestamp } from '../values/timestamp.ts'

/** A record that could not be decoded, or a row that made an operator fail. */
export interface DeadLetter {
  readonly code: string
  readonly problem: string
  /** The operator, or the source. */
  readonly operator: string
  readonly step: bigint
  readonly failedAt: Timestamp
  /** Of a record: where it was read, and its bytes. */
  readonly position?: string
  readonly raw?: Uint8Array
  /** Of a row: its columns as JSON. */
  readonly failedRow?: string
}

/** @internal */
export function letterObject(letter: Letter): DeadLetter {
  const { code, problem, where, step, at, position, raw } = letter
  const failedRow = rowText(letter)
  return {
    code,
    problem,
    operator: where,
    step,
    failedAt: new Timestamp(at),
    ...(position === undefined ? {} : { position }),
    ...(raw === undefined ? {} : { raw }),
    ...(failedRow === undefined ? {} : { failedRow }),
  }
}
