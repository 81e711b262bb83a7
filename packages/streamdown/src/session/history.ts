/** What a statement built: relations are tables, views and the programs that write to them. */
export interface Built {
  readonly kind: 'relation' | 'function'
  readonly names: readonly string[]
  /** Of a statement that gave a relation another name. */
  readonly renamed?: { readonly from: string; readonly to: string }
}

export const relations = (names: readonly string[]): Built => ({ kind: 'relation', names })

interface Entry {
  readonly text: string
  readonly built: Built | undefined
}

/** The statements that built what there is, in order: a snapshot's restore carries them out again. */
export class History {
  #entries: readonly Entry[] = []

  get texts(): readonly string[] {
    return this.#entries.map(({ text }) => text)
  }

  remember(text: string, built?: Built): void {
    this.#entries = [...this.#entries, { text: `${text};`, built }]
  }

  /** The CREATE statement of a table or view, and those that altered it since, each on a line of its own. */
  creationOf(name: string): string | undefined {
    // A renamed table was created under another name.
    const known = new Set([name])
    for (const { text, built } of this.#entries.toReversed()) {
      if (isAlter(text) && built?.names.some(each => known.has(each))) for (const each of built.names) known.add(each)
    }
    const texts = this.#entries
      .filter(({ built }) => built?.kind === 'relation' && built.names.some(each => known.has(each)))
      .map(({ text }) => text)
      .filter(text => isCreate(text) || isAlter(text))
    return texts.some(isCreate) ? texts.join('\n') : undefined
  }

  /**
   * The statement `text` dropped these: what built them goes, and leaves no trace. Only where something that stays
   * names one of them (a program that still reads a dropped table) all is kept, and the DROP with it.
   */
  drop(text: string, dropped: Built): void {
    const trace = this.#traceOf(dropped)
    // What stands before the first of them cannot mean them.
    const later = this.#entries.slice(
      Math.max(
        0,
        this.#entries.findIndex(entry => trace.entries.has(entry)),
      ),
    )
    const isNamed = trace.names.some(name => later.some(entry => !trace.entries.has(entry) && names(entry.text, name)))
    if (isNamed) this.remember(text)
    else this.#entries = this.#entries.filter(entry => !trace.entries.has(entry))
  }

  /**
   * What built these, found backwards: by the names that they had before they were renamed, and not what had one of
   * those names before them. With all names that they ever had.
   */
  #traceOf({ kind, names: last }: Built): { readonly entries: ReadonlySet<Entry>; readonly names: readonly string[] } {
    const current = new Set(last)
    const all = new Set(last)
    const entries = new Set<Entry>()
    for (const entry of this.#entries.toReversed()) {
      const { text, built } = entry
      if (built?.kind !== kind) continue
      const { renamed } = built
      if (renamed !== undefined) {
        if (!current.delete(renamed.to)) continue
        current.add(renamed.from)
        all.add(renamed.from)
      } else if (!built.names.every(name => current.has(name))) continue
      else if (kind === 'relation' && isFirst(text)) for (const name of built.names) current.delete(name)
      entries.add(entry)
    }
    return { entries, names: [...all] }
  }
}

const isCreate = (text: string): boolean => /^\s*create\b/i.test(text)
/** There was nothing of that name before. */
const isFirst = (text: string): boolean => isCreate(text) && !/^\s*create\s+or\s+replace\b/i.test(text)
const isAlter = (text: string): boolean => /^\s*alter\b/i.test(text)

/** Whether a text holds a name, without its schema, as a word, in whatever case. */
const names = (text: string, name: string): boolean =>
  new RegExp(`(?<![\\w$])${RegExp.escape(name.slice(name.lastIndexOf('.') + 1))}(?![\\w$])`, 'i').test(text)
