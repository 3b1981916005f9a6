// Package preprocess turns numeric columns into better numbers: it fills in or
// flags what is missing, scales, straightens skew, finds outliers and cuts into
// bins.
//
// A transformer is a plain struct. Its exported options come first and their
// zero values are the usual defaults; Fit sets the exported parameters that
// follow; Transform writes into a dst that may be nil, and that may be the
// source where the width stays the same:
//
//	var s preprocess.Standard
//	err := s.Fit(train)
//	z, err := s.Transform(nil, test)
//	err = s.TransformRow(row, row)   // serving: allocates nothing
//
// Rows are observations and columns are features. NaN is a missing value:
// scalers skip it when fitting and pass it through; an infinity is refused with
// mlgauge.ErrNotFinite. Fitting accumulates a mergeable statistic and derives
// the parameters, so most transformers also have PartialFit (more rows), Merge
// (the rows of another shard) and a binary form that can be resumed; their JSON
// form holds options and parameters.
//
// # Where to find what
//
//   - Missing values: Simple (mean, median, mode, constant), Group (by group),
//     Category (strings and codes), Fill (forward, backward, linear, by time), KNN,
//     Iterative, MissingIndicator; Drop, DropColumns and MissingShare to delete.
//   - Scaling: Standard, MinMax, MaxAbs, Robust, Normalizer (rows); Quantile,
//     PowerTransform (Box-Cox, Yeo-Johnson), Log1p and Function for the shape.
//   - Outliers: Outliers (Tukey, z, modified z, quantile fences: report, flag,
//     clip, drop), IsolationForest, ZScores, ModifiedZScores, Winsorize.
//   - Bins: Bins (equal frequency, equal width, k-means, custom edges).
//   - Making features: Polynomial, Combine (ratios, differences), Lags, Shift, Diff,
//     RelativeChange, Rolling and Expanding (of a series), Windows (of a matrix),
//     Cyclic, Calendar, Splines.
//   - Choosing features: VarianceThreshold, CorrelationFilter, VIFFilter,
//     InformationValueFilter, PSIFilter, Select (k best, percentile, FDR, FWE) by
//     MutualInfo, Chi2, FClassif or FRegression; Eliminate, Sequential and Permute
//     over a callback.
//   - Fewer columns: PCA, IncrementalPCA, TruncatedSVD; Covariance is the statistic
//     behind them.
//   - Duplicates: Duplicates (exact), Fuzzy (by EditSimilarity, JaroWinkler,
//     TokenSet or another Similarity), NearDuplicates (MinHash and LSH over millions
//     of strings).
//   - Augmentation: Jitter, Mixup, CutMix.
//   - Several steps: Chain, which is fitted, served and saved as one.
//
// Splits into parts and folds are in the package split below this one.
//
// A fit that fails leaves the transformer as it was. A transform that fails
// leaves dst in an unspecified state. Results do not depend on the number of
// cores. A fitted transformer may be used by several goroutines at once as long
// as none of them fits it.
package preprocess
