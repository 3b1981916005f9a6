"""Write the stream of examples/electricity: half-hourly price and demand of two
Australian electricity markets, May 1996 to December 1998, scaled to [0, 1], and whether the
price in New South Wales is above its mean of the last day (1) or not (0).

    python testdata/make_electricity.py

The data come with scikit-multiflow 0.4.1, whose columns have no names; the names and their
order are those of M. Harries, Splice-2 comparative evaluation: electricity pricing,
technical report, University of New South Wales (1999).
"""
import csv
import gzip
import hashlib
import io
import pathlib
import tarfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
NAMES = ["period", "nswprice", "nswdemand", "vicprice", "vicdemand", "transfer", "up"]

URL = ("https://files.pythonhosted.org/packages/"
       "57/53/1c90bc05e4fbf2cb768ed140d7a9bce301d671cce7bdc15b82522ede1b3e/"
       "scikit-multiflow-0.4.1.tar.gz")
SHA256 = "ed4f791107cb7f789f0bb0620c50e743a4d397905146a4d06c62eb98607aa101"

with urllib.request.urlopen(URL) as r:
    archive = r.read()
assert hashlib.sha256(archive).hexdigest() == SHA256
with tarfile.open(fileobj=io.BytesIO(archive)) as t:
    name = next(n for n in t.getnames() if n.endswith("/datasets/elec.csv"))
    rows = list(csv.reader(io.TextIOWrapper(t.extractfile(name), "ascii")))[1:]

text = io.StringIO(newline="")
w = csv.writer(text, lineterminator="\n")
w.writerow(NAMES)
for row in rows:
    w.writerow([f"{float(v):.6g}" for v in row])
with open(HERE / "electricity.csv.gz", "wb") as f:
    f.write(gzip.compress(text.getvalue().encode("ascii"), 9, mtime=0))
