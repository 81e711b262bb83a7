#!/usr/bin/env node
// Old syntax and no static import on purpose: on an older Node this must reach its message.
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    'data-streamdown needs Node.js 24 or newer, this is ' +
      process.versions.node +
      ': install it from https://nodejs.org, or run: npx -p node@24 -p data-streamdown data-streamdown',
  )
  process.exitCode = 1
} else {
  import('node:module')
    .then(module => {
      // V8's code cache on disk: the second start compiles nothing.
      module.enableCompileCache()
      return import('#cli')
    })
    .then(cli => cli.main(process.argv.slice(2)))
    .then(code => {
      process.exitCode = code
    })
}
