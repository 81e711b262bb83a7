/** Counts by the hour over rows without end. */
import { count, datagen, stdout, stream, t, tumble } from 'data-streamdown'

const rows = stream(datagen({ rowsPerSecond: 1000, with: { 'fields.k.min': '1', 'fields.k.max': '1' } }), {
  schema: t.row({ k: t.int, ts: t.timestamp(3) }),
  time: 'ts',
  lateness: '0s',
})

export default rows.by('k').window(tumble('1 hour')).aggregate({ n: count() }).pick('k', 'n').into(stdout())
