/** A change of a table, as `changes()` and `subscribe` give it. */
export type Change<R> =
  | { readonly type: 'insert'; readonly row: R }
  | { readonly type: 'update'; readonly row: R; readonly before: R }
  | { readonly type: 'delete'; readonly row: R }
