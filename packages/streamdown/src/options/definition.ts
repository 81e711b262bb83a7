/** An option of a table's connector or format. */
export interface OptionDefinition {
  readonly name: string
  /** What other engines call it. */
  readonly aliases?: readonly string[]
  readonly type: 'string' | 'integer' | 'duration' | 'boolean' | 'bytes' | 'enum'
  readonly values?: readonly string[]
  readonly required?: boolean
  readonly default?: string
  readonly summary: string
  readonly example?: string
}
