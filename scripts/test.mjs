// Unit tests, then the conformance cases, and queries drawn from SQLite's corpus where it is. Arguments narrow the unit tests: npm test -- packages/streamdown/src/sql
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './stamp.mjs'

const wanted = process.argv.slice(2)
const patterns =
  wanted.length > 0
    ? wanted.map(path => (existsSync(path) && statSync(path).isDirectory() ? `${path}/**/*.test.ts` : path))
    : ['packages/**/*.test.ts', 'test/**/*.test.ts']

function node(args) {
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1
}

// A test that hangs fails, long before the machine's patience ends.
const TIMEOUT_MS = 10 * 60_000
let failed =
  node(['--test', `--test-timeout=${TIMEOUT_MS}`, '--test-concurrency=2', '--test-reporter=spec', ...patterns]) !== 0
const conformance = 'conformance/run.ts'
if (wanted.length === 0 && existsSync(join(root, conformance))) failed = node([conformance]) !== 0 || failed
const corpus = 'conformance/sqlite/run.ts'
if (wanted.length === 0 && existsSync(join(root, corpus))) failed = node([corpus, '--draw', '3000']) !== 0 || failed
process.exit(failed ? 1 : 0)
