// Package metrics compares predictions with the truth: confusion counts,
// ranking, probability and regression, each with confidence intervals.
package metrics
