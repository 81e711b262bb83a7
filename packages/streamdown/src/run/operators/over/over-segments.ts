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
}

/** A row that came, or one that left: then the place is that of the row behind it. */
export interface Change {
  /** Among the rows that stay. */
  readonly place: number
  /** By how much it moves the rows behind it. */
  readonly shift: 1 | -1
}

/** What a step's changes may reach. */
export function changedRanges(changes: PartitionChanges, reach: Reach): readonly Segment[] {
  return changesByPlace(changes).flatMap((own, partition) => {
    const rows = changes.counts[partition] ?? 0
    if (rows === 0 || own.length === 0) return []
    const places = own.map(({ place }) => place)
    return segmentsOf(partition, rows, places, reach)
  })
}

/** The changes of each partition by their places. */
export function changesByPlace({
  partitions,
  places,
  fresh,
  counts,
}: PartitionChanges): readonly (readonly Change[])[] {
  const changes: Change[][] = Array.from(counts, () => [])
  for (const [row, partition] of partitions.entries())
    changes[partition]?.push({ place: places[row] ?? 0, shift: row < fresh ? 1 : -1 })
  return changes.map(afterRemoval)
}

/** Of changes with their places among all rows, those that leave included. */
function afterRemoval(changes: readonly Change[]): readonly Change[] {
  let left = 0
  return changes
    .toSorted((a, b) => a.place - b.place)
    .map(({ place, shift }) => {
      const change: Change = { place: place - left, shift }
      if (shift < 0) left++
      return change
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
