import type { Reach } from './over-reach.ts'

/** Rows `[from, to)` of a partition to read, of which `[first, last)` are computed. */
export interface Segment {
  readonly partition: number
  readonly from: number
  readonly to: number
  readonly first: number
  readonly last: number
}

export interface PartitionChanges {
  /** For each changed row its partition and its place among all rows, those that leave included. */
  readonly partitions: Int32Array
  readonly places: Int32Array
  /** The first so many are new, the others leave. */
  readonly fresh: number
  /** The rows of each partition without those that leave. */
  readonly counts: Int32Array
  readonly reach: Reach
}

/** What a step's changes may reach. */
export function changedRanges({ partitions, places, fresh, counts, reach }: PartitionChanges): readonly Segment[] {
  const added: number[][] = Array.from(counts, () => [])
  const removed: number[][] = Array.from(counts, () => [])
  for (const [row, partition] of partitions.entries())
    (row < fresh ? added : removed)[partition]?.push(places[row] ?? 0)
  return Array.from(counts.entries()).flatMap(([partition, rows]) => {
    if (rows === 0) return []
    const own = afterRemoval(added[partition] ?? [], removed[partition] ?? [])
    return own.length === 0 ? [] : segmentsOf(partition, rows, own, reach)
  })
}

/** The places of the changes among the rows that stay, in order; one that leaves gives the place of the row behind it. */
function afterRemoval(added: readonly number[], removed: readonly number[]): readonly number[] {
  const ascending = (a: number, b: number): number => a - b
  const leaving = removed.toSorted(ascending)
  let before = 0
  return [...added, ...removed].sort(ascending).map(place => {
    while (before < leaving.length && (leaving[before] ?? 0) < place) before++
    return place - before
  })
}

function segmentsOf(partition: number, rows: number, places: readonly number[], reach: Reach): readonly Segment[] {
  const { before, behind, peers } = reach
  const least = places[0] ?? 0
  const most = places.at(-1) ?? 0
  if (peers || !Number.isFinite(before) || !Number.isFinite(behind)) {
    const first = Math.max(0, least - before)
    const last = peers ? rows : Math.min(rows, most + behind + 1)
    return first < last || peers ? [{ partition, from: 0, to: rows, first: Math.min(first, rows), last }] : []
  }
  const segments: Segment[] = []
  for (const place of places) {
    const first = Math.max(0, place - before)
    const last = Math.min(rows, place + behind + 1)
    if (first >= last) continue
    const known = segments.at(-1)
    const from = Math.max(0, first - behind)
    const to = Math.min(rows, last + before)
    // Ranges that would read the same rows become one.
    if (known !== undefined && from <= known.to) segments.splice(-1, 1, { ...known, to, last })
    else segments.push({ partition, from, to, first, last })
  }
  return segments
}
