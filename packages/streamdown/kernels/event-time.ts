/**
 * The watermark before each row of one partition: min(others, newest - delay) over the rows seen so far, never falling.
 * `times` i64 a row, `validity` one byte a row or 0; a NULL time moves nothing. `state` holds two i64: the newest time
 * minus delay so far, and the watermark so far; both are updated. `others`: the lowest of the other partitions.
 */
export function event_time_watermarks(
  times: usize,
  validity: usize,
  rows: i32,
  delay: i64,
  others: i64,
  state: usize,
  out: usize,
): void {
  let newest = load<i64>(state)
  let watermark = load<i64>(state, 8)
  for (let i: usize = 0; i < <usize>rows; i++) {
    store<i64>(out + (i << 3), watermark)
    if (validity != 0 && load<u8>(validity + i) == 0) continue
    const behind = load<i64>(times + (i << 3)) - delay
    if (behind > newest) {
      newest = behind
      const candidate = min(newest, others)
      if (candidate > watermark) watermark = candidate
    }
  }
  store<i64>(state, newest)
  store<i64>(state, watermark, 8)
}
