import type { Batch } from '../batch/batch.ts'
import type { Output } from './operator.ts'

export type Port = (batch: Batch) => void

/** An operator's output: each port pushes to everything that reads it, and side outputs are counted. */
export class Ports implements Output {
  readonly #ports = new Map<string, Port[]>()
  readonly #onSide: (port: string, batch: Batch) => void

  constructor(onSide: (port: string, batch: Batch) => void) {
    this.#onSide = onSide
  }

  connect(port: string, to: Port): void {
    const ports = this.#ports.get(port)
    if (ports === undefined) this.#ports.set(port, [to])
    else ports.push(to)
  }

  emit(batch: Batch): void {
    if (batch.rows > 0) this.#push('main', batch)
  }

  side(name: string, batch: Batch): void {
    if (batch.rows > 0) this.#push(name, batch)
  }

  #push(name: string, batch: Batch): void {
    const ports = this.#ports.get(name)
    if (name !== 'main') this.#onSide(name, batch)
    if (ports === undefined) return
    for (const port of ports) port(batch)
  }
}
