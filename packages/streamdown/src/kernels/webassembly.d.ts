/**
 * The part of WebAssembly's JavaScript interface that the engine uses. TypeScript declares it only in the DOM library,
 * which would also let undeclared names such as `name`, `event`, `origin` and `top` pass the type check.
 */
declare namespace WebAssembly {
  interface MemoryDescriptor {
    initial: number
    maximum?: number
    shared?: boolean
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor)
    readonly buffer: ArrayBuffer
    grow(delta: number): number
  }
  interface GlobalDescriptor {
    value: 'i32' | 'i64' | 'f32' | 'f64'
    mutable?: boolean
  }
  class Global<Value extends number | bigint = number | bigint> {
    constructor(descriptor: GlobalDescriptor, value?: Value)
    value: Value
  }
  interface TableDescriptor {
    element: 'anyfunc' | 'externref'
    initial: number
    maximum?: number
  }
  class Table {
    constructor(descriptor: TableDescriptor)
    readonly length: number
    get(index: number): unknown
    grow(delta: number): number
    set(index: number, value: unknown): void
  }
  class Module {
    constructor(bytes: ArrayBufferView | ArrayBuffer)
  }
  type ExportValue = Memory | Global | Table | ((...values: never[]) => unknown)
  class Instance {
    constructor(module: Module, imports?: Imports)
    readonly exports: Readonly<Record<string, ExportValue>>
  }
  type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}
  function compile(bytes: ArrayBufferView | ArrayBuffer): Promise<Module>
  function instantiate(module: Module, imports?: Imports): Promise<Instance>
  function validate(bytes: ArrayBufferView | ArrayBuffer): boolean
}
