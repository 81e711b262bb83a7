/** The JavaScript expressions that are understood; whatever else an arrow holds makes it `unread`. */
export type Js =
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'bigint'; readonly value: bigint }
  | { readonly is: 'string'; readonly value: string }
  | { readonly is: 'boolean'; readonly value: boolean }
  | { readonly is: 'null' }
  | { readonly is: 'undefined' }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'member'; readonly of: Js; readonly name: string; readonly optional: boolean }
  | { readonly is: 'index'; readonly of: Js; readonly index: Js }
  | { readonly is: 'call'; readonly callee: Js; readonly args: readonly Js[] }
  | { readonly is: 'unary'; readonly op: string; readonly of: Js }
  | { readonly is: 'binary'; readonly op: string; readonly left: Js; readonly right: Js }
  | { readonly is: 'logical'; readonly op: '&&' | '||' | '??'; readonly left: Js; readonly right: Js }
  | { readonly is: 'conditional'; readonly test: Js; readonly then: Js; readonly otherwise: Js }
  | { readonly is: 'template'; readonly texts: readonly string[]; readonly parts: readonly Js[] }
  | { readonly is: 'object'; readonly properties: readonly JsProperty[] }
  | { readonly is: 'array'; readonly elements: readonly Js[] }
  /** Read past, not understood. */
  | { readonly is: 'other' }

export type JsProperty =
  | { readonly is: 'property'; readonly name: string; readonly value: Js }
  | { readonly is: 'spread'; readonly of: Js }

/** The first parameter of an arrow: a name, or a destructuring of columns into names. */
export type Parameter =
  | { readonly is: 'row'; readonly name: string }
  | { readonly is: 'columns'; readonly columns: ReadonlyMap<string, string> }
