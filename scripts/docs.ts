// Writes the pages of docs/ that are made from the code.
import { writeFileSync } from 'node:fs'
import { pages } from './docs/pages.ts'

for (const { name, make } of pages) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), await make())
  console.log(`docs: ${name}`)
}
