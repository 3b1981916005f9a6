package preprocess

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// A Correlation is a way to correlate two columns.
type Correlation int

const (
	// Pearson measures how near the points are to a straight line.
	Pearson Correlation = iota
	// Spearman is Pearson of the ranks: how near to a monotone curve.
	Spearman
	// Kendall is tau-b: the share of concordant less discordant pairs,
	// corrected for ties.
	Kendall
)

// String returns the name of the method in lower case.
func (c Correlation) String() string {
	switch c {
	case Pearson:
		return "pearson"
	case Spearman:
		return "spearman"
	case Kendall:
		return "kendall"
	}
	return fmt.Sprintf("Correlation(%d)", int(c))
}

// An Alternative says which deviations from no association a test looks for.
type Alternative int

const (
	// TwoSided looks for any association.
	TwoSided Alternative = iota
	// Less looks for a negative one.
	Less
	// Greater looks for a positive one.
	Greater
)

// An Association is a coefficient with the probability of one at least as far
// from zero where there is no association.
type Association struct {
	Coefficient float64 // in [-1, 1]
	P           float64 // p-value in [0, 1]
	N           int     // number of pairs
}

// Correlate returns the correlation of x and y, in [-1, 1].
//
//	Pearson:  sum (x - mean x)(y - mean y) / sqrt(sum (x - mean x)^2 sum (y - mean y)^2)
//	Spearman: Pearson of the ranks, equal values sharing the mean of their ranks
//	Kendall:  (C - D) / sqrt((n0 - n1)(n0 - n2))
//
// where C and D count concordant and discordant pairs, n0 = n (n - 1) / 2 and
// n1, n2 count the pairs tied in x and in y (tau-b). Ranks and pairs take
// O(n log n).
//
// x and y have the same length, at least 2. Where one of them is constant the
// coefficient is undefined (ErrUndefined). NaN and infinities are refused
// (ErrNotFinite).
//
// Source: scipy.stats 1.17 pearsonr, spearmanr, kendalltau.
func (c Correlation) Correlate(x, y []float64) (float64, error) {
	a, err := c.correlate("Correlation.Correlate", x, y)
	return a.r, err
}

// Test returns the correlation of x and y with its p-value under the hypothesis
// of no association:
//
//	Pearson:  exact for normal data; r is symmetric beta on [-1, 1]
//	Spearman: t = r sqrt((n - 2) / (1 - r^2)) is Student with n - 2 degrees
//	Kendall:  exact for n <= 33 (or at most one swap) without ties, else normal
//
// Special cases are: Pearson of two pairs has P = 1; Spearman of two pairs has
// no P (ErrUndefined). Otherwise as Correlate.
//
// Source: scipy.stats 1.17 pearsonr, spearmanr, kendalltau (method "auto").
func (c Correlation) Test(x, y []float64, alt Alternative) (Association, error) {
	const fn = "Correlation.Test"
	if alt < TwoSided || alt > Greater {
		return Association{}, check.Option(fn, "alt", alt)
	}
	a, err := c.correlate(fn, x, y)
	if err != nil {
		return Association{}, err
	}
	p, err := c.pvalue(fn, a, alt)
	return Association{Coefficient: a.r, P: p, N: len(x)}, err
}

// assoc is a coefficient with what its p-value needs.
type assoc struct {
	r     float64
	n     int
	pairs pairCounts // Kendall only
}

func (c Correlation) correlate(fn string, x, y []float64) (assoc, error) {
	if c < Pearson || c > Kendall {
		return assoc{}, check.Option(fn, "method", c)
	}
	if err := check.Pair(fn, "x", len(x), "y", len(y)); err != nil {
		return assoc{}, err
	}
	if err := check.Finite(fn, "x", x); err != nil {
		return assoc{}, err
	}
	if err := check.Finite(fn, "y", y); err != nil {
		return assoc{}, err
	}
	if len(x) < 2 {
		return assoc{}, fmt.Errorf("%s: x: need at least 2 pairs, have %d: %w", fn, len(x), mlgauge.ErrUndefined)
	}
	a := assoc{n: len(x)}
	switch c {
	case Pearson:
		a.r = pearson(x, y)
	case Spearman:
		rx, ry := make([]float64, len(x)), make([]float64, len(x))
		averageRanks(rx, x, kernel.Argsort(nil, x))
		averageRanks(ry, y, kernel.Argsort(nil, y))
		a.r = pearson(rx, ry)
	case Kendall:
		rx, ry := make([]int32, len(x)), make([]int32, len(x))
		ord := kernel.Argsort(nil, x)
		denseRanks(rx, x, ord)
		k := denseRanks(ry, y, kernel.Argsort(nil, y))
		a.pairs = countPairs(ord, rx, ry, k, newPairScratch(len(x)))
		a.r = a.pairs.tauB()
	}
	if math.IsNaN(a.r) {
		return assoc{}, fmt.Errorf("%s: need two columns that vary, have a constant one: %w", fn, mlgauge.ErrUndefined)
	}
	return a, nil
}

