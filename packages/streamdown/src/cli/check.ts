import { parseArgs } from 'node:util'
import { check as findingsOf } from '../plan/check.ts'
import { programRoots } from '../plan/explain/explain.ts'
import { exitCodes } from './exit-codes.ts'
import { oneFile } from './options.ts'
import { planFile } from './programs.ts'

/** Binds and plans a program, and says what may go wrong with it. */
export async function check(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, set: { type: 'string', multiple: true, default: [] } },
  })
  const file = oneFile(positionals, 'check')
  const roots = programRoots((await planFile(file, values.set)).program)
  const findings = findingsOf(roots.map(({ node }) => node))
  for (const finding of findings) {
    const { code, operator, message } = finding
    process.stdout.write(values.json ? `${JSON.stringify(finding)}\n` : `${code} ${operator}\n  ${message}\n`)
  }
  if (findings.length > 0) return exitCodes.findings
  if (!values.json) process.stdout.write(`${file}: nothing found\n`)
  return exitCodes.done
}
