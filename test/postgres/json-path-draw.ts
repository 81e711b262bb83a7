import type { SeededRandom } from '../../packages/streamdown/src/run/clock.ts'

/** Draws JSON documents, and paths that mostly lead somewhere in them. Keys are of one length, so that all order them alike. */
export class JsonPathDraw {
  readonly #random: SeededRandom
  constructor(random: SeededRandom) {
    this.#random = random
  }

  document(depth = 3): string {
    const kind = depth === 0 ? this.#below(5) : this.#below(9)
    if (kind >= 7) return `[${this.#list(4, () => this.document(depth - 1)).join(', ')}]`
    if (kind >= 5) {
      const keys = ['a', 'b', 'c', 'd'].filter(() => this.#below(2) === 0)
      return `{${keys.map(key => `"${key}": ${this.document(depth - 1)}`).join(', ')}}`
    }
    return this.#one(
      () => String(this.#below(7) - 2),
      () => this.#of('1.5', '0', '-2.50', '12345678901234567890', '0.1'),
      () => this.#of('"a"', '"abc"', '"12"', '"-1.5"', '""', '"true"', '"aé😀"', '"2023-08-15"', '"x\\ny"'),
      () =>
        this.#of(
          '"12:34:56"',
          '"2023-08-15 12:34:56"',
          '"2023-08-15T12:34:56.789"',
          '"nan"',
          '"on"',
          '"0"',
          '"12:34:56+02:00"',
          '"2023-08-15 12:34:56 -03"',
        ),
      () => this.#of('true', 'false', 'null'),
    )
  }

  path(): string {
    const mode = this.#of('', '', 'lax ', 'strict ')
    return mode + (this.#below(5) === 0 ? this.#predicate(2, '$') : this.#expression(3, '$'))
  }

  #expression(depth: number, context: string): string {
    if (depth === 0) return this.#primary(context)
    switch (this.#below(9)) {
      case 0:
        return `${this.#expression(depth - 1, context)} ${this.#of('+', '-', '*', '/', '%')} ${this.#expression(depth - 1, context)}`
      case 1:
        return `${this.#of('-', '+')}${this.#steps(depth - 1, context)}`
      case 2:
        return `(${this.#expression(depth - 1, context)})${this.#step(depth - 1)}`
      default:
        return this.#steps(depth - 1, context)
    }
  }

  #primary(context: string): string {
    return this.#one(
      () => context,
      () => context,
      () => this.#of('$', '1', '0', '2.5', '"a"', '"12"', 'true', 'null', '$x', '$y', '$z'),
    )
  }

  #steps(depth: number, context: string): string {
    const start = this.#below(8) === 0 ? '$' : context
    return start + this.#list(3, () => this.#step(depth)).join('')
  }

  #step(depth: number): string {
    return this.#one(
      () => `.${this.#of('a', 'b', 'c', '"d"')}`,
      () => `.${this.#of('a', 'b')}`,
      () => this.#of('[*]', '.*', '[*]'),
      () => `[${this.#list(2, () => this.#subscript(depth), 1).join(', ')}]`,
      () => this.#of('.**', '.**{1}', '.**{0 to 1}', '.**{2 to last}', '.**{last}'),
      () => ` ? (${this.#predicate(Math.max(depth - 1, 0), '@')})`,
      () => ` ? (${this.#predicate(Math.max(depth - 1, 0), '@')})`,
      () =>
        `.${this.#of('type', 'size', 'abs', 'floor', 'ceiling', 'double', 'keyvalue', 'number', 'integer', 'bigint')}()`,
      () => `.${this.#of('boolean', 'string', 'datetime', 'date', 'timestamp', 'time')}()`,
      () =>
        `.${this.#of('datetime("YYYY-MM-DD")', 'datetime("HH24:MI:SS")', 'decimal(4, 1)', 'time(1)', 'timestamp(1)', 'decimal()')}`,
    )
  }

  #subscript(depth: number): string {
    return this.#one(
      () => String(this.#below(3)),
      () => this.#of('last', 'last - 1', '-1', '0 to last', '1 to 2', '0 to 1', 'last to 0', '1.7', '$y', '"a"'),
      () => (depth > 0 ? `$${this.#step(0)}.size() - 1` : '0'),
    )
  }

  #predicate(depth: number, context: string): string {
    const value = (): string => this.#expression(Math.min(depth, 1), context)
    if (depth > 0) {
      const inner = (): string => this.#predicate(depth - 1, context)
      switch (this.#below(6)) {
        case 0:
          return `${inner()} && ${inner()}`
        case 1:
          return `(${inner()}) || ${inner()}`
        case 2:
          return `!(${inner()})`
        case 3:
          return `(${inner()}) is unknown`
      }
    }
    return this.#one(
      () => `${value()} ${this.#of('==', '<>', '!=', '<', '<=', '>', '>=')} ${value()}`,
      () => `${value()} ${this.#of('==', '<', '>')} ${this.#of('1', '0', '"a"', 'null', 'true', '$x', '2')}`,
      () => `exists(${value()})`,
      () => `${value()} starts with ${this.#of('"a"', '"1"', '""', '$z')}`,
      () =>
        `${value()} like_regex ${this.#of('"^a"', '"A" flag "i"', '"." flag "q"', '"x.y"', '"x.y" flag "s"', '"^y" flag "m"')}`,
    )
  }

  #below(limit: number): number {
    return Math.floor(this.#random.next() * limit)
  }

  #of(...choices: readonly string[]): string {
    return choices[this.#below(choices.length)] ?? ''
  }

  #one(...choices: readonly (() => string)[]): string {
    return choices[this.#below(choices.length)]?.() ?? ''
  }

  #list(most: number, draw: () => string, least = 0): readonly string[] {
    return Array.from({ length: least + this.#below(most - least + 1) }, draw)
  }
}
