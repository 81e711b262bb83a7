// Writes the tables of docs/sql.md that are made from the code. Run with the workspace's Node: node scripts/sql-reference.mjs
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { withReference } from '../packages/streamdown/src/sql/reference.ts'

const file = fileURLToPath(new URL('../docs/sql.md', import.meta.url))
writeFileSync(file, withReference(readFileSync(file, 'utf8')))
