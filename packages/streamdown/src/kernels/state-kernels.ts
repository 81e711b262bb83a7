import type { Pointer } from '../batch/batch.ts'

/** Kernels of kernels/table.ts, lookup.ts, multimap.ts and ordered.ts. `table`: what `table_new` gave; `columns`: descriptors. */
export interface StateKernels {
  table_new(
    fields: Pointer,
    count: number,
    payload: number,
    keys: number,
    kind: number,
    stride: number,
    pageShift: number,
    order: Pointer,
    orderCount: number,
  ): number
  table_rows(table: Pointer): number
  table_bytes(table: Pointer): number
  table_set_sequence(table: Pointer, sequence: number): void
  table_clear(table: Pointer): void
  table_find_or_insert(
    table: Pointer,
    columns: Pointer,
    rows: number,
    slots: Pointer,
    fresh: Pointer,
    addresses: Pointer,
  ): number
  table_find(table: Pointer, columns: Pointer, rows: number, nullsMatch: number, out: Pointer): void
  table_insert(table: Pointer, columns: Pointer, rows: number, slots: Pointer): void
  pairs_probes(): number
  pairs_slots(): number
  table_walk(table: Pointer, references: Pointer, rows: number, cursor: Pointer, limit: number): number
  ordered_walk(leaves: Pointer, places: Pointer, counts: Pointer, rows: number, cursor: Pointer, limit: number): number
  table_gather(table: Pointer, slots: Pointer, rows: number, field: number, data: Pointer, validity: Pointer): number
  table_scatter(table: Pointer, slots: Pointer, rows: number, field: number, columns: Pointer): void
  table_remove_key(table: Pointer, slots: Pointer, rows: number): void
  table_remove(table: Pointer, slots: Pointer, rows: number): void
  table_addresses(table: Pointer, slots: Pointer, rows: number, out: Pointer): void
  table_sparse_page(table: Pointer): number
  table_move_sequence(table: Pointer, from: Pointer, to: Pointer, rows: number): void
  table_renew(table: Pointer, slots: Pointer, rows: number): void
  table_page_live(table: Pointer, page: number, out: Pointer): number
  table_live(table: Pointer, out: Pointer): number
  table_owned(
    table: Pointer,
    live: Pointer,
    rows: number,
    field: number,
    owners: Pointer,
    ownerRows: number,
    out: Pointer,
  ): number
  table_by_group(table: Pointer, slots: Pointer, rows: number, hashes: Pointer, out: Pointer, counts: Pointer): void
  ordered_insert(table: Pointer, columns: Pointer, rows: number, slots: Pointer): void
  ordered_find(table: Pointer, columns: Pointer, rows: number, insert: number, slots: Pointer, fresh: Pointer): number
  ordered_ends(
    references: Pointer,
    rows: number,
    limit: number,
    fromEnd: number,
    leaves: Pointer,
    places: Pointer,
    counts: Pointer,
  ): void
  ordered_range(
    table: Pointer,
    references: Pointer,
    rows: number,
    lower: Pointer,
    upper: Pointer,
    leaves: Pointer,
    places: Pointer,
    counts: Pointer,
  ): void
  ordered_counts(references: Pointer, rows: number, out: Pointer): void
  ordered_positions(table: Pointer, slots: Pointer, rows: number, out: Pointer): void
  ordered_at(references: Pointer, positions: Pointer, rows: number, out: Pointer): void
  ordered_from(table: Pointer, references: Pointer, rows: number, bound: Pointer, strict: number, out: Pointer): void
  ordered_neighbours(table: Pointer, slots: Pointer, rows: number, backwards: number, out: Pointer): void
}
