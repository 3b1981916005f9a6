package mlgauge

import "errors"

// The sentinels. Every error of the library that depends on data wraps exactly
// one of them, so that a caller can tell the cases apart with errors.Is.
var (
	// ErrLength is wrapped when two arguments that go together differ in
	// length, or a matrix has the wrong number of rows or columns.
	ErrLength = errors.New("lengths do not agree")

	// ErrEmpty is wrapped when there is nothing to compute from: no rows, no
	// columns, or a statistic to which nothing was added.
	ErrEmpty = errors.New("no data")

	// ErrNotFinite is wrapped when NaN or an infinity stands where the
	// function does not accept it, and when a result would overflow.
	ErrNotFinite = errors.New("value is not finite")

	// ErrRange is wrapped when a finite value or an option is outside its
	// domain: a probability above 1, a negative weight, k larger than the
	// data, an option that does not exist.
	ErrRange = errors.New("value out of range")

	// ErrUndefined is wrapped when the formula has no value on this data: AUC
	// with one class, R2 of one row, a correlation with a constant.
	ErrUndefined = errors.New("undefined on this data")

	// ErrUnknownCategory is wrapped when a label or category was not among
	// those declared or seen when fitting.
	ErrUnknownCategory = errors.New("unknown category")

	// ErrNotFitted is wrapped when a transformer is used before Fit.
	ErrNotFitted = errors.New("not fitted")

	// ErrIncompatible is wrapped by Merge when the two statistics were made
	// with different options, so that their sum would mean nothing.
	ErrIncompatible = errors.New("statistics are not compatible")

	// ErrNotConverged is wrapped when an iterative method did not reach its
	// stated tolerance within its stated number of rounds.
	ErrNotConverged = errors.New("did not converge")

	// ErrCorrupt is wrapped when stored bytes (a saved statistic, a file) are
	// cut short, damaged, or of an unknown version.
	ErrCorrupt = errors.New("corrupt data")
)
