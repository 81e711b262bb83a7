// The texts of a page's payload: bytes one behind the other, in chunks that grow with the page. Not kernels.
//
// A text is its length (a byte, or 255 and four more) and its bytes. A long one that came a short while before, in whatever
// column, is not stored again: a table's cache knows the text that last had a hash. A column in which texts do not
// repeat is soon not looked up any more.

import { chunk_alloc, chunk_mark, chunk_release } from './heap'
import { copyBytes } from './rows'
import { get, give, set, take, TEXT_CACHE } from './table-fields'
import { touchTexts } from './touch'
import { equalBytes, viewBytes } from './value'

/** Texts of a page: the chunk that is being filled, where in it, its end, and the bytes of all chunks. */
const CHUNK: usize = 0
const AT: usize = 4
const END: usize = 8
const BYTES: usize = 12

/** A chunk: the one before it, and its bytes. */
const CHUNK_HEAD: usize = 8
const FIRST_CHUNK: usize = 256
/** A run of the heap with its header. */
const LARGEST_CHUNK: usize = 65536 - 64
/** What reading and writing a short text as three words may touch behind it. */
const SLACK: usize = 16

/** Repeats of a column: how many texts were looked up, and found. */
const TRIED: usize = 0
const FOUND: usize = 4
const TRIES: u32 = 1024

/** The cache: u32 of the hash and the text, 0 for none, for each value of the hash's upper bits. */
const CACHE_BITS: usize = 14
const CACHE_BYTES: usize = 8 << CACHE_BITS
const BLOCK_ROWS: usize = 64
/** Texts of a page before it is worth a cache. */
const CACHED_FROM: u32 = 131072
/** Texts up to this length are stored faster than found. */
const SHORT: usize = 16
/** In place of a short text's hash. */
const NO_HASH: u64 = 0
const LONG: u32 = 255
const MULTIPLY: u64 = 0x9e3779b97f4a7c15

/** A page's payload begins: what the cache knows is of another. */
export function startTexts(table: usize): void {
  const cache = <usize>get(table, TEXT_CACHE)
  if (cache != 0) memory.fill(cache, 0, CACHE_BYTES)
}

export function dropTexts(table: usize, texts: usize): void {
  let chunk = <usize>load<u32>(texts, CHUNK)
  while (chunk != 0) {
    const before = <usize>load<u32>(chunk)
    give(table, chunk, <usize>load<u32>(chunk, 4))
    chunk = before
  }
  // The cache may know texts of this page.
  startTexts(table)
}

/** Frees the cache of a table that has no rows any more. */
export function dropTextCache(table: usize): void {
  const cache = <usize>get(table, TEXT_CACHE)
  if (cache != 0) give(table, cache, CACHE_BYTES)
  set(table, TEXT_CACHE, 0)
}

/** Stores the texts of a column's rows; `out` takes a reference a row, for `readText`, 0 under a NULL. */
export function storeTexts(
  table: usize,
  texts: usize,
  repeats: usize,
  views: usize,
  validity: usize,
  rows: usize,
  out: usize,
): void {
  const mark = chunk_mark()
  const hashes = chunk_alloc(BLOCK_ROWS << 3)
  for (let from: usize = 0; from < rows; from += BLOCK_ROWS) {
    const end = min(from + BLOCK_ROWS, rows)
    const looksUp = mayRepeat(texts, repeats)
    touchTexts(views, validity, from, end)
    if (looksUp) hashBlock(table, views, validity, from, end, hashes)
    for (let i = from; i < end; i++) {
      const view = views + (i << 4)
      let text: usize = 0
      if (validity == 0 || load<u8>(validity + i) != 0) {
        const hash = looksUp ? load<u64>(hashes + ((i - from) << 3)) : NO_HASH
        text = hash == NO_HASH ? append(table, texts, view) : lookUp(table, texts, repeats, view, hash)
      }
      store<u32>(out + (i << 2), <u32>text)
    }
  }
  chunk_release(mark)
}

let touched: u64 = 0

/** Hashes of a block's texts, u64 each; what the cache knows by them is touched as well, so that the misses overlap. */
function hashBlock(table: usize, views: usize, validity: usize, from: usize, end: usize, hashes: usize): void {
  for (let i = from; i < end; i++) {
    const isNull = validity != 0 && load<u8>(validity + i) == 0
    store<u64>(hashes + ((i - from) << 3), isNull ? NO_HASH : hashText(views + (i << 4)))
  }
  const cache = cacheOf(table)
  let sum = touched
  for (let i: usize = 0; i < end - from; i++) {
    // No text lies at 0, where there is memory none the less.
    sum += <u64>load<u8>(<usize>load<u32>(entryOf(cache, load<u64>(hashes + (i << 3))), 4))
  }
  touched = sum
}

@inline
function entryOf(cache: usize, hash: u64): usize {
  return cache + (<usize>(hash >> (64 - CACHE_BITS)) << 3)
}

