import type { FileMetaData, SchemaElement } from 'hyparquet'

export const isMap = ({ converted_type: converted, logical_type: logical }: SchemaElement): boolean =>
  converted === 'MAP' || converted === 'MAP_KEY_VALUE' || logical?.type === 'MAP'

/**
 * The same metadata with nothing said about what physical values mean, so that the reader hands them over as they are:
 * its own conversions go through doubles and Date. Maps are said to be lists of entries, since the reader's maps are
 * objects, whose keys are text.
 */
export function physicalMetadata(metadata: FileMetaData): FileMetaData {
  const schema: SchemaElement[] = []
  const paths = new Map<string, string[]>()
  let next = 0

  /** Takes an element and what is below it. */
  const take = (before: readonly string[], after: readonly string[], entries: boolean): void => {
    const element = metadata.schema[next++]
    if (element === undefined) return
    const children = element.num_children ?? 0
    const root = next === 1
    const from = root ? [] : [...before, element.name]
    const to = root ? [] : [...after, element.name]
    if (children === 0) {
      schema.push(leaf(element))
      paths.set(from.join('.'), to)
      return
    }
    const map = isMap(element)
    schema.push(group(element, map, entries))
    if (entries) {
      to.push(ENTRY)
      schema.push({ name: ENTRY, repetition_type: 'REQUIRED', num_children: children })
    }
    for (let i = 0; i < children; i++) take(from, to, map)
  }

  take([], [], false)
  return {
    ...metadata,
    schema,
    row_groups: metadata.row_groups.map(rows => ({
      ...rows,
      columns: rows.columns.map(column =>
        column.meta_data === undefined
          ? column
          : {
              ...column,
              meta_data: {
                ...column.meta_data,
                path_in_schema: paths.get(column.meta_data.path_in_schema.join('.')) ?? column.meta_data.path_in_schema,
              },
            },
      ),
    })),
  }
}

const ENTRY = 'entry'

function group(element: SchemaElement, map: boolean, entries: boolean): SchemaElement {
  if (entries) return { ...withoutMeaning(element), num_children: 1 }
  return map ? { ...withoutMeaning(element), converted_type: 'LIST' } : element
}

function withoutMeaning({ name, repetition_type, num_children }: SchemaElement): SchemaElement {
  return {
    name,
    ...(repetition_type === undefined ? {} : { repetition_type }),
    ...(num_children === undefined ? {} : { num_children }),
  }
}

function leaf({ name, type, type_length, repetition_type }: SchemaElement): SchemaElement {
  return {
    name,
    ...(type === undefined ? {} : { type }),
    ...(type_length === undefined ? {} : { type_length }),
    ...(repetition_type === undefined ? {} : { repetition_type }),
    // INT96 and UUID-like bytes stay bytes or integers only under a logical type that converts nothing.
    ...(type === 'INT96' ? { converted_type: 'INT_64' as const } : {}),
  }
}
