package explain

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// Selection says which features the local model of LIME may use, where it may not
// use all of them.
type Selection uint8

const (
	// HighestWeights takes the features with the largest |coefficient times
	// value at the row| in a ridge regression (penalty 0.01) on all.
	HighestWeights Selection = iota
	// Forward adds one feature at a time, the one with the best weighted R2.
	Forward
)

// LIME explains the prediction for one row of a table by a linear model that
// holds near it. The zero value draws 5000 neighbours, cuts numbers into
// quartiles, and keeps all features.
type LIME struct {
	Samples     int       // rows predicted, the one explained included; 0 means 5000
	Cut         Cut       // how numbers become features of the local model
	Categorical []int     // features that are categories
	Width       float64   // of the kernel; 0 means 0.75 sqrt(number of features)
	Alpha       float64   // ridge penalty; 0 means 1
	Features    int       // features of the local model; 0 means all
	Selection   Selection // how they are selected, where Features is less than all
	Around      bool      // with Whole: draw around the row, not around the mean
	Seed        uint64
	BatchRows   int // rows per call of the model; 0 means about half a megabyte of them
}

// A LocalModel is linear around one row.
type LocalModel struct {
	Features  []int       // features kept, by falling |Coef|
	Coef      []float64   // of each
	Condition []Condition // what the coefficient is about, of each
	Intercept float64
	Local     float64 // the local model's prediction for the row
	// Prediction is the model's own. Where Local is far from it, or R2 is low,
	// the explanation does not hold.
	Prediction float64
	R2         float64 // weighted, over the neighbours
	Effective  float64 // (sum of weights)^2 / sum of squares: neighbours that count
	Width      float64 // of the kernel used
}

// Explain fits the local model. Neighbours are drawn from the distribution of
// data, one feature independently of the other; with z the representation of a
// neighbour and z_0 that of the row, and f the model, the coefficients minimise
//
//	sum_i w_i (f_i - b_0 - b.z_i)^2 + Alpha |b|^2
//	w_i = sqrt(exp(-|z_i - z_0|^2 / Width^2))
//
// A number cut into bins, and a category, has z = 1 in the bin or category of the
// row and 0 elsewhere: its coefficient is what being there adds. With Whole, z is
// (x - mean)/sd and the coefficient is the change per standard deviation.
//
// Neighbours are normal in Whole; in a bin they follow the normal distribution
// with the mean and standard deviation of the bin, cut off at its least and
// largest value. A constant feature has coefficient 0. Where the model gives the
// same prediction everywhere, all coefficients are 0 and R2 is 1.
//
// Errors: ErrLength where the row is not as long as data is wide, ErrNotFinite for
// data or a row that is not finite, ErrRange for a bad option or feature, ErrEmpty
// for no data, ErrUndefined if the neighbours do not determine the coefficients;
// the errors of Model; the context's. Source: Ribeiro, Singh and Guestrin (2016);
// lime 0.2.0.1 LimeTabularExplainer, which keeps 10 features.
func (l LIME) Explain(ctx context.Context, model Model, data *mat.Dense, row []float64) (*LocalModel, error) {
	const fn = "LIME.Explain"
	c, n, d, err := opened(ctx, fn, model, "data", data)
	if err != nil {
		return nil, err
	}
	if err := check.Length(fn, "row", d, len(row)); err != nil {
		return nil, err
	}
	if err := check.Finite(fn, "row", row); err != nil {
		return nil, err
	}
	for i := range n {
		if err := check.Finite(fn, "data", data.RawRowView(i)); err != nil {
			return nil, err
		}
	}
	if err := l.check(fn, d); err != nil {
		return nil, err
	}
	size, err := batchRows(fn, l.BatchRows, d)
	if err != nil {
		return nil, err
	}
	from := make([]neighbours, d)
	col := make([]float64, n)
	for j := range d {
		from[j] = l.neighbours(mat.Col(col, j, data), row[j], slices.Contains(l.Categorical, j))
	}

	rng := rand.New(rand.NewPCG(l.Seed, 0))
	z := mat.NewDense(l.Samples, d, nil)
	y, w := make([]float64, l.Samples), make([]float64, l.Samples)
	size = min(size, l.Samples)
	buf := make([]float64, size*d)
	var origin []float64
	for lo := 0; lo < l.Samples; lo += size {
		hi := min(l.Samples, lo+size)
		for i := lo; i < hi; i++ {
			x, zi := buf[(i-lo)*d:(i-lo+1)*d], z.RawRowView(i)
			for j := range from {
				if i == 0 {
					x[j] = row[j]
					zi[j] = from[j].represent(row[j])
				} else {
					x[j], zi[j] = from[j].draw(rng)
				}
			}
			if i == 0 {
				origin = zi
			}
			far := 0.0
			for j, v := range zi {
				far += (v - origin[j]) * (v - origin[j])
			}
			w[i] = math.Sqrt(math.Exp(-far / (l.Width * l.Width)))
		}
		x := mat.NewDense(hi-lo, d, buf[:(hi-lo)*d])
		if err := c.predict(y[lo:hi], x); err != nil {
			return nil, err
		}
		if lo == 0 {
			if err := c.again(y[:hi], x); err != nil {
				return nil, err
			}
		}
	}
	m, err := l.fit(fn, z, y, w)
	if err != nil {
		return nil, err
	}
	for _, j := range m.Features {
		m.Condition = append(m.Condition, from[j].condition)
	}
	return m, nil
}

