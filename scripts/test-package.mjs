// Tries what a user gets: the tarballs, installed in an empty folder outside this workspace.
//  1. every public subpath can be imported, and its declarations type-check with strict defaults
//  2. every program of examples/readme runs to its end (and prints NAME.expected where that file exists)
//  3. on an older Node the command says in one line what to do
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { npm, packAll } from './pack.mjs'
import { root } from './stamp.mjs'
import { packages } from './workspace.mjs'

const folder = mkdtempSync(join(tmpdir(), 'data-streamdown-package-'))
const readme = join(root, 'examples/readme')
const failures = []

try {
  const tarballs = packAll()
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  npm(['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs], folder)
  importsEverySubpath()
  if (existsSync(readme)) runsReadmeExamples()
  typeChecks()
  refusesOlderNode()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

for (const failure of failures) console.error(`test:package: ${failure}`)
console.log(`test:package: ${failures.length === 0 ? 'ok' : 'FAILED'}`)
process.exit(failures.length === 0 ? 0 : 1)

function importsEverySubpath() {
  const subpaths = packages().flatMap(({ manifest }) =>
    Object.keys(manifest.exports ?? {})
      .filter(subpath => subpath !== './package.json')
      .map(subpath => manifest.name + subpath.slice(1)),
  )
  for (const subpath of subpaths) {
    const result = node(['--input-type=module', '-e', `await import('${subpath}')`])
    report(`import '${subpath}'`, result.status === 0, result)
  }
  writeFileSync(
    join(folder, 'subpaths.ts'),
    subpaths.map((subpath, index) => `export * as module${index} from '${subpath}'\n`).join(''),
  )
}

function runsReadmeExamples() {
  cpSync(readme, folder, { recursive: true })
  const command = join(folder, 'node_modules/data-streamdown/bin/data-streamdown.js')
  for (const file of readdirSync(readme).filter(name => /\.(sql|ts)$/.test(name))) {
    const result = node([command, 'run', file])
    const expected = join(readme, file.replace(/\.(sql|ts)$/, '.expected'))
    const right = !existsSync(expected) || result.stdout === readFileSync(expected, 'utf8')
    report(`data-streamdown run ${basename(file)}`, result.status === 0 && right, result)
  }
}

function typeChecks() {
  const options = {
    strict: true,
    noEmit: true,
    target: 'esnext',
    module: 'nodenext',
    allowImportingTsExtensions: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }))
  const result = node([join(root, 'node_modules/typescript/bin/tsc'), '--pretty', 'false'])
  report('type check of an installed package', result.status === 0, result)
}

function refusesOlderNode() {
  const command = join(folder, 'node_modules/data-streamdown/bin/data-streamdown.js')
  const pretend = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })"
  const refused = [['pretended Node 20', node(['--import', `data:text/javascript,${pretend}`, command, '--version'])]]
  const older = olderNode()
  if (older !== undefined) refused.push([older, spawnSync(older, [command, '--version'], { encoding: 'utf8' })])
  for (const [name, result] of refused) {
    const oneLine = result.stdout === '' && /^[^\n]*needs Node\.js 24 or newer[^\n]*\n$/.test(result.stderr)
    report(`one line on an older Node (${name})`, result.status === 1 && oneLine, result)
  }
}

/** A Node below 24 on the PATH of this machine, if there is one. */
function olderNode() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map(path => join(path, 'node'))
    .filter(path => existsSync(path))
    .find(path => /^v(\d|1\d|2[0-3])\./.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? ''))
}

function node(args) {
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', timeout: 120_000 })
}

function report(what, passed, result) {
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${what}`)
  if (!passed) failures.push(`${what}\n${result.stdout}${result.stderr}${result.error ?? ''}`)
}
