import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fold, memory, simulate, stream, t } from '../../index.ts'

/** As where TypeScript does not know the columns, or is not used: `max_tmep` is none. */
type Row = { key: string; mean: number; max_temp: number; max_tmep?: number }

const rows = stream(memory(), { schema: t.row({ key: t.string, mean: t.double, max_temp: t.double }) })
const limit = 5

const programs = {
  'where, compiled': () => rows.where((r: Row) => r.mean > (r.max_tmep === undefined ? 1 : 2)),
  'where, JavaScript': () => rows.where((r: Row) => r.mean > limit && r.max_tmep !== undefined),
  'a block': () =>
    rows.where((r: Row) => {
      const most = r.max_tmep
      return most !== undefined && r.mean > most
    }),
  destructuring: () => rows.where(({ mean, max_tmep: most }: Row) => mean === most),
  derive: () => rows.derive({ more: t.double.of((r: Row) => r.max_tmep ?? 0) }),
  map: () => rows.map(t.row({ more: t.double }), (r: Row) => ({ more: r.max_tmep ?? 0 })),
  flatMap: () => rows.flatMap(t.row({ more: t.double }), (r: Row) => [{ more: r.max_tmep ?? 0 }]),
  fold: () => rows.by('key').aggregate({ all: fold(t.double, 0, (state, r: Row) => state + (r.max_tmep ?? 0)) }),
  process: () =>
    rows.by('key').process({
      emits: t.row({ more: t.double }),
      state: {},
      *row(r: Row) {
        yield { more: r.max_tmep ?? 0 }
      },
    }),
}

for (const [name, program] of Object.entries(programs)) {
  test(`a column that is not there is said before the program starts: ${name}`, () => {
    const view = program()
    assert.throws(() => simulate({ view }), {
      code: 'DSD2002',
      message:
        /There is no column 'max_tmep', which .*reads\. Did you mean "max_temp"\? Columns: key, mean, max_temp\./s,
    })
  })
}

test('what every object has may be read, and rows that are handed on as a whole may have anything', () => {
  const view = rows
    .where((r: Row) => r.toLocaleString() !== '' && Object.keys(r).length === 3)
    .derive({ text: t.string.of((r: Row) => `${r.toString()} ${[r].map(one => one.max_tmep).length}`) })
  const sim = simulate({ view }).push(rows, { key: 'a', mean: 1, max_temp: 2 })
  assert.deepEqual(sim.rows(view), [{ key: 'a', mean: 1, max_temp: 2, text: '[object Object] 1' }])
})
