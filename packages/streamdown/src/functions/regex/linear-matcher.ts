import { type CharacterSet, includes } from './character-sets.ts'
import { INSTRUCTION_SIZE, type LinearProgram, op, type Reference } from './linear-program.ts'
import { WayMarks } from './way-marks.ts'

/** Of the marks of one text; more are refused. */
const MOST_MARKS = 2 ** 31
/** Of steps over one text where ways are gone again, for references back and groups in looks: some tenths of a second. */
const MOST_STEPS = 2 ** 21

/** Where a match and its groups begin and end, in pairs; -1: the group takes no part. */
export type Places = Int32Array

/** A pattern as a text is searched for it. */
export interface SearchedPattern {
  readonly program: LinearProgram
  /** How many groups the whole pattern has. */
  readonly groups: number
  readonly refersBack: boolean
  readonly unicode: boolean
  /** The characters that a match may begin with; all of them, too, where it may be empty. */
  readonly begins: CharacterSet
}

/** Thrown by a search: the text and the program are too long, or ways that are gone again take too many steps. */
export class SearchTooLong extends Error {}

/**
 * The searches of one text for a pattern. All matches are found in time that grows with the text's length times the
 * program's: a way that has failed from a place of the text is marked, and not gone again (as RE2's BitState does), also
 * not by a later search. For a pattern without references back whether a way fails does not depend on what was matched
 * before, but for one thing: in JavaScript a round of a repetition that takes no character fails. So there is a mark for
 * each number of rounds around that have taken one; they are the outer ones. A look marks the ways that have met, too;
 * one with groups goes them again, for what the groups match, and these steps are counted.
 *
 * With references back a way may fail once and match another time: it is gone each time, and the steps are counted.
 */
export class TextSearch {
  readonly text: string
  readonly #pattern: SearchedPattern
  readonly #marks = new Map<LinearProgram, WayMarks>()
  #steps = 0

  /** @throws {SearchTooLong} */
  constructor(pattern: SearchedPattern, text: string) {
    if (pattern.program.marks * (text.length + 1) > MOST_MARKS) throw new SearchTooLong()
    this.#pattern = pattern
    this.text = text
  }

