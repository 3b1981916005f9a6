"""Golden values of quality from Deequ, which is what SageMaker Model Monitor and AWS Glue Data Quality run.

Needs a Java of 8 to 17; testdata/golden/deequ.py runs it.

    python3 -m venv .venv && .venv/bin/pip install -r testdata/golden/requirements-deequ.txt
    .venv/bin/python testdata/golden/quality/make_deequ.py
"""
import json
import pathlib
import sys
import tempfile

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import deequ
import golden

rng = np.random.default_rng(20)
N = 400


def holes(x, share):
    return [None if h else v for v, h in zip(x, rng.random(len(x)) < share)]


texts = np.array(["red", "green", "blue", "", " ", "Grün", "7", "1.5", "true", "-2e3"], dtype=object)
COLUMNS = {
    "normal": ("double", holes(rng.normal(5, 2, N).tolist(), 0.1)),
    "offset": ("double", (1e9 + rng.normal(0, 1, N)).tolist()),
    "skewed": ("double", np.exp(3 * rng.normal(size=N)).tolist()),
    "ties": ("double", rng.integers(-3, 4, N).astype(float).tolist()),
    "constant": ("double", [2.5] * N),
    "empty": ("double", [None] * N),
    "mostly": ("double", [None] * (N - 1) + [3.25]),
    "linked": ("double", None),
    "colour": ("string", holes(texts[rng.choice(3, N, p=[0.6, 0.3, 0.1])].tolist(), 0.05)),
    "mixed": ("string", holes(texts[rng.integers(0, len(texts), N)].tolist(), 0.05)),
    "digits": ("string", [str(v) for v in rng.integers(0, 1000, N)]),
    "decimals": ("string", [f"{v:.2f}" if i % 3 else str(int(v)) for i, v in enumerate(rng.normal(0, 50, N))]),
    "flags": ("string", [str(v).lower() for v in rng.random(N) < 0.3]),
    "id": ("string", [f"user-{i:04d}" for i in range(N)]),
    "blank": ("string", [None] * N),
}
COLUMNS["linked"] = ("double", holes([2 * (v or 0) + e for v, e in zip(COLUMNS["normal"][1], rng.normal(0, 1, N))], 0.05))

