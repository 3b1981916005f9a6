package preprocess

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// checkTransformer asserts what every transformer promises, on a fitted one:
// rows alone give what they give together, the source stays as it was, dst is
// used, widths and names fit, JSON reads back to the same transform.
func checkTransformer(t *testing.T, name string, f Transformer, x *mat.Dense, fresh interface {
	Transformer
	json.Unmarshaler
}) {
	t.Helper()
	rows, cols := x.Dims()
	before := mat.DenseCopyOf(x)
	out, err := f.Transform(nil, x)
	require.NoError(t, err, name)
	in, width := f.Widths()
	require.Equal(t, cols, in, name)
	_, have := out.Dims()
	require.Equal(t, width, have, name)
	golden.EqualSlice(t, name+": source", flatOf(before), flatOf(x), 0)
	names, err := f.FeatureNames(nil)
	require.NoError(t, err, name)
	require.Len(t, names, width, name)
	dst := mat.NewDense(rows, width, nil)
	same, err := f.Transform(dst, x)
	require.NoError(t, err, name)
	require.True(t, same == dst, name)
	golden.EqualSlice(t, name+": given dst", flatOf(out), flatOf(dst), 0)
	turned, err := f.Transform(nil, mat.DenseCopyOf(x.T()).T())
	require.NoError(t, err, name)
	golden.EqualSlice(t, name+": transposed view", flatOf(out), flatOf(turned), 0)
	if width == cols {
		own := mat.DenseCopyOf(x)
		_, err := f.Transform(own, own)
		require.NoError(t, err, name)
		golden.EqualSlice(t, name+": in place", flatOf(out), flatOf(own), 0)
	}
	if r, ok := f.(RowTransformer); ok {
		row := make([]float64, width)
		for i := range min(rows, 5) {
			require.NoError(t, r.TransformRow(row, x.RawRowView(i)), name)
			golden.EqualSlice(t, name+": row alone", out.RawRowView(i), row, 0)
		}
		require.ErrorIs(t, r.TransformRow(row, make([]float64, cols+1)), mlgauge.ErrLength, name)
		require.LessOrEqual(t, testing.AllocsPerRun(20, func() { _ = r.TransformRow(row, x.RawRowView(0)) }), float64(pooled), name)
	}
	_, err = f.Transform(mat.NewDense(rows+1, width, nil), x)
	require.ErrorIs(t, err, mlgauge.ErrLength, name)
	_, err = f.Transform(nil, mat.NewDense(2, cols+1, nil))
	require.ErrorIs(t, err, mlgauge.ErrLength, name)
	_, err = f.FeatureNames(make([]string, cols+1))
	require.ErrorIs(t, err, mlgauge.ErrLength, name)

	_, err = fresh.Transform(nil, x)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted, name)
	_, err = fresh.FeatureNames(nil)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted, name)
	b, err := json.Marshal(f)
	require.NoError(t, err, name)
	require.NoError(t, json.Unmarshal(b, fresh), name)
	again, err := fresh.Transform(nil, x)
	require.NoError(t, err, name)
	golden.EqualSlice(t, name+": from JSON", flatOf(out), flatOf(again), 0)
	c, err := json.Marshal(fresh)
	require.NoError(t, err, name)
	require.JSONEq(t, string(b), string(c), name)
	require.ErrorIs(t, fresh.UnmarshalJSON([]byte(`{"nonsense":1}`)), mlgauge.ErrCorrupt, name)
	require.Error(t, fresh.UnmarshalJSON(b[:len(b)-1]), name)
	again, err = fresh.Transform(nil, x)
	require.NoError(t, err, name)
	golden.EqualSlice(t, name+": after refused JSON", flatOf(out), flatOf(again), 0)
}

