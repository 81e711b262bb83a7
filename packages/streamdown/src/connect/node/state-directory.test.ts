import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openStateDirectory } from './state-directory.ts'

async function withPlace(use: (place: string) => Promise<void>): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'dsd-state-'))
  try {
    await use(place)
  } finally {
    rmSync(place, { recursive: true })
  }
}

async function* blocks(...bytes: readonly number[]): AsyncIterable<Uint8Array> {
  for (const byte of bytes) yield Uint8Array.of(byte)
}

test('what is written in blocks is read in pieces; what was not finished is not there', () =>
  withPlace(async place => {
    const store = await openStateDirectory(place)
    await store.write('a', blocks(1, 2, 3))
    const stored = await store.open('a')
    assert.equal(stored?.length, 3)
    assert.deepEqual(stored?.read(1, 2), Uint8Array.of(2, 3))
    assert.throws(() => stored?.read(1, 3), { name: 'RangeError', message: /ends too early, after 3 bytes/ })
    stored?.close()
    async function* failing(): AsyncIterable<Uint8Array> {
      yield Uint8Array.of(9)
      throw new Error('the state cannot be read')
    }
    await assert.rejects(store.write('a', failing()), /the state cannot be read/)
    await assert.rejects(store.write('b', failing()))
    assert.equal((await store.open('a'))?.length, 3)
    assert.equal(await store.open('b'), undefined)
    assert.deepEqual(await store.names(), ['a'])
    await store.close()
  }))

test('a directory is open once, also within a process; closed, it is free', () =>
  withPlace(async place => {
    const store = await openStateDirectory(place)
    await assert.rejects(openStateDirectory(place), { code: 'DSD7003' })
    await store.write('a', blocks(1, 2))
    await store.close()
    assert.deepEqual(readdirSync(place), ['a'])
    await (await openStateDirectory(place)).close()
  }))

test('a lock that a killed process left is taken over, its number in use again or not', () =>
  withPlace(async place => {
    const left = ['', '999999999 5', 'no number']
    // A restarted container has the same numbers; where the system does not say when a process started they must do.
    if (existsSync(`/proc/${process.pid}/stat`)) left.push(`${process.pid} 1`)
    for (const text of left) {
      writeFileSync(join(place, 'lock'), text)
      await (await openStateDirectory(place)).close()
      assert.deepEqual(readdirSync(place), [])
    }
  }))

test('of several processes that find a lock left, one takes it over', () =>
  withPlace(async place => {
    const script = `
      const { openStateDirectory } = await import(${JSON.stringify(new URL('state-directory.ts', import.meta.url).href)})
      process.stdout.write('ready')
      process.stdin.once('data', () => openStateDirectory(${JSON.stringify(place)}).then(
        () => process.stdout.write(' open'),
        error => process.stdout.write(' ' + error.code),
      ))`
    const processes = Array.from({ length: 4 }, () => spawn(process.execPath, ['--input-type=module', '-e', script]))
    try {
      const said = processes.map(() => '')
      const until = async (what: RegExp): Promise<void> => {
        while (!said.every(text => what.test(text))) await new Promise(resolve => setTimeout(resolve, 5))
      }
      for (const [i, each] of processes.entries()) each.stdout.on('data', part => (said[i] += String(part)))
      await until(/ready/)
      writeFileSync(join(place, 'lock'), '999999999 5')
      for (const each of processes) each.stdin.write('go\n')
      await until(/ready \w+/)
      assert.deepEqual(said.sort(), ['ready DSD7003', 'ready DSD7003', 'ready DSD7003', 'ready open'])
      assert.deepEqual(readdirSync(place), ['lock'])
    } finally {
      for (const each of processes) each.kill('SIGKILL')
    }
  }))
