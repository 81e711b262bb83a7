/** How `dsd run` ends a program whose sources do not, in SQL and in TypeScript alike. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dsd } from './command.ts'

const program = (name: string): string => fileURLToPath(new URL(`programs/${name}`, import.meta.url))

/** The rows of all windows: the test may run over the turn of an hour, which closes one. */
const counted = (stdout: string): number =>
  stdout
    .split('\n')
    .filter(line => line !== '')
    .reduce((sum, line) => sum + JSON.parse(line).n, 0)

for (const name of ['endless.sql', 'endless.ts']) {
  test(`${name}: --limit reads so many rows and leaves windows open`, () => {
    const { status, stdout, stderr } = dsd('run', program(name), '--limit', '1234', '--workers', '2')
    assert.equal(status, 0, stderr)
    assert.ok(counted(stdout) < 1234)
    assert.match(stderr, /: 1234 rows in, .*1 window stays open/)
  })

  test(`${name}: --drain closes them, also where the source goes on`, () => {
    const { status, stdout, stderr } = dsd('run', program(name), '--limit', '1234', '--drain')
    assert.equal(status, 0, stderr)
    assert.equal(counted(stdout), 1234)
    assert.doesNotMatch(stderr, /open/)
  })
}
