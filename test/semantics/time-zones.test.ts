/**
 * Time zones: Berlin is one hour before UTC in winter, two in summer. On 2024-03-31 local time goes from 02:00 to 03:00, on
 * 2024-10-27 from 03:00 back to 02:00 (tz database). A local time that is left out is read by the offset before; one that
 * is there twice is the later moment in the postgres dialect, as in PostgreSQL, and the earlier one in Flink's, as in Java.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answer, withSession } from './session.ts'

const inUtc = (local: string): string =>
  `SELECT CAST((TIMESTAMP '${local}' AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'UTC' AS VARCHAR)`

test('a local time that the clock leaves out', () =>
  withSession('postgres', async session => {
    assert.deepEqual(await answer(session, inUtc('2024-03-31 01:59:59')), ['2024-03-31 00:59:59'])
    assert.deepEqual(await answer(session, inUtc('2024-03-31 02:30:00')), ['2024-03-31 01:30:00'])
    assert.deepEqual(await answer(session, inUtc('2024-03-31 03:00:00')), ['2024-03-31 01:00:00'])
  }))

test('a local time that is there twice', async () => {
  await withSession('postgres', async session => {
    assert.deepEqual(await answer(session, inUtc('2024-10-27 02:30:00')), ['2024-10-27 01:30:00'])
    assert.deepEqual(await answer(session, inUtc('2024-10-27 03:00:00')), ['2024-10-27 02:00:00'])
  })
  await withSession('flink', async session => {
    const sql = `SET timezone = 'Europe/Berlin';
      SELECT UNIX_TIMESTAMP('2024-10-27 02:30:00') - UNIX_TIMESTAMP('2024-10-27 00:00:00')`
    assert.deepEqual(await answer(session, sql), ['9000'])
  })
})

test('days of the session zone have 23 and 25 hours', () =>
  withSession('postgres', async session => {
    const hours = (day: string, next: string): string => `SET timezone = 'Europe/Berlin';
      SELECT CAST(EXTRACT(EPOCH FROM CAST('${next} 00:00:00' AS TIMESTAMPTZ) - CAST('${day} 00:00:00' AS TIMESTAMPTZ)) / 3600 AS INT)`
    assert.deepEqual(await answer(session, hours('2024-03-31', '2024-04-01')), ['23'])
    assert.deepEqual(await answer(session, hours('2024-10-27', '2024-10-28')), ['25'])
    assert.deepEqual(await answer(session, hours('2024-06-01', '2024-06-02')), ['24'])
  }))

test('the same instant is in another day by the session zone', () =>
  withSession('postgres', async session => {
    const day = (zone: string): string => `SET timezone = '${zone}';
      SELECT CAST(CAST(CAST('2024-03-30 23:30:00+00' AS TIMESTAMPTZ) AS DATE) AS VARCHAR)`
    assert.deepEqual(await answer(session, day('UTC')), ['2024-03-30'])
    assert.deepEqual(await answer(session, day('Europe/Berlin')), ['2024-03-31'])
  }))
