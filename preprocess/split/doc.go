// Package split parts the rows of a data set: train, validation and test parts
// in any shares, folds for cross-validation, resamples, and a check that
// nothing leaks from one part into another.
//
// It deals in row numbers and never sees or copies the data. The rows are
// described by a [Rows]: how many there are and, where a splitter needs them,
// the stratum, the group and the time of each:
//
//	rows := split.Rows{Strata: split.By(y), Groups: split.By(patient)}
//	folds, err := split.StratifiedGroupKFold{Folds: 5}.Split(rows)
//	for train, test := range folds {
//		...
//	}
//
// Every splitter is a plain struct whose zero value is the usual default, and
// satisfies [Splitter]. Those that draw at random take a Seed: the same seed
// gives the same folds on every machine and with any number of cores. Where no
// randomness is involved the folds are those of scikit-learn 1.9.1; where it
// is, their sizes are.
package split
