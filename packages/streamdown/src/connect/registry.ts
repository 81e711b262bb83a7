import type { Schema } from '../types/data-type.ts'
import { blackhole } from './blackhole.ts'
import { datagen } from './datagen/datagen.ts'
import { deadLetterSchema, deadLetters } from './dead-letters.ts'
import { nexmark } from './nexmark/nexmark.ts'
import { nexmarkSchema } from './nexmark/schema.ts'
import { type Printer, printConnector } from './print.ts'
import { rest } from './rest.ts'
import { series } from './series.ts'
import type { Connector } from './source.ts'
import { webhook } from './webhook.ts'

/** The connectors that run on every platform. Those of Node.js come with `connect/node/connectors.ts`. */
export const portableConnectors = (printer: Printer): readonly Connector[] => [
  datagen,
  nexmark,
  series,
  printConnector(printer),
  blackhole,
  webhook,
  rest,
  deadLetters,
]

/** The columns of a connector whose tables are declared without any. */
export const fixedSchema = (connector: string): Schema | undefined => fixedSchemas.get(connector)

const fixedSchemas: ReadonlyMap<string, Schema> = new Map([
  ['nexmark', nexmarkSchema],
  [deadLetters.name, deadLetterSchema],
])
