/** A name as Flink SQL takes it: in backticks unless it is plain. Column names of the engine (`$time`) lose their sign. */
export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/i.test(name) && !reserved.has(name.toUpperCase())
    ? name
    : `\`${name.replaceAll('`', '``')}\``
}

/** Each name once: a second one gets a number. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const used = new Set<string>()
  return names.map(name => {
    let unique = name
    for (let number = 2; used.has(unique); number++) unique = `${name}_${number}`
    used.add(unique)
    return unique
  })
}

const reserved: ReadonlySet<string> = new Set(
  `ALL AND ANY ARRAY AS ASC AT BETWEEN BY CASE CAST CHAR CHECK COLUMN COUNT CREATE CROSS CUBE CURRENT CURSOR DATE DAY DEFAULT DELETE DESC DISTINCT DROP ELSE END ESCAPE EXISTS
  EXTRACT FALSE FETCH FILTER FOR FROM FULL FUNCTION GROUP HAVING HOUR IN INNER INSERT INTERSECT INTERVAL INTO IS JOIN LANGUAGE LEFT LIKE LIMIT MAP MATCH METHOD MINUTE MONTH
  NOT NULL OF ON OR ORDER OUTER OVER PARTITION PERCENT PRIMARY RANGE RANK RESULT RIGHT ROW ROWS SECOND SELECT SET START SUM TABLE THEN TIME TIMESTAMP TO TRUE UNION UNIQUE
  UPDATE USER USING VALUE VALUES WHEN WHERE WINDOW WITH YEAR`.split(/\s+/),
)
