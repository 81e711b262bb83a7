import { readFile } from 'node:fs/promises'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Session } from '../../packages/streamdown/src/session/session.ts'
import type { Figures, Progress } from './progress.ts'

/** How a run ended: by itself or stopped, then with so many windows open. */
export interface Outcome {
  readonly rowsIn: number
  readonly stopped: boolean
  readonly openWindows: number
}

export interface RunSqlOptions {
  /** Asked between steps: true finishes the run. */
  readonly stop: () => boolean
  readonly progress: Progress
}

export const readProgram = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8')

/** Runs a program in SQL to its end; `${name}` stands for a parameter. */
export async function runSql(
  program: string,
  parameters: Readonly<Record<string, string>>,
  { stop, progress }: RunSqlOptions,
): Promise<Outcome> {
  const session = await createSession({}, await createNodeEnvironment())
  try {
    await session.execute(withParameters(program, parameters))
    await session.run({ stop, onStep: () => progress.show(() => figuresOf(session)) })
    progress.end(figuresOf(session))
    const jobs = session.status()
    return {
      rowsIn: figuresOf(session).rowsIn,
      stopped: jobs.some(({ ended }) => !ended),
      openWindows: jobs.reduce((sum, job) => sum + job.openWindows, 0),
    }
  } finally {
    await session.close()
  }
}

/** The one job of a program. */
function figuresOf(session: Session): Figures {
  const [job] = session.status()
  if (job === undefined) throw new Error('The program runs nothing.')
  return job
}

function withParameters(program: string, parameters: Readonly<Record<string, string>>): string {
  return program.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name]
    if (value === undefined) throw new Error(`The program wants a value for ${name}.`)
    return value.replaceAll("'", "''")
  })
}
