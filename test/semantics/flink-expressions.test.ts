/** Expressions of Apache Flink's own tests (ExpressionTestBase, BuiltInFunctionTestBase of 2.2.0) and what they give, as text. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'

const cases: Readonly<Record<string, string>> = {
  // TemporalTypesTest, LiteralTest: a literal has the digits that are written.
  "TIMESTAMP '1990-10-14 23:00:00.123'": '1990-10-14 23:00:00.123',
  "FLOOR(TIMESTAMP '2018-03-20 06:44:31' TO HOUR)": '2018-03-20 06:00:00',
  "ARRAY[TIMESTAMP '1985-04-11 14:15:16.1234', TIMESTAMP '2018-07-26 17:18:19.1234']":
    '[1985-04-11 14:15:16.1234, 2018-07-26 17:18:19.1234]',
  "TIMESTAMPADD(HOUR, +8, TIMESTAMP '2017-11-29 10:58:58.998')": '2017-11-29 18:58:58.998',
  "INTERVAL '1' YEAR": '+1-00',
  "-INTERVAL '2' YEAR": '-2-00',
  "INTERVAL '2-10' YEAR TO MONTH": '+2-10',
  "INTERVAL '12' DAY": '+12 00:00:00.000',
  "INTERVAL '10 00:00:00.004' DAY TO SECOND": '+10 00:00:00.004',
  "INTERVAL '1' MINUTE - INTERVAL '10' SECOND": '+0 00:00:50.000',
  "-INTERVAL '10' SECOND": '-0 00:00:10.000',
  // ScalarFunctionsTest, TimeFunctionsITCase
  "EXTRACT(MILLISECOND FROM TIMESTAMP '1996-11-10 06:55:44.333')": '333',
  "EXTRACT(MICROSECOND FROM TIMESTAMP '1996-11-10 06:55:44.333')": '333000',
  "EXTRACT(NANOSECOND FROM TIMESTAMP '1996-11-10 06:55:44.333')": '333000000',
  "EXTRACT(DOW FROM TIMESTAMP '2000-01-31 11:22:33')": '2',
  "EXTRACT(DAY FROM INTERVAL '407503:23:33' HOUR TO SECOND)": '16979',
  "EXTRACT(HOUR FROM INTERVAL '407503:23:33' HOUR TO SECOND)": '7',
  "TO_TIMESTAMP_LTZ('1970-01-01 00:00:00.123456789')": '1970-01-01 00:00:00.123',
  'TO_TIMESTAMP_LTZ(100.01, 3)': '1970-01-01 00:00:00.100',
  "TO_TIMESTAMP_LTZ('01/01/2023 08:00:00', 'yyyy-MM-dd HH:mm:ss', 'un-parsable timezone')": 'NULL',
  // MathFunctionsITCase, DecimalTypeTest, MiscFunctionsITCase
  'SIGN(CAST(-3.14 AS DECIMAL(10, 2)))': '-1.00',
  'RAND(1)': '0.7308781907032909',
  'RAND_INTEGER(3, 99)': '50',
  'IS_DECIMAL(CAST(NULL AS STRING))': 'FALSE',
  'TYPEOF(12)': 'INT NOT NULL',
  'TYPEOF(CAST(NULL AS INT))': 'INT',
  // StringFunctionsITCase
  "PRINTF('%d %s', CAST(NULL AS INT), CAST(NULL AS INT))": 'null null',
  "INSTR('Corporate Floor', 'or', 3, 2)": '14',
  "INSTR('Tech on the net', 'e', 1, 3)": '14',
  "ELT(0, 'a', 'b')": 'NULL',
  "ELT(1, 'a', CAST(NULL AS STRING))": 'a',
  "ELT(9223372036854775807, 'ab', 'b')": 'NULL',
  "STARTSWITH(X'010203', X'0102')": 'TRUE',
  "ENDSWITH(X'010203', X'0102')": 'FALSE',
  "ENDSWITH(X'010203', X'')": 'TRUE',
  "SPLIT_INDEX('AQIDBA==', 256, 0)": 'NULL',
  "STR_TO_MAP('k1$$v1|k2$$ v2', '\\|', '\\$\\$')": '{k1=v1, k2= v2}',
  "STR_TO_MAP('')": '{}',
  "ENCODE(UNHEX('146'), 'hex')": '0046',
  // CollectionFunctionsITCase
  'ARRAY_APPEND(CAST(NULL AS ARRAY<INT>), 1)': 'NULL',
  'ARRAY_POSITION(ARRAY[CAST(NULL AS INT), 1], CAST(NULL AS INT))': 'NULL',
  'ARRAY_SLICE(ARRAY[5, 6, 7], 1, 0)': '[5]',
  'ARRAY_SLICE(ARRAY[5, 6, 7], CAST(NULL AS INT), 2)': 'NULL',
  // JsonFunctionsITCase, JsonAggregationFunctionsITCase
  "JSON_OBJECT(KEY 'K' VALUE JSON('[1,2,3]'))": '{"K":[1,2,3]}',
  "JSON_OBJECT(KEY 'K' VALUE JSON('   '))": '{"K":null}',
  "JSON_QUOTE('≠ will be escaped')": '"\\u2260 will be escaped"',
  'JSON_UNQUOTE(\'"["abc"]"\')': '["abc"]',
  'JSON_ARRAYAGG(x)': '["A","C"]',
  'JSON_ARRAYAGG(x NULL ON NULL)': '["A",null,"C"]',
  'JSON_OBJECTAGG(y VALUE x)': '{"1":"A","2":null,"3":"C"}',
  'JSON_OBJECTAGG(y VALUE x ABSENT ON NULL)': '{"1":"A","3":"C"}',
}

test("Flink's expressions", async () => {
  const session = await createSession({ dialect: 'flink' }, await createNodeEnvironment())
  await session.execute("CREATE TABLE t (x STRING, y STRING); INSERT INTO t VALUES ('A', '1'), (NULL, '2'), ('C', '3')")
  for (const [sql, expected] of Object.entries(cases)) {
    const from = sql.includes('AGG(') ? ' FROM t' : ''
    const [result] = await session.execute(`SELECT CAST(${sql} AS STRING)${from}`)
    assert.ok(result?.is === 'rows')
    assert.equal(result.rows[0]?.[0] ?? 'NULL', expected, sql)
  }
  await session.close()
})
