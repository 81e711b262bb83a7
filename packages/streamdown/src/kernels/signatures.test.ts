import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

/**
 * The interfaces of the kernels are written by hand, and WebAssembly takes an argument that is missing for 0: this is
 * what ties them to the module.
 */
const here = new URL('./', import.meta.url)

test('kernels take and give what their interfaces say', () => {
  const exported = exportedSignatures(readFileSync(new URL('kernels.wasm', here)))
  const files = readdirSync(here).filter(file => file.endsWith('-kernels.ts'))
  for (const file of files) {
    const text = readFileSync(new URL(file, here), 'utf8')
    const declared = declaredSignatures(text)
    assert.equal(declared.size, text.match(/^ {2}\w+[(:]/gm)?.length, `${file} is read whole`)
    for (const [name, signature] of declared) assert.equal(exported.get(name), signature, `${name} in ${file}`)
  }
})

/** As JavaScript sees them, such as `(number, bigint): void`, by name. */
function declaredSignatures(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/^ {2}(\w+)\(([^)]*)\): (\w+)$/gm)
  const plain = (type: string) => (type === 'Pointer' ? 'number' : type)
  return new Map(
    found.map(([, name = '', parameters = '', result = '']) => {
      const types = parameters.matchAll(/\w+: (\w+)/g).map(([, type = '']) => plain(type))
      return [name, `(${[...types].join(', ')}): ${plain(result)}`]
    }),
  )
}

/** The same of the functions that a module exports. Source: WebAssembly core specification, "Binary Format / Modules". */
function exportedSignatures(module: Uint8Array): ReadonlyMap<string, string> {
  const types: string[] = []
  const functions: number[] = []
  const signatures = new Map<string, string>()
  const bytes = new Reader(module, 8)
  while (!bytes.ended) {
    const section = bytes.byte()
    const end = bytes.unsigned() + bytes.at
    if (section === 1) {
      for (let count = bytes.unsigned(); count > 0; count--) {
        bytes.byte()
        const parameters = bytes.valueTypes().join(', ')
        types.push(`(${parameters}): ${bytes.valueTypes()[0] ?? 'void'}`)
      }
    } else if (section === 2) {
      for (let count = bytes.unsigned(); count > 0; count--) {
        bytes.name()
        bytes.name()
        if (bytes.byte() === 0) functions.push(bytes.unsigned())
        else bytes.limits()
      }
    } else if (section === 3) {
      for (let count = bytes.unsigned(); count > 0; count--) functions.push(bytes.unsigned())
    } else if (section === 7) {
      for (let count = bytes.unsigned(); count > 0; count--) {
        const name = bytes.name()
        const isFunction = bytes.byte() === 0
        const index = bytes.unsigned()
        if (isFunction) signatures.set(name, types[functions[index] ?? -1] ?? 'unknown')
      }
    }
    bytes.at = end
  }
  return signatures
}

class Reader {
  readonly #bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  get ended(): boolean {
    return this.at >= this.#bytes.length
  }

  byte(): number {
    return this.#bytes[this.at++] ?? 0
  }

  unsigned(): number {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
  }

  name(): string {
    const end = this.unsigned() + this.at
    const text = new TextDecoder().decode(this.#bytes.subarray(this.at, end))
    this.at = end
    return text
  }

  /** i64 is a bigint in JavaScript, other numbers are numbers. */
  valueTypes(): readonly string[] {
    return Array.from({ length: this.unsigned() }, () => (this.byte() === 0x7e ? 'bigint' : 'number'))
  }

  /** Of an imported memory. */
  limits(): void {
    const hasMaximum = this.byte() % 2 === 1
    this.unsigned()
    if (hasMaximum) this.unsigned()
  }
}
