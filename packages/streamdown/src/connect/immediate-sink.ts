import type { Sink } from './sink.ts'

/** A sink whose rows are delivered when `write` returns: nothing waits, nothing is prepared. */
export const immediateSink = (parts: Pick<Sink, 'accepts' | 'delivery' | 'write'>): Sink => ({
  ...parts,
  open: async () => undefined,
  backlog: () => 0,
  flush: async () => undefined,
  prepare: async () => '',
  commit: async () => undefined,
  abort: async () => undefined,
  close: async () => undefined,
})
