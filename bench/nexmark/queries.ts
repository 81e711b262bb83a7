const bidsByPrice = `COUNT(*) AS total_bids,
      COUNT(*) FILTER (WHERE price < 10000) AS rank1_bids,
      COUNT(*) FILTER (WHERE price >= 10000 AND price < 1000000) AS rank2_bids,
      COUNT(*) FILTER (WHERE price >= 1000000) AS rank3_bids`

const distinctByPrice = (column: string): string => `COUNT(DISTINCT ${column}) AS total_${column}s,
      COUNT(DISTINCT ${column}) FILTER (WHERE price < 10000) AS rank1_${column}s,
      COUNT(DISTINCT ${column}) FILTER (WHERE price >= 10000 AND price < 1000000) AS rank2_${column}s,
      COUNT(DISTINCT ${column}) FILTER (WHERE price >= 1000000) AS rank3_${column}s`

const counts = [bidsByPrice, distinctByPrice('bidder'), distinctByPrice('auction')].join(', ')

/** Nexmark's queries in our own text; they mean what nexmark/nexmark's files mean (Apache-2.0). */
export const queries = {
  q0: `SELECT auction, bidder, price, dateTime, extra FROM bid`,
  q1: `SELECT auction, bidder, 0.908 * price AS price, dateTime, extra FROM bid`,
  q2: `SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0`,
  q3: `
    SELECT p.name, p.city, p.state, a.id
    FROM auction AS a JOIN person AS p ON a.seller = p.id
    WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')`,
  q4: `
    SELECT q.category, AVG(q.final) AS average
    FROM (
      SELECT MAX(b.price) AS final, a.category
      FROM auction AS a, bid AS b
      WHERE a.id = b.auction AND b.dateTime BETWEEN a.dateTime AND a.expires
      GROUP BY a.id, a.category
    ) AS q
    GROUP BY q.category`,
  q5: `
    SELECT counts.auction, counts.num
    FROM (
      SELECT auction, COUNT(*) AS num, window_start AS starttime, window_end AS endtime
      FROM TABLE(HOP(TABLE bid, DESCRIPTOR(dateTime), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
      GROUP BY auction, window_start, window_end
    ) AS counts
    JOIN (
      SELECT MAX(num) AS maxn, starttime, endtime
      FROM (
        SELECT COUNT(*) AS num, window_start AS starttime, window_end AS endtime
        FROM TABLE(HOP(TABLE bid, DESCRIPTOR(dateTime), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
        GROUP BY auction, window_start, window_end
      ) AS numbers
      GROUP BY starttime, endtime
    ) AS largest
    ON counts.starttime = largest.starttime AND counts.endtime = largest.endtime AND counts.num >= largest.maxn`,
  q6: `
    SELECT seller, AVG(final) OVER (PARTITION BY seller ORDER BY dateTime, id ROWS BETWEEN 10 PRECEDING AND CURRENT ROW) AS average
    FROM (
      SELECT a.id, a.seller, b.price AS final, b.dateTime,
        ROW_NUMBER() OVER (PARTITION BY a.id, a.seller ORDER BY b.price DESC, b.dateTime ASC) AS place
      FROM auction AS a, bid AS b
      WHERE a.id = b.auction AND b.dateTime BETWEEN a.dateTime AND a.expires
    )
    WHERE place <= 1`,
  q7: `
    SELECT b.auction, b.price, b.bidder, b.dateTime, b.extra
    FROM bid AS b
    JOIN (
      SELECT MAX(price) AS maxprice, window_end AS dateTime
      FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(dateTime), INTERVAL '10' SECOND))
      GROUP BY window_start, window_end
    ) AS highest
    ON b.price = highest.maxprice
    WHERE b.dateTime BETWEEN highest.dateTime - INTERVAL '10' SECOND AND highest.dateTime`,
  q8: `
    SELECT p.id, p.name, p.starttime
    FROM (
      SELECT id, name, window_start AS starttime, window_end AS endtime
      FROM TABLE(TUMBLE(TABLE person, DESCRIPTOR(dateTime), INTERVAL '10' SECOND))
      GROUP BY id, name, window_start, window_end
    ) AS p
    JOIN (
      SELECT seller, window_start AS starttime, window_end AS endtime
      FROM TABLE(TUMBLE(TABLE auction, DESCRIPTOR(dateTime), INTERVAL '10' SECOND))
      GROUP BY seller, window_start, window_end
    ) AS a
    ON p.id = a.seller AND p.starttime = a.starttime AND p.endtime = a.endtime`,
  q9: `
    SELECT id, itemName, description, initialBid, reserve, dateTime, expires, seller, category, extra,
      auction, bidder, price, bid_dateTime, bid_extra
    FROM (
      SELECT a.*, b.auction, b.bidder, b.price, b.dateTime AS bid_dateTime, b.extra AS bid_extra,
        ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.dateTime ASC) AS place
      FROM auction AS a, bid AS b
      WHERE a.id = b.auction AND b.dateTime BETWEEN a.dateTime AND a.expires
    )
    WHERE place <= 1`,
  q10: `
    SELECT auction, bidder, price, dateTime, extra,
      DATE_FORMAT(dateTime, 'yyyy-MM-dd') AS dt, DATE_FORMAT(dateTime, 'HH:mm') AS hm
    FROM bid`,
  q11: `
    SELECT bidder, COUNT(*) AS bid_count, window_start AS starttime, window_end AS endtime
    FROM TABLE(SESSION(TABLE bid PARTITION BY bidder, DESCRIPTOR(dateTime), INTERVAL '10' SECOND))
    GROUP BY bidder, window_start, window_end`,
  // Where its windows of processing time begin hangs on the clock, so what is compared is each bidder's sum over them.
  q12: `
    SELECT bidder, SUM(bid_count) AS bid_count
    FROM (
      SELECT bidder, COUNT(*) AS bid_count, window_start AS starttime, window_end AS endtime
      FROM TABLE(TUMBLE(TABLE (SELECT bidder, PROCTIME() AS p_time FROM bid), DESCRIPTOR(p_time), INTERVAL '10' SECOND))
      GROUP BY bidder, window_start, window_end
    )
    GROUP BY bidder`,
  q13: `
    SELECT b.auction, b.bidder, b.price, b.dateTime, s.\`value\`
    FROM (SELECT *, PROCTIME() AS p_time FROM bid) AS b
    JOIN side_input FOR SYSTEM_TIME AS OF b.p_time AS s ON MOD(b.auction, 10000) = s.key`,
  q14: `
    SELECT auction, bidder, 0.908 * price AS price,
      CASE
        WHEN HOUR(dateTime) >= 8 AND HOUR(dateTime) <= 18 THEN 'dayTime'
        WHEN HOUR(dateTime) <= 6 OR HOUR(dateTime) >= 20 THEN 'nightTime'
        ELSE 'otherTime'
      END AS bidTimeType,
      dateTime, extra, CHAR_LENGTH(extra) - CHAR_LENGTH(REPLACE(extra, 'c', '')) AS c_counts
    FROM bid
    WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000`,
  q15: `
    SELECT DATE_FORMAT(dateTime, 'yyyy-MM-dd') AS \`day\`, ${counts}
    FROM bid
    GROUP BY DATE_FORMAT(dateTime, 'yyyy-MM-dd')`,
  q16: `
    SELECT channel, DATE_FORMAT(dateTime, 'yyyy-MM-dd') AS \`day\`, MAX(DATE_FORMAT(dateTime, 'HH:mm')) AS \`minute\`, ${counts}
    FROM bid
    GROUP BY channel, DATE_FORMAT(dateTime, 'yyyy-MM-dd')`,
  q17: `
    SELECT auction, DATE_FORMAT(dateTime, 'yyyy-MM-dd') AS \`day\`, ${bidsByPrice},
      MIN(price) AS min_price, MAX(price) AS max_price, AVG(price) AS avg_price, SUM(price) AS sum_price
    FROM bid
    GROUP BY auction, DATE_FORMAT(dateTime, 'yyyy-MM-dd')`,
  q18: `
    SELECT auction, bidder, price, channel, url, dateTime, extra
    FROM (
      SELECT *, ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY dateTime DESC) AS rank_number FROM bid
    )
    WHERE rank_number <= 1`,
  q19: `
    SELECT *
    FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS rank_number FROM bid)
    WHERE rank_number <= 10`,
  q20: `
    SELECT b.auction, b.bidder, b.price, b.channel, b.url, b.dateTime, b.extra,
      a.itemName, a.description, a.initialBid, a.reserve, a.dateTime AS auction_dateTime, a.expires, a.seller, a.category,
      a.extra AS auction_extra
    FROM bid AS b JOIN auction AS a ON b.auction = a.id
    WHERE a.category = 10`,
  q21: `
    SELECT auction, bidder, price, channel,
      CASE
        WHEN LOWER(channel) = 'apple' THEN '0'
        WHEN LOWER(channel) = 'google' THEN '1'
        WHEN LOWER(channel) = 'facebook' THEN '2'
        WHEN LOWER(channel) = 'baidu' THEN '3'
        ELSE REGEXP_EXTRACT(url, '(&|^)channel_id=([^&]*)', 2)
      END AS channel_id
    FROM bid
    WHERE REGEXP_EXTRACT(url, '(&|^)channel_id=([^&]*)', 2) IS NOT NULL
      OR LOWER(channel) IN ('apple', 'google', 'facebook', 'baidu')`,
  q22: `
    SELECT auction, bidder, price, channel,
      SPLIT_INDEX(url, '/', 3) AS dir1, SPLIT_INDEX(url, '/', 4) AS dir2, SPLIT_INDEX(url, '/', 5) AS dir3
    FROM bid`,
  q23: `
    SELECT b.bidder, b.price, b.channel, b.url, b.extra AS bid_extra,
      p.id AS person_id, p.name, p.emailAddress, p.creditCard, p.city, p.state, p.extra AS person_extra,
      a.itemName, a.description, a.initialBid, a.reserve, a.dateTime AS auction_dateTime, a.expires, a.seller, a.category,
      a.extra AS auction_extra
    FROM bid AS b JOIN person AS p ON p.id = b.bidder JOIN auction AS a ON a.seller = b.bidder`,
  q101: `
    SELECT a.id AS auction_id, a.itemName, b.max_price AS current_highest_bid
    FROM auction AS a
    LEFT JOIN (SELECT auction, MAX(price) AS max_price FROM bid GROUP BY auction) AS b ON a.id = b.auction`,
  q102: `
    SELECT a.id AS auction_id, a.itemName, COUNT(b.auction) AS bid_count
    FROM auction AS a JOIN bid AS b ON a.id = b.auction
    GROUP BY a.id, a.itemName
    HAVING COUNT(b.auction) >= (SELECT COUNT(*) / COUNT(DISTINCT auction) FROM bid)`,
  q103: `
    SELECT a.id AS auction_id, a.itemName
    FROM auction AS a
    WHERE a.id IN (SELECT auction FROM bid GROUP BY auction HAVING COUNT(*) >= 20)`,
  q104: `
    SELECT a.id AS auction_id, a.itemName
    FROM auction AS a
    WHERE a.id NOT IN (SELECT auction FROM bid GROUP BY auction HAVING COUNT(*) < 20)`,
  q105: `
    SELECT a.id AS auction_id, a.itemName, COUNT(b.auction) AS bid_count
    FROM auction AS a JOIN bid AS b ON a.id = b.auction
    GROUP BY a.id, a.itemName
    ORDER BY bid_count DESC, auction_id
    LIMIT 1000`,
  q106: `
    SELECT MIN(final) AS min_final
    FROM (
      SELECT a.id, MAX(b.price) AS final
      FROM auction AS a JOIN bid AS b ON a.id = b.auction
      WHERE b.dateTime BETWEEN a.dateTime AND a.expires
      GROUP BY a.id
    )`,
  tumble: `
    SELECT auction, window_end, COUNT(*) AS n, SUM(price) AS total
    FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(dateTime), INTERVAL '10' SECOND))
    GROUP BY auction, window_start, window_end`,
} as const

export type QueryName = keyof typeof queries

/** Tables beside the events that a query reads. */
export const sideTables: Readonly<Partial<Record<QueryName, string>>> = {
  q13: `
CREATE TABLE side_input (key BIGINT PRIMARY KEY NOT ENFORCED, \`value\` STRING);
INSERT INTO side_input SELECT n, 'value ' || CAST(n AS STRING) FROM generate_series(0, 9999) AS t(n);`,
}

export const isQuery = (name: string): name is QueryName => name in queries
