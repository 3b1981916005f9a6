package preprocess

import (
	"encoding"
	"encoding/json"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// adversarial are columns that have broken scalers.
func adversarial(rows int) *mat.Dense {
	r := rand.New(rand.NewPCG(5, 5))
	x := mat.NewDense(rows, 8, nil)
	for i := range rows {
		x.SetRow(i, []float64{
			r.NormFloat64(), 1e9 + r.NormFloat64(), 1e-9 * r.NormFloat64(), 7,
			math.Exp(4 * r.NormFloat64()), float64(r.IntN(3)), 1e100 * r.NormFloat64(), -1e5 + float64(i),
		})
		if i%11 == 3 {
			x.Set(i, i%8, nan)
		}
	}
	return x
}

func TestInverseUndoes(t *testing.T) {
	x := adversarial(500)
	for name, s := range map[string]Transformer{
		"Standard": &Standard{}, "MinMax": &MinMax{Range: [2]float64{-3, 4}}, "MaxAbs": &MaxAbs{}, "Robust": &Robust{UnitVariance: true},
		"Quantile": &Quantile{}, "chain": NewChain(&Robust{}, &Standard{}, &MinMax{}),
	} {
		require.NoError(t, s.Fit(x), name)
		y, err := s.Transform(nil, x)
		require.NoError(t, err, name)
		back, err := s.(Inverter).Inverse(nil, y)
		require.NoError(t, err, name)
		for j := range 8 {
			golden.EqualSlice(t, name, mat.Col(nil, j, x), mat.Col(nil, j, back), 1e-9)
		}
	}
	// Powers: columns of moderate range; beyond, the power itself rounds away
	// what its inverse would need.
	p := mat.NewDense(500, 3, nil)
	r := rand.New(rand.NewPCG(6, 6))
	for i := range 500 {
		p.SetRow(i, []float64{r.NormFloat64(), 5 + r.NormFloat64()/2, math.Exp(2 * r.NormFloat64())})
	}
	for _, s := range []*PowerTransform{{}, {NoStandardize: true}, {Method: BoxCox}} {
		q := p
		if s.Method == BoxCox {
			q = mat.NewDense(500, 3, nil)
			q.Apply(func(_, _ int, v float64) float64 { return math.Abs(v) + .01 }, p)
		}
		require.NoError(t, s.Fit(q))
		y, err := s.Transform(nil, q)
		require.NoError(t, err)
		back, err := s.Inverse(nil, y)
		require.NoError(t, err)
		for j := range 3 {
			golden.EqualSlice(t, "power", mat.Col(nil, j, q), mat.Col(nil, j, back), 1e-9)
		}
	}
	l := &Log1p{}
	y, err := l.Transform(nil, q2())
	require.NoError(t, err)
	back, err := l.Inverse(nil, y)
	require.NoError(t, err)
	golden.EqualSlice(t, "log1p", mat.Col(nil, 0, q2()), mat.Col(nil, 0, back), 1e-14)
}

func q2() *mat.Dense { return mat.NewDense(4, 1, []float64{-.5, 1e-18, 3, 1e10}) }

func TestSameBitsOnAnyNumberOfCores(t *testing.T) {
	x := positives(9, 8000, 14, .05)
	small := x.Slice(0, 700, 0, 14)
	for name := range transformers() {
		src := mat.Matrix(x)
		if name == "KNN" || name == "Iterative" || name == "Iterative random" || name == "Box-Cox" || name == "Yeo-Johnson" {
			src = small
		}
		var all []*mat.Dense
		for _, n := range []int{1, 4} {
			old := runtime.GOMAXPROCS(n)
			s := transformers()[name]
			require.NoError(t, s.Fit(src), name)
			y, err := s.Transform(nil, src)
			require.NoError(t, err, name)
			all = append(all, y)
			runtime.GOMAXPROCS(old)
		}
		assert.True(t, sameBits(all[0], all[1]), "%s depends on the number of cores", name)
	}
}

func TestQuantilesAgainstSorting(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	const n = 20_000
	x := mat.NewDense(n, 10, nil)
	for i := range n {
		x.SetRow(i, []float64{
			r.NormFloat64(), math.Exp(30 * r.NormFloat64()), float64(r.IntN(2)), 3, nan, 1e308 * (2*r.Float64() - 1),
			5e-324 * float64(r.IntN(5)), float64(i), -float64(i * i), 1e9 + r.Float64(),
		})
		if i%7 == 0 {
			x.Set(i, i%10, nan)
		}
	}
	p := []float64{0, .01, .25, .5, .75, .999, 1}
	got, err := columnQuantiles("test", x.RawMatrix(), p)
	require.NoError(t, err)
	for j := range 10 {
		c := column(nil, x.RawMatrix(), j)
		sortFloats(c)
		assert.Equal(t, bitsOf(quantiles(c, p)), bitsOf(got[j]), "column %d", j)
	}
}

func sortFloats(x []float64) {
	for gap := len(x) / 2; gap > 0; gap /= 2 { // Shell: any sort but the library's
		for i := gap; i < len(x); i++ {
			for k := i; k >= gap && x[k] < x[k-gap]; k -= gap {
				x[k], x[k-gap] = x[k-gap], x[k]
			}
		}
	}
}

func TestMergeAndResume(t *testing.T) {
	x := positives(3, 900, 5, .1)
	a, b := x.Slice(0, 400, 0, 5), x.Slice(400, 900, 0, 5)
	type fitter interface {
		Transformer
		PartialFitter
		encoding.BinaryMarshaler
		encoding.BinaryUnmarshaler
	}
	for name, fresh := range map[string]func() fitter{
		"Standard":        func() fitter { return &Standard{} },
		"MinMax":          func() fitter { return &MinMax{} },
		"MaxAbs":          func() fitter { return &MaxAbs{} },
		"Robust sketch":   func() fitter { return &Robust{Sketch: 2000} },
		"Quantile sketch": func() fitter { return &Quantile{NQuantiles: 30, Sketch: 2000} },
		"Simple mean":     func() fitter { return &Simple{} },
		"Simple median":   func() fitter { return &Simple{Strategy: ImputeMedian, Sketch: 2000} },
		"Simple mode":     func() fitter { return &Simple{Strategy: ImputeMode} },
		"Simple constant": func() fitter { return &Simple{Strategy: ImputeConstant, Fill: 2} },
		"Bins quantile":   func() fitter { return &Bins{Sketch: 2000, Missing: OwnBin} },
		"Bins linear":     func() fitter { return &Bins{Sketch: 2000, Missing: OwnBin, Quantile: LinearQuantile} },
		"Bins means":      func() fitter { return &Bins{Sketch: 2000, Missing: OwnBin, Output: BinMean, Strategy: UniformBins} },
		"Bins kmeans":     func() fitter { return &Bins{Sketch: 2000, Missing: OwnBin, Output: OneHot, Strategy: KMeansBins} },
		"Bins uniform":    func() fitter { return &Bins{Missing: OwnBin, Strategy: UniformBins, NByColumn: []int{2, 3, 4, 5, 6}} },
		"Bins custom":     func() fitter { return &Bins{Missing: OwnBin, Strategy: CustomBins, Custom: [][]float64{{0, 1, 2}}} },
		"Outliers z":      func() fitter { return &Outliers{Fence: ZScore, Sample: true} },
		"Outliers iqr":    func() fitter { return &Outliers{Sketch: 2000} },
		"Outliers mad":    func() fitter { return &Outliers{Sketch: 2000, Fence: ModifiedZ} },
		"Outliers quant.": func() fitter { return &Outliers{Sketch: 2000, Fence: QuantileFence, Action: MarkMissing} },
	} {
		whole := fresh()
		require.NoError(t, whole.Fit(x), name)
		want, err := whole.Transform(nil, x)
		require.NoError(t, err)
		same := func(how string, s Transformer) {
			got, err := s.Transform(nil, x)
			require.NoError(t, err, name)
			for j := range 5 {
				golden.EqualSlice(t, name+" "+how, mat.Col(nil, j, want), mat.Col(nil, j, got), 1e-11)
			}
		}
		batches := fresh()
		require.NoError(t, batches.PartialFit(a))
		saved, err := batches.MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, batches.PartialFit(b))
		same("batches", batches)
		resumed := fresh()
		require.NoError(t, resumed.UnmarshalBinary(saved))
		require.NoError(t, resumed.PartialFit(b))
		same("resumed", resumed)
		refit := fresh()
		require.NoError(t, refit.Fit(b))
		require.NoError(t, refit.Fit(x))
		same("refitted", refit)

		l, r, empty := fresh(), fresh(), fresh()
		require.NoError(t, l.Fit(a))
		require.NoError(t, r.Fit(b))
		require.NoError(t, merge(empty, l))
		require.NoError(t, merge(empty, r))
		same("merged", empty)
		require.NoError(t, merge(l, r))
		same("merged", l)
		for cut := range saved {
			assert.Error(t, fresh().UnmarshalBinary(saved[:cut]), "%s cut at %d", name, cut)
		}
	}
}

