// Package moments accumulates weight, mean and central moments of a stream of
// numbers, and merges them. Blocks are shifted by their own mean and merged by
// the formulas of Chan and Pébay; the merged mean is held as a double-double
// (a sum of two floats), so the variance of data at an offset of 1e9 is right
// to the last digits. Sums of squares minus squares of sums are never taken.
//
// Sources: Chan, Golub, LeVeque (1983); Pébay, SAND2008-6212 (2008).
package moments

import (
	"math"
	"slices"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// Moments holds weight, mean and the second to fourth central moment sums. The
// zero value holds nothing. Copying copies the state.
type Moments struct {
	W          float64 // sum of the weights; the count where none were given
	mean, low  float64 // the mean is mean + low, |low| <= ulp(mean)/2
	M2, M3, M4 float64 // sums of w (x - mean)^k
}

// Mean returns the mean, NaN if the weight is 0.
func (m *Moments) Mean() float64 {
	if m.W == 0 {
		return math.NaN()
	}
	return m.mean + m.low
}

// Variance returns M2 / (W - ddof); NaN if the denominator is not positive.
func (m *Moments) Variance(ddof float64) float64 {
	d := m.W - ddof
	if !(d > 0) {
		return math.NaN()
	}
	return m.M2 / d
}

// Skewness returns the population skewness sqrt(W) M3 / M2^1.5, NaN where the
// variance is 0.
func (m *Moments) Skewness() float64 {
	if m.M2 == 0 {
		return math.NaN()
	}
	s := math.Sqrt(m.M2)
	return math.Sqrt(m.W) * (m.M3 / m.M2) / s
}

// Kurtosis returns the population excess kurtosis W M4 / M2^2 - 3, NaN where
// the variance is 0.
func (m *Moments) Kurtosis() float64 {
	if m.M2 == 0 {
		return math.NaN()
	}
	return m.W*(m.M4/m.M2)/m.M2 - 3
}

// FromSums returns the moments, up to the second, of data of total weight w
// whose sums of w (x - c) and w (x - c)^2 about a shift c are s1 and s2. The
// caller has chosen c within a few standard deviations of the mean; an overflow
// of s2 leaves M2 infinite.
func FromSums(w, c, s1, s2 float64) Moments {
	if w == 0 {
		return Moments{}
	}
	mean, low := twoSum(c, s1/w)
	m2 := s2 - s1/w*s1
	if math.IsInf(s2, 0) || math.IsNaN(m2) {
		m2 = math.Inf(1)
	}
	return Moments{W: w, mean: mean, low: low, M2: math.Max(m2, 0)}
}

// SumOfSquares returns the sum of w x^2, which is M2 + W mean^2.
func (m *Moments) SumOfSquares() float64 {
	return m.M2 + m.W*m.mean*m.mean + 2*m.W*m.mean*m.low
}

const (
	// blockSize is small enough for a block to stay in the first-level cache while
	// it is read twice, and large enough to make merging free.
	blockSize = 2048
	// partSize is what a core takes at a time.
	partSize = 32 * blockSize
)

// Add adds the numbers of x, each with weight 1, moments up to the second: after
// it, M3 and M4 mean nothing. NaN and infinities make M2 NaN.
func Add[F check.Float](m *Moments, x []F) {
	if len(x) <= partSize {
		add(m, x)
		return
	}
	inParts(m, len(x), func(m *Moments, lo, hi int) { add(m, x[lo:hi]) })
}

func add[F check.Float](m *Moments, x []F) {
	for len(x) > 0 {
		n := min(blockSize, len(x))
		b := block2(x[:n], m)
		m.Merge(&b)
		x = x[n:]
	}
}

// Add4 is Add with the third and fourth moment.
func Add4[F check.Float](m *Moments, x []F) {
	if len(x) <= partSize {
		add4(m, x)
		return
	}
	inParts(m, len(x), func(m *Moments, lo, hi int) { add4(m, x[lo:hi]) })
}

func add4[F check.Float](m *Moments, x []F) {
	for len(x) > 0 {
		n := min(blockSize, len(x))
		b := block4(x[:n])
		m.Merge(&b)
		x = x[n:]
	}
}

// AddWeighted adds the numbers of x with weights w of the same length, moments
// up to the fourth. Rows of weight 0 are skipped.
func AddWeighted[F check.Float](m *Moments, x []F, w []float64) {
	if len(x) <= partSize {
		addWeighted(m, x, w)
		return
	}
	inParts(m, len(x), func(m *Moments, lo, hi int) { addWeighted(m, x[lo:hi], w[lo:hi]) })
}

func addWeighted[F check.Float](m *Moments, x []F, w []float64) {
	for len(x) > 0 {
		n := min(blockSize, len(x))
		b := blockWeighted(x[:n], w[:n])
		m.Merge(&b)
		x, w = x[n:], w[n:]
	}
}

// inParts calls add for parts of n numbers, on several cores if there are many, and
// merges what they gathered into m in their order.
func inParts(m *Moments, n int, add func(m *Moments, lo, hi int)) {
	parts := make([]Moments, parallel.Blocks(n, partSize))
	parallel.For(n, partSize, func(b, lo, hi int) { add(&parts[b], lo, hi) })
	for i := range parts {
		m.Merge(&parts[i])
	}
}

// blockMean returns the mean of a block as a double-double, from differences to
// its first value.
func blockMean[F check.Float](x []F) (mean, low float64) {
	c := float64(x[0])
	s, _ := kernel.Deviations(x, c)
	return twoSum(c, s/float64(len(x)))
}

// block2 takes the squares about the mean of what was seen before, where that is
// within a standard deviation of the block's own, so that little cancels.
func block2[F check.Float](x []F, seen *Moments) Moments {
	n := float64(len(x))
	if seen.W > 0 {
		c := seen.mean
		e, q := kernel.Deviations(x, c)
		if m := e / n * e; m <= q-m {
			mean, low := twoSum(c, e/n)
			return Moments{W: n, mean: mean, low: low, M2: q - m}
		}
	}
	mean, low := blockMean(x)
	// The squares are taken about the rounded mean; e corrects for it.
	e, q := kernel.Deviations(x, mean)
	return Moments{W: n, mean: mean, low: low, M2: math.Max(q-float64(e*e)/n, 0)}
}

func block4[F check.Float](x []F) Moments {
	mean, low := blockMean(x)
	q, t, f := kernel.Deviations4(x, mean, low)
	return Moments{W: float64(len(x)), mean: mean, low: low, M2: q, M3: t, M4: f}
}

func blockWeighted[F check.Float](x []F, w []float64) Moments {
	i := slices.IndexFunc(w, func(v float64) bool { return v != 0 })
	if i < 0 {
		return Moments{}
	}
	c := float64(x[i])
	s := kernel.WeightedDeviations(x, w, c, 0)
	mean, low := twoSum(c, s[1]/s[0])
	s = kernel.WeightedDeviations(x, w, mean, low)
	return Moments{W: s[0], mean: mean, low: low, M2: s[2], M3: s[3], M4: s[4]}
}

// Merge adds what o holds. o stays as it was.
func (m *Moments) Merge(o *Moments) {
	if o.W == 0 {
		return
	}
	if m.W == 0 {
		*m = *o
		return
	}
	w := m.W + o.W
	d := (o.mean - m.mean) + (o.low - m.low)
	dw := d * (o.W / w)
	a, b := m.W/w, o.W/w
	d2 := d * d
	m.M4 += o.M4 + float64(d2*d2)*(m.W*b)*(a*a-a*b+b*b) +
		6*d2*(float64(a*a)*o.M2+float64(b*b)*m.M2) + 4*d*(a*o.M3-b*m.M3)
	m.M3 += o.M3 + float64(d2*d)*(m.W*b)*(a-b) + 3*d*(a*o.M2-b*m.M2)
	m.M2 += o.M2 + float64(d*dw)*m.W
	s, e := twoSum(m.mean, dw)
	m.mean, m.low = twoSum(s, e+m.low)
	m.W = w
}

// twoSum returns a + b and its rounding error (Knuth).
func twoSum(a, b float64) (sum, err float64) {
	sum = a + b
	bb := sum - a
	return sum, (a - (sum - bb)) + (b - bb)
}

// Append writes the state.
func (m *Moments) Append(w *codec.Writer) {
	for _, v := range [...]float64{m.W, m.mean, m.low, m.M2, m.M3, m.M4} {
		w.Float64(v)
	}
}

// Read reads what Append wrote, and fails the reader where it cannot be.
func Read(r *codec.Reader) Moments {
	m := Moments{W: r.Float64(), mean: r.Float64(), low: r.Float64(), M2: r.Float64(), M3: r.Float64(), M4: r.Float64()}
	if r.Err() == nil && !(m.W >= 0 && m.M2 >= 0 && m.M4 >= 0) {
		r.Fail("need moments with weight, M2 and M4 of at least 0")
	}
	return m
}

// Of returns the moments up to the second of data of weight w > 0, given the
// sum s of w (x - shift) and the sum q of w (x - shift)^2. It is as exact as the
// shift is near to the mean.
func Of(w, shift, s, q float64) Moments {
	mean, low := twoSum(shift, s/w)
	return Moments{W: w, mean: mean, low: low, M2: math.Max(q-s*(s/w), 0)}
}
