import { type ParseArgsConfig, parseArgs } from 'node:util'

/**
 * The values of a script's options. `--help` prints the usage; what is not understood is said in a line, with exit code 2,
 * as the command does it.
 */
export function argumentsOf<const T extends NonNullable<ParseArgsConfig['options']>>(usage: string, options: T) {
  if (process.argv.includes('--help')) {
    console.log(`usage: ${usage}`)
    process.exit(0)
  }
  try {
    return parseArgs({ options }).values
  } catch (error) {
    refuse(error instanceof Error ? error.message : String(error), usage)
  }
}

/** A whole number from `least` on. */
export function wholeNumber(name: string, text: string, least: number, usage: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number
  return refuse(`--${name} takes a whole number from ${least}, not '${text}'`, usage)
}

export function refuse(problem: string, usage: string): never {
  console.error(`${problem}\nusage: ${usage}`)
  process.exit(2)
}
