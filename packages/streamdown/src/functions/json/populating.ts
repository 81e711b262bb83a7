import { type DataType, types } from '../../types/data-type.ts'
import { type BoundArgument, definer, jsOrNull } from '../define.ts'
import type { ScalarFunction } from '../definition.ts'
import { populate } from './populate.ts'
import { read } from './read.ts'

const define = definer('json')
const { json } = types

const firstOf = (args: readonly BoundArgument[]): DataType => args[0]?.type ?? types.null

/** SQL rows and maps filled from JSON objects. */
export const jsonPopulatingFunctions: readonly ScalarFunction[] = [
  define(
    'jsonb_populate_record',
    'A ROW with the members of a JSON object in the fields of their names.',
    [],
    [
      jsOrNull(
        ['row', 'json'],
        firstOf,
        (args, { returns, timeZone }) =>
          args[1] === null || args[1] === undefined
            ? (args[0] ?? null)
            : populate(read(args[1]), returns, args[0] ?? null, timeZone),
        {
          coerce: ([row, value]) => (row?.type.is === 'row' && value !== undefined ? [row.type, json] : undefined),
        },
      ),
    ],
    { strict: false },
  ),
  define(
    'jsonb_populate_map',
    'A MAP with the members of a JSON object added.',
    [],
    [
      jsOrNull(
        ['map', 'json'],
        firstOf,
        (args, { returns, timeZone }) =>
          args[1] === null || args[1] === undefined
            ? (args[0] ?? null)
            : populate(read(args[1]), returns, args[0] ?? null, timeZone),
        {
          coerce: ([map, value]) => (map?.type.is === 'map' && value !== undefined ? [map.type, json] : undefined),
        },
      ),
    ],
    { strict: false },
  ),
]
