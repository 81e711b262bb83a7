import type { Code } from './code.ts'
import { pushUnsigned } from './leb128.ts'
import { type ValueType, valueTypes } from './opcodes.ts'

export interface ImportedFunction {
  readonly module: string
  readonly name: string
  readonly parameters: readonly ValueType[]
  readonly results: readonly ValueType[]
}

const utf8 = new TextEncoder()

/** Builds the bytes of a module that imports a memory and functions, and exports one function, `run`. */
export class ModuleBuilder {
  /** By function index. */
  readonly imports: ImportedFunction[] = []
  readonly #types: string[] = []
  readonly #typeBytes: number[][] = []
  readonly #indexes = new Map<string, number>()

  /** The function index of an import; the same name gives the same index. */
  importFunction(
    module: string,
    name: string,
    parameters: readonly ValueType[],
    results: readonly ValueType[],
  ): number {
    const key = `${module}.${name}`
    const known = this.#indexes.get(key)
    if (known !== undefined) return known
    const index = this.imports.length
    this.imports.push({ module, name, parameters, results })
    this.#indexes.set(key, index)
    return index
  }

  finish(parameters: readonly ValueType[], results: readonly ValueType[], code: Code): Uint8Array<ArrayBuffer> {
    const type = this.#type(parameters, results)
    const imports: number[] = []
    pushUnsigned(imports, this.imports.length + 1)
    pushName(imports, 'env')
    pushName(imports, 'memory')
    imports.push(0x02, 0x00, 0x00)
    for (const imported of this.imports) {
      pushName(imports, imported.module)
      pushName(imports, imported.name)
      imports.push(0x00)
      pushUnsigned(imports, this.#type(imported.parameters, imported.results))
    }
    const exports: number[] = [1]
    pushName(exports, 'run')
    exports.push(0x00)
    pushUnsigned(exports, this.imports.length)
    const body = code.encode()
    const codeSection: number[] = [1]
    pushUnsigned(codeSection, body.length)

    const out: number[] = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
    const typeSection: number[] = []
    pushUnsigned(typeSection, this.#typeBytes.length)
    pushSection(out, 1, typeSection.concat(...this.#typeBytes))
    pushSection(out, 2, imports)
    const functions: number[] = [1]
    pushUnsigned(functions, type)
    pushSection(out, 3, functions)
    pushSection(out, 7, exports)
    pushSection(out, 10, codeSection.concat(body))
    return Uint8Array.from(out)
  }

  #type(parameters: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${parameters.join()}>${results.join()}`
    const known = this.#types.indexOf(key)
    if (known >= 0) return known
    const bytes = [0x60, parameters.length, ...parameters.map(t => valueTypes[t]), results.length]
    this.#types.push(key)
    this.#typeBytes.push([...bytes, ...results.map(t => valueTypes[t])])
    return this.#types.length - 1
  }
}

function pushName(out: number[], name: string): void {
  const bytes = utf8.encode(name)
  pushUnsigned(out, bytes.length)
  for (const byte of bytes) out.push(byte)
}

function pushSection(out: number[], id: number, content: readonly number[]): void {
  out.push(id)
  pushUnsigned(out, content.length)
  for (const byte of content) out.push(byte)
}
