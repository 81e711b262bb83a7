import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { commonOfArguments } from '../common-type.ts'
import { firstType, js } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { regexPattern } from '../regex/patterns.ts'
import { asArray, asText } from '../values.ts'

import {
  boolean,
  define,
  elementOf,
  itemOf,
  keyOf,
  mapAndKey,
  mapEntries,
  mapFrom,
  onlyMap,
  pairsOf,
  same,
  sameMaps,
  string,
  unique,
} from './shared.ts'

/** Maps: construction, access and combination. */
export const mapFunctions: readonly ScalarFunction[] = [
  define(
    'map',
    'A map of keys and values in turn.',
    [["MAP['a', 1]", '{a=1}']],
    [
      js(
        ['each'],
        args => types.map(firstType(args), args[1]?.type ?? types.null),
        args => {
          const pairs: [Value, Value][] = []
          for (let i = 0; i < args.length; i += 2) pairs.push([args[i] ?? null, args[i + 1] ?? null])
          return mapFrom(pairs)
        },
        { variadic: true, nullable: false, coerce: mapEntries },
      ),
    ],
    { strict: false },
  ),
  define(
    'map_keys',
    'The keys of a map.',
    [["MAP_KEYS(MAP['a', 1])", '[a]']],
    [
      js(
        ['map'],
        args => types.array(keyOf(args[0]?.type)),
        args => pairsOf(args[0]).map(([key]) => key),
        { coerce: onlyMap },
      ),
    ],
  ),
  define(
    'map_values',
    'The values of a map.',
    [["MAP_VALUES(MAP['a', 1])", '[1]']],
    [
      js(
        ['map'],
        args => types.array(itemOf(args[0]?.type)),
        args => pairsOf(args[0]).map(([, value]) => value),
        { coerce: onlyMap },
      ),
    ],
  ),
  define(
    'map_entries',
    'The entries of a map as rows of key and value.',
    [["MAP_ENTRIES(MAP['a', 1])", '[(a, 1)]']],
    [
      js(
        ['map'],
        args =>
          types.array(
            types.row([
              { name: 'key', type: keyOf(args[0]?.type), nullable: false },
              { name: 'value', type: itemOf(args[0]?.type), nullable: true },
            ]),
          ),
        args => pairsOf(args[0]).map(([key, value]) => [key, value]),
        { coerce: onlyMap },
      ),
    ],
  ),
  define(
    'map_from_arrays',
    'A map of an array of keys and one of values.',
    [["MAP_FROM_ARRAYS(ARRAY['a'], ARRAY[1])", '{a=1}']],
    [
      js(
        ['array', 'array'],
        args => types.map(elementOf(args[0]?.type), elementOf(args[1]?.type)),
        args => {
          const [keys, values] = [asArray(args[0]), asArray(args[1])]
          if (keys.length !== values.length) throw new RowError(failures.argument, 'a map needs as many values as keys')
          return mapFrom(keys.map((key, i): readonly [Value, Value] => [key, values[i] ?? null]))
        },
        { coerce: args => (args.every(arg => arg.type.is === 'array') ? args.map(arg => arg.type) : undefined) },
      ),
    ],
  ),
  define(
    'map_from_key_values',
    'A map of an array of keys, each another, and one of values.',
    [["MAP_FROM_KEY_VALUES(ARRAY['a'], ARRAY[1])", '{a=1}']],
    [
      js(
        ['array', 'array'],
        args => types.map(elementOf(args[0]?.type), elementOf(args[1]?.type)),
        args => {
          const [keys, values] = [asArray(args[0]), asArray(args[1])]
          if (keys.length !== values.length) throw new RowError(failures.argument, 'a map needs as many values as keys')
          if (unique(keys).length !== keys.length)
            throw new RowError(failures.argument, 'the keys of a map must be unique')
          return mapFrom(keys.map((key, i): readonly [Value, Value] => [key, values[i] ?? null]))
        },
        { coerce: args => (args.every(arg => arg.type.is === 'array') ? args.map(arg => arg.type) : undefined) },
      ),
    ],
  ),
  define(
    'map_from_entries',
    'A map of an array of rows of key and value.',
    [["MAP_FROM_ENTRIES(ARRAY[ROW('a', 1)])", '{a=1}']],
    [
      js(
        ['array'],
        args => {
          const entry = elementOf(args[0]?.type)
          return entry.is === 'row'
            ? types.map(entry.fields[0]?.type ?? types.null, entry.fields[1]?.type ?? types.null)
            : types.map(types.null, types.null)
        },
        args =>
          mapFrom(
            asArray(args[0]).map((entry): readonly [Value, Value] => [
              Array.isArray(entry) ? (entry[0] ?? null) : null,
              Array.isArray(entry) ? (entry[1] ?? null) : null,
            ]),
          ),
        {
          coerce: ([array]) =>
            array?.type.is === 'array' && array.type.element.is === 'row' && array.type.element.fields.length === 2
              ? [array.type]
              : undefined,
        },
      ),
    ],
  ),
  define(
    'map_union',
    'The entries of all maps; of equal keys the last.',
    [["MAP_UNION(MAP['a', 1], MAP['b', 2])", '{a=1, b=2}']],
    [js(['map'], firstType, args => mapFrom(args.flatMap(map => pairsOf(map))), { variadic: true, coerce: sameMaps })],
    { aliases: ['map_cat', 'map_concat'] },
  ),
  define(
    'map_contains',
    'Whether the map has the key.',
    [["MAP_CONTAINS(MAP['a', 1], 'a')", 'TRUE']],
    [js(['map', 'each'], boolean, args => pairsOf(args[0]).some(([key]) => same(key, args[1])), { coerce: mapAndKey })],
    { aliases: ['map_contains_key'] },
  ),
  define(
    'map_insert',
    'The map with an entry added or replaced.',
    [["MAP_INSERT(MAP['a', 1], 'b', 2)", '{a=1, b=2}']],
    [
      js(
        ['map', 'each', 'each'],
        firstType,
        args => (args[0] === null ? null : mapFrom([...pairsOf(args[0]), [args[1] ?? null, args[2] ?? null]])),
        {
          nullable: args => args[0]?.nullable ?? true,
          coerce: ([map, key, value], rules) => {
            if (map?.type.is !== 'map' || key === undefined || value === undefined) return undefined
            const k = commonOfArguments([{ type: map.type.key, nullable: false }, key], rules)
            const v = commonOfArguments([{ type: map.type.value, nullable: true }, value], rules)
            return k === undefined || v === undefined ? undefined : [types.map(k, v), k, v]
          },
        },
      ),
    ],
    { strict: false },
  ),
  define(
    'map_delete',
    'The map without a key.',
    [["MAP_DELETE(MAP['a', 1, 'b', 2], 'a')", '{b=2}']],
    [
      js(
        ['map', 'each'],
        firstType,
        args =>
          pairsOf(args[0])
            .filter(([key]) => !same(key, args[1]))
            .map(([key, value]) => [key, value]),
        { coerce: mapAndKey },
      ),
    ],
  ),
  define(
    'str_to_map',
    'A map of a text of entries. Between entries, and between key and value, stand regular expressions; , and = when left out.',
    [
      ["STR_TO_MAP('a=1,b=2')", '{a=1, b=2}'],
      ["STR_TO_MAP('a:1;b:2', '[;|]', ':')", '{a=1, b=2}'],
    ],
    [
      js(
        ['text', 'text', 'text'],
        types.map(string, string),
        args => {
          const text = asText(args[0])
          if (text === '') return []
          const between = regexPattern(args[1] === undefined ? ',' : asText(args[1]))
          const inside = regexPattern(args[2] === undefined ? '=' : asText(args[2]))
          return mapFrom(
            text.split(between).map((entry): readonly [Value, Value] => {
              const found = inside.exec(entry)
              if (found === null) return [entry, null]
              return [entry.slice(0, found.index), entry.slice(found.index + found[0].length)]
            }),
          )
        },
        { optional: 2 },
      ),
    ],
  ),
]
