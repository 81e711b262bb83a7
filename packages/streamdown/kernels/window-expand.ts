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
  // Rows of a stream mostly lie in the window of the row before: a division a row would take most of the time.
  let start: i64 = 1
  let end: i64 = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (validity == 0 || load<u8>(validity + i) != 0) timed++
    const time = load<i64>(times + (i << 3))
    if (time < start || time >= end) {
      start = floorTo(time, size, offset)
      end = start + size
    }
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

/**
 * The slice of each row: the part of length `slice` (a divisor of `size` and `slide`) that its hop windows have in common;
 * slide <= size. `late`: 1 where the first of its windows had ended by the watermark before the row (`watermarks` 0:
 * `watermark` for all), `onTime`: 1 where none had; neither under a NULL time. Returns how many are on time.
 */
export function window_slices(
  times: usize,
  validity: usize,
  rows: i32,
  size: i64,
  slide: i64,
  offset: i64,
  slice: i64,
  watermarks: usize,
  watermark: i64,
  starts: usize,
  ends: usize,
  windowTimes: usize,
  onTime: usize,
  late: usize,
): i32 {
  let count = 0
  // Rows of a stream mostly lie in the slice of the row before.
  let start: i64 = 1
  let end: i64 = 0
  let firstEnd: i64 = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (validity != 0 && load<u8>(validity + i) == 0) {
      store<u8>(onTime + i, 0)
      store<u8>(late + i, 0)
      continue
    }
    const time = load<i64>(times + (i << 3))
    if (time < start || time >= end) {
      start = floorTo(time, slice, offset)
      end = start + slice
      firstEnd = floorTo(time - size, slide, offset) + slide + size
    }
    store<i64>(starts + (i << 3), start)
    store<i64>(ends + (i << 3), end)
    store<i64>(windowTimes + (i << 3), end - 1000)
    const before = watermarks != 0 ? load<i64>(watermarks + (i << 3)) : watermark
    const isOnTime = firstEnd > before || before == i64.MIN_VALUE
    store<u8>(onTime + i, <u8>isOnTime)
    store<u8>(late + i, <u8>!isOnTime)
    count += <i32>isOnTime
  }
  return count
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
