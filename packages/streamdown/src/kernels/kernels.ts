import type { AggregateKernels } from './aggregate-kernels.ts'
import type { BatchKernels } from './batch-kernels.ts'
import type { ChecksumKernels } from './checksum-kernels.ts'
import type { EventTimeKernels } from './event-time-kernels.ts'
import type { FormatKernels } from './format-kernels.ts'
import type { FunctionKernels } from './function-kernels.ts'
import type { HeapKernels } from './heap-kernels.ts'
import type { NexmarkKernels } from './nexmark-kernels.ts'
import type { OperatorKernels } from './operator-kernels.ts'
import type { PackKernels } from './pack-kernels.ts'
import type { SessionKernels } from './session-kernels.ts'
import type { StateKernels } from './state-kernels.ts'

/**
 * The exports of kernels.wasm: numbers are addresses or counts; one interface a part, contracts stand in the kernels.
 */
export interface Kernels
  extends ChecksumKernels,
    AggregateKernels,
    BatchKernels,
    EventTimeKernels,
    FormatKernels,
    FunctionKernels,
    HeapKernels,
    NexmarkKernels,
    OperatorKernels,
    PackKernels,
    SessionKernels,
    StateKernels {}