SKETCHED = {
    "small": rng.normal(size=50).tolist(),
    "normal": rng.normal(size=30_000).tolist(),
    "ties": rng.integers(0, 9, 20_000).astype(float).tolist(),
    "skewed": np.exp(2 * rng.normal(size=10_000)).tolist(),
}
NUMERIC = [  # what lies between two samples
    (rng.normal(size=200).tolist(), rng.normal(0.3, 1, 300).tolist()),
    (rng.normal(size=50).tolist(), rng.normal(size=40).tolist()),
    (rng.integers(0, 5, 500).astype(float).tolist(), rng.integers(1, 6, 400).astype(float).tolist()),
    ([0.0] * 30, [1.0] * 20),
    ([1.0, 2.0], [2.0, 3.0, 4.0]),
]
CATEGORICAL = [  # sample, baseline
    ({"a": 100, "b": 50, "c": 20}, {"a": 90, "b": 70, "c": 15}),
    ({"a": 10, "b": 5}, {"a": 11, "b": 9}),
    ({"a": 3, "b": 400, "c": 2, "d": 1}, {"a": 2, "b": 380, "c": 5, "d": 3}),
    ({"a": 30, "b": 40, "c": 50, "d": 60, "e": 1}, {"a": 20, "b": 50, "c": 50, "d": 60, "e": 2}),
    ({"a": 100, "z": 5}, {"a": 90, "b": 12}),
    ({"a": 60, "b": 40, "c": 7}, {"a": 600, "b": 390, "c": 80}),
]
# The open engine translates ColumnValues with > or < to the minimum or maximum, and so ignores a threshold beside it.
RULES = """
RowCount = 400; RowCount between 399 and 401; RowCount between 400 and 402; RowCount > 10 where "normal > 5"
ColumnCount = 15; ColumnExists "normal"; ColumnExists "absent"
IsComplete "offset"; IsComplete "normal"; IsComplete "normal" where "normal > 5"; IsComplete "colour" where "colour is not null or ties > 10"
Completeness "normal" > 0.85; Completeness "normal" > 0.95; Completeness "empty" = 0; Completeness "linked" > 0.9 where "ties > 0"
Completeness "colour" < 1 where "id like 'user-00%' and not (ties between -1 and 1)"
IsUnique "id"; IsUnique "ties"; IsUnique "normal"; Uniqueness "digits" > 0.5; Uniqueness "colour" = 0; Uniqueness "digits" > 0.5 where "ties = 3"
UniqueValueRatio "digits" > 0.5; UniqueValueRatio "mixed" = 0; UniqueValueRatio "digits" > 0.5 where "flags = 'true'"
DistinctValuesCount "ties" = 7; DistinctValuesCount "colour" = 3; DistinctValuesCount "mixed" > 9; DistinctValuesCount "ties" = 3 where "ties > 0"
IsPrimaryKey "id"; IsPrimaryKey "id" "normal"; IsPrimaryKey "offset"
Mean "normal" between 4 and 6; Mean "offset" > 1e3; Mean "constant" = 2.5; Mean "normal" > 5 where "ties >= 0"; Mean "skewed" < 20 where "skewed < 2"
Sum "ties" > -100; Sum "constant" = 1000; Sum "ties" > 100 where "ties > 0 and ties <= 3"
StandardDeviation "normal" between 1.5 and 2.5; StandardDeviation "constant" = 0; StandardDeviation "normal" < 2 where "colour in ('red', 'blue')"
Entropy "colour" > 0.8; Entropy "ties" between 1.9 and 1.95; Entropy "constant" = 0; Entropy "ties" < 1.2 where "ties > 0"
ColumnCorrelation "normal" "linked" > 0.5; ColumnCorrelation "normal" "ties" < 0.2; ColumnCorrelation "normal" "linked" > 0.9 where "normal > 1"
ColumnLength "id" = 9; ColumnLength "id" > 8; ColumnLength "colour" between 2 and 6; ColumnLength "digits" < 4
ColumnValues "ties" in [-3, -2, -1, 0, 1, 2, 3]; ColumnValues "colour" in ["red", "green"]; ColumnValues "colour" in ["red", "green"] with threshold > 0.8
ColumnValues "id" matches "user-[0-9]+"; ColumnValues "digits" matches "[1-9][0-9]*" with threshold > 0.9; ColumnValues "offset" > 1000; ColumnValues "normal" > 0
ColumnValues "ties" between -4 and 4; ColumnValues "ties" between -3 and 4; ColumnValues "constant" = 2.5; ColumnValues "ties" != 9
ColumnValues "colour" in ["red"] where "colour = 'red'"; ColumnValues "ties" > 0 where "ties > 0"; ColumnValues "id" matches "user-00.*" where "id < 'user-0100'"
ColumnNamesMatchPattern "[a-z]+"; ColumnNamesMatchPattern "[a-m].*"
ColumnDataType "digits" = "INTEGER"; ColumnDataType "decimals" = "DOUBLE"; ColumnDataType "colour" = "DOUBLE"
(IsComplete "id") and (IsUnique "id"); (IsComplete "normal") or (IsUnique "id"); (IsComplete "normal") or (IsUnique "ties")
(ColumnValues "ties" < 1) or (ColumnValues "ties" > 0)
ColumnValues "id" matches "ser"; ColumnValues "mixed" matches "[a-z]*"; ColumnValues "id" not matches "ser"; ColumnNamesMatchPattern "^[a-m].*$"; ColumnNamesMatchPattern "^[a-z]+$"
ColumnValues "colour" != "red"; ColumnValues "colour" not in ["red"]; ColumnValues "colour" in ["red", "green", "blue", NULL]; ColumnValues "colour" = NULL; ColumnValues "colour" != NULL
ColumnValues "ties" >= -3; ColumnValues "normal" > -10; ColumnValues "normal" between -10 and 20; ColumnValues "mixed" not in [EMPTY, WHITESPACES_ONLY]; ColumnValues "blank" = NULL
ColumnValues "colour" in ["red", "green", "blue"]; ColumnValues "colour" not in ["purple"]; ColumnValues "colour" != "purple"; ColumnValues "colour" matches "[a-z]+"
ColumnLength "colour" > 2; ColumnLength "colour" < 3; ColumnLength "mixed" >= 0; ColumnLength "colour" = 3; ColumnLength "colour" != 9; ColumnLength "colour" < 6; ColumnLength "colour" in [3, 4, 5]
IsComplete "normal" where "ties > 100"; Mean "normal" > 0 where "ties > 100"; RowCount = 0 where "ties > 100"; IsUnique "id" where "ties > 100"; Completeness "normal" >= 0 where "ties > 100"
Mean "empty" > 0; Uniqueness "empty" >= 0; IsUnique "empty"; DistinctValuesCount "empty" = 0; Entropy "empty" >= 0; Sum "empty" = 0; ColumnCorrelation "normal" "constant" >= -1; IsUnique "mostly"; ColumnValues "empty" > 0
ColumnDataType "mixed" = "STRING"; ColumnDataType "flags" = "BOOLEAN"; ColumnDataType "digits" = "DOUBLE"; ColumnDataType "decimals" = "INTEGER"; ColumnDataType "colour" = "STRING"; ColumnDataType "digits" = "LONG"
"""
WHERE = """length(colour) = 3; abs(ties) = 3; ties % 2 = 0; ties % 2 = 1; ties / 2 > 1; colour <=> null; mixed > 1; mixed > '1'; upper(colour) = 'RED'; coalesce(colour, 'x') = 'x'
mixed rlike 'r.d'; mixed rlike '^[a-z]'; not (colour = 'red'); not colour = 'red'; mixed = 7; mixed = '7'; flags = 'true' and ties > 0; `ties` in (1, '2'); normal + linked > 12
colour like 'r_d'; mixed like '%e%'; colour like 'r'; digits between 10 and 99; digits < '5'; ties = 'x'; trim(mixed) = ''; ties not in (1, 2); colour not in ('red', null); colour in ('red', null)
colour = 'red' or normal > 5; colour = 'red' and normal > 5 or ties = 0; (colour = 'red' or normal > 5) and ties = 0; -ties > 2; - -ties > 2; normal between 4 and 6; normal not between 4 and 6
normal is null; normal is not null; normal > 5 is null; (normal > 5) is true; (normal > 5) is not true; ties * 2 + 1 = 3; ties - 1 - 1 = 0; 12 / 3 / 2 = 2; 1e2 > ties; ties = 1 or null; ties <> 1; ties == 1; ties != 1
1 / ties > 0; normal / 0 is null; linked > normal; lower(mixed) = 'grün'; length(mixed) = 4; mixed not like '%e%'; colour not rlike 'e'; coalesce(normal, linked, -1) < 0; abs(normal) > 2 * 3; true; false; null; not null""".replace("\n", ";").split(";")
WHERE = [w.strip() for w in WHERE if w.strip()]
RULES = RULES.replace("\n", ";").split(";")
RULES = [r.strip() for r in RULES if r.strip()] + [f'RowCount >= 0 where "{w}"' for w in WHERE]

