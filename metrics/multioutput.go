package metrics

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// MultiRegression accumulates predictions of several outputs: one Regression per
// column. The zero value is ready; the first batch sets the number of columns.
// Ask it with a method of Regression:
//
//	raw, err := m.Raw((*metrics.Regression).RMSE)
//	avg, err := m.Uniform((*metrics.Regression).R2)
//
// Copy it by Merge into a fresh one.
type MultiRegression struct {
	Collect Collect // as in Regression; set it before the first Add

	columns []Regression
}

// Add adds a batch: matrices of the same shape, one row per case, one column per
// output.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite, ErrIncompatible for another number
// of columns than before; the receiver is then unchanged.
func (m *MultiRegression) Add(yTrue, yPred mat.Matrix) error {
	return m.add("metrics.MultiRegression.Add", yTrue, yPred, nil)
}

// AddWeighted adds a batch whose rows have weights.
//
// Errors: as Add, and ErrRange for a negative weight.
func (m *MultiRegression) AddWeighted(yTrue, yPred mat.Matrix, weights []float64) error {
	const fn = "metrics.MultiRegression.AddWeighted"
	if weights == nil {
		weights = []float64{}
	}
	return m.add(fn, yTrue, yPred, weights)
}

// sameShape checks two matrices of outputs.
func sameShape(fn string, yTrue, yPred mat.Matrix) (rows, cols int, err error) {
	if yTrue == nil || yPred == nil {
		return 0, 0, check.NotEmpty(fn, "yTrue and yPred", 0)
	}
	rows, cols = yTrue.Dims()
	r, c := yPred.Dims()
	if err := check.Pair(fn, "yTrue", rows, "yPred", r); err != nil {
		return 0, 0, err
	}
	if c != cols {
		return 0, 0, fmt.Errorf("%s: yPred: need as many columns as yTrue (%d), have %d: %w", fn, cols, c, mlgauge.ErrLength)
	}
	return rows, cols, check.NotEmpty(fn, "columns of yTrue", cols)
}

func (m *MultiRegression) add(fn string, yTrue, yPred mat.Matrix, w []float64) error {
	rows, cols, err := sameShape(fn, yTrue, yPred)
	if err != nil {
		return err
	}
	if len(m.columns) > 0 && len(m.columns) != cols {
		return fmt.Errorf("%s: yTrue: need %d columns as before, have %d: %w", fn, len(m.columns), cols, mlgauge.ErrIncompatible)
	}
	part := make([]Regression, cols)
	copy(part, m.columns)
	a, b := make([]float64, rows), make([]float64, rows)
	for j := range part {
		mat.Col(a, j, yTrue)
		mat.Col(b, j, yPred)
		if len(m.columns) == 0 {
			part[j].Collect = m.Collect
		}
		if w == nil {
			err = part[j].Add(a, b)
		} else {
			err = part[j].AddWeighted(a, b, w)
		}
		if err != nil {
			return fmt.Errorf("%s: column %d: %w", fn, j, err)
		}
	}
	m.columns = part
	return nil
}

// Merge adds what o gathered. o is unchanged.
//
// Errors: ErrIncompatible if the columns or what they collect differ.
func (m *MultiRegression) Merge(o *MultiRegression) error {
	if len(o.columns) == 0 {
		return nil
	}
	part := make([]Regression, len(o.columns))
	if len(m.columns) == 0 {
		for j := range part {
			part[j].Collect = m.Collect
		}
	} else if len(m.columns) != len(o.columns) {
		return fmt.Errorf("metrics.MultiRegression.Merge: columns: need %d, have %d: %w", len(m.columns), len(o.columns), mlgauge.ErrIncompatible)
	}
	copy(part, m.columns)
	for j := range part {
		if err := part[j].Merge(&o.columns[j]); err != nil {
			return fmt.Errorf("metrics.MultiRegression.Merge: column %d: %w", j, err)
		}
	}
	m.columns = part
	m.Collect = part[0].Collect
	return nil
}

// Reset forgets all rows and the number of columns; Collect stays.
func (m *MultiRegression) Reset() { *m = MultiRegression{Collect: m.Collect} }

// Columns returns the number of outputs, 0 before the first batch.
func (m *MultiRegression) Columns() int { return len(m.columns) }

// Column returns a copy of the statistic of output j.
//
// Errors: ErrRange.
func (m *MultiRegression) Column(j int) (Regression, error) {
	if j < 0 || j >= len(m.columns) {
		return Regression{}, fmt.Errorf("metrics.MultiRegression.Column: j: need 0 to %d, have %d: %w", len(m.columns)-1, j, mlgauge.ErrRange)
	}
	return m.columns[j], nil
}

// Raw returns a formula's value for each output (multioutput="raw_values").
//
// Errors: ErrEmpty, and those of the formula.
func (m *MultiRegression) Raw(formula func(*Regression) (float64, error)) ([]float64, error) {
	if len(m.columns) == 0 {
		return nil, fmt.Errorf("metrics.MultiRegression: need at least one batch, have none: %w", mlgauge.ErrEmpty)
	}
	v := make([]float64, len(m.columns))
	for j := range v {
		var err error
		if v[j], err = formula(&m.columns[j]); err != nil {
			return nil, fmt.Errorf("output %d: %w", j, err)
		}
	}
	return v, nil
}

