# Makes the files beside it with pyarrow, whose values test/arrow/arrow.test.ts expects: python3 make.py
import decimal
import datetime as dt
import json
from pathlib import Path
import pyarrow as pa
import pyarrow.feather as feather

here = Path(__file__).parent
utc = dt.timezone.utc
columns = {
    "flag": pa.array([True, None, False]),
    "i8": pa.array([-128, None, 127], pa.int8()),
    "u16": pa.array([0, None, 65535], pa.uint16()),
    "i32": pa.array([-(2**31), None, 2**31 - 1], pa.int32()),
    "i64": pa.array([-(2**63), None, 2**63 - 1], pa.int64()),
    "u64": pa.array([0, None, 2**64 - 1], pa.uint64()),
    "f16": pa.array([0.5, None, -2.0], pa.float16()),
    "f64": pa.array([0.1, None, -1e300]),
    "dec": pa.array([decimal.Decimal("-12345.678"), None, decimal.Decimal("0.001")], pa.decimal128(20, 3)),
    "text": pa.array(["a", None, "größer als zwölf Zeichen"]),
    "large": pa.array(["x", None, ""], pa.large_utf8()),
    "view": pa.array(["short", None, "a text of more than twelve bytes"], pa.string_view()),
    "data": pa.array([b"\x00\xff", None, b""]),
    "day": pa.array([dt.date(1969, 12, 31), None, dt.date(2026, 1, 2)]),
    "second": pa.array([dt.datetime(2026, 1, 2, 3, 4, 5), None, dt.datetime(1969, 12, 31)], pa.timestamp("s")),
    "micro": pa.array([dt.datetime(2026, 1, 2, 3, 4, 5, 678901), None, dt.datetime(1, 1, 1)], pa.timestamp("us")),
    "zoned": pa.array([dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=utc), None, None], pa.timestamp("ms", "Europe/Berlin")),
    "clock": pa.array([dt.time(1, 2, 3, 4), None, dt.time(23, 59, 59)], pa.time64("us")),
    "list": pa.array([[1, None], None, []], pa.list_(pa.int32())),
    "map": pa.array([[("k", 1.5)], None, []], pa.map_(pa.string(), pa.float64())),
    "row": pa.array([{"x": 1, "y": "b"}, None, {"x": None, "y": None}], pa.struct([("x", pa.int64()), ("y", pa.string())])),
    "kind": pa.array(["red", None, "blue"]).dictionary_encode(),
    "runs": pa.RunEndEncodedArray.from_arrays([2, 3], [7, 8]),
}
table = pa.table(columns)


def write(name, opened, parts, options=None):
    with opened(str(here / name), parts[0].schema, options=options or pa.ipc.IpcWriteOptions()) as writer:
        for part in parts:
            writer.write_table(part)


# Two record batches, so that a reader goes from one to the next.
write("types.arrow", pa.ipc.new_file, [table, table.slice(1)])
write("types.arrows", pa.ipc.new_stream, [table, table.slice(1)])
feather.write_feather(table.drop_columns(["runs"]), str(here / "zstd.feather"), compression="zstd")
# Long enough for several blocks that refer to one another.
numbers = pa.table({"n": pa.array(range(12000), pa.int64()), "s": pa.array([str(i % 1000) * 3 for i in range(12000)])})
feather.write_feather(numbers, str(here / "lz4.feather"), compression="lz4")

# A dictionary that grows, and one that is replaced.
grows = [pa.table({"kind": pa.DictionaryArray.from_arrays([len(words) - 1, 0], words)}) for words in (["a"], ["a", "b"])]
write("grows.arrows", pa.ipc.new_stream, grows, pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True))
other = pa.table({"kind": pa.DictionaryArray.from_arrays([0, 1], ["x", "y"])})
write("replaced.arrows", pa.ipc.new_stream, [grows[0], other])


# The rows of types.arrow and types.arrows, as JSON.
def plain(value):
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(utc).isoformat(" ") if value.tzinfo else value.isoformat(" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return "\\x" + value.hex() if isinstance(value, bytes) else str(value)


def jsonable(name, value):
    return dict(value) if name == "map" and value is not None else value


rows = [{name: jsonable(name, row[name]) for name in row} for row in table.to_pylist()]
lines = [json.dumps(row, default=plain, ensure_ascii=False) for row in rows + rows[1:]]
(here / "types.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
