import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { base64Bytes, base64Text } from '../../values/base64.ts'
import { hexOf } from '../cast.ts'
import { definer, js, jsOrNull, kernel } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asBytes, asCount, asText } from '../values.ts'

const define = definer('bytes')
const { string, bytes, int, bigint } = types

const utf8 = (text: Value | undefined): Uint8Array => new TextEncoder().encode(asText(text))

function fromBase64(text: string): Uint8Array {
  try {
    return base64Bytes(text.replace(/\s/g, ''))
  } catch {
    throw new RowError(failures.argument, 'the text is not valid base64')
  }
}

function fromHex(text: string): Uint8Array | undefined {
  // Of an odd number the first digit counts for a byte 0.
  const digits = text.length % 2 === 1 ? `00${text.slice(1)}` : text
  if (/[^0-9a-f]/i.test(text)) return undefined
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16))
}

/** PostgreSQL's `escape` format: bytes that are no ASCII text as `\ooo`. */
const escaped = (data: Uint8Array): string =>
  Array.from(data, byte =>
    byte === 0x5c
      ? '\\\\'
      : byte === 0 || byte >= 0x80
        ? `\\${byte.toString(8).padStart(3, '0')}`
        : String.fromCharCode(byte),
  ).join('')

function unescaped(text: string): Uint8Array {
  const out: number[] = []
  for (const [whole, octal] of text.matchAll(/\\(\d{3}|\\)|[^\\]/gsu)) {
    if (octal === undefined) out.push(...new TextEncoder().encode(whole))
    else out.push(octal === '\\' ? 0x5c : Number.parseInt(octal, 8))
  }
  return Uint8Array.from(out)
}

const encodings: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'utf-16': 'utf-16be',
  'utf-16be': 'utf-16be',
  'utf-16le': 'utf-16le',
  'us-ascii': 'ascii',
  ascii: 'ascii',
  'iso-8859-1': 'latin1',
  latin1: 'latin1',
}

function encodeText(text: string, charset: string): Uint8Array {
  switch (encodings[charset.toLowerCase()]) {
    case 'utf-8':
      return new TextEncoder().encode(text)
    case 'utf-16be':
    case 'utf-16le': {
      const little = encodings[charset.toLowerCase()] === 'utf-16le'
      const marked = charset.toLowerCase() === 'utf-16' ? `\ufeff${text}` : text
      const view = new DataView(new ArrayBuffer(marked.length * 2))
      for (let i = 0; i < marked.length; i++) view.setUint16(i * 2, marked.charCodeAt(i), little)
      return new Uint8Array(view.buffer)
    }
    case 'ascii':
      return Uint8Array.from(text, character => (character.charCodeAt(0) < 0x80 ? character.charCodeAt(0) : 0x3f))
    case 'latin1':
      return Uint8Array.from(text, character => (character.charCodeAt(0) < 0x100 ? character.charCodeAt(0) : 0x3f))
    default:
      throw new RowError(failures.argument, `${charset} is no character set`)
  }
}

function decodeText(data: Uint8Array, charset: string): string {
  const known = encodings[charset.toLowerCase()]
  if (known === undefined) throw new RowError(failures.argument, `${charset} is no character set`)
  if (known === 'ascii' || known === 'latin1') return Array.from(data, byte => String.fromCharCode(byte)).join('')
  return new TextDecoder(known).decode(data)
}

/** ENCODE and DECODE of bytes by PostgreSQL's formats, of text by Flink's character sets. */
function encode(args: readonly Value[]): string {
  const data = asBytes(args[0])
  switch (asText(args[1]).toLowerCase()) {
    case 'hex':
      return hexOf(data)
    case 'base64':
      return base64Text(data).replace(/(.{76})(?=.)/g, '$1\n')
    case 'escape':
      return escaped(data)
    default:
      throw new RowError(failures.argument, `${asText(args[1])} is no encoding (hex, base64, escape)`)
  }
}

