package explain

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/metrics"
)

// A Metric compares predictions with the truth. Those of package metrics fit:
// metrics.MSE[float64] with truths of float64, metrics.AUC[float64] with truths
// of bool; a function literal fits the others.
type Metric[T any] func(yTrue []T, yPred []float64) (float64, error)

// PermutationOptions are the options of Permute. The zero value shuffles every
// feature 5 times, as scikit-learn does, and takes a larger metric for a better
// one.
type PermutationOptions struct {
	Repeats   int     // shuffles of each feature; 0 means 5
	Loss      bool    // the metric is an error: smaller is better
	Groups    [][]int // features shuffled together, by the same permutation; nil means each alone
	MaxRows   int     // rows used in each repeat, drawn without replacement; 0 means all
	Level     float64 // of the intervals; 0 means 0.95
	Seed      uint64
	Workers   int // goroutines that call the model at the same time; 0 means GOMAXPROCS, 1 is for a model that cannot
	BatchRows int // rows per call of the model; 0 means about half a megabyte of them
}

// PermutationImportance says how much worse a metric becomes as features lose
// their relation to the truth.
type PermutationImportance struct {
	Baseline float64 // the metric on the data as it is
	// Importance holds, per feature or group, what was lost on average, and the
	// interval of that average over the shuffles: mean -+ t sd/sqrt(Repeats).
	// The interval is about the shuffles, not about other data; with one
	// repeat it is NaN.
	Importance []metrics.Interval
	StdDev     []float64   // of the repeats (population), per feature or group
	Repeats    [][]float64 // what each shuffle lost, per feature or group
}

// Permute returns the permutation importance of each feature, or group of
// features: the mean over repeats of
//
//	metric(y, f(x)) - metric(y, f(x with the feature shuffled))
//
// with the sign turned for a Loss. A feature that the model does not use has
// exactly 0. Of correlated features each may seem unimportant while the others
// stand in for it: shuffle them as a group.
//
// The data is not copied: rows go through a buffer per worker, into which the
// shuffled column is written. The permutation of a feature and repeat depends on
// the seed alone, so the result does not depend on Workers. The model and the
// metric are called from several goroutines unless Workers is 1.
//
// Errors: ErrLength where yTrue and x differ, ErrRange for a bad option or
// feature, ErrEmpty for no rows, ErrNotFinite for a metric of NaN or infinity; the
// errors of the metric (wrapped) and of Model; the context's. Source: Breiman
// (2001); Fisher, Rudin and Dominici (2019); scikit-learn 1.9.1
// permutation_importance.
func Permute[T any](ctx context.Context, model Model, x *mat.Dense, yTrue []T, metric Metric[T], o PermutationOptions) (*PermutationImportance, error) {
	const fn = "Permute"
	c, err := newCaller(ctx, fn, model)
	if err != nil {
		return nil, err
	}
	if metric == nil {
		return nil, fmt.Errorf("%s: metric: need a function, have nil: %w", fn, mlgauge.ErrEmpty)
	}
	n, d, err := matrix(fn, "x", x)
	if err != nil {
		return nil, err
	}
	if err := check.Length(fn, "yTrue", n, len(yTrue)); err != nil {
		return nil, err
	}
	groups, err := o.check(fn, n, d)
	if err != nil {
		return nil, err
	}
	size, err := batchRows(fn, o.BatchRows, d)
	if err != nil {
		return nil, err
	}
	score := func(y []T, p []float64) (float64, error) {
		v, err := metric(y, p)
		if err != nil {
			return 0, fmt.Errorf("%s: metric: %w", fn, err)
		}
		return v, check.Finite(fn, "value of the metric", []float64{v})
	}
	pred := make([]float64, n)
	if err := c.predictAll(pred, x, size); err != nil {
		return nil, err
	}
	res := &PermutationImportance{
		Importance: make([]metrics.Interval, len(groups)), StdDev: make([]float64, len(groups)), Repeats: make([][]float64, len(groups)),
	}
	if res.Baseline, err = score(yTrue, pred); err != nil {
		return nil, err
	}
	p := permuter{caller: c, x: x, size: min(size, o.MaxRows), repeats: o.Repeats, rows: o.MaxRows, seed: o.Seed}
	p.ctx, p.stop = context.WithCancel(p.ctx)
	defer p.stop()
	err = p.each(len(groups), o.Workers, func(g int, w *shuffler) error {
		lost := make([]float64, o.Repeats)
		if err := w.run(g, groups[g]); err != nil {
			return err
		}
		y := yTrue
		for r := range lost {
			if o.MaxRows < n {
				y = make([]T, o.MaxRows)
				for i, row := range w.chosen[r] {
					y[i] = yTrue[row]
				}
			}
			v, err := score(y, w.pred[r])
			if err != nil {
				return err
			}
			if lost[r] = res.Baseline - v; o.Loss {
				lost[r] = v - res.Baseline
			}
		}
		res.Repeats[g] = lost
		return nil
	})
	if err != nil {
		return nil, err
	}
	for g, lost := range res.Repeats {
		res.Importance[g], res.StdDev[g] = ofRepeats(lost, o.Level)
	}
	return res, nil
}

