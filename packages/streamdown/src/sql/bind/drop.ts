import { didYouMean } from '../../values/nearest.ts'
import { kindOf } from '../catalog.ts'
import type { Drop, Name } from '../parse/ast.ts'
import type { BindContext } from './context.ts'
import { bindDropIndexes } from './indexes.ts'
import { lastPart } from './names.ts'
import { fail } from './problem.ts'
import { relationName } from './relation-names.ts'
import type { BoundStatement } from './statement.ts'

export function bindDrop(context: BindContext, { kind, names: dropped, ifExists, cascade }: Drop): BoundStatement {
  const { names, catalog } = context
  if (kind === 'FUNCTION' || kind === 'AGGREGATE') {
    const found = dropped
      .map(name => ({ text: names.fold(lastPart(name)), at: name.at }))
      .filter(({ text, at }) => {
        const exists = catalog.findFunction(text) !== undefined
        if (!exists && !ifExists) fail('DSD2003', `There is no function "${text}".`, at)
        return exists
      })
    return { is: 'drop', kind: 'function', names: found.map(f => f.text) }
  }
  if (kind === 'INDEX') return bindDropIndexes(context, { names: dropped, ifExists, cascade })
  if (kind === 'SCHEMA') return dropSchemas(context, { names: dropped, ifExists, cascade })
  const isRelation = kind === 'TABLE' || kind === 'SOURCE' || kind === 'VIEW' || kind === 'MATERIALIZED VIEW'
  if (kind === 'SINK') return { is: 'drop', kind: 'sink', names: sinks(context, dropped, ifExists) }
  if (!isRelation) return { is: 'drop', kind: 'other', names: dropped.map(name => names.fold(lastPart(name))) }
  const all: string[] = []
  for (const name of dropped) {
    const wanted = relationName(context, name)
    const entry = catalog.find(wanted, names.same)
    if (entry === undefined) {
      if (ifExists) continue
      return fail(
        'DSD2001',
        `There is no ${kind.toLowerCase()} "${wanted}".${didYouMean(wanted, catalog.names())}`,
        name.at,
      )
    }
    const is = kindOf(entry)
    if (is !== kind) fail('DSD2001', `"${wanted}" is a ${is.toLowerCase()}: use DROP ${is}.`, name.at)
    const dependents = catalog
      .users(entry.name)
      .filter(other => !dropped.some(d => names.same(relationName(context, d), other)))
    if (dependents.length > 0 && !cascade)
      fail(
        'DSD2013',
        `"${wanted}" is used by ${dependents.join(', ')}. Drop ${dependents.length === 1 ? 'it' : 'them'} first, or use CASCADE.`,
        name.at,
      )
    const gone = [...dependents.toReversed(), entry.name].flatMap(other => [
      ...catalog.indexesOn(other).map(index => index.name),
      other,
    ])
    for (const other of gone) if (!all.includes(other)) all.push(other)
  }
  return { is: 'drop', kind: kind === 'TABLE' || kind === 'SOURCE' ? 'table' : 'view', names: all }
}

/** Schemas go with the tables and views in them only by CASCADE. */
function dropSchemas(
  { catalog, names }: BindContext,
  { names: dropped, ifExists, cascade }: Pick<Drop, 'names' | 'ifExists' | 'cascade'>,
): BoundStatement {
  const schemas = dropped.flatMap(name => {
    const wanted = names.fold(lastPart(name))
    const found = catalog.findSchema(wanted, names.same)
    if (found === undefined && !ifExists) fail('DSD2001', `There is no schema "${wanted}".`, name.at)
    return found ?? []
  })
  const within = (name: string): boolean => schemas.some(schema => name.startsWith(`${schema}.`))
  const inside = [...catalog.names()].filter(within)
  const gone = new Set(inside.flatMap(name => [...catalog.users(name), name]))
  if (gone.size > 0 && !cascade)
    fail('DSD2013', `Still there: ${[...gone].join(', ')}. Drop them first, or use CASCADE.`, dropped[0]?.at)
  return { is: 'drop', kind: 'schema', names: [...gone].reverse(), schemas }
}

function sinks({ names, catalog }: BindContext, dropped: readonly Name[], ifExists: boolean): readonly string[] {
  return dropped.flatMap(name => {
    const wanted = names.fold(lastPart(name))
    if (catalog.findSink(wanted) !== undefined) return [wanted]
    return ifExists ? [] : fail('DSD2001', `There is no sink "${wanted}".`, name.at)
  })
}
