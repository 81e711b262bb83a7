-- One expression a line, most of them examples of PostgreSQL's documentation (chapters 4, 8 and 9).

-- math
2 + 3
2 - 3
-4
2 * 3
5.0 / 2
5 / 2
(-5) / 2
5 % 4
2 ^ 3
2 ^ 3 ^ 3
||/ 64.0
@ -5.0
91 & 15
32 | 3
17 # 5
~1
1 << 4
8 >> 2
abs(-17.4)
power('1'::float8, 'inf'::float8), power('1'::float8, '-inf'::float8), power('1'::float8, 'NaN'::float8)
power('-1'::float8, 'inf'::float8), power('-1'::float8, 'NaN'::float8), power('NaN'::float8, '0'::float8)
power('0.1'::float8, 'inf'::float8), power('-2'::float8, 'inf'::float8), power('-inf'::float8, '3'::float8)
trunc('1.2345678901234e+200'::float8), trunc('-1.2345678901234e+200'::float8), round('1e22'::float8)
CAST('1' AS INTERVAL DAY), CAST('-1' AS INTERVAL YEAR), CAST('90' AS INTERVAL MINUTE)
CAST('100 1' AS INTERVAL DAY TO HOUR), CAST('10:1' AS INTERVAL MINUTE TO SECOND), '1-3'::INTERVAL YEAR TO MONTH
cbrt(64.0)
ceil(42.2)
ceil(-42.8)
ceiling(95.3)
degrees(0.5)
div(9, 4)
factorial(5)
floor(42.8)
floor(-42.8)
gcd(1071, 462)
lcm(1071, 462)
pg_typeof(gcd(4, 6)), pg_typeof(gcd(4::bigint, 6)), pg_typeof(lcm(4::smallint, 6)), gcd(-2147483648, 6), lcm(2147483647, 1), gcd(v, 4) | 1 from (values (6)) as t(v)
ln(2.0)
log(100)
log10(1000)
min_scale(8.4100)
mod(9, 4)
pi()
power(9, 3)
radians(45.0)
round(42.4)
round(42.4382, 2)
round(1234.56, -1)
round(2.5::float8)
round(3.5::float8)
round(-2.5)
scale(8.4100)
sign(-8.4)
sqrt(2)
trim_scale(8.4100)
trunc(42.8)
trunc(-42.8)
trunc(42.4382, 2)
width_bucket(5.35, 0.024, 10.06, 5)
width_bucket(9, 10, 0, 10)
width_bucket(5, array[1,3,6])
acos(1)
acosd(0.5)
asin(1)
asind(0.5)
atan(1)
atand(1)
atan2(1, 0)
atan2d(1, 0)
cos(0)
cosd(60)
cot(0.5)
cotd(45)
sin(1)
sind(30)
tan(1)
tand(45)
sinh(1)
cosh(0)
tanh(1)
asinh(1)
acosh(1)
atanh(0.5)

-- cmp
5 BETWEEN 1 AND 10
2 BETWEEN SYMMETRIC 3 AND 1
2 NOT BETWEEN SYMMETRIC 3 AND 1
1 IS DISTINCT FROM NULL
NULL IS DISTINCT FROM NULL
1 IS NOT DISTINCT FROM NULL
1.5 IS NULL
'null' IS NOT NULL
true IS TRUE
NULL::boolean IS TRUE
NULL::boolean IS NOT TRUE
NULL::boolean IS UNKNOWN
num_nonnulls(1, NULL, 2)
num_nulls(1, NULL, 2)
ROW(1,2.5,'this is a test') = ROW(1, 3, 'not the same')
ROW(1,NULL) IS NULL
ROW(1,2) < ROW(1,3)

-- string
'Post' || 'greSQL'
'Value: ' || 42
42 || ' x'
btrim('xyxtrimyyx', 'xyz')
bit_length('jose')
char_length('josé')
character_length('josé')
lower('TOM')
lpad('hi', 5, 'xy')
lpad('hi', 5)
lpad('hello', 3, 'x')
ltrim('zzzytest', 'xyz')
octet_length('josé')
octet_length('abc '::character(4))
overlay('Txxxxas' placing 'hom' from 2 for 4)
position('om' in 'Thomas')
rpad('hi', 5, 'xy')
rtrim('testxxzx', 'xyz')
substring('Thomas' from 2 for 3)
substring('Thomas' from 3)
substring('Thomas' for 2)
substring('Thomas' from '...$')
trim(both 'xyz' from 'yxTomxx')
trim(both from 'yxTomxx', 'xyz')
upper('tom')
'alphabet' ^@ 'alph'
ascii('x')
chr(65)
concat('abcde', 2, NULL, 22)
concat_ws(',', 'abcde', 2, NULL, 22)
concat(true, 1.5, date '2020-01-01')
concat_ws(',', 'a', true, false, 1.50)
format('Hello %s, %1$s', 'World')
format('Hello %s', 'World')
format('Testing %s, %s, %s, %%', 'one', 'two', 'three')
format('INSERT INTO %I VALUES(%L)', 'Foo bar', E'O\'Reilly')
format('INSERT INTO %I VALUES(%L)', 'locations', 'C:\Program Files')
format('|%10s|', 'foo')
format('|%-10s|', 'foo')
format('|%*s|', 10, 'foo')
format('|%*s|', -10, 'foo')
format('|%-*s|', 10, 'foo')
format('|%-*s|', -10, 'foo')
format('Testing %3$s, %2$s, %1$s', 'one', 'two', 'three')
format('|%*2$s|', 'foo', 10, 'bar')
format('|%1$*2$s|', 'foo', 10, 'bar')
format('Testing %3$s, %2$s, %s', 'one', 'two', 'three')
initcap('hi THOMAS')
casefold('TOM')
left('abcde', 2)
left('abcde', -2)
length('jose')
md5('abc')
quote_ident('Foo bar')
quote_ident('foo')
quote_literal(E'O\'Reilly')
quote_literal(42.5)
quote_nullable(NULL)
quote_nullable(42.5)
regexp_count('123456789012', '\d\d\d', 2)
regexp_instr('ABCDEF', 'c(.)(..)', 1, 1, 0, 'i')
regexp_instr('ABCDEF', 'c(.)(..)', 1, 1, 0, 'i', 2)
regexp_like('Hello World', 'world$', 'i')
regexp_match('foobarbequebaz', '(bar)(beque)')
regexp_matches('foobarbequebaz', 'ba.', 'g')
regexp_replace('Thomas', '.[mN]a.', 'M')
regexp_replace('Thomas', '.', 'X', 3, 2)
regexp_split_to_array('hello world', '\s+')
regexp_split_to_table('hello world', '\s+')
regexp_substr('ABCDEF', 'c(.)(..)', 1, 1, 'i')
regexp_substr('ABCDEF', 'c(.)(..)', 1, 1, 'i', 2)
repeat('Pg', 4)
replace('abcdefabcdef', 'cd', 'XX')
reverse('abcde')
right('abcde', 2)
right('abcde', -2)
split_part('abc~@~def~@~ghi', '~@~', 2)
split_part('abc,def,ghi,jkl', ',', -2)
starts_with('alphabet', 'alph')
string_to_array('xx~~yy~~zz', '~~', 'yy')
string_to_array('xx~^~yy~^~zz', '~^~')
string_to_array('abc', NULL)
string_to_array('', ',')
string_to_table('xx~^~yy~^~zz', '~^~', 'yy')
strpos('high', 'ig')
substr('alphabet', 3)
substr('alphabet', 3, 2)
substr('alphabet', -1, 4)
to_bin(2147483647)
to_bin(-1234)
to_hex(2147483647)
to_hex(-1234)
to_oct(2147483647)
translate('12345', '143', 'ax')
unistr('d\0061t\+000061')

