import { StreamdownError } from '../errors/error.ts'
import * as texts from './setting-texts.ts'

/**
 * Every rule on which SQL engines differ, one setting each. A dialect is a named preset of them; SET changes one.
 * docs/sql.md holds this table (scripts/settings-docs.mjs writes it, a test keeps it current).
 */
export interface SettingDefinition {
  readonly summary: string
  /** The values there are; undefined: a text. */
  readonly values?: readonly string[]
  /** What its text is; undefined: any. */
  readonly takes?: texts.SettingText<unknown>
  readonly flink: string
  readonly postgres: string
}

const choice = <const V extends readonly string[]>(
  values: V,
  flink: V[number],
  postgres: V[number],
  summary: string,
) => ({
  summary,
  values,
  flink,
  postgres,
})
const text = (flink: string, postgres: string, summary: string) => ({ summary, flink, postgres })
const parsed = (takes: texts.SettingText<unknown>, flink: string, postgres: string, summary: string) => ({
  ...text(flink, postgres, summary),
  takes,
})

export const settingDefinitions = {
  dialect: choice(['flink', 'postgres'], 'flink', 'postgres', 'Sets every rule below to that preset at once.'),
  identifier_case: choice(
    ['preserve', 'lower', 'insensitive'],
    'preserve',
    'lower',
    'Names: as written; folded to lower case unless quoted; or equal without regard to case.',
  ),
  null_order: choice(
    ['smallest', 'largest'],
    'smallest',
    'largest',
    'Where NULL sorts: before all values (first in ASC) or behind them (last in ASC).',
  ),
  avg_type: choice(
    ['same', 'double', 'numeric'],
    'same',
    'numeric',
    'AVG of integers: the same integer type, truncated; DOUBLE; or an exact numeric quotient.',
  ),
  sum_type: choice(
    ['same', 'bigint', 'numeric'],
    'same',
    'numeric',
    'SUM of integers: the same type; BIGINT; or BIGINT for up to INT and DECIMAL(38, 0) for BIGINT.',
  ),
  division: choice(
    ['flink', 'postgres'],
    'flink',
    'postgres',
    'Result of dividing DECIMALs: scale max(6, s1 + p2 + 1), or a quotient with at least 16 significant digits.',
  ),
  window_emit: choice(
    ['close', 'update'],
    'close',
    'update',
    'Window results over a time column with a watermark: once, when the window closes; or at once, updating.',
  ),
  cast_rule: choice(
    ['flink', 'postgres'],
    'flink',
    'postgres',
    'CAST of a fraction to an integer: truncates, or rounds half away (DOUBLE: half to even).',
  ),
  duplicate_key_insert: choice(
    ['overwrite', 'error'],
    'overwrite',
    'overwrite',
    'INSERT of an existing primary key into an in-memory table without ON CONFLICT.',
  ),
  default_decimal: parsed(
    texts.decimalSize,
    '10,0',
    'any',
    'DECIMAL and NUMERIC without precision: a precision and scale, or any: each value has a scale of its own.',
  ),
  decimal_literal: choice(['decimal', 'double'], 'decimal', 'decimal', 'What a literal with a point (1.5) is.'),
  exponent_literal: choice(['decimal', 'double'], 'double', 'decimal', 'What a literal with an exponent (1e3) is.'),
  float_type: choice(['real', 'double'], 'real', 'double', 'What FLOAT without a precision is.'),
  functions: choice(
    ['flink', 'postgres'],
    'flink',
    'postgres',
    'Meaning of functions that both have: CONCAT of NULL, DATE + INTERVAL, regular expressions, TO_TIMESTAMP and their like.',
  ),
  like_escape: choice(['none', 'backslash'], 'none', 'backslash', 'The escape character of LIKE without ESCAPE.'),
  implicit_event_time: choice(
    ['none', 'first_timestamp'],
    'none',
    'none',
    'Event time of a table that declares none: none, or its first TIMESTAMP column.',
  ),
  default_lateness: parsed(
    texts.duration,
    '0 seconds',
    '0 seconds',
    'How far behind a watermark stays that is declared without expression.',
  ),
  allowed_lateness: parsed(
    texts.duration,
    '0 seconds',
    '0 seconds',
    'How long a closed window still takes late rows, as corrections.',
  ),
  early_fire: choice(
    ['false', 'true'],
    'false',
    'false',
    'Whether windows that close give early results before, corrected until then.',
  ),
  early_fire_delay: parsed(
    texts.duration,
    '0 seconds',
    '0 seconds',
    'How long early results wait for further rows, on the processing clock; 0: they come with every step.',
  ),
  source_idle_timeout: parsed(
    texts.duration,
    '0 seconds',
    '0 seconds',
    "How long a source's partition must have had nothing, though asked, before it holds no watermark back; a table's scan.watermark.idle-timeout goes before.",
  ),
  max_drift: parsed(
    texts.durationOrNone,
    'none',
    'none',
    "How far in event time a source's partition may lead the slowest one before it is not read; none: no partition is held back. A table's scan.watermark.alignment.max-drift goes before.",
  ),
  state_ttl: parsed(
    texts.durationOrNone,
    'none',
    'none',
    'How long the state of joins and of groups without a window is kept without a new row, on the processing clock; none: for ever.',
  ),
  checkpoint_interval: parsed(
    texts.interval,
    '10 seconds',
    '10 seconds',
    'How often a program that keeps its state (dsd run --state) writes a checkpoint.',
  ),
  match_partial_limit: parsed(
    texts.count,
    '10000',
    '10000',
    'How many ways to go on one match of MATCH_RECOGNIZE may have open; a row that begins more is given up.',
  ),
  recursion_limit: parsed(
    texts.count,
    '10000',
    '10000',
    'How many rounds a WITH RECURSIVE may take; one that still has rows then stops the program.',
  ),
  memory_limit: parsed(
    texts.byteSize,
    '4 gb',
    '4 gb',
    'Memory of each worker, 4 GB at most; state over seven eighths of it is spilled.',
  ),
  temp_directory: text(
    '',
    '',
    "Where state is spilled that does not fit; '': to where the program keeps its state (--state), else where the system has temporary files.",
  ),
  step_time: parsed(
    texts.interval,
    '10 ms',
    '10 ms',
    'How long a step takes, about: it takes fewer rows where they are slow and more where they are fast.',
  ),
  timezone: parsed(texts.timeZone, 'UTC', 'UTC', 'The session time zone, an IANA name.'),
  search_path: text(
    'public',
    'public',
    'The schemas in which a bare name is looked for; new tables go into the first.',
  ),
  on_error: choice(
    ['dead', 'fail', 'null'],
    'dead',
    'dead',
    'A row that fails in a running program, or a record that cannot be decoded: to the dead letters, or the program stops; null: as dead, and what fails in an expression of a materialized view or a sink is NULL.',
  ),
  insert_short: choice(
    ['error', 'default'],
    'error',
    'default',
    'INSERT with fewer values than columns: refused, or the last columns take their default.',
  ),
  insert_computed: choice(
    ['skip', 'count'],
    'skip',
    'count',
    'INSERT without a column list: computed columns take no place among the values, or one that must not be given.',
  ),
  union_order: choice(
    ['any', 'columns'],
    'any',
    'columns',
    'ORDER BY of UNION, INTERSECT, EXCEPT: any expression of the columns, or columns and positions only.',
  ),
  source_duplicates: choice(
    ['false', 'true'],
    'false',
    'false',
    'Whether a changelog source may repeat changes: then its rows are upserts by primary key.',
  ),
  sink_not_null: choice(
    ['error', 'drop'],
    'error',
    'error',
    'A NULL for a NOT NULL column of a sink: the row fails, or is dropped.',
  ),
  sink_length: choice(
    ['ignore', 'trim_pad', 'error'],
    'ignore',
    'error',
    'Text and bytes of another length than a sink column: written as they are; cut (CHAR and BINARY padded); or the row fails.',
  ),
  sink_nested_not_null: choice(
    ['ignore', 'rows', 'rows_and_collections'],
    'ignore',
    'ignore',
    'Whether NOT NULL and lengths inside nested values of a sink column are checked: in rows, in arrays and maps too.',
  ),
  unknown_setting: choice(['error', 'accept'], 'error', 'accept', 'SET of a name that is no setting.'),
} as const satisfies Record<string, SettingDefinition>