func TestCombine(t *testing.T) {
	x := mat.NewDense(3, 2, []float64{6, 3, 5, 0, nan, 2})
	c := Combine{Columns: []Combination{{Ratio, 0, 1}, {Difference, 0, 1}, {Product, 0, 1}, {RelativeDifference, 0, 1}, {Sum, 0, 1}, {Mean, 0, 1}, {Minimum, 0, 1}, {Maximum, 0, 1}, {AbsDifference, 1, 0}, {Power, 0, 1}}}
	require.NoError(t, c.Fit(x))
	out, err := c.Transform(nil, x)
	require.NoError(t, err)
	golden.EqualSlice(t, "combine", []float64{6, 3, 2, 3, 18, 1, 9, 4.5, 3, 6, 3, 216}, out.RawRowView(0), 0)
	golden.EqualSlice(t, "zero", []float64{5, 0, nan, 5, 0, nan, 5, 2.5, 0, 5, 5, 1}, out.RawRowView(1), 0)
	for _, v := range out.RawRowView(2)[2:] {
		require.True(t, math.IsNaN(v))
	}
	names, err := c.FeatureNames([]string{"a", "b"})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "a_div_b", "a_sub_b"}, names[:4])
	checkTransformer(t, "combine", &c, x, new(Combine))
	c.Zero, c.Fill = ZeroFill, -1
	out, err = c.Transform(nil, x)
	require.NoError(t, err)
	require.Equal(t, -1.0, out.At(1, 2))
	c.Zero = ZeroError
	_, err = c.Transform(nil, x)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = c.Transform(nil, mat.NewDense(1, 2, []float64{1e300, 1e-300}))
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	two := Combine{Columns: []Combination{{Difference, 0, 1}, {Sum, 0, 1}}, Drop: true}
	require.NoError(t, two.Fit(x))
	checkTransformer(t, "combine, dropped", &two, x, new(Combine))
}

func TestLags(t *testing.T) {
	x := mat.NewDense(4, 2, []float64{1, 10, 2, 20, 3, 30, 4, 40})
	l := Lags{Periods: []int{1, -1}, Columns: []int{1}}
	require.NoError(t, l.Fit(x))
	out, err := l.Transform(nil, x)
	require.NoError(t, err)
	golden.EqualSlice(t, "lags", []float64{1, 10, nan, 20, 2, 20, 10, 30, 3, 30, 20, 40, 4, 40, 30, nan}, flatOf(out), 0)
	names, err := l.FeatureNames([]string{"a", "b"})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "b_lag_1", "b_lag_-1"}, names)
	checkTransformer(t, "lags", &l, x, new(Lags))
	out, err = l.TransformGroups(nil, x, []int{0, 1, 0, 1})
	require.NoError(t, err)
	golden.EqualSlice(t, "groups", []float64{1, 10, nan, 30, 2, 20, nan, 40, 3, 30, 10, nan, 4, 40, 20, nan}, flatOf(out), 0)
	zero := 0.0
	own := Lags{Drop: true, Fill: &zero}
	require.NoError(t, own.Fit(x))
	out, err = own.Transform(nil, x)
	require.NoError(t, err)
	golden.EqualSlice(t, "filled", []float64{0, 0, 1, 10, 2, 20, 3, 30}, flatOf(out), 0)
	checkTransformer(t, "lags, dropped", &own, x, new(Lags))
}

func TestCyclic(t *testing.T) {
	x := mat.NewDense(4, 2, []float64{0, 1, 6, 2, 12, 3, nan, 4})
	c := Cyclic{Columns: []int{0}, Given: []float64{24}}
	require.NoError(t, c.Fit(x))
	out, err := c.Transform(nil, x)
	require.NoError(t, err)
	golden.EqualSlice(t, "cyclic", []float64{1, 0, 1, 2, 1, 0, 3, 0, -1, 4, nan, nan}, flatOf(out), 1e-15)
	names, err := c.FeatureNames([]string{"hour", "b"})
	require.NoError(t, err)
	require.Equal(t, []string{"b", "hour_sin", "hour_cos"}, names)
	checkTransformer(t, "cyclic", &c, x, new(Cyclic))
	var a, b Cyclic
	require.NoError(t, a.Fit(mat.NewDense(2, 1, []float64{1, 5})))
	require.NoError(t, b.Fit(mat.NewDense(2, 1, []float64{7, 2})))
	require.NoError(t, a.Merge(&b))
	require.Equal(t, Floats{7}, a.Periods)
	require.NoError(t, a.PartialFit(mat.NewDense(1, 1, []float64{9})))
	require.Equal(t, Floats{9}, a.Periods)
	checkTransformer(t, "cyclic, all", &a, mat.NewDense(2, 1, []float64{7, 2}), new(Cyclic))
}