/** Whether texts of the column are worth a look, by what became of the page's so far. */
function mayRepeat(texts: usize, repeats: usize): bool {
  const tried = load<u32>(repeats, TRIED)
  return load<u32>(texts, BYTES) >= CACHED_FROM && (tried < TRIES || load<u32>(repeats, FOUND) >= tried >> 3)
}

/** The text as it is known already, or stored and known from now on. */
@inline
function lookUp(table: usize, texts: usize, repeats: usize, view: usize, hash: u64): usize {
  store<u32>(repeats, load<u32>(repeats, TRIED) + 1, TRIED)
  const entry = entryOf(cacheOf(table), hash)
  const known = <usize>load<u32>(entry, 4)
  if (known != 0 && load<u32>(entry) == <u32>hash && isText(known, view)) {
    store<u32>(repeats, load<u32>(repeats, FOUND) + 1, FOUND)
    return known
  }
  const text = append(table, texts, view)
  store<u32>(entry, <u32>hash)
  store<u32>(entry, <u32>text, 4)
  return text
}

function cacheOf(table: usize): usize {
  let cache = <usize>get(table, TEXT_CACHE)
  if (cache == 0) {
    cache = take(table, CACHE_BYTES)
    set(table, TEXT_CACHE, <u32>cache)
    memory.fill(cache, 0, CACHE_BYTES)
  }
  return cache
}

/** Of a long text, from its length, the first eight bytes, those in the middle and the last. */
@inline
function hashText(view: usize): u64 {
  const length = <usize>load<u32>(view)
  if (length <= SHORT) return NO_HASH
  const bytes = <usize>load<u32>(view, 12)
  const ends = load<u64>(bytes) ^ (load<u64>(bytes + length - 8) * MULTIPLY)
  return spread(spread(ends ^ <u64>length) ^ load<u64>(bytes + ((length - 8) >> 1))) | 1
}

@inline
function spread(word: u64): u64 {
  const mixed = word * MULTIPLY
  return mixed ^ (mixed >> 32)
}

@inline
function textLength(text: usize): usize {
  const length = <u32>load<u8>(text)
  return <usize>(length == LONG ? load<u32>(text, 1) : length)
}

@inline
function textBytes(text: usize): usize {
  return text + (<u32>load<u8>(text) == LONG ? 5 : 1)
}

function isText(text: usize, view: usize): bool {
  const length = <usize>load<u32>(view)
  return textLength(text) == length && equalBytes(textBytes(text), viewBytes(view), length)
}

function append(table: usize, texts: usize, view: usize): usize {
  const length = <usize>load<u32>(view)
  let text = <usize>load<u32>(texts, AT)
  if (length + 5 + SLACK > <usize>load<u32>(texts, END) - text) {
    addChunk(table, texts, length + 5 + SLACK)
    text = <usize>load<u32>(texts, AT)
  }
  let to = text + 1
  if (length < <usize>LONG) {
    store<u8>(text, <u8>length)
  } else {
    store<u8>(text, <u8>LONG)
    store<u32>(text, <u32>length, 1)
    to = text + 5
  }
  if (length <= 12) {
    store<u64>(to, load<u64>(view, 4))
    store<u32>(to, load<u32>(view, 12), 8)
  } else copyBytes(<usize>load<u32>(view, 12), to, length)
  store<u32>(texts, <u32>(to + length), AT)
  return text
}

function addChunk(table: usize, texts: usize, needed: usize): void {
  const before = <usize>load<u32>(texts, BYTES)
  const bytes = max(CHUNK_HEAD + needed, min(max(before, FIRST_CHUNK), LARGEST_CHUNK))
  const chunk = take(table, bytes)
  store<u32>(chunk, load<u32>(texts, CHUNK))
  store<u32>(chunk, <u32>bytes, 4)
  store<u32>(texts, <u32>chunk, CHUNK)
  store<u32>(texts, <u32>(chunk + CHUNK_HEAD), AT)
  store<u32>(texts, <u32>(chunk + bytes), END)
  store<u32>(texts, <u32>(before + bytes), BYTES)
}

/** Makes the view of a text. */
@inline
export function readText(text: usize, view: usize): void {
  const length = textLength(text)
  const bytes = textBytes(text)
  store<u32>(view, <u32>length)
  if (length > 12) {
    store<u32>(view, load<u32>(bytes), 4)
    store<u32>(view, 0, 8)
    store<u32>(view, <u32>bytes, 12)
    return
  }
  const first = length >= 8 ? u64.MAX_VALUE : ((<u64>1 << (<u64>length << 3)) - 1)
  const rest = length <= 8 ? 0 : u32.MAX_VALUE >> ((<u32>12 - <u32>length) << 3)
  store<u64>(view, load<u64>(bytes) & first, 4)
  store<u32>(view, load<u32>(bytes, 8) & rest, 12)
}
