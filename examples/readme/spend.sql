CREATE TABLE payments (
  card STRING, amount DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH (connector = 'file', path = 'data/payments.ndjson');

CREATE VIEW spend AS
  SELECT card, window_end, COUNT(*) AS n, SUM(amount) AS total
  FROM TABLE(HOP(TABLE payments, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '2' MINUTE))
  GROUP BY card, window_start, window_end;

CREATE TABLE alerts WITH (connector = 'stdout', format = 'json');
INSERT INTO alerts SELECT card, window_end, n, total FROM spend WHERE total > 5000;