-- bytes
'\x123456'::bytea || '\x789a00bcde'::bytea
bit_length('\x123456'::bytea)
btrim('\x1234567890'::bytea, '\x9012'::bytea)
ltrim('\x1234567890'::bytea, '\x9012'::bytea)
octet_length('\x123456'::bytea)
substring('\x1234567890'::bytea from 3 for 2)
trim('\x9012'::bytea from '\x1234567890'::bytea)
bit_count('\x1234567890'::bytea)
crc32('abc'::bytea)
crc32c('abc'::bytea)
get_bit('\x1234567890'::bytea, 30)
get_byte('\x1234567890'::bytea, 4)
length('\x1234567890'::bytea)
md5('Th\000omas'::bytea)
reverse('\xabcd'::bytea)
set_bit('\x1234567890'::bytea, 30, 0)
set_byte('\x1234567890'::bytea, 4, 64)
sha224('abc'::bytea)
sha256('abc'::bytea)
sha384('abc'::bytea)
sha512('abc'::bytea)
substr('\x1234567890'::bytea, 3, 2)
convert_from('text_in_utf8', 'UTF8')
convert_to('some_text', 'UTF8')
encode('123\000\001', 'base64')
encode('\x123456'::bytea, 'hex')
encode('\x1200ff41'::bytea, 'escape')
decode('MTIzAAE=', 'base64')
decode('12ff', 'hex')
decode('a\000b', 'escape')

-- pattern
'abc' LIKE 'abc'
'abc' LIKE 'a%'
'abc' LIKE '_b_'
'abc' LIKE 'c'
'a_c' LIKE 'a#_c' ESCAPE '#'
'ABC' ILIKE 'abc'
'abc' NOT LIKE 'x%'
'abc' ~~ 'a%'
'abc' ~~* 'A%'
'abc' !~~ 'a%'
'abc' SIMILAR TO 'abc'
'abc' SIMILAR TO 'a'
'abc' SIMILAR TO '%(b|d)%'
'abc' SIMILAR TO '(b|c)%'
'xabcy' SIMILAR TO '%\mabc\M%'
'thomas' ~ 't.*ma'
'thomas' ~* 'T.*ma'
'thomas' !~ 't.*max'
'thomas' !~* 'T.*ma'
'abcd' ~ 'bc'
'abcd' ~ 'a.c'
'abcd' ~* 'x'
substring('foobar' from 'o.b')
substring('foobar' from 'o(.)b')
regexp_count('ABCABCAXYaxy', 'A.')
regexp_count('ABCABCAXYaxy', 'A.', 1, 'i')
regexp_instr('number of your street, town zip, FR', '[^,]+', 1, 2)
regexp_instr('ABCDEFGHI', '(c..)(...)', 1, 1, 0, 'i', 2)
regexp_like('Hello World', 'world')
regexp_match('foobarbequebaz', 'bar.*que')
(regexp_match('foobarbequebaz', 'bar.*que'))[1]
regexp_matches('foo', 'not there')
regexp_matches('foobarbequebazilbarfbonk', '(b[^b]+)(b[^b]+)', 'g')
regexp_replace('foobarbaz', 'b..', 'X')
regexp_replace('foobarbaz', 'b..', 'X', 'g')
regexp_replace('foobarbaz', 'b(..)', 'X\1Y', 'g')
regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 1, 0, 'i')
regexp_replace('A PostgreSQL function', 'a|e|i|o|u', 'X', 1, 3, 'i')
regexp_split_to_array('the quick brown fox', '\s*')
regexp_split_to_array('the quick brown fox jumps over the lazy dog', '\s+')
regexp_split_to_table('the quick brown fox', '\s*')
regexp_substr('number of your street, town zip, FR', '[^,]+', 1, 2)
regexp_substr('ABCDEFGHI', '(c..)(...)', 1, 1, 'i', 2)
SUBSTRING('XY1234Z', 'Y*([0-9]{1,3})')
regexp_match('abc01234xyz', '(.*)(\d+)(.*)')
regexp_match('abc01234xyz', '(?:(.*?)(\d+)(.*)){1,1}')