func merge(a, b any) error {
	switch a := a.(type) {
	case *Standard:
		return a.Merge(b.(*Standard))
	case *MinMax:
		return a.Merge(b.(*MinMax))
	case *MaxAbs:
		return a.Merge(b.(*MaxAbs))
	case *Robust:
		return a.Merge(b.(*Robust))
	case *Quantile:
		return a.Merge(b.(*Quantile))
	case *Bins:
		return a.Merge(b.(*Bins))
	case *Outliers:
		return a.Merge(b.(*Outliers))
	}
	return a.(*Simple).Merge(b.(*Simple))
}

func TestWeightTwoIsARepeatedRow(t *testing.T) {
	x := random(4, 50, 3, .1)
	twice := mat.NewDense(60, 3, nil)
	w := fill(50, 1)
	for i := range 50 {
		twice.SetRow(i, x.RawRowView(i))
	}
	for i := range 10 {
		w[3*i] = 2
		twice.SetRow(50+i, x.RawRowView(3*i))
	}
	w[49] = 0
	cut := mat.NewDense(59, 3, nil)
	for i := range 59 {
		k := i
		if i >= 49 {
			k++
		}
		cut.SetRow(i, twice.RawRowView(k))
	}
	var a, b Standard
	require.NoError(t, a.FitWeighted(x, w))
	require.NoError(t, b.Fit(cut))
	golden.EqualSlice(t, "mean", b.Mean, a.Mean, 1e-12)
	golden.EqualSlice(t, "var", b.Var, a.Var, 1e-12)
	for _, s := range []BinStrategy{QuantileBins, UniformBins, KMeansBins} {
		a, b := Bins{Strategy: s, Missing: OwnBin, Output: BinMean}, Bins{Strategy: s, Missing: OwnBin, Output: BinMean}
		require.NoError(t, a.FitWeighted(x, w))
		require.NoError(t, b.Fit(cut))
		for j := range 3 {
			golden.EqualSlice(t, s.String(), b.Edges[j], a.Edges[j], 1e-3)
			if s != KMeansBins {
				golden.EqualSlice(t, s.String(), b.Means[j], a.Means[j], 1e-12)
			}
		}
	}
}

