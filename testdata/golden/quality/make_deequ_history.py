"""Golden values from Deequ: anomalies of a history, suggested constraints, and rules that refer to other data and to dates.

Needs a Java of 8 to 17; testdata/golden/deequ.py runs it.

    python3 -m venv .venv && .venv/bin/pip install -r testdata/golden/requirements-deequ.txt
    .venv/bin/python testdata/golden/quality/make_deequ_history.py
"""
import json
import pathlib
import sys
import tempfile

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import deequ
import golden

rng = np.random.default_rng(7)
week = np.array([5, 3, 0, -2, -4, 8, 12.0])
SERIES = {
    "steps": [100, 102, 99, 101, 50, 100, 103, 210, 205, 200, 5, 190],
    "noise": [*np.round(rng.normal(10, 1, 30), 3)[:20], 30.0, *np.round(rng.normal(10, 1, 10), 3), -20.0, 10.5, 16.0, 9.5],
    "zeros": [0, 0, 3, 0, -2, 0, 0, 5, 5, -5, -4],
    "flat": [4.0] * 12 + [4.5, 4.0],
    "weeks": [round(50 + 0.3 * i + week[i % 7] + e, 3) for i, e in enumerate(rng.normal(0, 1, 63))],
}
SERIES["weeks"][59] += 15
# strategy, arguments
STRATEGIES = [
    ["thresholds", -1e300, 105.0, 0], ["thresholds", 4.0, 100.0, 0], ["relative", 0.8, 1.3, 1], ["relative", 0.5, 2.0, 2], ["absolute", -10.0, 20.0, 1],
    ["absolute", -30.0, 30.0, 2], ["absolute", -5.0, 5.0, 3], ["online", 3.0, 3.0, 0.1], ["online", 1.5, 2.5, 0.2], ["online", 2.0, 2.0, 0.0],
    ["batch", 3.0, 3.0, 0], ["batch", 1.0, 2.0, 0], ["batch", 2.0, 2.0, 1],
]
RATES = [[0.3, 0.1, 0.1], [0.9, 0.0, 0.5], [0.1, 0.7, 0.3], [1.0, 1.0, 1.0]]

N = 500
texts = lambda p, n=N: [f"v{k}" for k in rng.choice(len(p), n, p=np.array(p) / sum(p))]
holes = lambda x, share: [None if h else v for v, h in zip(x, rng.random(len(x)) < share)]
COLUMNS = {
    "few": texts([5, 3, 2]),
    "gaps": holes(texts([5, 3, 2]), 0.15),
    "tail": texts([60, 30, 5, 1, 1, 1, 1, 1, 0.5, 0.5]) ,
    "rare": [f"r{i}" if i < 4 else v for i, v in enumerate(texts([60, 30, 4, 3, 2, 1]))],  # 4 of 10 once
    "once": [f"r{i}" if i < 8 else v for i, v in enumerate(texts([60, 30, 5]))],
    "names": [f"user-{i:04d}" for i in range(N)],
    "codes": [str(v) for v in rng.integers(0, 9, N)],
    "debts": [str(v) for v in rng.integers(-4, 5, N)],
    "wide": [str(v) for v in rng.integers(0, 10**6, N)],
    "prices": [f"{v:.2f}" for v in np.exp(rng.normal(size=N))],
    "flags": [str(v).lower() for v in rng.random(N) < 0.3],
    "sparse": holes(texts([1, 1]), 0.75),
    "scarce": holes(texts([1, 1]), 0.9),
    "missing": [None] * N,
}
PEOPLE = {"id": [1.0, 2.0, 3.0, 4.0, 5.0, None], "city": ["Paris", "Rome", None, "Paris", "Oslo", "Rome"], "pay": [3.0, 4.0, 5.0, 7.0, 1.0, None],
          "old": ["1990-01-01", "1999-12-31 10:00:00", None, "1970-06-30", "soon", "2001-02-03T04:05:06"], "loaded": ["1990-01-01"] * 5 + ["2001-02-03"]}