function decode(args: readonly Value[]): Uint8Array {
  const text = asText(args[0])
  switch (asText(args[1]).toLowerCase()) {
    case 'hex': {
      const data = text.length % 2 === 0 ? fromHex(text) : undefined
      if (data === undefined) throw new RowError(failures.argument, 'the text is not valid hexadecimal')
      return data
    }
    case 'base64':
      return fromBase64(text)
    case 'escape':
      return unescaped(text)
    default:
      throw new RowError(failures.argument, `${asText(args[1])} is no encoding (hex, base64, escape)`)
  }
}

const plusAsBlank = (text: string): string => text.replaceAll('+', ' ')

function parseUrl(args: readonly Value[]): Value {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(asText(args[0]))
  if (match === null) return null
  const [, protocol, authority, path = '', query, ref] = match
  const host = authority?.replace(/^[^@]*@/, '').replace(/:\d+$/, '')
  const part = asText(args[1]).toUpperCase()
  if (args[2] !== undefined) {
    if (part !== 'QUERY' || query === undefined) return null
    const key = asText(args[2])
    const pair = query.split('&').find(item => item.split('=')[0] === key)
    return pair === undefined ? null : pair.slice(key.length + 1)
  }
  const parts: Readonly<Record<string, string | undefined>> = {
    PROTOCOL: protocol,
    AUTHORITY: authority,
    USERINFO: authority?.includes('@') === true ? authority.split('@')[0] : undefined,
    HOST: host,
    PATH: path,
    QUERY: query,
    REF: ref,
    FILE: query === undefined ? path : `${path}?${query}`,
  }
  return parts[part] ?? null
}

/** The byte that holds a bit, and the bit as a mask: bits count from the lowest of each byte. */
const bitAt = (data: Uint8Array, index: number): { readonly place: number; readonly mask: number } => {
  const place = Math.floor(index / 8)
  byteAt(data, place)
  return { place, mask: 1 << (index % 8) }
}

function bitCount(data: Uint8Array): number {
  let count = 0
  for (const byte of data) for (let rest = byte; rest !== 0; rest &= rest - 1) count++
  return count
}

const byteAt = (data: Uint8Array, index: number): number => {
  const byte = data[index]
  if (byte === undefined) throw new RowError(failures.argument, `index ${index} is not within the ${data.length} bytes`)
  return byte
}

