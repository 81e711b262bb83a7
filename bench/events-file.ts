import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNodeEnvironment } from '../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../packages/streamdown/src/session/create.ts'
import { nexmarkTables } from './nexmark/tables.ts'

/** The generator's events as NDJSON, made once and kept in the temporary folder. */
export async function eventsFile(events: number, rate: number): Promise<string> {
  const folder = join(tmpdir(), 'data-streamdown-bench')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `events-${events}-${rate}.ndjson`)
  if (existsSync(path) && statSync(path).size > 0) return path
  const partial = join(folder, `partial-${process.pid}.ndjson`)
  const session = await createSession({}, await createNodeEnvironment())
  await session.execute(`${nexmarkTables({ is: 'nexmark', events, rate })}
    CREATE TABLE file WITH ('connector' = 'filesystem', 'path' = '${partial}', 'format' = 'json');
    INSERT INTO file SELECT event_type, person, auction, bid FROM events`)
  await session.run({ stop: () => false })
  await session.close()
  renameSync(partial, path)
  return path
}
