import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { count, file, memory, run, simulate, stream, sum, t, table } from '../index.ts'

test('a value outside of an enumeration is a dead letter', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'column-checks-'))
  try {
    const path = join(folder, 'in.ndjson')
    const lines = [{ kind: 'auth' }, { kind: 'void' }, { kind: 'refund', maybe: 'x' }, { kind: 'auth', maybe: 'y' }]
    writeFileSync(path, lines.map(line => `${JSON.stringify(line)}\n`).join(''))
    const payments = stream(file(path), {
      schema: t.row({ kind: t.enums('auth', 'refund'), maybe: t.optional(t.enums('x')) }),
    })
    await using app = await run({ kinds: payments.by('kind', 'maybe').aggregate({ n: count() }) })
    await app.$.finished
    assert.deepEqual((await app.kinds.rows()).map(({ kind, maybe, n }) => `${kind} ${maybe} ${n}`).toSorted(), [
      'auth null 1',
      'refund x 1',
    ])
    assert.deepEqual(
      app.$.deadLetters().map(({ code, problem }) => [code, problem]),
      [
        ['DSD5008', "Column 'kind' wants one of 'auth', 'refund', not void."],
        ['DSD5008', "Column 'maybe' wants one of 'x', not y."],
      ],
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

const bounded = z.object({
  id: z.string().min(2).max(3),
  n: z.int().min(1).max(5),
  price: z.number().positive(),
  size: z.enum(['S', 'L']),
})

test('bounds and lengths of a schema hold for every row that is read', () => {
  const rows = stream(memory(), { schema: bounded })
  const program = { rows }
  const sim = simulate(program)
  const good = { id: 'ab', n: 1, price: 0.5, size: 'S' } as const
  sim.push(rows, good, { ...good, id: 'a' }, { ...good, id: 'abcd' }, { ...good, n: 6 }, { ...good, price: 0 })
  sim.push(rows, { ...good, id: 'abc', n: 5 })
  assert.deepEqual(
    sim.rows(rows).map(({ id, n }) => [id, n]),
    [
      ['ab', 1],
      ['abc', 5],
    ],
  )
  assert.deepEqual(
    sim.deadLetters().map(({ code, problem }) => [code, problem]),
    [
      ['DSD5008', "Column 'id' wants at least 2 characters, not a."],
      ['DSD5008', "Column 'id' wants at most 3 characters, not abcd."],
      ['DSD5008', "Column 'n' wants at most 5, not 6."],
      ['DSD5008', "Column 'price' wants more than 0, not 0.0."],
    ],
  )
})

test('a table keeps its key, a stream its event time, Flink SQL its plain columns', () => {
  const users = table(memory(), { schema: z.object({ id: z.string().min(1), age: z.int().min(0) }), key: 'id' })
  const total = users.by('id').aggregate({ ages: sum('age') })
  const sim = simulate({ users, total })
  sim.push(users, { id: 'a', age: 3 }, { id: 'b', age: 4 }).push(users, { id: 'a', age: 5 }, { id: 'b', age: -1 })
  assert.deepEqual(sim.rows(users), [{ id: 'a', age: 5 }])
  assert.deepEqual(sim.rows(total), [{ id: 'a', ages: 5 }])
  assert.doesNotMatch(users.toSQL(), /ERROR|CASE/)
})
