import type { Fault } from './faults.ts'

/** The text of the fault's file with the fault in it. @throws RangeError the text that it changes is not there once */
export function planted({ name, file, from, to }: Fault, source: string): string {
  const parts = source.split(from)
  if (parts.length !== 2) throw new RangeError(`"${name}": its text stands ${parts.length - 1} times in ${file}`)
  return parts.join(to)
}
