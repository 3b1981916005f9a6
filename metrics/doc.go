// Package metrics compares predictions with the truth: confusion counts,
// ranking, probability and regression, each with confidence intervals.
//
// Every measure is a formula over a statistic. The statistic takes batches
// (Add, AddWeighted), merges with that of another shard (Merge), and is saved
// and loaded (MarshalBinary, UnmarshalBinary); the formulas are cheap methods.
// A function of the formula's name builds it, adds one batch and asks:
//
//	f1, err := metrics.F1(yTrue, yPred, metrics.Macro)
//
// # Classes
//
//   - Confusion counts every true class against every predicted one, for labels
//     of any ordered type; Binary is the table of one class against the rest.
//   - Averages over classes are asked for by name: Micro, Macro or Weighted.
//   - A rate whose denominator is zero is 0, as in scikit-learn, unless
//     ZeroDivision says otherwise; a formula that has no value on the data is
//     NaN with an error that wraps mlgauge.ErrUndefined.
//   - Multilabel and LabelRanking take several labels per row, TopK and Hinge
//     scores instead of labels, McNemar two classifiers on the same rows.
//
// # Intervals
//
// A proportion is a Rate, and its Interval one call away, by the method of
// choice:
//
//	iv, err := b.PrecisionRate().Interval(metrics.Wilson, 0.95)
//
// Scores that are no proportions have an Interval of their own: F1Interval,
// MCCInterval, KappaInterval and so on.
//
// # NaN
//
// Metrics refuse NaN: a label, a score or a weight that is NaN is an error that
// wraps mlgauge.ErrNotFinite, and the statistic stays as it was.
package metrics
