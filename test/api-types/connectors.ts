/**
 * What programs import as 'data-streamdown' in this test: the package itself, and connectors that are packages of
 * their own. Only their types matter here.
 */
import { type Mode, Sink, Source } from '../../packages/streamdown/src/index.ts'

export * from '../../packages/streamdown/src/index.ts'

export function kafka(options: { readonly topic: string }): Source<unknown> {
  return new Source({ connector: 'kafka', options })
}

export function kafkaSink<R = unknown>(
  topic: string,
  options: { readonly transactional: true },
): Sink<R, 'final', 'exactly-once'>
export function kafkaSink<R = unknown>(topic: string): Sink<R, 'final', 'at-least-once'>
export function kafkaSink<R = unknown>(topic: string): Sink<R, 'final', never> {
  return new Sink({ connector: 'kafka', options: { topic } })
}

export function postgresSink<R = unknown>(table: string): Sink<R, Mode, 'exactly-once'> {
  return new Sink({ connector: 'postgres', options: { table } })
}