  /**
   * The first match at `from` or, if not `sticky`, behind it.
   *
   * @throws {SearchTooLong}
   */
  find(from: number, sticky: boolean): Places | undefined {
    const { program, groups, begins } = this.#pattern
    const places = new Int32Array((groups + 1) * 2)
    for (let start = from; start <= this.text.length; start++) {
      const code = this.#codeAt(start)
      if (code < 0 || includes(begins, code)) {
        places.fill(-1)
        if (this.#run(program, start, places, false)) return places
      }
      if (sticky) return undefined
      if (code > 0xffff) start += 1
    }
    return undefined
  }

  #marksOf(program: LinearProgram): WayMarks | undefined {
    if (this.#pattern.refersBack) return undefined
    const known = this.#marks.get(program)
    if (known !== undefined) return known
    const made = new WayMarks(program.marks)
    this.#marks.set(program, made)
    return made
  }

  /** `isTest`: only whether the program matches is asked, so ways that have matched need not be gone again. */
  #run(program: LinearProgram, start: number, places: Places, isTest: boolean): boolean {
    const { code, tests, looks, references, backward } = program
    const marks = this.#marksOf(program)
    const begin = backward ? 1 : 0
    /**
     * Ways that are still to be gone: to an instruction at a place, and how many ways are open before it; or a place of
     * a group to be put back (as -1 - slot), or of the beginning of a round (behind those of the groups).
     */
    const stack: number[] = []
    /** The ways that are being gone. */
    const open: number[] = []
    /** Where the rounds around began, from the outermost on. */
    const entered = new Int32Array(program.rounds)
    const save = (slot: number, value: number): void => {
      const before = places[slot]!
      if (before === value) return
      stack.push(-1 - slot, before, 0)
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
          const character = backward ? this.#codeBefore(place) : this.#codeAt(place)
          if (character >= 0 && tests[operand]!.takes(character))
            place += (backward ? -1 : 1) * (character > 0xffff ? 2 : 1)
          else fails = true
          break
        }
        case op.split: {
          if (marks === undefined) this.#count(1)
          else {
            const way = marks.way(code[at + 3]! + taken(entered, code[at + 4]!, place), place)
            if (marks.hasMatched(way)) {
              if (isTest) {
                marks.match(open)
                return true
              }
              this.#count(1)
            }
            fails = !marks.isFirst(way)
            if (!fails) open.push(way)
          }
          if (fails) break
          stack.push(code[at + 2]!, place, open.length)
          next = operand
          break
        }
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
          stack.push(-1 - places.length - operand, entered[operand]!, 0)
          entered[operand] = place
          break
        case op.leave:
          fails = entered[operand] === place
          break
        case op.look: {
          const { negated, program: inner } = looks[operand]!
          const found = places.slice()
          const meets = this.#run(inner, place, found, negated || !inner.captures)
          fails = meets === negated
          if (meets && !fails) for (let slot = 2; slot < found.length; slot++) save(slot, found[slot]!)
          break
        }
        case op.back: {
          const end = this.#again(references[operand]!, places, place, backward)
          fails = end < 0
          place = end
          break
        }
        case op.begin:
          fails = place > 0 && (operand === 0 || !isLineEnd(this.text.charCodeAt(place - 1)))
          break
        case op.end:
          fails = place < this.text.length && (operand === 0 || !isLineEnd(this.text.charCodeAt(place)))
          break
        case op.boundary:
        case op.noBoundary: {
          const isBoundary = this.#isWord(place - 1, operand === 1) !== this.#isWord(place, operand === 1)
          fails = isBoundary !== (code[at] === op.boundary)
          break
        }
        default:
          places[1 - begin] = place
          marks?.match(open)
          // What has matched did not fail: another search may go there again.
          if (!isTest) marks?.forget(open)
          return true
      }
      if (!fails) continue
      let top = stack.length - 3
      for (; top >= 0 && stack[top]! < 0; top -= 3) {
        const slot = -1 - stack[top]!
        if (slot < places.length) places[slot] = stack[top + 1]!
        else entered[slot - places.length] = stack[top + 1]!
      }
      if (top < 0) return false
      next = stack[top]!
      place = stack[top + 1]!
      open.length = stack[top + 2]!
      stack.length = top
    }
  }

  #count(steps: number): void {
    this.#steps += steps
    if (this.#steps > MOST_STEPS) throw new SearchTooLong()
  }

  /** Where what the group has matched ends when it stands at a place once more; -1: it does not. */
  #again({ groups, folded }: Reference, places: Places, place: number, backward: boolean): number {
    const group = groups.find(each => places[each * 2]! >= 0 && places[each * 2 + 1]! >= 0)
    if (group === undefined) return place
    const [from, to] = [places[group * 2]!, places[group * 2 + 1]!]
    const size = to - from
    const other = backward ? place - size : place
    if (other < 0 || other + size > this.text.length) return -1
    this.#count(1 + (size >> 3))
    const end = backward ? other : other + size
    if (folded === undefined) return this.text.startsWith(this.text.slice(from, to), other) ? end : -1
    for (let i = 0; i < size; ) {
      const [a, b] = [this.#codeAt(from + i), this.#codeAt(other + i)]
      if (a !== b && !folded(a).takes(b)) return -1
      i += a > 0xffff ? 2 : 1
    }
    return end
  }

  #codeAt(place: number): number {
    const { text } = this
    if (place >= text.length) return -1
    const unit = text.charCodeAt(place)
    return this.#pattern.unicode && unit >= 0xd800 && unit <= 0xdbff ? (text.codePointAt(place) ?? unit) : unit
  }

  #codeBefore(place: number): number {
    const { text } = this
    if (place <= 0) return -1
    const unit = text.charCodeAt(place - 1)
    if (!this.#pattern.unicode || unit < 0xdc00 || unit > 0xdfff || place < 2) return unit
    const whole = text.codePointAt(place - 2) ?? unit
    return whole > 0xffff ? whole : unit
  }

  #isWord(place: number, isFolding: boolean): boolean {
    const code = this.text.charCodeAt(place)
    const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
    // U+017F and U+212A are s and k in another case.
    const isFolded = isFolding && (code === 0x17f || code === 0x212a)
    return isLetter || (code >= 0x30 && code <= 0x39) || code === 0x5f || isFolded
  }
}

/** How many of the first `rounds` have taken a character. */
function taken(entered: Int32Array, rounds: number, place: number): number {
  let count = 0
  while (count < rounds && entered[count] !== place) count += 1
  return count
}

const isLineEnd = (code: number): boolean => code === 0x0a || code === 0x0d || code === 0x2028 || code === 0x2029
