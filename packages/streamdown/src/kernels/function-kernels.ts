import type { Pointer } from '../batch/batch.ts'

/** Kernels of scalar functions (kernels/fn-*.ts); emitted code imports them by name. */
export interface FunctionKernels {
  fn_row_field(row: Pointer, widths: Pointer, out: Pointer): number
  fn_compare(a: Pointer, b: Pointer): number
  fn_compare_numeric(a: Pointer, b: Pointer): number
  fn_equal(a: Pointer, b: Pointer): number
  fn_starts_with(text: Pointer, piece: Pointer): number
  fn_ends_with(text: Pointer, piece: Pointer): number
  fn_contains(text: Pointer, piece: Pointer): number
  fn_like_parts(text: Pointer, pattern: Pointer): number
  fn_regexp_like(text: Pointer, program: Pointer): number
  fn_regexp_extract(text: Pointer, program: Pointer, group: number, out: Pointer): number
  fn_upper(text: Pointer, out: Pointer): number
  fn_lower(text: Pointer, out: Pointer): number
  fn_char_length(text: Pointer): number
  fn_octet_length(text: Pointer): number
  fn_substring(text: Pointer, start: number, length: number, out: Pointer): void
  fn_left(text: Pointer, points: number, out: Pointer): void
  fn_right(text: Pointer, points: number, out: Pointer): void
  fn_leftmost(text: Pointer, points: number, out: Pointer): void
  fn_rightmost(text: Pointer, points: number, out: Pointer): void
  fn_trim(text: Pointer, out: Pointer): void
  fn_ltrim(text: Pointer, out: Pointer): void
  fn_rtrim(text: Pointer, out: Pointer): void
  fn_concat(a: Pointer, b: Pointer, out: Pointer): void
  fn_position(piece: Pointer, text: Pointer): number
  fn_split_part(text: Pointer, separator: Pointer, index: number, out: Pointer): number
  fn_split_parts(text: Pointer, separator: number, first: number, count: number, out: Pointer): number
  fn_field(micros: bigint, field: number): bigint
  fn_truncate(micros: bigint, unit: number): bigint
  fn_format_time(micros: bigint, program: Pointer, same: Pointer, out: Pointer): number
  fn_parse_time(text: Pointer, digits: number, out: Pointer): number
  fn_to_millis(micros: bigint): bigint
  fn_like(text: Pointer, pattern: Pointer, escapeCharacter: number): number
  fn_format_integer(value: bigint, scale: number, out: Pointer): void
  fn_parse_integer(text: Pointer, out: Pointer): number
  fn_occurrences(text: Pointer, piece: Pointer): number
  fn_replace(text: Pointer, piece: Pointer, by: Pointer, out: Pointer): void
}