// slowWindow is the obvious formula of a rolling statistic.
func slowWindow(x []float64, r Rolling, i int) []float64 {
	off := 0
	if r.Center {
		off = (r.Window - 1) / 2
	}
	end := i + 1 + off
	start := end - r.Window
	if r.Closed == ClosedLeft || r.Closed == ClosedBoth {
		start--
	}
	if r.Closed == ClosedLeft || r.Closed == ClosedNeither {
		end--
	}
	var v []float64
	for k := max(start, 0); k < min(end, len(x)); k++ {
		if x[k]*0 == 0 {
			v = append(v, x[k])
		}
	}
	return v
}

func TestRollingAgainstTheObvious(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for trial := range 120 {
		n := 1 + r.IntN(60)
		if trial%10 == 0 {
			n = 1500 // windows beyond the sorted run, over several chunks
		}
		x := make([]float64, n)
		for i := range x {
			x[i] = math.Floor(r.NormFloat64() * 5)
			if trial%3 == 0 {
				x[i] = 1e9 + r.NormFloat64()
			}
			if r.IntN(6) == 0 {
				x[i] = nan
			}
		}
		w := Rolling{Window: 1 + r.IntN(n+4), MinPeriods: -1, Center: r.IntN(2) == 0, Closed: Closed(r.IntN(4))}
		q := float64(r.IntN(101)) / 100
		sum, err := w.Sum(nil, x)
		require.NoError(t, err)
		variance, err := w.Var(nil, x, 1)
		require.NoError(t, err)
		lo, err := w.Min(nil, x)
		require.NoError(t, err)
		quant, err := w.Quantile(nil, x, q, Linear)
		require.NoError(t, err)
		for i := range x {
			v := slowWindow(x, w, i)
			var s, s2, ws float64
			least := nan
			var d float64 // of the mean, from the first value
			for _, a := range v {
				s += a
				d += (a - v[0]) / float64(len(v))
				if !(least <= a) {
					least = a
				}
			}
			for _, a := range v {
				s2 += (a - v[0] - d) * (a - v[0] - d)
			}
			golden.Equal(t, "sum", s, sum[i], 1e-12)
			ws = nan
			if len(v) > 1 {
				ws = s2 / float64(len(v)-1)
			}
			golden.Equal(t, "variance", ws, variance[i], 1e-11)
			golden.Equal(t, "min", least, lo[i], 0)
			want := nan
			if len(v) > 0 {
				want = quantileOf(v, q)
			}
			golden.Equal(t, "quantile", want, quant[i], 1e-14)
		}
		if t.Failed() {
			t.Fatalf("%+v of %d rows", w, n)
		}
		e, err := Expanding{}.Quantile(nil, x, q, Linear)
		require.NoError(t, err)
		f, err := Rolling{Window: n, MinPeriods: 1}.Quantile(nil, x, q, Linear)
		require.NoError(t, err)
		golden.EqualSlice(t, "expanding", f, e, 0)
	}
}

func quantileOf(v []float64, q float64) float64 {
	v = slices.Sorted(slices.Values(v))
	at := q * float64(len(v)-1)
	k := int(at)
	if k+1 >= len(v) {
		return v[len(v)-1]
	}
	return v[k] + (v[k+1]-v[k])*(at-float64(k))
}

func TestRollingLargeMeansKeepTheirVariance(t *testing.T) {
	x := make([]float64, 1000)
	for i := range x {
		x[i] = 1e9 + float64(i%2)
	}
	v, err := Rolling{Window: 10}.Var(nil, x, 0)
	require.NoError(t, err)
	for _, a := range v[9:] {
		golden.Equal(t, "variance at 1e9", 0.25, a, 1e-12)
	}
}

