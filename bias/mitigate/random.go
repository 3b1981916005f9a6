package mitigate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/mlgauge/mlgauge"
)

// Oversample returns row indices in which every class has at least its target: all
// rows in order, then rows drawn with replacement, class by class. Nil targets
// bring every class to the size of the largest. It returns ErrEmpty, ErrUndefined
// for a single class, ErrUnknownCategory and ErrRange for bad targets. Source:
// imbalanced-learn 0.14 RandomOverSampler.
func Oversample[L cmp.Ordered](y []L, targets Targets[L], seed uint64) ([]int, error) {
	classes, err := targets.resolve("mitigate.Oversample", y, true)
	if err != nil {
		return nil, err
	}
	out := make([]int, len(y))
	for i := range out {
		out[i] = i
	}
	for k, c := range classes {
		rng := generator(seed, k)
		for range c.want - len(c.rows) {
			out = append(out, c.rows[rng.IntN(len(c.rows))])
		}
	}
	return out, nil
}

// OversampleSmoothed is Oversample with a smoothed bootstrap: the rows added are
// moved by normal noise with the Silverman bandwidth times shrinkage,
//
//	shrinkage * (4 / ((p + 2) n))^(1/(p + 4)) * std of the column in the class
//
// with n all rows and p columns. It returns ErrRange for a negative shrinkage, the
// errors of Oversample, and ErrLength and ErrNotFinite for x. Source:
// imbalanced-learn 0.14 (ROSE, Menardi and Torelli 2014).
func OversampleSmoothed[L cmp.Ordered](x mat.Matrix, y []L, targets Targets[L], shrinkage float64, seed uint64) (Resampled[L], error) {
	const fn = "mitigate.OversampleSmoothed"
	if !(shrinkage >= 0) || math.IsInf(shrinkage, 1) {
		return Resampled[L]{}, fmt.Errorf("%s: shrinkage: need a finite number of at least 0, have %v: %w", fn, shrinkage, mlgauge.ErrRange)
	}
	classes, err := targets.resolve(fn, y, true)
	if err != nil {
		return Resampled[L]{}, err
	}
	d, err := dense(fn, x, len(y), false)
	if err != nil {
		return Resampled[L]{}, err
	}
	extra := 0
	for _, c := range classes {
		extra += c.want - len(c.rows)
	}
	out := started(d, y, extra)
	_, p := d.Dims()
	h := shrinkage * math.Pow(4/((float64(p)+2)*float64(len(y))), 1/(float64(p)+4))
	at := len(y)
	for k, c := range classes {
		rng := generator(seed, k)
		sub := rowsOf(d, c.rows)
		scale := make([]float64, p)
		for j := range scale {
			scale[j] = h * stat.PopStdDev(mat.Col(nil, j, sub), nil)
		}
		for range c.want - len(c.rows) {
			src := c.rows[rng.IntN(len(c.rows))]
			for j, v := range d.RawRowView(src) {
				out.X.Set(at, j, v+scale[j]*rng.NormFloat64())
			}
			out.Y, out.Source = append(out.Y, c.label), append(out.Source, src)
			at++
		}
	}
	return out, nil
}

// Undersample returns row indices in which every class has at most its target: rows
// drawn without replacement (or with), in ascending order. Nil targets bring every
// class to the size of the smallest. Errors are those of Oversample. Source:
// imbalanced-learn 0.14 RandomUnderSampler.
func Undersample[L cmp.Ordered](y []L, targets Targets[L], replacement bool, seed uint64) ([]int, error) {
	classes, err := targets.resolve("mitigate.Undersample", y, false)
	if err != nil {
		return nil, err
	}
	var out []int
	for k, c := range classes {
		rng := generator(seed, k)
		switch {
		case c.want == len(c.rows):
			out = append(out, c.rows...)
		case replacement:
			for range c.want {
				out = append(out, c.rows[rng.IntN(len(c.rows))])
			}
		default:
			rows := slices.Clone(c.rows)
			rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			out = append(out, rows[:c.want]...)
		}
	}
	slices.Sort(out)
	return out, nil
}
