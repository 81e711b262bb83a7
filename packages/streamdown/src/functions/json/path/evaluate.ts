import type { Numeric } from '../../../types/value.ts'
import { type Json, JsonNumber } from '../../../values/json.ts'
import { plain } from '../../../values/numeric.ts'
import { RowError } from '../../definition.ts'
import { add, divide, multiply, negate, remainder, subtract, truncate } from '../../numeric/arithmetic.ts'
import type { Zone } from '../../time/zone.ts'
import { compareItems, type Truth } from './compare.ts'
import { PathError, PathMisuse } from './errors.ts'
import { type Item, inside, isArray, isObject, numberOf, numericOf } from './item.ts'
import { callMethod } from './methods.ts'
import type { ArithmeticOperator, JsonPath, PathExpression, Predicate, Step, Subscript } from './tree.ts'

/** Takes the next item; false: no more are wanted. */
type Take = (item: Item) => boolean

/** What a path is evaluated in. */
export interface Surroundings {
  readonly variables: ReadonlyMap<string, Json>
  /** The session's time zone, for those functions that may use it. */
  readonly zone: Zone | undefined
}

const nowhere: Surroundings = { variables: new Map(), zone: undefined }

/** Hands on what the path leads to, in order. Throws PathError where it fails, with what was found handed on before. */
export function follow(document: Json, path: JsonPath, take: Take, surroundings: Surroundings = nowhere): void {
  new Evaluation(document, path, surroundings).expression(path.of, document, take)
}

/** Everything that the path leads to. */
export function findAll(document: Json, path: JsonPath, surroundings?: Surroundings): readonly Item[] {
  const found: Item[] = []
  follow(document, path, item => found.push(item) > 0, surroundings)
  return found
}

/** Whether it leads to anything. */
export const leadsAnywhere = (document: Json, path: JsonPath, surroundings: Surroundings = nowhere): boolean =>
  new Evaluation(document, path, surroundings).exists(path.of, document)

const arithmetic: Readonly<Record<ArithmeticOperator, (a: Numeric, b: Numeric) => Numeric>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': remainder,
}

/** One document under one path, in the way of PostgreSQL's jsonpath_exec.c. */
class Evaluation {
  readonly #root: Json
  readonly #unwraps: boolean
  readonly #surroundings: Surroundings
  /** `@` */
  #current: Item
  /** `last`, of the innermost array with a subscript. */
  #last = -1
  /** Whether a step that does not fit leads nowhere. */
  #lenient: boolean
  /** Numbers of objects by keyvalue(): the document is 0. */
  readonly #ids = new Map<Item, number>()

  constructor(root: Json, { unwraps, lenient }: JsonPath, surroundings: Surroundings) {
    this.#root = root
    this.#current = root
    this.#unwraps = unwraps
    this.#lenient = lenient
    this.#surroundings = surroundings
    this.#ids.set(root, 0)
  }

