/** README.md shows the example files as they are, and they print what is committed beside them. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const place = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))
const examples = readdirSync(place('examples/readme')).filter(name => /\.(sql|ts)$/.test(name))
const readme = readFileSync(place('README.md'), 'utf8')

for (const name of examples) {
  const text = readFileSync(place(`examples/readme/${name}`), 'utf8')

  test(`README.md shows examples/readme/${name} as it is`, () => {
    assert.ok(readme.includes(`\`\`\`${name.split('.').at(-1)}\n${text}\`\`\`\n`))
  })

  test(`examples/readme/${name} prints what is beside it`, () => {
    const command = `npx dsd run ${name}`
    assert.ok(readme.includes(`\n${command}\n`), 'README.md says how')
    const run = spawnSync(command, { cwd: place('examples/readme'), encoding: 'utf8', shell: true })
    assert.equal(run.status, 0, run.stderr)
    assert.equal(run.stdout, readFileSync(place(`examples/readme/${name.replace(/\.\w+$/, '.expected')}`), 'utf8'))
  })
}
