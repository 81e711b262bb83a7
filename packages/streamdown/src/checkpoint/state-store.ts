/** Where checkpoints lie: bytes by name. One program has it open at a time. */
export interface StateStore {
  /** As the user named it, for messages. */
  readonly place: string
  names(): Promise<readonly string[]>
  /** Undefined where there is none of that name. */
  read(name: string): Promise<Uint8Array | undefined>
  /** Resolves when it will be there after a crash; a crash before that leaves what was there under the name. */
  write(name: string, bytes: Uint8Array): Promise<void>
  remove(name: string): Promise<void>
  /** Lets another program open it. */
  close(): Promise<void>
}