REFERENCES = {
    "same": {"id": [1.0, 2.0, 9.0], "city": ["Paris", "Rome", None], "pay": [3.0, 4.0, 2.0], "old": ["a", "b", "c"], "loaded": ["a", "b", "c"]},
    "fewer": {"id": [1.0], "city": ["Rome"]},
    "types": {"id": ["1"], "city": ["Rome"], "pay": [1.0], "old": ["x"], "days": ["y"]},
    "zero": {"pay": [0.0, 0.0]},
}
RULES = """
SchemaMatch "same" = 1.0; SchemaMatch "fewer" = 0.0; SchemaMatch "types" = 0.6; SchemaMatch "types" > 0.6; SchemaMatch "zero" > 0.1
AggregateMatch "sum(pay)" "sum(same.pay)" > 2.2; AggregateMatch "avg(pay)" "avg(same.pay)" between 1.3 and 1.4; AggregateMatch "sum(pay)" "sum(id)" = 1.3333333333333333
AggregateMatch "avg(pay)" "sum(zero.pay)" <= 1.0; AggregateMatch "sum(zero.pay)" "sum(pay)" = 0.0; AggregateMatch "sum(zero.pay)" "avg(zero.pay)" = 1.0
RowCountMatch "same" = 2.0; RowCountMatch "fewer" > 5; DatasetMatch "same" "id" "city" > 0.3; DatasetMatch "same" "id" "pay" >= 0.5; DatasetMatch "same" "city->city" "pay" >= 0.1
ReferentialIntegrity "city" "same.city" >= 0.5; ReferentialIntegrity "id" "same.id" = 0.3333333333333333; ReferentialIntegrity "id,city" "same.{id,city}" >= 0.3
DataFreshness "old" > 1 days; DataFreshness "old" < 24 hours; DataFreshness "loaded" > 1 days; DataFreshness "loaded" between 1 days and 3650 days; DataFreshness "loaded" not between 0 minutes and 100 hours
DataFreshness "loaded" > 1 days where "id > 1"; DataFreshness "loaded" < 9000 days where "id > 5"; DataFreshness "loaded" in [1 days, 2 hours]; DataFreshness "loaded" != 4 hours
IsPrimaryKey "id"; (IsComplete "city") or (RowCount = 6); ((RowCount > 1) and (RowCount > 100)) or (IsUnique "id"); RowCount > 1 and RowCount < 3 or ColumnExists "id"; Mean of "pay" > 3; Mean pay > 3
"""
RULES = [r.strip() for r in RULES.replace("\n", ";").split(";") if r.strip()]

