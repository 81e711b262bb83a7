import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeDirectory } from './directories.ts'

test('directories on the way are made, together by many; a file in the way is said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'directories-'))
  try {
    await Promise.all([1, 2, 3].map(() => makeDirectory(join(folder, 'a/b/c'))))
    assert.ok(statSync(join(folder, 'a/b/c')).isDirectory())
    writeFileSync(join(folder, 'file'), '')
    await assert.rejects(makeDirectory(join(folder, 'file')), { code: 'ENOTDIR' })
    await assert.rejects(makeDirectory(join(folder, 'file/below')), { code: 'ENOTDIR' })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('where nothing can be made it fails, and does not try for ever', async () => {
  const place = existsSync('/proc/self') ? '/proc/none/below' : '/dev/null/below'
  await assert.rejects(makeDirectory(place), { code: /ENOENT|ENOTDIR/ })
})
