/** What the command returns to its caller; the table stands in docs/cli.md too. */
export const exitCodes = {
  /** Done; also after Ctrl-C, SIGTERM, --limit and --until-idle. */
  done: 0,
  /** The program is wrong, or a statement failed. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** `check` found something. */
  findings: 3,
  /** Ctrl-C in a query that ends by itself, or a second one. */
  interrupted: 130,
} as const
