"""Runs a script of Scala with Deequ, for the golden scripts of quality.

Deequ runs on Spark, which pyspark carries with its shell; the jars come from Maven Central. Needs a Java of 8 to 17 and
requirements-deequ.txt.
"""
import json
import os
import pathlib
import subprocess
import urllib.request

import pyspark

DEEQU, DQDL = "2.1.0-spark-3.5", "1.0.0"
JARS = [
    f"com/amazon/deequ/deequ/{DEEQU}/deequ-{DEEQU}.jar",
    f"software/amazon/glue/dqdl/{DQDL}/dqdl-{DQDL}.jar",  # the pom asks for 1.0.7, which is not published
]
VERSIONS = {"deequ": DEEQU, "dqdl": DQDL, "pyspark": pyspark.__version__}


def run(folder, data, scala, *conf):
    """Return what the script wrote to out.json of the folder, where it finds data as in.json."""
    home = pathlib.Path(pyspark.__file__).parent
    for j in JARS:
        urllib.request.urlretrieve("https://repo1.maven.org/maven2/" + j, folder / pathlib.Path(j).name)
    (folder / "in.json").write_text(json.dumps(data))
    (folder / "make.scala").write_text(scala)
    conf = ["spark.ui.enabled=false", "spark.sql.shuffle.partitions=1", "spark.sql.codegen.wholeStage=false", *conf]
    subprocess.run(
        [home / "bin/spark-shell", "--master", "local[1]", *(a for c in conf for a in ("--conf", c)),
         "--jars", ",".join(str(folder / pathlib.Path(j).name) for j in JARS), "-i", folder / "make.scala"],
        env={**os.environ, "SPARK_HOME": str(home), "GOLDEN_DIR": str(folder)}, check=True)
    return json.loads((folder / "out.json").read_text())