-- format
to_char(timestamp '2002-04-20 17:31:12.66', 'HH12:MI:SS')
to_char(interval '15h 2m 12s', 'HH24:MI:SS')
to_char(125, '999')
to_char(125.8::real, '999D9')
to_char(-125.8, '999D99S')
to_date('05 Dec 2000', 'DD Mon YYYY')
to_number('12,454.8-', '99G999D9S')
to_date('95', 'YY')
to_char(timestamp '2024-02-09 17:08:05.123456', 'Day, DD  HH12:MI:SS')
to_char(timestamp '2024-02-09 17:08:05.123456', 'FMDay, FMDD  HH12:MI:SS')
to_char(timestamp '2024-02-09 17:08:05.123456', 'YYYY-MM-DD"T"HH24:MI:SS.MS US FF1 FF2 FF3 FF4 FF5 FF6')
to_char(timestamp '2024-02-09 17:08:05.123456', 'AM a.m. PM p.m. am A.M.')
to_char(timestamp '2024-02-09 17:08:05.123456', 'Y,YYY YYYY YYY YY Y IYYY IYY IY I BC b.c. AD')
to_char(timestamp '2024-02-09 17:08:05.123456', 'MONTH Month month MON Mon mon MM DAY Day day DY Dy dy')
to_char(timestamp '2024-02-09 17:08:05.123456', 'DDD IDDD DD D ID W WW IW CC J Q RM rm')
to_char(timestamp '2024-02-09 17:08:05.123456', 'SSSS SSSSS')
to_char(timestamp '2024-02-09 17:08:05.123456', 'DDth DDTH FMDDDth "literal" \"x\"')
to_char(timestamp '2024-02-09 17:08:05', 'TMDay TMMonth')
to_char(timestamptz '2024-02-09 17:08:05+00', 'TZ tz OF TZH TZM')
to_char(date '2024-12-30', 'IYYY-IW-ID')
to_char(-0.1, '99.99')
to_char(-0.1, 'FM9.99')
to_char(-0.1, 'FM90.99')
to_char(0.1, '0.9')
to_char(12, '9990999.9')
to_char(12, 'FM9990999.9')
to_char(485, '999')
to_char(-485, '999')
to_char(485, '9 9 9')
to_char(1485, '9,999')
to_char(1485, '9G999')
to_char(148.5, '999.999')
to_char(148.5, 'FM999.999')
to_char(148.5, 'FM999.990')
to_char(148.5, '999D999')
to_char(3148.5, '9G999D999')
to_char(-485, '999S')
to_char(-485, '999MI')
to_char(485, '999MI')
to_char(485, 'FM999MI')
to_char(485, 'PL999')
to_char(485, 'SG999')
to_char(-485, 'SG999')
to_char(-485, '9SG99')
to_char(-485, '999PR')
to_char(485, 'L999')
to_char(485, 'RN')
to_char(485, 'FMRN')
to_char(5.2, 'FMRN')
to_char(482, '999th')
to_char(485, '"Good number:"999')
to_char(485.8, '"Pre:"999" Post:" .999')
to_char(12, '99V999')
to_char(12.4, '99V999')
to_char(12.45, '99V9')
to_char(0.0004859, '9.99EEEE')
to_char(-12345.678::float8, '9.999EEEE')
to_char(1234567890123, '999,999,999,999,999')
to_char(12345, '999')
to_char(1234.5::float8, 'FM9999.00')
to_char(0, '999')
to_char(0, 'FM999')
to_char(0.5, '0.00')
to_char(1e10::float8, '999')
to_number('1,234.56', '9,999.99')
to_number('$1,234.56', 'L9,999.99')
to_number('-12.5', 'S99.9')
to_number('12.5-', '99.9MI')
to_number('<12>', '99PR')
to_date('20240229', 'YYYYMMDD')
to_date('2024-February-9', 'YYYY-Month-DD')

-- datetime
date '2001-09-28' + 7
date '2001-09-28' + interval '1 hour'
date '2001-09-28' + time '03:00'
interval '1 day' + interval '1 hour'
timestamp '2001-09-28 01:00' + interval '23 hours'
time '01:00' + interval '3 hours'
- interval '23 hours'
date '2001-10-01' - date '2001-09-28'
date '2001-10-01' - 7
date '2001-09-28' - interval '1 hour'
time '05:00' - time '03:00'
time '05:00' - interval '2 hours'
timestamp '2001-09-28 23:00' - interval '23 hours'
interval '1 day' - interval '1 hour'
timestamp '2001-09-29 03:00' - timestamp '2001-07-27 12:00'
900 * interval '1 second'
21 * interval '1 day'
3.5 * interval '1 hour'
double precision '3.5' * interval '1 hour'
interval '1 hour' / 1.5
interval '1 month' * 1.5
interval '1 month' / 2
interval '1 year 2 months 3 days' * 0.5
age(timestamp '2001-04-10', timestamp '1957-06-13')
age(timestamp '2001-06-13', timestamp '2001-04-10')
age(timestamp '2004-04-01', timestamp '2004-03-31')
age(timestamp '2004-03-01 10:00', timestamp '2004-01-31 12:00')
date_bin('15 minutes', timestamp '2001-02-16 20:38:40', timestamp '2001-02-16 20:05:00')
date_bin('15 minutes', timestamp '2020-02-11 15:44:17', timestamp '2001-01-01')
date_bin('15 minutes', timestamp '2020-02-11 15:44:17', timestamp '2001-01-01 00:02:30')
date_bin('7 days', timestamp '1999-02-11 15:44:17', timestamp '2001-01-01')
date_part('hour', timestamp '2001-02-16 20:38:40')
date_part('month', interval '2 years 3 months')
date_trunc('hour', timestamp '2001-02-16 20:38:40')
date_trunc('hour', interval '2 days 3 hours 40 minutes')
date_trunc('year', timestamp '2001-02-16 20:38:40')
date_trunc('hour', interval '3 days 02:47:33')
date_trunc('week', timestamp '2001-02-16 20:38:40')
date_trunc('quarter', timestamp '2001-05-16 20:38:40')
date_trunc('decade', timestamp '2001-02-16 20:38:40')
date_trunc('century', timestamp '2001-02-16 20:38:40')
date_trunc('millennium', timestamp '2000-02-16 20:38:40')
date_trunc('milliseconds', timestamp '2001-02-16 20:38:40.123456')
date_trunc('microseconds', timestamp '2001-02-16 20:38:40.123456')
extract(century from timestamp '2000-12-16 12:21:13')
extract(century from timestamp '2001-02-16 20:38:40')
extract(century from date '0001-12-31 BC')
extract(century from interval '2001 years')
extract(day from timestamp '2001-02-16 20:38:40')
extract(day from interval '40 days 1 minute')
extract(decade from timestamp '2001-02-16 20:38:40')
extract(dow from timestamp '2001-02-16 20:38:40')
extract(doy from timestamp '2001-02-16 20:38:40')
extract(epoch from timestamptz '2001-02-16 20:38:40.12-08')
extract(epoch from timestamp '2001-02-16 20:38:40.12')
extract(epoch from interval '5 days 3 hours')
extract(epoch from interval '1 year 2 months')
extract(hour from timestamp '2001-02-16 20:38:40')
extract(isodow from timestamp '2001-02-18 20:38:40')
extract(isoyear from date '2006-01-01')
extract(isoyear from date '2006-01-02')
extract(microseconds from time '17:12:28.5')
extract(millennium from timestamp '2001-02-16 20:38:40')
extract(millennium from interval '2001 years')
extract(minute from timestamp '2001-02-16 20:38:40')
extract(month from timestamp '2001-02-16 20:38:40')
extract(month from interval '2 years 3 months')
extract(month from interval '2 years 13 months')
extract(quarter from timestamp '2001-02-16 20:38:40')
extract(quarter from interval '1 year 6 months')
extract(second from timestamp '2001-02-16 20:38:40')
extract(second from time '17:12:28.5')
extract(timezone from timestamptz '2001-02-16 20:38:40+00')
extract(timezone_hour from timestamptz '2001-02-16 20:38:40+00')
extract(week from timestamp '2001-02-16 20:38:40')
extract(year from timestamp '2001-02-16 20:38:40')
isfinite(date '2001-02-16')
isfinite(interval '4 hours')
justify_days(interval '1 year 65 days')
justify_hours(interval '50 hours 10 minutes')
justify_interval(interval '1 mon -1 hour')
make_date(2013, 7, 15)
make_date(-44, 3, 15)
make_interval(days => 10)
(DATE '2001-02-16', DATE '2001-12-21') OVERLAPS (DATE '2001-10-30', DATE '2002-10-30')
(DATE '2001-02-16', INTERVAL '100 days') OVERLAPS (DATE '2001-10-30', DATE '2002-10-30')
(DATE '2001-10-29', DATE '2001-10-30') OVERLAPS (DATE '2001-10-30', DATE '2001-10-31')
timestamp with time zone '2001-02-16 20:38:40-05' at time zone 'America/Denver'
timestamp with time zone '2001-02-16 20:38:40-05' at local
interval '1 year 2 months 3 days 4 hours 5 minutes 6 seconds'
interval '1-2'
interval '3 4:05:06'
interval 'P1Y2M3DT4H5M6S'
interval '1 year 2 months 3 days 4 hours 5 minutes 6 seconds ago'
interval '1.5 weeks'
interval '1.5 months'
interval '04:05' minute to second
interval '10' day
interval '10:20' hour to minute
interval '1 day -00:00:01'
'19990108'::date
'04:05 PM'::time
'04:05:06.789'::time
'2024-02-29'::date + interval '1 year'
'2024-01-31'::date + interval '1 month'
'2024-01-01 24:00:00'::timestamp
date '2024-01-01' = timestamp '2024-01-01 00:00'
timestamp '2024-05-05 10:00'::date
timestamp '2024-05-05 10:00'::time
interval '90 minutes' > interval '1 hour'
interval '1 month' = interval '30 days'

