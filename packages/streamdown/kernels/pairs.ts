// Pairs of a probe row and a slot, as walks over tables make them. Only the two getters are kernels.

import { chunk_alloc } from './heap'

/** The pairs of the last walk. */
let pairProbes: usize = 0
let pairSlots: usize = 0
export let pairCount: usize = 0
let pairCapacity: usize = 0

export function pairs_probes(): usize {
  return pairProbes
}

export function pairs_slots(): usize {
  return pairSlots
}

export function beginPairs(capacity: u32): void {
  pairCapacity = <usize>max(capacity, 16)
  pairProbes = chunk_alloc(pairCapacity << 2)
  pairSlots = chunk_alloc(pairCapacity << 2)
  pairCount = 0
}

function growPairs(): void {
  const probes = chunk_alloc(pairCapacity << 3)
  const slots = chunk_alloc(pairCapacity << 3)
  memory.copy(probes, pairProbes, pairCount << 2)
  memory.copy(slots, pairSlots, pairCount << 2)
  pairProbes = probes
  pairSlots = slots
  pairCapacity <<= 1
}

@inline
export function pushPair(probe: u32, slot: u32): void {
  if (pairCount == pairCapacity) growPairs()
  store<u32>(pairProbes + (pairCount << 2), probe)
  store<u32>(pairSlots + (pairCount << 2), slot)
  pairCount++
}
