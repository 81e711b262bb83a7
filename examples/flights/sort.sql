-- The file is sorted by scheduled departure. What a stream would see is the order in which each departure becomes known:
-- a late one when it has left, an early one on schedule. Ties stay as they are in the file.
CREATE TABLE departures (
  `date` TIMESTAMP(6), delay BIGINT, distance BIGINT, origin STRING, destination STRING
) WITH ('connector' = 'filesystem', 'path' = '${departures}', 'format' = 'parquet');

INSERT INTO departures
  SELECT `date`, delay, distance, origin, destination
  FROM '${flights}'
  ORDER BY `date` + CASE WHEN delay > 0 THEN delay ELSE 0 END * INTERVAL '1' MINUTE
  LIMIT ${rows};
