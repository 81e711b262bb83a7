import { errorTable } from '../../packages/streamdown/src/errors/table.ts'
import { page, table } from './markdown.ts'

const areas: Readonly<Record<string, string>> = {
  1: 'SQL text',
  2: 'Binding and plan',
  3: 'Options and connectors',
  4: 'Rows: these become dead letters',
  5: 'TypeScript API',
  6: 'Sinks and delivery',
  7: 'State and checkpoints',
  8: 'Command line',
  9: 'The engine itself',
}

/** docs/errors.md: every code with its cause and its remedy. */
export function errorsPage(): string {
  const codes = Object.entries(errorTable).sort(([a], [b]) => (a < b ? -1 : 1))
  const known = new Set(Object.keys(areas))
  const strays = codes.filter(([name]) => !known.has(name.charAt(3)))
  if (strays.length > 0) throw new RangeError(`no area for ${strays.map(([name]) => name).join(', ')}`)
  const sections = Object.entries(areas).map(([digit, title]) => {
    const rows = codes
      .filter(([name]) => name.charAt(3) === digit)
      .map(([name, { title: problem, fix }]) => [`<a id="${name.toLowerCase()}"></a>${name}`, problem, fix])
    return `## ${digit}xxx: ${title}\n\n${table(['code', 'what happened', 'what to do'], rows)}`
  })
  return page(
    '# Errors',
    'Every error has a code that stays the same; its message says what was wrong with which table, column or option, and points at the place in SQL text. Programs test `error.code`, never the message. A `RetryableError` may pass by itself when the program is started again.',
    ...sections,
  )
}
