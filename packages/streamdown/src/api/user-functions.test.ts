import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  aggregateFunction,
  memory,
  query,
  scalarFunction,
  simulate,
  sql,
  stream,
  t,
  table,
  tableFunction,
} from '../index.ts'

const lines = stream(memory(), { schema: t.row({ id: t.int, text: t.optional(t.string), n: t.int }) })

const grade = scalarFunction({ takes: [t.int, t.optional(t.string)], returns: t.string }, (n, text) => {
  if (n === 13) throw new Error('unlucky')
  return `${n > 10 ? 'A' : 'B'}${text ?? '?'}`
})
const length = scalarFunction({ takes: [t.string], returns: t.int }, text => text.length)
const words = tableFunction({ takes: [t.string], returns: t.row({ word: t.string, place: t.int }) }, function* (text) {
  for (const [place, word] of text.split(' ').entries()) yield { word, place }
})
const product = aggregateFunction({
  takes: [t.int],
  returns: t.bigint,
  state: () => ({ product: 1n }),
  accumulate(state, n) {
    state.product *= BigInt(n)
  },
  finish: ({ product }) => product,
})

test('functions of the program in SQL fragments and queries', () => {
  const program = {
    graded: lines.derive({ grade: sql<string>`${grade}(n + ${1}, text)`, length: sql<number | null>`${length}(text)` }),
    words: query<{ id: number; word: string }>`
      SELECT l.id, w.word FROM ${lines} AS l CROSS JOIN LATERAL TABLE(${words}(l.text)) AS w WHERE w.place < 2`,
    products: query<{
      even: boolean
      p: bigint
    }>`SELECT id % 2 = 0 AS even, ${product}(n) AS p FROM ${lines} GROUP BY id % 2 = 0`,
  }
  const sim = simulate(program, { workers: 2 })
  sim.push(lines, { id: 1, text: 'a b c', n: 10 }, { id: 2, text: null, n: 3 }, { id: 3, text: 'd', n: 12 })
  assert.deepEqual(
    sim.rows(program.graded).map(row => [row.id, row.grade, row.length]),
    [
      [1, 'Aa b c', 5],
      [2, 'B?', null],
    ],
  )
  assert.deepEqual(
    sim.deadLetters().map(({ code, problem }) => [code, problem]),
    [['DSD4007', 'column "grade": unlucky']],
  )
  assert.deepEqual(
    sim
      .rows(program.words)
      .map(({ id, word }) => `${id} ${word}`)
      .toSorted(),
    ['1 a', '1 b', '3 d'],
  )
  assert.deepEqual(
    sim
      .rows(program.products)
      .map(({ even, p }) => [even, p])
      .toSorted(),
    [
      [false, 120n],
      [true, 3n],
    ],
  )
})

test('an aggregate of rows that change is computed again from those that are left', () => {
  const stock = table(memory(), { schema: t.row({ id: t.int, n: t.int }), key: 'id' })
  const program = { all: query<{ p: bigint }>`SELECT ${product}(n) AS p FROM ${stock}` }
  const sim = simulate(program)
  sim.push(stock, { id: 1, n: 2 }, { id: 2, n: 5 }, { id: 3, n: 7 })
  assert.deepEqual(sim.rows(program.all), [{ p: 70n }])
  sim.remove(stock, { id: 2 }).push(stock, { id: 3, n: 11 })
  assert.deepEqual(sim.restart().rows(program.all), [{ p: 22n }])
})

test('a function stands before its arguments only', () => {
  // @ts-expect-error a function is no condition
  assert.throws(() => simulate({ x: lines.where(grade) }))
})
