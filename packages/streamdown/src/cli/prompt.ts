import { createInterface } from 'node:readline/promises'
import type { Session } from '../session/session.ts'
import { errorText } from './error-text.ts'
import { Interrupt } from './interrupt.ts'
import { type Show, showStatements } from './show.ts'

/**
 * Statements end with `;`. An error is shown and the prompt goes on. Between two statements the session's programs run
 * on; Ctrl-C ends the query that runs, or drops what was typed.
 */
export async function prompt(session: Session, show: Show): Promise<void> {
  const { stdin, stdout } = process
  const lines = createInterface({ input: stdin, output: stdout, historySize: 1000 })
  const programs = new Background(session)
  let text = ''
  const ask = (): void => {
    lines.setPrompt(text.trim() === '' ? 'dsd> ' : '  -> ')
    lines.prompt()
  }
  lines.on('SIGINT', () => {
    const typed = text !== '' || lines.line !== ''
    text = ''
    lines.write(null, { ctrl: true, name: 'u' })
    stdout.write(typed ? '\n' : '\nexit; or Ctrl-D leaves\n')
    ask()
  })
  stdout.write('Statements end with ";". exit; or Ctrl-D leaves, Ctrl-C ends a query.\n')
  ask()
  for await (const line of lines) {
    if (text.trim() === '' && /^\s*(exit|quit|\\q)\s*;?\s*$/i.test(line)) break
    text += `${line}\n`
    if (/;\s*$/.test(text)) {
      const statements = text
      text = ''
      await programs.pause()
      lines.pause()
      // Off raw mode Ctrl-C is a signal, as it is everywhere else.
      stdin.setRawMode(false)
      const interrupt = new Interrupt()
      try {
        await showStatements(session, statements, show, interrupt)
      } catch (error) {
        stdout.write(errorText(error))
      } finally {
        interrupt.release()
      }
      if (interrupt.terminated) break
      stdin.setRawMode(true)
      lines.resume()
      programs.start()
    }
    ask()
  }
  lines.close()
  await programs.pause()
}

/** Runs the programs of a session while the prompt waits. */
class Background {
  readonly #session: Session
  #stopping = false
  #running: Promise<void> = Promise.resolve()

  constructor(session: Session) {
    this.#session = session
  }

  start(): void {
    this.#stopping = false
    this.#running = this.#session
      .run({ stop: () => this.#stopping })
      .catch((error: unknown) => void process.stdout.write(`\n${errorText(error)}`))
  }

  async pause(): Promise<void> {
    this.#stopping = true
    await this.#running
  }
}
