import { parseArgs } from 'node:util'
import { type ConnectorOf, guaranteeLines } from '../connect/guarantees.ts'
import { createNodeEnvironment } from '../connect/node/environment.ts'
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
  const { program, memoryLines } = await planFile(oneFile(positionals, 'explain'), values.set)
  const { connectors } = await createNodeEnvironment()
  const connectorOf: ConnectorOf = ({ connector }) => connectors.find(({ name }) => name === connector)
  const roots = programRoots(program)
  const text = values.mermaid
    ? explainMermaid(roots)
    : [explainTree(roots).trimEnd(), ...guaranteeLines(program, connectorOf), ...memoryLines].join('\n')
  process.stdout.write(
    values.json ? `${JSON.stringify({ plan: text.trimEnd().split('\n') })}\n` : `${text.trimEnd()}\n`,
  )
  return exitCodes.done
}
