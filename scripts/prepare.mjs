// Runs before npm start, test and check: installs and builds what is missing, and nothing when all is up to date.
// Plain JavaScript without dependencies, because it runs on a bare checkout with whatever Node is there.
const oldest = 20
if (Number(process.versions.node.split('.')[0]) < oldest) {
  console.error(
    `Node.js ${oldest} or newer is needed to set up this checkout; this is ${process.version}. See https://nodejs.org`,
  )
  process.exit(1)
}

const { prepare } = await import('./install.mjs')
try {
  prepare()
} catch (error) {
  console.error(`prepare: ${error.message}`)
  process.exit(1)
}
