import { StreamdownError } from '../../errors/error.ts'
import { optimiseProgram } from '../../plan/optimise/optimise.ts'
import { derive } from '../../plan/properties.ts'
import { runJobs } from '../../session/run-jobs.ts'
import type { Change } from '../change.ts'
import type { RunOptions } from '../run.ts'
import type { Drafted, RelationOf } from '../types/brand.ts'
import { type Assembled, assemble } from './assemble.ts'
import { inferSources } from './infer.ts'
import { LiveView } from './live-view.ts'
import { programJob } from './runner.ts'

type Relation<R> = RelationOf<R> & Drafted

/** All rows of a relation over bounded sources: of a stream as they came, of a table those that are left. */
export function collectRows<R>(relation: Relation<R>, options: RunOptions | undefined): Promise<R[]>
export async function collectRows(relation: Relation<unknown>, options: RunOptions = {}): Promise<unknown[]> {
  const { view, assembled, job, environment } = await started(relation, options)
  const node = assembled.views[0]?.lowered.node
  if (node !== undefined && !derive(node).bounded) {
    throw new StreamdownError('DSD5007', 'collect() wants sources that end; this one goes on: use run() or for await.')
  }
  const rows: unknown[] = []
  const isTable = assembled.views[0]?.kind === 'table'
  if (!isTable) view.subscribe(change => rows.push(change.row))
  await job.open()
  try {
    await runJobs(() => [job], environment)
  } finally {
    await job.close()
  }
  return isTable ? view.rows() : rows
}

/** The rows of a stream as they come. */
export function followRows<R>(relation: Relation<R>): AsyncGenerator<R, void, undefined>
export async function* followRows(relation: Relation<unknown>): AsyncGenerator<unknown, void, undefined> {
  for await (const change of followChanges(relation)) yield change.row
}

/** The changes of a table as they come. */
export function followChanges<R>(relation: Relation<R>): AsyncGenerator<Change<R>, void, undefined>
export async function* followChanges(relation: Relation<unknown>): AsyncGenerator<Change<unknown>, void, undefined> {
  const { view, job, environment } = await started(relation, {})
  let stopped = false
  const changes = view.changes()
  const first = changes.next()
  await job.open()
  const finished = runJobs(() => [job], environment, { stop: () => stopped }).finally(() => view.end())
  finished.catch(() => undefined)
  try {
    for (let next = await first; next.done !== true; next = await changes.next()) yield next.value
    await finished
  } finally {
    stopped = true
    await changes.return()
    await job.close()
  }
}

async function started(relation: Relation<unknown>, options: RunOptions) {
  if (options.state !== undefined) throw new StreamdownError('DSD5006', 'What is collected keeps no state: run() does.')
  const { createNodeEnvironment } = await import('../../connect/node/environment.ts')
  const environment = await createNodeEnvironment()
  const program = { rows: relation }
  const assembled: Assembled = assemble(program, await inferSources(program, path => environment.inferFile(path)))
  const [first] = assembled.views
  if (first === undefined) throw new StreamdownError('DSD9002', 'A relation was assembled to nothing.')
  const view = new LiveView(first)
  const job = programJob(assembled, optimiseProgram(assembled.program), environment, options, (_, rows) =>
    view.take(rows),
  )
  return { view, assembled, job, environment }
}
