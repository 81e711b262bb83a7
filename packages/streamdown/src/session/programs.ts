import { assertGuarantees } from '../connect/guarantees.ts'
import type { WeightedRow } from '../connect/memory.ts'
import { StreamdownError } from '../errors/error.ts'
import { sameType } from '../functions/common-type.ts'
import { type PlanNode, RankNode, type SinkNode } from '../plan/nodes/node.ts'
import type { Program } from '../plan/program.ts'
import { derive } from '../plan/properties.ts'
import { FIRST_STEP_ROWS } from '../run/step-size.ts'
import { byteSize, duration, durationOrNone, interval, readSetting } from '../sql/setting-texts.ts'
import type { Settings } from '../sql/settings.ts'
import type { DataType } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { outputKey } from './change-kinds.ts'
import { consolidateRows } from './consolidate-rows.ts'
import type { Environment } from './environment.ts'
import { Job, type JobOptions } from './job.ts'
import { pointLookups } from './point-lookups.ts'
import { endlessRelation } from './relations.ts'
import { runJobs } from './run-jobs.ts'
import type { StatementResult } from './session.ts'
import type { Workspace } from './workspace.ts'

/** Starts a program that runs as the session is stepped; while a text is only planned it is noted down. */
export async function startProgram(
  workspace: Workspace,
  wanted: string,
  program: Program,
  /** What changes at an output do to the rows that are kept there. */
  taken: (output: string, changes: readonly WeightedRow[]) => readonly WeightedRow[] = (_output, changes) => changes,
): Promise<StatementResult> {
  if (workspace.planned !== undefined) {
    workspace.planned.push(program)
    return { is: 'done', message: 'planned' }
  }
  const { relations, jobs, restoring, settings } = workspace
  assertGuarantees(program, relations.connectorBehind)
  const name = jobs.freeName(wanted)
  relations.noteLetters(program)
  const optimised = workspace.optimised(program)
  const keys = new Map([
    ...optimised.sinks.map(sink => [sink.name, outputKey(sink.relation.primaryKey, sink.input)] as const),
    ...optimised.views.map(view => [view.name, outputKey(view.key, view.input)] as const),
  ])
  const job = new Job(optimised, {
    ...jobOptions(workspace, name, settings.on_error === 'fail' ? 'fail' : 'dead-letter'),
    openSource: scan => relations.openSource(scan, restoring === undefined ? 'all' : 'changes'),
    openSink: sink => relations.openSink(sink, settings.timezone),
    onChanges: (output, changes) => relations.find(output)?.apply(taken(output, changes), keys.get(output)),
    onTime: (output, time) => relations.find(output)?.feed.reach(time),
  })
  await job.open(restoring?.jobs.get(name), jobs.claims())
  jobs.add(job)
  // Over in-memory tables alone it is up to date when its statement returns; others run as the session is run.
  if (restoring === undefined && relations.holdsAll(job.engine.graph)) await jobs.settle()
  return { is: 'started', job: name }
}

/**
 * The final rows of a query over what is there now. It fails as a whole on the first row that fails in it; records
 * that cannot be decoded are dead letters.
 * @throws StreamdownError DSD2006 when a source never ends.
 */
export async function runQuery(
  workspace: Workspace,
  plan: PlanNode,
): Promise<{ readonly rows: readonly (readonly Value[])[]; readonly dead: number }> {
  const endless = endlessRelation(plan)
  if (endless !== undefined) {
    throw new StreamdownError(
      'DSD2006',
      `"${endless.name}" never ends, so a SELECT over it would not either. Make it a CREATE MATERIALIZED VIEW, or INSERT INTO a sink.`,
    )
  }
  const first = firstRows(plan)
  const program = workspace.optimised({ sinks: [], views: [{ name: 'result', input: first ?? plan, key: [] }] })
  const literals = literalRows(program)
  if (literals !== undefined) return { rows: literals, dead: 0 }
  const most = first === undefined ? Number.POSITIVE_INFINITY : first.to - first.from + 1
  const changes: WeightedRow[] = []
  const keys = pointLookups(program.views[0]!.input)
  const job = new Job(program, {
    ...jobOptions(workspace, 'query', 'fail'),
    memories: workspace.memories,
    openSource: scan => workspace.relations.openSource(scan, 'contents', keys.get(scan)),
    onChanges: (_output, more) => changes.push(...more),
  })
  try {
    await job.open()
    await runJobs(() => [job], workspace.environment, {
      stop: () => changes.length >= most || workspace.signal?.aborted === true,
    })
  } finally {
    await job.close()
  }
  if (workspace.signal?.aborted === true) throw new StreamdownError('DSD8002', 'The query was interrupted.')
  return { rows: finalRows(changes), dead: job.status().dead }
}

