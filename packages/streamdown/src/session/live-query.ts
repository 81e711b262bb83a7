import type { PlanNode, SortKey } from '../plan/nodes/node.ts'
import { derive } from '../plan/properties.ts'
import type { Schema } from '../types/data-type.ts'
import { changeKinds } from './change-kinds.ts'
import { Job } from './job.ts'
import { jobOptions } from './programs.ts'
import type { ChangeRow, LiveQuery } from './session.ts'
import type { Workspace } from './workspace.ts'

/** A SELECT that never ends: a job of the session from `start` to `close`. */
export class RunningQuery implements LiveQuery {
  readonly schema: Schema
  readonly timeZone: string
  readonly orderBy: readonly SortKey[]
  readonly key: readonly number[] | undefined
  readonly appendOnly: boolean
  readonly #workspace: Workspace
  readonly #plan: PlanNode
  /** Rows after which nothing can change: LIMIT without an order, over rows that are only added. */
  readonly #last: number
  #seen = 0
  #job: Job | undefined

  constructor(workspace: Workspace, plan: PlanNode) {
    const { input, orderBy } = unsorted(plan)
    const { keys, appendOnly } = derive(input)
    this.schema = plan.schema
    this.timeZone = workspace.settings.timezone
    this.orderBy = orderBy
    this.key = keys[0]
    this.#last = firstRows(input)
    this.appendOnly = appendOnly || this.#last < Number.POSITIVE_INFINITY
    this.#workspace = workspace
    this.#plan = input
  }

  async start(onChanges: (changes: readonly ChangeRow[]) => void): Promise<void> {
    const { jobs, relations, settings } = this.#workspace
    const program = this.#workspace.optimised({ sinks: [], views: [{ name: 'result', input: this.#plan, key: [] }] })
    const onError = settings.on_error === 'fail' ? 'fail' : 'dead-letter'
    const job = new Job(program, {
      ...jobOptions(this.#workspace, jobs.freeName('query'), onError),
      openSource: scan => relations.openSource(scan, 'all'),
      onChanges: (_output, rows) => {
        const changes = changeKinds(rows, this.key)
        for (const { weight } of changes) this.#seen += Math.abs(weight)
        onChanges(changes)
      },
    })
    await job.open()
    jobs.add(job)
    this.#job = job
  }

  get ended(): boolean {
    return this.#seen >= this.#last || (this.#job?.engine.ended ?? false)
  }

  status(): ReturnType<Job['status']> | undefined {
    return this.#job?.status()
  }

  async close(): Promise<void> {
    if (this.#job === undefined) return
    await this.#workspace.jobs.drop(this.#job.name)
  }
}

/** A sort of all rows is for who shows them: rows that come later have no place in what was sent. */
function unsorted(plan: PlanNode): { readonly input: PlanNode; readonly orderBy: readonly SortKey[] } {
  const sort = plan.is === 'project' && isPrefix(plan) ? plan.input : plan
  if (sort.is !== 'sort' || sort.limit !== undefined || sort.offset !== undefined) return { input: plan, orderBy: [] }
  return { input: sort.input, orderBy: sort.orderBy }
}

/** Only takes columns off the end: those that were there to sort by. */
const isPrefix = ({ expressions }: Extract<PlanNode, { is: 'project' }>): boolean =>
  expressions.every((expression, at) => expression.is === 'column' && expression.index === at)

function firstRows(plan: PlanNode): number {
  const byArrival = plan.is === 'rank' && plan.partitionBy.length === 0 && plan.orderBy.length === 0
  if (!byArrival || plan.function !== 'row_number' || !derive(plan.input).appendOnly) return Number.POSITIVE_INFINITY
  return plan.to - plan.from + 1
}
