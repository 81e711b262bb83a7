/**
 * Where state goes that does not fit into memory: bytes by name, of one running program, gone when it ends however it
 * ends. Called in the middle of a step, so nothing is waited for.
 */
export interface SpillStore {
  /**
   * Puts the parts behind each other under the name, over what was there.
   * @throws StreamdownError DSD7103 when it cannot; then nothing is under the name any more.
   */
  write(name: string, parts: readonly Uint8Array[]): void
  /**
   * Fills the parts with what was written, in that order; they may be cut otherwise, and end before it does.
   * @throws StreamdownError DSD7103 when it cannot, or less was written.
   */
  read(name: string, parts: readonly Uint8Array[]): void
  /** Also of a name that there is not. */
  remove(name: string): void
  /** Everything is removed; also repeated. */
  close(): void
}
