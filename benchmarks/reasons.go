package main

// growthReasons say why the cost per element of a case grows with the data. They are
// written beside the figures where growth exceeds notFlat.
var growthReasons = map[string]string{
	"AUC":                               scattered,
	"average precision":                 scattered,
	"ROC curve":                         scattered + ", and the curve is three slices in pages that are touched for the first time",
	"precision-recall curve":            scattered + ", and the curve is three slices in pages that are touched for the first time",
	"histogram of 10 bins, exact edges": "the column is read twice, for its range and for the counts, and leaves the caches",
	"ordinal transform, 100000 keys":    "at ten thousand rows a tenth of the keys occurs at most, and their table stays in the caches",
	"Cramer-von Mises":                  "both samples are sorted, in copies that leave the caches",
}

// scattered stands where scores are sorted by scattering them into buckets.
const scattered = "scores are scattered into buckets, of which the caches hold a smaller part the more there are"

// memoryReason stands where a case does no more than its memory must, unless it has a
// reason of its own.
const memoryReason = "memory is the limit, and gives less as the arrays leave the caches: see *of memory*"

// fasterPeer stands where a goal was set against an older release of the peer, which took
// as much as it says.
func fasterPeer(then string) string {
	return "the goal was set against " + then + "; the peer's release of today is faster"
}

// words stands where strings are looked up one by one.
const words = "a profile shows the collector's scan of the million strings as the greatest part, about half of a call that it falls in, and the lookups of the words as the next"

// alike stands where both samples come from one distribution.
const alike = "the samples are alike, so that the greatest difference is small and many buckets could hold it: both samples are read three times, for their range, for the counts and for the values in those buckets; and SciPy takes half of the 226 ns that the goal was set against"

// inSpread stands where some of the rounds reach the goal and some do not.
const inSpread = "the goal lies within the spread of the rounds"

// processor stands where vectors reach their goal and the portable loop does not.
const processor = "reached with vectors; value by value the processor is the limit and not the memory, from which the vector loop takes the same values in about half the time or less"

// shuffling stands where a cheap model is called with shuffled columns.
const shuffling = "a profile at 100,000 rows, ns a prediction: the model's own product 4 to 5 (the peer's 11, of 70), and 2.3 to 4 to write a column of values from random rows over rows that lie in the second cache, where vector gathers, prefetching and huge pages changed nothing"

// elsewhere stands for a machine that is not of the kind that the goals were set on.
const elsewhere = "the goal was set on a machine with AVX-512 and a second-level cache of 2 MB, where it is reached; this one has neither"

// notReached says, by case, why a goal is not reached. It is written beside each goal that
// the figures miss.
var notReached = map[string]string{
	"mean and variance":                              "with assembly, memory is the limit: see *of memory*",
	"confusion, 2 classes, uint8":                    fasterPeer("scikit-learn 1.4.2, 116 ns"),
	"confusion, 10 classes, uint8":                   fasterPeer("scikit-learn 1.4.2, 140 ns") + "; and the form that counts many pairs at a time needs AVX-512",
	"Kolmogorov-Smirnov":                             alike,
	"Kolmogorov-Smirnov, different samples":          fasterPeer("SciPy 1.15.3, 226 ns"),
	"read CSV, 10 columns of numbers":                fasterPeer("pandas 2.2.3, 8.7 ns a byte"),
	"min-max fit":                                    inSpread,
	"MSE":                                            inSpread,
	"R2":                                             inSpread,
	"MSE, MAE and R2 in one pass":                    inSpread,
	"PSI counts in 10 given bins":                    inSpread,
	"standard transform in place":                    processor,
	"L2 rows into a given matrix":                    processor,
	"L1 rows into a given matrix":                    processor,
	"histogram of 10 bins, exact edges":              processor,
	"robust fit":                                     "the matrix is read three times, for the ranges, for the counts and for the values around the quartiles, and ten million values leave the caches: at a million the goal is reached where the second-level cache has 2 MB",
	"Wasserstein, similar samples":                   "both samples are read three times, for their range, for the buckets and for the values in those where the difference of the distributions changes its sign",
	"ten bias measures of a facet":                   "the goal is that of the whole bias report, which does more than these ten measures",
	"one-hot fit and transform, 10 keys":             words,
	"one-hot fit and transform, 1000 keys":           words,
	"target means, crossed, 1000 keys":               words,
	"target means from codes, 1000 keys":             "a profile shows the sums and then the squares about the means by category, two passes over blocks that the second cache holds, as 60% of the time: the squares are for the shrinkage, and pandas is not asked for them",
	"permutation importance, linear model":           shuffling + ", and keeping the predictions for a metric that must see them at once takes 2 to 3",
	"permutation importance, linear model, gathered": shuffling,
}