-- arrays
ARRAY[1,2,3] @> ARRAY[3,1]
ARRAY[2,2,7] <@ ARRAY[1,7,4,2,6]
ARRAY[1,4,3] && ARRAY[2,1]
ARRAY[1,2,3] || ARRAY[4,5,6,7]
3 || ARRAY[4,5,6]
ARRAY[4,5,6] || 7
ARRAY[1.1,2.1,3.1]::int[] = ARRAY[1,2,3]
ARRAY[1,2] < ARRAY[1,2,3]
array_append(ARRAY[1,2], 3)
array_cat(ARRAY[1,2,3], ARRAY[4,5])
array_dims(ARRAY[[1,2,3], [4,5,6]])
array_length(array[1,2,3], 1)
array_length(array[]::int[], 1)
array_length(array['text'], 2)
array_lower('{1,2,3}'::integer[], 1)
array_ndims(ARRAY[[1,2,3], [4,5,6]])
array_position(ARRAY['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'], 'mon')
array_positions(ARRAY['A','A','B','A'], 'A')
array_prepend(1, ARRAY[2,3])
array_append(NULL, 1), array_prepend(1, NULL), array_append(NULL, 'a'), array_position(NULL, 1), array_remove(NULL, 1), array_prepend(NULL, ARRAY[1])
array_remove(ARRAY[1,2,3,2], 2)
array_replace(ARRAY[1,2,5,4], 5, 3)
array_reverse(ARRAY[1,2,3])
array_sort(ARRAY[3,1,2])
array_to_string(ARRAY[1, 2, 3, NULL, 5], ',', '*')
array_to_string(ARRAY[1, 2, 3, NULL, 5], ',')
array_upper(ARRAY[1,8,3,7], 1)
cardinality(ARRAY[[1,2],[3,4]])
cardinality('{}'::int[])
trim_array(ARRAY[1,2,3,4,5,6], 2)
unnest(ARRAY[1,2])
unnest(ARRAY[['foo','bar'],['baz','quux']])
(ARRAY[1,2,3,4])[2:3]
(ARRAY[1,2,3,4])[:2]
(ARRAY[1,2,3,4])[3:]
(ARRAY[[1,2],[3,4]])[2][1]
(ARRAY[1,2,3])[5]
'{1,2,NULL}'::int[]
'{"a b",c,"NULL",null,"q\"x"}'::text[]
ARRAY(SELECT 1 UNION ALL SELECT 2)
1 = ANY(ARRAY[1,2])
3 = ANY(ARRAY[1,2,NULL])
1 = ALL(ARRAY[1,1])
5 > ALL(ARRAY[1,2,NULL])
1 IN (1, NULL)
2 NOT IN (1, NULL)
generate_subscripts('{NULL,1,NULL,2}'::int[], 1)