// Uniform returns the plain mean of a formula over the outputs
// (multioutput="uniform_average"). RMSE is thereby the mean of the roots.
//
// Errors: as Raw.
func (m *MultiRegression) Uniform(formula func(*Regression) (float64, error)) (float64, error) {
	v, err := m.Raw(formula)
	if err != nil {
		return 0, err
	}
	return AverageOutputs(v, nil)
}

// Weighted returns the mean of a formula over the outputs with one weight per
// output.
//
// Errors: as Raw and AverageOutputs.
func (m *MultiRegression) Weighted(formula func(*Regression) (float64, error), weights []float64) (float64, error) {
	v, err := m.Raw(formula)
	if err != nil {
		return 0, err
	}
	if weights == nil {
		weights = []float64{}
	}
	return AverageOutputs(v, weights)
}

// VarianceWeighted returns the mean of a formula over the outputs, each weighted
// by the variance of its truth (multioutput="variance_weighted"); where no truth
// varies it is the plain mean.
//
// Errors: as Raw.
func (m *MultiRegression) VarianceWeighted(formula func(*Regression) (float64, error)) (float64, error) {
	v, err := m.Raw(formula)
	if err != nil {
		return 0, err
	}
	w := make([]float64, len(v))
	var t float64
	for j := range w {
		w[j] = m.columns[j].y.M2
		t += w[j]
	}
	if t == 0 {
		w = nil
	}
	return AverageOutputs(v, w)
}

// AverageOutputs returns the mean of values with weights; nil weights are equal.
//
// Errors: ErrEmpty, ErrLength, ErrNotFinite and ErrRange for bad weights,
// ErrUndefined if all are 0.
func AverageOutputs(values, weights []float64) (float64, error) {
	const fn = "metrics.AverageOutputs"
	if err := check.NotEmpty(fn, "values", len(values)); err != nil {
		return 0, err
	}
	var s sum
	if weights == nil {
		for _, v := range values {
			s.add(v)
		}
		return s.value() / float64(len(values)), nil
	}
	if err := check.Weights(fn, "weights", len(values), weights); err != nil {
		return 0, err
	}
	t, err := check.Sum(fn, "weights", weights)
	if err != nil {
		return 0, err
	}
	for i, v := range values {
		s.add(weights[i] / t * v)
	}
	return s.value(), nil
}

// Outputs returns the value of a one-shot for each column of two matrices: the
// raw values of a measure that has no Regression formula, such as MedianAE.
//
//	raw, err := metrics.Outputs(yTrue, yPred, metrics.MedianAE[float64])
//
// Errors: ErrLength, ErrEmpty, and those of the measure.
func Outputs(yTrue, yPred mat.Matrix, measure func(yTrue, yPred []float64) (float64, error)) ([]float64, error) {
	rows, cols, err := sameShape("metrics.Outputs", yTrue, yPred)
	if err != nil {
		return nil, err
	}
	a, b := make([]float64, rows), make([]float64, rows)
	v := make([]float64, cols)
	for j := range v {
		mat.Col(a, j, yTrue)
		mat.Col(b, j, yPred)
		if v[j], err = measure(a, b); err != nil {
			return nil, fmt.Errorf("metrics.Outputs: column %d: %w", j, err)
		}
	}
	return v, nil
}

const multiRegressionTag = "metrics.MultiRegression/1"

// MarshalBinary returns the state as bytes.
func (m *MultiRegression) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(multiRegressionTag)
	w.Int(int(m.Collect))
	w.Int(len(m.columns))
	for j := range m.columns {
		b, err := m.columns[j].MarshalBinary()
		if err != nil {
			return nil, err
		}
		w.Bytes(b)
	}
	return w.Finish(), nil
}

// UnmarshalBinary restores a state that MarshalBinary wrote.
//
// Errors: ErrCorrupt; the receiver is then unchanged.
func (m *MultiRegression) UnmarshalBinary(data []byte) error {
	in := codec.NewReader("metrics.MultiRegression.UnmarshalBinary", multiRegressionTag, data)
	collect := in.Int()
	if collect < 0 || collect > int(CollectAll) {
		in.Fail("need options that exist, have %d", collect)
	}
	v := MultiRegression{Collect: Collect(collect)}
	for range in.Count(8) {
		var r Regression
		b := in.Bytes()
		if in.Err() != nil {
			break
		}
		if err := r.UnmarshalBinary(b); err != nil {
			in.Fail("%v", err)
		} else if r.Collect != v.Collect {
			in.Fail("need columns that collect %d, have %d", v.Collect, r.Collect)
		}
		v.columns = append(v.columns, r)
	}
	if err := in.Close(); err != nil {
		return err
	}
	*m = v
	return nil
}
