import { StreamdownError } from '../../errors/error.ts'
import type { Relation, SinkNode } from '../../plan/nodes/node.ts'
import type { Program } from '../../plan/program.ts'
import { derive } from '../../plan/properties.ts'
import { kindOf } from '../draft/kind.ts'
import type { JobDraft, RelationDraft, SourceRelation } from '../draft/relation-draft.ts'
import { objectGiven } from '../given.ts'
import { Job } from '../job.ts'
import { LowerContext, placed } from '../lower/context.ts'
import { type Lowered, visibleOnly } from '../lower/lowered.ts'
import { lowerRelation } from '../lower/relations.ts'
import { relationsIn } from './relations-in.ts'

/** A stream or table that a program exports. */
export interface AssembledView {
  readonly name: string
  readonly draft: RelationDraft
  readonly kind: 'stream' | 'table'
  /** Its visible columns are its node's columns. */
  readonly lowered: Lowered
}

export interface AssembledJob {
  readonly name: string
  readonly draft: JobDraft
  readonly lowered: Lowered
  readonly sink: SinkNode
}

/** A program put together: what the engine runs, and what its names mean. */
export interface Assembled {
  readonly program: Program
  readonly context: LowerContext
  readonly views: readonly AssembledView[]
  readonly jobs: readonly AssembledJob[]
}

/** A name of a program and what it stands for; members of lists are named by their place, `default.0`. */
export type Exported = { readonly name: string } & (
  | { readonly is: 'relation'; readonly draft: RelationDraft }
  | { readonly is: 'job'; readonly draft: JobDraft }
)

/** The jobs, tables and streams of a module; other exports are its own affair. */
export function exportsOf(program: object): readonly Exported[] {
  return Object.entries(objectGiven('A program is a module, or what it exports', program)).flatMap(([name, value]) =>
    exportedAs(name, value),
  )
}

function exportedAs(name: string, value: unknown): readonly Exported[] {
  if (Array.isArray(value)) return value.flatMap((one: unknown, i) => exportedAs(`${name}.${i}`, one))
  if (value instanceof Job) return [{ name, is: 'job', draft: value.draft }]
  const draft = draftOf(value)
  return draft === undefined ? [] : [{ name, is: 'relation', draft }]
}

/** @internal The draft of a stream or a table. */
export function draftOf(value: unknown): RelationDraft | undefined {
  return hasDraft(value) ? value['~draft'] : undefined
}

const hasDraft = (value: unknown): value is { readonly '~draft': RelationDraft } =>
  typeof value === 'object' && value !== null && '~draft' in value

/**
 * Binds a program: everything that it exports, into one plan. Throws a StreamdownError with the place in the program
 * for what is wrong in it, DSD5006 for what does not run yet. `inferred`: what was found of sources without a schema.
 */
export function assemble(
  program: object,
  inferred?: ReadonlyMap<SourceRelation, Relation>,
  context = new LowerContext(inferred),
): Assembled {
  const exported = exportsOf(program)
  if (exported.length === 0) throw new StreamdownError('DSD5007', 'The program exports no job, table or stream.')
  for (const { is, draft } of exported) {
    for (const relation of relationsIn(is === 'job' ? draft.input : draft)) {
      if (
        (relation.is === 'aggregate' || relation.is === 'top') &&
        relation.windowed !== undefined &&
        !context.overWindows.has(relation.windowed)
      ) {
        context.overWindows.set(relation.windowed, relation)
      }
    }
  }
  const views: AssembledView[] = []
  const jobs: AssembledJob[] = []
  for (const one of exported) {
    if (one.is === 'relation') {
      views.push({
        name: one.name,
        draft: one.draft,
        kind: kindOf(one.draft),
        lowered: visibleOnly(lowerRelation(context, one.draft)),
      })
    } else {
      jobs.push(assembleJob(context, one.name, one.draft))
    }
  }
  return {
    program: {
      sinks: jobs.map(({ sink }) => sink),
      views: views.map(({ name, lowered }) => ({ name, input: lowered.node, key: keyOf(lowered) })),
    },
    context,
    views,
    jobs,
  }
}

function assembleJob(context: LowerContext, name: string, draft: JobDraft): AssembledJob {
  const lowered = placed(draft.place, () => visibleOnly(lowerRelation(context, draft.input)))
  const { appendOnly } = derive(lowered.node)
  const relation: Relation = {
    name,
    schema: lowered.node.schema,
    connector: draft.sink.connector,
    options: draft.sink.options,
    primaryKey: keyOf(lowered),
    changes: appendOnly ? 'append' : lowered.key.length > 0 ? 'upsert' : 'retract',
    ...(draft.sink.handle === undefined ? {} : { handle: draft.sink.handle }),
  }
  const sink: SinkNode = {
    is: 'sink',
    name,
    input: lowered.node,
    relation,
    ...(draft.guarantee === undefined ? {} : { guarantee: draft.guarantee }),
  }
  return { name, draft, lowered, sink }
}

/** Places of the key's columns. */
export const keyOf = ({ key, columns }: Lowered): readonly number[] =>
  key.map(name => columns.findIndex(column => column.name === name))
