import { RowError } from '../../definition.ts'

/** What makes a predicate unknown, and what `silent` is silent about. */
export class PathError extends RowError {
  constructor(message: string) {
    super(5, message)
  }
}

/** What no predicate and no `silent` hides: the path does not fit its variables or the session. */
export class PathMisuse extends RowError {
  constructor(message: string) {
    super(5, message)
  }
}
