package preprocess

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// KnotPlacement says where the knots of a spline lie.
type KnotPlacement int

const (
	// UniformKnots lie at equal distances from the minimum to the maximum.
	UniformKnots KnotPlacement = iota
	// QuantileKnots lie at quantiles, from the minimum to the maximum.
	QuantileKnots
)

// Extrapolation says what a spline is beyond its first and last knot.
type Extrapolation int

const (
	// ExtrapolateConstant keeps the values at the ends.
	ExtrapolateConstant Extrapolation = iota
	// ExtrapolateLinear goes on with the slopes at the ends.
	ExtrapolateLinear
	// ExtrapolateContinue goes on with the polynomials of the end intervals.
	ExtrapolateContinue
	// ExtrapolatePeriodic repeats the interval, and joins its ends smoothly.
	ExtrapolatePeriodic
	// ExtrapolateError reports such a value (ErrRange).
	ExtrapolateError
)

// Splines turns every column into a basis of B-splines, so that a linear model
// of the new columns is a smooth curve of the old one. The zero value makes cubic
// splines on 5 uniform knots: 7 columns each. The knots beyond the ends repeat the
// distance of the first and last two.
//
// Source: scikit-learn 1.9 SplineTransformer; Eilers and Marx (1996). With
// ExtrapolateLinear and degree 0 or 1, every column is extended from its own
// ends, where scikit-learn moves the ends of the second column on; with degree 0,
// ExtrapolateConstant keeps the value at the ends, where scikit-learn has zeros
// below and fails above.
type Splines struct {
	KnotCount     int           `json:"knot_count,omitempty"` // knots per column; 0 means 5
	Degree        int           `json:"degree,omitempty"`     // 0 means 3; for steps, see Steps
	Steps         bool          `json:"steps,omitempty"`      // degree 0: piecewise constant
	Placement     KnotPlacement `json:"placement,omitempty"`
	Given         FloatRows     `json:"given,omitempty"` // knots per column, ascending, instead of Placement
	Extrapolation Extrapolation `json:"extrapolation,omitempty"`
	NoBias        bool          `json:"no_bias,omitempty"` // without the last spline of each column, since they add up to 1
	// MissingZero gives a missing value zeros in all its splines; otherwise NaN is
	// an error (ErrNotFinite).
	MissingZero bool `json:"missing_zero,omitempty"`

	Knots FloatRows `json:"knots,omitempty"` // per column, with Degree more on either side
}

// Fit places the knots. It reports an empty matrix, infinities, NaN unless
// MissingZero is set, a column without values (ErrEmpty), and options out of range
// (ErrRange). A constant column gets splines that are 0 everywhere unless Steps
// is set.
func (s *Splines) Fit(x mat.Matrix) error { return s.fit("Splines.Fit", x, nil) }

// FitWeighted is Fit with row i counted weights[i] >= 0 times: rows of weight 0
// do not count, and quantiles are those of the inverted weighted distribution.
func (s *Splines) FitWeighted(x mat.Matrix, weights []float64) error {
	const fn = "Splines.FitWeighted"
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := check.Weights(fn, "weights", g.Rows, weights); err != nil {
		return err
	}
	if _, err := check.Sum(fn, "weights", weights); err != nil {
		return err
	}
	return s.fit(fn, x, weights)
}