// check fills in the defaults and returns the groups.
func (o *PermutationOptions) check(fn string, n, d int) ([][]int, error) {
	for _, f := range []struct {
		name  string
		value *int
		zero  int
	}{{"Repeats", &o.Repeats, 5}, {"MaxRows", &o.MaxRows, n}, {"Workers", &o.Workers, runtime.GOMAXPROCS(0)}} {
		if *f.value == 0 {
			*f.value = f.zero
		}
		if err := check.AtLeast(fn, f.name, *f.value, 1); err != nil {
			return nil, err
		}
	}
	if err := check.In(fn, "MaxRows", float64(o.MaxRows), 1, float64(n)); err != nil {
		return nil, err
	}
	if o.Level == 0 {
		o.Level = 0.95
	}
	if err := check.Level(fn, o.Level); err != nil {
		return nil, err
	}
	if o.Groups == nil {
		return grouping(fn, nil, d)
	}
	// Groups may overlap and need not cover all features.
	for _, g := range o.Groups {
		if err := check.NotEmpty(fn, "Groups", len(g)); err != nil {
			return nil, err
		}
		for i, j := range g {
			if err := feature(fn, j, d); err != nil {
				return nil, err
			}
			if slices.Contains(g[:i], j) {
				return nil, fmt.Errorf("%s: Groups: need every feature once in a group, have %d twice: %w", fn, j, mlgauge.ErrRange)
			}
		}
	}
	return o.Groups, check.NotEmpty(fn, "Groups", len(o.Groups))
}

// permuter predicts with shuffled features.
type permuter struct {
	caller
	stop    context.CancelFunc
	x       *mat.Dense
	size    int // rows per call
	rows    int // rows per repeat
	repeats int
	seed    uint64
}

// each runs do for every group on the workers. The error is that of the first
// group that failed for a reason of its own.
func (p *permuter) each(groups, workers int, do func(g int, w *shuffler) error) error {
	errs := make([]error, groups)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, groups) {
		wg.Go(func() {
			w := newShuffler(p)
			for {
				g := int(next.Add(1)) - 1
				if g >= groups {
					return
				}
				if errs[g] = do(g, w); errs[g] != nil {
					p.stop() // the others need not go on
					return
				}
			}
		})
	}
	wg.Wait()
	var cancelled error
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
		if cancelled == nil {
			cancelled = err
		}
	}
	return cancelled
}

// shuffler is one worker.
type shuffler struct {
	*permuter
	buf    *mat.Dense
	data   []float64
	column []float64   // of the group, row by row
	perm   [][]int32   // per repeat: the row that gives its value to each
	chosen [][]int32   // per repeat: the rows used, nil for all in order
	pred   [][]float64 // per repeat
}

