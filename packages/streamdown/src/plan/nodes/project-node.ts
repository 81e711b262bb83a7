import type { Schema } from '../../types/data-type.ts'
import type { Expression } from '../expressions/expression.ts'
import type { PlanNode } from './node.ts'
import type { EventTime } from './relation.ts'

/** `watermark`, when present, makes an output column the event time from here on (Flink's computed rowtime). */
export interface ProjectNode {
  readonly is: 'project'
  readonly input: PlanNode
  readonly expressions: readonly Expression[]
  readonly schema: Schema
  readonly watermark?: EventTime
}

export const ProjectNode = {
  is: (node: PlanNode): node is ProjectNode => node.is === 'project',

  create: (
    input: PlanNode,
    outputs: readonly { readonly name: string; readonly value: Expression }[],
    watermark?: EventTime,
  ): ProjectNode => ({
    is: 'project',
    input,
    expressions: outputs.map(output => output.value),
    schema: outputs.map(({ name, value }) => ({ name, type: value.type, nullable: value.nullable })),
    ...(watermark === undefined ? {} : { watermark }),
  }),
}
