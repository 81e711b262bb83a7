import type { Pointer } from '../batch/batch.ts'

/**
 * Kernels of kernels/agg-update.ts, agg-winners.ts, agg-rows.ts and agg-finish.ts. `addresses`: u32 a row, its group's state row;
 * offsets are bytes inside a state row; `mask` and `weights` may be 0 (every row counts, every weight is +1).
 */
export interface AggregateKernels {
  agg_count(addresses: Pointer, rows: number, offset: number, mask: Pointer, weights: Pointer): void
  agg_counts(addresses: Pointer, rows: number, counts: Pointer, size: number): void
  agg_sum_narrow(
    addresses: Pointer,
    rows: number,
    offset: number,
    data: Pointer,
    code: number,
    mask: Pointer,
    weights: Pointer,
  ): void
  agg_sum_i64(addresses: Pointer, rows: number, offset: number, data: Pointer, mask: Pointer, weights: Pointer): void
  agg_sum_i128(
    addresses: Pointer,
    rows: number,
    offset: number,
    offsetHigh: number,
    data: Pointer,
    mask: Pointer,
    weights: Pointer,
  ): void
  agg_sum_float(
    addresses: Pointer,
    rows: number,
    high: number,
    low: number,
    nans: number,
    plus: number,
    minus: number,
    data: Pointer,
    code: number,
    mask: Pointer,
    weights: Pointer,
  ): void
  agg_moments(
    addresses: Pointer,
    rows: number,
    offsets: Pointer,
    data: Pointer,
    code: number,
    mask: Pointer,
    weights: Pointer,
  ): void
  agg_comoments(
    addresses: Pointer,
    rows: number,
    offsets: Pointer,
    ys: Pointer,
    xs: Pointer,
    mask: Pointer,
    weights: Pointer,
  ): void
  agg_extreme(
    addresses: Pointer,
    rows: number,
    offset: number,
    valid: number,
    data: Pointer,
    code: number,
    largest: number,
    mask: Pointer,
  ): void
  agg_bits(
    addresses: Pointer,
    rows: number,
    offset: number,
    valid: number,
    data: Pointer,
    code: number,
    kind: number,
    mask: Pointer,
    weights: Pointer,
  ): void

  agg_mask(out: Pointer, rows: number, validity: Pointer, filter: Pointer, filterValidity: Pointer): number
  agg_mask_or(mask: Pointer, other: Pointer, rows: number): void
  agg_mask_equal(mask: Pointer, rows: number, data: Pointer, wanted: number): void
  select_not_negative(values: Pointer, rows: number, out: Pointer): number
  agg_select(mask: Pointer, rows: number, wanted: number, out: Pointer): number
  agg_init(addresses: Pointer, rows: number, fresh: Pointer, offsets: Pointer, count: number): void
  agg_touch(
    addresses: Pointer,
    rows: number,
    flag: number,
    slots: Pointer,
    ordinals: Pointer,
    first: bigint,
    outSlots: Pointer,
    outOrdinals: Pointer,
  ): number
  agg_store_byte(addresses: Pointer, rows: number, offset: number, value: number): void
  agg_first_ordinal(
    addresses: Pointer,
    rows: number,
    fresh: Pointer,
    offset: number,
    valid: number,
    ordinals: Pointer,
    first: bigint,
  ): void
  agg_fresh(fresh: Pointer, slots: Pointer, ends: Pointer, rows: number, outSlots: Pointer, outEnds: Pointer): number
  agg_runs(values: Pointer, rows: number, out: Pointer): number
  agg_on_time(
    ends: Pointer,
    rows: number,
    lateness: bigint,
    watermarks: Pointer,
    watermark: bigint,
    out: Pointer,
  ): number
  agg_distinct_bits(
    addresses: Pointer,
    rows: number,
    offset: number,
    masks: Pointer,
    members: number,
    out: Pointer,
  ): void
  agg_distinct(addresses: Pointer, rows: number, offset: number, mask: Pointer, weights: Pointer, out: Pointer): void
  agg_zero_counts(
    addresses: Pointer,
    slots: Pointer,
    rows: number,
    offset: number,
    counts: number,
    out: Pointer,
  ): number
  agg_take32(source: Pointer, index: Pointer, rows: number, out: Pointer): void
  agg_diff(
    rows: number,
    dataA: Pointer,
    validityA: Pointer,
    dataB: Pointer,
    validityB: Pointer,
    code: number,
    out: Pointer,
  ): void
  agg_changes(
    rows: number,
    oldThere: Pointer,
    newThere: Pointer,
    differs: Pointer,
    out: Pointer,
    weights: Pointer,
  ): number
  agg_winners_by(
    addresses: Pointer,
    rows: number,
    value: number,
    valid: number,
    ordinal: number,
    best: number,
    data: Pointer,
    code: number,
    bits: number,
    largest: number,
    ordinals: Pointer,
    first: bigint,
    mask: Pointer,
    out: Pointer,
  ): number
  agg_winners_arrival(
    addresses: Pointer,
    rows: number,
    valid: number,
    ordinal: number,
    best: number,
    ordinals: Pointer,
    first: bigint,
    last: number,
    mask: Pointer,
    out: Pointer,
  ): number
  agg_pick(picks: Pointer, rows: number, a: Pointer, b: Pointer, width: number, out: Pointer): void
  agg_sent(
    addresses: Pointer,
    rows: number,
    oldThere: Pointer,
    newThere: Pointer,
    differs: Pointer,
    flag: number,
    out: Pointer,
  ): number
  agg_mask_without(mask: Pointer, other: Pointer, rows: number): void
  agg_zero_slots(addresses: Pointer, slots: Pointer, rows: number, offset: number, out: Pointer): number
  agg_ended(
    addresses: Pointer,
    slots: Pointer,
    ordinals: Pointer,
    rows: number,
    offset: number,
    bound: bigint,
    outSlots: Pointer,
    outOrdinals: Pointer,
  ): number

  agg_gather(addresses: Pointer, rows: number, offset: number, width: number, out: Pointer): void
  agg_not_zero(addresses: Pointer, rows: number, offset: number, positive: number, out: Pointer): void
  agg_finish_integer(
    addresses: Pointer,
    rows: number,
    offset: number,
    wide: number,
    count: number,
    code: number,
    out: Pointer,
    validity: Pointer,
    overflow: Pointer,
  ): number
  agg_finish_decimal(
    addresses: Pointer,
    rows: number,
    offset: number,
    offsetHigh: number,
    count: number,
    out: Pointer,
    validity: Pointer,
    overflow: Pointer,
  ): number
  agg_finish_float(
    addresses: Pointer,
    rows: number,
    high: number,
    low: number,
    nans: number,
    plus: number,
    minus: number,
    count: number,
    average: number,
    code: number,
    out: Pointer,
    validity: Pointer,
  ): void
  agg_finish_mean(
    addresses: Pointer,
    rows: number,
    offset: number,
    wide: number,
    count: number,
    out: Pointer,
    validity: Pointer,
  ): void
  agg_merge_add(to: Pointer, from: Pointer, rows: number, offset: number): void
  agg_merge_wide(to: Pointer, from: Pointer, rows: number, offset: number, offsetHigh: number): void
  agg_merge_pair(to: Pointer, from: Pointer, rows: number, high: number, low: number): void
}
