package metrics

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// DeLong is an area under the ROC curve with its variance. Get one from
// ROC.DeLong.
type DeLong struct {
	AUC, Variance        float64
	Positives, Negatives int
}

// DeLong returns the AUC with DeLong's variance. With the placement value of a
// positive row V10 = share of negatives below it (ties half), and of a negative
// row V01 = share of positives above it,
//
//	variance = S10 / #pos + S01 / #neg
//
// where S10 and S01 are the sample variances (over #-1) of the placement
// values. Time is that of a radix sort, O(n).
//
// One row only in a class, or none, wraps mlgauge.ErrUndefined, and so does a
// row of a weight other than 1, for which the variance is not defined; no rows wrap
// mlgauge.ErrEmpty.
//
// Source: DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988); Sun and Xu,
// IEEE Signal Processing Letters 21 (2014).
func (r *ROC) DeLong() (DeLong, error) { return r.s.delong("metrics.ROC.DeLong") }

func (s *scores) delong(fn string) (DeLong, error) {
	if err := s.unweighted(fn); err != nil {
		return DeLong{}, err
	}
	pos, neg, done := s.split()
	defer done()
	if err := twoOfEach(fn, len(pos), len(neg)); err != nil {
		return DeLong{}, err
	}
	auc, err := s.auc(fn)
	if err != nil {
		return DeLong{}, err
	}
	m, n := float64(len(pos)), float64(len(neg))
	d := DeLong{AUC: auc, Positives: len(pos), Negatives: len(neg)}
	var s10, s01 float64
	placements(pos, neg, func(below2 int) {
		v := float64(below2)/(2*n) - auc
		s10 += v * v
	})
	placements(neg, pos, func(below2 int) {
		v := 1 - float64(below2)/(2*m) - auc
		s01 += v * v
	})
	d.Variance = s10/(m-1)/m + s01/(n-1)/n
	return d, nil
}

// placements calls f for each a with twice the number of b below it plus the
// number equal; both are sorted.
func placements(a, b []float64, f func(below2 int)) {
	below, upTo := 0, 0
	for _, v := range a {
		for below < len(b) && b[below] < v {
			below++
		}
		upTo = max(upTo, below)
		for upTo < len(b) && b[upTo] == v {
			upTo++
		}
		f(below + upTo)
	}
}

func (s *scores) unweighted(fn string) error {
	if err := s.some(fn); err != nil {
		return err
	}
	for _, w := range s.weight {
		if w != 1 {
			return undefinedFor(fn, "rows without weights", "a row of weight "+strconv.FormatFloat(w, 'g', -1, 64))
		}
	}
	return nil
}

func twoOfEach(fn string, positives, negatives int) error {
	if positives < 2 || negatives < 2 {
		return fmt.Errorf("%s: yTrue: need at least two rows of each class, have %d positive and %d negative: %w",
			fn, positives, negatives, mlgauge.ErrUndefined)
	}
	return nil
}

// Interval returns the AUC with the normal interval AUC +- z sqrt(variance),
// cut off at 0 and 1. A level outside (0, 1) wraps mlgauge.ErrRange.
func (d DeLong) Interval(level float64) (Interval, error) {
	if err := check.Level("metrics.DeLong.Interval", level); err != nil {
		return Interval{}, err
	}
	h := normalQuantile(level) * math.Sqrt(d.Variance)
	return Interval{Value: d.AUC, Low: max(d.AUC-h, 0), High: min(d.AUC+h, 1), Level: level}, nil
}

// LogitInterval returns the AUC with an interval that is symmetric on the logit
// scale, which stays inside (0, 1) and holds its level better near the ends:
//
//	expit(logit(AUC) +- z sqrt(variance) / (AUC (1 - AUC)))
//
// An AUC of 0 or 1 wraps mlgauge.ErrUndefined, a level outside (0, 1)
// mlgauge.ErrRange.
func (d DeLong) LogitInterval(level float64) (Interval, error) {
	const fn = "metrics.DeLong.LogitInterval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	return logitInterval(fn, d.AUC, math.Sqrt(d.Variance)/(d.AUC*(1-d.AUC)), level)
}