export type SettingName = keyof typeof settingDefinitions
type ValueOf<N extends SettingName> = (typeof settingDefinitions)[N] extends {
  values: readonly (infer V extends string)[]
}
  ? V
  : string
export type Settings = { readonly [N in SettingName]: ValueOf<N> }
export type Dialect = Settings['dialect']

/** Names that other engines give to the same rules. Their values are lower-cased first. */
const aliases: Readonly<Record<string, SettingName>> = {
  'table.local-time-zone': 'timezone',
  'time zone': 'timezone',
  'table.exec.sink.not-null-enforcer': 'sink_not_null',
  'table.exec.sink.type-length-enforcer': 'sink_length',
  'table.exec.sink.nested-constraint-enforcer': 'sink_nested_not_null',
  'table.exec.state.ttl': 'state_ttl',
  'table.exec.emit.early-fire.enabled': 'early_fire',
  'table.exec.emit.early-fire.delay': 'early_fire_delay',
  'table.exec.emit.allow-lateness': 'allowed_lateness',
  'table.exec.source.idle-timeout': 'source_idle_timeout',
  'execution.checkpointing.interval': 'checkpoint_interval',
  'table.exec.source.cdc-events-duplicate': 'source_duplicates',
  'table.sql-dialect': 'dialect',
  memory: 'memory_limit',
}

