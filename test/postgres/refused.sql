-- One expression a line that PostgreSQL refuses.

-- out of the range of intervals, dates and timestamps
'2562047788:00:54.775808'::interval
'4 years 2147483600 mon'::interval
'1:99'::interval
'1-12'::interval
'2147483648 days'::interval
'9999999999999999999 hours'::interval
interval '2147483647 mons' + interval '1 mon'
i + i from (values (interval '2147483647 mons')) as t(i)
interval '2147483647 days' - interval '-1 day'
-i from (values (interval '-2147483648 mons')) as t(i)
interval '2147483647 mons 2147483647 days' * 0.999999992
interval '1 year 13 days' * 1e300
make_interval(secs => 1e20)
make_interval(years => 2147483647)
date '2022-08-09' + (int '-2147483648')
d - 1 from (values (date '4714-11-24 BC')) as t(d)
date '2022-08-09' - interval '-2147483648 days'
date '2022-08-09' + interval '-2147483648 days'
timestamp '2022-08-09 00:00:00' + interval '-2147483648 days'
t + i from (values (timestamp '2022-08-09 00:00:00', interval '-2147483648 days')) as v(t, i)
timestamp '2000-01-01 00:00:00' + interval '2147483647 mons'
timestamp '9999999-01-01 00:00:00'

-- arguments out of their range
overlay('abc' placing 'XX' from 0)
overlay('l2bWQBOIj9' placing 'DIHgr7AB4z' from (int '-2147483648') for (int '1'))
to_timestamp('2021/12/30 14:52:49 +330', 'YYYY/MM/DD HH24:MI:SS TZHTZM')
power(100000, -200000000000000)
100000 ^ -200000000000000
1e-1000::float8
'1e400'::float8
'1e-400'::float8
'1e39'::real
1e-1000::real
v::real from (values (1e39::float8)) as t(v)
v::real from (values ('1e-60'::float8)) as t(v)
'1e309'::decimal > '1'::float4
row(1) < row(true)
row(1) < row(1, 1)
lcm(2147483647, 2147483646)
gcd(-2147483648, 0)
lcm(9223372036854775807, 2)
gcd((-9223372036854775807 - 1)::bigint, 0)
