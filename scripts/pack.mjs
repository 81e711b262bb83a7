// Makes the tarballs that are published: JavaScript and declarations emitted by tsc, and a package.json whose paths
// point at them. (In the workspace the paths point at the TypeScript sources; Node runs no TypeScript in node_modules.)
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { root } from './stamp.mjs'
import { packages } from './workspace.mjs'

const staging = join(root, '.pack')

/** Writes one tarball per package below .pack and returns their paths. */
export function packAll() {
  rmSync(staging, { recursive: true, force: true })
  return packages().map(({ folder, manifest }) => packOne(folder, manifest))
}

function packOne(folder, manifest) {
  const target = join(staging, basename(folder))
  mkdirSync(target, { recursive: true })
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(
    process.execPath,
    [tsc, '-p', join(folder, 'tsconfig.build.json'), '--outDir', join(target, 'dist'), '--pretty', 'false'],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  )
  bundle(join(target, 'dist'), manifest)
  if (existsSync(join(folder, 'bin'))) cpSync(join(folder, 'bin'), join(target, 'bin'), { recursive: true })
  for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) {
    const own = join(folder, file)
    copyFileSync(existsSync(own) ? own : join(root, file), join(target, file))
  }
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(published(manifest), null, 2)}\n`)
  const output = npm(['pack', '--json', '--loglevel=error', '--pack-destination', staging], target)
  return join(staging, tarballName(JSON.parse(output)))
}

/**
 * The hundreds of emitted modules become a few: Node spends most of a short program's time on finding and reading them.
 * The declarations stay as tsc wrote them. Dependencies stay imports; a devDependency that the sources import, because
 * every start needs it, goes into the bundle.
 */
function bundle(dist, manifest) {
  const entries = [...Object.values(manifest.exports), ...Object.values(manifest.imports ?? {})]
  const scripts = entries.filter(path => path.endsWith('.ts')).map(path => join(dist, '..', emitted(path)))
  const bundled = `${dist}-bundled`
  buildSync({
    entryPoints: scripts,
    outdir: bundled,
    outbase: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: Object.keys(manifest.dependencies ?? {}),
    // A name that two modules have gets a number in stacks. To keep it (keepNames) costs a call for every function that
    // is made: a twentieth of a short start, and of every small query.
    minifyWhitespace: true,
    lineLimit: 160,
    logLevel: 'error',
  })
  for (const file of readdirSync(dist, { recursive: true })) {
    if (file.endsWith('.js') || file.endsWith('.js.map')) rmSync(join(dist, file))
  }
  cpSync(bundled, dist, { recursive: true })
  rmSync(bundled, { recursive: true })
}

/** npm prints a list of packed packages, and from version 12 on an object keyed by name. */
function tarballName(report) {
  const [first] = Array.isArray(report) ? report : Object.values(report)
  return first.filename
}

function published(manifest) {
  const { devDependencies: _, ...rest } = manifest
  return {
    ...rest,
    exports: mapValues(manifest.exports, publishedExport),
    imports: mapValues(manifest.imports, emitted),
  }
}

function publishedExport(path) {
  const script = emitted(path)
  return script === path ? path : { types: script.replace(/\.js$/, '.d.ts'), default: script }
}

function emitted(path) {
  return path.replace(/^\.\/src\/(.*)\.ts$/, './dist/$1.js')
}

function mapValues(record, change) {
  return record && Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}

/** Runs npm and returns what it prints. */
export function npm(args, cwd) {
  const script = process.env.npm_execpath
  const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []]
  return execFileSync(command, [...first, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const tarball of packAll()) console.log(tarball)
}
