import type { Environment } from './environment.ts'
import { LocalSession } from './local-session.ts'
import type { Session, SessionOptions } from './session.ts'

/** Opens a session in this process. */
export async function createSession(options: SessionOptions, environment: Environment): Promise<Session> {
  return new LocalSession(options, environment)
}
