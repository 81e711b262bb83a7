import type { Memory } from '../batch/memory.ts'
import { moduleOf } from './module-cache.ts'
import type { Code } from './wasm/code.ts'
import { type Callable, interpret } from './wasm/interpret.ts'
import type { ModuleBuilder } from './wasm/module.ts'

type ImportedValue = (...values: never[]) => unknown

/** The functions that code may import, by the names of its modules. */
export type Imports = Readonly<Record<string, object>>

/**
 * Instructions that are interpreted before the code is compiled, counted as if every row ran all of them: in the time
 * that it takes to make a module and an instance (which rises with the length of the code) about so many are run.
 */
const budgetOf = (instructions: number): number => 10_000 + 20 * instructions

/**
 * The code as a function of the address of its block and the number of rows. Over a few rows it is interpreted; once it
 * has had more it is compiled.
 */
export function createRun(
  code: Code,
  module: ModuleBuilder,
  imports: Imports,
  memory: Memory,
  budget = budgetOf(code.instructions.length / 2),
): (base: number, rows: number) => number {
  const callables = module.imports.map(({ module: from, name, parameters, results }): Callable => {
    const call: unknown = Reflect.get(imports[from] ?? {}, name)
    if (!isFunction(call)) throw new TypeError(`nothing to import as ${from}.${name}`)
    return { call, parameters, results }
  })
  let interpreted = 0
  let compiled: ((...values: never[]) => unknown) | undefined
  return (base, rows) => {
    if (compiled === undefined) {
      interpreted += (code.instructions.length / 2) * rows
      if (interpreted <= budget) return interpret(code, [base, rows], memory, callables)
      compiled = compile(code, module, callables, memory)
    }
    return Number(Reflect.apply(compiled, undefined, [base, rows]))
  }
}

const isFunction = (value: unknown): value is ImportedValue => typeof value === 'function'

function compile(
  code: Code,
  module: ModuleBuilder,
  callables: readonly Callable[],
  memory: Memory,
): (...values: never[]) => unknown {
  const bytes = module.finish(['i32', 'i32'], ['i32'], code)
  const imports: Record<string, Record<string, unknown>> = { env: { memory: memory.memory } }
  for (const [index, { module: from, name }] of module.imports.entries()) {
    imports[from] ??= {}
    imports[from][name] = callables[index]?.call
  }
  const { run } = new WebAssembly.Instance(moduleOf(bytes), imports).exports
  if (!isFunction(run)) throw new TypeError('the emitted module has no run')
  return run
}