func newShuffler(p *permuter) *shuffler {
	_, d := p.x.Dims()
	w := &shuffler{permuter: p, data: make([]float64, p.size*d)}
	w.buf = mat.NewDense(p.size, d, w.data)
	n, _ := p.x.Dims()
	for range p.repeats {
		w.perm = append(w.perm, make([]int32, n))
		w.pred = append(w.pred, make([]float64, p.rows))
		w.chosen = append(w.chosen, nil)
	}
	return w
}

// run predicts every repeat of a group. A block of rows is copied once for all
// repeats that use the same rows; only the columns of the group change between.
func (w *shuffler) run(g int, features []int) error {
	n, d := w.x.Dims()
	k := len(features)
	w.column = slices.Grow(w.column[:0], n*k)[:n*k]
	for i := range n {
		row := w.x.RawRowView(i)
		for c, j := range features {
			w.column[i*k+c] = row[j]
		}
	}
	for r := range w.perm {
		rng := rand.NewPCG(w.seed, uint64(g)<<32|uint64(r))
		if w.rows < n {
			// A sample of rows first, then a permutation among them.
			all := make([]int32, n)
			draw(all, w.rows, rng)
			w.chosen[r] = all[:w.rows]
			w.perm[r] = w.perm[r][:w.rows]
			draw(w.perm[r], w.rows, rng)
			for i, at := range w.perm[r] {
				w.perm[r][i] = w.chosen[r][at]
			}
			continue
		}
		draw(w.perm[r], n, rng)
	}
	for lo := 0; lo < w.rows; lo += w.size {
		hi := min(w.rows, lo+w.size)
		x := w.buf
		if hi-lo < w.size {
			x = mat.NewDense(hi-lo, d, w.data[:(hi-lo)*d])
		}
		for r, perm := range w.perm {
			if r == 0 || w.chosen[r] != nil {
				for i := lo; i < hi; i++ {
					from := i
					if w.chosen[r] != nil {
						from = int(w.chosen[r][i])
					}
					copy(w.data[(i-lo)*d:(i-lo+1)*d], w.x.RawRowView(from))
				}
			}
			if k == 1 {
				at := features[0]
				for _, from := range perm[lo:hi] {
					w.data[at] = w.column[from]
					at += d
				}
			} else {
				for i, from := range perm[lo:hi] {
					for c, j := range features {
						w.data[i*d+j] = w.column[int(from)*k+c]
					}
				}
			}
			if err := w.predict(w.pred[r][lo:hi], x); err != nil {
				return err
			}
		}
	}
	return nil
}

// draw fills p with 0 to n-1 and shuffles so that its first count places are a
// random sample in random order.
func draw(p []int32, count int, rng *rand.PCG) {
	for i := range p {
		p[i] = int32(i)
	}
	n := uint32(len(p))
	var bits uint64
	for i := range uint32(min(count, len(p)-1)) {
		// Lemire's bounded number without a division, from 32 random bits: two
		// from each draw.
		if bits >>= 32; i%2 == 0 {
			bits = rng.Uint64()
		}
		bound := n - i
		m := (bits & math.MaxUint32) * uint64(bound)
		if uint32(m) < bound {
			for least := -bound % bound; uint32(m) < least; {
				m = (rng.Uint64() >> 32) * uint64(bound)
			}
		}
		j := i + uint32(m>>32)
		p[i], p[j] = p[j], p[i]
	}
}

// ofRepeats returns the mean of the repeats with its interval, and their standard
// deviation.
func ofRepeats(lost []float64, level float64) (metrics.Interval, float64) {
	n := float64(len(lost))
	mean := 0.0
	for _, v := range lost {
		mean += v / n
	}
	square := 0.0
	for _, v := range lost {
		square += (v - mean) * (v - mean)
	}
	half := math.NaN()
	if n > 1 {
		half = distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile((1+level)/2) * math.Sqrt(square/(n-1)/n)
	}
	return metrics.Interval{Value: mean, Low: mean - half, High: mean + half, Level: level}, math.Sqrt(square / n)
}
