/**
 * What programs import as 'data-streamdown' in this test: the package itself, with memory in place of what is elsewhere.
 * Sources are fed by `queues`, sinks write nowhere: the test reads what a simulation was given to write.
 */
import { blackhole, type Memory, memory } from '../../packages/streamdown/src/index.ts'

export * from '../../packages/streamdown/src/index.ts'

/** By topic. */
export const queues = new Map<string, Memory<unknown>>()

export function kafka({ topic }: { readonly topic: string }): Memory<unknown> {
  const queue = queues.get(topic) ?? memory()
  queues.set(topic, queue)
  return queue
}

export const kafkaSink = () => blackhole()
export const postgresSink = () => blackhole()
export const webhook = () => blackhole()
