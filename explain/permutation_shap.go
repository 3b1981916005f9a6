package explain

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// PermutationSHAP estimates Shapley values by letting the features enter in
// random orders. The zero value draws 10 pairs of orders from seed 0.
type PermutationSHAP struct {
	Pairs     int       // pairs of an order and its reverse; 0 means 10, or at most 10,000 with MaxError
	MaxError  float64   // if positive: draw until every standard error of a row is at most this
	Weights   []float64 // of the background's rows; nil means equal
	Link      Link      // scale on which the values add up
	Groups    [][]int   // features that enter and leave together, every feature in one; nil means one each
	Seed      uint64
	BatchRows int // rows per call of the model; 0 means about half a megabyte of them
}

// minPairs is the least number of pairs from which a standard error is believed
// when deciding to stop.
const minPairs = 8

// Explain returns the Shapley values of each of the rows: the mean, over random
// orders pi of the players that vary, of
//
//	v(players up to i in pi) - v(players before i in pi)
//
// Every order is followed by its reverse (antithetic pairs), which makes the
// values exact for models without interactions of three or more features, and
// every pair adds up to the prediction minus the base, so the mean does. A pair
// costs 2(M-1) coalitions.
//
// StdErr is the standard deviation of the pairs (n-1) over the root of their
// number: one pair leaves it NaN, with two features that vary it is 0 since the
// one pair there is, is exact. With MaxError a row draws batches of pairs, at
// least 8, until its largest standard error is no more than MaxError.
//
// Where a row fails, the explanation of those before it is returned with the
// error.
//
// Errors: ErrNotConverged, beside the explanation as far as it came, if MaxError
// was not reached within Pairs; ErrRange for a bad option, groups that overlap;
// ErrEmpty, ErrLength for matrices that do not go together; the errors of Model;
// the context's. Source: Castro, Gomez and Tejada (2009); Mitchell, Cooper, Frank
// and Holmes (2022); shap 0.51 PermutationExplainer, which has no stop.
func (p PermutationSHAP) Explain(ctx context.Context, model Model, background, rows *mat.Dense) (*Explanation, error) {
	const fn = "PermutationSHAP.Explain"
	if !(p.MaxError >= 0) || math.IsInf(p.MaxError, 0) {
		return nil, fmt.Errorf("%s: MaxError: need a finite number of at least 0, have %v: %w", fn, p.MaxError, mlgauge.ErrRange)
	}
	pairs := p.Pairs
	switch {
	case pairs < 0:
		return nil, check.AtLeast(fn, "Pairs", pairs, 0)
	case pairs == 0 && p.MaxError > 0:
		pairs = 10_000
	case pairs == 0:
		pairs = 10
	}
	g, err := newGame(ctx, fn, model, background, rows, options{p.Weights, p.Link, p.Groups, p.BatchRows})
	if err != nil {
		return nil, err
	}
	row, missed := uint64(0), 0
	exact := true
	e, err := g.explain(rows, true, func(phi, se []float64) error {
		rng := rand.New(rand.NewPCG(p.Seed, row))
		row++
		w := walk{game: g, mean: phi, square: se}
		clear(phi)
		if len(phi) == 2 {
			return w.pairs(1, rng)
		}
		exact = false
		for int(w.n) < pairs {
			more := pairs - int(w.n)
			if p.MaxError > 0 {
				more = min(more, minPairs)
			}
			if err := w.pairs(more, rng); err != nil {
				return err
			}
			if p.MaxError > 0 && w.n >= minPairs && w.worst() <= p.MaxError {
				w.errors()
				return nil
			}
		}
		w.errors()
		if p.MaxError > 0 {
			missed++
		}
		return nil
	})
	if e != nil {
		e.Exact = exact
	}
	if err != nil {
		return e, err
	}
	if missed > 0 {
		return e, fmt.Errorf("%s: MaxError: need standard errors of at most %v, have larger ones in %d rows after %d pairs: %w", fn, p.MaxError, missed, pairs, mlgauge.ErrNotConverged)
	}
	return e, nil
}

// walk accumulates pairs of orders.
type walk struct {
	*game
	n            float64
	mean, square []float64 // of the pairs: mean and sum of squared deviations
	sets         set
	value        []float64
	order        []int
	orders       []int
}

// pairs draws orders and follows each there and back, all in one batch.
func (w *walk) pairs(count int, rng *rand.Rand) error {
	m := len(w.mean)
	width := words(m)
	each := 2 * (m - 1)
	if len(w.order) != m {
		w.order = make([]int, m)
		for i := range w.order {
			w.order[i] = i
		}
	}
	// Bound what a large number of pairs holds at a time.
	if most := max(1, 1<<16/each); count > most {
		for count > 0 {
			if err := w.pairs(min(count, most), rng); err != nil {
				return err
			}
			count -= most
		}
		return nil
	}
	w.sets = append(w.sets[:0], make(set, count*each*width)...)
	w.orders = w.orders[:0]
	at := w.sets
	for range count {
		rng.Shuffle(m, func(i, j int) { w.order[i], w.order[j] = w.order[j], w.order[i] })
		w.orders = append(w.orders, w.order...)
		for back := range 2 {
			for k := 0; k < m-1; k++ {
				if k > 0 {
					copy(at[:width], w.sets[len(w.sets)-len(at)-width:])
				}
				i := w.order[k]
				if back == 1 {
					i = w.order[m-1-k]
				}
				at[i/64] |= 1 << (i % 64)
				at = at[width:]
			}
		}
	}
	if cap(w.value) < count*each {
		w.value = make([]float64, count*each)
	}
	w.value = w.value[:count*each]
	if err := w.values(w.value, w.sets, width); err != nil {
		return err
	}
	for r := range count {
		order := w.orders[r*m : (r+1)*m]
		there := w.value[r*each : r*each+m-1]
		back := w.value[r*each+m-1 : (r+1)*each]
		w.n++
		for k, i := range order {
			y := (step(w.game, there, k) + step(w.game, back, m-1-k)) / 2
			d := y - w.mean[i]
			w.mean[i] += d / w.n
			w.square[i] += d * (y - w.mean[i])
		}
	}
	return nil
}

// step is what the k-th player to enter adds, where v holds the values after the
// first, second, ... but the last.
func step(g *game, v []float64, k int) float64 {
	before, after := g.base, g.fx
	if k > 0 {
		before = v[k-1]
	}
	if k < len(v) {
		after = v[k]
	}
	return after - before
}

// worst returns the largest standard error.
func (w *walk) worst() float64 {
	worst := 0.0
	for _, s := range w.square {
		worst = max(worst, math.Sqrt(s/(w.n-1)/w.n))
	}
	return worst
}

// errors turns the sums of squares into standard errors.
func (w *walk) errors() {
	for i, s := range w.square {
		w.square[i] = math.Sqrt(s / (w.n - 1) / w.n)
	}
}
