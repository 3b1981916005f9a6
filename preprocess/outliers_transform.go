package preprocess

import (
	"github.com/mlgauge/mlgauge/internal/check"
	"gonum.org/v1/gonum/mat"
)

// OutlierReport says how many values of a column lie where.
type OutlierReport struct {
	Lower, Upper float64 // limits
	Values       int     // values that are not missing
	Below, Above int     // how many lie below Lower and above Upper
}

// Share returns the share of outliers among the values, 0 if there are none.
func (r OutlierReport) Share() float64 {
	if r.Values == 0 {
		return 0
	}
	return float64(r.Below+r.Above) / float64(r.Values)
}

// Report counts the outliers of each column of x.
func (o *Outliers) Report(x mat.Matrix) ([]OutlierReport, error) {
	out := make([]OutlierReport, len(o.Lower))
	for j := range out {
		out[j].Lower, out[j].Upper = o.Lower[j], o.Upper[j]
	}
	err := o.each("Outliers.Report", x, func(_, j int, v float64) {
		r := &out[j]
		r.Values++
		if v < r.Lower {
			r.Below++
		} else if v > r.Upper {
			r.Above++
		}
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Flag returns, row by row, which values of x are outliers.
func (o *Outliers) Flag(x mat.Matrix) ([][]bool, error) {
	var out [][]bool
	if x != nil {
		r, c := x.Dims()
		flat := make([]bool, r*c)
		for i := range r {
			out = append(out, flat[i*c:(i+1)*c])
		}
	}
	err := o.each("Outliers.Flag", x, func(i, j int, v float64) {
		out[i][j] = v < o.Lower[j] || v > o.Upper[j]
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Rows returns the rows of x without any outlier, ascending: what is left if
// outliers are dropped (see TakeRows).
func (o *Outliers) Rows(x mat.Matrix) ([]int, error) {
	bad := map[int]bool{}
	err := o.each("Outliers.Rows", x, func(i, j int, v float64) {
		if v < o.Lower[j] || v > o.Upper[j] {
			bad[i] = true
		}
	})
	if err != nil {
		return nil, err
	}
	var kept []int
	rows, _ := x.Dims()
	for i := range rows {
		if !bad[i] {
			kept = append(kept, i)
		}
	}
	return kept, nil
}

// each visits the values of x that are not missing. Infinities are visited: they
// are outliers.
func (o *Outliers) each(fn string, x mat.Matrix, do func(i, j int, v float64)) error {
	if err := o.fitted(fn); err != nil {
		return err
	}
	g, err := source(fn, x, len(o.Lower))
	if err != nil {
		return err
	}
	for i := range g.Rows {
		for j, v := range g.Data[i*g.Stride : i*g.Stride+g.Cols] {
			if v == v {
				do(i, j, v)
			}
		}
	}
	return nil
}

func (o *Outliers) fitted(fn string) error {
	if len(o.Lower) == 0 {
		return check.NotFitted(fn)
	}
	return check.Length(fn, "Upper", len(o.Lower), len(o.Upper))
}

// Widths returns the number of columns, twice.
func (o *Outliers) Widths() (in, out int) { return len(o.Lower), len(o.Lower) }

// Transform writes src with its outliers clipped or made missing, as Action
// says, into dst, which may be nil or src. An infinity is an outlier like any
// other.
func (o *Outliers) Transform(dst *mat.Dense, src mat.Matrix) (*mat.Dense, error) {
	const fn = "Outliers.Transform"
	if err := o.fitted(fn); err != nil {
		return nil, err
	}
	if err := o.check(fn); err != nil {
		return nil, err
	}
	g, err := source(fn, src, len(o.Lower))
	if err != nil {
		return nil, err
	}
	if dst, err = output(fn, dst, g.Rows, g.Cols); err != nil {
		return nil, err
	}
	d := dst.RawMatrix()
	err = chunks(g.Rows, g.Cols, func(lo, hi int) error {
		for i := lo; i < hi; i++ {
			o.row(d.Data[i*d.Stride:i*d.Stride+g.Cols], g.Data[i*g.Stride:i*g.Stride+g.Cols])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return dst, nil
}

// TransformRow writes row with its outliers clipped or made missing into dst,
// which may be row.
func (o *Outliers) TransformRow(dst, row []float64) error {
	const fn = "Outliers.TransformRow"
	if err := o.fitted(fn); err != nil {
		return err
	}
	if err := option(fn, "Action", o.Action, actionNames); err != nil {
		return err
	}
	if err := rowWidths(fn, len(o.Lower), len(o.Lower), len(row), len(dst)); err != nil {
		return err
	}
	o.row(dst, row)
	return nil
}

func (o *Outliers) row(dst, row []float64) {
	for j, v := range row {
		lo, hi := o.Lower[j], o.Upper[j]
		switch {
		case v < lo:
			v = lo
			if o.Action == MarkMissing {
				v = nan
			}
		case v > hi:
			v = hi
			if o.Action == MarkMissing {
				v = nan
			}
		}
		dst[j] = v
	}
}

// FeatureNames returns the input names.
func (o *Outliers) FeatureNames(in []string) ([]string, error) {
	return names("Outliers.FeatureNames", in, len(o.Lower))
}
