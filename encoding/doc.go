// Package encoding turns categories into numbers.
//
// A categorical column is a [Column]: the labels of its rows, or codes into a
// list of categories. Labels are hashed once, by a [Dictionary]; every encoder
// works on codes, so a column that holds codes already costs a table lookup
// per row.
//
// Encoders that look at the columns alone:
//
//   - [OneHot] (dense and sparse), [Ordinal], [Label], [BaseN] (binary and any
//     base), [Gray], [RankHot], [Contrast], [Count], [Hashing], [RareLabel],
//     [Similarity]; [LabelBinarizer] and [MultiLabelBinarizer] for targets
//
// Encoders that look at a target as well:
//
//   - [Target], [LeaveOneOut], [CatBoost], [MEstimate], [JamesStein], [WOE],
//     [Quantile], [Embedding]
//
// An encoder of the second kind leaks the target into its training rows when
// Fit is followed by Transform on the same rows. Use FitTransform, or
// [CrossFit], which encode each row from statistics that the row is no part of,
// and [Leakage] to see the difference.
//
// Every encoder is fitted from statistics per category ([Tally], [TargetStats])
// that add up: PartialFit adds a batch, Merge adds what another shard has seen.
// Fitted encoders marshal to JSON with their statistics. Transform reads only,
// so one fitted encoder may serve many goroutines.
package encoding
