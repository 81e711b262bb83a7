/** What toSQL writes is taken, and answered alike, by Apache Flink's own planner and runtime. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { Decimal, StreamdownError, Timestamp } from '../../packages/streamdown/src/index.ts'
import { exampleRelations } from './examples.ts'
import { askFlink, flinkMissing } from './flink.ts'
import { orderRows, programsOver, shipmentRows } from './programs.ts'

const root = resolve(import.meta.dirname, '../..')
const missing = flinkMissing()
const lines = (rows: readonly object[]): string => rows.map(row => `${JSON.stringify(row)}\n`).join('')

/** A value as Java prints it, numbers apart: those are compared as numbers. */
function javaText(value: unknown): string {
  if (value instanceof Timestamp)
    return value
      .toISOString()
      .replace(/Z$/, '')
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '')
      .replace(/:00$/, '')
  if (value instanceof Decimal) return value.toString()
  if (value !== null && typeof value === 'object') return `+I[${Object.values(value).map(javaText).join(', ')}]`
  return String(value)
}

const sorted = (rows: readonly (readonly string[])[]) =>
  rows
    .map(row => row.map(text => (Number.isNaN(Number(text)) || text === '' ? text : String(Number(text)))))
    .toSorted((a, b) => (a.join('|') < b.join('|') ? -1 : 1))

test('programs over files have the same rows on Flink', async t => {
  if (missing !== undefined) return t.skip(missing)
  const folder = mkdtempSync(join(tmpdir(), 'data-streamdown-flink-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'orders.ndjson'), lines(orderRows))
  writeFileSync(join(folder, 'shipments.ndjson'), lines(shipmentRows))
  const programs = Object.entries(programsOver(join(folder, 'orders.ndjson'), join(folder, 'shipments.ndjson')))
  const answers = askFlink(programs.map(([, relation]) => ({ does: 'run', sql: relation.toSQL() })))
  for (const [at, [name, relation]] of programs.entries()) {
    await t.test(name, async () => {
      const answer = answers[at]
      assert.ok(answer !== undefined)
      if (answer.is === 'error') assert.fail(`${answer.message}\n${relation.toSQL()}`)
      const ours = (await relation.collect()).map(row => Object.values(row as object).map(javaText))
      assert.deepEqual(sorted(answer.rows), sorted(ours))
    })
  }
})

/** Flink has no connector like those of this process: rows of any schema come from its generator. */
const fromGenerator = (sql: string): string =>
  sql.replace(/WITH \(\n {2}'connector'[^)]*\)/g, "WITH ('connector' = 'datagen', 'number-of-rows' = '1')")

test('Flink plans the example programs', async t => {
  if (missing !== undefined) return t.skip(missing)
  const folder = join(root, 'out', `flink-examples-${process.pid}`)
  t.after(() => rmSync(folder, { recursive: true }))
  const texts = (await exampleRelations(folder)).flatMap(([name, relation]) => {
    try {
      return [{ name, sql: fromGenerator(relation.toSQL()) }]
    } catch (error) {
      if (!(error instanceof StreamdownError) || error.code !== 'DSD5011') throw error
      t.diagnostic(`${name}: ${error.message.split('\n')[0]}`)
      return []
    }
  })
  const answers = askFlink(texts.map(({ sql }) => ({ does: 'plan', sql })))
  for (const [at, { name, sql }] of texts.entries()) {
    await t.test(name, () => {
      const answer = answers[at]
      if (answer?.is !== 'ok') assert.fail(`${answer?.message}\n${sql}`)
    })
  }
})