// Interval returns the AUC with DeLong's normal interval; see DeLong.Interval,
// and DeLong.LogitInterval for an AUC near 0 or 1. Errors are those of
// ROC.DeLong and DeLong.Interval.
func (r *ROC) Interval(level float64) (Interval, error) {
	const fn = "metrics.ROC.Interval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	d, err := r.s.delong(fn)
	if err != nil {
		return Interval{}, err
	}
	return d.Interval(level)
}

// AUCInterval returns the AUC of one batch with DeLong's interval; see
// ROC.Interval.
func AUCInterval[F check.Float](yTrue []bool, score []F, level float64) (Interval, error) {
	const fn = "metrics.AUCInterval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	s, err := oneShot(fn, yTrue, score)
	if err != nil {
		return Interval{}, err
	}
	if err := check.Finite(fn, "score", s.score); err != nil {
		return Interval{}, err
	}
	d, err := s.delong(fn)
	if err != nil {
		return Interval{}, err
	}
	return d.Interval(level)
}

// An AUCDifference compares two areas under the ROC curve.
type AUCDifference struct {
	A, B       DeLong
	Covariance float64 // of the two areas; 0 if the samples are independent
	Difference float64 // A.AUC - B.AUC
	Variance   float64 // of the difference
	Z          float64 // Difference / sqrt(Variance)
	PValue     float64 // two-sided, of Z under the normal distribution
}

// DeLongPaired compares two scores of the same rows by DeLong's test:
//
//	Z = (AUC_a - AUC_b) / sqrt(Var_a + Var_b - 2 Cov_ab)
//
// Where the variance of the difference is zero (scores of the same order, or
// two that are both perfect), a zero difference gives Z = 0 and PValue 1, any
// other Z infinite and PValue 0. Time is that of radix sorts, O(n).
//
// Lengths that differ wrap mlgauge.ErrLength, no rows mlgauge.ErrEmpty, a score
// that is NaN or infinite mlgauge.ErrNotFinite, fewer than two rows in a class
// mlgauge.ErrUndefined.
//
// Source: DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988); Sun and Xu,
// IEEE Signal Processing Letters 21 (2014).
func DeLongPaired(yTrue []bool, scoreA, scoreB []float64) (AUCDifference, error) {
	const fn = "metrics.DeLongPaired"
	if err := check.Pair(fn, "yTrue", len(yTrue), "scoreA", len(scoreA)); err != nil {
		return AUCDifference{}, err
	}
	if err := check.Length(fn, "scoreB", len(yTrue), len(scoreB)); err != nil {
		return AUCDifference{}, err
	}
	if err := check.Finite(fn, "scoreA", scoreA); err != nil {
		return AUCDifference{}, err
	}
	if err := check.Finite(fn, "scoreB", scoreB); err != nil {
		return AUCDifference{}, err
	}
	m := 0
	for _, y := range yTrue {
		if y {
			m++
		}
	}
	n := len(yTrue) - m
	if err := twoOfEach(fn, m, n); err != nil {
		return AUCDifference{}, err
	}
	var d AUCDifference
	order := make([]int, len(yTrue))
	placed := make([]float64, 2*len(yTrue))
	va, vb := placed[:len(yTrue)], placed[len(yTrue):]
	aucs := [2]float64{rowPlacements(va, order, yTrue, scoreA, m, n), rowPlacements(vb, order, yTrue, scoreB, m, n)}
	// Placement values of positives, then of negatives: each class has its own
	// sums, centred on the AUC, which is their mean.
	var ss [2][3]float64
	for i, y := range yTrue {
		a, b := va[i]-aucs[0], vb[i]-aucs[1]
		c := 1
		if y {
			c = 0
		}
		ss[c][0] += a * a
		ss[c][1] += b * b
		ss[c][2] += a * b
	}
	of := func(k int) float64 {
		p, q := float64(m), float64(n)
		return ss[0][k]/(p-1)/p + ss[1][k]/(q-1)/q
	}
	d.A = DeLong{aucs[0], of(0), m, n}
	d.B = DeLong{aucs[1], of(1), m, n}
	d.Covariance = of(2)
	// The variance of the difference from the differences themselves: no
	// cancellation where the scores agree.
	var s10, s01 float64
	delta := aucs[0] - aucs[1]
	same := true
	for i, y := range yTrue {
		v := va[i] - vb[i]
		same = same && v == 0
		v -= delta
		if y {
			s10 += v * v
		} else {
			s01 += v * v
		}
	}
	if !same {
		p, q := float64(m), float64(n)
		d.Variance = s10/(p-1)/p + s01/(q-1)/q
	}
	d.test()
	return d, nil
}

