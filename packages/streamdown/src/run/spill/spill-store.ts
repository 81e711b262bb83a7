/**
 * Where state goes that does not fit into memory: bytes by name, of one running program, gone when it ends however it
 * ends. Called in the middle of a step, so nothing is waited for.
 */
export interface SpillStore {
  /** Puts the parts behind each other under the name, over what was there. @throws StreamdownError DSD7103 when it cannot. */
  write(name: string, parts: readonly Uint8Array[]): void
  /** Fills the parts with what was written, in that order. @throws StreamdownError DSD7103 when it cannot. */
  read(name: string, parts: readonly Uint8Array[]): void
  remove(name: string): void
  /** Everything is removed. */
  close(): void
}
