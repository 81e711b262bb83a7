/** The one suite that every spill store runs. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { MemoryStore } from '../../run/spill/memory-store.fixture.ts'
import type { SpillStore } from '../../run/spill/spill-store.ts'
import { openSpillFiles } from './spill-files.ts'

let directory: string
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spill-stores-'))
})
after(() => rm(directory, { recursive: true }))

const stores: Readonly<Record<string, () => SpillStore>> = {
  files: () => openSpillFiles(directory),
  memory: () => new MemoryStore(),
}

/** Bytes that tell their place. */
const bytesOf = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + seed) % 251)

function readBack(store: SpillStore, name: string, ...lengths: readonly number[]): Uint8Array {
  const parts = lengths.map(length => new Uint8Array(length))
  store.read(name, parts)
  return Uint8Array.from(parts.flatMap(part => [...part]))
}

const unreachable = { code: 'DSD7103' }

for (const [name, open] of Object.entries(stores)) {
  test(`${name}: what was written is read, however it is cut`, () => {
    const store = open()
    const [first, second] = [bytesOf(5_000, 1), bytesOf(70_000, 2)]
    store.write('a', [first, new Uint8Array(0), second])
    store.write('b', [second])
    store.write('nothing', [])
    const whole = Uint8Array.from([...first, ...second])
    assert.deepEqual(readBack(store, 'a', 75_000), whole)
    assert.deepEqual(readBack(store, 'a', 1, 0, 10_000, 64_999), whole)
    assert.deepEqual(readBack(store, 'a', 7_000), whole.slice(0, 7_000), 'less than was written')
    assert.deepEqual(readBack(store, 'b', 70_000), second)
    assert.deepEqual(readBack(store, 'nothing'), new Uint8Array(0))
    store.close()
  })

  test(`${name}: a write takes the place of what was there, be it longer or shorter`, () => {
    const store = open()
    for (const length of [9_000, 100, 0, 20_000]) {
      store.write('a', [bytesOf(length, length)])
      assert.deepEqual(readBack(store, 'a', length), bytesOf(length, length))
      assert.throws(() => readBack(store, 'a', length + 1), unreachable, 'nothing of the one before')
    }
    store.close()
  })

  test(`${name}: what is not there, or not any more, is an error`, () => {
    const store = open()
    assert.throws(() => readBack(store, 'a', 1), unreachable)
    store.remove('a')
    store.write('a', [bytesOf(10, 0)])
    store.write('b', [bytesOf(10, 1)])
    store.remove('a')
    assert.throws(() => readBack(store, 'a', 10), unreachable)
    assert.deepEqual(readBack(store, 'b', 10), bytesOf(10, 1))
    store.write('a', [bytesOf(10, 2)])
    assert.deepEqual(readBack(store, 'a', 10), bytesOf(10, 2))
    store.close()
    assert.throws(() => readBack(store, 'b', 10), unreachable)
    store.close()
  })
}

test('memory: a store that is full says so, and has nothing under the name', () => {
  const store = new MemoryStore(1_000)
  store.write('a', [bytesOf(600, 0)])
  store.write('b', [bytesOf(100, 0)])
  assert.throws(() => store.write('b', [bytesOf(401, 1)]), { code: 'DSD7103', message: /full/ })
  assert.throws(() => readBack(store, 'b', 100), unreachable)
  assert.deepEqual(readBack(store, 'a', 600), bytesOf(600, 0))
})

test('files: no name of one is in the directory, and a directory that is missing is an error', async () => {
  const store = openSpillFiles(directory)
  store.write('a', [bytesOf(10, 0)])
  assert.deepEqual(await readdir(directory), [])
  store.close()
  const missing = openSpillFiles(join(directory, 'missing'))
  assert.throws(() => missing.write('a', [bytesOf(10, 0)]), { code: 'DSD7103', message: /missing.*ENOENT/ })
  assert.throws(() => missing.read('a', [new Uint8Array(1)]), { code: 'DSD7103', message: /a ends after 0 bytes/ })
})

/** The system refuses bytes behind the limit of a file's size, as a full disk does. */
const limited = `
  import { openSpillFiles } from ${JSON.stringify(import.meta.resolve('./spill-files.ts'))}
  const store = openSpillFiles(process.argv[1])
  const said = []
  const say = work => {
    try {
      work()
      said.push('done')
    } catch (error) {
      said.push(error.code, error.message)
    }
  }
  store.write('kept', [new Uint8Array(1024).fill(7)])
  store.write('over', [new Uint8Array(1024).fill(8)])
  say(() => store.write('over', [new Uint8Array(4096).fill(9), new Uint8Array(1 << 20)]))
  say(() => store.read('over', [new Uint8Array(1024)]))
  const kept = new Uint8Array(1024)
  say(() => store.read('kept', [kept]))
  console.log(JSON.stringify([...said, kept.every(byte => byte === 7)]))`

const noLimits = process.platform === 'win32' ? 'the system has no limit of a file' : false

test('files: a write that the disk takes in part is an error, and what it took is not read', { skip: noLimits }, () => {
  const command = `ulimit -f 64 && exec "$0" --input-type=module -e "$1" "$2"`
  const { stdout, stderr } = spawnSync('sh', ['-c', command, process.execPath, limited, directory], {
    encoding: 'utf8',
  })
  assert.equal(stderr, '')
  const [code, message, again, short, ...kept] = JSON.parse(stdout)
  assert.equal(code, 'DSD7103')
  assert.match(message, /EFBIG/)
  assert.equal(again, 'DSD7103')
  assert.match(short, /over ends after 0 bytes/)
  assert.deepEqual(kept, ['done', true])
})
