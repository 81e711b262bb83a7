-- The same in SQL.
CREATE TABLE numbers (k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (
  'connector' = 'datagen', 'rows-per-second' = '1000', 'fields.k.min' = '1', 'fields.k.max' = '1');
CREATE TABLE out (k INT, n BIGINT) WITH ('connector' = 'stdout', 'format' = 'json');
INSERT INTO out SELECT k, COUNT(*) FROM TABLE(TUMBLE(TABLE numbers, DESCRIPTOR(ts), INTERVAL '1' HOUR))
  GROUP BY k, window_start, window_end;