-- json
'[1,2,3]'::json ->> 2
'{"a":1,"b":2}'::json ->> 'b'
'{"a": {"b": ["foo","bar"]}}'::json #> '{a,b,1}'
'{"a": {"b": ["foo","bar"]}}'::json #>> '{a,b,1}'
'{"a":1, "b":2}'::jsonb @> '{"b":2}'::jsonb
'{"b":2}'::jsonb <@ '{"a":1, "b":2}'::jsonb
'{"a":1, "b":2}'::jsonb ? 'b'
'["a", "b", "c"]'::jsonb ? 'b'
'{"a":1, "b":2, "c":3}'::jsonb ?| array['b', 'd']
'["a", "b", "c"]'::jsonb ?& array['a', 'b']
'["a", "b"]'::jsonb || '["a", "d"]'::jsonb
'{"a": "b"}'::jsonb || '{"c": "d"}'::jsonb
'[1, 2]'::jsonb || '3'::jsonb
'{"a": "b"}'::jsonb || '42'::jsonb
'[1, 2]'::jsonb || jsonb_build_array('[3, 4]'::jsonb)
'{"a": "b", "c": "d"}'::jsonb - 'a'
'["a", "b", "c", "b"]'::jsonb - 'b'
'{"a": "b", "c": "d"}'::jsonb - '{a,c}'::text[]
'["a", "b"]'::jsonb - 1
'["a", {"b":1}]'::jsonb #- '{1,b}'
to_jsonb('Fred said "Hi."'::text)
to_jsonb(row(42, 'Fred said "Hi."'::text))
json_build_array(1, 2, 'foo', 4, 5)
jsonb_build_array(1, 2, 'foo', 4, 5)
jsonb_build_object('foo', 1, 2, row(3,'bar'))
jsonb_object('{a,b}', '{1,2}')
'[1,2]'::jsonb = '[1, 2]'::jsonb
jsonb_array_elements('[1,true, [2,false]]')
jsonb_array_elements_text('["foo", "bar"]')
jsonb_array_length('[1,2,3,{"f1":1,"f2":[5,6]},4]')
jsonb_each('{"a":"foo", "b":"bar"}')
jsonb_each_text('{"a":"foo", "b":"bar"}')
jsonb_extract_path('{"f2":{"f3":1},"f4":{"f5":99,"f6":"foo"}}', 'f4', 'f6')
jsonb_extract_path_text('{"f2":{"f3":1},"f4":{"f5":99,"f6":"foo"}}', 'f4', 'f6')
jsonb_object_keys('{"f1":"abc","f2":{"f3":"a", "f4":"b"}}')
jsonb_set('[{"f1":1,"f2":null},2,null,3]', '{0,f1}', '[2,3,4]', false)
jsonb_set('[{"f1":1,"f2":null},2]', '{0,f3}', '[2,3,4]')
jsonb_set_lax('[{"f1":1,"f2":null},2,null,3]', '{0,f1}', null)
jsonb_set_lax('[{"f1":99,"f2":null},2]', '{0,f3}', null, true, 'return_target')
jsonb_insert('{"a": [0,1,2]}', '{a, 1}', '"new_value"')
jsonb_insert('{"a": [0,1,2]}', '{a, 1}', '"new_value"', true)
jsonb_strip_nulls('[{"f1":1, "f2":null}, 2, null, 3]')
jsonb_pretty('[{"f1":1,"f2":null}, 2]')
jsonb_typeof('-123.4')
json_typeof('null'::json)
jsonb_typeof('{"a":1}')
'foo' IS JSON
'{"a":1}' IS JSON OBJECT
'[1]' IS JSON ARRAY
'"x"' IS JSON SCALAR
json_value('{"a": "x"}'::jsonb, '$.a')
json_value(jsonb '"123.45"', '$' RETURNING float)
json_value(jsonb 'true', '$')
json_value(jsonb '1', '$ + $x' PASSING 5 AS x)
json_value(jsonb '"b"', '$ ? (@ > $x)' PASSING 'a' AS x)
json_value(jsonb '[1, 2]', '$[*]')
json_value(jsonb '{"a": null}', '$.a' DEFAULT 'e' ON EMPTY DEFAULT 'f' ON ERROR)
json_value(jsonb '1', 'strict $.a' DEFAULT 'e' ON ERROR)
json_value(jsonb '{}', 'lax $.a' DEFAULT 'm' ON EMPTY DEFAULT 'e' ON ERROR)
json_value(jsonb '"a"', '$' RETURNING int DEFAULT 5 ON ERROR)
json_value(jsonb '"a"', '$' RETURNING int)
json_value(jsonb '"2020-01-01"', '$.datetime()')
json_query(jsonb '{"a": [1, {"b": 2}]}', '$.a')
json_query(jsonb '"aa"', '$')
json_query(jsonb '{"a": [1, 2]}', '$.a' RETURNING int[])
json_query(jsonb '"aa"', '$' OMIT QUOTES)
json_query(jsonb '"aa"', '$' RETURNING text OMIT QUOTES)
json_query(jsonb '[1,2]', '$[*]')
json_query(jsonb '[1,2]', '$[*]' WITH WRAPPER)
json_query(jsonb '[1,2]', '$[*]' WITH CONDITIONAL WRAPPER)
json_query(jsonb '[1]', '$[*]' WITH CONDITIONAL WRAPPER)
json_query(jsonb '[1]', '$[*]' WITH UNCONDITIONAL ARRAY WRAPPER)
json_query(jsonb '{}', '$.a' EMPTY ARRAY ON EMPTY)
json_query(jsonb '1', 'strict $.a' EMPTY OBJECT ON ERROR)
json_exists(jsonb '{"a": 1}', '$.a ? (@ > $x)' PASSING 0 AS x)
json_exists(jsonb '1', 'strict $.a')
json_exists(jsonb '1', 'strict $.a' UNKNOWN ON ERROR)
json_exists(jsonb '1', 'strict $.a' TRUE ON ERROR)
'{"a":[1,2,3,4,5]}'::jsonb @? '$.a[*] ? (@ > 2)'
'{"a":[1,2,3,4,5]}'::jsonb @@ '$.a[*] > 2'
'1'::jsonb @? 'strict $.a'
'1'::jsonb @@ '$'
jsonb_path_exists('{"a":[1,2,3,4,5]}', '$.a[*] ? (@ >= $min && @ <= $max)', '{"min":2, "max":4}')
jsonb_path_match('{"a":[1,2,3,4,5]}', 'exists($.a[*] ? (@ >= $min && @ <= $max))', '{"min":2, "max":4}')
jsonb_path_query('{"a":[1,2,3,4,5]}', '$.a[*] ? (@ >= $min && @ <= $max)', '{"min":2, "max":4}')
jsonb_path_query_array('{"a":[1,2,3,4,5]}', '$.a[*] ? (@ >= $min && @ <= $max)', '{"min":2, "max":4}')
jsonb_path_query_first('{"a":[1,2,3,4,5]}', '$.a[*] ? (@ >= $min && @ <= $max)', '{"min":2, "max":4}')
jsonb_path_query_first('{"a":[]}', 'strict $.b', '{}', true)
jsonb_path_exists_tz('["2015-08-01 12:00:00-05"]', '$[*] ? (@.datetime() < "2015-08-02".datetime())')
jsonb_path_query_tz('"2015-08-01 12:00:00-05"', '$.timestamp()')
'1.10'::jsonb
'{"a":[1,{"b":null}]}'::jsonb::text
('{"a":1}'::jsonb)['a']
'5'::jsonb::int
'"x"'::jsonb::text
'true'::jsonb::boolean
'1'::jsonb < '2'::jsonb
'[]'::jsonb < '{}'::jsonb

