import { all } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { joinOn, overJoin } from '../../plan/joins.ts'
import { AsyncNode, type Inquiry, type PlanNode, type ScanNode } from '../../plan/nodes/node.ts'
import { valueKey } from '../../types/value-key.ts'
import type { Hint, Span } from '../parse/ast.ts'
import type { LookupTable } from './context.ts'
import { durationMicros } from './literals.ts'
import { fail } from './problem.ts'

interface LookupParts {
  readonly kind: 'inner' | 'left'
  readonly left: PlanNode
  readonly right: ScanNode
  readonly condition: Expression | undefined
  /** Names by which a hint may mean this table. */
  readonly names: readonly string[]
  readonly hints: readonly Hint[]
  readonly at: Span
}

/** A join with a table that is asked outside: its equalities are the question, all else is tested on the answer. */
export function lookupJoin(
  table: LookupTable,
  { kind, left, right, condition, names, hints, at }: LookupParts,
): PlanNode {
  return overJoin(joinOn(kind, left, right, condition), join => {
    const { keys } = join
    if (keys.length === 0 || join.right !== right || keys.some(key => key.nullsMatch))
      return fail(
        'DSD2006',
        `${right.relation.name} is looked up by equalities with its plain columns; CAST the other side.`,
        at,
      )
    const columns = keys.map(key => key.right)
    const { inquiry, ordered } = table.create(right.relation, columns)
    const hinted = hintOf(hints, names)
    const matching = onlyEqual(inquiry.ask, columns)
    return AsyncNode.create(join.left, {
      asks: keys.map(key => key.left),
      inquiry: { ...inquiry, ...hintedInquiry(inquiry, hinted), ask: matching },
      answers: right.schema,
      single: right.relation.primaryKey.length > 0 && right.relation.primaryKey.every(one => columns.includes(one)),
      keeps: true,
      outer: kind === 'left',
      ...(join.condition === undefined ? {} : { condition: all([join.condition]) }),
      ordered: hinted['output-mode'] === undefined ? ordered : hinted['output-mode'].toLowerCase() === 'ordered',
      name: `lookup of ${right.relation.name}`,
    })
  })
}

/** What the outside gives besides is left out. */
function onlyEqual(ask: Inquiry['ask'], columns: readonly number[]): Inquiry['ask'] {
  return async (questions, signal) => {
    const answers = await ask(questions, signal)
    return answers.map((rows, at) =>
      rows.filter(row =>
        columns.every((column, i) => valueKey(row[column] ?? null) === valueKey(questions[at]?.[i] ?? null)),
      ),
    )
  }
}

/** The options of `LOOKUP('table' = 'c', ...)` for one of these names. */
function hintOf(hints: readonly Hint[], names: readonly string[]): Readonly<Record<string, string>> {
  for (const { name, args } of hints) {
    if (name.toUpperCase() !== 'LOOKUP') continue
    const options = Object.fromEntries(args.flatMap(({ key, value }) => (key === undefined ? [] : [[key, value]])))
    if (names.some(one => one.toLowerCase() === options['table']?.toLowerCase())) return options
  }
  return {}
}

function hintedInquiry(inquiry: Inquiry, hint: Readonly<Record<string, string>>): Partial<Inquiry> {
  const timeout = durationMicros(hint['timeout'] ?? '')
  const capacity = Number(hint['capacity'])
  const delay = durationMicros(hint['fixed-delay'] ?? '') ?? inquiry.retry.delay
  const attempts = hint['max-attempts'] === undefined ? inquiry.retry.attempts : Number(hint['max-attempts'])
  return {
    ...(timeout === undefined ? {} : { timeout }),
    ...(capacity > 0 ? { concurrency: capacity } : {}),
    retry: { attempts, delay, onMiss: hint['retry-predicate'] === 'lookup_miss' },
  }
}
