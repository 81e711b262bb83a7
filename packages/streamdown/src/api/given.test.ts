/** What is given by mistake is refused with a code, wherever it is given: JavaScript has no types to stop it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as api from '../index.ts'
import {
  Aggregate,
  col,
  Expression,
  memory,
  Stream,
  StreamdownError,
  simulate,
  stream,
  Table,
  t,
  table,
  tumble,
} from '../index.ts'

const wrong: readonly unknown[] = [
  ...[undefined, null, Symbol('s'), 1, 1n, true, '', 'x', {}, [], () => 1],
  ...[[undefined], [null], { x: undefined }, { x: null }, { x: Symbol('q') }],
]

/** What a second argument may be. */
const worst = wrong.slice(0, 3)

const orders = stream(memory(), { schema: t.row({ id: t.string, n: t.int, at: t.timestamp(3) }), time: 'at' })
const customers = table(memory(), { schema: t.row({ id: t.string, name: t.string }), key: 'id' })

/** They connect, or wait for what is outside. */
const apart = new Set(['run', 'connect', 'explain', 'collect', 'toSQL', 'follow', 'changes'])

type Call = (...args: readonly unknown[]) => unknown
const isClass = (of: Call): boolean => /^class\b/.test(Function.prototype.toString.call(of))

/** The methods of an object, and of what it inherits from. */
function methodsOf(of: object): readonly (readonly [name: string, call: Call])[] {
  const found = new Map<string, Call>()
  for (let at: object | null = of; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at)))
      if (typeof value === 'function' && !isClass(value) && !found.has(name) && !apart.has(name))
        found.set(name, (...args) => Reflect.apply(value, of, args))
  return [...found].filter(([name]) => name !== 'constructor')
}

/** What a call does; an error without a code fails the test. */
function attempt(what: string, call: () => unknown): unknown {
  try {
    return call()
  } catch (problem) {
    if (!(problem instanceof StreamdownError)) throw new Error(`${what} throws`, { cause: problem })
    return undefined
  }
}

/** Runs what a call made, as a program that uses it. */
function use(what: string, made: unknown): void {
  const program = attempt(what, () => {
    if (made instanceof Stream || made instanceof Table) return { made }
    if (made instanceof Aggregate) return { view: orders.by('id').aggregate({ made }) }
    return made instanceof Expression ? { view: orders.derive({ made }) } : undefined
  })
  if (typeof program === 'object' && program !== null) attempt(what, () => simulate(program))
}

const givers: Readonly<Record<string, object>> = {
  api,
  t,
  orders,
  customers,
  grouped: orders.by('id'),
  changing: customers.by('name'),
  windowed: orders.by('id').window(tumble('1 minute')),
  pattern: orders.by('id').match('a', row => row.n > 1),
  type: t.int,
  simulation: simulate({ orders, customers }),
}

for (const [giver, of] of Object.entries(givers))
  test(`${giver}: wrong arguments are refused with a code`, () => {
    for (const [name, call] of methodsOf(of))
      for (const args of [
        [],
        ...wrong.flatMap(a => [[a], ['n', a], ['n', '>', a], [orders, a], ...worst.map(b => [a, b])]),
      ]) {
        const what = `${name}(${args.map(arg => (typeof arg === 'symbol' ? 'symbol' : Array.isArray(arg) ? 'list' : typeof arg)).join(', ')})`
        use(
          what,
          attempt(what, () => call(...args)),
        )
      }
  })

test('a message says what was given', () => {
  const given: unknown = Symbol('total')
  assert.throws(() => Reflect.apply(col, undefined, [given]), { code: 'DSD5007', message: /not Symbol\(total\)/ })
})
