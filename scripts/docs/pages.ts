import { connectorsPage } from './connectors.ts'
import { errorsPage } from './errors.ts'
import { functionsPage } from './functions.ts'

/** The pages of docs/ that are made from the code, by file name. */
export const pages: readonly { readonly name: string; readonly make: () => string | Promise<string> }[] = [
  { name: 'errors.md', make: errorsPage },
  { name: 'connectors.md', make: connectorsPage },
  { name: 'functions.md', make: functionsPage },
]
