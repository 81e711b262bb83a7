import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Packs the package, installs the tarball in an empty folder, and gives the path of its command. */
export function installedCommand(): string {
  const pack = fileURLToPath(new URL('../scripts/pack.mjs', import.meta.url))
  const tarball = execFileSync(process.execPath, [pack], { encoding: 'utf8' }).trim().split('\n').at(-1) ?? ''
  const folder = mkdtempSync(join(tmpdir(), 'data-streamdown-installed-'))
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  execFileSync('npm', ['install', '--loglevel=error', tarball], { cwd: folder })
  return join(folder, 'node_modules/data-streamdown/bin/data-streamdown.js')
}
