import { settingOf } from '../sql/settings.ts'

/** What a session was told of settings of other engines, which have no effect here: SHOW gives it back. */
export class ForeignSettings {
  readonly #values = new Map<string, string>()

  /** SET; `undefined`: to the default, which is not known. */
  set(key: string, value: string | undefined): void {
    if (settingOf(key) !== undefined) return
    if (value === undefined) this.#values.delete(key.toLowerCase())
    else this.#values.set(key.toLowerCase(), value)
  }

  /** RESET of one, or of all. */
  reset(key: string | undefined): void {
    if (key === undefined) this.#values.clear()
    else this.set(key, undefined)
  }

  get(key: string): string | undefined {
    return this.#values.get(key.toLowerCase())
  }
}
