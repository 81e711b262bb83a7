-- Three million departures as a stream: statistics by airport, alerts when they worsen, the day's worst airports.
CREATE TABLE departures (
  `date` TIMESTAMP(6), delay BIGINT, distance BIGINT, origin STRING, destination STRING,
  WATERMARK FOR `date` AS `date` - INTERVAL '60' MINUTE
) WITH ('connector' = 'filesystem', 'path' = '${departures}', 'format' = 'parquet');

CREATE VIEW statistics AS
  SELECT origin, window_start, window_end, COUNT(*) AS flights, AVG(CAST(delay AS DOUBLE)) AS mean_delay, MAX(delay) AS max_delay
  FROM TABLE(HOP(TABLE departures, DESCRIPTOR(`date`), INTERVAL '1' HOUR, INTERVAL '3' HOUR))
  GROUP BY origin, window_start, window_end;

-- A window against the one that started an hour earlier.
CREATE VIEW alerts AS
  SELECT now.origin, now.window_start, now.window_end, now.flights, now.mean_delay, before.mean_delay AS mean_delay_before
  FROM statistics AS now JOIN statistics AS before
    ON now.origin = before.origin AND now.window_start = before.window_start + INTERVAL '1' HOUR
  WHERE now.flights >= 20 AND before.flights >= 20 AND now.mean_delay >= before.mean_delay + 30;

CREATE VIEW by_day AS
  SELECT origin, window_start, window_end, COUNT(*) AS flights, AVG(CAST(delay AS DOUBLE)) AS mean_delay
  FROM TABLE(TUMBLE(TABLE departures, DESCRIPTOR(`date`), INTERVAL '1' DAY))
  GROUP BY origin, window_start, window_end;

CREATE VIEW worst_of_day AS
  SELECT window_start AS `day`, place, origin, flights, mean_delay
  FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY mean_delay DESC) AS place
    FROM by_day WHERE flights >= 20
  )
  WHERE place <= 10;

CREATE TABLE statistics_file WITH ('connector' = 'filesystem', 'path' = '${out}/statistics.parquet', 'format' = 'parquet');
CREATE TABLE alerts_file WITH ('connector' = 'filesystem', 'path' = '${out}/alerts.ndjson', 'format' = 'json');
CREATE TABLE worst_file WITH ('connector' = 'filesystem', 'path' = '${out}/worst-of-day.ndjson', 'format' = 'json');
CREATE TABLE late_file WITH ('connector' = 'filesystem', 'path' = '${out}/late.ndjson', 'format' = 'json');
CREATE TABLE late_by_day_file WITH ('connector' = 'filesystem', 'path' = '${out}/late-by-day.ndjson', 'format' = 'json');

EXECUTE STATEMENT SET BEGIN
  INSERT INTO statistics_file SELECT * FROM statistics;
  INSERT INTO alerts_file SELECT * FROM alerts;
  INSERT INTO worst_file SELECT * FROM worst_of_day;
  -- Rows that came too late for some of their windows (missed of total), each once.
  INSERT INTO late_file
    SELECT `date`, delay, distance, origin, destination, windows_missed AS missed, windows_total AS total
    FROM LATE(TABLE statistics);
  INSERT INTO late_by_day_file
    SELECT `date`, delay, distance, origin, destination, windows_missed AS missed, windows_total AS total
    FROM LATE(TABLE by_day);
END;
