// Brings node_modules to what package-lock.json says, then the kernels to their sources.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildKernels } from './build-kernels.mjs'
import { hashOf, readStamp, root, writeStamp } from './stamp.mjs'

export function prepare() {
  installWhenNeeded()
  buildKernels({ force: false })
}

function installWhenNeeded() {
  const hash = hashOf([readFileSync(join(root, 'package-lock.json'))])
  if (readStamp('install') === hash) return
  if (!installedEqualsLock()) {
    console.log('prepare: npm ci (node_modules is missing or older than package-lock.json)')
    // Warnings are silenced: on Node < 24 npm would warn about every package that wants the Node it is installing.
    const command = ['ci', '--loglevel=error']
    const npm = process.env.npm_execpath
    const result = npm?.endsWith('.js')
      ? spawnSync(process.execPath, [npm, ...command], { cwd: root, stdio: 'inherit' })
      : spawnSync('npm', command, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
    if (result.status !== 0) throw new Error('npm ci failed, see the messages above')
  }
  const node = join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  if (!existsSync(node)) {
    throw new Error('the package "node" has no binary: its install script did not run (is ignore-scripts set?)')
  }
  writeStamp('install', hash)
}

/** True when node_modules already holds every package of the lock at its version, as after `npm install`. */
function installedEqualsLock() {
  const hidden = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(hidden)) return false
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return Object.entries(locked).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true
    const found = installed[path]
    return found === undefined ? wanted.optional === true : found.version === wanted.version
  })
}
