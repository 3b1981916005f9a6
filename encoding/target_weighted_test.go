package encoding

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

// Whole weights are repeated rows, and weight 0 is a row that only asks.
func TestTargetFitTransformWeighted(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 9))
	const n = 120
	var labels, class, moreLabels, moreClass []string
	var y, w, moreY []float64
	var folds, moreFolds, first []int
	for range n {
		l, c := fmt.Sprint("c", r.IntN(9)), []string{"lo", "mid", "top"}[r.IntN(3)]
		v, k, f := r.NormFloat64(), r.IntN(4), r.IntN(4)
		if len(labels) == 0 {
			l, c, k = "only without weight", "none", 0
		}
		labels, class, y, w, folds = append(labels, l), append(class, c), append(y, v), append(w, float64(k)), append(folds, f)
		at := -1
		for range k {
			at = len(moreLabels)
			moreLabels, moreClass, moreY, moreFolds = append(moreLabels, l), append(moreClass, c), append(moreY, v), append(moreFolds, f)
		}
		first = append(first, at)
	}
	x, z := Columns(labels), Columns(moreLabels)
	compare := func(t *testing.T, e, o *Target, got, want *mat.Dense) {
		for i, at := range first {
			if at >= 0 {
				assert.InDeltaSlice(t, want.RawRowView(at), got.RawRowView(i), 1e-12)
			}
		}
		a, err := e.Transform(nil, x)
		require.NoError(t, err)
		b, err := o.Transform(nil, x)
		require.NoError(t, err)
		assert.InDeltaSlice(t, b.RawMatrix().Data, a.RawMatrix().Data, 1e-12)
		assert.Equal(t, o.Features[0].Categories, e.Features[0].Categories)
		assert.Equal(t, o.Classes, e.Classes)
		// A category that has no weight gets the mean of the other folds.
		assert.NotContains(t, e.Features[0].Categories, "only without weight")
		m, err := e.Transform(nil, Columns([]string{"only without weight"}))
		require.NoError(t, err)
		assert.InDeltaSlice(t, e.Mean, m.RawRowView(0), 1e-12)
	}
	for name, make := range map[string]func() *Target{
		"bayes":   func() *Target { return &Target{} },
		"fixed":   func() *Target { return &Target{Smooth: new(3.0)} },
		"sigmoid": func() *Target { return &Target{Sigmoid: &Sigmoid{4, 2}} },
	} {
		t.Run(name, func(t *testing.T) {
			e, o := make(), make()
			got, err := e.FitTransformWeighted(nil, x, y, w, folds)
			require.NoError(t, err)
			want, err := o.FitTransform(nil, z, moreY, moreFolds)
			require.NoError(t, err)
			compare(t, e, o, got, want)

			got, err = e.FitTransformClassesWeighted(nil, x, Column{Labels: class}, w, folds)
			require.NoError(t, err)
			want, err = o.FitTransformClasses(nil, z, Column{Labels: moreClass}, moreFolds)
			require.NoError(t, err)
			compare(t, e, o, got, want)

			one := fill(n, 1)
			got, err = e.FitTransformWeighted(nil, x, y, one, nil)
			require.NoError(t, err)
			want, err = o.FitTransform(nil, x, y, nil)
			require.NoError(t, err)
			assert.InDeltaSlice(t, want.RawMatrix().Data, got.RawMatrix().Data, 1e-13, "the same folds are made")
		})
	}
}

func TestTargetFitTransformWeightedBad(t *testing.T) {
	x, y := Columns([]string{"a", "b", "a", "b"}), []float64{1, 2, 3, 4}
	class := Column{Labels: []string{"u", "v", "u", "v"}}
	folds := []int{0, 0, 1, 1}
	for name, c := range map[string]struct {
		w    []float64
		want error
	}{
		"short":         {[]float64{1, 1, 1}, mlgauge.ErrLength},
		"none":          {nil, mlgauge.ErrLength},
		"negative":      {[]float64{1, 1, -1, 1}, mlgauge.ErrRange},
		"not finite":    {[]float64{1, 1, fill(1, 0)[0] / fill(1, 0)[0], 1}, mlgauge.ErrNotFinite},
		"all zero":      {[]float64{0, 0, 0, 0}, mlgauge.ErrUndefined},
		"a fold alone":  {[]float64{1, 1, 0, 0}, mlgauge.ErrUndefined},
		"the other one": {[]float64{0, 0, 1, 1}, mlgauge.ErrUndefined},
	} {
		e := Target{}
		_, err := e.FitTransformWeighted(nil, x, y, c.w, folds)
		require.ErrorIs(t, err, c.want, name)
		_, err = e.FitTransformClassesWeighted(nil, x, class, c.w, folds)
		require.ErrorIs(t, err, c.want, name)
		assert.Empty(t, e.Features, "the receiver stays")
	}
	e := Target{}
	_, err := e.FitTransformClassesWeighted(nil, x, class, []float64{1, 0, 1, 0}, folds)
	require.ErrorIs(t, err, mlgauge.ErrUndefined, "one class has all the weight")
}