export const byteFunctions: readonly ScalarFunction[] = [
  define(
    'to_base64',
    'The text, or bytes, in base64.',
    [["TO_BASE64('hello')", 'aGVsbG8=']],
    [
      js(['text'], string, args => base64Text(utf8(args[0]))),
      js(['bytes'], string, args => base64Text(asBytes(args[0]))),
    ],
  ),
  define(
    'from_base64',
    'The text that is written in base64.',
    [["FROM_BASE64('aGVsbG8=')", 'hello']],
    [
      js(['text'], string, args => new TextDecoder().decode(fromBase64(asText(args[0])))),
      js(['bytes'], string, args => new TextDecoder().decode(fromBase64(new TextDecoder().decode(asBytes(args[0]))))),
    ],
  ),
  define(
    'encode',
    'A text as bytes in a character set; bytes as text in hex, base64 or escape.',
    [["ENCODE(X'0aff', 'hex')", '0aff']],
    [
      js(['bytes', 'text'], string, encode),
      js(['text', 'text'], bytes, args => encodeText(asText(args[0]), asText(args[1]))),
    ],
    { insteadIn: { functions: 'postgres', name: 'encode_bytes' } },
  ),
  define(
    'encode_bytes',
    'ENCODE of bytes only.',
    [["encode_bytes(X'0aff', 'hex')", '0aff']],
    [js(['bytes', 'text'], string, encode)],
  ),
  define(
    'decode_text',
    'DECODE of texts only.',
    [["ENCODE(decode_text('0aff', 'hex'), 'hex')", '0aff']],
    [js(['text', 'text'], bytes, decode)],
  ),
  define(
    'decode',
    'Bytes as text in a character set; a text in hex, base64 or escape as bytes.',
    [["DECODE(ENCODE('añb', 'UTF-8'), 'UTF-8')", 'añb']],
    [
      js(['bytes', 'text'], string, args => decodeText(asBytes(args[0]), asText(args[1]))),
      js(['text', 'text'], bytes, decode),
    ],
    { insteadIn: { functions: 'postgres', name: 'decode_text' } },
  ),
  define(
    'convert_from',
    'Bytes as text in a character set.',
    [["CONVERT_FROM(X'6162', 'UTF8')", 'ab']],
    [js(['bytes', 'text'], string, args => decodeText(asBytes(args[0]), asText(args[1])))],
  ),
  define(
    'convert_to',
    'A text as bytes in a character set.',
    [["ENCODE(CONVERT_TO('ab', 'UTF8'), 'hex')", '6162']],
    [js(['text', 'text'], bytes, args => encodeText(asText(args[0]), asText(args[1])))],
  ),
  define(
    'unhex',
    'The bytes that hexadecimal digits say; NULL where they are none.',
    [["DECODE(UNHEX('6162'), 'UTF-8')", 'ab']],
    [jsOrNull(['text'], bytes, args => fromHex(asText(args[0])) ?? null)],
  ),
  define(
    'get_byte',
    'The byte at an index, from 0.',
    [["GET_BYTE(X'0aff', 1)", '255']],
    [js(['bytes', 'int'], int, args => byteAt(asBytes(args[0]), asCount(args[1])))],
  ),
  define(
    'set_byte',
    'The bytes with one replaced.',
    [["ENCODE(SET_BYTE(X'0aff', 0, 1), 'hex')", '01ff']],
    [
      js(['bytes', 'int', 'int'], bytes, args => {
        const data = asBytes(args[0]).slice()
        byteAt(data, asCount(args[1]))
        data[asCount(args[1])] = asCount(args[2]) & 0xff
        return data
      }),
    ],
  ),
  define(
    'get_bit',
    'The bit at an index, from 0, the lowest of each byte first.',
    [["GET_BIT(X'01', 0)", '1']],
    [
      js(['bytes', 'bigint'], int, args => {
        const { place, mask } = bitAt(asBytes(args[0]), asCount(args[1]))
        return (asBytes(args[0])[place]! & mask) === 0 ? 0 : 1
      }),
    ],
  ),
  define(
    'set_bit',
    'The bytes with the bit at an index, from 0, the lowest of each byte first, set to 0 or 1.',
    [["ENCODE(SET_BIT(X'00ff', 8, 0), 'hex')", '00fe']],
    [
      js(['bytes', 'bigint', 'int'], bytes, args => {
        const data = asBytes(args[0]).slice()
        const { place, mask } = bitAt(data, asCount(args[1]))
        const bit = asCount(args[2])
        if (bit !== 0 && bit !== 1) throw new RowError(failures.argument, `a bit is 0 or 1, not ${bit}`)
        data[place] = bit === 1 ? data[place]! | mask : data[place]! & ~mask
        return data
      }),
    ],
  ),
  define(
    'bit_count',
    'The number of bits that are set.',
    [["BIT_COUNT(X'0fff')", '12']],
    [js(['bytes'], bigint, args => BigInt(bitCount(asBytes(args[0]))))],
  ),
  define(
    'url_encode',
    'The text with characters that URLs keep for themselves as %xx.',
    [["URL_ENCODE('a b&c')", 'a+b%26c']],
    [
      js(['text'], string, args =>
        encodeURIComponent(asText(args[0]))
          .replace(/[!'()~]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
          .replaceAll('%20', '+'),
      ),
    ],
  ),
  define(
    'url_decode',
    'The text that is written with %xx; NULL where that is invalid.',
    [["URL_DECODE('a+b%26c')", 'a b&c']],
    [
      jsOrNull(['text'], string, args => {
        try {
          return decodeURIComponent(plusAsBlank(asText(args[0])))
        } catch {
          return null
        }
      }),
    ],
  ),
  define(
    'parse_url',
    'A part of a URL (HOST, PATH, QUERY, REF, PROTOCOL, AUTHORITY, FILE, USERINFO), or a value of its query.',
    [["PARSE_URL('https://a.com/p?x=1', 'QUERY', 'x')", '1']],
    [jsOrNull(['text', 'text', 'text'], string, parseUrl, { optional: 1 })],
  ),
]

/** `||` of bytes. */
export const bytesConcat = kernel(['bytes', 'bytes'], bytes, 'fn_concat')
