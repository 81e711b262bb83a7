// The entry of the kernels: everything exported here is a function of the one WebAssembly module.

/** Layout version that the TypeScript side checks when it loads the module. */
export function version(): i32 {
  return 1
}
export * from './event-time'
export * from './heap'
export * from './join'
export * from './row-weights'
export * from './window-expand'
export * from './select'
export * from './wire'