SCALA = r'''
import scala.util.{Try, Success, Failure}
import scala.collection.mutable
import com.amazon.deequ.analyzers._
import com.amazon.deequ.analyzers.runners._
import com.amazon.deequ.metrics._
import com.amazon.deequ.dqdl.EvaluateDataQuality
import org.apache.spark.sql.types._
import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.module.scala.DefaultScalaModule

val mapper = new ObjectMapper(); mapper.registerModule(DefaultScalaModule)
val dir = sys.env("GOLDEN_DIR")
val in = mapper.readValue(new java.io.File(dir + "/in.json"), classOf[Map[String, Any]])
def opt(v: Double): Any = if (v.isNaN) "NaN" else v

val kinds = in("kinds").asInstanceOf[Seq[Seq[String]]].map(x => (x(0), x(1)))
val schema = StructType(kinds.map { case (n, k) => StructField(n, if (k == "double") DoubleType else StringType, true) })
val df = spark.read.schema(schema).json(dir + "/rows.json").coalesce(1).cache()

def scalar(a: Analyzer[_, Metric[Double]]): Any = Try(AnalysisRunner.onData(df).addAnalyzer(a).run().metric(a).get.value) match {
  case Success(Success(v)) => opt(v.asInstanceOf[Double]); case _ => null
}
val columns = kinds.map { case (n, k) =>
  val common = Map[String, Any]("completeness" -> scalar(Completeness(n)), "distinct" -> scalar(CountDistinct(Seq(n))), "approx_distinct" -> scalar(ApproxCountDistinct(n)),
    "uniqueness" -> scalar(Uniqueness(Seq(n))), "distinctness" -> scalar(Distinctness(Seq(n))), "unique_value_ratio" -> scalar(UniqueValueRatio(Seq(n))), "entropy" -> scalar(Entropy(n)))
  val h = Try(Histogram(n).calculate(df).value.get.values.map { case (k, v) => (k, v.absolute) }).getOrElse(null)
  val own = if (k == "double") Map[String, Any]("mean" -> scalar(Mean(n)), "std" -> scalar(StandardDeviation(n)), "min" -> scalar(Minimum(n)), "max" -> scalar(Maximum(n)), "sum" -> scalar(Sum(n)),
      "skewness" -> scalar(Skewness(n)), "kurtosis" -> scalar(Kurtosis(n)))
    else Map[String, Any]("min_length" -> scalar(MinLength(n)), "max_length" -> scalar(MaxLength(n)), "histogram" -> h,
      "types" -> Try(com.amazon.deequ.analyzers.DataType(n).calculate(df).value.get.values.map { case (k, v) => (k, v.absolute) }).getOrElse(null))
  (n, common ++ own)
}.toMap
val correlation = scalar(Correlation("normal", "linked"))
val pair = Map("uniqueness" -> scalar(Uniqueness(Seq("ties", "colour"))), "distinctness" -> scalar(Distinctness(Seq("ties", "colour"))))

def sketch(x: Seq[Double], k: Int): KLLMetric = { import spark.implicits._
  KLLSketch("x", Some(KLLParameters(k, 0.64, 10))).calculate(x.toDF("x").coalesce(1)).asInstanceOf[KLLMetric] }
val sketched = in("sketched").asInstanceOf[Map[String, Seq[Double]]].map { case (n, x) =>
  val d = sketch(x, 2048).value.get
  (n, Map("parameters" -> d.parameters, "data" -> d.data, "buckets" -> d.buckets.map(b => Seq(b.lowValue, b.highValue, b.count)), "percentiles" -> d.computePercentiles()))
}
def quantiles(x: Seq[Double]) = { val q = new QuantileNonSample[Double](4096, 0.64); x.foreach(q.update); q }
val numeric = in("numeric").asInstanceOf[Seq[Seq[Seq[Double]]]].map { p =>
  def d(correct: Boolean, alpha: Option[Double]) = Distance.numericalDistance(quantiles(p(0)), quantiles(p(1)), correct, alpha)
  Map("simple" -> d(true, None), "robust" -> d(false, None), "alpha" -> d(false, Some(0.05)))
}
val categorical = in("categorical").asInstanceOf[Seq[Seq[Map[String, Int]]]].map { p =>
  def m(i: Int) = mutable.Map[String, Long](p(i).map { case (k, v) => (k, v.toLong) }.toSeq: _*)
  def d(correct: Boolean, method: Distance.CategoricalDistanceMethod): Any = Try(Distance.categoricalDistance(m(0), m(1), correct, method)) match {
    case Success(v) => opt(v); case Failure(e) => e.toString }
  Map("simple" -> d(true, Distance.LInfinityMethod()), "robust" -> d(false, Distance.LInfinityMethod()), "alpha" -> d(false, Distance.LInfinityMethod(Some(0.05))),
    "chi2" -> d(true, Distance.ChisquareMethod()))
}
val rules = in("rules").asInstanceOf[Seq[String]].map { r =>
  Try(EvaluateDataQuality.process(df, "Rules = [ " + r + " ]").collect().head) match {
    case Success(row) => Map("rule" -> r, "outcome" -> row.getAs[String]("Outcome"), "reason" -> row.getAs[String]("FailureReason"),
      "metrics" -> row.getAs[Map[String, Double]]("EvaluatedMetrics").map { case (k, v) => (k, opt(v)) })
    case Failure(e) => Map("rule" -> r, "outcome" -> "Error", "reason" -> e.getMessage.split("\n").head, "metrics" -> Map())
  }
}
mapper.writeValue(new java.io.File(dir + "/out.json"), Map("columns" -> columns, "correlation" -> correlation, "pair" -> pair, "sketched" -> sketched,
  "numeric" -> numeric, "categorical" -> categorical, "rules" -> rules))
System.exit(0)
'''


