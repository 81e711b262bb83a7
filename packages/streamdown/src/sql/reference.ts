import { checkRules } from '../plan/check.ts'
import { type SettingDefinition, settingDefinitions, settingNames } from './settings.ts'

/** The tables of docs/sql.md that are made from the code; `scripts/sql-reference.mjs` writes them there. */
export const referenceTables: Readonly<Record<string, () => string>> = { settings: settingsTable, check: checkTable }

function settingsTable(): string {
  const rows = settingNames.map(name => {
    const { summary, values, flink, postgres }: SettingDefinition = settingDefinitions[name]
    const takes = values === undefined ? 'text' : values.map(value => `\`${value}\``).join(', ')
    return `| \`${name}\` | ${takes} | \`${flink}\` | \`${postgres}\` | ${summary} |`
  })
  return ['| setting | values | flink | postgres | what it decides |', '|---|---|---|---|---|', ...rows].join('\n')
}

function checkTable(): string {
  const rows = Object.entries(checkRules).map(([code, { title, remedy }]) => `| \`${code}\` | ${title} | ${remedy} |`)
  return ['| code | finding | remedy |', '|---|---|---|', ...rows].join('\n')
}

/** The text with every part between `<!-- name -->` and `<!-- /name -->` as the code says. */
export function withReference(text: string): string {
  return Object.entries(referenceTables).reduce(
    (done, [name, table]) =>
      done.replace(
        new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`),
        (_, open, close) => `${open}${table()}\n${close}`,
      ),
    text,
  )
}
