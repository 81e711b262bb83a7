/**
 * Every error code, with cause and fix. docs/errors.md holds the same table; a test ties the two.
 * 1xxx SQL text, 2xxx binding and plan, 3xxx options and connectors, 4xxx rows (dead letters), 5xxx TypeScript API,
 * 6xxx sinks and delivery, 7xxx state and checkpoints, 8xxx command line, 9xxx the engine itself.
 */
export const errorTable = {
  DSD1001: { title: 'SQL syntax', fix: 'Correct the text at the place shown; what was expected is named.' },
  DSD2001: { title: 'Unknown table', fix: 'Create the table or view first, or use the nearest name given.' },
  DSD2002: { title: 'Unknown column', fix: 'Use one of the columns listed, or the nearest name given.' },
  DSD2003: { title: 'Unknown function', fix: 'See `dsd functions` for the functions there are.' },
  DSD2004: { title: 'Types do not fit', fix: 'CAST one side, or use a function made for these types.' },
  DSD2005: { title: 'Not supported yet', fix: 'Use the nearest supported form that the message names.' },
  DSD2006: { title: 'Statement not valid here', fix: 'The message says which rule the statement breaks.' },
  DSD2007: {
    title: 'Code of a function cannot be used',
    fix: 'Correct the code: a function, statements that return the result, or a module that exports it.',
  },
  DSD2008: { title: 'Name already in use', fix: 'Use another name, give one of them an alias, or drop what has it.' },
  DSD2009: {
    title: 'Aggregate, window function or grouping not valid here',
    fix: 'Aggregates stand in SELECT and HAVING, window functions in SELECT, QUALIFY and ORDER BY; group by the column named.',
  },
  DSD2010: { title: 'Number of columns or values does not fit', fix: 'Give as many as the message says there are.' },
  DSD2011: {
    title: 'Input lacks what this needs: event time, a key, or rows that stay',
    fix: 'Declare WATERMARK FOR a column, a PRIMARY KEY, or read rows that are only added; the message says which.',
  },
  DSD2012: { title: 'Argument of a call wrong', fix: 'The message says what stands at that place.' },
  DSD2013: {
    title: 'Still used',
    fix: 'Drop what the message names first, or use CASCADE; a key and a time column stay.',
  },
  DSD2014: {
    title: 'Setting or option wrong',
    fix: 'Use one of those that the message lists; `SHOW SETTINGS` shows all.',
  },
  DSD2015: { title: 'Row breaks a constraint of its table', fix: 'Correct the row, or say what to do: ON CONFLICT.' },
  DSD3001: { title: 'Unknown connector', fix: 'See `dsd connectors list`.' },
  DSD3002: { title: 'Connector option wrong or missing', fix: 'See `dsd connectors describe NAME`.' },
  DSD3003: {
    title: 'Connector cannot be opened',
    fix: 'The message says what the system answered; free the port, correct the path or the rights.',
  },
  DSD3004: {
    title: 'Input damaged, truncated or replaced',
    fix: 'Restore the input; a program that goes on from saved state may start again without it. What was read before stands.',
  },
  DSD4001: { title: 'Record cannot be decoded', fix: 'The dead letter holds the raw bytes; correct and send again.' },
  DSD4002: { title: 'Division by zero', fix: 'Guard with NULLIF(divisor, 0).' },
  DSD4003: { title: 'Numeric overflow', fix: 'CAST to a wider type first.' },
  DSD4004: { title: 'Cast failed', fix: 'Use TRY_CAST to get NULL instead.' },
  DSD4005: { title: 'Function argument out of range', fix: 'The message names the argument.' },
  DSD4006: { title: 'NULL in a NOT NULL column', fix: 'Filter or COALESCE before the sink.' },
  DSD4007: { title: 'TypeScript function threw', fix: 'The dead letter holds the row and the message.' },
  DSD4008: {
    title: 'A match has nowhere to skip to',
    fix: 'AFTER MATCH SKIP TO a variable that every match has, and that is not its first row; or TO NEXT ROW.',
  },
  DSD4009: {
    title: 'Too many ways to go on with a match',
    fix: 'Make the definitions exclude each other, bound the repetitions, say WITHIN, or raise match_partial_limit.',
  },
  DSD4010: {
    title: 'The outside did not answer',
    fix: 'The dead letter holds the row and what went wrong in the last try; allow more time or more tries.',
  },
  DSD5001: {
    title: 'Not a decimal number',
    fix: 'Give digits as text, an integer or a finite number of at most 38 digits.',
  },
  DSD5002: {
    title: 'Not a point in time',
    fix: 'Give a Date, microseconds as bigint, or text like 2026-01-31T12:00:00Z.',
  },
  DSD5003: { title: 'Not a duration', fix: "Write a number and a unit: '5s', '10 minutes', '1 day'." },
  DSD5004: {
    title: 'Column type cannot be known',
    fix: 'Declare the row with t.row({...}), where every type is exact.',
  },
  DSD5005: {
    title: 'Result type of an arrow is not known',
    fix: 'Say the type as the message shows: t.string.of(arrow), map(type, arrow).',
  },
  DSD5006: { title: 'Part of the API that does not run yet', fix: 'The message names the nearest thing that runs.' },
  DSD5007: { title: 'Argument of an API call wrong', fix: 'The message says what is expected there.' },
  DSD5008: { title: 'Value does not fit its column', fix: 'Give a value of the type that the message names.' },
  DSD5009: {
    title: 'No event time',
    fix: "Say which column holds the time: stream(source, { schema, time: 'ts', lateness: '5s' }).",
  },
  DSD5010: {
    title: 'An arrow gave two answers for one row',
    fix: 'Take clock, chance and counters out of it: only process() has them, as ctx.now and ctx.random().',
  },
  DSD5011: {
    title: 'Flink SQL cannot say it',
    fix: 'Write the expression that the message names, or run the program here.',
  },
  DSD5012: {
    title: 'A query gives other columns than its row type says',
    fix: 'Say the type that the message names, or CAST the column in the query.',
  },
  DSD6001: { title: 'Sink did not take the rows', fix: 'Mend the receiver; a restart sends what was not delivered.' },
  DSD6101: {
    title: 'Guarantee that the parts of a program cannot keep',
    fix: 'Use a sink that is transactional and sources that can be read again, or demand less.',
  },
  DSD7001: {
    title: 'Stored state cannot be read',
    fix: 'Restore from another checkpoint; the message says what is damaged.',
  },
  DSD7002: {
    title: 'State of another program',
    fix: 'Run the program that wrote it, or give the changed one a directory of its own: it starts anew there.',
  },
  DSD7003: {
    title: 'State in use',
    fix: 'End the process that has it open, or give this program a directory of its own.',
  },
  DSD7004: {
    title: 'Delivered rows missing',
    fix: 'Put the file back (for Parquet an empty one of its name will do, where you took the rows away yourself), or start without the saved state.',
  },
  DSD7101: {
    title: 'State over its memory budget',
    fix: 'Take a snapshot and restore it with more memory or workers; or bound the state of the operator named.',
  },
  DSD7102: {
    title: 'Recursion does not end',
    fix: 'Bound it with a condition, or use UNION where rows repeat; recursion_limit is the number of rounds.',
  },
  DSD7103: {
    title: 'State cannot be spilled',
    fix: 'Free room on the disk or set temp_directory to another one; or restore with a larger memory_limit.',
  },
  DSD8001: { title: 'Command line not understood', fix: 'See `dsd --help`.' },
  DSD8002: { title: 'Interrupted', fix: 'Run the statement again; it changed nothing.' },
  DSD9001: { title: 'Memory of a worker is full', fix: 'Use more workers, shorter windows or a state TTL.' },
  DSD9002: { title: 'Defect in Data-Streamdown', fix: 'Please report it with the message.' },
} as const satisfies Record<string, { readonly title: string; readonly fix: string }>

