/** The first line of every page that is made. */
export const MADE = '<!-- Made by `npm run docs` from the code: change it there. -->'

/** A table row; bars and line breaks within cells are escaped. */
export const row = (...cells: readonly string[]): string =>
  `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(...head), `|${'---|'.repeat(head.length)}`, ...rows.map(cells => row(...cells))].join('\n')

/** Text as code, also when it holds backticks. */
export const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``)

export const page = (...parts: readonly string[]): string => `${[MADE, ...parts].join('\n\n')}\n`