SCALA = r'''
import scala.util.{Try, Success, Failure}
import com.amazon.deequ.anomalydetection._
import com.amazon.deequ.anomalydetection.seasonal.HoltWinters
import com.amazon.deequ.suggestions._
import com.amazon.deequ.suggestions.rules._
import com.amazon.deequ.dqdl.EvaluateDataQuality
import org.apache.spark.sql.types._
import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.module.scala.DefaultScalaModule

val mapper = new ObjectMapper(); mapper.registerModule(DefaultScalaModule)
val dir = sys.env("GOLDEN_DIR")
val in = mapper.readValue(new java.io.File(dir + "/in.json"), classOf[Map[String, Any]])
def num(x: Any): Double = x.asInstanceOf[Number].doubleValue
def opt(v: Double): Any = if (v.isNaN) "NaN" else v

val series = in("series").asInstanceOf[Map[String, Seq[Any]]].map { case (k, v) => (k, v.map(num).toVector) }
val strategies = in("strategies").asInstanceOf[Seq[Seq[Any]]].map { s =>
  val (name, a, b, c) = (s(0).asInstanceOf[String], num(s(1)), num(s(2)), num(s(3)))
  val by: AnomalyDetectionStrategy = name match {
    case "thresholds" => SimpleThresholdStrategy(a, b)
    case "relative" => RelativeRateOfChangeStrategy(Some(a), Some(b), c.toInt)
    case "absolute" => AbsoluteChangeStrategy(Some(a), Some(b), c.toInt)
    case "online" => OnlineNormalStrategy(Some(a), Some(b), c)
    case "batch" => BatchNormalStrategy(Some(a), Some(b), c != 0)
  }
  Map("strategy" -> name, "arguments" -> Seq(a, b, c), "found" -> series.map { case (k, x) =>
    (k, Seq(0, x.size / 2, x.size - 2).map { from => Try(by.detect(x, (from, x.size)).map { case (i, _) => i }) match { case Success(f) => f; case Failure(_) => null } }) })
}
def results(m: Any, field: String) = m.getClass.getMethod(field).invoke(m).asInstanceOf[Seq[Double]]
val hw = new HoltWinters(HoltWinters.MetricInterval.Daily, HoltWinters.SeriesSeasonality.Weekly)
val smooth = hw.getClass.getMethods.find(_.getName == "additiveHoltWinters").get
val weeks = series("weeks")
def model(x: Seq[Double], ahead: Int, r: Seq[Double]) = smooth.invoke(hw, x, Int.box(7), Int.box(ahead), Double.box(r(0)), Double.box(r(1)), Double.box(r(2)))
val rates = in("rates").asInstanceOf[Seq[Seq[Any]]].map(_.map(num)).map { r =>
  val m = model(weeks.take(49), 14, r)
  Map("rates" -> r, "forecasts" -> results(m, "forecasts"), "squares" -> results(m, "residuals").map(e => e * e).sum)
}
val select = hw.getClass.getDeclaredMethods.find(_.getName == "modelSelectionFor").get; select.setAccessible(true)
val best = select.invoke(hw, weeks.take(49), Int.box(14))
val fitted = best.getClass.getDeclaredFields.filter(_.getType == classOf[Double]).map { f => f.setAccessible(true); f.getDouble(best) }.toSeq
val fit = Map("rates" -> fitted, "squares" -> results(model(weeks.take(49), 14, fitted), "residuals").map(e => e * e).sum, "found" -> hw.detect(weeks, (49, 63)).map { case (i, _) => i })

def frame(name: String, kinds: Seq[(String, String)]) = {
  val schema = StructType(kinds.map { case (n, k) => StructField(n, if (k == "double") DoubleType else StringType, true) })
  spark.read.schema(schema).json(dir + "/" + name + ".json").coalesce(1).cache()
}
val kinds = in("kinds").asInstanceOf[Map[String, Seq[Seq[String]]]].map { case (k, v) => (k, v.map(x => (x(0), x(1)))) }
val suggested = ConstraintSuggestionRunner().onData(frame("columns", kinds("columns"))).addConstraintRules(Rules.DEFAULT).run().constraintSuggestions.map { case (c, s) =>
  (c.replace("`", ""), s.map { x => Map("rule" -> x.suggestingRule.getClass.getSimpleName, "code" -> x.codeForConstraint) }) }
val references = in("references").asInstanceOf[Seq[String]].map(n => (n, frame("ref_" + n, kinds(n)))).toMap
val people = frame("people", kinds("people"))
val rules = in("rules").asInstanceOf[Seq[String]].map { r =>
  Try(EvaluateDataQuality.process(people, "Rules = [ " + r + " ]", references).collect().head) match {
    case Success(row) => Map("rule" -> r, "outcome" -> row.getAs[String]("Outcome"), "reason" -> row.getAs[String]("FailureReason"),
      "metrics" -> row.getAs[Map[String, Double]]("EvaluatedMetrics").map { case (k, v) => (k, opt(v)) })
    case Failure(e) => Map("rule" -> r, "outcome" -> "Error", "reason" -> String.valueOf(e.getMessage).split("\n").head, "metrics" -> Map())
  }
}
mapper.writeValue(new java.io.File(dir + "/out.json"), Map("strategies" -> strategies, "rates" -> rates, "fit" -> fit, "suggested" -> suggested, "rules" -> rules))
System.exit(0)
'''


def kinds(table):
    return [[n, "double" if any(isinstance(v, float) for v in x) else "string"] for n, x in table.items()]


def rows(path, table):
    n = len(next(iter(table.values())))
    path.write_text("\n".join(json.dumps({c: x[i] for c, x in table.items()}) for i in range(n)))


def main():
    with tempfile.TemporaryDirectory() as dir:
        dir = pathlib.Path(dir)
        tables = {"columns": COLUMNS, "people": PEOPLE, **{"ref_" + n: x for n, x in REFERENCES.items()}}
        for n, x in tables.items():
            rows(dir / f"{n}.json", x)
        data = {"series": SERIES, "strategies": STRATEGIES, "rates": RATES, "rules": RULES, "references": list(REFERENCES),
                "kinds": {n.removeprefix("ref_"): kinds(x) for n, x in tables.items()}}
        out = deequ.run(dir, data, SCALA, "spark.sql.session.timeZone=UTC")
    golden.dump("quality/deequ_history.json", {"series": SERIES, "columns": COLUMNS, "people": PEOPLE, "references": REFERENCES, **out},
                **deequ.VERSIONS, numpy=np.__version__)


main()
