// Fetches Apache Flink's jars by Maven (some 120 MB) to where test/flink looks for them.
//   node test/flink/install.mjs [FOLDER]
import { spawnSync } from 'node:child_process'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const home = resolve(process.argv[2] ?? process.env['FLINK_HOME'] ?? join(here, '../../out/flink'))
const { status } = spawnSync(
  'mvn',
  ['-q', '-B', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${join(home, 'lib')}`],
  { stdio: 'inherit' },
)
console.log(status === 0 ? `flink: ${home}` : 'flink: not installed (are mvn and a JDK 17 there?)')
process.exit(status ?? 1)
