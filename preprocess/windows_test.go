package preprocess

import (
	"testing"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

func TestWindowsAreTheSeriesColumnByColumn(t *testing.T) {
	x := random(11, 90, 3, .1)
	w := &Windows{Lengths: []int{4, 0, 7}, Statistics: []WindowStatistic{WindowStd, WindowMax, WindowQuantile, WindowCount}, MinPeriods: 2, Closed: ClosedLeft, Q: .3, Columns: []int{2, 0}, Periods: 1}
	require.NoError(t, w.Fit(x))
	in, out := w.Widths()
	require.Equal(t, []int{3, 27}, []int{in, out})
	y, err := w.Transform(nil, x)
	require.NoError(t, err)
	names, err := w.FeatureNames([]string{"a", "b", "c"})
	require.NoError(t, err)
	require.Len(t, names, out)
	assert.Equal(t, []string{"a", "b", "c", "c_window_4_std", "c_window_4_max", "c_window_4_quantile", "c_window_4_count", "a_window_4_std"}, names[:8])
	assert.Equal(t, "a_expanding_max", names[3+8+4+1])
	r := Rolling{Window: 7, MinPeriods: 2, Closed: ClosedLeft}
	want, err := r.Std(nil, mat.Col(nil, 2, x), 1)
	require.NoError(t, err)
	want, err = Shift(want, append([]float64(nil), want...), 1)
	require.NoError(t, err)
	golden.EqualSlice(t, "std of 7", want, mat.Col(nil, 3+16, y), 0)
	want, err = Expanding{MinPeriods: 2}.Quantile(nil, mat.Col(nil, 0, x), .3, Linear)
	require.NoError(t, err)
	want, err = Shift(want, append([]float64(nil), want...), 1)
	require.NoError(t, err)
	golden.EqualSlice(t, "expanding quantile", want, mat.Col(nil, 3+8+4+2, y), 0)

	// Rows of two series in turn give what each gives alone.
	groups := make([]int, 90)
	halves := []*mat.Dense{mat.NewDense(45, 3, nil), mat.NewDense(45, 3, nil)}
	for i := range groups {
		groups[i] = i % 2
		halves[i%2].SetRow(i/2, x.RawRowView(i))
	}
	y, err = w.TransformGroups(nil, x, groups)
	require.NoError(t, err)
	for k, h := range halves {
		alone, err := w.Transform(nil, h)
		require.NoError(t, err)
		for i := range 45 {
			golden.EqualSlice(t, "group", alone.RawRowView(i), y.RawRowView(2*i+k), 0)
		}
	}
	// In place, where the width stays.
	z := &Windows{Drop: true}
	require.NoError(t, z.Fit(x))
	fresh, err := z.Transform(nil, x)
	require.NoError(t, err)
	same := mat.DenseCopyOf(x)
	_, err = z.Transform(same, same)
	require.NoError(t, err)
	assert.True(t, sameBits(fresh, same))
	for what, bad := range map[string]*Windows{
		"length": {Lengths: []int{-1}}, "twice": {Lengths: []int{2, 2}}, "min": {Lengths: []int{2}, MinPeriods: 3}, "statistic": {Statistics: []WindowStatistic{77}},
		"statistics": {Statistics: []WindowStatistic{1, 1}}, "closed": {Closed: 9}, "periods": {Periods: -1}, "q": {Q: 2}, "columns": {Columns: []int{3}},
	} {
		assert.ErrorIs(t, bad.Fit(x), mlgauge.ErrRange, what)
	}
	assert.ErrorIs(t, second(z.TransformGroups(nil, x, groups[:3])), mlgauge.ErrLength)
	assert.ErrorIs(t, second((&Windows{}).Transform(nil, x)), mlgauge.ErrNotFitted)
	sum := &Windows{Statistics: []WindowStatistic{WindowSum}}
	huge := mat.NewDense(2, 1, []float64{1.7e308, 1.7e308})
	require.NoError(t, sum.Fit(huge))
	assert.ErrorIs(t, second(sum.Transform(nil, huge)), mlgauge.ErrNotFinite)
}