-- cond
coalesce(NULL, 'a', 'b')
nullif(1, 1)
greatest(1, NULL, 3)
least(1, NULL, 3)
CASE WHEN 1=2 THEN 'a' ELSE 'b' END
CASE 3 WHEN 1 THEN 'one' WHEN 3 THEN 'three' END

-- casts
'yes'::boolean
'off'::boolean
't'::boolean
1::boolean
true::int
true::text
1.5::int
2.5::int
-1.5::int
2.5::float8::int
3.5::float8::int
'12.50'::numeric
'12.505'::numeric(10,2)
1.0::float8::text
1e20::float8::text
1e15::float8::text
0.1::float4::text
'NaN'::float8
'-Infinity'::float8
10.0/3
1::numeric/3
2::numeric/3
100::numeric/7
1.1 * 1.1
1e3::numeric
1234567890.123456789::numeric * 2
'abcdef'::varchar(3)
'abcdef'::char(2)
' 42 '::int
1_000
0b101
0o17
0xff
65::char
'\xdeadbeef'::bytea
E'\\xDE'::bytea
'a'::bytea
1 = 1.0
'10'::int + 5
'2024-01-01' < date '2024-02-01'
date '2024-01-01'::timestamp
'{1,2}'::int[]
'1 day'::interval::text
sqrt(2::numeric)
exp(1::numeric)
ln(2::numeric)
power(2::numeric, 0.5)
power(2, 3)
2::numeric ^ 3
log(2)
round(2.345::numeric, 2)
5::numeric % 3
-5 % 3
5.5 % 2
div(-9, 4)
trunc(1.9)::int
sum(x) from (values (1),(2),(NULL)) t(x)
avg(x) from (values (1),(2),(4)) t(x)
avg(x) from (values (1.5),(2.25)) t(x)
stddev(x) from (values (1::float8),(2),(4)) t(x)
corr(y, x) from (values (1::float8,2::float8),(2,3),(4,7)) t(x,y)
covar_pop(y, x) from (values (1::float8,2::float8),(2,3),(4,7)) t(x,y)
covar_samp(y, x) from (values (1::float8,2::float8),(2,3),(4,7)) t(x,y)
regr_count(y, x) from (values (1::float8,2::float8),(2,3),(4,NULL)) t(x,y)
regr_avgx(y, x) from (values (1::float8,2::float8),(2,3),(4,7)) t(x,y)
regr_sxy(y, x) from (values (1::float8,2::float8),(2,3),(4,7)) t(x,y)
array_agg(x order by x desc) from (values (1),(2),(4)) t(x)
array_agg(x) from (values (array[1,2]),(array[3,4])) t(x)
string_agg(x, ',' order by x desc) from (values ('a'),('b')) t(x)
bit_and(x) from (values (7),(3)) t(x)
bit_or(x) from (values (4),(3)) t(x)
bit_xor(x) from (values (5),(3)) t(x)
bool_and(x) from (values (true),(false)) t(x)
bool_or(x) from (values (true),(NULL)) t(x)
every(x) from (values (true),(true)) t(x)
any_value(x) from (values (1),(1)) t(x)
json_agg(x) from (values (1),(NULL)) t(x)
jsonb_agg(x) from (values ('a'),(NULL)) t(x)
jsonb_object_agg(k, v) from (values ('b',1),('a',2)) t(k,v)
json_arrayagg(x) from (values (1),(2)) t(x)
mode() within group (order by x) from (values (1),(2),(2)) t(x)
percentile_cont(0.5) within group (order by x) from (values (1),(2),(4),(10)) t(x)
percentile_disc(0.5) within group (order by x) from (values (1),(2),(4),(10)) t(x)
rank(3) within group (order by x) from (values (1),(2),(4)) t(x)
dense_rank(3) within group (order by x) from (values (1),(2),(2),(4)) t(x)
percent_rank(3) within group (order by x) from (values (1),(2),(4)) t(x)
cume_dist(3) within group (order by x) from (values (1),(2),(4)) t(x)
min(x) from (values (array[1,2]),(array[1,1])) t(x)
max(x) from (values (interval '1 day'),(interval '25 hours')) t(x)
sum(x) from (values (interval '1 day'),(interval '25 hours')) t(x)
avg(x) from (values (interval '1 day'),(interval '25 hours')) t(x)
sum(x) from (values (1.5::float4),(2.25)) t(x)
count(distinct x) from (values (1),(1),(NULL)) t(x)
sum(x) filter (where x > 1) from (values (1),(2),(3)) t(x)
grouping(x) from (values (1)) t(x) group by rollup(x) order by 1
ntile(3) over (order by x) from (values (1),(2),(3),(4),(5),(6),(7)) t(x)
percent_rank() over (order by x) from (values (1),(2),(2),(4)) t(x)
cume_dist() over (order by x) from (values (1),(2),(2),(4)) t(x)
lag(x, 2, 0) over (order by x) from (values (1),(2),(3)) t(x)
lead(x) over (order by x) from (values (1),(2),(3)) t(x)
nth_value(x, 2) over (order by x) from (values (1),(2),(3)) t(x)
last_value(x) over (order by x) from (values (1),(2),(3)) t(x)
sum(x) over (order by x rows between 1 preceding and 1 following) from (values (1),(2),(3)) t(x)
sum(x) over (order by x range between 1 preceding and 1 following) from (values (1),(2),(4)) t(x)
sum(x) over (order by x groups between 1 preceding and current row) from (values (1),(2),(2),(4)) t(x)
sum(x) over (order by x rows unbounded preceding exclude current row) from (values (1),(2),(3)) t(x)
generate_series(2,4)
generate_series(5,1,-2)
generate_series(4,3)
generate_series(1.1, 4, 1.3)
generate_series('2008-03-01 00:00'::timestamp, '2008-03-02 12:00', '10 hours')

