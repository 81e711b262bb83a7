import { type ConnectorHost, portableConnectors } from '../registry.ts'
import type { Connector } from '../source.ts'
import { http } from './http.ts'

/** Every connector of the Node.js runtime, in the order of the documentation. */
export const nodeConnectors = (host: ConnectorHost): readonly Connector[] => [http, ...portableConnectors(host)]
