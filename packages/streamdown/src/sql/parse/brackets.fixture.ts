/** Writes an expression with every grouping in brackets, so that tests can compare trees as text. */

import type { Argument, Expression, Name, SortItem, TypeName } from './ast.ts'
import { parseExpression } from './parse.ts'

/** The tree of an expression: `a + b * c` is `(a + (b * c))`. */
export function brackets(text: string): string {
  return show(parseExpression(text))
}

export function showType(type: TypeName): string {
  const suffix = type.nullable === undefined ? '' : type.nullable ? ' NULL' : ' NOT NULL'
  switch (type.is) {
    case 'namedType':
      return type.name + (type.args.length > 0 ? `(${type.args.join(',')})` : '') + suffix
    case 'arrayType':
      return `ARRAY<${showType(type.element)}>${suffix}`
    case 'multisetType':
      return `MULTISET<${showType(type.element)}>${suffix}`
    case 'mapType':
      return `MAP<${showType(type.key)}, ${showType(type.value)}>${suffix}`
    case 'rowType':
      return `ROW<${type.fields.map(field => `${field.name?.text ?? '-'} ${showType(field.type)}`).join(', ')}>${suffix}`
  }
}

const names = (name: Name) => name.parts.map(part => part.text).join('.')
const list = (items: readonly Expression[]) => items.map(show).join(', ')
const optional = (word: string, item: Expression | undefined) => (item === undefined ? '' : ` ${word} ${show(item)}`)

export function showSort({ value, direction, nulls }: SortItem): string {
  return [show(value), direction, nulls].filter(part => part !== undefined).join(' ')
}

function argument({ name, variadic, value }: Argument): string {
  const prefix = (name === undefined ? '' : `${name.text} => `) + (variadic ? 'VARIADIC ' : '')
  if (value.is === 'descriptor') return `${prefix}DESCRIPTOR(${value.columns.map(names).join(', ')})`
  if (value.is !== 'tableArgument') return prefix + show(value)
  const table = value.table.is === 'name' ? names(value.table) : '<query>'
  const partition = value.partitionBy.length > 0 ? ` BY ${list(value.partitionBy)}` : ''
  const order = value.orderBy.length > 0 ? ` ORDER ${value.orderBy.map(showSort).join(', ')}` : ''
  return `${prefix}TABLE ${table}${partition}${order}`
}

export function show(node: Expression): string {
  switch (node.is) {
    case 'column':
      return node.parts.map(part => part.text).join('.')
    case 'field':
      return `${show(node.of)}->${node.field.text}`
    case 'subscript':
      return `${show(node.of)}[${show(node.index)}]`
    case 'slice':
      return `${show(node.of)}[${node.from ? show(node.from) : ''}:${node.to ? show(node.to) : ''}]`
    case 'star':
      return `${node.of ? `${show(node.of)}.` : ''}*${node.except.map(name => `-${names(name)}`).join('')}`
    case 'number':
      return node.text
    case 'string':
      return JSON.stringify(node.value)
    case 'bytes':
      return `x${node.hex}`
    case 'boolean':
      return String(node.value)
    case 'null':
      return 'null'
    case 'default':
      return 'default'
    case 'typedLiteral':
      return `<${showType(node.type)} ${JSON.stringify(node.text)}>`
    case 'interval': {
      const unit = [node.from, node.to].filter(part => part !== undefined).join('/')
      const digits = [node.precision, node.fraction].filter(part => part !== undefined).join(',')
      return `<interval ${node.negative ? '-' : ''}${show(node.value)}${unit && ` ${unit}`}${digits && ` ${digits}`}>`
    }
    case 'timeUnit':
      return `<${node.unit}>`
    case 'parameter':
      return `$${node.name}`
    case 'unary':
      return `(${node.op} ${show(node.operand)})`
    case 'binary':
      return `(${show(node.left)} ${node.op} ${show(node.right)})`
    case 'logical':
      return `(${node.operands.map(show).join(` ${node.op} `)})`
    case 'isTest':
      return `(${show(node.value)} IS${node.negated ? ' NOT' : ''} ${node.test})`
    case 'isDistinct':
      return `(${show(node.left)} ${node.negated ? 'SAME' : 'DISTINCT'} ${show(node.right)})`
    case 'between':
      return `(${show(node.value)}${node.negated ? ' NOT' : ''} BETWEEN${node.symmetric ? ' SYMMETRIC' : ''} ${show(node.low)} ${show(node.high)})`
    case 'inList':
      return `(${show(node.value)}${node.negated ? ' NOT' : ''} IN [${list(node.list)}])`
    case 'inQuery':
      return `(${show(node.value)}${node.negated ? ' NOT' : ''} IN <query>)`
    case 'like':
      return `(${show(node.value)}${node.negated ? ' NOT' : ''} ${node.kind} ${show(node.pattern)}${optional('ESCAPE', node.escape)})`
    case 'quantified':
      return `(${show(node.left)}${node.negated ? ' NOT' : ''} ${node.op} ${node.quantifier} ${node.right.is === 'query' ? '<query>' : show(node.right)})`
    case 'cast':
      return `${node.orNull ? 'TRY_' : ''}CAST(${show(node.value)} ${showType(node.type)})`
    case 'atTimeZone':
      return `(${show(node.value)} AT ${node.zone ? show(node.zone) : 'LOCAL'})`
    case 'collate':
      return `(${show(node.value)} COLLATE ${names(node.collation)})`
    case 'case': {
      const branches = node.branches.map(branch => `WHEN ${list(branch.when)} THEN ${show(branch.then)}`).join(' ')
      return `(CASE${node.operand ? ` ${show(node.operand)}` : ''} ${branches}${optional('ELSE', node.otherwise)})`
    }
    case 'scalarQuery':
      return '<query>'
    case 'exists':
      return 'EXISTS <query>'
    case 'array':
      return `[${list(node.elements)}]`
    case 'arrayQuery':
      return 'ARRAY <query>'
    case 'map':
      return `{${node.entries.map(entry => `${show(entry.key)}: ${show(entry.value)}`).join(', ')}}`
    case 'row': {
      const elements = node.elements.map((element, index) => {
        const name = node.names?.[index]
        return name === undefined ? show(element) : `${name.text}: ${show(element)}`
      })
      return `${node.explicit ? 'ROW' : 'row'}(${elements.join(', ')})`
    }
    case 'lambda':
      return `|${node.parameters.map(parameter => parameter.text).join(', ')}| ${show(node.body)}`
    case 'extract':
      return `EXTRACT(${node.field} ${show(node.value)})`
    case 'trim':
      return `TRIM(${node.side} ${node.characters ? show(node.characters) : '-'} ${show(node.value)})`
    case 'call': {
      const inside = [
        `${node.distinct ? 'DISTINCT ' : ''}${node.args.map(argument).join(', ')}`,
        ...(node.orderBy.length > 0 ? [`ORDER ${node.orderBy.map(showSort).join(', ')}`] : []),
      ].join(' ')
      const after = [
        node.withinGroup.length > 0 ? ` WITHIN ${node.withinGroup.map(showSort).join(', ')}` : '',
        optional('FILTER', node.filter),
        node.nulls === undefined ? '' : ` ${node.nulls}`,
        node.over === undefined ? '' : ` OVER ${node.over.is === 'windowReference' ? node.over.name.text : '<window>'}`,
      ].join('')
      return `${node.semantics ? `${node.semantics} ` : ''}${names(node.name)}${node.bare ? '' : `(${inside})`}${after}`
    }
  }
}