func (s *Splines) fit(fn string, x mat.Matrix, weights []float64) error {
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := s.options(fn); err != nil {
		return err
	}
	if err := s.finite(fn, g.Data, g.Stride, g.Rows, g.Cols); err != nil {
		return err
	}
	count := s.KnotCount
	if count == 0 {
		count = 5
	}
	if s.Given != nil {
		if err := check.Length(fn, "Given", g.Cols, len(s.Given)); err != nil {
			return err
		}
	}
	knots := make(FloatRows, g.Cols)
	for j := range knots {
		var base []float64
		if s.Given != nil {
			base = s.Given[j]
		} else {
			var v, w []float64
			for i := range g.Rows {
				if a := g.Data[i*g.Stride+j]; a == a && (weights == nil || weights[i] > 0) {
					v = append(v, a)
					if weights != nil {
						w = append(w, weights[i])
					}
				}
			}
			if len(v) == 0 {
				return fmt.Errorf("%s: x: need a value in column %d, have none: %w", fn, j, mlgauge.ErrEmpty)
			}
			base = baseKnots(v, w, count, s.Placement)
		}
		if s.Extrapolation == ExtrapolatePeriodic && len(base) <= s.degree() {
			return fmt.Errorf("%s: KnotCount: need more knots than the degree %d for periodic splines, have %d: %w", fn, s.degree(), len(base), mlgauge.ErrRange)
		}
		knots[j] = s.extend(base)
		if err := check.Finite(fn, "knots", knots[j]); err != nil {
			return err
		}
	}
	s.Knots = knots
	return nil
}

func (s *Splines) degree() int {
	switch {
	case s.Steps:
		return 0
	case s.Degree == 0:
		return 3
	}
	return s.Degree
}

// maxDegree keeps the work arrays on the stack.
const maxDegree = 31

func (s *Splines) options(fn string) error {
	if s.KnotCount != 0 {
		if err := check.AtLeast(fn, "KnotCount", s.KnotCount, 2); err != nil {
			return err
		}
	}
	if err := check.In(fn, "Degree", float64(s.Degree), 0, maxDegree); err != nil {
		return err
	}
	if s.Steps && s.Degree != 0 {
		return fmt.Errorf("%s: Degree: need 0 with Steps, have %d: %w", fn, s.Degree, mlgauge.ErrRange)
	}
	if s.Placement != UniformKnots && s.Placement != QuantileKnots {
		return check.Option(fn, "Placement", s.Placement)
	}
	if s.Extrapolation < ExtrapolateConstant || s.Extrapolation > ExtrapolateError {
		return check.Option(fn, "Extrapolation", s.Extrapolation)
	}
	for _, k := range s.Given {
		if err := check.AtLeast(fn, "Given (its knots)", len(k), 2); err != nil {
			return err
		}
		if err := checkEdges(fn, k); err != nil {
			return err
		}
	}
	return nil
}

func (s *Splines) finite(fn string, x []float64, stride, rows, cols int) error {
	for i := range rows {
		for j, v := range x[i*stride : i*stride+cols] {
			if math.IsInf(v, 0) || (v != v && !s.MissingZero) {
				return fmt.Errorf("%s: x: need finite values, have %v in row %d, column %d: %w", fn, v, i, j, mlgauge.ErrNotFinite)
			}
		}
	}
	return nil
}

func baseKnots(v, w []float64, count int, how KnotPlacement) []float64 {
	base := make([]float64, count)
	if how == UniformKnots {
		lo, hi := slices.Min(v), slices.Max(v)
		step := hi/float64(count-1) - lo/float64(count-1)
		for k := range base {
			base[k] = lo + float64(float64(k)*step)
		}
		base[count-1] = hi
		return base
	}
	if w == nil {
		slices.Sort(v)
		for k := range base {
			at := float64(k) / float64(count-1) * float64(len(v)-1)
			i := int(at)
			base[k] = v[min(i, len(v)-1)]
			if i+1 < len(v) {
				base[k] = lerp(v[i], v[i+1], at-float64(i))
			}
		}
		return base
	}
	ord := make([]int, len(v))
	for i := range ord {
		ord[i] = i
	}
	slices.SortStableFunc(ord, func(a, b int) int {
		switch {
		case v[a] < v[b]:
			return -1
		case v[a] > v[b]:
			return 1
		}
		return 0
	})
	cum := make([]float64, len(v))
	var sum float64
	for i, o := range ord {
		sum += w[o]
		cum[i] = sum
	}
	for k := range base {
		i, _ := slices.BinarySearch(cum, float64(k)/float64(count-1)*sum)
		base[k] = v[ord[min(i, len(v)-1)]]
	}
	return base
}

