package preprocess

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// Polynomial makes all products of up to Degree columns: of [a, b], with the
// zero value,
//
//	[1, a, b, a^2, a b, b^2]
//
// ordered by degree and then by the columns, as scikit-learn does. NaN in a
// column is NaN in its products, but not in the 1. A product that overflows is
// reported by Transform (ErrNotFinite).
//
// Source: scikit-learn 1.9 PolynomialFeatures.
type Polynomial struct {
	Degree          int  `json:"degree,omitempty"`           // highest degree; 0 means 2
	MinDegree       int  `json:"min_degree,omitempty"`       // lowest degree of a product; the 1 is apart from it
	InteractionOnly bool `json:"interaction_only,omitempty"` // no column twice in a product
	NoBias          bool `json:"no_bias,omitempty"`          // without the 1

	Features int     `json:"features,omitempty"` // columns that Transform reads
	Terms    [][]int `json:"terms,omitempty"`    // the columns that each product multiplies, ascending
}

// maxTerms bounds the width of the result: more could not be held by a matrix
// row of any use.
const maxTerms = 1 << 24

// Fit lists the products for the width of x. It reports options out of range or
// products beyond 2^24 (ErrRange), and that no product is asked for.
func (p *Polynomial) Fit(x mat.Matrix) error {
	const fn = "Polynomial.Fit"
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	lo, hi, err := p.degrees(fn)
	if err != nil {
		return err
	}
	n := g.Cols
	var count float64
	for d := max(lo, 1); d <= hi; d++ {
		if p.InteractionOnly {
			count += choose(n, d)
		} else {
			count += choose(n+d-1, d)
		}
	}
	if count > maxTerms {
		return fmt.Errorf("%s: Degree: need at most %d products, have %v: %w", fn, maxTerms, count, mlgauge.ErrRange)
	}
	terms := [][]int{}
	if !p.NoBias {
		terms = append(terms, []int{})
	}
	for d := max(lo, 1); d <= hi; d++ {
		terms = combine(terms, n, d, !p.InteractionOnly)
	}
	if len(terms) == 0 {
		return fmt.Errorf("%s: Degree: need at least one product of %d columns, have none: %w", fn, n, mlgauge.ErrRange)
	}
	p.Features, p.Terms = n, terms
	return nil
}

func (p *Polynomial) degrees(fn string) (lo, hi int, err error) {
	lo, hi = p.MinDegree, p.Degree
	if hi == 0 {
		hi = 2
	}
	if err := check.AtLeast(fn, "MinDegree", lo, 0); err != nil {
		return 0, 0, err
	}
	return lo, hi, check.AtLeast(fn, "Degree", hi, max(lo, 1))
}

// choose returns n over k as a float.
func choose(n, k int) float64 {
	if k > n {
		return 0
	}
	c := 1.0
	for i := 1; i <= min(k, n-k); i++ {
		c = c * float64(n-i+1) / float64(i)
	}
	return math.Round(c)
}

// combine appends the ascending choices of d of n columns, in lexical order.
func combine(terms [][]int, n, d int, repeat bool) [][]int {
	if !repeat && d > n {
		return terms
	}
	at := make([]int, d)
	if !repeat {
		for i := range at {
			at[i] = i
		}
	}
	for {
		terms = append(terms, append([]int(nil), at...))
		i := d - 1
		for ; i >= 0; i-- {
			top := n - 1
			if !repeat {
				top = n - d + i
			}
			if at[i] < top {
				break
			}
		}
		if i < 0 {
			return terms
		}
		at[i]++
		for k := i + 1; k < d; k++ {
			at[k] = at[k-1]
			if !repeat {
				at[k]++
			}
		}
	}
}

// Widths returns how many columns Transform reads and writes; 0, 0 before Fit.
func (p *Polynomial) Widths() (in, out int) { return p.Features, len(p.Terms) }

// Powers returns, for each product, the exponent of every column.
func (p *Polynomial) Powers() ([][]int, error) {
	const fn = "Polynomial.Powers"
	if err := p.ready(fn); err != nil {
		return nil, err
	}
	out := make([][]int, len(p.Terms))
	for t, term := range p.Terms {
		out[t] = make([]int, p.Features)
		for _, j := range term {
			out[t][j]++
		}
	}
	return out, nil
}

func (p *Polynomial) ready(fn string) error {
	if p.Features == 0 || len(p.Terms) == 0 {
		return check.NotFitted(fn)
	}
	for _, term := range p.Terms {
		for _, j := range term {
			if j < 0 || j >= p.Features {
				return fmt.Errorf("%s: Terms: need columns below %d, have %d: %w", fn, p.Features, j, mlgauge.ErrRange)
			}
		}
	}
	return nil
}

// Transform writes the products of every row of src.
func (p *Polynomial) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Polynomial.Transform"
	if err := p.ready(fn); err != nil {
		return nil, err
	}
	if dst != nil && len(p.Terms) == p.Features {
		src = apart(dst, src)
	}
	out, err := eachRow(fn, dst, src, p.Features, len(p.Terms), p.products)
	if err != nil {
		return nil, err
	}
	return out, noInfAll(fn, "products", out.RawMatrix())
}

// TransformRow is Transform for one row; it allocates nothing. dst is not row.
func (p *Polynomial) TransformRow(dst, row []float64) error {
	const fn = "Polynomial.TransformRow"
	if err := p.ready(fn); err != nil {
		return err
	}
	if err := rowWidths(fn, p.Features, len(p.Terms), len(row), len(dst)); err != nil {
		return err
	}
	if err := noInfRow(fn, row); err != nil {
		return err
	}
	p.products(dst, row)
	return noInfRow(fn, dst)
}

func (p *Polynomial) products(dst, row []float64) {
	for t, term := range p.Terms {
		switch len(term) {
		case 0:
			dst[t] = 1
		case 1:
			dst[t] = row[term[0]]
		case 2:
			dst[t] = row[term[0]] * row[term[1]]
		default:
			// From the right, as the peer builds them up.
			v := row[term[len(term)-1]]
			for k := len(term) - 2; k >= 0; k-- {
				v *= row[term[k]]
			}
			dst[t] = v
		}
	}
}

// FeatureNames returns the products in the notation "1", "a", "a^2 b".
func (p *Polynomial) FeatureNames(in []string) ([]string, error) {
	const fn = "Polynomial.FeatureNames"
	if err := p.ready(fn); err != nil {
		return nil, err
	}
	in, err := names(fn, in, p.Features)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(p.Terms))
	for t, term := range p.Terms {
		if len(term) == 0 {
			out[t] = "1"
			continue
		}
		var b strings.Builder
		for i := 0; i < len(term); {
			k := i + 1
			for k < len(term) && term[k] == term[i] {
				k++
			}
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(in[term[i]])
			if k-i > 1 {
				b.WriteString("^" + strconv.Itoa(k-i))
			}
			i = k
		}
		out[t] = b.String()
	}
	return out, nil
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves p as it was.
func (p *Polynomial) UnmarshalJSON(data []byte) error {
	const fn = "Polynomial.UnmarshalJSON"
	type plain Polynomial
	var v plain
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	n := Polynomial(v)
	if _, _, err := n.degrees(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if n.Features < 0 || (n.Features == 0) != (len(n.Terms) == 0) {
		return jsonfloat.Corrupt(fn, "need features and terms, or neither, have %d and %d", n.Features, len(n.Terms))
	}
	if n.Features > 0 {
		if err := n.ready(fn); err != nil {
			return jsonfloat.Corrupt(fn, "%v", err)
		}
	}
	*p = n
	return nil
}
