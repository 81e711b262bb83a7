import type { Program, Script } from './program.ts'

/**
 * A program as text that reproduces it, in sections: what the engine is told and its query; the same of DuckDB where it
 * is spelt differently. The query is a view from before the changes, and in tables that change also asked at the end.
 */
export function print({ engine, duckdb, stream, ordered }: Program): string {
  const same = JSON.stringify(engine) === JSON.stringify(duckdb)
  const flags = [stream ? 'STREAM' : 'TABLES', ...(ordered ? ['ORDERED'] : [])].join(' ')
  return [...section(`ENGINE ${flags}`, engine), ...(same ? [] : section('DUCKDB', duckdb))].join('\n')
}

const section = (name: string, { create, changes, query }: Script): readonly string[] => [
  `-- ${name}`,
  ...create.map(statement => `${statement};`),
  '-- QUERY',
  `${query};`,
  '-- CHANGES',
  ...changes.map(statement => `${statement};`),
]

export interface TitledProgram {
  readonly title: string
  readonly program: Program
}

/** Programs as they are printed, each below a line `-- CASE title`. One statement a line. */
export const parse = (text: string): readonly TitledProgram[] =>
  text
    .split(/^-- CASE /m)
    .slice(1)
    .map(block => {
      const [title = '', head = '', ...lines] = block.split('\n')
      const [own = '', other] = lines.join('\n').split('-- DUCKDB\n')
      const engine = script(own)
      const duckdb = other === undefined ? engine : script(other)
      return {
        title,
        program: { engine, duckdb, stream: head.includes('STREAM'), ordered: head.includes('ORDERED') },
      }
    })

function script(text: string): Script {
  const [create = '', rest = ''] = text.split('-- QUERY\n')
  const [query = '', changes = ''] = rest.split('-- CHANGES\n')
  return { create: statements(create), changes: statements(changes), query: statements(query)[0] ?? '' }
}

const statements = (text: string): readonly string[] =>
  text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => line.replace(/;$/, ''))