func TestJSONRoundTrip(t *testing.T) {
	x := positives(8, 80, 4, .1)
	fresh := transformers()
	for name, s := range transformers() {
		require.NoError(t, s.Fit(x), name)
		b, err := json.Marshal(s)
		require.NoError(t, err, name)
		o := fresh[name]
		require.NoError(t, json.Unmarshal(b, o), "%s: %s", name, b)
		want, err := s.Transform(nil, x)
		require.NoError(t, err)
		got, err := o.Transform(nil, x)
		require.NoError(t, err)
		assert.True(t, sameBits(want, got), "%s changed through JSON", name)
		require.Error(t, json.Unmarshal([]byte(`{"nonsense":1}`), o), name)
		require.Error(t, json.Unmarshal(b[:len(b)-1], o), name)
		got, err = o.Transform(nil, x)
		require.NoError(t, err)
		assert.True(t, sameBits(want, got), "%s: JSON that was refused changed it", name)
	}
	var f, g IsolationForest
	z := positives(8, 80, 4, 0)
	require.NoError(t, f.Fit(z))
	b, err := json.Marshal(&f)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &g))
	assert.Equal(t, f, g)
}

func TestFloat32IsCloseToFloat64(t *testing.T) {
	x := random(2, 700, 5, .05)
	flat := make([]float32, 0, 3500)
	for _, v := range x.RawMatrix().Data {
		flat = append(flat, float32(v))
	}
	type scaler32 interface {
		Transformer
		Fit32([]float32, int) error
		Transform32(dst, src []float32) ([]float32, error)
		Inverse32(dst, src []float32) ([]float32, error)
	}
	for name, two := range map[string][2]scaler32{
		"Standard": {&Standard{}, &Standard{}}, "MinMax": {&MinMax{}, &MinMax{}}, "MaxAbs": {&MaxAbs{}, &MaxAbs{}}, "Robust": {&Robust{}, &Robust{}},
	} {
		require.NoError(t, two[0].Fit(x))
		require.NoError(t, two[1].Fit32(flat, 5), name)
		y, err := two[0].Transform(nil, x)
		require.NoError(t, err)
		z, err := two[1].Transform32(nil, flat)
		require.NoError(t, err)
		back, err := two[1].Inverse32(nil, z)
		require.NoError(t, err)
		for i, v := range y.RawMatrix().Data {
			if math.IsNaN(v) {
				assert.True(t, z[i] != z[i], name)
				continue
			}
			// Columns at an offset of 16 spreads keep that many digits less.
			assert.InDelta(t, v, float64(z[i]), 2e-2*math.Max(1, math.Abs(v)), name)
			// Scaled values are rounded to 2^-24 of a range of several hundred.
			assert.InDelta(t, float64(flat[i]), float64(back[i]), 1e-4*math.Max(1, math.Abs(float64(flat[i]))), name)
		}
	}
}

