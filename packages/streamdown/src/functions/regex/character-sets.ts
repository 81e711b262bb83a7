/** The flags that decide which characters a part of a pattern takes. */
const characterFlags = (flags: string): string => flags.replace(/[^iusv]/g, '')

/** One character of a pattern: JavaScript's own engine says which characters it takes, each is asked for once. */
export class CharacterTest {
  readonly #pattern: RegExp
  readonly #ascii = new Int8Array(128)
  readonly #others = new Map<number, boolean>()
  readonly #unicode: boolean

  constructor(source: string, flags: string) {
    this.#pattern = new RegExp(`^(?:${source})$`, characterFlags(flags))
    this.#unicode = this.#pattern.unicode
  }

  /** `code`: a code point, or a code unit where Unicode is not regarded. */
  takes(code: number): boolean {
    if (code < 128) {
      const known = this.#ascii[code]
      if (known !== 0) return known === 1
      const taken = this.#ask(code)
      this.#ascii[code] = taken ? 1 : -1
      return taken
    }
    const known = this.#others.get(code)
    if (known !== undefined) return known
    const taken = this.#ask(code)
    if (this.#others.size < 10_000) this.#others.set(code, taken)
    return taken
  }

  #ask(code: number): boolean {
    return this.#pattern.test(this.#unicode ? String.fromCodePoint(code) : String.fromCharCode(code))
  }
}

/** A set of characters: a bit for each of ASCII, and one for all others together. */
export type CharacterSet = bigint

const OTHERS = 1n << 128n
export const noCharacters: CharacterSet = 0n
export const allCharacters: CharacterSet = (OTHERS << 1n) - 1n

export const includes = (set: CharacterSet, code: number): boolean =>
  set === allCharacters || ((set >> BigInt(Math.min(code, 128))) & 1n) === 1n

/** Parts that take no other characters, where case is regarded. */
const asciiOnly = /^(?:[ -\-/-[\]-~]|\\[dwtnrfv!-/:-@[-`{-~]|\[(?!\^)(?:[ -[\]-~]|\\[dwtnrfv!-/:-@[-`{-~])*\])$/

/** The characters that a part of a pattern may take: what may take any but ASCII is said to take all of them. */
export function characterSet(source: string, flags: string): CharacterSet {
  const test = new CharacterTest(source, flags)
  let set = asciiOnly.test(source) ? noCharacters : OTHERS
  for (let code = 0; code < 128; code++) if (test.takes(code)) set |= 1n << BigInt(code)
  // U+017F and U+212A are s and k in another case.
  return flags.includes('i') && (set & sAndK) !== noCharacters ? set | OTHERS : set
}

const sAndK = [...'skSK'].reduce((set, character) => set | (1n << BigInt(character.charCodeAt(0))), 0n)
