package explain

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// A BandMethod says how the interval of an average is made.
type BandMethod uint8

const (
	// Normal takes the average plus and minus a normal quantile times its
	// standard error.
	Normal BandMethod = iota
	// Bootstrapped takes percentiles over rows drawn with replacement. It keeps
	// the predictions of all rows at all points.
	Bootstrapped
)

// PartialDependence moves one feature, or two, over a grid, and predicts every
// row there. The zero value is scikit-learn's: 100 points between the 5th and
// 95th percentile, or all values of a feature that has fewer.
type PartialDependence struct {
	Resolution   int               // points per feature; 0 means 100
	Lower, Upper float64           // quantiles at the ends of the grid; both 0 means 0.05 and 0.95
	Categorical  []int             // features whose grid is all their values
	Custom       map[int][]float64 // the grid of a feature, where it is given
	Weights      []float64         // of the rows; nil means equal
	Level        float64           // of the intervals; 0 means 0.95
	Band         BandMethod        // how the intervals are made
	Replicas     int               // of Bootstrapped; 0 means 1000
	Seed         uint64            // of Bootstrapped
	BatchRows    int               // rows per call of the model; 0 means about half a megabyte of them
}

// A Dependence is the average prediction over a grid. Of two features, the last
// moves fastest: point (i, j) is Average[i*len(Grid[1])+j].
type Dependence struct {
	Features []int
	Grid     [][]float64 // values per feature
	Average  []float64
	StdErr   []float64 // of the average, over the rows
	Low      []float64 // interval of the average, at Level
	High     []float64
	Level    float64
	// Distribution is, for each feature, the share of the rows nearest to each
	// value of its grid (by weight, where there are weights): where it is
	// small, the curve is not supported by data.
	Distribution [][]float64
}

// Points returns the number of points of the grid.
func (d *Dependence) Points() int { return len(d.Average) }

// Explain returns the average prediction over the rows of x as one feature, or
// two, take the values of a grid:
//
//	PD(v) = sum_i w_i f(x_i with the features set to v) / sum_i w_i
//
// The grid of a feature has Resolution points equally spaced between two
// quantiles (plotting positions (i-0.4)/(n+0.2)), or all its values if it is
// categorical or has fewer. The rows go through one buffer in which only the
// columns of the features are overwritten from point to point.
//
// StdErr measures how much the average would vary with other rows, the model
// unchanged: sqrt(n/(n-1) sum w_i^2 (f_i - PD)^2) / sum w_i, which for equal
// weights is s/sqrt(n). Of one row it and the interval are NaN.
//
// NaN in other features is given to the model as it is. Rows of weight 0 are
// left out.
//
// Errors: ErrRange for a bad option or feature, ErrLength for other than one or
// two features, ErrNotFinite for NaN or an infinity in a feature whose grid is
// not given, ErrUndefined if both percentiles are the same value, ErrEmpty for no
// rows, ErrUndefined for a model that changed its input; the errors of Model; the
// context's. Source: Friedman (2001); scikit-learn 1.9.1
// partial_dependence(method="brute").
func (p PartialDependence) Explain(ctx context.Context, model Model, x *mat.Dense, features ...int) (*Dependence, error) {
	const fn = "PartialDependence.Explain"
	level, replicas := p.Level, p.Replicas
	if level == 0 {
		level = 0.95
	}
	if err := check.Level(fn, level); err != nil {
		return nil, err
	}
	if replicas == 0 {
		replicas = 1000
	}
	if err := check.AtLeast(fn, "Replicas", replicas, 1); err != nil {
		return nil, err
	}
	if p.Band > Bootstrapped {
		return nil, check.Option(fn, "Band", p.Band)
	}
	s, err := p.sweep(ctx, fn, model, x, features)
	if err != nil {
		return nil, err
	}
	points := s.points()
	d := &Dependence{
		Features: slices.Clone(features), Grid: s.grid, Level: level,
		Average: make([]float64, points), StdErr: make([]float64, points),
		Low: make([]float64, points), High: make([]float64, points),
	}
	var all *mat.Dense
	if p.Band == Bootstrapped {
		all = mat.NewDense(points, len(s.rows), nil)
	}
	sums := make([]spread, points)
	if err := s.run(func(point, row int, pred []float64) {
		if s.equal {
			sums[point].addEqual(pred)
		} else {
			sums[point].add(pred, s.weight[row:row+len(pred)])
		}
		if all != nil {
			copy(all.RawRowView(point)[row:], pred)
		}
	}); err != nil {
		return nil, err
	}
	z := distuv.UnitNormal.Quantile((1 + level) / 2)
	for k := range sums {
		d.Average[k], d.StdErr[k] = sums[k].mean(len(s.rows))
		d.Low[k], d.High[k] = d.Average[k]-z*d.StdErr[k], d.Average[k]+z*d.StdErr[k]
	}
	if all != nil {
		p.bootstrap(s.ctx, d, all, s.weight, replicas)
		if err := s.ctx.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", fn, err)
		}
	}
	for i, j := range features {
		d.Distribution = append(d.Distribution, s.nearest(j, d.Grid[i]))
	}
	return d, nil
}

