package explain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Cut says how LIME represents numbers.
type Cut uint8

const (
	// Quartiles cuts a feature at its quartiles.
	Quartiles Cut = iota
	// Deciles cuts it at its deciles.
	Deciles
	// Whole leaves it a number, in standard deviations from its mean.
	Whole
)

// A Condition says what a coefficient of LIME is about.
type Condition struct {
	Categorical bool    // the feature is the category Value
	Whole       bool    // the feature, per standard deviation Scale
	Low, High   float64 // else it is in (Low, High]
	Value       float64 // of the row
	Scale       float64
}

// String returns the condition on a feature called x.
func (c Condition) String() string {
	switch {
	case c.Categorical:
		return fmt.Sprintf("x = %v", c.Value)
	case c.Whole:
		return fmt.Sprintf("x per %.4g", c.Scale)
	case math.IsInf(c.Low, -1) && math.IsInf(c.High, 1):
		return "any x"
	case math.IsInf(c.Low, -1):
		return fmt.Sprintf("x <= %.4g", c.High)
	case math.IsInf(c.High, 1):
		return fmt.Sprintf("x > %.4g", c.Low)
	}
	return fmt.Sprintf("%.4g < x <= %.4g", c.Low, c.High)
}

// neighbours draws values of one feature.
type neighbours struct {
	condition   Condition
	mean, scale float64 // of the whole column
	around      float64 // center of the draws, if whole
	cells       []cell
}

// cell is a category or a bin that the data has values in.
type cell struct {
	upTo      float64 // share of the rows in this cell and those before
	here      bool    // the row is in it
	mean, sd  float64
	low, high float64 // of the distribution function of the normal, at its ends
	least     float64
	most      float64
}

func (l LIME) neighbours(col []float64, x float64, categorical bool) neighbours {
	s := neighbours{condition: Condition{Value: x}}
	s.mean, s.scale = stat.PopMeanStdDev(col, nil)
	if lo, hi := slices.Min(col), slices.Max(col); lo == hi {
		s.mean, s.scale = lo, 0
	}
	s.condition.Scale = s.scale
	if l.Cut == Whole && !categorical {
		s.condition.Whole = true
		s.around = s.mean
		if l.Around {
			s.around = x
		}
		return s
	}
	sorted := slices.Clone(col)
	slices.Sort(sorted)
	var edges []float64
	if categorical {
		s.condition.Categorical = true
		edges = slices.Compact(slices.Clone(sorted))
	} else {
		parts := 4
		if l.Cut == Deciles {
			parts = 10
		}
		for k := 1; k < parts; k++ {
			edges = append(edges, between(sorted, float64(k)/float64(parts)))
		}
		edges = slices.Compact(edges)
	}
	s.condition.Low, s.condition.High = math.Inf(-1), math.Inf(1)
	at := 0
	for k := 0; k <= len(edges); k++ {
		lo, end := at, len(sorted)
		low, high := math.Inf(-1), math.Inf(1)
		if k > 0 {
			low = edges[k-1]
		}
		if k < len(edges) {
			high = edges[k]
			end, _ = slices.BinarySearch(sorted, math.Nextafter(high, math.Inf(1)))
		}
		here := x > low && x <= high
		if categorical {
			here = x == high
		}
		if here {
			s.condition.Low, s.condition.High = low, high
		}
		at = end
		if end > lo {
			s.cells = append(s.cells, newCell(sorted[lo:end], float64(end)/float64(len(sorted)), here))
		}
	}
	return s
}

func newCell(v []float64, upTo float64, here bool) cell {
	c := cell{upTo: upTo, here: here, least: v[0], most: v[len(v)-1], mean: v[0]}
	if c.least < c.most {
		c.mean, c.sd = stat.PopMeanStdDev(v, nil)
		c.low = distuv.UnitNormal.CDF((c.least - c.mean) / c.sd)
		c.high = distuv.UnitNormal.CDF((c.most - c.mean) / c.sd)
	}
	return c
}

// represent returns the representation of the row's own value.
func (s *neighbours) represent(x float64) float64 {
	if !s.condition.Whole {
		return 1
	}
	if s.scale == 0 {
		return 0
	}
	return (x - s.mean) / s.scale
}

// draw returns a value and its representation.
func (s *neighbours) draw(rng *rand.Rand) (x, z float64) {
	if s.condition.Whole {
		x = s.around + s.scale*rng.NormFloat64()
		return x, s.represent(x)
	}
	u := rng.Float64()
	k := 0
	for k < len(s.cells)-1 && u >= s.cells[k].upTo {
		k++
	}
	c := &s.cells[k]
	if c.here {
		z = 1
	}
	if c.sd == 0 {
		return c.mean, z
	}
	u = c.low + rng.Float64()*(c.high-c.low)
	return min(max(c.mean+c.sd*distuv.UnitNormal.Quantile(u), c.least), c.most), z
}
