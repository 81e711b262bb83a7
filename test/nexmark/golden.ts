/**
 * Nexmark's queries in DuckDB's SQL, over its own reading of the same NDJSON: the answers that ours must equal. Written
 * from what each query means, as one query over the finished input. `ordinal` is a row's place in the file: where a query
 * leaves a tie open, the row that came first wins.
 */
import type { QueryName } from '../../bench/nexmark/queries.ts'

/** The events of a file as DuckDB tables. Its TIMESTAMP is UTC without a zone, as ours. */
export const goldenTables = (path: string): string => `
CREATE TABLE events AS
SELECT row_number() OVER () AS ordinal, *
FROM read_ndjson('${path}', columns = {
  event_type: 'INTEGER',
  person: 'STRUCT(id BIGINT, name VARCHAR, emailAddress VARCHAR, creditCard VARCHAR, city VARCHAR, state VARCHAR, dateTime TIMESTAMP, extra VARCHAR)',
  auction: 'STRUCT(id BIGINT, itemName VARCHAR, description VARCHAR, initialBid BIGINT, reserve BIGINT, dateTime TIMESTAMP, expires TIMESTAMP, seller BIGINT, category BIGINT, extra VARCHAR)',
  bid: 'STRUCT(auction BIGINT, bidder BIGINT, price BIGINT, channel VARCHAR, url VARCHAR, dateTime TIMESTAMP, extra VARCHAR)'});
CREATE VIEW person AS SELECT ordinal, person.* FROM events WHERE event_type = 0;
CREATE VIEW auction AS SELECT ordinal, auction.* FROM events WHERE event_type = 1;
CREATE VIEW bid AS SELECT ordinal, bid.* FROM events WHERE event_type = 2;
CREATE VIEW hopped AS
  SELECT auction, time_bucket(INTERVAL 2 SECOND, dateTime) - to_seconds(2 * back) AS starttime
  FROM (SELECT *, unnest([0, 1, 2, 3, 4]) AS back FROM bid);
CREATE VIEW hot AS SELECT auction, count(*) AS num, starttime FROM hopped GROUP BY ALL;
CREATE VIEW bought AS
  SELECT a.id, a.category, a.seller, b.price, b.dateTime AS bid_dateTime, b.ordinal AS bid_ordinal
  FROM auction AS a JOIN bid AS b ON a.id = b.auction AND b.dateTime BETWEEN a.dateTime AND a.expires;
`

const bidsByPrice = `count(*), count(*) FILTER (price < 10000), count(*) FILTER (price >= 10000 AND price < 1000000),
  count(*) FILTER (price >= 1000000)`

const distinctByPrice = (column: string): string => `count(DISTINCT ${column}),
  count(DISTINCT ${column}) FILTER (price < 10000),
  count(DISTINCT ${column}) FILTER (price >= 10000 AND price < 1000000),
  count(DISTINCT ${column}) FILTER (price >= 1000000)`

const byPrice = `${bidsByPrice}, ${distinctByPrice('bidder')}, ${distinctByPrice('auction')}`

const channelId = `regexp_extract(url, '(&|^)channel_id=([^&]*)', 2)`
const hasChannelId = `regexp_matches(url, '(&|^)channel_id=([^&]*)')`
const big = `lower(channel) IN ('apple', 'google', 'facebook', 'baidu')`

