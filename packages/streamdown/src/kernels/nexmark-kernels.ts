import type { Pointer } from '../batch/batch.ts'

type Numbers = (seed: bigint, first: bigint, rows: number, out: Pointer) => void

/** Kernels of kernels/nexmark.ts: `first` is the number of the first event. */
export interface NexmarkKernels {
  nexmark_types(first: bigint, rows: number, out: Pointer): void
  nexmark_times(first: bigint, rows: number, base: bigint, rate: bigint, out: Pointer): void
  nexmark_valid(first: bigint, rows: number, type: number, out: Pointer): void
  nexmark_bid_auction: Numbers
  nexmark_bid_bidder: Numbers
  nexmark_bid_price: Numbers
  nexmark_person_id(first: bigint, rows: number, out: Pointer): void
  nexmark_auction_id(first: bigint, rows: number, out: Pointer): void
  nexmark_auction_seller: Numbers
  nexmark_auction_category: Numbers
  nexmark_auction_initial: Numbers
  nexmark_auction_reserve: Numbers
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
