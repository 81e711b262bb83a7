import type { Batch } from '../../batch/batch.ts'
import type { CompiledProjection } from '../../compile/compiled.ts'
import { compileProjection } from '../../compile/projection.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import type { Schema } from '../../types/data-type.ts'
import type { Operator, Output } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { emitDead } from './dead.ts'
import { withExpressions } from './failed-expression.ts'
import { Stateless } from './stateless.ts'

export interface ProjectOptions {
  readonly input: Schema
  readonly filter?: Expression
  readonly outputs: readonly Expression[]
  readonly schema: Schema
}

/** A filter and a projection in one compiled loop. Rows that fail in it are dead letters. */
export function createProject(options: ProjectOptions, context: OperatorContext): Operator {
  return new Project(options, context)
}

class Project extends Stateless {
  readonly #context: OperatorContext
  readonly #options: ProjectOptions
  readonly #projection: CompiledProjection

  constructor(options: ProjectOptions, context: OperatorContext) {
    super()
    const { input, filter, outputs } = options
    this.#context = context
    this.#options = options
    this.#projection = compileProjection({ input, outputs, context, ...(filter === undefined ? {} : { filter }) })
  }

  push(_input: number, batch: Batch, out: Output): void {
    const { output, failed } = this.#projection.run(batch)
    if (failed.count > 0) {
      const { memory } = this.#context
      emitDead(memory, this.#options.input, batch, withExpressions(memory, failed, this.#options), out)
    }
    if (output.rows > 0) out.emit(output)
  }
}
