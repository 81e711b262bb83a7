// Everything about the source that can be said without running it: format and lint, types, public exports.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './stamp.mjs'

const steps = [
  ['format and lint', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  ['types', 'node_modules/typescript/bin/tsc', '--pretty', 'false'],
  ['exports', 'scripts/check-exports.mjs'],
]

const failed = steps.filter(([, script, ...rest]) => {
  return spawnSync(process.execPath, [join(root, script), ...rest], { cwd: root, stdio: 'inherit' }).status !== 0
})
for (const [name] of steps) console.log(`check: ${name} ${failed.some(([other]) => other === name) ? 'FAILED' : 'ok'}`)
process.exit(failed.length > 0 ? 1 : 0)
