import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

/** Copies standard input to standard output through both connectors; dead letters go to standard error. */
const program = (format: string) => `
  import { createMemory } from '${new URL('../../batch/linear-memory.ts', import.meta.url)}'
  import { ScanNode } from '${new URL('../../plan/nodes/node.ts', import.meta.url)}'
  import { field, types } from '${new URL('../../types/data-type.ts', import.meta.url)}'
  import { stdin, stdout } from '${new URL('./stdio.ts', import.meta.url)}'
  const schema = [field('id', types.bigint, false), field('name', types.string)]
  const options = { format: '${format}', 'csv.header': 'true' }
  const relation = { name: 't', schema, connector: 'stdin', options: '${format}' === 'json' ? { format: 'json' } : options, primaryKey: [], changes: 'append' }
  const memory = createMemory()
  const sink = stdout.sink.create(relation)
  const [reader] = await stdin.source.create(relation).open({ scan: ScanNode.create(relation), schema, positions: new Map() })
  while (reader.state() !== 'ended') {
    if (reader.state() !== 'ready') await reader.ready()
    else {
      const batch = reader.read(3, memory, { add: letter => process.stderr.write(letter.position + ' ' + letter.problem + '\\n') })
      if (batch !== undefined) sink.write(batch, memory, 0n)
      await sink.flush()
    }
  }
  await sink.close()
`

const copy = (format: string, input: string) =>
  spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program(format)], { input, encoding: 'utf8' })

test('standard input and output carry NDJSON and CSV', () => {
  const rows = Array.from({ length: 10 }, (_, id) => `{"id":${id},"name":"n"}\n`).join('')
  const json = copy('json', `${rows}{"id":null}\n{"id":10,"name":null}`)
  assert.equal(json.stdout, `${rows}{"id":10,"name":null}\n`)
  assert.match(json.stderr, /^stdin:200 column "id": NULL or missing/)
  const csv = copy('csv', 'name,id\n"a,b",1\n')
  assert.equal(csv.stdout, 'id,name\n1,"a,b"\n')
  assert.equal(copy('csv', '').stdout, '')
})
