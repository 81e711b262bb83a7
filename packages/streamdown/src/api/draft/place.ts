/** Where in the user's program something was said: `file:line:column`, or undefined where the runtime does not tell. */
export type Place = string | undefined

const own = new URL('../../', import.meta.url).href

/** The first caller outside of this package. Made once a call of the API, when a program is put together. */
export function callerPlace(): Place {
  const lines = (new Error().stack ?? '').split('\n').slice(1)
  for (const line of lines) {
    const at = /\(?((?:file:|\/|[A-Za-z]:\\|https?:)[^()]*:\d+:\d+)\)?$/.exec(line)?.[1]
    if (at !== undefined && (!at.startsWith(own) || at.includes('.test.'))) return at.replace(/^file:\/\//, '')
  }
  return undefined
}