export interface Copied {
  readonly rows: number
  /** Records that could not be decoded. */
  readonly dead: number
}

/** Runs a program of one sink until its inputs end; it fails as a whole. Gives the number of rows that were written. */
export async function runToEnd(workspace: Workspace, sink: SinkNode): Promise<Copied> {
  const job = new Job(workspace.optimised({ sinks: [sink], views: [] }), {
    ...jobOptions(workspace, sink.name, 'fail'),
    openSource: scan => workspace.relations.openSource(scan, 'contents'),
    openSink: each => workspace.relations.openSink(each, workspace.settings.timezone),
    onChanges: () => undefined,
  })
  try {
    await job.open(undefined, workspace.jobs.claims())
    await runJobs(() => [job], workspace.environment, { stop: () => workspace.signal?.aborted === true })
  } finally {
    await job.close()
  }
  if (workspace.signal?.aborted === true) throw new StreamdownError('DSD8002', 'The query was interrupted.')
  return { rows: job.rowsOut, dead: job.status().dead }
}

/** LIMIT without an order, over rows that are only added: of them those that come first, so that the rest need not be read. */
function firstRows(plan: PlanNode): RankNode | undefined {
  if (plan.is !== 'sort' || plan.orderBy.length > 0 || plan.limit === undefined) return undefined
  if (!derive(plan.input).appendOnly) return undefined
  const { offset = 0, limit } = plan
  return RankNode.create(plan.input, {
    function: 'row_number',
    partitionBy: [],
    orderBy: [],
    from: offset + 1,
    to: offset + limit,
    output: false,
  })
}

/** The result of a program that is nothing but rows of literals: there is nothing to run. */
function literalRows({ views }: Program): readonly (readonly Value[])[] | undefined {
  const node = views[0]?.input
  if (node?.is !== 'values') return undefined
  const rows: Value[][] = []
  for (const cells of node.rows) {
    const row: Value[] = []
    for (const [at, cell] of cells.entries()) {
      if (cell.is !== 'literal' || !isStoredAsIs(cell.type, node.schema[at]?.type)) return undefined
      row.push(cell.value)
    }
    rows.push(row)
  }
  return rows
}

/** Whether a literal comes out of a column of its type as it is written. */
function isStoredAsIs(type: DataType, column: DataType | undefined): boolean {
  const rounds = type.is === 'real' || type.is === 'row' || type.is === 'array' || type.is === 'map'
  return !rounds && column !== undefined && sameType(type, column)
}

/** How jobs of this session run, as it is set now. */
export function jobOptions(
  { options, clock, stopwatch, settings, environment, statePlace, letters, relations }: Workspace,
  name: string,
  onError: JobOptions['onError'],
): Omit<JobOptions, 'openSource' | 'onChanges'> {
  return {
    name,
    workers: options.workers ?? 1,
    stepRows: options.stepRows ?? FIRST_STEP_ROWS,
    ...(stopwatch === undefined
      ? {}
      : { stopwatch, stepMs: Number(readSetting(settings, 'step_time', interval)) / 1000 }),
    seed: options.seed ?? 0,
    clock,
    timeZone: settings.timezone,
    settings,
    idleTimeout: readSetting(settings, 'source_idle_timeout', duration),
    ...maxDriftOf(settings),
    ...spillOf(environment, settings.temp_directory === '' ? statePlace : settings.temp_directory),
    memoryBytes: readSetting(settings, 'memory_limit', byteSize),
    openSink: () => undefined,
    onError,
    letters,
    isOfLetters: relations.isOfLetters,
    sleep: (ms, sooner) => environment.sleep(ms, sooner),
    onUndecodable: settings.on_error === 'fail' ? 'fail' : 'dead-letter',
  }
}

/** Where jobs put state away that does not fit into memory. */
export function spillOf(
  { openSpill }: Pick<Environment, 'openSpill'>,
  directory: string | undefined,
): Pick<JobOptions, 'openSpill'> {
  return openSpill === undefined ? {} : { openSpill: () => openSpill(directory) }
}

function maxDriftOf(settings: Settings): Pick<JobOptions, 'maxDrift'> {
  const maxDrift = readSetting(settings, 'max_drift', durationOrNone)
  return maxDrift === 'none' ? {} : { maxDrift }
}

/** A row as often as its weights say, in the order of arrival. */
function finalRows(changes: readonly WeightedRow[]): readonly (readonly Value[])[] {
  if (changes.every(({ weight }) => weight === 1)) return changes.map(({ values }) => values)
  return consolidateRows(changes).flatMap(({ values, weight }) =>
    Array.from({ length: Math.max(0, weight) }, () => values),
  )
}
