/** A piece of JavaScript source. `template` tokens are the texts between `${` and `}`. */
export interface Token {
  readonly is: 'name' | 'number' | 'bigint' | 'string' | 'template' | 'regex' | 'sign' | 'end'
  /** As written; for strings and templates the text that they mean. */
  readonly text: string
}

/** The source is not JavaScript that this reader knows. The arrow then stays JavaScript, and reads all columns. */
export class Unreadable extends Error {}

const signs = [
  '>>>=',
  '...',
  '===',
  '!==',
  '**=',
  '<<=',
  '>>=',
  '>>>',
  '&&=',
  '||=',
  '??=',
  '=>',
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '??',
  '?.',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '**',
  '<<',
  '>>',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '|',
  '^',
  '!',
  '~',
  '?',
  ':',
  '=',
  '.',
  '#',
  '@',
] // prettier-ignore

const nameStart = /[\p{ID_Start}$_]/u
const nameForm = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy
const numberForm =
  /0[xX][\da-fA-F_]+n?|0[oO][0-7_]+n?|0[bB][01_]+n?|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?n?/y
const regexForm = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y
/** After these a slash divides; after anything else it starts a regular expression. */
const endsValue = /^(?:\)|\]|\}|)$/

/** Reads the tokens of a function's source. Throws Unreadable. */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = []
  /** For each open brace, whether it is a template's `${`. */
  const braces: boolean[] = []
  let at = 0
  const push = (is: Token['is'], text: string) => {
    tokens.push({ is, text })
  }
  const template = (): void => {
    let text = ''
    for (;;) {
      const c = source[at]
      if (c === undefined) throw new Unreadable('template without end')
      at += 1
      if (c === '`') {
        push('template', text)
        push('sign', '`')
        return
      }
      if (c === '$' && source[at] === '{') {
        at += 1
        push('template', text)
        push('sign', '${')
        braces.push(true)
        return
      }
      text += c === '\\' ? escaped() : c
    }
  }
  const escaped = (): string => {
    const c = source[at]
    at += 1
    switch (c) {
      case 'n':
        return '\n'
      case 't':
        return '\t'
      case 'r':
        return '\r'
      case '\\':
      case "'":
      case '"':
      case '`':
      case '$':
        return c
      default:
        throw new Unreadable('escape')
    }
  }
  while (at < source.length) {
    const c = source[at] ?? ''
    if (/\s/.test(c)) {
      at += 1
    } else if (source.startsWith('//', at)) {
      const end = source.indexOf('\n', at)
      at = end < 0 ? source.length : end
    } else if (source.startsWith('/*', at)) {
      const end = source.indexOf('*/', at + 2)
      if (end < 0) throw new Unreadable('comment without end')
      at = end + 2
    } else if (nameStart.test(c)) {
      push('name', matched(nameForm, source, at))
      at = nameForm.lastIndex
    } else if (/\d/.test(c) || (c === '.' && /\d/.test(source[at + 1] ?? ''))) {
      const text = matched(numberForm, source, at)
      at = numberForm.lastIndex
      push(text.endsWith('n') && !text.startsWith('0x') ? 'bigint' : 'number', text.replaceAll('_', ''))
    } else if (c === "'" || c === '"') {
      at += 1
      let text = ''
      while (source[at] !== c) {
        const part = source[at]
        if (part === undefined || part === '\n') throw new Unreadable('string without end')
        at += 1
        text += part === '\\' ? escaped() : part
      }
      at += 1
      push('string', text)
    } else if (c === '`') {
      at += 1
      push('sign', '`')
      template()
    } else if (c === '}' && braces.at(-1) === true) {
      at += 1
      braces.pop()
      push('sign', '}$')
      template()
    } else if (c === '/' && startsRegex(tokens.at(-1))) {
      push('regex', matched(regexForm, source, at))
      at = regexForm.lastIndex
    } else {
      const sign = signs.find(one => source.startsWith(one, at))
      if (sign === undefined) throw new Unreadable(`character ${c}`)
      if (sign === '{') braces.push(false)
      if (sign === '}') braces.pop()
      // `?.5` is a condition and a number.
      const text = sign === '?.' && /\d/.test(source[at + 2] ?? '') ? '?' : sign
      at += text.length
      push('sign', text)
    }
  }
  push('end', '')
  return tokens
}

function matched(form: RegExp, source: string, at: number): string {
  form.lastIndex = at
  const match = form.exec(source)
  if (match === null) throw new Unreadable(`at ${at}`)
  return match[0]
}

const operatorWords: ReadonlySet<string> = new Set([
  'return',
  'typeof',
  'in',
  'of',
  'instanceof',
  'void',
  'delete',
  'case',
  'yield',
  'await',
])

function startsRegex(before: Token | undefined): boolean {
  if (before === undefined) return true
  if (before.is === 'name') return operatorWords.has(before.text)
  if (before.is !== 'sign') return false
  return !endsValue.test(before.text) && before.text !== '`'
}
