// The entry of the kernels: everything exported here is a function of the one WebAssembly module.
export * from './agg-finish'
export * from './agg-rows'
export {
  agg_bits,
  agg_comoments,
  agg_count,
  agg_counts,
  agg_extreme,
  agg_moments,
  agg_sum_float,
  agg_sum_i128,
  agg_sum_i64,
  agg_sum_narrow,
} from './agg-update'
export * from './agg-winners'
export * from './event-time'
export * from './heap'
export * from './join'
export { csv_decode } from './csv-decode'
export { json_decode } from './json-decode'
export { text_encode } from './text-encode'
export * from './row-weights'
export * from './window-expand'
export * from './select'
export * from './wire'
export * from './nexmark'
export * from './pack'
export * from './checksum'
export * from './table'
export * from './lookup'
export * from './multimap'
export * from './ordered'
export * from './fn-regexp'
export * from './fn-text'
export * from './fn-time'
export * from './open-sessions'
export * from './session'
export * from './sort'
export { rank_can_enter, rank_first } from './rank'
export * from './top'
export { texts_touch } from './touch'
export * from './fn-nested'
