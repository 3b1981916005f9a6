package metrics

import (
	"fmt"
	"math"
	"slices"

	"golang.org/x/exp/constraints"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// AbsoluteErrors keeps the absolute error of every row, for their exact median
// and other quantiles; its memory grows with the rows. The zero value is ready.
// Copy it by Merge into a fresh one.
type AbsoluteErrors struct {
	errs    []float64
	weights []float64 // nil while all weights are 1
}

// Add adds a batch of rows, each with weight 1.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite; the receiver is then unchanged.
func (a *AbsoluteErrors) Add(yTrue, yPred []float64) error {
	return addErrors(a, "metrics.AbsoluteErrors.Add", yTrue, yPred, nil)
}

// AddFloat32 is Add for float32 data.
func (a *AbsoluteErrors) AddFloat32(yTrue, yPred []float32) error {
	return addErrors(a, "metrics.AbsoluteErrors.AddFloat32", yTrue, yPred, nil)
}

// AddWeighted adds a batch of rows with weights; rows of weight 0 do not count.
//
// Errors: as Add, and ErrRange for a negative weight.
func (a *AbsoluteErrors) AddWeighted(yTrue, yPred, weights []float64) error {
	const fn = "metrics.AbsoluteErrors.AddWeighted"
	if err := check.Weights(fn, "weights", len(yTrue), weights); err != nil {
		return err
	}
	return addErrors(a, fn, yTrue, yPred, weights)
}

func addErrors[F check.Float](a *AbsoluteErrors, fn string, yTrue, yPred []F, w []float64) error {
	if err := check.Pair(fn, "yTrue", len(yTrue), "yPred", len(yPred)); err != nil {
		return err
	}
	n := len(a.errs)
	errs := slices.Grow(a.errs, len(yTrue))[:n+len(yTrue)]
	fresh, yPred := errs[n:][:len(yTrue)], yPred[:len(yTrue)]
	var faults float64 // NaN after an error that is NaN or infinite
	for i, y := range yTrue {
		e := math.Abs(float64(y) - float64(yPred[i]))
		faults += e * 0
		fresh[i] = e
	}
	if faults != 0 {
		return notFinite(fn, yTrue, yPred)
	}
	if w != nil {
		kept := 0
		for i, v := range w {
			fresh[kept] = fresh[i]
			if v > 0 {
				kept++
			}
		}
		errs = errs[:n+kept]
	}
	if w != nil && a.weights == nil {
		a.weights = ones(n)
	}
	if a.weights != nil {
		for i := range yTrue {
			switch {
			case w == nil:
				a.weights = append(a.weights, 1)
			case w[i] > 0:
				a.weights = append(a.weights, w[i])
			}
		}
	}
	a.errs = errs
	return nil
}

func ones(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

// Merge adds what o gathered. o is unchanged. It never fails.
func (a *AbsoluteErrors) Merge(o *AbsoluteErrors) error {
	if o.weights != nil && a.weights == nil {
		a.weights = ones(len(a.errs))
	}
	if a.weights != nil {
		w := o.weights
		if w == nil {
			w = ones(len(o.errs))
		}
		a.weights = append(a.weights, w...)
	}
	a.errs = append(a.errs, o.errs...)
	return nil
}

// Reset forgets all rows.
func (a *AbsoluteErrors) Reset() { *a = AbsoluteErrors{} }

// Rows returns the number of rows of positive weight.
func (a *AbsoluteErrors) Rows() int { return len(a.errs) }

// Median returns the median absolute error; with weights it is the averaged
// inverted distribution function, as Quantile has it.
//
// Errors: ErrEmpty. Source: scikit-learn 1.9 median_absolute_error.
func (a *AbsoluteErrors) Median() (float64, error) { return a.quantile("Median", 0.5) }

// Quantile returns the q-quantile of the absolute errors by the averaged
// inverted distribution function: the smallest error e at which the share of
// weight up to e exceeds q, averaged with the one before where the share is q.
//
// Errors: ErrEmpty, ErrRange for q outside [0, 1]. Source: Hyndman and Fan
// (1996), definition 2.
func (a *AbsoluteErrors) Quantile(q float64) (float64, error) { return a.quantile("Quantile", q) }

func (a *AbsoluteErrors) quantile(fn string, q float64) (float64, error) {
	if err := check.In("AbsoluteErrors."+fn, "q", q, 0, 1); err != nil {
		return 0, err
	}
	if len(a.errs) == 0 {
		return 0, fmt.Errorf("metrics.AbsoluteErrors.%s: need at least one row of positive weight, have none: %w", fn, mlgauge.ErrEmpty)
	}
	return weightedQuantile(a.errs, a.weights, q, true), nil
}

// weightedQuantile returns the inverted distribution function at q of values
// with weights (nil means 1; zeros are skipped), averaged with the next value
// where the cumulative weight hits q. x is unchanged. NaN if no weight is
// positive.
func weightedQuantile(x, w []float64, q float64, average bool) float64 {
	if w == nil {
		if len(x) == 0 {
			return math.NaN()
		}
		i, two := quantileRank(len(x), q)
		if average && two {
			s := kernel.Ranks(nil, x, []int{i, i + 1})
			return s[0]/2 + s[1]/2
		}
		return kernel.Ranks(nil, x, []int{i})[0]
	}
	var s, c []float64
	for i, v := range w {
		if v > 0 {
			s, c = append(s, x[i]), append(c, v)
		}
	}
	if len(s) == 0 {
		return math.NaN()
	}
	kernel.SortWeighted(s, c)
	var t float64
	for k, v := range c { // c becomes the distribution function
		t += v
		c[k] = t
	}
	h := q * t
	k, _ := slices.BinarySearch(c, h)
	k = min(k, len(s)-1)
	// The tolerance scales with the total, so that weights of any size hit.
	if average && h > 0 && c[k]-h <= eps64*t && k+1 < len(s) {
		return s[k]/2 + s[k+1]/2
	}
	return s[k]
}

// quantileRank returns the rank at which the inverted distribution function of n rows
// exceeds q, and whether the share up to it is q.
func quantileRank(n int, q float64) (i int, hit bool) {
	h := q * float64(n)
	i = min(max(int(math.Ceil(h))-1, 0), n-1)
	return i, float64(i+1)-h <= eps64 && h > 0 && i+1 < n
}

// MedianInterval returns the median absolute error with the interval between two
// order statistics whose ranks come from the binomial distribution; it assumes no
// distribution of the errors, and covers at least the level.
//
// Errors: ErrEmpty, ErrRange for the level or for weights other than 1,
// ErrUndefined where too few rows are there for the level. Source: Conover,
// Practical Nonparametric Statistics (1999), section 3.2.
func (a *AbsoluteErrors) MedianInterval(level float64) (Interval, error) {
	const fn = "metrics.AbsoluteErrors.MedianInterval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	m, err := a.Median()
	if err != nil {
		return Interval{}, err
	}
	for i, w := range a.weights {
		if w != 1 {
			return Interval{}, fmt.Errorf("%s: weights: need weights of 1, have %v at row %d: %w", fn, w, i, mlgauge.ErrRange)
		}
	}
	k := medianRank(len(a.errs), level)
	if k < 1 {
		return Interval{}, fmt.Errorf("%s: level: need more rows for a level of %v, have %d: %w", fn, level, len(a.errs), mlgauge.ErrUndefined)
	}
	s := kernel.Ranks(nil, a.errs, []int{k - 1, len(a.errs) - k})
	return Interval{Value: m, Low: s[0], High: s[1], Level: level}, nil
}

// medianRank returns the largest k with P(Binomial(n, 1/2) <= k-1) <= (1-level)/2,
// 0 if there is none.
func medianRank(n int, level float64) int {
	lgn, _ := math.Lgamma(float64(n) + 1)
	var tail float64
	for k := range n/2 + 1 {
		lk, _ := math.Lgamma(float64(k) + 1)
		lnk, _ := math.Lgamma(float64(n-k) + 1)
		tail += math.Exp(lgn - lk - lnk - float64(n)*math.Ln2)
		if tail > (1-level)/2 {
			return k
		}
	}
	return n / 2
}

const absoluteErrorsTag = "metrics.AbsoluteErrors/1"

// MarshalBinary returns the state as bytes.
func (a *AbsoluteErrors) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(absoluteErrorsTag)
	w.Float64s(a.errs)
	w.Float64s(a.weights)
	return w.Finish(), nil
}

// UnmarshalBinary restores a state that MarshalBinary wrote.
//
// Errors: ErrCorrupt; the receiver is then unchanged.
func (a *AbsoluteErrors) UnmarshalBinary(data []byte) error {
	in := codec.NewReader("metrics.AbsoluteErrors.UnmarshalBinary", absoluteErrorsTag, data)
	v := AbsoluteErrors{errs: in.Float64s(), weights: in.Float64s()}
	if in.Err() == nil {
		if v.weights != nil && len(v.weights) != len(v.errs) {
			in.Fail("need %d weights, have %d", len(v.errs), len(v.weights))
		}
		for _, e := range v.errs {
			if !(e >= 0 && e <= math.MaxFloat64) {
				in.Fail("need finite errors of at least 0, have %v", e)
				break
			}
		}
		for _, w := range v.weights {
			if !(w > 0 && w <= math.MaxFloat64) {
				in.Fail("need finite weights above 0, have %v", w)
				break
			}
		}
	}
	if err := in.Close(); err != nil {
		return err
	}
	*a = v
	return nil
}

// MedianAE returns the median absolute error; see AbsoluteErrors.Median.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite.
func MedianAE[F constraints.Float](yTrue, yPred []F) (float64, error) {
	const fn = "metrics.MedianAE"
	if err := check.Pair(fn, "yTrue", len(yTrue), "yPred", len(yPred)); err != nil {
		return 0, err
	}
	i, two := quantileRank(len(yTrue), 0.5)
	at, next, ok := kernel.ErrorRanks(yTrue, yPred, i)
	if !ok {
		return 0, notFinite(fn, yTrue, yPred)
	}
	if two {
		return at/2 + next/2, nil
	}
	return at, nil
}
