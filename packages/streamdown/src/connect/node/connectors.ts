import type { Printer } from '../print.ts'
import { portableConnectors } from '../registry.ts'
import type { Connector } from '../source.ts'
import { fileConnectors } from './file.ts'
import { http } from './http.ts'
import { stdin, stdout } from './stdio.ts'

/** Every connector of the Node.js runtime, in the order of the documentation. */
export const nodeConnectors = (printer: Printer): readonly Connector[] => [
  ...fileConnectors,
  stdin,
  stdout,
  http,
  ...portableConnectors(printer),
]
