import assert from 'node:assert/strict'
import { test } from 'node:test'
import { field, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { decodeAll } from './decode-all.fixture.ts'
import { createJsonDecoder } from './json.ts'

const schema = [
  field('long', types.bigint),
  field('int', types.int),
  field('text', types.string),
  field('at', types.timestamp(3)),
  field('inner', types.row([field('long', types.bigint), field('at', types.timestamp(6))])),
  field('passed', types.row([field('text', types.string)])),
]
const columns = [
  ...[0, 1, 2, 3, 4].map(column => ({ column, path: [] })),
  { column: 4, path: [0] },
  { column: 4, path: [1] },
]

/** For each line its row, or undefined where it was refused. */
function outcomes(lines: readonly string[], ignoreParseErrors: boolean): readonly (readonly Value[] | undefined)[] {
  const { rows, dead } = decodeAll(lines.join('\n'), memory =>
    createJsonDecoder(memory, schema, columns, { ignoreParseErrors }),
  )
  const refused = new Set(dead.map(letter => letter.offset))
  let next = 0
  let offset = 0
  return lines.map(line => {
    const outcome = refused.has(offset) ? undefined : rows[next++]
    offset += new TextEncoder().encode(line).length + 1
    return outcome
  })
}

type Member = readonly [key: string, value: string]
const record: readonly Member[] = [
  ['"long"', '123456789012345'],
  ['"skipped"', '"some text that is longer than two blocks of bytes"'],
  ['"int"', '123456789'],
  ['"number"', '9876543210'],
  ['"text"', '"a text that is longer than two blocks of bytes"'],
  ['"at"', '"2020-01-02 03:04:05.678"'],
  ['"none"', 'null'],
  ['"passed"', '{"text":"a","list":[1,{"n":-1.5}],"number":12}'],
  ['"inner"', '{"long":7,"at":"2020-01-02T03:04:05.123456"}'],
]
const render = (members: readonly Member[]) => `{${members.map(([key, value]) => `${key}:${value}`).join(',')}}`

/** One byte of a text changed, put in or taken out. */
function mutated(text: string, random: (below: number) => number): string {
  const at = random(text.length)
  const bytes = '\0 "\\{}[],:-+.019eETZntrf\u007fé'
  return text.slice(0, at) + (random(3) === 0 ? '' : bytes[random(bytes.length)]) + text.slice(at + random(2))
}

test('predicted members and plain values give what the rules give', () => {
  const mutations = Number(process.env.DSD_RUNS ?? 3000)
  let seed = Number(process.env.DSD_SEED ?? 1)
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  const clean = render(record)
  const variants = Array.from({ length: mutations }, () => {
    const index = random(record.length)
    const inKey = random(4) === 0
    return record.map(([key, value], each): Member => {
      if (each !== index) return [key, value]
      return inKey ? [mutated(key, random), value] : [key, mutated(value, random)]
    })
  })
  for (const ignoreParseErrors of [false, true]) {
    const plain = variants.map(members => render(members))
    // A key that comes again is never plain: its first value has to be taken back.
    const again = variants.map(members => render(members.flatMap(member => [member, member])))
    const byPrediction = outcomes(
      plain.flatMap(line => [clean, clean, line]),
      ignoreParseErrors,
    )
    const byRules = outcomes(again, ignoreParseErrors)
    for (const [index, line] of plain.entries()) {
      assert.deepEqual(byPrediction[3 * index + 2], byRules[index], line)
      if (ignoreParseErrors) assert.equal(byRules[index] !== undefined, isJson(line), line)
    }
  }
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
