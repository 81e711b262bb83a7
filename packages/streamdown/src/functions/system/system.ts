import { failures } from '../../errors/table.ts'
import { type DataType, types } from '../../types/data-type.ts'
import { definer, js, jsOrNull } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asNumber, asText } from '../values.ts'
import { type BreachDepth, type BreachRule, typeBreach } from './type-breach.ts'

const define = definer('system')
const { string } = types
const rules: readonly BreachRule[] = ['null', 'length', 'exact length']
const depths: readonly BreachDepth[] = ['ignore', 'rows', 'rows_and_collections']

/** The type as SQL writes it. */
export function typeText(type: DataType): string {
  switch (type.is) {
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`
    case 'string':
      return type.length === undefined ? 'STRING' : `${type.fixed === true ? 'CHAR' : 'VARCHAR'}(${type.length})`
    case 'bytes':
      return type.length === undefined ? 'BYTES' : `${type.fixed === true ? 'BINARY' : 'VARBINARY'}(${type.length})`
    case 'time':
      return `TIME(${type.precision})`
    case 'timestamp':
      return `${type.zoned ? 'TIMESTAMP_LTZ' : 'TIMESTAMP'}(${type.precision})`
    case 'array':
      return `ARRAY<${typeText(type.element)}>`
    case 'map':
      return `MAP<${typeText(type.key)}, ${typeText(type.value)}>`
    case 'row':
      return `ROW<${type.fields.map(field => `${field.name} ${typeText(field.type)}`).join(', ')}>`
    default:
      return type.is.toUpperCase()
  }
}

const postgresNames: Partial<Record<DataType['is'], string>> = {
  null: 'unknown',
  int: 'integer',
  double: 'double precision',
  decimal: 'numeric',
  string: 'character varying',
  bytes: 'bytea',
  time: 'time without time zone',
  json: 'jsonb',
}

function postgresText(type: DataType): string {
  if (type.is === 'timestamp') return type.zoned ? 'timestamp with time zone' : 'timestamp without time zone'
  if (type.is === 'array') return `${postgresText(type.element)}[]`
  if (type.is === 'map') return `map(${postgresText(type.key)},${postgresText(type.value)})`
  if (type.is === 'row')
    return `struct<${type.fields.map(field => `${field.name} ${postgresText(field.type)}`).join(', ')}>`
  return postgresNames[type.is] ?? type.is
}

/** A version 4 UUID of the context's random numbers. */
function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, (_, i) => {
    const nibble = Math.floor(random() * 16)
    return (i === 12 ? 4 : i === 16 ? (nibble & 3) | 8 : nibble).toString(16)
  }).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export const systemFunctions: readonly ScalarFunction[] = [
  define(
    'typeof',
    'The type of the value, as SQL writes it; in Flink with NOT NULL where it cannot be NULL.',
    [['TYPEOF(1)', 'INT NOT NULL']],
    [
      js(['each', 'boolean'], string, (_, { types: all }) => typeText(all[0] ?? types.null), {
        optional: 1,
        nullable: false,
      }),
    ],
    { strict: false },
  ),
  define(
    'pg_typeof',
    "The type of the value, by PostgreSQL's name.",
    [['PG_TYPEOF(1)', 'integer']],
    [js(['each'], string, (_, { types: all }) => postgresText(all[0] ?? types.null), { nullable: false })],
    { strict: false },
  ),
  define(
    'uuid',
    'A random UUID.',
    [['CHAR_LENGTH(UUID())', '36']],
    [js([], string, (_, { random }) => uuid(random), { nullable: false })],
    {
      aliases: ['gen_random_uuid'],
      deterministic: false,
    },
  ),
  define(
    'version',
    'The name of this engine.',
    [['VERSION()', 'Data-Streamdown']],
    [js([], string, () => 'Data-Streamdown')],
  ),
  define(
    'current_database',
    'The name of the database.',
    [['CURRENT_DATABASE()', 'default']],
    [js([], string, () => 'default')],
    { aliases: ['current_catalog'] },
  ),
  define(
    'current_schema',
    'The name of the schema.',
    [['CURRENT_SCHEMA()', 'public']],
    [js([], string, () => 'public')],
  ),
  define(
    'error',
    'Fails the row with a message (and as the kind of row error that a number says).',
    [["CASE WHEN 1 < 2 THEN 'fine' ELSE ERROR('impossible') END", 'fine']],
    [
      jsOrNull(
        ['string', 'int'],
        types.null,
        args => {
          throw new RowError(args[1] === undefined ? failures.argument : asNumber(args[1]), asText(args[0]))
        },
        { optional: 1 },
      ),
    ],
  ),
  define(
    'type_breach',
    "Where a value does not keep to the type of the second argument: NULLs ('null') or lengths ('length', 'exact length'), at the top ('ignore'), in rows too ('rows') or everywhere ('rows_and_collections'); NULL where it does.",
    [
      [
        "TYPE_BREACH('abc', CAST('ab' AS VARCHAR(2)), 'length', 'ignore')",
        ' is 3 characters long, which does not fit VARCHAR(2)',
      ],
    ],
    [
      jsOrNull(['each', 'each', 'string', 'string'], string, ([value, , rule, depth], { types: [, declared] }) => {
        const looked = rules.find(known => known === rule)
        const deep = depths.find(known => known === depth)
        if (looked === undefined || deep === undefined) throw new RowError(failures.argument, 'there is no such rule')
        return typeBreach(value ?? null, declared ?? types.null, looked, deep) ?? null
      }),
    ],
    { strict: false },
  ),
  define('current_user', 'The name of the user.', [['CURRENT_USER()', 'user']], [js([], string, () => 'user')], {
    aliases: ['session_user', 'user'],
  }),
]