/** Settings of Flink that tune how it runs and never change a result; accepted without effect. */
const ignored =
  /^(_*table|pipeline|execution|parallelism|restart-strategy|state|sql-client|sql-gateway|taskmanager|jobmanager|python|env|akka|metrics)[.\w-]*$/

const names = Object.keys(settingDefinitions).filter((name): name is SettingName => name in settingDefinitions)

function preset(dialect: Dialect): Settings {
  const values: Partial<Record<SettingName, string>> = {}
  for (const name of names) values[name] = settingDefinitions[name][dialect]
  return checked(values)
}

function isComplete(values: Partial<Record<SettingName, string>>): values is Settings {
  return names.every(name => {
    const definition: SettingDefinition = settingDefinitions[name]
    const value = values[name]
    return value !== undefined && (definition.values === undefined || definition.values.includes(value))
  })
}

function checked(values: Partial<Record<SettingName, string>>): Settings {
  if (!isComplete(values)) throw new StreamdownError('DSD9002', 'A setting has a value outside of its definition.')
  return values
}

export const presets: Readonly<Record<Dialect, Settings>> = { flink: preset('flink'), postgres: preset('postgres') }

export const settingNames: readonly SettingName[] = names

/** The setting that a name (also another engine's) means; undefined when there is none. */
export function settingOf(key: string): SettingName | undefined {
  const lower = key.toLowerCase()
  return aliases[lower] ?? names.find(name => name === lower)
}

/**
 * The settings after `SET key = value`; `undefined` as value resets to the dialect's preset.
 * @throws StreamdownError DSD2014 for an unknown name (unless `unknown_setting = 'accept'`) or value.
 */
export function withSetting(settings: Settings, key: string, value: string | undefined): Settings {
  const name = settingOf(key)
  if (name === undefined) {
    if (settings.unknown_setting === 'accept' || ignored.test(key.toLowerCase())) return settings
    throw new StreamdownError('DSD2014', `There is no setting "${key}"; the settings are ${names.join(', ')}.`)
  }
  const definition: SettingDefinition = settingDefinitions[name]
  const given = value ?? presets[settings.dialect][name]
  const text = definition.values === undefined ? given : given.toLowerCase()
  if (definition.values !== undefined && !definition.values.includes(text))
    throw new StreamdownError('DSD2014', `Setting ${name} takes ${definition.values.join(', ')}, not "${given}".`)
  if (definition.takes !== undefined) texts.readSetting({ ...settings, [name]: text }, name, definition.takes)
  if (name === 'dialect') return { ...presets[text === 'postgres' ? 'postgres' : 'flink'], timezone: settings.timezone }
  return checked({ ...settings, [name]: text })
}

/** A preset with some settings changed, as a session opens. */
export function settingsOf(dialect: Dialect, changes: Readonly<Record<string, string>> = {}): Settings {
  return Object.entries(changes).reduce((settings, [key, value]) => withSetting(settings, key, value), presets[dialect])
}

/** Settings that say how a program runs and nothing of what its state means. */
const tuning: ReadonlySet<string> = new Set([
  'memory_limit',
  'step_time',
  'max_drift',
  'temp_directory',
  'checkpoint_interval',
  'source_idle_timeout',
])

/** The settings as text, those of tuning left out: programs of different text do not go on from each other's state. */
export function settingsIdentity(settings: Settings): string {
  return JSON.stringify(Object.entries(settings).filter(([name]) => !tuning.has(name)))
}
