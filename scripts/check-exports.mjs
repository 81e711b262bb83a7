// Every public subpath of every package is one TypeScript file that opens with a comment tagged @module.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packages } from './workspace.mjs'

const problems = []

for (const { folder, manifest } of packages()) {
  for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
    if (subpath === './package.json') continue
    const place = `${manifest.name}, exports "${subpath}"`
    if (typeof target !== 'string' || !/^\.\/src\/.*\.ts$/.test(target)) {
      problems.push(`${place}: must name one file, ./src/*.ts`)
    } else if (!existsSync(join(folder, target))) {
      problems.push(`${place}: ${target} does not exist`)
    } else if (!/^\/\*\*(?:(?!\*\/)[\s\S])*@module\b/.test(readFileSync(join(folder, target), 'utf8'))) {
      problems.push(`${place}: ${target} does not open with a /** comment tagged @module */`)
    }
  }
  for (const target of [...Object.values(manifest.bin ?? {}), ...Object.values(manifest.imports ?? {})]) {
    if (!existsSync(join(folder, target))) problems.push(`${manifest.name}: ${target} does not exist`)
  }
}

for (const problem of problems) console.error(problem)
process.exit(problems.length > 0 ? 1 : 0)