func (c Correlation) pvalue(fn string, a assoc, alt Alternative) (float64, error) {
	switch c {
	case Kendall:
		return a.pairs.pvalue(alt), nil
	case Spearman:
		if a.n < 3 {
			return 0, fmt.Errorf("%s: x: need at least 3 pairs for a p-value, have %d: %w", fn, a.n, mlgauge.ErrUndefined)
		}
	}
	return pearsonP(a.r, a.n, alt), nil
}

// pearsonP is the probability under the beta distribution of r, which is that
// of Student's t of r as well.
func pearsonP(r float64, n int, alt Alternative) float64 {
	if n == 2 { // r is 1 or -1 whatever the data: no evidence
		return 1
	}
	if alt == TwoSided {
		h := float64(n)/2 - 1
		return math.Min(2*mathext.RegIncBeta(h, h, (1-math.Abs(r))/2), 1)
	}
	if alt == Less {
		r = -r
	}
	h := float64(n)/2 - 1
	if r >= 0 {
		return mathext.RegIncBeta(h, h, (1-r)/2)
	}
	return 1 - mathext.RegIncBeta(h, h, (1+r)/2)
}

// pearson returns NaN where x or y is constant.
func pearson(x, y []float64) float64 {
	sx, mx, okx := centre(x)
	sy, my, oky := centre(y)
	if !okx || !oky {
		return math.NaN()
	}
	var xy, xx, yy float64
	for i, v := range x {
		a, b := v*sx-mx, y[i]*sy-my
		xy += float64(a * b)
		xx += float64(a * a)
		yy += float64(b * b)
	}
	r := xy / math.Sqrt(xx) / math.Sqrt(yy)
	if p := xx * yy; p > 1e-290 && p < 1e290 {
		// One root is exact where the sums are equal, as with equal ranks.
		r = xy / math.Sqrt(p)
	}
	return math.Min(math.Max(r, -1), 1)
}