// check fills in the defaults.
func (l *LIME) check(fn string, d int) error {
	if l.Samples == 0 {
		l.Samples = 5000
	}
	if err := check.AtLeast(fn, "Samples", l.Samples, 2); err != nil {
		return err
	}
	if l.Features == 0 {
		l.Features = d
	}
	if l.Features < 1 || l.Features > d {
		return fmt.Errorf("%s: Features: need 1 to %d, have %d: %w", fn, d, l.Features, mlgauge.ErrRange)
	}
	if l.Width == 0 {
		l.Width = 0.75 * math.Sqrt(float64(d))
	}
	if l.Alpha == 0 {
		l.Alpha = 1
	}
	for name, v := range map[string]float64{"Width": l.Width, "Alpha": l.Alpha} {
		if !(v > 0) || math.IsInf(v, 0) {
			return fmt.Errorf("%s: %s: need a positive number, have %v: %w", fn, name, v, mlgauge.ErrRange)
		}
	}
	if l.Cut > Whole {
		return check.Option(fn, "Cut", l.Cut)
	}
	if l.Selection > Forward {
		return check.Option(fn, "Selection", l.Selection)
	}
	for _, j := range l.Categorical {
		if err := feature(fn, j, d); err != nil {
			return err
		}
	}
	return nil
}

// fit regresses y on the rows of z, the first of which is the row explained.
func (l LIME) fit(fn string, z *mat.Dense, y, w []float64) (*LocalModel, error) {
	g := newGram(z, y, w)
	_, d := z.Dims()
	keep := make([]int, d)
	for j := range keep {
		keep[j] = j
	}
	if l.Features < d {
		var err error
		switch l.Selection {
		case HighestWeights:
			keep, err = g.highest(l.Features, z.RawRowView(0))
		case Forward:
			keep = g.forward(l.Features)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", fn, err)
		}
	}
	coef, err := g.ridge(keep, l.Alpha)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fn, err)
	}
	m := &LocalModel{Prediction: y[0], Width: l.Width, Intercept: g.meanY, R2: g.r2(keep, coef), Effective: g.sum * g.sum / g.square}
	for k, j := range keep {
		m.Intercept -= coef[k] * g.mean[j]
	}
	m.Local = m.Intercept
	for k, j := range keep {
		m.Local += coef[k] * z.At(0, j)
	}
	order := make([]int, len(keep))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(math.Abs(coef[b]), math.Abs(coef[a])) })
	for _, k := range order {
		m.Features, m.Coef = append(m.Features, keep[k]), append(m.Coef, coef[k])
	}
	return m, nil
}
