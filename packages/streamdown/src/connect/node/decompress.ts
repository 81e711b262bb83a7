import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createBrotliDecompress, createGunzip, createZstdDecompress } from 'node:zlib'
import type { Compression } from './file-paths.ts'
import { framePieces } from './zstd-frames.ts'

const OPTIONS = { chunkSize: 256 * 1024 }

/** The bytes of a compressed file, all its members or frames. Fails with the error of the file or of its contents. */
export function decompressed(path: string, compression: Exclude<Compression, 'none'>): AsyncIterable<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: OPTIONS.chunkSize })
  if (compression === 'zstd') return zstdFrames(file)
  const stream = compression === 'gzip' ? createGunzip(OPTIONS) : createBrotliDecompress(OPTIONS)
  // The pipeline hands the file's errors on to the stream that is read.
  return pipeline(file, stream, () => {})
}

/** Each frame through a decompressor of its own. Where the file breaks off, what came before is given first. */
async function* zstdFrames(file: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const pieces = framePieces(file)
  let failure: unknown
  let piece = await pieces.next()
  try {
    while (piece.done !== true) {
      const frame = createZstdDecompress(OPTIONS)
      const feed = async () => {
        for (let last = false; !last && piece.done !== true; ) {
          const { bytes } = piece.value
          last = piece.value.last
          await new Promise<void>(resolve => frame.write(bytes, () => resolve()))
          piece = await pieces.next()
        }
      }
      const fed = feed()
        .catch(error => {
          failure = error
          piece = { done: true, value: undefined }
        })
        .finally(() => frame.end())
      yield* frame
      await fed
    }
  } finally {
    await pieces.return(undefined)
  }
  if (failure !== undefined) throw failure
}
