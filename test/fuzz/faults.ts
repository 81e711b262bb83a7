/**
 * Wrong operators, to see whether the queries that are drawn find them. A fault is a change to a source file that is made
 * while the file is loaded (`plant.ts`): the engine knows nothing of it, and nobody can switch one on from outside.
 */
export interface Fault {
  readonly name: string
  /** Below packages/streamdown/src. */
  readonly file: string
  /** Stands in the file exactly once. */
  readonly from: string
  readonly to: string
}

export const faults: readonly Fault[] = [
  {
    name: 'a join loses retractions',
    file: 'run/operators/join/join.ts',
    from: 'const bounded = this.#watermarks.bound(memory, side, batch)',
    to: `if (batch.weights !== 0 && memory.i32(batch.weights, batch.rows).every(weight => weight < 0)) return
      const bounded = this.#watermarks.bound(memory, side, batch)`,
  },
  {
    name: 'an outer join does not take back the row without a match',
    file: 'run/operators/join/join.ts',
    from: `if (!this.#showsAtEnd) this.#rows.emitStored(input, batch, pairs, matched, false, out)
      this.#rows.emitJoined`,
    to: 'this.#rows.emitJoined',
  },
  {
    name: 'NULL equals NULL in a join',
    file: 'run/operators/join/join.ts',
    from: 'this.#nullRefused = keys.map(key => !key.nullsMatch)',
    to: 'this.#nullRefused = keys.map(() => false)',
  },
  {
    name: 'NOT IN does not mind NULLs',
    file: 'sql/bind/subqueries.ts',
    from: "{ when: test('or', test('is_null', value), hasNull), then: literal(null, types.boolean) }",
    to: "{ when: test('or', test('is_null', value), hasNull), then: literal(false, types.boolean) }",
  },
  {
    name: 'MIN and MAX keep values that are gone',
    file: 'run/operators/aggregate/aggregate-value-set.ts',
    from: 'this.table.remove(gone, ',
    to: 'void [gone].concat(',
  },
  {
    name: 'DISTINCT counts a value each time',
    file: 'run/operators/aggregate/aggregate-distinct.ts',
    from: 'mask: 0, weights: partOf(member)',
    to: 'mask: 0, weights: picked.weights',
  },
  {
    name: 'AVG of integers cuts off the fraction',
    file: 'run/operators/aggregate/aggregate-finish.ts',
    from: 'const scaled = sum * 10n ** BigInt(scale)',
    to: 'const scaled = (sum / count) * count * 10n ** BigInt(scale)',
  },
  {
    name: 'a window ends a microsecond later',
    file: 'sql/bind/windows.ts',
    from: "return { kind: 'tumble', size: length('SIZE'), offset }",
    to: "return { kind: 'tumble', size: length('SIZE') + 1n, offset }",
  },
  {
    name: 'late rows count',
    file: 'run/operators/aggregate/window-aggregate.ts',
    from: 'agg_on_time(ends.data, rows, lateness,',
    to: 'agg_on_time(ends.data, rows, lateness + 3_600_000_000n,',
  },
  {
    name: 'rows that tie have different ranks',
    file: 'run/operators/rank/rank-store.ts',
    from: 'numbering.next(weight, groups?.[pair] ?? -1)',
    to: 'numbering.next(weight, pair)',
  },
  {
    name: 'UNION ALL drops rows that are there already',
    file: 'sql/bind/set-operations.ts',
    from: 'return operation.all ? union : distinct(context, union)',
    to: 'return distinct(context, union)',
  },
  {
    name: 'a condition that is NULL holds',
    file: 'run/build.ts',
    from: 'const condition = shared ? undefined : filter?.condition',
    to: `const held = shared ? undefined : filter?.condition
    const condition: Expression | undefined =
      held === undefined ? undefined : { is: 'call', name: 'is_not_false', args: [held], type: held.type, nullable: false }`,
  },
  {
    name: 'a restore forgets a table',
    file: 'run/operators/state-of.ts',
    from: 'for (const table of tables) {\n    const saved',
    to: 'for (const table of tables.length > 1 ? tables.slice(0, -1) : tables) {\n    const saved',
  },
]
