import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { StreamdownError } from '../../errors/error.ts'
import type { Span } from './ast.ts'
import { corpus } from './corpus.fixture.ts'
import { lex } from './lexer.ts'
import { parseStatements } from './parse.ts'

const numRuns = Number(process.env.DSD_RUNS ?? 2000)
const seed = process.env.DSD_SEED === undefined ? {} : { seed: Number(process.env.DSD_SEED) }

/** Parses, or fails with a syntax error whose place lies in the text. */
function parsesOrRefuses(sql: string): void {
  try {
    parseStatements(sql)
  } catch (error) {
    assert.ok(error instanceof StreamdownError, `not a syntax error for ${sql}: ${error}`)
    assert.equal(error.code, 'DSD1001')
    assert.ok(error.at !== undefined && error.at.start >= 0 && error.at.start <= error.at.end)
    assert.ok(error.at.end <= sql.length)
  }
}

/** The tokens of a text with the blanks before each. */
function pieces(sql: string): string[] {
  const tokens = lex(sql).slice(0, -1)
  return tokens.map(({ end }, index) => sql.slice(tokens[index - 1]?.end ?? 0, end))
}

const fromCorpus = fc.constantFrom(...corpus)
const positions = fc.array(fc.nat(), { minLength: 1, maxLength: 4 })

describe('any text parses or is refused', () => {
  test('with tokens taken out', () => {
    fc.assert(
      fc.property(fromCorpus, positions, (sql, taken) => {
        const parts = pieces(sql)
        for (const position of taken) parts.splice(position % Math.max(parts.length, 1), 1)
        parsesOrRefuses(parts.join(''))
      }),
      { numRuns, ...seed },
    )
  })

  test('with tokens of others put in', () => {
    fc.assert(
      fc.property(fromCorpus, fromCorpus, positions, fc.nat(), (sql, other, places, from) => {
        const parts = pieces(sql)
        const foreign = pieces(other)
        for (const [index, place] of places.entries()) {
          parts.splice(place % (parts.length + 1), 0, ` ${foreign[(from + index) % foreign.length]} `)
        }
        parsesOrRefuses(parts.join(''))
      }),
      { numRuns, ...seed },
    )
  })

  test('cut anywhere', () => {
    fc.assert(
      fc.property(fromCorpus, fc.nat(), (sql, length) => parsesOrRefuses(sql.slice(0, length % (sql.length + 1)))),
      { numRuns, ...seed },
    )
  })

  test('with any characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), text => parsesOrRefuses(`SELECT ${text}`)),
      { numRuns, ...seed },
    )
  })
})

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function spanOf(node: object): Span | undefined {
  return 'at' in node && isObject(node.at) && 'start' in node.at && 'end' in node.at
    ? { start: Number(node.at.start), end: Number(node.at.end) }
    : undefined
}

function checkSpans(node: object, outer: Span, path: string): void {
  const own = spanOf(node)
  if (own !== undefined) {
    const inside = outer.start <= own.start && own.start <= own.end && own.end <= outer.end
    assert.ok(inside, `${path} at ${own.start}-${own.end} is not within ${outer.start}-${outer.end}`)
  }
  for (const [key, child] of Object.entries(node)) {
    if (isObject(child) && key !== 'at' && key !== 'opAt') checkSpans(child, own ?? outer, `${path}.${key}`)
  }
}

describe('places', () => {
  for (const sql of corpus) {
    test(sql.slice(0, 60), () => {
      for (const { statement, text, at } of parseStatements(sql)) {
        assert.equal(text, sql.slice(at.start, at.end))
        checkSpans(statement, at, statement.is)
      }
    })
  }
})
