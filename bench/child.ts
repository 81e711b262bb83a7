import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Runs a script of this folder in a process of its own and reads its last line as JSON. */
export function runChild<T>(script: string, args: readonly string[], flags: readonly string[] = []): T {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const child = spawnSync(process.execPath, [...flags, path, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    // The package is compiled JavaScript; here the sources are TypeScript, and stripping types anew is no part of a run.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'data-streamdown-compile-cache') },
  })
  if (child.status !== 0) throw new Error(`${script} ${args.join(' ')} failed:\n${child.stderr}${child.stdout}`)
  const line = child.stdout.trim().split('\n').at(-1) ?? ''
  return JSON.parse(line) as T
}
