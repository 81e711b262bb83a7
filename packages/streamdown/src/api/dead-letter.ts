/** A record that could not be decoded, or a row that made an operator fail. */
export interface DeadLetter {
  readonly code: string
  readonly problem: string
  readonly operator: string
}
