import { StreamdownError } from '../../errors/error.ts'
import type { AggregateCode } from './user-function.ts'

/** What the platform does for source texts. */
export interface SourceTools {
  /** The same text without types. Throws for what is no TypeScript. */
  stripTypes(source: string): string
  /** What a module exports. */
  importModule(path: string): Promise<object>
}

/** Where the code of a function is: in the statement, or in a module. */
export type CodePlace =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'module'; readonly path: string }

type Code = (...args: readonly unknown[]) => unknown

/**
 * The function that a text stands for: an arrow or function, statements that `return` (or `yield`) the result over the
 * parameters' names, or functions after `export`, of which the one with this name counts, or the only one.
 */
export async function functionIn(
  place: CodePlace,
  name: string,
  parameters: readonly string[],
  gives: 'value' | 'rows',
  tools: SourceTools,
): Promise<Code> {
  if (place.is === 'module' || isModule(place.text)) {
    const exported = await exportsOf(place, tools)
    const all = Object.values(exported).filter(isCode)
    const found =
      Reflect.get(exported, name) ?? Reflect.get(exported, 'default') ?? (all.length === 1 ? all[0] : undefined)
    if (isCode(found)) return found
    throw unusable(name, `it exports no function ${name}`)
  }
  const written = evaluated(`(${place.text}\n)`, tools)
  if (!(written instanceof Error) && isCode(written.value)) return written.value
  const star = gives === 'rows' && /\byield\b/.test(place.text) ? '*' : ''
  const body = evaluated(`function${star} (${parameters.join(', ')}) {${place.text}\n}`, tools)
  if (body instanceof Error) throw unusable(name, body.message, body)
  if (isCode(body.value)) return body.value
  throw unusable(name, 'it is no function')
}

/** `create_state`, `accumulate` and perhaps `finish` of an aggregate, also in camel case. */
export async function aggregateIn(place: CodePlace, name: string, tools: SourceTools): Promise<AggregateCode> {
  const exported = await exportsOf(place, tools)
  const part = (...names: readonly string[]): Code | undefined =>
    names.map(one => Reflect.get(exported, one)).find(isCode)
  const create = part('create_state', 'createState')
  const accumulate = part('accumulate')
  const finish = part('finish', 'get_value', 'getValue')
  if (create === undefined || accumulate === undefined)
    throw unusable(name, 'an aggregate exports create_state(), accumulate(state, …) and finish(state)')
  const source = [create, accumulate, finish].map(code => (code === undefined ? '' : String(code))).join('\n')
  return { create, accumulate, finish: finish ?? (state => state), source }
}

async function exportsOf(place: CodePlace, tools: SourceTools): Promise<object> {
  if (place.is === 'module') {
    try {
      return await tools.importModule(place.path)
    } catch (error) {
      throw unusable(place.path, error instanceof Error ? error.message : String(error), error)
    }
  }
  const names = [...place.text.matchAll(exportedName)].map(([, name = '']) => name)
  const plain = place.text.replace(/^(\s*)export\s+(?:default\s+)?/gm, '$1')
  const module = evaluated(`(() => {${plain}\nreturn { ${names.join(', ')} }\n})()`, tools)
  if (module instanceof Error) throw unusable('the function', module.message, module)
  return typeof module.value === 'object' && module.value !== null ? module.value : {}
}

const exportedName =
  /^\s*export\s+(?:default\s+)?(?:async\s+)?(?:function\s*\*?|const|let|class)\s*([A-Za-z_$][\w$]*)/gm

const isModule = (text: string): boolean => /^\s*export\b/m.test(text)

const isCode = (value: unknown): value is Code => typeof value === 'function'

/** The value of an expression, or what is wrong with its text. */
function evaluated(expression: string, tools: SourceTools): { readonly value: unknown } | SyntaxError {
  try {
    const plain = tools.stripTypes(`const $value = ${expression}`)
    const value: unknown = new Function(`"use strict"; ${plain}; return $value`)()
    return { value }
  } catch (error) {
    if (error instanceof SyntaxError) return error
    throw error
  }
}

const unusable = (name: string, why: string, cause?: unknown): StreamdownError =>
  new StreamdownError('DSD2007', `The code of ${name} cannot be used: ${why}.`, { cause })
