import type { Pointer } from '../batch/batch.ts'

/** Kernels of kernels/window-expand.ts. */
export interface WindowExpandKernels {
  window_slices(
    times: Pointer,
    validity: Pointer,
    rows: number,
    size: bigint,
    slide: bigint,
    offset: bigint,
    slice: bigint,
    watermarks: Pointer,
    watermark: bigint,
    starts: Pointer,
    ends: Pointer,
    windowTimes: Pointer,
    onTime: Pointer,
    late: Pointer,
  ): number
  window_tumble(
    times: Pointer,
    validity: Pointer,
    rows: number,
    size: bigint,
    offset: bigint,
    starts: Pointer,
    ends: Pointer,
    windowTimes: Pointer,
  ): number
  window_expand(
    kind: number,
    times: Pointer,
    validity: Pointer,
    rows: number,
    size: bigint,
    slide: bigint,
    offset: bigint,
    state: Pointer,
    capacity: number,
    indexes: Pointer,
    starts: Pointer,
    ends: Pointer,
    windowTimes: Pointer,
  ): number
}

/** Kernels of kernels/row-weights.ts. */
export interface RowWeightsKernels {
  iota_i32(out: Pointer, first: number, rows: number): void
  widen_weights(weights: Pointer, rows: number, out: Pointer): void
  narrow_i64(values: Pointer, rows: number, out: Pointer): void
  min_i64(values: Pointer, bound: bigint, rows: number, out: Pointer): void
  max_i64(values: Pointer, bound: bigint, rows: number, out: Pointer): void
  hold_watermarks(watermarks: Pointer, hold: bigint, rows: number, out: Pointer): void
  stored_weights(addresses: Pointer, value: Pointer, rows: number, out: Pointer): void
  mask_nulls_in(validity: Pointer, rows: number, mask: Pointer): void
  add_i64(values: Pointer, add: bigint, rows: number, out: Pointer): void
  select_bytes(bytes: Pointer, wanted: number, rows: number, out: Pointer): number
  mask_nulls(validity: Pointer, rows: number, mask: Pointer): void
  mask_from_watermark(values: Pointer, add: bigint, watermarks: Pointer, rows: number, mask: Pointer): number
  select_valid_nonzero(values: Pointer, validity: Pointer, rows: number, out: Pointer): number
  mask_positive(weights: Pointer, rows: number, mask: Pointer): void
  weights_negate(weights: Pointer, rows: number, out: Pointer): void
  weights_times(weights: Pointer, times: Pointer, rows: number, out: Pointer): void
  field_add(addresses: Pointer, value: Pointer, valid: Pointer, weights: Pointer, sign: number, rows: number): void
  field_add_arriving(
    addresses: Pointer,
    weight: Pointer,
    weightValid: Pointer,
    weights: Pointer,
    ordinal: Pointer,
    ordinalValid: Pointer,
    ordinals: Pointer,
    rows: number,
    arrived: Pointer,
  ): number
  field_set_i64(addresses: Pointer, value: Pointer, valid: Pointer, values: Pointer, mask: Pointer, rows: number): void
  field_number(addresses: Pointer, value: Pointer, valid: Pointer, fresh: Pointer, next: number, rows: number): number
  field_last(addresses: Pointer, value: Pointer, rows: number, out: Pointer): number
  field_zero(addresses: Pointer, value: Pointer, indexes: Pointer, rows: number, wanted: number, out: Pointer): number
  changes_in_order(
    addresses: Pointer,
    slots: Pointer,
    rows: number,
    number: Pointer,
    weight: Pointer,
    scratch: Pointer,
    outSlots: Pointer,
    outWeights: Pointer,
  ): number
}

/** Kernels of kernels/join.ts. */
export interface JoinKernels {
  join_within(
    probe: Pointer,
    slots: Pointer,
    pairs: number,
    times: Pointer,
    storedTimes: Pointer,
    storedExpires: Pointer,
    lower: bigint,
    upper: bigint,
    watermarks: Pointer,
  ): number
  join_hidden(
    probe: Pointer,
    pairs: number,
    weights: Pointer,
    ordinals: Pointer,
    watermarks: Pointer,
    storedWeights: Pointer,
    storedOrdinals: Pointer,
    outWeights: Pointer,
    outOrdinals: Pointer,
    outWatermarks: Pointer,
  ): number
  join_count_probe(probe: Pointer, storedWeights: Pointer, pairs: number, counts: Pointer): void
  join_count_stored(
    probe: Pointer,
    addresses: Pointer,
    pairs: number,
    weights: Pointer,
    storedMatches: Pointer,
    outPairs: Pointer,
    outSigns: Pointer,
  ): number
  join_select_counts(counts: Pointer, wanted: number, rows: number, out: Pointer): number
  time_buckets(times: Pointer, width: bigint, rows: number, out: Pointer): void
  runs_i64(values: Pointer, rows: number, out: Pointer): number
  highest_i64(values: Pointer, rows: number): bigint
  field_below(addresses: Pointer, value: Pointer, bound: bigint, wanted: number, rows: number, out: Pointer): number
}

/** Kernels of kernels/rank.ts. */
export interface RankKernels {
  rank_can_enter(
    columns: Pointer,
    fields: Pointer,
    count: number,
    addresses: Pointer,
    rows: number,
    ties: number,
    ordinals: Pointer,
    storedOrdinal: Pointer,
    mask: Pointer,
  ): number
  rank_first(
    partition: Pointer,
    partitions: number,
    columns: Pointer,
    flags: Pointer,
    count: number,
    limit: number,
    ordinals: Pointer,
    latest: number,
    rows: number,
    mask: Pointer,
  ): number
}

/** Kernels of kernels/top.ts. */
interface TopKernels {
  top_enter(
    columns: Pointer,
    fields: Pointer,
    count: number,
    partitions: Pointer,
    partitionSlots: Pointer,
    rows: number,
    limit: number,
    ordinals: Pointer,
    latest: number,
    table: Pointer,
    storedOrdinal: number,
    top: number,
    mark: number,
    entries: Pointer,
    entered: number,
    gone: Pointer,
    goneRows: Pointer,
  ): number
  top_entered(partitions: Pointer, rows: number, top: number, out: Pointer): number
  top_moved(partitions: Pointer, old: Pointer, slots: Pointer, rows: number, top: number): void
  top_stored(partitions: Pointer, numbers: Pointer, slots: Pointer, rows: number, top: number): void
  top_changes(
    entries: Pointer,
    count: number,
    limit: number,
    from: number,
    paired: number,
    partitions: Pointer,
    top: number,
    table: Pointer,
    fields: number,
    slots: Pointer,
    weights: Pointer,
    numbers: Pointer,
    ordinals: Pointer,
  ): number
  top_left(
    entries: Pointer,
    count: number,
    limit: number,
    partitions: Pointer,
    top: number,
    mark: number,
    out: Pointer,
  ): number
}

/** The operators' kernels but the aggregates'. */
export interface OperatorKernels extends WindowExpandKernels, RowWeightsKernels, JoinKernels, RankKernels, TopKernels {}