  /** Evaluates at an item; false once `take` wants no more. */
  expression(node: PathExpression, item: Item, take: Take): boolean {
    switch (node.is) {
      case 'root':
        return take(this.#root)
      case 'current':
        return take(this.#current)
      case 'last':
        return take(numberOf(plain(BigInt(this.#last))))
      case 'literal':
        return take(node.value)
      case 'variable':
        return take(this.#variable(node.name))
      case 'access':
        return this.expression(node.of, item, next => this.#step(node.step, next, take, this.#unwraps))
      case 'arithmetic':
        return take(
          numberOf(
            arithmetic[node.operator](
              this.#operand(node.left, item, `left operand of ${node.operator}`),
              this.#operand(node.right, item, `right operand of ${node.operator}`),
            ),
          ),
        )
      case 'sign':
        return this.#unwrapped(node.of, item).every(operand => {
          if (!(operand instanceof JsonNumber))
            throw new PathError(`the operand of unary ${node.operator} is no number`)
          const number = numericOf(operand)
          return take(numberOf(node.operator === '-' ? negate(number) : number))
        })
      default: {
        const truth = this.#truth(node, item)
        return take(truth === 'unknown' ? null : truth)
      }
    }
  }

  /** Lax paths are looked at up to the first item, strict ones to the end. */
  exists(node: PathExpression, item: Item): boolean {
    // PostgreSQL passes over what is no number where the sign itself is not asked for.
    if (this.#unwraps && node.is === 'sign')
      return this.#unwrapped(node.of, item).some(operand => operand instanceof JsonNumber)
    let found = false
    this.expression(node, item, () => {
      found = true
      return !this.#unwraps
    })
    return found
  }

  #variable(name: string): Json {
    const value = this.#surroundings.variables.get(name)
    if (value === undefined) throw new PathMisuse(`the path has a variable "${name}" that is not given`)
    return value
  }

  /** The items of an expression, in lax mode those of arrays instead of them. */
  #unwrapped(node: PathExpression, item: Item): readonly Item[] {
    const found: Item[] = []
    this.expression(node, item, next => {
      if (this.#unwraps && isArray(next)) found.push(...next)
      else found.push(next)
      return true
    })
    return found
  }

  #operand(node: PathExpression, item: Item, role: string): Numeric {
    const found = this.#unwrapped(node, item)
    const [only] = found
    if (found.length !== 1 || !(only instanceof JsonNumber)) throw new PathError(`the ${role} is not a single number`)
    return numericOf(only)
  }

  /** `unwraps`: a step that takes no array takes the elements of one. */
  #step(step: Step, item: Item, take: Take, unwraps: boolean): boolean {
    switch (step.is) {
      case 'member':
        if (isObject(item)) {
          const member = item.get(step.name)
          if (member !== undefined) return take(member)
          return this.#misfit(`the JSON object has no key "${step.name}"`)
        }
        if (step.alone) return true
        if (unwraps && isArray(item)) return this.#ofElements(step, item, take)
        return this.#misfit('a member is looked for in what is no object')
      case 'any member':
        if (isObject(item)) return inside(item).every(take)
        if (unwraps && isArray(item)) return this.#ofElements(step, item, take)
        return this.#misfit('members are looked for in what is no object')
      case 'any element':
        if (isArray(item)) return item.every(take)
        return this.#unwraps ? take(item) : this.#misfit('elements are looked for in what is no array')
      case 'elements':
        return this.#elements(step.at, item, take)
      case 'below':
        return this.#below(item, step.from, step.to, take)
      case 'filter':
        if (unwraps && isArray(item)) return this.#ofElements(step, item, take)
        return this.#holds(step.by, item) ? take(item) : true
      case 'method':
        if (unwraps && isArray(item) && step.call.name !== 'type' && step.call.name !== 'size')
          return this.#ofElements(step, item, take)
        return callMethod(step.call, item, {
          zone: this.#surroundings.zone,
          unwraps: this.#unwraps,
          misfit: message => this.#misfit(message),
          idOf: object => this.#idOf(object),
        }).every(take)
    }
  }

  /** Of each element, arrays among them taken as they are. */
  #ofElements(step: Step, items: readonly Json[], take: Take): boolean {
    return items.every(element => this.#step(step, element, take, false))
  }

  /** A step that leads nowhere: an error where the structure counts. */
  #misfit(message: string): true {
    if (!this.#lenient) throw new PathError(message)
    return true
  }

  #elements(subscripts: readonly Subscript[], item: Item, take: Take): boolean {
    const list = isArray(item) ? item : this.#unwraps ? [item] : undefined
    if (list === undefined) return this.#misfit('a subscript stands after what is no array')
    const outer = this.#last
    this.#last = list.length - 1
    try {
      return subscripts.every(({ from, to }) => {
        const first = this.#subscript(from, item)
        const end = to === undefined ? first : this.#subscript(to, item)
        if (first < 0 || first > end || end >= list.length) this.#misfit('an array subscript is out of bounds')
        return list.slice(Math.max(first, 0), Math.max(end + 1, 0)).every(take)
      })
    } finally {
      this.#last = outer
    }
  }

  #subscript(node: PathExpression, item: Item): number {
    const found: Item[] = []
    this.expression(node, item, next => found.push(next) > 0)
    const [only] = found
    if (found.length !== 1 || !(only instanceof JsonNumber))
      throw new PathError('an array subscript is not a single number')
    const index = Number(truncate(numericOf(only), 0).digits)
    if (Math.abs(index) > 0x7fff_ffff) throw new PathError('an array subscript is out of range')
    return index
  }

  /** On the way down the structure does not count. */
  #below(item: Item, from: number, to: number, take: Take): boolean {
    const lenient = (next: Item): boolean => {
      const before = this.#lenient
      this.#lenient = true
      try {
        return take(next)
      } finally {
        this.#lenient = before
      }
    }
    const leaves = from === Number.POSITIVE_INFINITY && to === from
    const descend = (parent: Item, level: number): boolean =>
      level > to ||
      inside(parent).every(child => {
        const holds = isArray(child) || isObject(child)
        if ((level >= from || (leaves && !holds)) && !lenient(child)) return false
        return descend(child, level + 1)
      })
    return (from > 0 || lenient(item)) && descend(item, 1)
  }

  #holds(predicate: Predicate, item: Item): boolean {
    const outer = this.#current
    this.#current = item
    try {
      return this.#truth(predicate, item) === true
    } finally {
      this.#current = outer
    }
  }

