import { column, columns, literal, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { ChangelogNode, type PlanNode, ProjectNode } from '../../plan/nodes/node.ts'
import { types } from '../../types/data-type.ts'

/** RisingWave's numbers for kinds of changes. */
const numbers = [
  ['+I', 1],
  ['-D', 2],
  ['+U', 3],
  ['-U', 4],
] as const

/** CHANGELOG(TABLE t), CHANGELOG FROM t: the changes of a table as rows, with their kind in `changelog_op`. */
export function changelogOf(input: PlanNode): PlanNode {
  const width = input.schema.length
  const changes = ChangelogNode.create(input)
  const op: Expression = {
    is: 'case',
    branches: numbers.map(([kind, number]) => ({
      when: test('=', column(changes.schema, width), literal(kind, types.string)),
      then: literal(number, types.smallint),
    })),
    type: types.smallint,
    nullable: true,
  }
  return ProjectNode.create(changes, [
    ...columns(input.schema).map(value => ({ name: value.name, value })),
    { name: 'changelog_op', value: op },
  ])
}
