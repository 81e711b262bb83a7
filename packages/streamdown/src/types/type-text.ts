import type { DataType } from './data-type.ts'

/** The type as SQL writes it, for messages and DESCRIBE. */
export function typeText(type: DataType): string {
  switch (type.is) {
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`
    case 'string':
      if (type.length === undefined) return 'STRING'
      return `${type.fixed ? 'CHAR' : 'VARCHAR'}(${type.length})`
    case 'bytes':
      if (type.length === undefined) return 'BYTES'
      return `${type.fixed ? 'BINARY' : 'VARBINARY'}(${type.length})`
    case 'time':
      return `TIME(${type.precision})`
    case 'timestamp':
      return `${type.zoned ? 'TIMESTAMP_LTZ' : 'TIMESTAMP'}(${type.precision})`
    case 'row':
      return `ROW<${type.fields.map(f => `${f.name} ${typeText(f.type)}${f.nullable ? '' : ' NOT NULL'}`).join(', ')}>`
    case 'array':
      return `ARRAY<${typeText(type.element)}${type.elementNotNull ? ' NOT NULL' : ''}>`
    case 'map':
      return `MAP<${typeText(type.key)}${type.keyNotNull ? ' NOT NULL' : ''}, ${typeText(type.value)}${type.valueNotNull ? ' NOT NULL' : ''}>`
    default:
      return type.is.toUpperCase()
  }
}
