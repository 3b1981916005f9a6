"""Files: pandas, polars, pyarrow."""
import pandas as pd
import polars as pl
import pyarrow
import pyarrow.parquet
from serve import case, uses

uses("pandas", "polars", "pyarrow")
pyarrow.set_cpu_count(1)
pyarrow.set_io_thread_count(1)


def reads(name, file, peers):
    for peer, read in peers.items():

        @case(name, peer)
        def _(d, read=read):
            path = d.path(file)
            return lambda: read(path)


CSV = {"pandas": pd.read_csv, "polars": pl.read_csv, "pandas, pyarrow engine": lambda path: pd.read_csv(path, engine="pyarrow")}
PARQUET = {"pandas": pd.read_parquet, "polars": pl.read_parquet, "pyarrow": lambda path: pyarrow.parquet.read_table(path, use_threads=False)}
reads("read CSV, 10 columns of numbers", "table.csv", CSV)
reads("read CSV, a column of words", "words.csv", CSV)
reads("read Parquet, 10 columns of numbers", "table.parquet", PARQUET)
reads("read Parquet, 10 columns, not compressed", "plain.parquet", PARQUET)
