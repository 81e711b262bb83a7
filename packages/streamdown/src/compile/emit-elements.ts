import { failures } from '../errors/table.ts'
import { RowError } from '../functions/definition.ts'
import { mapFrom, pairsOf } from '../functions/nested/shared.ts'
import { asArray } from '../functions/values.ts'
import type { ElementsExpression } from '../plan/expressions/expression.ts'
import type { Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { emitHostCall } from './emit-host.ts'
import type { ComputeRows, Emit, Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'

/** The body is compiled for batches of elements: one call a row of the input. NULL is the result for NULL. */
export function emitElements(e: Emitter, emit: Emit, expression: ElementsExpression): Operand {
  const { operation, input, captured, parameters, body, type } = expression
  const args = [input, ...captured].map(part => emit(e, part))
  const schema: Schema = [
    ...parameters,
    ...captured.map(({ type: of, nullable }, i) => ({ name: `captured${i}`, type: of, nullable })),
  ]
  const combine = operations[operation]
  return emitHostCall(
    e,
    args,
    type,
    { strict: false, mayBeNull: true },
    ([nested, ...around], _, compute) => (nested === null ? null : combine(nested ?? null, around, compute)),
    { schema, value: body },
  )
}

type Combine = (nested: Value, around: readonly Value[], compute: ComputeRows) => Value

/** The elements with what the body says of each. */
function overElements(nested: Value, around: readonly Value[], compute: ComputeRows) {
  const elements = asArray(nested)
  return { elements, results: compute(elements.map(element => [element, ...around])) }
}

function overEntries(nested: Value, around: readonly Value[], compute: ComputeRows) {
  const entries = pairsOf(nested)
  return { entries, results: compute(entries.map(([key, value]) => [key, value, ...around])) }
}

function filteredEntries(nested: Value, around: readonly Value[], compute: ComputeRows) {
  const { entries, results } = overEntries(nested, around, compute)
  return entries.filter((_, i) => results[i] === true)
}

const operations: Readonly<Record<ElementsExpression['operation'], Combine>> = {
  transform: (...args) => overElements(...args).results,
  filter: (...args) => {
    const { elements, results } = overElements(...args)
    return elements.filter((_, i) => results[i] === true)
  },
  any_match: (...args) => decided(overElements(...args).results, true),
  all_match: (...args) => decided(overElements(...args).results, false),
  none_match: (...args) => {
    const any = decided(overElements(...args).results, true)
    return any === null ? null : !any
  },
  map_filter: (...args) => filteredEntries(...args),
  map_filter_or_null: (...args) => {
    const kept = filteredEntries(...args)
    return kept.length === 0 ? null : kept
  },
  transform_keys: (...args) => {
    const { entries, results } = overEntries(...args)
    const made = mapFrom(entries.map(([, value], i): readonly [Value, Value] => [results[i] ?? null, value]))
    if (asArray(made).length < entries.length) throw new RowError(failures.argument, 'the keys of a map must be unique')
    return made
  },
  transform_values: (...args) => {
    const { entries, results } = overEntries(...args)
    return entries.map(([key], i) => [key, results[i] ?? null])
  },
}

/** `found` where one result is it, else NULL where one is unknown, else the opposite. */
function decided(results: readonly Value[], found: boolean): boolean | null {
  if (results.includes(found)) return found
  return results.includes(null) ? null : !found
}
