import { StreamdownError } from '../../errors/error.ts'
import type { UserFunction } from '../../functions/user/user-function.ts'
import type { Inquiry, Relation } from '../../plan/nodes/node.ts'
import { type BindContext, contextOf } from '../../sql/bind/context.ts'
import { BindProblem } from '../../sql/bind/problem.ts'
import { Catalog } from '../../sql/catalog.ts'
import { settingsOf } from '../../sql/settings.ts'
import type { Value } from '../../types/value.ts'
import type { Place } from '../draft/place.ts'
import type {
  AggregateRelation,
  ColumnDraft,
  RelationDraft,
  SourceRelation,
  TopRelation,
  WindowedDraft,
} from '../draft/relation-draft.ts'
import type { Lowered } from './lowered.ts'

/** What `explain` says of an arrow. */
export interface ArrowNote {
  readonly place: Place
  readonly source: string
  readonly text: string
}

/** A question as programs see it, and the columns of its answers. */
export interface AskedInquiry {
  readonly inquiry: Inquiry
  readonly question: (values: readonly Value[]) => unknown
  readonly columns: readonly ColumnDraft[]
}

/** The rules of the API: Flink's, except that AVG is a DOUBLE (of DECIMAL a DECIMAL) and SUM of integers a BIGINT. */
const settings = settingsOf('flink', { avg_type: 'double', sum_type: 'bigint' })

/** One program being put together: relations that share a draft share a plan node. */
export class LowerContext {
  readonly bind: BindContext = contextOf(new Catalog(), settings, {}, true)
  readonly lowered = new Map<RelationDraft, Lowered>()
  /** Relations by their source, so that rows can be pushed to them. */
  readonly relations = new Map<SourceRelation, Relation>()
  /** What asks the outside, by lookup or relation: a simulation answers for it. */
  readonly inquiries = new Map<object, AskedInquiry[]>()
  /** The program's own functions, by the names that SQL texts know them under. */
  readonly functions = new Map<UserFunction, string>()
  readonly notes: ArrowNote[] = []
  /** Aggregates and tops over windows by their windows: what the late stream belongs to. */
  readonly overWindows = new Map<WindowedDraft, AggregateRelation | TopRelation>()
  /** Columns of sources that say nothing themselves, found before. */
  readonly inferred: ReadonlyMap<SourceRelation, Relation>

  /** Evaluates every arrow twice and compares; a row that an arrow kept is dead after the call. */
  readonly checksArrows: boolean

  /** Holds the columns of sources to their enumerated values and bounds; SQL for elsewhere does without. */
  readonly enforces: boolean

  constructor(inferred: ReadonlyMap<SourceRelation, Relation> = new Map(), checksArrows = false, enforces = true) {
    this.inferred = inferred
    this.checksArrows = checksArrows
    this.enforces = enforces
  }
}

/** The name of a function of the program's own in SQL text; it is known to the catalog from then on. */
export function functionName({ functions, bind }: LowerContext, of: UserFunction): string {
  const known = functions.get(of)
  if (known !== undefined) return known
  const name = `${of.name.replace(/\W/g, '')}_${functions.size + 1}`
  functions.set(of, name)
  bind.catalog.defineFunction({ is: 'userFunction', name, function: of })
  return name
}

export function noteInquiry({ inquiries }: LowerContext, of: object, asked: AskedInquiry): void {
  inquiries.set(of, [...(inquiries.get(of) ?? []), asked])
}

/** Runs a step of putting together; what is wrong is said with its place in the program. */
export function placed<T>(place: Place, work: () => T): T {
  try {
    return work()
  } catch (problem) {
    if (!(problem instanceof BindProblem)) throw problem
    throw new StreamdownError(problem.code, place === undefined ? problem.message : `${problem.message}\n  at ${place}`)
  }
}
