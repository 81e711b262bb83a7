import { CHUNK_ROWS } from '../../batch/batch.ts'
import { createMemory } from '../../batch/linear-memory.ts'
import { batchFromRows } from '../../batch/values.ts'
import { assertAlone } from '../../connect/alone.ts'
import { StreamdownError } from '../../errors/error.ts'
import { derive } from '../../plan/properties.ts'
import type { BoundCopy } from '../../sql/bind/statement.ts'
import type { Value } from '../../types/value.ts'
import { counted } from '../../values/counted.ts'
import { type Copied, runQuery, runToEnd } from '../programs.ts'
import { endlessRelation } from '../relations.ts'
import type { StatementResult } from '../session.ts'
import type { Workspace } from '../workspace.ts'
import { done } from './results.ts'

/** COPY … TO: done when the file is there. Rows that are only added go to it as they come, others in the end. */
export async function copy(workspace: Workspace, { sink, path }: BoundCopy): Promise<StatementResult> {
  const endless = endlessRelation(sink.input)
  if (endless !== undefined) {
    throw new StreamdownError(
      'DSD2006',
      `"${endless.name}" never ends, so a COPY of it would not either. INSERT INTO a table with connector filesystem instead.`,
    )
  }
  const streams = sink.input.is !== 'sort' && derive(sink.input).appendOnly
  const { rows, dead } = streams ? await runToEnd(workspace, sink) : await writeAll(workspace, sink)
  return done(`${counted(rows, 'row')} copied to '${path}'`, dead)
}

async function writeAll(workspace: Workspace, sink: BoundCopy['sink']): Promise<Copied> {
  const { rows, dead } = await runQuery(workspace, sink.input)
  const target = workspace.relations.openSink(sink, workspace.settings.timezone)
  if (target === undefined) throw new StreamdownError('DSD9002', 'A file is no table of the session.')
  const claims = target.alone === undefined ? [] : [await target.alone()]
  assertAlone([...workspace.jobs.claims(), ...claims], false)
  await target.open()
  try {
    const memory = createMemory()
    for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const part: readonly (readonly Value[])[] = rows.slice(from, from + CHUNK_ROWS)
      target.write(batchFromRows(memory, sink.relation.schema, part), memory, 0n)
      memory.release(mark)
      if (target.backlog() > 0) await target.flush()
    }
  } catch (error) {
    await target.abort(0n)
    throw error
  } finally {
    await target.close()
  }
  return { rows: rows.length, dead }
}
