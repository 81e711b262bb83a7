import { explainTree } from '../src/plan/explain/explain.ts'
import type { PlanNode } from '../src/plan/nodes/node.ts'
import { optimise } from '../src/plan/optimise/optimise.ts'
import { applyToCatalog } from '../src/sql/apply.ts'
import { bindStatement } from '../src/sql/bind/bind.ts'
import type { BoundStatement } from '../src/sql/bind/statement.ts'
import { Catalog } from '../src/sql/catalog.ts'
import { parseStatements } from '../src/sql/parse/parse.ts'
import { type Dialect, settingsOf } from '../src/sql/settings.ts'

export interface Setup {
  readonly dialect?: Dialect
  readonly settings?: Readonly<Record<string, string>>
  /** Statements that are bound and carried out before. */
  readonly before?: string
}

/** Binds all statements of a text, CREATE and DROP carried out in a catalog of their own; the last one bound. */
export function bound(text: string, { dialect = 'flink', settings = {}, before = '' }: Setup = {}): BoundStatement {
  const catalog = new Catalog()
  let last: BoundStatement | undefined
  for (const source of [before, text]) {
    for (const { statement } of parseStatements(source)) {
      last = bindStatement(statement, catalog, settingsOf(dialect, settings), { text: source })
      applyToCatalog(catalog, last)
    }
  }
  if (last === undefined) throw new RangeError('no statement')
  return last
}

export function planOf(statement: BoundStatement): PlanNode {
  switch (statement.is) {
    case 'select':
    case 'insert':
    case 'update':
    case 'delete':
      return statement.plan
    case 'createView':
    case 'createMaterializedView':
      return statement.view.plan
    default:
      throw new RangeError(`${statement.is} has no plan`)
  }
}

/** The plan as explain shows it, optimised. */
export function explained(text: string, setup: Setup = {}): string {
  const tree = explainTree([{ title: '', node: optimise(planOf(bound(text, setup))) }])
  return tree.replace(/^\n {2}/, '').replaceAll('\n  ', '\n')
}
