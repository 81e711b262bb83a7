import { type CharacterSet, includes } from './character-sets.ts'
import { INSTRUCTION_SIZE, type LinearProgram, op } from './linear-program.ts'

/** Of the marks of one search; more are refused. */
const MOST_MARKS = 2 ** 31

/** Where a match and its groups begin and end, in pairs; -1: the group takes no part. */
export type Places = Int32Array

export interface Search {
  readonly text: string
  /** How many groups the whole pattern has. */
  readonly groups: number
  readonly unicode: boolean
  readonly multiline: boolean
  readonly ignoreCase: boolean
  /** The characters that a match may begin with; all of them, too, where it may be empty. */
  readonly begins: CharacterSet
}

/**
 * Finds what a backtracking matcher finds, in time that grows with the text's length times the program's: a way that
 * has failed from a place of the text is marked, and not gone again (as RE2's BitState does). For a pattern without
 * references back whether a way fails does not depend on what was matched before, but for one thing: in JavaScript a
 * round of a repetition that takes no character fails. So there is a mark for each number of rounds around that have
 * taken one; they are the outer ones.
 *
 * @returns undefined when nothing matches at `from` or, if not `sticky`, behind it; 'too long' when text and program are.
 */
export function searchLinear(
  program: LinearProgram,
  search: Search,
  from: number,
  sticky: boolean,
): Places | undefined | 'too long' {
  const { text } = search
  if (program.marks * (text.length + 1) > MOST_MARKS) return 'too long'
  const marks = new Marks(program.marks)
  const places = new Int32Array(groupSlots(search))
  for (let start = from; start <= text.length; start++) {
    const code = codeAt(search, start)
    if (code < 0 || includes(search.begins, code)) {
      places.fill(-1)
      if (run(program, search, start, places, marks)) return places
    }
    if (sticky) return undefined
    if (code > 0xffff) start += 1
  }
  return undefined
}

const groupSlots = ({ groups }: Search): number => (groups + 1) * 2

const PAGE_BITS = 4096

/** In pages, as far as a search comes: texts may be long, and one may be searched many times. */
class Marks {
  readonly #marks: number
  readonly #pages = new Map<number, Uint32Array>()
  #number = -1
  #page: Uint32Array = new Uint32Array(0)

  constructor(marks: number) {
    this.#marks = marks
  }

  /** Whether a mark is come to at a place for the first time. */
  isFirst(mark: number, place: number): boolean {
    const at = place * this.#marks + mark
    const number = Math.floor(at / PAGE_BITS)
    if (number !== this.#number) this.#turnTo(number)
    const word = (at % PAGE_BITS) >>> 5
    const bit = 1 << (at & 31)
    const before = this.#page[word] ?? 0
    this.#page[word] = before | bit
    return (before & bit) === 0
  }

  #turnTo(number: number): void {
    const known = this.#pages.get(number)
    this.#page = known ?? new Uint32Array(PAGE_BITS / 32)
    if (known === undefined) this.#pages.set(number, this.#page)
    this.#number = number
  }
}

/**
 * Ways that are still to be gone: to an instruction at a place; or a place of a group to be put back (as -1 - slot), or of
 * the beginning of a round (behind those of the groups).
 */
type Stack = number[]

/** How many of the first `rounds` have taken a character. */
function taken(entered: Int32Array, rounds: number, place: number): number {
  let count = 0
  while (count < rounds && entered[count] !== place) count += 1
  return count
}

function run(program: LinearProgram, search: Search, start: number, places: Places, marks: Marks): boolean {
  const { code, tests, looks, backward } = program
  const begin = backward ? 1 : 0
  const stack: Stack = []
  /** Where the rounds around began, from the outermost on. */
  const entered = new Int32Array(program.rounds)
  const save = (slot: number, value: number): void => {
    const before = places[slot]!
    if (before === value) return
    stack.push(-1 - slot, before)
    places[slot] = value
  }
  let [next, place] = [0, start]
  places[begin] = start
  for (;;) {
    const at = next * INSTRUCTION_SIZE
    const operand = code[at + 1]!
    let fails = false
    next += 1
    switch (code[at]) {
      case op.character: {
        const character = backward ? codeBefore(search, place) : codeAt(search, place)
        if (character >= 0 && tests[operand]!.takes(character))
          place += (backward ? -1 : 1) * (character > 0xffff ? 2 : 1)
        else fails = true
        break
      }
      case op.split:
        if (marks.isFirst(code[at + 3]! + taken(entered, code[at + 4]!, place), place)) {
          stack.push(code[at + 2]!, place)
          next = operand
        } else fails = true
        break
      case op.jump:
        next = operand
        break
      case op.save:
        save(operand, place)
        break
      case op.clear:
        for (let slot = operand; slot < code[at + 2]!; slot++) save(slot, -1)
        break
      case op.enter:
        stack.push(-1 - places.length - operand, entered[operand]!)
        entered[operand] = place
        break
      case op.leave:
        fails = entered[operand] === place
        break
      case op.look: {
        const look = looks[operand]!
        const found = places.slice()
        const meets = run(look.program, search, place, found, new Marks(look.program.marks))
        fails = meets === look.negated
        if (meets && !fails) for (let slot = 2; slot < found.length; slot++) save(slot, found[slot]!)
        break
      }
      case op.begin:
        fails = !isBegin(search, place)
        break
      case op.end:
        fails = !isEnd(search, place)
        break
      case op.boundary:
      case op.noBoundary:
        fails = (isWord(search, place - 1) !== isWord(search, place)) !== (code[at] === op.boundary)
        break
      default:
        places[1 - begin] = place
        return true
    }
    if (!fails) continue
    let top = stack.length - 2
    for (; top >= 0 && stack[top]! < 0; top -= 2) {
      const slot = -1 - stack[top]!
      if (slot < places.length) places[slot] = stack[top + 1]!
      else entered[slot - places.length] = stack[top + 1]!
    }
    if (top < 0) return false
    next = stack[top]!
    place = stack[top + 1]!
    stack.length = top
  }
}

function codeAt({ text, unicode }: Search, place: number): number {
  if (place >= text.length) return -1
  const unit = text.charCodeAt(place)
  return unicode && unit >= 0xd800 && unit <= 0xdbff ? (text.codePointAt(place) ?? unit) : unit
}

function codeBefore({ text, unicode }: Search, place: number): number {
  if (place <= 0) return -1
  const unit = text.charCodeAt(place - 1)
  if (!unicode || unit < 0xdc00 || unit > 0xdfff || place < 2) return unit
  const whole = text.codePointAt(place - 2) ?? unit
  return whole > 0xffff ? whole : unit
}

const isLineEnd = (code: number): boolean => code === 0x0a || code === 0x0d || code === 0x2028 || code === 0x2029

function isWord({ text, unicode, ignoreCase }: Search, place: number): boolean {
  const code = text.charCodeAt(place)
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
  // U+017F and U+212A are s and k in another case.
  const isFolded = unicode && ignoreCase && (code === 0x17f || code === 0x212a)
  return isLetter || (code >= 0x30 && code <= 0x39) || code === 0x5f || isFolded
}

function isBegin({ text, multiline }: Search, place: number): boolean {
  return place === 0 || (multiline && isLineEnd(text.charCodeAt(place - 1)))
}

function isEnd({ text, multiline }: Search, place: number): boolean {
  return place === text.length || (multiline && isLineEnd(text.charCodeAt(place)))
}
