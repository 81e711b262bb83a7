import type { Clock } from '../run/clock.ts'
import type { Schema } from '../types/data-type.ts'
import { blackhole } from './blackhole.ts'
import { datagenConnector } from './datagen/datagen.ts'
import { nexmark } from './nexmark/nexmark.ts'
import { nexmarkSchema } from './nexmark/schema.ts'
import { type Printer, printConnector } from './print.ts'
import { rest } from './rest.ts'
import type { Connector } from './source.ts'
import { webhook } from './webhook.ts'

/** What connectors take from the platform. */
export interface ConnectorHost extends Printer {
  readonly clock: Clock
}

/** The connectors that run on every platform. Those of Node.js come with `connect/node/connectors.ts`. */
export const portableConnectors = (host: ConnectorHost): readonly Connector[] => [
  datagenConnector(host.clock),
  nexmark,
  printConnector(host),
  blackhole,
  webhook,
  rest,
]

/** The columns of a connector whose tables are declared without any. */
export const fixedSchema = (connector: string): Schema | undefined =>
  connector === 'nexmark' ? nexmarkSchema : undefined
