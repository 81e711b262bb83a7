import { isJsonArray, isJsonObject, type Json } from '../../values/json.ts'
import { RowError } from '../definition.ts'

/** A SQL/JSON path of members, elements and wildcards: `$.a.b[0]`, `$.a[*]`, `lax $."x y"`, `$..a`. */
export interface JsonPath {
  readonly strict: boolean
  readonly steps: readonly Step[]
}

type Step =
  | { readonly is: 'member'; readonly name: string }
  | { readonly is: 'element'; readonly index: number }
  | { readonly is: 'slice'; readonly from: number; readonly to: number }
  | { readonly is: 'all' }
  | { readonly is: 'deep'; readonly name: string | undefined }

const cache = new Map<string, JsonPath>()

export function jsonPath(text: string): JsonPath {
  const known = cache.get(text)
  if (known !== undefined) return known
  const parsed = parsePath(text)
  if (parsed === undefined) throw new RowError(5, `'${text}' is not a valid JSON path`)
  if (cache.size > 512) cache.clear()
  cache.set(text, parsed)
  return parsed
}

const stepPattern =
  /\.\.(?:\["?'?([^"'\]]+)"?'?\]|([\p{L}_$][\p{L}\p{N}_$-]*)|\*)|\.\s*(?:"((?:[^"\\]|\\.)*)"|([\p{L}\p{N}_$][\p{L}\p{N}_$-]*)|(\*))|\[\s*(?:(-?\d+)(?:\s+to\s+(-?\d+)|\s*:\s*(-?\d+))?|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\*))\s*\]/uy

function parsePath(text: string): JsonPath | undefined {
  const mode = /^\s*(lax|strict)\s+/i.exec(text)
  let at = mode?.[0].length ?? 0
  while (text[at] === ' ') at++
  if (text[at] !== '$') return undefined
  at++
  const steps: Step[] = []
  while (at < text.length) {
    if (text[at] === ' ') {
      at++
      continue
    }
    stepPattern.lastIndex = at
    const match = stepPattern.exec(text)
    if (match === null) return undefined
    const [whole, deepQuoted, deep, quoted, plain, anyMember, index, to, colon, single, double, anyElement] = match
    at += whole.length
    const name = quoted ?? plain ?? single ?? double
    if (whole.startsWith('..')) steps.push({ is: 'deep', name: deepQuoted ?? deep })
    else if (name !== undefined) steps.push({ is: 'member', name: name.replace(/\\(.)/g, '$1') })
    else if (anyMember !== undefined || anyElement !== undefined) steps.push({ is: 'all' })
    else if (to !== undefined) steps.push({ is: 'slice', from: Number(index), to: Number(to) })
    else if (colon !== undefined) steps.push({ is: 'slice', from: Number(index), to: Number(colon) - 1 })
    else steps.push({ is: 'element', index: Number(index) })
  }
  return { strict: mode?.[1]?.toLowerCase() === 'strict', steps }
}

/** Everything that the path leads to. */
export function findAll(value: Json, { steps, strict }: JsonPath): readonly Json[] {
  let found: readonly Json[] = [value]
  for (const step of steps) found = found.flatMap(item => follow(item, step, strict))
  return found
}

function follow(value: Json, step: Step, strict: boolean): readonly Json[] {
  switch (step.is) {
    case 'member':
      if (isJsonObject(value)) {
        const member = value.get(step.name)
        return member === undefined ? [] : [member]
      }
      // Lax mode looks into the elements of an array.
      return isJsonArray(value) && !strict
        ? value.flatMap(item => (isJsonObject(item) ? follow(item, step, strict) : []))
        : []
    case 'element': {
      if (!isJsonArray(value)) return !strict && step.index === 0 ? [value] : []
      const item = value.at(step.index)
      return item === undefined ? [] : [item]
    }
    case 'slice':
      return isJsonArray(value) ? value.slice(step.from, step.to + 1) : []
    case 'all':
      return isJsonArray(value) ? value : isJsonObject(value) ? [...value.values()] : []
    case 'deep': {
      const below = isJsonArray(value) ? value : isJsonObject(value) ? [...value.values()] : []
      const here =
        step.name === undefined
          ? [value]
          : isJsonObject(value)
            ? follow(value, { is: 'member', name: step.name }, true)
            : []
      return [...here, ...below.flatMap(item => follow(item, step, strict))]
    }
  }
}
