import { type ConnectorOf, guaranteeLines } from '../../connect/guarantees.ts'
import { StreamdownError } from '../../errors/error.ts'
import { explainMermaid, explainTree, programRoots } from '../../plan/explain/explain.ts'
import type { Program } from '../../plan/program.ts'
import type { BoundStatement } from '../../sql/bind/statement.ts'
import type { StatementResult } from '../session.ts'
import { rows, text } from './results.ts'

/** EXPLAIN: the plan as it runs, a line a row. */
export function explainRows(
  { statement, details }: Extract<BoundStatement, { is: 'explain' }>,
  optimise: (program: Program) => Program,
  connectorOf: ConnectorOf,
  memory: readonly string[],
): StatementResult {
  const program = programOf(statement)
  const roots = programRoots(details.includes('LOGICAL') ? program : optimise(program))
  const mermaid = details.includes('MERMAID')
  const plan = mermaid ? explainMermaid(roots) : explainTree(roots)
  const lines = [
    ...plan.trimEnd().split('\n'),
    ...(mermaid ? [] : [...guaranteeLines(program, connectorOf), ...memory]),
  ]
  return rows(
    [text('plan')],
    lines.map(line => [line]),
  )
}

/** What a statement runs. */
export function programOf(statement: BoundStatement): Program {
  switch (statement.is) {
    case 'select':
      return { sinks: [], views: [{ name: 'result', input: statement.plan, key: [] }] }
    case 'insert':
    case 'copy':
      return { sinks: [statement.sink], views: [] }
    case 'createSink':
      return { sinks: [statement.insert.sink], views: [] }
    case 'statementSet':
      return { sinks: statement.inserts.map(({ sink }) => sink), views: [] }
    case 'createView':
    case 'createMaterializedView':
      return { sinks: [], views: [{ name: statement.view.name, input: statement.view.plan, key: [] }] }
    case 'update':
    case 'delete':
      return { sinks: [], views: [{ name: statement.table.name, input: statement.plan, key: [] }] }
    default:
      throw new StreamdownError(
        'DSD2006',
        `EXPLAIN takes a query, INSERT, COPY, UPDATE, DELETE, CREATE VIEW or CREATE SINK, not ${statement.is}.`,
      )
  }
}
