// The commands, behind one import: what --help and --version do not load. One for each would only cut the published
// package into more files, and finding files is most of a short start.
export { check } from './check.ts'
export { connectors } from './connectors.ts'
export { explain } from './explain.ts'
export { functions } from './functions.ts'
export { generate } from './generate.ts'
export { run } from './run.ts'
export { sql } from './sql.ts'
