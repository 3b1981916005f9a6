package drift

import (
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/moments"
)

// side is one of the two sides of a comparison of columns, from data or from a
// profile.
type side struct {
	kind           Kind
	rows, missing  int
	posInf, negInf int

	// Numbers: the finite values, or those of a sketch with their weights.
	x, w      []float64
	rankError float64
	m         moments.Moments
	lo, hi    float64
	few       distinct
	o         *ordered

	counts map[string]int
	rest   int
}

// n returns the number of values that take part in a test.
func (s *side) n() int { return s.rows - s.missing - s.posInf - s.negInf }

func (s *side) std() float64 { return math.Sqrt(s.m.Variance(0)) }

// sideOf reads a column.
func sideOf(fn, arg string, c Column) (*side, error) {
	if c.kind() == Categorical {
		counts, missing, err := countCodes(fn+": "+arg, c.Codes, c.Dict)
		if err != nil {
			return nil, err
		}
		s := &side{kind: Categorical, rows: len(c.Codes), missing: missing, counts: make(map[string]int)}
		for i, n := range counts {
			if n > 0 {
				s.counts[c.Dict[i]] += n
			}
		}
		return s, nil
	}
	s := &side{kind: c.kind(), rows: len(c.Floats), x: c.Floats, lo: math.Inf(1), hi: math.Inf(-1)}
	if notFinite(c.Floats) {
		s.x = make([]float64, 0, len(c.Floats))
		for _, v := range c.Floats {
			switch {
			case v*0 == 0:
				s.x = append(s.x, v)
			case v != v:
				s.missing++
			case v > 0:
				s.posInf++
			default:
				s.negInf++
			}
		}
	}
	if len(s.x) == 0 {
		return s, nil
	}
	lo, hi := [1]float64{s.lo}, [1]float64{s.hi}
	for b := range slices.Chunk(s.x, profileBlock) {
		moments.Add(&s.m, b)
		kernel.ColumnMinMax(b, 1, len(b), 1, lo[:], hi[:])
		s.few.add(b)
	}
	s.lo, s.hi = lo[0], hi[0]
	return s, nil
}

// side views a profile. The profile must not change meanwhile.
func (p *Profile) side() *side {
	s := &side{kind: p.kind, rows: p.rows, missing: p.missing, posInf: p.posInf, negInf: p.negInf,
		x: p.values, m: p.m, lo: p.lo, hi: p.hi, few: p.few, counts: p.counts, rest: p.rest}
	switch {
	case p.kll == nil:
	case !p.few.many: // the counts of the distinct values say it all
		s.x = p.few.v
		s.w = make([]float64, len(s.x))
		for i, n := range p.few.n {
			s.w[i] = float64(n)
		}
	default:
		s.rankError = p.RankError()
		s.x, s.w = p.kll.Weighted()
	}
	return s
}

// ordered returns the values in ascending order with their distribution function.
func (s *side) ordered() ordered {
	if s.o != nil {
		return *s.o
	}
	o := ordered{x: slices.Clone(s.x)}
	if s.w == nil {
		kernel.SortFloat64s(o.x)
	} else {
		o.cum = slices.Clone(s.w)
		kernel.SortWeighted(o.x, o.cum)
		var sum float64
		for i, v := range o.cum {
			sum += v
			o.cum[i] = sum / float64(s.n())
		}
	}
	s.o = &o
	return o
}

// median returns the median, of a sketch to within its rank error. Edges with the
// counts between them, if there are any, spare looking at most of the values twice.
func (s *side) median(edges, counts []float64) float64 {
	if s.w != nil {
		o := s.ordered()
		i, _ := slices.BinarySearch(o.cum, 0.5)
		return o.x[min(i, len(o.x)-1)]
	}
	if s.o != nil {
		return quantile7(s.o.x, 0.5)
	}
	n := len(s.x)
	x, rank := s.within(edges, counts, (n-1)/2, n/2)
	if x == nil {
		x, rank = slices.Clone(s.x), n/2
	}
	v := kernel.Select(x, rank)
	if n%2 == 0 {
		below := x[0]
		for _, u := range x[:rank] {
			below = max(below, u)
		}
		v = below + (v-below)/2
	}
	return v
}

// within returns the values of the bin that holds both ranks, and what rank the upper
// one has in it; nil if there is no such bin.
func (s *side) within(edges, counts []float64, lower, upper int) ([]float64, int) {
	below := 0
	for k, c := range counts {
		next := below + int(c)
		if lower < below || upper >= next {
			below = next
			continue
		}
		lo, hi := edges[k], edges[k+1]
		if k == 0 {
			lo = math.Inf(-1)
		}
		if k == len(counts)-1 {
			hi = math.Inf(1)
		}
		x := make([]float64, 0, int(c))
		for _, v := range s.x {
			if v >= lo && v < hi {
				x = append(x, v)
			}
		}
		return x, upper - below
	}
	return nil, 0
}

// at counts the values equal to each of v, which ascend, and the rest.
func (s *side) at(v []float64) (counts []float64, rest float64) {
	counts = make([]float64, len(v))
	if !s.few.many {
		for i, u := range s.few.v {
			if k, ok := slices.BinarySearch(v, u); ok {
				counts[k] = float64(s.few.n[i])
			} else {
				rest += float64(s.few.n[i])
			}
		}
		return counts, rest
	}
	for i, u := range s.x {
		w := 1.0
		if s.w != nil {
			w = s.w[i]
		}
		if k, ok := slices.BinarySearch(v, u); ok {
			counts[k] += w
		} else {
			rest += w
		}
	}
	return counts, rest
}

// in counts the values in the bins between edges; what lies outside falls into the
// first and the last bin.
func (s *side) in(edges []float64) []float64 {
	bins := len(edges) - 1
	counts := make([]float64, bins)
	if s.w == nil {
		at := make([]uint64, bins)
		kernel.CountEdges(at, s.x, edges[1:bins])
		for k, n := range at {
			counts[k] = float64(n)
		}
		return counts
	}
	index := kernel.NewEdgeIndex(edges[1:bins])
	for i, v := range s.x {
		counts[index.Rank(v)] += s.w[i]
	}
	return counts
}

// testable reports why two sides cannot be tested against each other.
func testable(fn, name string, a, b *side) error {
	switch {
	case a.n() == 0:
		return fmt.Errorf("%s: column %q: reference: need at least one value that is neither missing nor infinite, have none: %w", fn, name, mlgauge.ErrEmpty)
	case b.n() == 0:
		return fmt.Errorf("%s: column %q: current: need at least one value that is neither missing nor infinite, have none: %w", fn, name, mlgauge.ErrEmpty)
	case a.kind != b.kind:
		return fmt.Errorf("%s: column %q: need %s values as in the reference, have %s ones: %w", fn, name, a.kind, b.kind, mlgauge.ErrIncompatible)
	case a.kind == Numeric:
		return check.In(fn+": column "+name, "range", max(a.hi, b.hi)-min(a.lo, b.lo), 0, math.MaxFloat64)
	}
	return nil
}
