import { parseArgs } from 'node:util'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { StreamdownError } from '../errors/error.ts'
import { createSession } from '../session/create.ts'
import { exitCodes } from './exit-codes.ts'
import { settingsOf } from './options.ts'

/** Rows of a generating connector as JSON lines: the NDJSON that benchmarks and tests read. */
export async function generate(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      set: { type: 'string', multiple: true, default: [] },
      columns: { type: 'string' },
      out: { type: 'string', short: 'o' },
      json: { type: 'boolean' },
    },
  })
  const [connector, ...more] = positionals
  if (connector === undefined || more.length > 0)
    throw new StreamdownError('DSD8001', 'generate takes one connector: nexmark or datagen')
  const session = await createSession({}, await createNodeEnvironment())
  try {
    const options = Object.entries({ connector, ...settingsOf(values.set) }).map(
      ([key, value]) => `${quote(key)} = ${quote(value)}`,
    )
    const columns = values.columns === undefined ? '' : ` (${values.columns})`
    const target =
      values.out === undefined ? `'connector' = 'stdout'` : `'connector' = 'filesystem', 'path' = ${quote(values.out)}`
    await session.execute(`
      CREATE TABLE generated${columns} WITH (${options.join(', ')});
      CREATE TABLE target WITH (${target}, 'format' = 'json');
      INSERT INTO target SELECT * FROM generated`)
    await session.run({ stop: () => false })
    return exitCodes.done
  } finally {
    await session.close()
  }
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
