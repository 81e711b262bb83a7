import { stripTypeScriptTypes } from 'node:module'

/**
 * A text without its types. Node.js says once that this part of it is experimental: not what somebody wants to read who
 * creates a function.
 */
export function stripTypes(source: string): string {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(source)
  } finally {
    process.emitWarning = emitWarning
  }
}
