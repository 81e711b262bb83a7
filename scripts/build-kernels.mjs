// Compiles packages/streamdown/kernels (AssemblyScript) to one WebAssembly module and writes it twice:
// as kernels.wasm, for looking at, and as a TypeScript module that any platform can import.
// Plain JavaScript without dependencies: scripts/prepare.mjs calls it on any Node >= 20.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { hashOf, readStamp, root, writeStamp } from './stamp.mjs'

const sources = join(root, 'packages/streamdown/kernels')
const outputs = join(root, 'packages/streamdown/src/kernels')
const wasm = join(outputs, 'kernels.wasm')
const module = join(outputs, 'kernels.generated.ts')

const flags = '-O3 --noAssert --runtime stub --importMemory --enable simd'.split(' ')

function kernelsHash() {
  const files = readdirSync(sources, { recursive: true })
    .filter(file => file.endsWith('.ts'))
    .sort()
    .flatMap(file => [file, readFileSync(join(sources, file))])
  const lock = readFileSync(join(root, 'package.json'), 'utf8').match(/"assemblyscript": "(.*)"/)
  return hashOf([...files, readFileSync(fileURLToPath(import.meta.url)), lock?.[1] ?? ''])
}

/** Builds when a source, a flag or the compiler changed since the last build. */
export function buildKernels({ force }) {
  const hash = kernelsHash()
  if (!force && readStamp('kernels') === hash && existsSync(wasm) && existsSync(module)) return
  mkdirSync(outputs, { recursive: true })
  const started = performance.now()
  const temporary = join(outputs, `kernels.${process.pid}.tmp`)
  const asc = join(root, 'node_modules/assemblyscript/bin/asc.js')
  const result = spawnSync(
    process.execPath,
    [asc, relative(root, join(sources, 'index.ts')), '-o', temporary, ...flags],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  if (result.status !== 0) {
    rmSync(temporary, { force: true })
    throw new Error('the kernels do not compile (packages/streamdown/kernels), see the messages above')
  }
  const bytes = readFileSync(temporary)
  // Renaming makes each file appear whole: several commands may build at the same time.
  renameSync(temporary, wasm)
  writeFileSync(temporary, generatedModule(bytes))
  renameSync(temporary, module)
  writeStamp('kernels', hash)
  console.log(`kernels: ${bytes.length} bytes in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

function generatedModule(bytes) {
  return [
    '// Made by scripts/build-kernels.mjs from packages/streamdown/kernels.',
    '/** The WebAssembly module of all kernels, base64. */',
    `export const kernelsBase64: string = '${bytes.toString('base64')}'`,
    '',
  ].join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    buildKernels({ force: true })
  } catch (error) {
    console.error(`kernels: ${error.message}`)
    process.exit(1)
  }
}