func TestFeaturesBadInput(t *testing.T) {
	x := mat.NewDense(3, 2, []float64{1, 2, 3, 4, 5, 7})
	inf := mat.NewDense(2, 2, []float64{1, 2, math.Inf(1), 4})
	hole := mat.NewDense(2, 2, []float64{1, 2, nan, 4})
	var empty mat.Dense
	one := []float64{1, 2, 3}
	fit := func(f interface{ Fit(mat.Matrix) error }, m mat.Matrix) error { return f.Fit(m) }
	ready := func(f Transformer) Transformer { require.NoError(t, f.Fit(x)); return f }
	apply := func(f Transformer, m mat.Matrix) error { _, err := f.Transform(nil, m); return err }
	second := func(_ []float64, err error) error { return err }
	for name, c := range map[string]struct{ err, want error }{
		"polynomial nil":        {fit(&Polynomial{}, nil), mlgauge.ErrEmpty},
		"polynomial empty":      {fit(&Polynomial{}, &empty), mlgauge.ErrEmpty},
		"polynomial degree":     {fit(&Polynomial{Degree: -1}, x), mlgauge.ErrRange},
		"polynomial degrees":    {fit(&Polynomial{MinDegree: 3, Degree: 2}, x), mlgauge.ErrRange},
		"polynomial too many":   {fit(&Polynomial{Degree: 60}, mat.NewDense(1, 60, nil)), mlgauge.ErrRange},
		"polynomial nothing":    {fit(&Polynomial{MinDegree: 3, Degree: 3, InteractionOnly: true, NoBias: true}, x), mlgauge.ErrRange},
		"polynomial inf":        {apply(ready(&Polynomial{}), inf), mlgauge.ErrNotFinite},
		"polynomial overflow":   {apply(ready(&Polynomial{}), mat.NewDense(1, 2, []float64{1e200, 1})), mlgauge.ErrNotFinite},
		"polynomial column":     {apply(&Polynomial{Features: 2, Terms: [][]int{{2}}}, x), mlgauge.ErrRange},
		"combine none":          {fit(&Combine{}, x), mlgauge.ErrEmpty},
		"combine column":        {fit(&Combine{Columns: []Combination{{Ratio, 0, 2}}}, x), mlgauge.ErrRange},
		"combine op":            {fit(&Combine{Columns: []Combination{{99, 0, 1}}}, x), mlgauge.ErrRange},
		"combine zero":          {fit(&Combine{Columns: []Combination{{Ratio, 0, 1}}, Zero: 9}, x), mlgauge.ErrRange},
		"combine fill":          {fit(&Combine{Columns: []Combination{{Ratio, 0, 1}}, Fill: nan}, x), mlgauge.ErrNotFinite},
		"combine inf":           {apply(ready(&Combine{Columns: []Combination{{Ratio, 0, 1}}}), inf), mlgauge.ErrNotFinite},
		"lags period 0":         {fit(&Lags{Periods: []int{0}}, x), mlgauge.ErrRange},
		"lags twice":            {fit(&Lags{Periods: []int{1, 1}}, x), mlgauge.ErrRange},
		"lags column":           {fit(&Lags{Columns: []int{5}}, x), mlgauge.ErrRange},
		"lags inf":              {apply(ready(&Lags{}), inf), mlgauge.ErrNotFinite},
		"shift empty":           {second(Shift(nil, nil, 1)), mlgauge.ErrEmpty},
		"shift dst":             {second(Shift(make([]float64, 2), one, 1)), mlgauge.ErrLength},
		"diff empty":            {second(Diff(nil, nil, 1)), mlgauge.ErrEmpty},
		"change dst":            {second(RelativeChange(make([]float64, 2), one, 1)), mlgauge.ErrLength},
		"cyclic negative":       {fit(&Cyclic{}, mat.NewDense(2, 1, []float64{-1, -2})), mlgauge.ErrRange},
		"cyclic given":          {fit(&Cyclic{Given: []float64{1}}, x), mlgauge.ErrLength},
		"cyclic given 0":        {fit(&Cyclic{Given: []float64{1, 0}}, x), mlgauge.ErrRange},
		"cyclic twice":          {fit(&Cyclic{Columns: []int{1, 1}}, x), mlgauge.ErrRange},
		"cyclic missing":        {fit(&Cyclic{}, mat.NewDense(2, 1, []float64{nan, nan})), mlgauge.ErrEmpty},
		"cyclic inf":            {fit(&Cyclic{}, inf), mlgauge.ErrNotFinite},
		"cyclic merge":          {(&Cyclic{}).Merge(&Cyclic{}), mlgauge.ErrNotFitted},
		"splines knots":         {fit(&Splines{KnotCount: 1}, x), mlgauge.ErrRange},
		"splines degree":        {fit(&Splines{Degree: 99}, x), mlgauge.ErrRange},
		"splines steps":         {fit(&Splines{Degree: 2, Steps: true}, x), mlgauge.ErrRange},
		"splines option":        {fit(&Splines{Extrapolation: 9}, x), mlgauge.ErrRange},
		"splines placement":     {fit(&Splines{Placement: 9}, x), mlgauge.ErrRange},
		"splines periodic":      {fit(&Splines{KnotCount: 3, Extrapolation: ExtrapolatePeriodic}, x), mlgauge.ErrRange},
		"splines given":         {fit(&Splines{Given: FloatRows{{0, 1}}}, x), mlgauge.ErrLength},
		"splines given order":   {fit(&Splines{Given: FloatRows{{0, 1}, {1, 1}}}, x), mlgauge.ErrRange},
		"splines nan":           {fit(&Splines{}, hole), mlgauge.ErrNotFinite},
		"splines nan transform": {apply(ready(&Splines{}), hole), mlgauge.ErrNotFinite},
		"splines all missing":   {fit(&Splines{MissingZero: true}, mat.NewDense(2, 1, []float64{nan, nan})), mlgauge.ErrEmpty},
		"splines beyond":        {apply(ready(&Splines{Extrapolation: ExtrapolateError}), mat.NewDense(1, 2, []float64{9, 2})), mlgauge.ErrRange},
		"splines weights":       {(&Splines{}).FitWeighted(x, []float64{1, 1}), mlgauge.ErrLength},
		"splines no weight":     {(&Splines{}).FitWeighted(x, []float64{0, 0, 0}), mlgauge.ErrUndefined},
		"splines overflow":      {fit(&Splines{}, mat.NewDense(2, 1, []float64{-1.7e308, 1.7e308})), mlgauge.ErrNotFinite},
		"rolling window":        {second(Rolling{}.Sum(nil, one)), mlgauge.ErrRange},
		"rolling periods":       {second(Rolling{Window: 2, MinPeriods: 3}.Mean(nil, one)), mlgauge.ErrRange},
		"rolling closed":        {second(Rolling{Window: 2, Closed: 7}.Max(nil, one)), mlgauge.ErrRange},
		"rolling empty":         {second(Rolling{Window: 2}.Min(nil, nil)), mlgauge.ErrEmpty},
		"rolling dst":           {second(Rolling{Window: 2}.Count(make([]float64, 1), one)), mlgauge.ErrLength},
		"rolling ddof":          {second(Rolling{Window: 2}.Std(nil, one, -1)), mlgauge.ErrRange},
		"rolling q":             {second(Rolling{Window: 2}.Quantile(nil, one, 1.5, Linear)), mlgauge.ErrRange},
		"rolling q nan":         {second(Rolling{Window: 2}.Quantile(nil, one, nan, Linear)), mlgauge.ErrNotFinite},
		"rolling interpolation": {second(Rolling{Window: 2}.Quantile(nil, one, .5, 9)), mlgauge.ErrRange},
		"expanding empty":       {second(Expanding{}.Sum(nil, nil)), mlgauge.ErrEmpty},
		"expanding ddof":        {second(Expanding{}.Var(nil, one, nan)), mlgauge.ErrNotFinite},
		"calendar part":         {func() error { _, err := Calendar{Parts: []Part{99}}.FeatureNames("t"); return err }(), mlgauge.ErrRange},
		"calendar empty":        {func() error { _, err := Calendar{}.Transform(nil, nil); return err }(), mlgauge.ErrEmpty},
	} {
		require.ErrorIs(t, c.err, c.want, name)
	}
}

func FuzzFeaturesJSON(f *testing.F) {
	x := mat.NewDense(3, 2, []float64{1, 2, 3, 4, 5, 7})
	for _, m := range []Transformer{&Polynomial{}, &Lags{}, &Cyclic{}, &Splines{}, &Combine{Columns: []Combination{{Ratio, 0, 1}}}} {
		if err := m.Fit(x); err != nil {
			f.Fatal(err)
		}
		b, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"knots":[[1,2]],"degree":3}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, m := range []interface {
			Transformer
			json.Unmarshaler
		}{&Polynomial{}, &Lags{}, &Cyclic{}, &Splines{}, &Combine{}} {
			if err := m.UnmarshalJSON(b); err != nil {
				require.ErrorIs(t, err, mlgauge.ErrCorrupt)
				continue
			}
			if in, out := m.Widths(); in > 0 && in < 100 && out < 1000 {
				_, _ = m.Transform(nil, mat.NewDense(2, in, nil))
			}
		}
	})
}
