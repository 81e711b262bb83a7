import type { Relation } from '../plan/nodes/node.ts'

/** The paths of `FROM 'file'` anywhere in a statement: their columns are inferred before it is bound. */
export function filePaths(syntax: unknown): readonly string[] {
  const found = new Set<string>()
  const seek = (node: unknown): void => {
    if (Array.isArray(node)) for (const each of node) seek(each)
    else if (node !== null && typeof node === 'object') {
      if ('is' in node && node.is === 'file' && 'path' in node && typeof node.path === 'string') found.add(node.path)
      for (const each of Object.values(node)) seek(each)
    }
  }
  seek(syntax)
  return [...found]
}

/** Relations of quoted paths, inferred once a session. */
export class InferredFiles {
  readonly #relations = new Map<string, Relation>()
  readonly #infer: (path: string) => Promise<Relation>

  constructor(infer: (path: string) => Promise<Relation>) {
    this.#infer = infer
  }

  async learn(syntax: unknown): Promise<void> {
    for (const path of filePaths(syntax)) {
      if (!this.#relations.has(path)) this.#relations.set(path, await this.#infer(path))
    }
  }

  /** The file is written anew. */
  forget(path: string): void {
    this.#relations.delete(path)
  }

  find(path: string): Relation | undefined {
    return this.#relations.get(path)
  }
}
