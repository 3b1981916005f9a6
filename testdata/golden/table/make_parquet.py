"""Small Parquet files of pyarrow, pandas and polars, and the values in them."""

import datetime as dt
import decimal
import math
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from golden import dump

folder = pathlib.Path(__file__).resolve().parent / "parquet"
folder.mkdir(exist_ok=True)

N = 70
rng = np.random.default_rng(5)


def nulls(x, every):
    return [None if i % every == every - 1 else v for i, v in enumerate(x)]


words = ["ash", "birch", "cedar", "", "d\u00fcnn \u6728", 'q"uote', "NA"]
days = [dt.date(1900, 1, 1) + dt.timedelta(days=int(d)) for d in rng.integers(0, 60000, N)]
times = [dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=int(v)) for v in rng.integers(-(2**50), 2**51, N)]
doubles = rng.normal(size=N) * 10.0 ** rng.integers(-20, 20, N)
doubles[3], doubles[4], doubles[5] = np.inf, -np.inf, -0.0
wide = [decimal.Decimal(int(v)) * decimal.Decimal(10**12) / decimal.Decimal(1000) for v in rng.integers(-(2**40), 2**40, N)]

columns = {
    "f64": pa.array(doubles),
    "f64_null": pa.array(nulls(doubles.tolist(), 3)),
    "f32": pa.array(nulls(rng.normal(size=N).astype(np.float32).tolist(), 7), pa.float32()),
    "f16": pa.array(rng.normal(size=N).astype(np.float16)),
    "i8": pa.array(rng.integers(-128, 128, N), pa.int8()),
    "i32": pa.array(nulls(rng.integers(-(2**31), 2**31, N).tolist(), 5), pa.int32()),
    "i64": pa.array(nulls(rng.integers(-(2**52), 2**52, N).tolist(), 4), pa.int64()),
    "run": pa.array(np.repeat([7, 8], [N // 2, N - N // 2])),
    "u32": pa.array(rng.integers(0, 2**32, N), pa.uint32()),
    "u64": pa.array([2**64 - 2048 * int(i) for i in range(1, N + 1)], pa.uint64()),
    "bool": pa.array(nulls((rng.random(N) < 0.5).tolist(), 6)),
    "none": pa.nulls(N, pa.float64()),
    "typeless": pa.nulls(N),
    "dec": pa.array(nulls([decimal.Decimal(int(v)) / 100 for v in rng.integers(-(10**8), 10**8, N)], 8), pa.decimal128(12, 2)),
    "dec_wide": pa.array(wide, pa.decimal128(38, 3)),
    "date": pa.array(nulls(days, 9), pa.date32()),
    "ts_ms": pa.array([t.replace(microsecond=t.microsecond // 1000 * 1000) for t in times], pa.timestamp("ms", tz="UTC")),
    "ts_us": pa.array(nulls(times, 10), pa.timestamp("us")),
    "time": pa.array([t.time() for t in times], pa.time64("us")),
    "word": pa.array(nulls([words[i] for i in rng.integers(0, len(words), N)], 6)),
    "unique": pa.array([f"prefix-{i // 10}-{i * i}" for i in range(N)]),
    "binary": pa.array([bytes([97 + i % 26]) * (i % 5) for i in range(N)], pa.binary()),
    "fixed": pa.array([b"%04d" % i for i in range(N)], pa.binary(4)),
}
table = pa.table(columns)
floats = ["f64", "f64_null", "f32"]
ints = ["i8", "i32", "i64", "run", "u32", "u64", "date", "ts_ms", "ts_us", "time"]


def delta(**more):
    return dict(use_dictionary=False, column_encoding={
        **{c: "BYTE_STREAM_SPLIT" for c in floats + ["f16"]}, **{c: "DELTA_BINARY_PACKED" for c in ints},
        "word": "DELTA_BYTE_ARRAY", "unique": "DELTA_BYTE_ARRAY", "binary": "DELTA_LENGTH_BYTE_ARRAY", "bool": "RLE", "fixed": "DELTA_BYTE_ARRAY"}, **more)


small = dict(row_group_size=30, data_page_size=64, write_batch_size=8, store_schema=False)
files = {
    "plain_none_v1": dict(use_dictionary=False, compression="none", **small),
    "plain_snappy_v2": dict(use_dictionary=False, compression="snappy", data_page_version="2.0", **small),
    "dictionary_snappy_v1": dict(compression="snappy", **small),
    "dictionary_gzip_v2": dict(compression="gzip", data_page_version="2.0", **small),
    "dictionary_brotli_v1": dict(compression="brotli", write_page_checksum=True, **small),
    "delta_zstd_v2": delta(compression="zstd", data_page_version="2.0", **small),
    "delta_none_v1": delta(compression="none", store_schema=False),
    "lz4_one_group": dict(compression="lz4", write_page_checksum=True, store_schema=False),
    "int96_v1": dict(use_deprecated_int96_timestamps=True, version="1.0", store_schema=False),
}
for name, options in files.items():
    t = table
    if name == "int96_v1":
        t = t.drop_columns(["u32", "f16"])
    pq.write_table(t, folder / (name + ".parquet"), **options)

frame = pd.DataFrame({"x": [1.5, np.nan, 3.0], "n": [1, 2, 3], "s": ["a", None, "c"], "c": pd.Categorical(["u", "v", "u"])})
frame.to_parquet(folder / "pandas.parquet", index=False)
pl.DataFrame({"x": [1.5, None, 3.0], "n": [1, 2, 3], "s": ["a", None, "c"], "b": [True, False, None]}).write_parquet(folder / "polars.parquet")
pq.write_table(pa.table({"x": [1.0, 2.0], "list": [[1], [2, 3]], "struct": [{"a": 1}, {"a": 2}], "y": ["u", "v"]}), folder / "nested.parquet")
pq.write_table(pa.table({"x": pa.array([], pa.float64()), "s": pa.array([], pa.string())}), folder / "no_rows.parquet")

EPOCH = dt.datetime(1970, 1, 1)


def seconds(v):
    if v is None:
        return math.nan
    if isinstance(v, dt.datetime):
        d = v.replace(tzinfo=None) - EPOCH
        return float((d.days * 86400 + d.seconds) * 10**6 + d.microseconds) / 1e6
    if isinstance(v, dt.date):
        return float((v - EPOCH.date()).days * 86400)
    if isinstance(v, dt.time):
        return float((v.hour * 3600 + v.minute * 60 + v.second) * 10**6 + v.microsecond) / 1e6
    return float(v)


numbers, texts = {}, {}
for name in columns:
    v = table[name].to_pylist()
    if name in ("word", "unique"):
        texts[name] = v
    elif name in ("binary", "fixed"):
        texts[name] = [x.decode() for x in v]
    else:
        numbers[name] = [seconds(x) for x in v]
declared = {
    "i64": [None if x is None else str(x) for x in table["i64"].to_pylist()],
    "u64": [str(x) for x in table["u64"].to_pylist()],
    "bool": [None if x is None else str(x).lower() for x in table["bool"].to_pylist()],
    "dec": [None if x is None else format(x, "f") for x in table["dec"].to_pylist()],
    "dec_wide": [format(x, "f") for x in table["dec_wide"].to_pylist()],
    "date": [None if x is None else x.isoformat() for x in table["date"].to_pylist()],
}
dump("table/parquet.json", dict(files=sorted(files), rows=N, numbers=numbers, texts=texts, declared=declared),
     pyarrow=pa.__version__, pandas=pd.__version__, polars=pl.__version__)