func TestServingAllocatesNothing(t *testing.T) {
	x := positives(8, 200, 6, .1)
	for name, s := range transformers() {
		require.NoError(t, s.Fit(x), name)
		_, out := s.Widths()
		dst, row := make([]float64, out), x.RawRowView(11)
		n := testing.AllocsPerRun(100, func() {
			if err := s.TransformRow(dst, row); err != nil {
				t.Fatal(err)
			}
		})
		if name == "KNN" {
			n = max(0, n-pooled)
		}
		assert.Zero(t, n, name)
	}
	c := NewChain(&Simple{}, &Standard{}, &Bins{Output: OneHot})
	require.NoError(t, c.Fit(x))
	_, out := c.Widths()
	dst := make([]float64, out)
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { _ = c.TransformRow(dst, x.RawRowView(3)) }), float64(pooled))
	y, err := c.Transform(nil, x)
	require.NoError(t, err)
	require.NoError(t, c.TransformRow(dst, x.RawRowView(3)))
	assert.Equal(t, y.RawRowView(3), dst)
	names, err := c.FeatureNames(nil)
	require.NoError(t, err)
	assert.Len(t, names, out)
}

func TestForestFindsThePlantedOutlier(t *testing.T) {
	x := random(8, 300, 3, 0)
	x.SetRow(17, []float64{90, -90, 90})
	f := IsolationForest{Seed: 3, Contamination: .01}
	require.NoError(t, f.Fit(x))
	s, err := f.Scores(nil, x)
	require.NoError(t, err)
	for i, v := range s {
		assert.True(t, i == 17 || v > s[17])
		one, err := f.ScoreRow(x.RawRowView(i))
		require.NoError(t, err)
		assert.Equal(t, v, one)
	}
	kept, err := f.Rows(x)
	require.NoError(t, err)
	assert.NotContains(t, kept, 17)
	assert.InDelta(t, 297, len(kept), 1)
}

func TestOutlierActions(t *testing.T) {
	x := mat.NewDense(6, 1, []float64{1, 2, 3, 4, 1000, nan})
	var o Outliers
	require.NoError(t, o.Fit(x))
	r, err := o.Report(x)
	require.NoError(t, err)
	assert.Equal(t, OutlierReport{Lower: -1, Upper: 7, Values: 5, Above: 1}, r[0])
	assert.Equal(t, .2, r[0].Share())
	flags, err := o.Flag(x)
	require.NoError(t, err)
	assert.True(t, flags[4][0])
	assert.False(t, flags[5][0])
	rows, err := o.Rows(x)
	require.NoError(t, err)
	assert.Equal(t, []int{0, 1, 2, 3, 5}, rows)
	y, err := o.Transform(nil, x)
	require.NoError(t, err)
	assert.Equal(t, 7., y.At(4, 0))
	o.Action = MarkMissing
	y, err = o.Transform(nil, x)
	require.NoError(t, err)
	assert.True(t, math.IsNaN(y.At(4, 0)))
}

func TestCategory(t *testing.T) {
	var c Category[string]
	_, err := c.Transform(nil, []string{""})
	require.Error(t, err)
	require.NoError(t, c.Fit([]string{"b", "", "a", "b", "a"}))
	y, err := c.Transform(nil, []string{"", "z"})
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "z"}, y)
	codes := Category[int]{Missing: -1}
	require.NoError(t, codes.Fit([]int{3, -1, 3}))
	require.NoError(t, codes.PartialFit([]int{0, 0, 0}))
	m, err := codes.Mode()
	require.NoError(t, err)
	assert.Equal(t, 0, m)
}

// TestQuantileDenormals maps columns whose landmarks are denormals apart, where a
// slope overflows.
func TestQuantileDenormals(t *testing.T) {
	x := mat.NewDense(5, 1, []float64{5e-324, 2e-322, 5e-322, 1e-321, 3e-321})
	var q Quantile
	require.NoError(t, q.Fit(x))
	y, err := q.Transform(nil, x)
	require.NoError(t, err)
	assert.Equal(t, []float64{0, .25, .5, .75, 1}, y.RawMatrix().Data)
	between, err := q.Transform(nil, mat.NewDense(1, 1, []float64{2e-321}))
	require.NoError(t, err)
	assert.InDelta(t, .875, between.At(0, 0), 1e-3)
}