-- patterns of numbers and intervals
to_char(0.5, '.99')
to_char(0.4, '.99')
to_char(-0.4, '.99')
to_char(12.345, '999.9')
to_char(-12.345, 'S999.99')
to_char(12.345, 'S999.99')
to_char(12.345, '999.99S')
to_char(-12.345, '999.99PR')
to_char(12.345, '999.99PR')
to_char(12.345, 'FM999.99PR')
to_char(1234567.891, 'FM9,999,999.00')
to_char(1234.5, 'FM9,999.99')
to_char(1234, '0000099')
to_char(-1234, '0000099')
to_char(12, '000')
to_char(12, 'S000')
to_char(-12, 'S000')
to_char(-12, '000S')
to_char(-12, 'MI000')
to_char(-12, '000MI')
to_char(12, '000MI')
to_char(12, 'PL000')
to_char(-12, 'PL000')
to_char(0, '0')
to_char(0, '9')
to_char(0, '9.9')
to_char(0, 'FM9.9')
to_char(0, '0.0')
to_char(0, 'FM0.00')
to_char(1, 'FM99.99')
to_char(1.10, 'FM99.99')
to_char(1.10, 'FM99.09')
to_char(1.10, '99.09')
to_char(100, 'FM999,999')
to_char(1000000, '9,999,999')
to_char(100, '9,999,999')
to_char(100, '0,000,000')
to_char(100, 'FM0,000,000')
to_char(-100, '9,999,999')
to_char(148.5, 'L999.99')
to_char(1, '9th')
to_char(2, '9TH')
to_char(11, '99th')
to_char(13, '99th')
to_char(-2, '9th')
to_char(3999, 'RN')
to_char(4000, 'RN')
to_char(4, 'rn')
to_char(12.7, 'V99')
to_char(1.25, '9V99')
to_char(1234.5678, '9.99EEEE')
to_char(-0.00012, '9.9EEEE')
to_char(0, '9.9EEEE')
to_char(123456.789::float8, '9.99EEEE')
to_char(0.1::float8, '0.999')
to_char(2.5::float8, '9')
to_char(3.5::float8, '9')
to_char(2.5, '9')
to_char(1.005::float8, '9.99')
to_char(123456789.123456789::float8, '999999999.999999999')
to_char(1234.5678::real, '9999.9999')
to_char('NaN'::float8, '999')
to_char('Infinity'::float8, '999.9')
to_char(1e15::float8, '9999999999999999')
to_char(-5.8, '9')
to_char(-0.4, '9')
to_char(99.9, '99')
to_char(123, '99.99')
to_char(42::bigint, '99999')
to_char(42::smallint, '99999')
to_char(1234, 'FM9999')
to_char(1234, '9 999')
to_char(-1234, 'SG9999')
to_char(12, 'B99')
to_char(0, 'B99')
to_char(12.5, '99D99')
to_char(12.5, '"a"99"b"')
to_char(12.5, 'x99y')
to_char(12.5, '\"99\"')
to_number('48', '99')
to_number('-34,338,492', '99G999G999')
to_number('-34,338,492.654,878', '99G999G999D999G999')
to_number('<564646.654564>', '999999.999999PR')
to_number('0.00001-', '9.999999S')
to_number('5.01-', 'FM9.999999S')
to_number('5 4 4 4 4 8 . 7 8', '9 9 9 9 9 9 . 9 9')
to_number('.01', 'FM9.99')
to_number('.0', '99999999.99999999')
to_number('0', '99.99')
to_number('.-01', 'S99.99')
to_number('.01-', '99.99S')
to_number(' . 0 1-', ' 9 9 . 9 9 S')
to_number('34,50','999,99')
to_number('123,000','999G')
to_number('123456','999G999')
to_number('$1234.56','L9,999.99')
to_number('$1,234.56','L99,999.99')
to_number('1234.56','L99,999.99')
to_number('42nd', '99th')
to_number('1.5', '9.99')
to_number('12', '9')
to_char(interval '1year 1month 1day 1hours 1minute 1second', 'YYYY YY MM DD PM pm HH12 HH24 MI SS MS US')
to_char(interval '-1year -1month -1day -1hours -1minute -1second', 'YYYY YY MM DD PM pm HH12 HH24 MI SS MS US')
to_char(interval '-23:22:57.124562', 'HH12 MI SS MS US')
to_char(interval '-20459year -256 days -120hours 866seconds', 'YYYY YY MM DD PM pm HH HH12 HH24 MI SS')
to_char(interval '0year 0 days 0hours', 'YYYY YY MM DD PM pm HH12 HH24 MI SS')
to_char(interval '100 hours', 'HH24:MI:SS')
to_char(interval '100 hours', 'DDD SSSS Q CC Y,YYY')
to_char(interval '-40 days', 'DD DDD FMDD')
to_char(interval '13 mons', 'MM YYY Y Q FMMM')
to_char(date '2024-12-30', 'IDDD IYYY')
to_char(date '2021-01-03', 'IDDD IYYY')

-- arguments, arrays, intervals, JSON
format('%s %s', variadic array['a','b'])
concat(variadic array['a','b'])
concat_ws(',', variadic array['a','b'])
jsonb_build_array(variadic array[1,2])
jsonb_build_object(variadic array['a','b'])
justify_hours(interval '1 day -1 hour')
justify_hours(interval '-1 day 30 hours')
justify_days(interval '1 mon -35 days')
justify_interval(interval '-1 mon 35 days -30 hours')
jsonb_insert('{"a": [0,1,2]}', '{a, -1}', '9')
jsonb_insert('{"a": [0,1,2]}', '{a, 10}', '9', true)
jsonb_insert('{"a": [0,1,2]}', '{a, -10}', '9', true)
jsonb_insert('{"a": [0,1,2]}', '{b}', '9')
jsonb_set_lax('{"a":1,"b":2}', '{b}', null, true, 'delete_key')
jsonb_set('[1,2]', '{-3}', '9')
num_nulls(null)
array[1,true]::bool[]
array['1','2']::int[]
array[1.5,2]::int[]
array[array['1','2'],array['3','4']]::int[][]
array[]::int[]
array[1,2]::text

