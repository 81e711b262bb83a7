import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explained } from '../../../test/sql-plans.ts'

const before = `
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, note STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH (connector = 'kafka');
CREATE TABLE auction (id BIGINT, seller BIGINT, category INT, expires TIMESTAMP(3), ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '4' SECOND) WITH (connector = 'kafka');
CREATE TABLE nested (id INT, place ROW<city STRING, at ROW<lat DOUBLE, lon DOUBLE>>, tags ARRAY<STRING>) WITH (connector = 'kafka');
CREATE TABLE t (a INT, b INT, c STRING, PRIMARY KEY (a) NOT ENFORCED); CREATE TABLE u (a INT NOT NULL, d INT);
`

/** Queries and their plans, as explain shows them after optimisation. */
const plans: Readonly<Record<string, string>> = {
  [`SELECT price * 2 AS double_price FROM bid WHERE auction % 123 = 0`]: `
    Project: price * 2 AS double_price  {append}
      Filter: (auction % 123) = 0  {append}
        Scan bid (kafka): auction, price of 5 columns  {append}`,

  [`SELECT place.at.lat FROM nested WHERE place.city = 'Ulm'`]: `
    Project: lat  {append}
      Filter: city = 'Ulm'  {append}
        Scan nested (kafka): place…city, place…lat of 3 columns  {append}`,

  [`SELECT 'all' AS who, COUNT(*) AS n FROM bid GROUP BY CAST('all' AS STRING)`]: `
    Project: 'all' AS who, count AS n  {updates}
      Aggregate by key: COUNT(*)  {updates, key key}
        Project: 'all' AS key  {append}
          Scan bid (kafka): auction of 5 columns  {append}`,

  [`SELECT bidder, COUNT(*) AS n, SUM(price) FILTER (WHERE price > 10) AS s FROM bid GROUP BY bidder HAVING COUNT(*) > 1`]: `
    Project: bidder, count AS n, sum AS s  {updates, key bidder}
      Filter: count > 1  {updates, key bidder}
        Aggregate by bidder: COUNT(*), SUM(price) FILTER (WHERE price > 10)  {updates, key bidder}
          Scan bid (kafka): bidder, price of 5 columns  {append}`,

  [`SELECT window_start, bidder, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, bidder`]: `
    Project: window_start, bidder, count AS n  {append}
      Aggregate by window_start, bidder, window_end: COUNT(*); groups end with window_end  {append, key window_start, bidder, window_end}
        Window: tumble 10 s over ts, once when it closes  {append}
          Scan bid (kafka): bidder, ts of 5 columns, event time ts - 4 s  {append}`,

  [`SELECT TUMBLE_END(ts, INTERVAL '1' MINUTE) AS e, SUM(price) AS s FROM bid GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)`]: `
    Project: window_end AS e, sum AS s  {append}
      Aggregate by window_start, window_end: SUM(price); groups end with window_end  {append, key window_start, window_end}
        Window: tumble 1 min over ts, once when it closes  {append}
          Scan bid (kafka): price, ts of 5 columns, event time ts - 4 s  {append}`,

  [`SELECT bidder, COUNT(*) FROM bid GROUP BY bidder, SESSION(ts, INTERVAL '3' SECOND)`]: `
    Project: bidder, count AS EXPR$1  {append}
      Aggregate by bidder, window_start, window_end: COUNT(*); groups end with window_end  {append, key bidder, window_start, window_end}
        Window: session with gap 3 s by bidder over ts, once when it closes  {append}
          Scan bid (kafka): bidder, ts of 5 columns, event time ts - 4 s  {append}`,

  [`SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS rn FROM bid) WHERE rn <= 10`]: `
    Project: auction, bidder, price, note, ts, row_number AS rn  {updates, key auction, rn}
      Rank row_number 1..10 by auction, order price DESC  {updates, key auction, row_number}
        Scan bid (kafka): all columns  {append}`,

  [`SELECT auction FROM bid QUALIFY ROW_NUMBER() OVER (PARTITION BY auction ORDER BY ts DESC) = 1`]: `
    Project: auction  {updates, key auction}
      Rank row_number 1..1 by auction, order ts DESC  {updates, key auction}
        Scan bid (kafka): auction, ts of 5 columns  {append}`,

  [`SELECT auction, price FROM (SELECT *, LAG(price) OVER w AS before, SUM(price) OVER (w ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS around, NTILE(2) OVER w AS unused FROM bid WINDOW w AS (PARTITION BY auction ORDER BY price DESC)) WHERE auction = 3 AND before > 1`]: `
    Project: auction, price  {updates}
      Filter: lag > 1  {updates}
        Over by auction, order price DESC: LAG(price, 1); updating  {updates}
          Filter: auction = 3  {append}
            Scan bid (kafka): auction, price of 5 columns  {append}`,

  [`SELECT auction, LAG(price, 2, 0) OVER w AS before, SUM(price) FILTER (WHERE price > 1) OVER (w RANGE INTERVAL '1' MINUTE PRECEDING) AS lately FROM bid WINDOW w AS (PARTITION BY auction ORDER BY ts)`]: `
    Project: auction, lag AS before, sum AS lately  {append}
      Over by auction, order ts: LAG(price, 2, 0), SUM(price) FILTER (WHERE price > 1) RANGE BETWEEN 1 min PRECEDING AND CURRENT ROW; rows leave with the watermark  {append}
        Scan bid (kafka): auction, price, ts of 5 columns, event time ts - 4 s  {append}`,

  [`SELECT b.price, a.seller FROM bid b, auction a WHERE b.auction = a.id AND a.category = 10 AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '1' HOUR`]: `
    Project: price, seller  {append}
      Join inner on auction = id AND ts BETWEEN ts AND (ts + INTERVAL '1 h'); ts - ts within 0 s .. 1 h, state ends with the watermark  {append}
        Scan bid (kafka): auction, price, ts of 5 columns, event time ts - 4 s  {append}
        Filter: category = 10  {append}
          Scan auction (kafka): id, seller, category, ts of 5 columns, event time ts - 4 s  {append}`,

  [`SELECT B.auction, B.price FROM bid B JOIN (SELECT MAX(price) AS maxprice, window_end AS ts FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end) B1 ON B.price = B1.maxprice WHERE B.ts BETWEEN B1.ts - INTERVAL '10' SECOND AND B1.ts`]: `
    Project: auction, price  {append}
      Join inner on price = maxprice AND ts BETWEEN (ts - INTERVAL '10 s') AND ts; ts - ts within -10 s .. 0 s, state ends with the watermark  {append}
        [1] Scan bid (kafka): auction, price, ts of 5 columns, event time ts - 4 s  {append}
        Project: max AS maxprice, window_end AS ts  {append}
          Aggregate by window_start, window_end: MAX(price); groups end with window_end  {append, key window_start, window_end}
            Window: tumble 10 s over ts, once when it closes  {append}
              [1] as above`,

  [`SELECT b.price, w.n FROM bid b JOIN (SELECT window_start AS s, window_end AS e, auction, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, auction) w ON b.auction = w.auction AND b.ts BETWEEN w.s AND w.e`]: `
    Project: price, n  {append}
      Join inner on auction = auction AND ts BETWEEN s AND e; ts - e within -10 s .. 0 s, state ends with the watermark  {append}
        [1] Scan bid (kafka): auction, price, ts of 5 columns, event time ts - 4 s  {append}
        Project: window_start AS s, window_end AS e, auction, count AS n  {append, key s, e, auction}
          Aggregate by window_start, window_end, auction: COUNT(*); groups end with window_end  {append, key window_start, window_end, auction}
            Window: tumble 10 s over ts, once when it closes  {append}
              [1] as above`,

  [`SELECT a FROM t WHERE a IN (SELECT a FROM u)`]: `
    Join semi on a = a  {updates, key a}
      Scan t (memory): a of 3 columns  {updates, key a}
      Aggregate by a  {updates, key a}
        Scan u (memory): a of 2 columns  {updates}`,

  [`SELECT b FROM t WHERE b NOT IN (SELECT d FROM u)`]: `
    Project: b  {updates}
      Join inner on NOT CASE WHEN $found IS NOT NULL THEN TRUE WHEN bool_or IS NULL THEN FALSE WHEN b IS NULL OR bool_or THEN NULL ELSE FALSE END  {updates}
        Join left on b = d  {updates}
          Scan t (memory): b of 3 columns  {updates}
          Project: d, TRUE AS $found  {updates, key d}
            Aggregate by d  {updates, key d}
              [1] Scan u (memory): d of 2 columns  {updates}
        Aggregate all rows: BOOL_OR($null)  {updates, one row}
          Project: d IS NULL AS $null  {updates}
            [1] as above`,

  [`SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND u.d > t.b)`]: `
    Project: a  {updates, key a}
      Join anti on a = $0 AND $1 > b  {updates, key a}
        Scan t (memory): a, b of 3 columns  {updates, key a}
        Project: a AS $0, d AS $1  {updates}
          Scan u (memory): all columns  {updates}`,

  [`SELECT a, (SELECT COUNT(*) FROM u WHERE u.a = t.a) AS n FROM t`]: `
    Project: a, CASE WHEN $0 IS NULL THEN 0 ELSE EXPR$0 END AS n  {updates, key a}
      Join left on a = $0  {updates, key a}
        Scan t (memory): a of 3 columns  {updates, key a}
        Project: count AS EXPR$0, a AS $0  {updates, key $0}
          Aggregate by a: COUNT(*)  {updates, key a}
            Scan u (memory): a of 2 columns  {updates}`,

  [`SELECT a FROM t WHERE b > (SELECT AVG(d) FROM u)`]: `
    Project: a  {updates, key a}
      Join inner on b > EXPR$0  {updates, key a}
        Scan t (memory): a, b of 3 columns  {updates, key a}
        Project: avg AS EXPR$0  {updates, one row}
          Aggregate all rows: AVG(d)  {updates, one row}
            Scan u (memory): d of 2 columns  {updates}`,

  [`SELECT a FROM t LEFT JOIN u USING (a) WHERE d > 3`]: `
    Project: a  {updates}
      Join inner on a = a  {updates}
        Scan t (memory): a of 3 columns  {updates, key a}
        Filter: d > 3  {updates}
          Scan u (memory): all columns  {updates}`,

  [`SELECT c, SUM(b) FROM t GROUP BY ROLLUP (c)`]: `
    Project: c, sum AS EXPR$1  {updates}
      Union of 2  {updates}
        Aggregate by c: SUM(b)  {updates, key c}
          [1] Scan t (memory): b, c of 3 columns  {updates}
        Project: NULL AS c, sum  {updates, one row}
          Aggregate all rows: SUM(b)  {updates, one row}
            [1] as above`,

  [`SELECT a FROM t INTERSECT SELECT a FROM u`]: `
    Project: a  {updates, key a}
      Filter: ($l > 0) AND ($r > 0)  {updates, key a}
        Aggregate by a: COUNT(*) FILTER (WHERE $left), COUNT(*) FILTER (WHERE NOT $left)  {updates, key a}
          Union of 2  {updates}
            Project: a, TRUE AS $left  {updates, key a}
              Scan t (memory): a of 3 columns  {updates, key a}
            Project: a, FALSE AS $left  {updates}
              Scan u (memory): a of 2 columns  {updates}`,

  [`SELECT DISTINCT c FROM t`]: `
    Aggregate by c  {updates, key c}
      Scan t (memory): c of 3 columns  {updates}`,

  [`SELECT id, tag FROM nested CROSS JOIN UNNEST(tags) AS x(tag)`]: `
    Project: id, unnest AS tag  {append}
      FlatMap: UNNEST unnest  {append}
        Project: id, NULL AS place, NULL AS tags, tags AS $3  {append}
          Scan nested (kafka): id, tags of 3 columns  {append}`,

  [`SELECT a FROM t ORDER BY b DESC LIMIT 3`]: `
    Project: a  {append, key a}
      Sort: $sort1 DESC, first 3  {append, key a}
        Project: a, b AS $sort1  {updates, key a}
          Scan t (memory): a, b of 3 columns  {updates, key a}`,
}

const plain = (text: string) =>
  text
    .trim()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')

for (const [sql, plan] of Object.entries(plans)) {
  test(sql, () => assert.equal(plain(explained(sql, { before })), plain(plan.replaceAll('\n    ', '\n'))))
}
