package preprocess

import (
	"testing"

	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// dense turns a golden table into a matrix.
func dense(rows []golden.Floats) *mat.Dense {
	x := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, r := range rows {
		x.SetRow(i, r.Values())
	}
	return x
}

// equalMatrix compares column by column, each to its own size.
func equalMatrix(t *testing.T, what string, want []golden.Floats, got *mat.Dense, rel float64) {
	t.Helper()
	w := dense(want)
	r, c := w.Dims()
	gr, gc := got.Dims()
	require.Equal(t, []int{r, c}, []int{gr, gc}, what)
	for j := range c {
		golden.EqualSlice(t, what+" column", mat.Col(nil, j, w), mat.Col(nil, j, got), rel)
	}
}

// served fits, and compares Transform, the same in place, and TransformRow, with
// the golden table.
func served(t *testing.T, what string, s RowTransformer, x, src *mat.Dense, want []golden.Floats, rel float64) {
	t.Helper()
	keep := mat.DenseCopyOf(src)
	require.NoError(t, s.Fit(x), what)
	got, err := s.Transform(nil, src)
	require.NoError(t, err, what)
	equalMatrix(t, what, want, got, rel)
	assert.True(t, sameBits(keep, src), "%s changed its input", what)
	in, out := s.Widths()
	row := make([]float64, out)
	for i := range src.RawMatrix().Rows {
		require.NoError(t, s.TransformRow(row, src.RawRowView(i)), what)
		require.Equal(t, bitsOf(got.RawRowView(i)), bitsOf(row), "%s: a row differs from the matrix", what)
	}
	if in == out {
		same := mat.DenseCopyOf(src)
		_, err := s.Transform(same, same)
		if err == nil {
			assert.True(t, sameBits(got, same), "%s: in place differs", what)
		}
	}
}

type scaled struct {
	Y                                                 []golden.Floats
	N, Mean, Var, Scale, Min, Max, Center, References golden.Floats
	Lambdas                                           golden.Floats
	Quantiles                                         []golden.Floats
}

func loadScalers(t *testing.T) map[string]scaled {
	all := struct {
		Standard         scaled
		StandardWeighted scaled `json:"standard_weighted"`
		NoMean           scaled `json:"standard_no_mean"`
		NoStd            scaled `json:"standard_no_std"`
		MinMax           scaled `json:"minmax"`
		MinMaxRange      scaled `json:"minmax_range"`
		MinMaxClip       scaled `json:"minmax_clip"`
		MaxAbs           scaled `json:"maxabs"`
		Robust           scaled
		RobustUnit       scaled `json:"robust_unit"`
		RobustNoCenter   scaled `json:"robust_no_center"`
		RobustNoScale    scaled `json:"robust_no_scale"`
		QuantileUniform  scaled `json:"quantile_uniform"`
		QuantileNormal   scaled `json:"quantile_normal"`
		L1               scaled `json:"norm_l1"`
		L2               scaled `json:"norm_l2"`
		Max              scaled `json:"norm_max"`
		BoxCox           scaled `json:"boxcox_True"`
		BoxCoxPlain      scaled `json:"boxcox_False"`
		YeoJohnson       scaled `json:"yeojohnson_True"`
		YeoJohnsonPlain  scaled `json:"yeojohnson_False"`
	}{}
	golden.Load(t, "preprocess/scalers.json", &all)
	return map[string]scaled{
		"standard": all.Standard, "weighted": all.StandardWeighted, "no mean": all.NoMean, "no std": all.NoStd,
		"minmax": all.MinMax, "range": all.MinMaxRange, "clip": all.MinMaxClip, "maxabs": all.MaxAbs,
		"robust": all.Robust, "unit": all.RobustUnit, "no center": all.RobustNoCenter, "no scale": all.RobustNoScale,
		"uniform": all.QuantileUniform, "normal": all.QuantileNormal, "l1": all.L1, "l2": all.L2, "max": all.Max,
		"boxcox": all.BoxCox, "boxcox plain": all.BoxCoxPlain, "yeo": all.YeoJohnson, "yeo plain": all.YeoJohnsonPlain,
	}
}