def main():
    with tempfile.TemporaryDirectory() as dir:
        dir = pathlib.Path(dir)
        data = {"kinds": [[n, k] for n, (k, _) in COLUMNS.items()], "sketched": SKETCHED, "numeric": NUMERIC, "categorical": CATEGORICAL, "rules": RULES}
        rows = [json.dumps({n: x[i] for n, (_, x) in COLUMNS.items()}) for i in range(N)]
        (dir / "rows.json").write_text("\n".join(rows))
        out = deequ.run(dir, data, SCALA)
    for n, c in out["columns"].items():
        c["kind"], c["values"] = COLUMNS[n]
    out["sketched"] = {n: {**s, "values": SKETCHED[n] if n != "normal" else None, "n": len(SKETCHED[n]), "min": min(SKETCHED[n]), "max": max(SKETCHED[n])} for n, s in out["sketched"].items()}
    for s in out["sketched"].values():
        s.pop("values") if s["n"] > 100 else None
    for i, (a, b) in enumerate(NUMERIC):
        out["numeric"][i].update(a=a, b=b)
    for i, (a, b) in enumerate(CATEGORICAL):
        out["categorical"][i].update(sample=a, baseline=b)
    golden.dump("quality/deequ.json", out, **deequ.VERSIONS, numpy=np.__version__)


main()
