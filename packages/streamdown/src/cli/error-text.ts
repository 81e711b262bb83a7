import { StreamdownError } from '../errors/error.ts'
import { printable } from '../values/printable.ts'

/** Of a clone of the repository; a package has its kernels. */
const NOT_BUILT =
  'The kernels of this clone are not built.\n  fix: Run `node scripts/prepare.mjs`; npm start and npm test do.\n'

/** What went wrong and what to do; a defect comes with its stack. */
export function errorText(error: unknown): string {
  if (error instanceof StreamdownError) return `${printable(error.message)}\n  fix: ${error.fix}\n`
  if (error instanceof Error && /kernels\.generated/.test(error.message)) return NOT_BUILT
  return `${printable(error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`
}
