import { parseArgs } from 'node:util'
import { explainMermaid, explainTree, programRoots } from '../plan/explain/explain.ts'
import { exitCodes } from './exit-codes.ts'
import { oneFile } from './options.ts'
import { planFile } from './programs.ts'

export async function explain(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      mermaid: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
    },
  })
  const roots = programRoots(await planFile(oneFile(positionals, 'explain'), values.set))
  const text = values.mermaid ? explainMermaid(roots) : explainTree(roots)
  process.stdout.write(
    values.json ? `${JSON.stringify({ plan: text.trimEnd().split('\n') })}\n` : `${text.trimEnd()}\n`,
  )
  return exitCodes.done
}