export type ErrorCode = keyof typeof errorTable

/** Why a row failed, as the error mask of emitted code and `RowError` hold it: one byte a row, 0 is no failure. */
export const failures = {
  undecodable: 1,
  divisionByZero: 2,
  overflow: 3,
  cast: 4,
  argument: 5,
  nullValue: 6,
  threw: 7,
  nowhereToSkip: 8,
  tooManyWays: 9,
  unanswered: 10,
  misfit: 11,
} as const

/** The error code of each of `failures`. */
const rowErrorCodes = {
  [failures.undecodable]: 'DSD4001',
  [failures.divisionByZero]: 'DSD4002',
  [failures.overflow]: 'DSD4003',
  [failures.cast]: 'DSD4004',
  [failures.argument]: 'DSD4005',
  [failures.nullValue]: 'DSD4006',
  [failures.threw]: 'DSD4007',
  [failures.nowhereToSkip]: 'DSD4008',
  [failures.tooManyWays]: 'DSD4009',
  [failures.unanswered]: 'DSD4010',
  [failures.misfit]: 'DSD5008',
} as const satisfies Record<number, ErrorCode>

export type RowErrorCode = (typeof rowErrorCodes)[keyof typeof rowErrorCodes]

const isFailure = (byte: number): byte is keyof typeof rowErrorCodes => byte in rowErrorCodes

/** The error code of a failed row's byte; any other byte is a defect. */
export const failureCode = (byte: number): RowErrorCode | 'DSD9002' =>
  isFailure(byte) ? rowErrorCodes[byte] : 'DSD9002'

const rowErrors: ReadonlySet<string> = new Set(Object.values(rowErrorCodes))

/** Whether a code is that of a row that failed. */
export const isRowError = (code: string): code is RowErrorCode => rowErrors.has(code)