  #truth(node: Predicate, item: Item): Truth {
    switch (node.is) {
      case 'and': {
        const left = this.#truth(node.left, item)
        if (left === false) return false
        const right = this.#truth(node.right, item)
        return right === true ? left : right
      }
      case 'or': {
        const left = this.#truth(node.left, item)
        if (left === true) return true
        const right = this.#truth(node.right, item)
        return right === false ? left : right
      }
      case 'not': {
        const truth = this.#truth(node.of, item)
        return truth === 'unknown' ? truth : !truth
      }
      case 'is unknown':
        return this.#truth(node.of, item) === 'unknown'
      case 'exists':
        return orUnknown(() => this.exists(node.of, item))
      case 'comparison':
        return orUnknown(() =>
          this.#some(this.#unwrapped(node.left, item), this.#unwrapped(node.right, item), (a, b) =>
            compareItems(node.operator, a, b, this.#surroundings.zone),
          ),
        )
      case 'starts with':
        return orUnknown(() =>
          this.#some(this.#unwrapped(node.of, item), [this.#initial(node.initial)], (text, initial) =>
            typeof text === 'string' && typeof initial === 'string' ? text.startsWith(initial) : 'unknown',
          ),
        )
      case 'like_regex':
        return orUnknown(() =>
          this.#some(this.#unwrapped(node.of, item), [null], text =>
            typeof text === 'string' ? node.pattern.test(text) : 'unknown',
          ),
        )
    }
  }

  #initial(node: PathExpression): Item {
    return node.is === 'variable' ? this.#variable(node.name) : node.is === 'literal' ? node.value : null
  }

  /** Whether a pair is true. In lax mode the first such pair decides; in strict mode a pair that is unknown does. */
  #some(left: readonly Item[], right: readonly Item[], test: (a: Item, b: Item) => Truth): Truth {
    let found = false
    let unknown = false
    for (const a of left) {
      for (const b of right) {
        const truth = test(a, b)
        if (truth === 'unknown') {
          if (!this.#unwraps) return truth
          unknown = true
        } else if (truth) {
          if (this.#unwraps) return true
          found = true
        }
      }
    }
    return found || (unknown ? 'unknown' : false)
  }

  #idOf(object: Item): number {
    const known = this.#ids.get(object)
    if (known !== undefined) return known
    const id = this.#ids.size
    this.#ids.set(object, id)
    return id
  }
}

/** What fails within a predicate makes it unknown. */
function orUnknown(decide: () => Truth): Truth {
  try {
    return decide()
  } catch (error) {
    if (error instanceof RowError && !(error instanceof PathMisuse)) return 'unknown'
    throw error
  }
}