// rowPlacements writes to v, row by row, the share of the other class that the row
// beats: negatives below a positive, positives above a negative. It returns the AUC;
// order is scratch.
func rowPlacements(v []float64, order []int, y []bool, x []float64, m, n int) float64 {
	order = kernel.Argsort(order, x)
	var pos, neg int     // rows below
	var high, low uint64 // twice the pairs won, ties once
	for i := 0; i < len(order); {
		p, q := 0, 0
		j := i
		for ; j < len(order) && x[order[j]] == x[order[i]]; j++ {
			if y[order[j]] {
				p++
			} else {
				q++
			}
		}
		for ; i < j; i++ {
			if y[order[i]] {
				v[order[i]] = float64(2*neg+q) / float64(2*n)
			} else {
				v[order[i]] = 1 - float64(2*pos+p)/float64(2*m)
			}
		}
		h, l := bits.Mul64(uint64(p), uint64(2*neg+q))
		var carry uint64
		low, carry = bits.Add64(low, l, 0)
		high += h + carry
		pos += p
		neg += q
	}
	return wins(high, low, uint64(m), uint64(n))
}

// DeLongUnpaired compares the AUCs of two independent samples:
//
//	Z = (AUC_a - AUC_b) / sqrt(Var_a + Var_b)
//
// Errors are those of ROC.DeLong. Source: as DeLongPaired.
func DeLongUnpaired(a, b *ROC) (AUCDifference, error) {
	const fn = "metrics.DeLongUnpaired"
	var d AUCDifference
	var err error
	if d.A, err = a.s.delong(fn + ": a"); err != nil {
		return AUCDifference{}, err
	}
	if d.B, err = b.s.delong(fn + ": b"); err != nil {
		return AUCDifference{}, err
	}
	d.Variance = d.A.Variance + d.B.Variance
	d.test()
	return d, nil
}

func (d *AUCDifference) test() {
	d.Difference = d.A.AUC - d.B.AUC
	switch {
	case d.Difference == 0:
		d.Z = 0
	case d.Variance == 0:
		d.Z = math.Copysign(math.Inf(1), d.Difference)
	default:
		d.Z = d.Difference / math.Sqrt(d.Variance)
	}
	d.PValue = min(2*distuv.UnitNormal.CDF(-math.Abs(d.Z)), 1)
}

// Interval returns the difference with its normal interval, cut off at -1 and
// 1. A level outside (0, 1) wraps mlgauge.ErrRange.
func (d AUCDifference) Interval(level float64) (Interval, error) {
	if err := check.Level("metrics.AUCDifference.Interval", level); err != nil {
		return Interval{}, err
	}
	h := normalQuantile(level) * math.Sqrt(d.Variance)
	return Interval{Value: d.Difference, Low: max(d.Difference-h, -1), High: min(d.Difference+h, 1), Level: level}, nil
}
