import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assemble } from '../../api/program/assemble.ts'
import { memory, scalarFunction, sql, stream, t, value } from '../../index.ts'
import { check } from '../../plan/check.ts'
import { explainTree, programRoots } from '../../plan/explain/explain.ts'
import { impureNames } from './impure.ts'

test('names of clock, chance and I/O in a source', () => {
  assert.deepEqual(impureNames('o => o.at < Date.now() && Math.random() > 0.5'), ['Date.now', 'Math.random'])
  assert.deepEqual(impureNames('o => new Date( ) > o.at'), ['new Date( )'])
  assert.deepEqual(impureNames('async o => (await fetch(o.url)).ok'), ['fetch()'])
  assert.deepEqual(impureNames('o => new Date(o.at).getTime() + Math.round(o.n) + o.prefetch(1)'), [])
})

test('check names functions whose source reads the clock, draws chance or does I/O', () => {
  const rows = stream(memory(), { schema: t.row({ id: t.int, n: t.int }) })
  const pure = scalarFunction({ takes: [t.int], returns: t.int }, n => n + 1)
  const impure = scalarFunction({ takes: [t.int], returns: t.double }, n => n * Math.random())
  const process = (row: () => undefined) =>
    rows.by('id').process({ state: { n: value(t.int, 0, { ttl: '1 day' }) }, row })
  const codes = (x: object) => {
    const { program } = assemble({ x })
    return check(program.views.map(({ input }) => input)).map(({ code }) => code)
  }
  assert.deepEqual(codes(rows.derive({ m: sql<number>`${pure}(n)` })), [])
  assert.deepEqual(codes(rows.derive({ m: sql<number>`${impure}(n)` })), ['DSC007'])
  assert.deepEqual(codes(rows.where(() => Date.now() > 0)), ['DSC007'])
  assert.deepEqual(codes(process(() => undefined)), [])
  assert.deepEqual(
    codes(
      process(() => {
        void Math.random()
        return undefined
      }),
    ),
    ['DSC007'],
  )
  const text = explainTree(programRoots(assemble({ x: rows.derive({ m: sql<number>`${pure}(n)` }) }).program))
  assert.match(text, /FUNCTION\(n\) AS m/i)
})
