import type { Report } from './campaign.ts'

/** Of a hundred queries DuckDB may leave so many unanswered. */
const UNANSWERED_PERCENT = 5

export const summary = ({ queries, unanswered, compared, late, retracted, nulls, failures }: Report): string =>
  `${queries} queries (${unanswered.length} that DuckDB does not answer), ${compared} rows of results compared; ` +
  `inputs: ${late} rows late, ${retracted} retracted, ${nulls} values NULL; ${failures.length} differences`

/** Why a campaign has failed: differences, or that it has not seen what it is there for. */
export function problemsOf({ queries, unanswered, late, retracted, nulls, failures }: Report): readonly string[] {
  const problems = failures.length > 0 ? [`${failures.length} queries differ from DuckDB`] : []
  if (late === 0) problems.push('no row was late')
  if (retracted === 0) problems.push('no row was retracted')
  if (nulls === 0) problems.push('no value was NULL')
  if (unanswered.length * 100 > queries * UNANSWERED_PERCENT)
    problems.push(`DuckDB leaves too many queries unanswered: ${unanswered.join('\n')}`)
  return problems
}
