/** A connector by its name and its options as text, as SQL's WITH says them; and what text cannot say. */
export interface SourceDraft {
  readonly connector: string
  readonly options: Readonly<Record<string, string>>
  /** Rows pushed by the program, a handler. */
  readonly handle?: object
}
