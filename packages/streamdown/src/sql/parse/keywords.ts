/**
 * The words that the grammar gives a meaning. None is reserved everywhere: a word is taken as a name wherever it
 * cannot be the keyword.
 */

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/))

/** Cannot start an expression as a column name. */
export const notAColumn = words(`
  AND AS BETWEEN CASE DISTINCT ELSE EXCEPT FROM HAVING IN INTERSECT IS NOT ON OR SELECT THEN UNION WHEN WHERE
`)

/** Start an expression as a column name only if what follows shows it, as in `SELECT a, order FROM t`. */
export const seldomAColumn = words(`
  ALL CREATE CROSS FETCH FULL GROUP INNER INTO JOIN LATERAL LIMIT NATURAL ORDER TABLE USING WITH
`)

/** What follows shows that a name was a column. */
export const afterColumn = words(`
  , ) ; . :: [ = == <> != < <= > >= + - * / % || AND AS ASC BETWEEN DESC FROM ILIKE IN IS LIKE NOT NULLS OR
`)

/** Behind VALUES they start a row of one cell: VALUES was no column. */
export const startsValue = words(`
  ARRAY CASE CAST DATE FALSE INTERVAL MAP NULL ROW SAFE_CAST TIME TIMESTAMP TRUE TRY_CAST
`)

/** Cannot be an alias without AS: each may follow an expression of a select list. */
export const notABareAlias = words(`
  ALL AND AS ASC BETWEEN COLLATE CROSS DESC DO ELSE EMIT EXCEPT FETCH FOR FROM FULL GROUP HAVING ILIKE IN INNER
  INTERSECT INTO IS ISNULL JOIN LIKE LIMIT NATURAL NOT NOTNULL OFFSET ON OR ORDER QUALIFY RETURNING RLIKE SELECT SET SIMILAR
  THEN UNION USING WHEN WHERE WITH WITHIN
`)

/** Cannot be a table's alias without AS, besides those above. */
export const notABareTableAlias = words(`
  LATERAL LEFT MATCH_CONDITION MATCH_RECOGNIZE RIGHT TABLESAMPLE UNNEST VALUES
`)

/** Functions written without parentheses. */
export const bareFunctions = words(`
  CURRENT_CATALOG CURRENT_DATE CURRENT_ROLE CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER LOCALTIME
  LOCALTIMESTAMP SESSION_USER
`)

/** Functions whose argument `x -> y` is a lambda; elsewhere `->` takes a field from JSON. */
export const takesLambda = words(`
  ALL_MATCH ANY_MATCH ARRAY_ALL_MATCH ARRAY_ANY_MATCH ARRAY_EXISTS ARRAY_FILTER ARRAY_FIND ARRAY_REDUCE ARRAY_SORT
  ARRAY_TRANSFORM EXISTS FILTER LIST_FILTER LIST_TRANSFORM MAP_FILTER NONE_MATCH REDUCE TRANSFORM TRANSFORM_KEYS
  TRANSFORM_VALUES
`)

/** Offered when a word looks like a slip of the pen. */
export const spellingHelp = [
  'ALTER',
  'AND',
  'ARRAY',
  'BETWEEN',
  'CASE',
  'CAST',
  'COLUMN',
  'COMMENT',
  'CONSTRAINT',
  'CREATE',
  'CROSS',
  'DEFAULT',
  'DELETE',
  'DESCRIBE',
  'DISTINCT',
  'DROP',
  'ELSE',
  'EMIT',
  'END',
  'ENFORCED',
  'EXCEPT',
  'EXISTS',
  'EXPLAIN',
  'FETCH',
  'FILTER',
  'FROM',
  'FULL',
  'FUNCTION',
  'GROUP',
  'HAVING',
  'INNER',
  'INSERT',
  'INTERSECT',
  'INTERVAL',
  'INTO',
  'JOIN',
  'LATERAL',
  'LEFT',
  'LIKE',
  'LIMIT',
  'MATCH_RECOGNIZE',
  'MATERIALIZED',
  'METADATA',
  'NATURAL',
  'NULL',
  'OFFSET',
  'ORDER',
  'OUTER',
  'OVER',
  'PARTITION',
  'PATTERN',
  'PRIMARY',
  'QUALIFY',
  'RIGHT',
  'SELECT',
  'SHOW',
  'TABLE',
  'TEMPORARY',
  'THEN',
  'UNION',
  'UPDATE',
  'USING',
  'VALUES',
  'VIEW',
  'WATERMARK',
  'WHEN',
  'WHERE',
  'WINDOW',
  'WITH',
] // prettier-ignore