-- rows, arrays and numbers where NULL or the way of writing counts
ROW(NULL, NULL) IS NULL, ROW(1, NULL) IS NULL, ROW(1, NULL) IS NOT NULL, ROW(1, 2) IS NOT NULL, ROW(NULL, NULL) IS NOT NULL
ROW(ROW(NULL, NULL), NULL) IS NULL
count(*) FROM (VALUES (1, NULL::int), (1, 2)) AS t(a, b) WHERE ROW(a, b) IS NOT NULL
ARRAY[1, 2] || NULL, NULL || ARRAY[1, 2], ARRAY[1, 2] || NULL::int, ARRAY[1, 2] || NULL::int[], 1 || ARRAY[2]
'1e2'::jsonb, '-0'::jsonb, '1.50e1'::jsonb, '[1E-3]'::jsonb
extract(microseconds FROM to_timestamp('2024 15:12:02.020.001230', 'YYYY HH24:MI:SS.MS.US'))
extract(microseconds FROM to_timestamp('2024 12.5 100', 'YYYY SS.MS US'))
to_date('12 BC', 'YYYY BC'), to_date('2-29', 'MM-DD')

-- intervals: their texts, fractions of units, products and quotients, to_char
('1:2.5'::interval)::text, ':20'::interval, ('1:2:60.5'::interval)::text, '100:2'::interval, '1-2 3 4:05'::interval
('-1-2 +3 -4:05'::interval)::text, ('-1 day 2 hours'::interval)::text, ('1 mon -1 day 00:00:01'::interval)::text
'1 day, 2 hours'::interval, '- 1 day'::interval, '@ 1 day ago'::interval, '5. days'::interval, '.5 day'::interval
'1.05 years'::interval, '1.5 decades'::interval, '1.55 centuries'::interval, '1.55 months'::interval, '-1.55 weeks'::interval
('1.123456789 days'::interval)::text, '0.0000005 s'::interval, '0.0000015 s'::interval
'12:34:56.1234564'::interval, '12:34:56.1234566'::interval, '12:34:56.1234565'::interval, '12:34:56.1234555'::interval
'P12Y2M30DT4H5M0.1234567S'::interval, 'P1.5Y'::interval, 'P1Y2.5M'::interval, 'P0.5D'::interval, 'PT-1.5H'::interval
interval '3 mons -3 days' / 2, '1 month'::interval * 1.5, ('1 month'::interval / 7)::text, '1 year 13 days'::interval / 0.0001
(v / d)::text from (values ('00:00:00.000003'::interval, 2), ('00:00:00.000005', 2), ('3 day', 16384), ('1 month', 32768)) as t(v, d)
'1 mon 3 days 05:06:07.123456'::interval * 0.333, ('-1 mon 3 days 05:06:07.123456'::interval * 1.777)::text
to_char('-20459year -256 days -120hours 866seconds'::interval, 'YYYY IYYY YY IY MM DD PM pm HH HH12 HH24 MI SS')
to_char('0year -256 days -120hours'::interval, 'YYYY IYYY YY IY MM DD HH HH12 HH24'), to_char('0year'::interval, 'YYYY IYYY IY DD')
to_char('12 years 3 mons 17 days'::interval, 'IYYY IYY IY I IW IDDD WW W FMIYYY FMIW FMWW')
to_char('2020 years 11 mons 431 days'::interval, 'IYYY IYY IY I IW IDDD WW W'), to_char('-3 mons -9 days'::interval, 'IYYY IW IDDD WW W')

-- digits behind microseconds are rounded
'2013-01-01 01:01:01.1234567'::timestamp::text, '2013-12-31 23:59:59.9999999'::timestamp::text, '01:02:03.0000005'::time::text
'01:02:03.0000015'::time::text, '2013-01-01 01:01:01.1234567'::timestamp(3)::text, '12:00:00.9999'::time(3)::text
s::timestamp::text from (values ('2013-01-01 01:01:01.1234567'), ('2013-01-01 01:01:01.12')) as t(s)
date '5874897-12-31', date '4714-11-24 BC', date '2022-08-09' + 2142147483

-- operators and functions at their edges
'12:30:00'::time * 2, '12:30:00'::time / 2, time '12:30:00' < interval '1 day', interval '1 hour' >= time '02:00'
sign('-0'::float8)::text, sign('nan'::float8), sign('-3'::float8)
overlay('abc' placing 'XX' from 10), overlay('abcdef' placing 'XX' from 2 for 3), overlay('abc' placing 'XX' from 2 for -1)
extract(epoch from date_bin('1 hour'::interval, '2021-06-15 13:30:00'::timestamp, '2021-06-15 00:00:00+02'::timestamptz))
extract(epoch from date_bin('1 day', '2021-09-08T18:05:04-07:00'::timestamptz, '2021-01-01'::timestamp))
pg_typeof(v) from (values (1::real), (1::decimal)) as t(v)
pg_typeof(array[1::real, 1::decimal]), pg_typeof(array[1::real, 1]), pg_typeof(1::real + 1::decimal), pg_typeof(1::real * 2)
a = b, a < b, a::float8 = b::float8 from (select '1.1'::decimal, '1.1'::float4) as t(a, b)
v, scale(v), min_scale(v), trim_scale(v) from (values (8.4100), (0), (10), (10.0), ('-inf'), ('inf'), ('nan')) as t(v)
sum(v) from (values (1.5), ('2.255'), (3)) as t(v)
d = '2.255', d < '2.256', '2.25' = d from (values (2.25::decimal(5, 2))) as t(d)

-- bytes
substring('\x123456'::bytea, 0)
substring('\x123456'::bytea, -1)
substring('\x123456'::bytea, -1, 4)
substring('\x123456'::bytea, 2, 1)
overlay('\x1234567890'::bytea placing '\x0203' from 2 for 3)
overlay('\x1234567890'::bytea placing '\x0203' from 2)
overlay('\x1234567890'::bytea placing '\x02' from 4 for -2)
position('\x5678' in '\x1234567890'::bytea)
position('\x99'::bytea in '\x1234567890'::bytea)

-- POWER of exact numbers with a fraction is exact
pg_typeof(power(10.0, 4)), pg_typeof(power(2, 0.5)), pg_typeof(power(2, 3)), pg_typeof(power(2.0, 3::float8)), pg_typeof(2.0 ^ 3), pg_typeof(power(2.5::real, 2))
power(10.0, 4), power(2, 0.5), power(2, 3), power(1.5, 2), 2.5 ^ -2, power('2.25'::decimal, 2), power(10::decimal(4, 1), 3)
trunc(power(10.0, 4) * (v / power(10.0, trunc(log10(v))::int) - 1.0))::int from (values (10003::bigint), (10007), (1050)) as t(v)
