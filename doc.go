// Package mlgauge measures machine-learning models and data, and prepares
// features, in pure Go.
//
// This root package holds only the errors that every room of the library
// wraps. The work is in the rooms:
//
//   - metrics: predictions against the truth (confusion, ranking, probability,
//     regression), with confidence intervals
//   - preprocess, preprocess/split: numeric columns, and how to part the rows
//   - encoding, encoding/text: categories and text into numbers
//   - drift: two distributions, streams, control charts
//   - bias, bias/mitigate: groups
//   - quality: one data set
//   - explain, experiment: why the model said so, and which variant won
//   - table: named columns with missing values, read from files in batches
//   - cmd/mlgauge: the program
//
// # One idea: statistic, then formula
//
// Every measure is a formula over a sufficient statistic, and the statistic is
// the type that does the work. Its zero value is ready; Add takes a batch,
// AddWeighted a weighted one; Merge takes the statistic of another shard,
// goroutine or machine; the formulas are cheap methods on it:
//
//	var c metrics.Confusion[string]
//	err := c.Add(yTrue, yPred)
//	err = c.Merge(&other)
//	f1, err := c.F1(metrics.Macro)
//
// A function of the same name (metrics.F1(yTrue, yPred, metrics.Macro)) builds
// the statistic, adds one batch and asks.
//
// # Errors
//
// Whatever depends on data is an error: it names the function, the argument,
// what is needed and what was given, and wraps one of the sentinels below. A
// failed call leaves its receiver as it was. No function modifies its inputs
// unless its documentation says that dst may be the source.
package mlgauge
