import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { apiPrograms } from '../api-examples/programs.ts'

const here = dirname(fileURLToPath(import.meta.url))
const root = resolve(here, '../..')

/** Every TypeScript file of a folder must compile, and every `@ts-expect-error` in it be needed. */
function check(folder: string, exactOptionalPropertyTypes: boolean): void {
  // Inside the workspace, so that the programs' own imports (zod, valibot, arktype) are found.
  const work = join(root, 'out', `api-types-${process.pid}-${exactOptionalPropertyTypes}`)
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  try {
    cpSync(folder, join(work, 'programs'), { recursive: true, filter: path => !path.includes('node_modules') })
    const config = {
      extends: relative(work, join(root, 'tsconfig.json')),
      compilerOptions: {
        paths: { 'data-streamdown': [relative(work, join(here, 'connectors.ts'))] },
        exactOptionalPropertyTypes,
        rewriteRelativeImportExtensions: false,
        noUnusedLocals: false,
        noUnusedParameters: false,
      },
      include: ['programs/**/*.ts'],
      files: [relative(work, join(root, 'packages/streamdown/src/kernels/webassembly.d.ts'))],
      exclude: [],
    }
    writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(root, 'node_modules/.bin/tsc')
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', work, '--pretty', 'false'], { encoding: 'utf8' })
    const found = (stdout + stderr).split('\n').filter(line => line.includes('programs/'))
    assert.deepEqual(found, [])
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

for (const exact of [true, false]) {
  const how = exact ? 'exact optional properties' : 'usual optional properties'

  test(`programs get the rows, keys and modes they say; wrong ones are refused (${how})`, () =>
    check(join(here, 'programs'), exact))

  test(`the example programs compile and every refusal in them is one (${how})`, () => check(apiPrograms, exact))
}