// extend adds degree knots on either side.
func (s *Splines) extend(base []float64) []float64 {
	d, n := s.degree(), len(base)
	t := make([]float64, 0, n+2*d)
	if s.Extrapolation == ExtrapolatePeriodic {
		period := base[n-1] - base[0]
		for _, b := range base[n-1-d : n-1] {
			t = append(t, b-period)
		}
		t = append(t, base...)
		for _, b := range base[1 : d+1] {
			t = append(t, b+period)
		}
		return t
	}
	lo, hi := base[1]-base[0], base[n-1]-base[n-2]
	for k := d; k > 0; k-- {
		t = append(t, base[0]-float64(float64(k)*lo))
	}
	t = append(t, base...)
	for k := 1; k <= d; k++ {
		t = append(t, base[n-1]+float64(float64(k)*hi))
	}
	return t
}

// splines returns how many columns one with the knots t becomes.
func (s *Splines) splines(t []float64) int {
	n := len(t) - s.degree() - 1
	if s.Extrapolation == ExtrapolatePeriodic {
		n -= s.degree()
	}
	if s.NoBias {
		n--
	}
	return n
}

// Widths returns how many columns Transform reads and writes; 0, 0 before Fit.
func (s *Splines) Widths() (in, out int) {
	for _, t := range s.Knots {
		out += s.splines(t)
	}
	return len(s.Knots), out
}

func (s *Splines) ready(fn string) error {
	if len(s.Knots) == 0 {
		return check.NotFitted(fn)
	}
	if err := s.options(fn); err != nil {
		return err
	}
	for _, t := range s.Knots {
		least := 2*s.degree() + 2
		if s.Extrapolation == ExtrapolatePeriodic {
			least = max(3*s.degree()+1, least)
		}
		if err := check.AtLeast(fn, "Knots (of a column)", len(t), least); err != nil {
			return err
		}
		if err := check.Finite(fn, "Knots", t); err != nil {
			return err
		}
		if !slices.IsSorted(t) {
			return fmt.Errorf("%s: Knots: need ascending knots, have %v: %w", fn, t, mlgauge.ErrRange)
		}
	}
	if _, out := s.Widths(); out == 0 {
		return fmt.Errorf("%s: NoBias: need a spline per column, have none left: %w", fn, mlgauge.ErrRange)
	}
	return nil
}

