/** Nexmark's queries in our own text; they mean what nexmark/nexmark's files mean (Apache-2.0). */
export const queries = {
  q0: `SELECT auction, bidder, price, dateTime, extra FROM bid`,
  q1: `SELECT auction, bidder, 0.908 * price AS price, dateTime, extra FROM bid`,
  q2: `SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0`,
  q3: `
    SELECT p.name, p.city, p.state, a.id
    FROM auction AS a JOIN person AS p ON a.seller = p.id
    WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA')`,
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
  q20: `
    SELECT b.auction, b.bidder, b.price, b.channel, b.url, b.dateTime, b.extra,
      a.itemName, a.description, a.initialBid, a.reserve, a.dateTime AS auction_dateTime, a.expires, a.seller, a.category,
      a.extra AS auction_extra
    FROM bid AS b JOIN auction AS a ON b.auction = a.id
    WHERE a.category = 10`,
  q22: `
    SELECT auction, bidder, price, channel,
      SPLIT_INDEX(url, '/', 3) AS dir1, SPLIT_INDEX(url, '/', 4) AS dir2, SPLIT_INDEX(url, '/', 5) AS dir3
    FROM bid`,
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
