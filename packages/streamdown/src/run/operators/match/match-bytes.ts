import { Attempt, type Found, type Link, type Thread } from './match-attempt.ts'
import type { MatchProgram } from './match-program.ts'

/*
 * An attempt as bytes, all numbers as LEB128:
 *
 *   rows taken, n, n links (distance to the parent or 0, row behind the start, variable * 2 + excluded),
 *   n, n threads (instruction, number of the link or 0), what was found (0 nothing, else 1 + number of the link or 0)
 *
 * Links stand behind their parents and are numbered from 1.
 */

export function encodeAttempt({ start, next, threads, found }: Attempt): Uint8Array {
  const numbers = new Map<Link, number>()
  const links: Link[] = []
  for (const tip of [...threads.map(thread => thread.path), found?.path]) {
    const fresh: Link[] = []
    for (let link = tip; link !== undefined && !numbers.has(link); link = link.parent) fresh.push(link)
    for (const link of fresh.reverse()) numbers.set(link, links.push(link))
  }
  const numberOf = (link: Link | undefined): number => (link === undefined ? 0 : (numbers.get(link) ?? 0))
  const out: number[] = []
  const put = (value: number): void => {
    let rest = value
    for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128)
    out.push(rest)
  }
  put(next - start)
  put(links.length)
  for (const [i, link] of links.entries()) {
    put(link.parent === undefined ? 0 : i + 1 - numberOf(link.parent))
    put(link.row - start)
    put(link.variable * 2 + Number(link.excluded))
  }
  put(threads.length)
  for (const { at, path } of threads) {
    put(at)
    put(numberOf(path))
  }
  put(found === undefined ? 0 : 1 + numberOf(found.path))
  return Uint8Array.from(out)
}

export function decodeAttempt(program: MatchProgram, start: number, bytes: Uint8Array): Attempt {
  let at = 0
  const get = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0
      value += (byte % 128) * scale
      if (byte < 128) return value
    }
  }
  const next = start + get()
  const links: Link[] = []
  for (let count = get(); count > 0; count--) {
    const back = get()
    const row = start + get()
    const flags = get()
    const parent = back === 0 ? undefined : links[links.length - back]
    links.push({ parent, row, variable: flags >> 1, excluded: flags % 2 === 1, known: {} })
  }
  const threads: Thread[] = []
  for (let count = get(); count > 0; count--) {
    const instruction = get()
    threads.push({ at: instruction, path: links[get() - 1] })
  }
  const code = get()
  const found: Found | undefined = code === 0 ? undefined : { path: links[code - 2] }
  return Attempt.resume(program, start, next, threads, found)
}
