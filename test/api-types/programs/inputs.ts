// What the other programs read.
import { memory, stream, t, table } from 'data-streamdown'
import { z } from 'zod'

export const readings = stream(memory(), {
  schema: t.row({
    sensor: t.string,
    room: t.string,
    celsius: t.double,
    battery: t.optional(t.int),
    price: t.decimal(8, 3),
    state: t.enums('ok', 'worn', 'broken'),
    serial: t.bigint,
    at: t.timestamp(3),
  }),
  time: 'at',
  lateness: '2 seconds',
})

export const doors = stream(memory(), {
  schema: z.object({
    door: z.string(),
    place: z.string(),
    opened: z.boolean(),
    moment: z.date(),
    note: z.string().optional(),
  }),
  time: 'moment',
})

export const rooms = table(memory(), {
  schema: t.row({ name: t.string, floor: t.int, owner: t.optional(t.row({ first: t.string, last: t.string })) }),
  key: 'name',
})

export const prices = table(memory(), {
  schema: t.row({ sensor: t.string, region: t.string, cost: t.decimal(10, 2) }),
  key: ['sensor', 'region'],
})
