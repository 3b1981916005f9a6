package preprocess

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// Permute keeps the columns without whose order a fitted model does worse: each
// is shuffled in turn, and stays if the score drops by more than Threshold on
// average. The zero value shuffles 5 times and keeps columns whose mean drop is
// above the mean of all drops.
//
// The shuffles come from Seed, the column and the repeat: a result is the same
// from run to run, on any number of cores.
//
// Source: Breiman (2001); scikit-learn 1.9 permutation_importance; feature_engine
// 1.9 SelectByShuffling for the default threshold.
type Permute struct {
	Repeats   int      `json:"repeats,omitempty"`   // shuffles per column; 0 means 5
	Threshold *float64 `json:"threshold,omitempty"` // the least drop, exclusive; nil means the mean drop
	Seed      uint64   `json:"seed,omitempty"`

	Selection
	Baseline float64 `json:"baseline,omitempty"` // the score of the data as they are
	Mean     Floats  `json:"mean,omitempty"`     // drop of every column, mean over the repeats
	Std      Floats  `json:"std,omitempty"`      // and its population standard deviation
}

// Fit shuffles the columns of x, which the model should not have been trained
// on. score returns how well the model does on a matrix like x; higher is
// better. It is called from several goroutines at once, with matrices of their
// own.
//
// It reports what score reports, an empty matrix, scores that are not finite
// (ErrNotFinite), and options out of range (ErrRange). NaN in x is shuffled like
// any value.
func (p *Permute) Fit(x mat.Matrix, score func(mat.Matrix) (float64, error)) error {
	const fn = "Permute.Fit"
	g, err := view(fn, "x", x)
	if err != nil {
		return err
	}
	if err := p.options(fn); err != nil {
		return err
	}
	if score == nil {
		return check.Option(fn, "score", "nil")
	}
	repeats := p.Repeats
	if repeats == 0 {
		repeats = 5
	}
	base, err := score(mat.DenseCopyOf(x))
	if err != nil {
		return fmt.Errorf("%s: score: %w", fn, err)
	}
	if err := check.Finite(fn, "score", []float64{base}); err != nil {
		return err
	}
	mean, std := make(Floats, g.Cols), make(Floats, g.Cols)
	errs := make([]error, g.Cols)
	parallel.Each(g.Cols, func(j int) {
		work := mat.DenseCopyOf(x)
		col := make([]float64, g.Rows)
		drops := make([]float64, repeats)
		for r := range repeats {
			columnInto(col, g, j)
			rng := rand.New(rand.NewPCG(p.Seed, uint64(j)<<32|uint64(r)))
			rng.Shuffle(len(col), func(a, b int) { col[a], col[b] = col[b], col[a] })
			work.SetCol(j, col)
			v, err := score(work)
			if err == nil {
				err = check.Finite(fn, "score", []float64{v})
			}
			if err != nil {
				errs[j] = fmt.Errorf("%s: score with column %d shuffled: %w", fn, j, err)
				return
			}
			drops[r] = base - v
		}
		mean[j], std[j] = meanStd(drops)
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	cut, _ := meanStd(mean)
	if p.Threshold != nil {
		cut = *p.Threshold
	}
	yes := make([]bool, g.Cols)
	for j, d := range mean {
		yes[j] = d > cut
	}
	p.Selection, p.Baseline, p.Mean, p.Std = keep(yes), base, mean, std
	return nil
}

func (p *Permute) options(fn string) error {
	if err := check.AtLeast(fn, "Repeats", p.Repeats, 0); err != nil {
		return err
	}
	if p.Threshold == nil {
		return nil
	}
	return check.In(fn, "Threshold", *p.Threshold, -math.MaxFloat64, math.MaxFloat64)
}

// UnmarshalJSON reads options and fitted parameters; what does not fit together
// is refused (ErrCorrupt) and leaves p as it was.
func (p *Permute) UnmarshalJSON(data []byte) error {
	const fn = "Permute.UnmarshalJSON"
	type plain Permute
	var v plain
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	n := Permute(v)
	if err := n.options(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if err := n.Selection.valid(fn); err != nil {
		return err
	}
	if len(n.Mean) != len(n.Std) || (len(n.Mean) != 0 && len(n.Mean) != n.Features) {
		return jsonfloat.Corrupt(fn, "need %d drops, have %d and %d", n.Features, len(n.Mean), len(n.Std))
	}
	*p = n
	return nil
}
