// Window table functions: which windows a time belongs to. Lengths and times in µs.

/** `kind` 0: hop (tumble is a hop by its size), 1: cumulate by `slide`. */
const CUMULATE: i32 = 1

@inline
function floorTo(time: i64, step: i64, offset: i64): i64 {
  const rest = (time - offset) % step
  return time - (rest < 0 ? rest + step : rest)
}

/**
 * Tumbling windows of all rows: `starts` and `ends` are written for each row, under a NULL time too.
 * Returns the number of rows whose time is not NULL.
 */
export function window_tumble(
  times: usize,
  validity: usize,
  rows: i32,
  size: i64,
  offset: i64,
  starts: usize,
  ends: usize,
  windowTimes: usize,
): i32 {
  let timed = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (validity == 0 || load<u8>(validity + i) != 0) timed++
    const start = floorTo(load<i64>(times + (i << 3)), size, offset)
    store<i64>(starts + (i << 3), start)
    store<i64>(ends + (i << 3), start + size)
    store<i64>(windowTimes + (i << 3), start + size - 1000)
  }
  return timed
}

/**
 * The windows of rows, earliest first, at most `capacity` of them: for each the row's index, start, end and end - 1 ms.
 * `state` holds two i64 between calls: the next row, and the next window of that row (hop: its start, cumulate: its
 * end) or the lowest int64 for the first one. Returns how many were written; done when the next row is `rows`.
 */
export function window_expand(
  kind: i32,
  times: usize,
  validity: usize,
  rows: i32,
  size: i64,
  slide: i64,
  offset: i64,
  state: usize,
  capacity: i32,
  indexes: usize,
  starts: usize,
  ends: usize,
  windowTimes: usize,
): i32 {
  let row = <i32>load<i64>(state)
  let next = load<i64>(state, 8)
  let out = 0
  while (row < rows) {
    if (validity != 0 && load<u8>(validity + row) == 0) {
      row++
      continue
    }
    const time = load<i64>(times + (<usize>row << 3))
    if (kind == CUMULATE) {
      const start = floorTo(time, size, offset)
      if (next == i64.MIN_VALUE) next = start + ((time - start) / slide + 1) * slide
      while (next <= start + size && out < capacity) {
        write(out++, row, start, next, indexes, starts, ends, windowTimes)
        next += slide
      }
      if (next <= start + size) break
    } else {
      if (next == i64.MIN_VALUE) {
        const last = floorTo(time, slide, offset)
        // The first start after time - size, on the grid of the slide.
        next = floorTo(time - size, slide, offset) + slide
        if (next > last) {
          row++
          next = i64.MIN_VALUE
          continue
        }
      }
      while (next <= time && out < capacity) {
        write(out++, row, next, next + size, indexes, starts, ends, windowTimes)
        next += slide
      }
      if (next <= time) break
    }
    row++
    next = i64.MIN_VALUE
  }
  store<i64>(state, <i64>row)
  store<i64>(state, next, 8)
  return out
}

@inline
function write(
  at: i32,
  row: i32,
  start: i64,
  end: i64,
  indexes: usize,
  starts: usize,
  ends: usize,
  windowTimes: usize,
): void {
  store<i32>(indexes + (<usize>at << 2), row)
  store<i64>(starts + (<usize>at << 3), start)
  store<i64>(ends + (<usize>at << 3), end)
  store<i64>(windowTimes + (<usize>at << 3), end - 1000)
}