// centre returns a power of two that brings x to ordinary magnitudes, so that
// sums of squares neither overflow nor vanish, the mean of x times it, and
// whether x varies.
func centre(x []float64) (scale, mean float64, ok bool) {
	lo, hi := x[0], x[0]
	for _, v := range x {
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	if lo == hi {
		return 1, lo, false
	}
	scale = powerScale(math.Max(math.Abs(lo), math.Abs(hi)))
	c := x[0] * scale
	var s float64
	for _, v := range x {
		s += v*scale - c
	}
	return scale, c + s/float64(len(x)), true
}

// powerScale returns a power of two by which numbers up to top in magnitude
// can be multiplied so that their squares sum without overflow or underflow; 1
// in the ordinary range.
func powerScale(top float64) float64 {
	if top == 0 || (top > 1e-100 && top < 1e100) {
		return 1
	}
	_, e := math.Frexp(top)
	return math.Ldexp(1, min(-e, 1000))
}

// pairCounts is what Kendall's tau is a formula of.
type pairCounts struct {
	n                int
	concLessDisc     int64 // C - D
	disc             int64
	tot, xtie, ytie  int64 // pairs: all, tied in x, tied in y
	x0, x1, y0, y1   float64
	levelsX, levelsY int
}

// pairScratch is memory that countPairs uses.
type pairScratch struct {
	a, b  []int32
	count []int32
}

func newPairScratch(n int) *pairScratch {
	return &pairScratch{make([]int32, n), make([]int32, n), make([]int32, n+1)}
}

// countPairs counts concordant, discordant and tied pairs. ord sorts by x; rx
// and ry are dense ranks, ky the number of levels of y.
func countPairs(ord []int, rx, ry []int32, ky int, s *pairScratch) pairCounts {
	n := len(ord)
	p := pairCounts{n: n, tot: int64(n) * int64(n-1) / 2, levelsY: ky}
	count := s.count[:ky]
	clear(count)
	a := s.a[:n]
	for i, o := range ord {
		a[i] = ry[o]
		count[ry[o]]++
	}
	for _, c := range count {
		p.ytie, p.y0, p.y1 = tie(int64(c), p.ytie, p.y0, p.y1)
	}
	var both int64
	for i := 0; i < n; {
		j := i + 1
		for j < n && rx[ord[j]] == rx[ord[i]] {
			j++
		}
		p.xtie, p.x0, p.x1 = tie(int64(j-i), p.xtie, p.x0, p.x1)
		p.levelsX++
		if j-i > 1 {
			slices.Sort(a[i:j])
			for k := i; k < j; {
				l := k + 1
				for l < j && a[l] == a[k] {
					l++
				}
				both += int64(l-k) * int64(l-k-1) / 2
				k = l
			}
		}
		i = j
	}
	p.disc = inversions(a, s.b[:n])
	p.concLessDisc = p.tot - p.xtie - p.ytie + both - 2*p.disc
	return p
}

func tie(c, pairs int64, t0, t1 float64) (int64, float64, float64) {
	f := float64(c)
	return pairs + c*(c-1)/2, t0 + f*(f-1)*(f-2), t1 + f*(f-1)*(2*f+5)
}

// tauB returns NaN where x or y is constant.
func (p *pairCounts) tauB() float64 {
	if p.xtie == p.tot || p.ytie == p.tot {
		return math.NaN()
	}
	t := float64(p.concLessDisc) / math.Sqrt(float64(p.tot-p.xtie)) / math.Sqrt(float64(p.tot-p.ytie))
	return math.Min(math.Max(t, -1), 1)
}

// exactKendallN is the largest sample without ties whose p-value is exact.
const exactKendallN = 33

func (p *pairCounts) pvalue(alt Alternative) float64 {
	if p.xtie == 0 && p.ytie == 0 && (p.n <= exactKendallN || min(p.disc, p.tot-p.disc) <= 1) {
		return kendallExact(p.n, p.tot-p.disc, alt)
	}
	n := float64(p.n)
	m := n * (n - 1)
	v := (m*(2*n+5)-p.x1-p.y1)/18 + 2*float64(p.xtie)*float64(p.ytie)/m + p.x0*p.y0/(9*m*(n-2))
	z := float64(p.concLessDisc) / math.Sqrt(v)
	switch alt {
	case Less:
		return distuv.UnitNormal.CDF(z)
	case Greater:
		return distuv.UnitNormal.CDF(-z)
	}
	return math.Erfc(math.Abs(z) / math.Sqrt2)
}

// kendallExact is the probability of a number of concordant pairs at least as
// extreme as c among the permutations of n, from their generating function
// (Kendall, Rank Correlation Methods, 1970).
func kendallExact(n int, c int64, alt Alternative) float64 {
	tot := int64(n) * int64(n-1) / 2
	right := c >= tot-c
	low := min(c, tot-c) // the tail P(C <= low) by symmetry
	var tail, mass float64
	if low <= 1 {
		f, _ := math.Lgamma(float64(n) + 1)
		mass = math.Exp(-f)
		if n <= 170 {
			mass = 1 / math.Gamma(float64(n)+1)
		}
		tail = mass
		if low == 1 {
			mass *= float64(n - 1)
			tail += mass
		}
	} else {
		// f[k] is the probability of k inversions among j items.
		f, g := make([]float64, low+1), make([]float64, low+1)
		f[0] = 1
		for j := 2; j <= n; j++ {
			var run float64
			for k := range g {
				run += f[k]
				if k >= j {
					run -= f[k-j]
				}
				g[k] = run / float64(j)
			}
			f, g = g, f
		}
		mass = f[low]
		for _, v := range f {
			tail += v
		}
	}
	switch {
	case alt == TwoSided && 2*low == tot:
		return 1
	case alt == TwoSided:
		return math.Min(2*tail, 1)
	case right == (alt == Greater):
		return math.Min(tail, 1)
	}
	return math.Min(math.Max(1-tail+mass, 0), 1)
}

// inversions counts the pairs i < j with a[i] > a[j], sorting a by merging
// from below; b is scratch of the same length.
func inversions(a, b []int32) int64 {
	const run = 8
	var inv int64
	n := len(a)
	for lo := 0; lo < n; lo += run {
		part := a[lo:min(lo+run, n)]
		for i := 1; i < len(part); i++ {
			v := part[i]
			j := i
			for ; j > 0 && part[j-1] > v; j-- {
				part[j] = part[j-1]
			}
			part[j] = v
			inv += int64(i - j)
		}
	}
	for w := run; w < n; w *= 2 {
		for lo := 0; lo < n; lo += 2 * w {
			mid, hi := min(lo+w, n), min(lo+2*w, n)
			i, j := lo, mid
			for k := lo; k < hi; k++ {
				if j >= hi || (i < mid && a[i] <= a[j]) {
					b[k] = a[i]
					i++
				} else {
					b[k] = a[j]
					inv += int64(mid - i)
					j++
				}
			}
		}
		a, b = b, a
	}
	return inv
}
