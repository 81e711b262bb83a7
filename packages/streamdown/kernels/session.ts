// Rows of session windows that belong together whatever sessions are open.

const SPREAD: u32 = 0x9e3779b1

/**
 * Runs: rows of one partition (i32 a row, a slot) of which each is at most `gap` from those before it in the run; in the
 * order of their first rows. `times` 0: all at `now`; rows whose `validity` is 0 are in none (-1). `apart`: every row is
 * a run. `places`: `8 << bits` bytes of zeros, at least twice as many as rows. Into `runOf` i32 a row; of each run into
 * `firsts` (i32) its first row, into `starts` and `lasts` its first and last time. Returns how many.
 */
export function session_runs(
  partitions: usize,
  times: usize,
  validity: usize,
  now: i64,
  rows: usize,
  gap: i64,
  apart: i32,
  places: usize,
  bits: u32,
  runOf: usize,
  firsts: usize,
  starts: usize,
  lasts: usize,
): i32 {
  const mask = ((<u32>1) << bits) - 1
  let runs: i32 = 0
  for (let i: usize = 0; i < rows; i++) {
    if (validity != 0 && load<u8>(validity + i) == 0) {
      store<i32>(runOf + (i << 2), -1)
      continue
    }
    const time = times == 0 ? now : load<i64>(times + (i << 3))
    let at: usize = 0
    let run: i32 = -1
    if (apart == 0) {
      const key = load<u32>(partitions + (i << 2)) + 1
      let place = (key * SPREAD) >> (32 - bits)
      at = places + (<usize>place << 3)
      while (load<u32>(at) != 0 && load<u32>(at) != key) {
        place = (place + 1) & mask
        at = places + (<usize>place << 3)
      }
      if (load<u32>(at) == key) run = load<i32>(at, 4)
      else store<u32>(at, key)
    }
    if (run >= 0) {
      const offset = <usize>run << 3
      const start = load<i64>(starts + offset)
      const last = load<i64>(lasts + offset)
      if (start <= time + gap && time <= last + gap) {
        if (time < start) store<i64>(starts + offset, time)
        if (time > last) store<i64>(lasts + offset, time)
        store<i32>(runOf + (i << 2), run)
        continue
      }
    }
    run = runs++
    if (apart == 0) store<i32>(at, run, 4)
    store<i32>(firsts + (<usize>run << 2), <i32>i)
    store<i64>(starts + (<usize>run << 3), time)
    store<i64>(lasts + (<usize>run << 3), time)
    store<i32>(runOf + (i << 2), run)
  }
  return runs
}

/** The largest of i64 values. */
export function session_latest(values: usize, rows: usize): i64 {
  let latest = i64.MIN_VALUE
  for (let i: usize = 0; i < rows; i++) latest = max<i64>(latest, load<i64>(values + (i << 3)))
  return latest
}