export const golden: Readonly<Record<QueryName, string>> = {
  q0: `SELECT auction, bidder, price, dateTime, extra FROM bid`,
  q1: `SELECT auction, bidder, 0.908 * price, dateTime, extra FROM bid`,
  q2: `SELECT auction, price FROM bid WHERE auction % 123 = 0`,
  q3: `SELECT p.name, p.city, p.state, a.id FROM auction AS a JOIN person AS p ON a.seller = p.id
    WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')`,
  // Whole numbers divide to whole numbers in the flink dialect.
  q4: `SELECT category, sum(final) // count(*) FROM (SELECT max(price) AS final, category FROM bought GROUP BY id, category)
    GROUP BY category`,
  q5: `SELECT auction, num FROM hot WHERE num = (SELECT max(num) FROM hot AS other WHERE other.starttime = hot.starttime)`,
  q6: `SELECT seller, sum(price) OVER last // count(*) OVER last
    FROM (SELECT * FROM bought QUALIFY row_number() OVER (PARTITION BY id ORDER BY price DESC, bid_dateTime, bid_ordinal) = 1)
    WINDOW last AS (PARTITION BY seller ORDER BY bid_dateTime, id ROWS BETWEEN 10 PRECEDING AND CURRENT ROW)`,
  q7: `SELECT b.auction, b.price, b.bidder, b.dateTime, b.extra
    FROM bid AS b JOIN (
      SELECT max(price) AS maxprice, time_bucket(INTERVAL 10 SECOND, dateTime) + INTERVAL 10 SECOND AS ends FROM bid GROUP BY ends
    ) AS highest ON b.price = highest.maxprice AND b.dateTime BETWEEN highest.ends - INTERVAL 10 SECOND AND highest.ends`,
  q8: `SELECT DISTINCT p.id, p.name, time_bucket(INTERVAL 10 SECOND, p.dateTime)
    FROM person AS p JOIN auction AS a
      ON p.id = a.seller AND time_bucket(INTERVAL 10 SECOND, p.dateTime) = time_bucket(INTERVAL 10 SECOND, a.dateTime)`,
  q9: `SELECT a.id, a.itemName, a.description, a.initialBid, a.reserve, a.dateTime, a.expires, a.seller, a.category, a.extra,
      b.auction, b.bidder, b.price, b.dateTime, b.extra
    FROM auction AS a JOIN bid AS b ON a.id = b.auction AND b.dateTime BETWEEN a.dateTime AND a.expires
    QUALIFY row_number() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.dateTime, b.ordinal) = 1`,
  q10: `SELECT auction, bidder, price, dateTime, extra, strftime(dateTime, '%Y-%m-%d'), strftime(dateTime, '%H:%M') FROM bid`,
  q11: `SELECT bidder, count(*), min(dateTime), max(dateTime) + INTERVAL 10 SECOND
    FROM (SELECT bidder, dateTime, sum(starts) OVER (PARTITION BY bidder ORDER BY dateTime, ordinal) AS session
      FROM (SELECT bidder, dateTime, ordinal,
          CASE WHEN dateTime - lag(dateTime) OVER (PARTITION BY bidder ORDER BY dateTime, ordinal) < INTERVAL 10 SECOND THEN 0 ELSE 1 END AS starts
        FROM bid))
    GROUP BY bidder, session`,
  q12: `SELECT bidder, count(*) FROM bid GROUP BY bidder`,
  q13: `SELECT auction, bidder, price, dateTime, 'value ' || (auction % 10000) FROM bid`,
  q14: `SELECT auction, bidder, 0.908 * price,
      CASE WHEN hour(dateTime) BETWEEN 8 AND 18 THEN 'dayTime' WHEN hour(dateTime) <= 6 OR hour(dateTime) >= 20 THEN 'nightTime'
        ELSE 'otherTime' END,
      dateTime, extra, length(regexp_replace(extra, '[^c]', '', 'g'))
    FROM bid WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000`,
  q15: `SELECT strftime(dateTime, '%Y-%m-%d') AS day, ${byPrice} FROM bid GROUP BY day`,
  q16: `SELECT channel, strftime(dateTime, '%Y-%m-%d') AS day, max(strftime(dateTime, '%H:%M')), ${byPrice} FROM bid
    GROUP BY channel, day`,
  q17: `SELECT auction, strftime(dateTime, '%Y-%m-%d') AS day, ${bidsByPrice}, min(price), max(price), sum(price) // count(*), sum(price)
    FROM bid GROUP BY auction, day`,
  q18: `SELECT auction, bidder, price, channel, url, dateTime, extra FROM bid
    QUALIFY row_number() OVER (PARTITION BY bidder, auction ORDER BY dateTime DESC, ordinal) = 1`,
  q19: `SELECT auction, bidder, price, channel, url, dateTime, extra, place
    FROM (SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price DESC, ordinal) AS place FROM bid) WHERE place <= 10`,
  q20: `SELECT b.auction, b.bidder, b.price, b.channel, b.url, b.dateTime, b.extra, a.itemName, a.description, a.initialBid,
      a.reserve, a.dateTime, a.expires, a.seller, a.category, a.extra
    FROM bid AS b JOIN auction AS a ON b.auction = a.id WHERE a.category = 10`,
  q21: `SELECT auction, bidder, price, channel,
      CASE lower(channel) WHEN 'apple' THEN '0' WHEN 'google' THEN '1' WHEN 'facebook' THEN '2' WHEN 'baidu' THEN '3'
        ELSE ${channelId} END
    FROM bid WHERE ${hasChannelId} OR ${big}`,
  q22: `SELECT auction, bidder, price, channel, split_part(url, '/', 4), split_part(url, '/', 5), split_part(url, '/', 6) FROM bid`,
  q23: `SELECT b.bidder, b.price, b.channel, b.url, b.extra, p.id, p.name, p.emailAddress, p.creditCard, p.city, p.state, p.extra,
      a.itemName, a.description, a.initialBid, a.reserve, a.dateTime, a.expires, a.seller, a.category, a.extra
    FROM bid AS b JOIN person AS p ON p.id = b.bidder JOIN auction AS a ON a.seller = b.bidder`,
  q101: `SELECT a.id, a.itemName, (SELECT max(price) FROM bid AS b WHERE b.auction = a.id) FROM auction AS a`,
  q102: `SELECT a.id, a.itemName, count(*) FROM auction AS a JOIN bid AS b ON a.id = b.auction GROUP BY a.id, a.itemName
    HAVING count(*) >= (SELECT count(*) // count(DISTINCT auction) FROM bid)`,
  q103: `SELECT a.id, a.itemName FROM auction AS a WHERE (SELECT count(*) FROM bid AS b WHERE b.auction = a.id) >= 20`,
  q104: `SELECT a.id, a.itemName FROM auction AS a
    WHERE (SELECT count(*) FROM bid AS b WHERE b.auction = a.id) NOT BETWEEN 1 AND 19`,
  q105: `SELECT a.id, a.itemName, count(*) AS bids FROM auction AS a JOIN bid AS b ON a.id = b.auction GROUP BY a.id, a.itemName
    ORDER BY bids DESC, a.id LIMIT 1000`,
  q106: `SELECT min(final) FROM (SELECT max(price) AS final FROM bought GROUP BY id)`,
  tumble: `SELECT auction, time_bucket(INTERVAL 10 SECOND, dateTime) + INTERVAL 10 SECOND AS ends, count(*), sum(price)
    FROM bid GROUP BY auction, ends`,
}
