import { StreamdownError } from '../../errors/error.ts'
import { isSharedField } from '../../functions/time/shared.ts'
import type { Expression } from '../expressions/expression.ts'

/** Writes an expression. */
type Text = (e: Expression) => string

/** A call as Flink SQL writes it, where the name before the arguments in parentheses is not enough. */
export function flinkCall(name: string, args: readonly Expression[], text: Text): string {
  const [a, b, c] = args
  if (absent.has(name)) throw new StreamdownError('DSD5011', `Flink SQL has no function ${name.toUpperCase()}.`)
  if (a === undefined) return `${name.toUpperCase()}()`
  if (b !== undefined) {
    switch (name) {
      case 'extract_postgres':
        if (!isSharedField(unit(a, text))) break
        return `EXTRACT(${unit(a, text)} FROM ${text(b)})`
      case 'extract':
        return `EXTRACT(${unit(a, text)} FROM ${text(b)})`
      case 'floor':
      case 'floor_to':
        return `FLOOR(${text(a)} TO ${unit(b, text)})`
      case 'ceil':
      case 'ceil_to':
        return `CEIL(${text(a)} TO ${unit(b, text)})`
      case 'position':
        return `POSITION(${text(a)} IN ${text(b)})`
      case 'trim':
        return `TRIM(BOTH ${text(b)} FROM ${text(a)})`
      case 'ltrim':
        return `TRIM(LEADING ${text(b)} FROM ${text(a)})`
      case 'rtrim':
        return `TRIM(TRAILING ${text(b)} FROM ${text(a)})`
      case 'regexp_like':
        return `REGEXP(${text(a)}, ${text(b)})`
    }
    if (c !== undefined && (name === 'timestampadd' || name === 'timestampdiff'))
      return `${name.toUpperCase()}(${unit(a, text)}, ${text(b)}, ${text(c)})`
  }
  return `${name.toUpperCase()}(${args.map(text).join(', ')})`
}

/** A unit of time stands as a word. */
const unit = (e: Expression, text: Text): string => text(e).replaceAll("'", '').toUpperCase()

/** Functions of this engine that Flink 2.2 has under no name. */
const absent: ReadonlySet<string> = new Set(
  `greatest_known least_known octet_length bit_length space concat_known split_part starts_with ends_with contains format
  levenshtein quote_literal quote_ident quote_nullable regexp_quote normalize to_ascii ilike regexp_replace_first
  regexp_all_matches regexp_match regexp_split_to_array round_half_even sqrt_exact cbrt exp_in_range power_in_range overlay_from_first
  log_postgres asinh acosh
  atanh coth sind cosd tand cotd asind acosd atand atan2d gamma lgamma to_hex conv gcd lcm factorial div width_bucket scale
  min_scale trim_scale is_nan date_part date_trunc date_bin date_subtract age justify_hours justify_days last_day isfinite
  overlaps to_date_postgres to_timestamp_postgres to_char at_time_zone at_time_zone_last timezone make_date make_time
  make_timestamp make_timestamptz make_interval to_unix_millis json_length json_value_by json_query_by json_exists_by
  json_value_outcome json_query_outcome json_object_absent json_array_null @? @@ -> ->> #> #>> #-
  @> <@ ? ?| ?& jsonb_array_length jsonb_typeof jsonb_extract_path jsonb_extract_path_text jsonb_build_object
  jsonb_build_array to_jsonb jsonb_pretty jsonb_strip_nulls jsonb_set jsonb_path_query_first jsonb_path_query_array
  jsonb_path_exists jsonb_path_match jsonb_path_exists_tz jsonb_path_match_tz jsonb_path_query_first_tz
  jsonb_path_query_array_tz json_path_values_tz
  jsonb_populate_record json_elements json_elements_text json_member_names json_members json_members_text json_path_values
  json_records jsonb_populate_map get_json_object element_at cardinality_deep array_length array_ndims array_subscripts
  array_dims array_lower array_upper array_position_or_null array_positions && array_sum array_cat array_replace array_range
  array_sort_nulls_last string_to_array trim_array array_flatten array_any array_all sort_key map_from_key_values map_contains
  map_insert map_delete encode_bytes decode_text convert_from convert_to get_byte set_byte get_bit set_bit bit_count crc32
  crc32c pg_typeof version current_schema error type_breach & | # << >> bit_not`.split(/\s+/),
)
