import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const bundled = new Map<string, string>()

/** Runs a script of this folder in a process of its own and reads its last line as JSON. */
export function runChild<T>(script: string, args: readonly string[], flags: readonly string[] = []): T {
  const child = spawnSync(process.execPath, [...flags, bundleOf(script), ...args], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    // Installed code is compiled once and cached, too.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'data-streamdown-compile-cache') },
  })
  if (child.status !== 0) throw new Error(`${script} ${args.join(' ')} failed:\n${child.stderr}${child.stdout}`)
  const line = child.stdout.trim().split('\n').at(-1) ?? ''
  return JSON.parse(line) as T
}

/**
 * The script as the package is published: JavaScript in a few files (scripts/pack.mjs). Finding and stripping hundreds of
 * TypeScript modules is no part of what a user runs. It lies below the dependencies so that their imports resolve.
 */
function bundleOf(script: string): string {
  const known = bundled.get(script)
  if (known !== undefined) return known
  const folder = join(root, 'node_modules/.data-streamdown/bench', basename(script, '.ts'))
  buildSync({
    entryPoints: [fileURLToPath(new URL(script, import.meta.url))],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    packages: 'external',
    minifyWhitespace: true,
    lineLimit: 160,
    logLevel: 'error',
  })
  const path = join(folder, `${basename(script, '.ts')}.mjs`)
  bundled.set(script, path)
  return path
}
