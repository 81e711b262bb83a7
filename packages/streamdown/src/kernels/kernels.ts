import type { BatchKernels } from './batch-kernels.ts'
import type { EventTimeKernels } from './event-time-kernels.ts'
import type { HeapKernels } from './heap-kernels.ts'
import type { OperatorKernels } from './operator-kernels.ts'

/**
 * The exports of kernels.wasm: numbers are addresses or counts; one interface a part, contracts stand in the kernels.
 */
export interface Kernels extends BatchKernels, EventTimeKernels, HeapKernels, OperatorKernels {}
