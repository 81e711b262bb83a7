// Loads ahead of use. A loop that decides something at each row waits for each text that is not in a cache; one that only
// loads has many of them under way at once. So the texts of a block of rows are touched before the block is worked on.

/** Rows that are touched together: their texts fit into a first-level cache. */
const BLOCK: usize = 64

let touched: u64 = 0

/** Loads the first byte of the texts of rows `from` to `end`. `validity` u8 a row, 0: no row is NULL. */
@inline
export function touchTexts(views: usize, validity: usize, from: usize, end: usize): void {
  let sum = touched
  for (let i = from; i < end; i++) {
    const view = views + (i << 4)
    const isLong = load<u32>(view) > 12 && (validity == 0 || load<u8>(validity + i) != 0)
    sum += <u64>load<u8>(select<usize>(<usize>load<u32>(view, 12), view, isLong))
  }
  touched = sum
}

/** The same for the block of rows that begins at `from`, of `rows` in all. */
export function texts_touch(views: usize, validity: usize, from: i32, rows: i32): void {
  touchTexts(views, validity, from, min(<usize>from + BLOCK, <usize>rows))
}
