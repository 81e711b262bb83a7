import type { FileMetaData, SchemaElement } from 'hyparquet'

/** An element of a file's schema, with what is below it. */
interface Node {
  readonly element: SchemaElement
  readonly children: readonly Node[]
  /** Of a leaf, its path in the file. */
  readonly path: string
}

const saysList = ({ converted_type: converted, logical_type: logical }: SchemaElement): boolean =>
  converted === 'LIST' || logical?.type === 'LIST'

export const isMap = ({ converted_type: converted, logical_type: logical }: SchemaElement): boolean =>
  converted === 'MAP' || converted === 'MAP_KEY_VALUE' || logical?.type === 'MAP'

/**
 * The same metadata with every list in the three levels of today's standard: a group that says LIST, a repeated group
 * and the element. Older writers left out one of the first two, or both.
 */
export function standardLists(metadata: FileMetaData): FileMetaData {
  return metadataOf(metadata, withStandardLists(treeOf(metadata)))
}

/**
 * The same metadata with nothing said about what physical values mean, so that the reader hands them over as they are:
 * its own conversions go through doubles and Date. Maps are said to be lists of entries, since the reader's maps are
 * objects, whose keys are text. The lists must be standard ones.
 */
export function physicalMetadata(metadata: FileMetaData): FileMetaData {
  return metadataOf(metadata, physical(treeOf(metadata)))
}

function withStandardLists(node: Node): Node {
  const [child] = node.children
  if (child !== undefined && node.children.length === 1 && saysList(node.element))
    return { ...node, children: [holdsElement(node, child) ? inner(child) : repeatedOf(child)] }
  if (isMap(node.element)) return { ...node, children: node.children.map(inner) }
  return inner(node)
}

/** What is below a node, each as a value of its own. */
function inner(node: Node): Node {
  return {
    ...node,
    children: node.children.map(child =>
      child.element.repetition_type === 'REPEATED' ? listOf(child) : withStandardLists(child),
    ),
  }
}

/**
 * Whether the repeated child of a list holds its element, as the standard says, and is not the element itself; the names
 * are those that older writers gave to groups which are.
 */
function holdsElement({ element: list }: Node, { element, children: [only, ...more] }: Node): boolean {
  if (only === undefined || more.length > 0 || only.element.repetition_type === 'REPEATED') return false
  return element.name !== 'array' && element.name !== `${list.name}_tuple` && !saysList(element) && !isMap(element)
}

/** A repeated field that stands for itself. */
function listOf(node: Node): Node {
  const { name } = node.element
  return {
    element: { name, repetition_type: 'REQUIRED', converted_type: 'LIST' },
    children: [repeatedOf(node)],
    path: '',
  }
}

function repeatedOf(node: Node): Node {
  const element: SchemaElement = { ...node.element, name: 'element', repetition_type: 'REQUIRED' }
  return {
    element: { name: 'list', repetition_type: 'REPEATED' },
    children: [withStandardLists({ ...node, element })],
    path: '',
  }
}

function physical(node: Node): Node {
  const { element, children } = node
  if (children.length === 0) return { ...node, element: leaf(element) }
  if (isMap(element)) return { ...node, element: list(element), children: children.map(entries) }
  return { ...node, element: saysList(element) ? list(element) : plain(element), children: children.map(physical) }
}

/** The repeated part of a map. */
function entries(node: Node): Node {
  const entry: Node = {
    element: { name: 'entry', repetition_type: 'REQUIRED' },
    children: node.children.map(physical),
    path: '',
  }
  return { ...node, element: plain(node.element), children: [entry] }
}

const list = (element: SchemaElement): SchemaElement => ({ ...plain(element), converted_type: 'LIST' })

function plain({ name, repetition_type }: SchemaElement): SchemaElement {
  return { name, ...(repetition_type === undefined ? {} : { repetition_type }) }
}

function leaf({ name, type, type_length, repetition_type }: SchemaElement): SchemaElement {
  return {
    name,
    ...(type === undefined ? {} : { type }),
    ...(type_length === undefined ? {} : { type_length }),
    ...(repetition_type === undefined ? {} : { repetition_type }),
    // INT96 stays the number of its bits under a type that converts nothing.
    ...(type === 'INT96' ? { converted_type: 'INT_64' as const } : {}),
  }
}

/** Elements stand in the metadata each before those below it. */
function treeOf({ schema }: FileMetaData): Node {
  let next = 0
  const take = (above: readonly string[]): Node => {
    const element = schema[next++]
    if (element === undefined) throw new Error('a schema that ends within a group')
    const names = next === 1 ? [] : [...above, element.name]
    const children: Node[] = []
    for (let i = 0; i < (element.num_children ?? 0); i++) children.push(take(names))
    return { element, children, path: names.join('.') }
  }
  return take([])
}

function metadataOf(metadata: FileMetaData, root: Node): FileMetaData {
  const schema: SchemaElement[] = []
  const paths = new Map<string, string[]>()
  const put = ({ element, children, path }: Node, above: readonly string[]): void => {
    const names = schema.length === 0 ? [] : [...above, element.name]
    schema.push(children.length === 0 ? element : { ...element, num_children: children.length })
    if (children.length === 0) paths.set(path, names)
    for (const child of children) put(child, names)
  }
  put(root, [])
  const row_groups = metadata.row_groups.map(group => ({
    ...group,
    columns: group.columns.map(column => {
      const { meta_data: meta } = column
      if (meta === undefined) return column
      return { ...column, meta_data: { ...meta, path_in_schema: paths.get(meta.path_in_schema.join('.')) ?? [] } }
    }),
  }))
  return { ...metadata, schema, row_groups }
}
