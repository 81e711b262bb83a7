import { md5, sha1 } from '@noble/hashes/legacy.js'
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { hexOf } from '../cast.ts'
import { definer, js, jsOrNull } from '../define.ts'
import type { ScalarFunction } from '../definition.ts'
import { asBytes, asCount, asText } from '../values.ts'

const define = definer('hash')
const { string, bytes, bigint } = types
type Hash = (data: Uint8Array) => Uint8Array

const encode = (text: Value | undefined): Uint8Array => new TextEncoder().encode(asText(text))

const hexHash = (name: string, hash: Hash, gives: string): ScalarFunction =>
  define(
    name,
    `The ${name.toUpperCase()} hash of a text, in hexadecimal.`,
    [[`${name.toUpperCase()}('a')`, gives]],
    [
      js(['text'], string, args => hexOf(hash(encode(args[0])))),
      name === 'md5'
        ? js(['bytes'], string, args => hexOf(hash(asBytes(args[0]))))
        : js(['bytes'], bytes, args => hash(asBytes(args[0]))),
    ],
  )

const sha2: Readonly<Record<number, Hash>> = { 224: sha224, 256: sha256, 384: sha384, 512: sha512 }

/** Tables of a reflected CRC-32 polynomial. */
function crcTable(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n
    for (let k = 0; k < 8; k++) c = c & 1 ? polynomial ^ (c >>> 1) : c >>> 1
    return c
  })
}

const crc = (table: Uint32Array, data: Uint8Array): bigint => {
  let c = 0xffffffff
  for (const byte of data) c = (table[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8)
  return BigInt((c ^ 0xffffffff) >>> 0)
}
const crc32 = crcTable(0xedb88320)
const crc32c = crcTable(0x82f63b78)

export const hashFunctions: readonly ScalarFunction[] = [
  hexHash('md5', md5, '0cc175b9c0f1b6a831c399e269772661'),
  hexHash('sha1', sha1, '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'),
  hexHash('sha224', sha224, 'abd37534c7d9a2efb9465de931cd7055ffdb8879563ae98078d6d6d5'),
  hexHash('sha256', sha256, 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'),
  hexHash(
    'sha384',
    sha384,
    '54a59b9f22b0b80880d8427e548b7c23abd873486e1f035dce9cd697e85175033caa88e6d57bc35efae0b5afd3145f31',
  ),
  hexHash(
    'sha512',
    sha512,
    '1f40fc92da241694750979ee6cf582f2d5d7d28e18335de05abc54d0560e0f5302860c652bf08d560252aa5e74210546f369fbbbce8c12cfc7957b2652fe9a75',
  ),
  define(
    'sha2',
    'The SHA-2 hash of a text with 224, 256, 384 or 512 bits, in hexadecimal; NULL for other lengths.',
    [["LEFT(SHA2('a', 256), 8)", 'ca978112']],
    [
      jsOrNull(['text', 'int'], string, args => {
        const hash = sha2[asCount(args[1]) === 0 ? 256 : asCount(args[1])]
        return hash === undefined ? null : hexOf(hash(encode(args[0])))
      }),
    ],
  ),
  define(
    'crc32',
    'The CRC-32 checksum.',
    [["CRC32('123456789')", '3421780262']],
    [
      js(['text'], bigint, args => crc(crc32, encode(args[0]))),
      js(['bytes'], bigint, args => crc(crc32, asBytes(args[0]))),
    ],
  ),
  define(
    'crc32c',
    'The CRC-32C (Castagnoli) checksum.',
    [["CRC32C('123456789')", '3808858755']],
    [
      js(['text'], bigint, args => crc(crc32c, encode(args[0]))),
      js(['bytes'], bigint, args => crc(crc32c, asBytes(args[0]))),
    ],
  ),
]