// spread accumulates a weighted mean and its standard error, by deviations from
// the first value seen.
type spread struct {
	origin, sum float64 // sum of w
	first       float64 // of w (f - origin)
	q0, q1, q2  float64 // of w^2 (f - origin)^0, 1, 2
	seen        bool
}

func (s *spread) add(f, w []float64) {
	if !s.seen {
		s.origin, s.seen = f[0], true
	}
	var sum, first, q0, q1, q2 float64
	for i, v := range f {
		v -= s.origin
		wv := w[i] * v
		sum += w[i]
		first += wv
		q0 += w[i] * w[i]
		q1 += w[i] * wv
		q2 += wv * wv
	}
	s.sum, s.first = s.sum+sum, s.first+first
	s.q0, s.q1, s.q2 = s.q0+q0, s.q1+q1, s.q2+q2
}

// addEqual is add with weights of 1.
func (s *spread) addEqual(f []float64) {
	if !s.seen {
		s.origin, s.seen = f[0], true
	}
	var missing [1]bool
	shift, n, first, square := [1]float64{s.origin}, [1]float64{}, [1]float64{}, [1]float64{}
	kernel.ColumnSums(f, 1, len(f), 1, shift[:], n[:], first[:], square[:], missing[:])
	s.sum, s.first = s.sum+n[0], s.first+first[0]
	s.q0, s.q1, s.q2 = s.q0+n[0], s.q1+first[0], s.q2+square[0]
}

func (s *spread) mean(n int) (mean, stdErr float64) {
	d := s.first / s.sum
	v := max(0, s.q2-2*d*s.q1+d*d*s.q0) * float64(n) / float64(n-1)
	if n == 1 {
		v = math.NaN()
	}
	return s.origin + d, math.Sqrt(v) / s.sum
}

// bootstrap sets the intervals to percentiles over rows drawn with replacement;
// all points of a replicate use the same rows. It stops when the context ends.
func (p PartialDependence) bootstrap(ctx context.Context, d *Dependence, all *mat.Dense, weight []float64, replicas int) {
	points, n := all.Dims()
	rep := mat.NewDense(points, replicas, nil)
	parallel.Each(replicas, func(r int) {
		if ctx.Err() != nil {
			return
		}
		rng := rand.New(rand.NewPCG(p.Seed, uint64(r)))
		w := make([]float64, n)
		sum := 0.0
		for range n {
			i := rng.IntN(n)
			w[i] += weight[i]
			sum += weight[i]
		}
		for k := range points {
			f := all.RawRowView(k)
			mean := 0.0
			for i, v := range f {
				mean += w[i] * (v - d.Average[k])
			}
			rep.Set(k, r, d.Average[k]+mean/sum)
		}
	})
	for k := range points {
		v := rep.RawRowView(k)
		slices.Sort(v)
		d.Low[k], d.High[k] = between(v, (1-d.Level)/2), between(v, (1+d.Level)/2)
	}
}

// between returns the linearly interpolated quantile of sorted values.
func between(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-1)
	if i == len(sorted)-1 {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
