import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { errorTable } from '../packages/streamdown/src/errors/table.ts'
import { pages } from '../scripts/docs/pages.ts'

const written = (name: string): string => readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8')

for (const { name, make } of pages) {
  test(`docs/${name} is current`, async () => {
    assert.equal(written(name), await make(), 'run `npm run docs` and commit what it writes')
  })
}

test('docs/errors.md and the table of errors have the same codes', () => {
  const inDocs = [...written('errors.md').matchAll(/<\/a>(DSD\d{4}) /g)].map(match => match[1])
  assert.deepEqual(inDocs, Object.keys(errorTable).sort())
})
