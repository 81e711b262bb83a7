import type { Pointer } from '../batch/batch.ts'

/** Kernels of kernels/nexmark.ts: `first` is the number of the first event. */
export interface NexmarkKernels {
  nexmark_types(first: bigint, rows: number, out: Pointer): void
  nexmark_times(first: bigint, rows: number, base: bigint, rate: bigint, out: Pointer): void
  nexmark_valid(first: bigint, rows: number, type: number, out: Pointer): void
  nexmark_bid_auction(seed: bigint, first: bigint, rows: number, out: Pointer): void
  nexmark_bid_bidder(seed: bigint, first: bigint, rows: number, out: Pointer): void
  nexmark_bid_price(seed: bigint, first: bigint, rows: number, out: Pointer): void
  nexmark_person_id(first: bigint, rows: number, out: Pointer): void
  nexmark_auction_id(first: bigint, rows: number, out: Pointer): void
  nexmark_auction_seller(seed: bigint, first: bigint, rows: number, out: Pointer): void
  nexmark_auction_category(seed: bigint, first: bigint, rows: number, out: Pointer): void
  nexmark_auction_initial(seed: bigint, first: bigint, rows: number, out: Pointer): void
  nexmark_auction_reserve(seed: bigint, first: bigint, rows: number, out: Pointer): void
  nexmark_auction_expires(seed: bigint, first: bigint, rows: number, base: bigint, rate: bigint, out: Pointer): void
  nexmark_fill_pool(seed: bigint, pool: Pointer, bytes: number): void
  nexmark_pool_text(
    seed: bigint,
    first: bigint,
    rows: number,
    field: bigint,
    low: number,
    spread: number,
    pool: Pointer,
    poolBytes: number,
    kind: number,
    out: Pointer,
  ): void
  nexmark_pick_text(
    seed: bigint,
    first: bigint,
    rows: number,
    field: bigint,
    views: Pointer,
    count: number,
    hot: number,
    kind: number,
    out: Pointer,
  ): void
}
