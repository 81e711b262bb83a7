/** The exports of kernels.wasm: numbers are addresses or counts; one line a kernel, contracts stand in the kernels. */
export interface Kernels {
  readonly [name: string]: (...args: never[]) => unknown
}