// Transform writes the splines of every column of src. It reports NaN unless
// MissingZero is set, infinities (ErrNotFinite), and with ExtrapolateError values
// beyond the knots (ErrRange).
func (s *Splines) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Splines.Transform"
	if err := s.ready(fn); err != nil {
		return nil, err
	}
	g, err := source(fn, src, len(s.Knots))
	if err != nil {
		return nil, err
	}
	in, width := s.Widths()
	if dst, err = output(fn, dst, g.Rows, width); err != nil {
		return nil, err
	}
	if in == width {
		g, _ = view(fn, "src", apart(dst, src))
	}
	d := dst.RawMatrix()
	err = chunks(g.Rows, width, func(lo, hi int) error {
		if err := s.finite(fn, g.Data[lo*g.Stride:], g.Stride, hi-lo, in); err != nil {
			return err
		}
		for i := lo; i < hi; i++ {
			if err := s.row(fn, d.Data[i*d.Stride:i*d.Stride+width], rowOf(g, i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return dst, nil
}

// TransformRow is Transform for one row; it allocates nothing. dst is not row.
func (s *Splines) TransformRow(dst, row []float64) error {
	const fn = "Splines.TransformRow"
	if err := s.ready(fn); err != nil {
		return err
	}
	in, out := s.Widths()
	if err := rowWidths(fn, in, out, len(row), len(dst)); err != nil {
		return err
	}
	if err := s.finite(fn, row, in, 1, in); err != nil {
		return err
	}
	return s.row(fn, dst, row)
}

func (s *Splines) row(fn string, dst, row []float64) error {
	for j, v := range row {
		t := s.Knots[j]
		n := s.splines(t)
		if err := s.basis(fn, dst[:n], t, v, j); err != nil {
			return err
		}
		dst = dst[n:]
	}
	return nil
}

// basis writes the splines at x.
func (s *Splines) basis(fn string, dst, t []float64, x float64, col int) error {
	clear(dst)
	if x != x {
		return nil
	}
	k := s.degree()
	n := len(t) - k - 1 // splines, before any are joined
	lo, hi := t[k], t[n]
	var value, slope [maxDegree + 1]float64
	var step float64 // how far x is beyond the point of expansion
	if x < lo || x > hi {
		switch s.Extrapolation {
		case ExtrapolateError:
			return fmt.Errorf("%s: src: need values in [%v, %v], have %v in column %d: %w", fn, lo, hi, x, col, mlgauge.ErrRange)
		case ExtrapolatePeriodic:
			if hi > lo {
				m := math.Mod(x-lo, hi-lo)
				if m < 0 {
					m += hi - lo
				}
				x = lo + m
			}
		case ExtrapolateConstant, ExtrapolateLinear:
			at := lo
			if x > hi {
				at = hi
			}
			if s.Extrapolation == ExtrapolateLinear {
				step = x - at
			}
			x = at
		}
	} else if s.Extrapolation == ExtrapolatePeriodic && x == hi {
		x = lo
	}
	// The interval that holds x, the end ones for what lies beyond.
	ell := k
	for ell < n-1 && x >= t[ell+1] {
		ell++
	}
	deBoor(value[:k+1], t, ell, k, x)
	if step != 0 && k > 0 {
		var low [maxDegree + 1]float64
		deBoor(low[:k], t, ell, k-1, x)
		// low[i] is the spline of degree k-1 number ell-k+1+i.
		for i := range k + 1 {
			f := ell - k + i
			if i > 0 && t[f+k] > t[f] {
				slope[i] += float64(k) * low[i-1] / (t[f+k] - t[f])
			}
			if i < k && t[f+k+1] > t[f+1] {
				slope[i] -= float64(k) * low[i] / (t[f+k+1] - t[f+1])
			}
		}
	}
	width := n
	if s.Extrapolation == ExtrapolatePeriodic {
		width = n - k
	}
	for i := range k + 1 {
		f := ell - k + i
		if f >= width {
			f -= width
		}
		if f < len(dst) {
			dst[f] += value[i] + float64(step*slope[i])
		}
	}
	return nil
}

// deBoor writes the k + 1 splines of degree k that do not vanish between knot
// ell and the next.
func deBoor(h, t []float64, ell, k int, x float64) {
	var last [maxDegree + 1]float64
	h[0] = 1
	for j := 1; j <= k; j++ {
		copy(last[:j], h[:j])
		h[0] = 0
		for n := 1; n <= j; n++ {
			b, a := t[ell+n], t[ell+n-j]
			if b == a {
				h[n] = 0
				continue
			}
			w := last[n-1] / (b - a)
			h[n-1] += float64(w * (b - x))
			h[n] = w * (x - a)
		}
	}
}

// FeatureNames returns "x_sp_0", "x_sp_1" and so on.
func (s *Splines) FeatureNames(in []string) ([]string, error) {
	const fn = "Splines.FeatureNames"
	if err := s.ready(fn); err != nil {
		return nil, err
	}
	in, err := names(fn, in, len(s.Knots))
	if err != nil {
		return nil, err
	}
	var out []string
	for j, t := range s.Knots {
		for k := range s.splines(t) {
			out = append(out, fmt.Sprintf("%s_sp_%d", in[j], k))
		}
	}
	return out, nil
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves s as it was.
func (s *Splines) UnmarshalJSON(data []byte) error {
	const fn = "Splines.UnmarshalJSON"
	type plain Splines
	var v plain
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	n := Splines(v)
	if err := n.options(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if n.Knots != nil {
		if err := n.ready(fn); err != nil {
			return jsonfloat.Corrupt(fn, "%v", err)
		}
	}
	*s = n
	return nil
}
