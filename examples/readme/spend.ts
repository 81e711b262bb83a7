import { count, file, hop, stdout, stream, sum, t } from 'data-streamdown'

const payments = stream(file('data/payments.ndjson'), {
  schema: t.row({ card: t.string, amount: t.decimal(10, 2), ts: t.timestamp(3) }),
  time: 'ts',
  lateness: '5s',
})

export const spend = payments
  .by('card')
  .window(hop('2 minutes', { every: '1 minute' }))
  .aggregate({ n: count(), total: sum('amount') })

export default spend.where('total', '>', 5000).pick('card', 'window_end', 'n', 'total').into(stdout())
