package preprocess

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// normals are standard normal rows, the columns at different offsets.
func normals(seed uint64, rows, cols int, offset float64) *mat.Dense {
	r := rand.New(rand.NewPCG(seed, 1))
	m := mat.NewDense(rows, cols, nil)
	for i := range rows {
		for j := range cols {
			m.Set(i, j, offset*float64(j)+r.NormFloat64()+0.5*m.At(i, 0))
		}
	}
	return m
}

func slab(m *mat.Dense, lo, hi int) *mat.Dense {
	_, c := m.Dims()
	return mat.DenseCopyOf(m.Slice(lo, hi, 0, c))
}

type storable interface {
	MarshalBinary() ([]byte, error)
	UnmarshalBinary([]byte) error
}

// roundTrip stores a statistic, reads it back, and asserts that damage is seen.
func roundTrip(t *testing.T, from, to storable) {
	t.Helper()
	b, err := from.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, to.UnmarshalBinary(b))
	again, err := to.MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, b, again)
	for _, cut := range []int{0, 5, len(b) / 2, len(b) - 1} {
		require.ErrorIs(t, to.UnmarshalBinary(b[:cut]), mlgauge.ErrCorrupt)
	}
	b[len(b)/2] ^= 1
	require.ErrorIs(t, to.UnmarshalBinary(b), mlgauge.ErrCorrupt)
	kept, err := to.MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, again, kept, "a failed read changed the receiver")
}

func TestCovariance(t *testing.T) {
	for _, offset := range []float64{0, 1e9} {
		x := normals(1, 1300, 4, offset)
		var whole, merged Covariance
		require.NoError(t, whole.Add(x))
		var parts [3]Covariance
		require.NoError(t, parts[0].Add(slab(x, 0, 7)))
		require.NoError(t, parts[0].Add(slab(x, 7, 600)))
		require.NoError(t, parts[1].Add(slab(x, 600, 601)))
		require.NoError(t, parts[2].Add(slab(x, 601, 1300)))
		for i := range parts {
			require.NoError(t, merged.Merge(&parts[2-i]))
		}
		a, err := whole.Matrix(1)
		require.NoError(t, err)
		b, err := merged.Matrix(1)
		require.NoError(t, err)
		golden.EqualSlice(t, "merge = whole", flatOf(mat.DenseCopyOf(a)), flatOf(mat.DenseCopyOf(b)), 1e-12)
		// The oracle takes the offset off first, which is exact.
		plain := mat.NewDense(1300, 4, nil)
		plain.Apply(func(_, j int, v float64) float64 { return v - offset*float64(j) }, x)
		var want mat.SymDense
		stat.CovarianceMatrix(&want, plain, nil)
		golden.EqualSlice(t, "gonum", flatOf(mat.DenseCopyOf(&want)), flatOf(mat.DenseCopyOf(a)), 1e-12)
		roundTrip(t, &merged, new(Covariance))
	}
	x := normals(2, 40, 3, 5)
	w := make([]float64, 40)
	var twice *mat.Dense
	var rows []float64
	for i := range w {
		w[i] = float64(i % 3)
		for range i % 3 {
			rows = append(rows, x.RawRowView(i)...)
		}
	}
	twice = mat.NewDense(len(rows)/3, 3, rows)
	var a, b Covariance
	require.NoError(t, a.AddWeighted(x, w))
	require.NoError(t, b.Add(twice))
	ma, err := a.Matrix(1)
	require.NoError(t, err)
	mb, err := b.Matrix(1)
	require.NoError(t, err)
	golden.EqualSlice(t, "weight 2 = row twice", flatOf(mat.DenseCopyOf(mb)), flatOf(mat.DenseCopyOf(ma)), 1e-12)
}

func TestStatisticsMerge(t *testing.T) {
	x := normals(3, 90, 3, 2)
	x.Apply(func(_, _ int, v float64) float64 { return math.Abs(v) }, x)
	class := make([]int, 90)
	event := make([]bool, 90)
	for i := range class {
		class[i] = i % 4
		event[i] = i%3 == 0
	}
	var whole, left, right ClassMoments
	require.NoError(t, whole.Add(x, class))
	require.NoError(t, right.Add(slab(x, 50, 90), class[50:]))
	require.NoError(t, left.Add(slab(x, 0, 50), class[:50]))
	require.NoError(t, left.Merge(&right))
	for _, f := range []func(*ClassMoments) (Scores, error){(*ClassMoments).F, (*ClassMoments).Chi2} {
		a, err := f(&whole)
		require.NoError(t, err)
		b, err := f(&left)
		require.NoError(t, err)
		golden.EqualSlice(t, "scores", a.Scores, b.Scores, 1e-11)
	}
	roundTrip(t, &whole, new(ClassMoments))
	var weighted ClassMoments
	require.NoError(t, weighted.AddWeighted(x, class, fill(90, 2)))
	var double ClassMoments
	require.NoError(t, double.Add(x, class))
	require.NoError(t, double.Add(x, class))
	a, err := weighted.F()
	require.NoError(t, err)
	b, err := double.F()
	require.NoError(t, err)
	golden.EqualSlice(t, "weight 2 = row twice", b.Scores, a.Scores, 1e-11)

	col := mat.Col(nil, 0, x)
	edges, err := CutEdges(col, 4, EqualFrequency)
	require.NoError(t, err)
	p, q := PSI{Edges: edges}, PSI{Edges: edges}
	require.NoError(t, p.AddReference(col[:30]))
	require.NoError(t, q.AddReference(col[30:50]))
	require.NoError(t, q.AddCurrent(col[50:]))
	require.NoError(t, p.Merge(&q))
	one := PSI{Edges: edges}
	require.NoError(t, one.AddReference(col[:50]))
	require.NoError(t, one.AddCurrent(col[50:]))
	pv, err := p.Value(Smoothing{})
	require.NoError(t, err)
	ov, err := one.Value(Smoothing{})
	require.NoError(t, err)
	require.Equal(t, ov, pv)
	roundTrip(t, &p, new(PSI))

	iv := InformationValue{Edges: edges}
	require.NoError(t, iv.Add(col, event))
	woe, err := iv.Evidence(Smoothing{Method: AdditiveSmoothing, Value: .5})
	require.NoError(t, err)
	require.Len(t, woe, 5)
	require.Zero(t, woe[4], "no missing values")
	roundTrip(t, &iv, new(InformationValue))

	var v, v1, v2 VarianceThreshold
	require.NoError(t, v.Fit(x))
	require.NoError(t, v1.Fit(slab(x, 0, 20)))
	require.NoError(t, v1.PartialFit(slab(x, 20, 45)))
	require.NoError(t, v2.Fit(slab(x, 45, 90)))
	require.NoError(t, v1.Merge(&v2))
	golden.EqualSlice(t, "variances", v.Variances, v1.Variances, 1e-12)
	checkTransformer(t, "variance threshold", &v, x, new(VarianceThreshold))

	var p0, p1, p2 PCA
	p0.Solver = SolverCovariance
	require.NoError(t, p0.Fit(x))
	require.NoError(t, p1.PartialFit(slab(x, 0, 11)))
	require.NoError(t, p1.PartialFit(slab(x, 11, 45)))
	require.NoError(t, p2.PartialFit(slab(x, 45, 90)))
	require.NoError(t, p1.Merge(&p2))
	svd := PCA{Solver: SolverSVD}
	require.NoError(t, svd.Fit(x))
	var i0, i1 IncrementalPCA
	require.NoError(t, i0.PartialFit(slab(x, 0, 50)))
	require.NoError(t, i1.PartialFit(slab(x, 50, 90)))
	require.NoError(t, i0.Merge(&i1))
	for k := range 3 {
		golden.EqualSlice(t, "merged PCA", p0.Components[k], p1.Components[k], 1e-11)
		golden.EqualSlice(t, "SVD", p0.Components[k], svd.Components[k], 1e-11)
		golden.EqualSlice(t, "incremental", p0.Components[k], i0.Components[k], 1e-11)
	}
	golden.EqualSlice(t, "variance", p0.ExplainedVariance, i0.ExplainedVariance, 1e-11)
	// All components: the inverse undoes the transform.
	for _, f := range []interface {
		Transformer
		Inverter
	}{&p0, &svd, &i0} {
		z, err := f.Transform(nil, x)
		require.NoError(t, err)
		back, err := f.Inverse(nil, z)
		require.NoError(t, err)
		golden.EqualSlice(t, "inverse", flatOf(x), flatOf(back), 1e-11)
	}
	far := normals(5, 400, 3, 1e9)
	near := mat.DenseCopyOf(far)
	near.Apply(func(_, j int, v float64) float64 { return v - 1e9*float64(j) }, far)
	require.NoError(t, p0.Fit(far))
	require.NoError(t, svd.Fit(near))
	golden.EqualSlice(t, "variance at an offset of 1e9", svd.ExplainedVariance, p0.ExplainedVariance, 1e-12)
}

// slowKSG is the definition of Kraskov's first estimator.
func slowKSG(x, y []float64, k int) float64 {
	n := len(x)
	var s float64
	for i := range x {
		var d []float64
		for j := range x {
			if j != i {
				d = append(d, math.Max(math.Abs(x[i]-x[j]), math.Abs(y[i]-y[j])))
			}
		}
		slices.Sort(d)
		nx, ny := 1, 1
		for j := range x {
			if j != i && math.Abs(x[i]-x[j]) < d[k-1] {
				nx++
			}
			if j != i && math.Abs(y[i]-y[j]) < d[k-1] {
				ny++
			}
		}
		s += mathext.Digamma(float64(nx)) + mathext.Digamma(float64(ny))
	}
	return mathext.Digamma(float64(n)) + mathext.Digamma(float64(k)) - s/float64(n)
}

func TestMutualInfoAgainstTheDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for trial := range 30 {
		n := 8 + r.IntN(300)
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			switch trial % 4 {
			case 0:
				x[i], y[i] = r.NormFloat64(), r.NormFloat64()
			case 1: // many decades
				x[i], y[i] = math.Exp(10*r.NormFloat64()), math.Exp(10*r.NormFloat64())
			case 2: // few values
				x[i], y[i] = float64(r.IntN(3)), r.Float64()
			case 3: // a line
				x[i] = r.NormFloat64()
				y[i] = x[i]
			}
		}
		k := 1 + r.IntN(5)
		m := MutualInfo{Neighbours: k}
		sx, sy := m.spread(x, 0), m.spread(y, math.MaxUint64)
		got, err := m.Regression(mat.NewDense(n, 1, slices.Clone(x)), y)
		require.NoError(t, err)
		// gonum's digamma is good to 1e-10.
		if want := math.Max(slowKSG(sx, sy, k), 0); math.Abs(want-got[0]) > 1e-9 {
			t.Fatalf("trial %d, n %d, k %d: want %v, got %v", trial, n, k, want, got[0])
		}
	}
	x := normals(9, 3000, 6, 0)
	y := mat.Col(nil, 1, x)
	one, err := MutualInfo{}.Regression(x, y)
	require.NoError(t, err)
	old := runtime.GOMAXPROCS(1)
	alone, err := MutualInfo{}.Regression(x, y)
	runtime.GOMAXPROCS(old)
	require.NoError(t, err)
	require.Equal(t, alone, one, "the number of cores matters")
}

func TestKendallCounts(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for range 60 {
		n := 2 + r.IntN(80)
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i] = float64(r.IntN(7)), float64(r.IntN(20))
		}
		var c, n1, n2 float64
		for i := range x {
			for j := range i {
				a, b := x[i]-x[j], y[i]-y[j]
				switch {
				case a*b > 0:
					c++
				case a*b < 0:
					c--
				}
				if a != 0 {
					n1++
				}
				if b != 0 {
					n2++
				}
			}
		}
		got, err := Kendall.Correlate(x, y)
		if n1 == 0 || n2 == 0 {
			require.ErrorIs(t, err, mlgauge.ErrUndefined)
			continue
		}
		require.NoError(t, err)
		golden.Equal(t, "tau", c/math.Sqrt(n1*n2), got, 1e-14)
	}
	for _, m := range []Correlation{Pearson, Spearman, Kendall} {
		got, err := m.Correlate([]float64{1e300, 2e300, -3e300, 1}, []float64{1e-300, 2e-300, -3e-300, 1e-310})
		require.NoError(t, err)
		require.InDelta(t, 1, got, 1e-12, m)
	}
}

func TestEliminateSearchAndSequential(t *testing.T) {
	// Columns 1 and 3 are worth something, the others cost a little.
	worth := []float64{-.1, 3, -.2, 5, -.3}
	importance := func(c []int) ([]float64, error) {
		out := make([]float64, len(c))
		for k, j := range c {
			out[k] = worth[j]
		}
		return out, nil
	}
	score := func(c []int) ([]float64, error) {
		var s float64
		for _, j := range c {
			s += worth[j]
		}
		return []float64{s, s + 1}, nil
	}
	var e Eliminate
	require.NoError(t, e.Search(5, 1, importance, score))
	require.Equal(t, []int{1, 3}, e.Columns)
	require.Equal(t, []int{2, 1, 3, 1, 4}, e.Ranking)
	require.Len(t, e.Rounds, 5)
	require.Equal(t, 1, e.Rounds[0].Columns)
	require.Equal(t, .5, e.Rounds[0].Std)
	x := normals(1, 4, 5, 0)
	checkTransformer(t, "eliminate", &fittedEliminate{e}, x, new(fittedEliminate))
	s := Sequential{UntilTolerance: true, Tolerance: .01}
	require.NoError(t, s.Fit(5, score))
	require.Equal(t, []int{1, 3}, s.Columns)
	require.Equal(t, 3, s.Steps[0].Column)
	back := Sequential{Backward: true, Keep: 3}
	require.NoError(t, back.Fit(5, score))
	require.Equal(t, []int{0, 1, 3}, back.Columns)
	free := Sequential{Backward: true, UntilTolerance: true, Tolerance: -1}
	require.NoError(t, free.Fit(5, score))
	require.Equal(t, []int{1, 3}, free.Columns)

	var p Permute
	xp := normals(4, 200, 3, 0)
	y := mat.Col(nil, 1, xp)
	fit := func(m mat.Matrix) (float64, error) {
		var s float64
		for i, v := range y {
			s -= (m.At(i, 1) - v) * (m.At(i, 1) - v)
		}
		return s, nil
	}
	require.NoError(t, p.Fit(xp, fit))
	require.Equal(t, []int{1}, p.Columns)
	require.Zero(t, p.Baseline)
	require.Zero(t, p.Mean[0])
	first := p.Mean[1]
	require.NoError(t, p.Fit(xp, fit))
	require.Equal(t, first, p.Mean[1])
	b, err := json.Marshal(&p)
	require.NoError(t, err)
	var q Permute
	require.NoError(t, json.Unmarshal(b, &q))
	require.Equal(t, p, q)
}

type fittedEliminate struct{ Eliminate }

func (*fittedEliminate) Fit(mat.Matrix) error   { return nil }
func (*fittedCorrelation) Fit(mat.Matrix) error { return nil }

func TestVIF(t *testing.T) {
	x := mat.NewDense(6, 4, nil)
	r := rand.New(rand.NewPCG(2, 2))
	for i := range 6 {
		a, b := r.NormFloat64(), r.NormFloat64()
		x.SetRow(i, []float64{a, b, a + b, 7})
	}
	v, err := VIF(x, true)
	require.NoError(t, err)
	for _, a := range v[:3] {
		require.True(t, math.IsInf(a, 1))
	}
	require.True(t, math.IsNaN(v[3]))
	var f VIFFilter
	require.NoError(t, f.Fit(x))
	require.Equal(t, []int{0, 1, 3}, f.Columns)
	require.Equal(t, []int{2}, f.Dropped)
	b, err := json.Marshal(&f)
	require.NoError(t, err)
	var g VIFFilter
	require.NoError(t, json.Unmarshal(b, &g))
	require.Equal(t, f.Columns, g.Columns)
}

func TestSelectionBadInput(t *testing.T) {
	x := mat.NewDense(4, 2, []float64{1, 2, 3, 5, 5, 7, 2, 9})
	hole := mat.NewDense(2, 2, []float64{1, 2, nan, 4})
	y := []float64{1, 2, 3, 5}
	c := []int{0, 0, 1, 1}
	inf := math.Inf(1)
	con := mat.NewDense(4, 1, []float64{3, 3, 3, 3})
	boom := errors.New("boom")
	score := func(mat.Matrix) (Scores, error) { return FClassif(x, c) }
	one := func(_ any, err error) error { return err }
	corr := func(m Correlation, a, b []float64) error { _, err := m.Correlate(a, b); return err }
	mi := func(m MutualInfo, x mat.Matrix, y []float64) error { _, err := m.Regression(x, y); return err }
	for name, e := range map[string]struct{ err, want error }{
		"correlate method":    {corr(9, y, y), mlgauge.ErrRange},
		"correlate lengths":   {corr(Pearson, y, y[:2]), mlgauge.ErrLength},
		"correlate empty":     {corr(Kendall, nil, nil), mlgauge.ErrEmpty},
		"correlate one":       {corr(Spearman, y[:1], y[:1]), mlgauge.ErrUndefined},
		"correlate constant":  {corr(Kendall, y, []float64{1, 1, 1, 1}), mlgauge.ErrUndefined},
		"correlate constant2": {corr(Pearson, y, []float64{1e300, 1e300, 1e300, 1e300}), mlgauge.ErrUndefined},
		"correlate nan":       {corr(Spearman, y, []float64{1, nan, 1, 1}), mlgauge.ErrNotFinite},
		"test alternative":    {one(Pearson.Test(y, y, 9)), mlgauge.ErrRange},
		"test spearman of 2":  {one(Spearman.Test(y[:2], y[:2], TwoSided)), mlgauge.ErrUndefined},
		"matrix nan":          {one(Pearson.Matrix(hole, Refuse)), mlgauge.ErrNotFinite},
		"matrix inf":          {one(Kendall.Matrix(mat.NewDense(2, 1, []float64{inf, 1}), Pairwise)), mlgauge.ErrNotFinite},
		"matrix option":       {one(Pearson.Matrix(x, 9)), mlgauge.ErrRange},
		"matrix one row":      {one(Pearson.Tests(mat.NewDense(1, 2, nil), Refuse)), mlgauge.ErrUndefined},
		"covariance nil":      {new(Covariance).Add(nil), mlgauge.ErrEmpty},
		"covariance nan":      {new(Covariance).Add(hole), mlgauge.ErrNotFinite},
		"covariance huge":     {new(Covariance).Add(mat.NewDense(2, 1, []float64{1e300, -1e300})), mlgauge.ErrNotFinite},
		"covariance weights":  {new(Covariance).AddWeighted(x, []float64{1}), mlgauge.ErrLength},
		"covariance negative": {new(Covariance).AddWeighted(x, []float64{1, 1, 1, -1}), mlgauge.ErrRange},
		"covariance zero":     {new(Covariance).AddWeighted(x, []float64{0, 0, 0, 0}), mlgauge.ErrUndefined},
		"covariance empty":    {one(new(Covariance).Matrix(1)), mlgauge.ErrEmpty},
		"vif empty":           {one(new(Covariance).VIF(true)), mlgauge.ErrEmpty},
		"vif one row":         {one(VIF(mat.NewDense(1, 2, nil), true)), mlgauge.ErrUndefined},
		"vif threshold":       {(&VIFFilter{Threshold: .5}).Fit(x), mlgauge.ErrRange},
		"mi lengths":          {mi(MutualInfo{}, x, y[:2]), mlgauge.ErrLength},
		"mi nan":              {mi(MutualInfo{}, hole, y[:2]), mlgauge.ErrNotFinite},
		"mi nan target":       {mi(MutualInfo{}, x, []float64{1, 2, nan, 3}), mlgauge.ErrNotFinite},
		"mi neighbours":       {mi(MutualInfo{Neighbours: 4}, x, y), mlgauge.ErrRange},
		"mi negative":         {mi(MutualInfo{Neighbours: -1}, x, y), mlgauge.ErrRange},
		"mi discrete":         {mi(MutualInfo{Discrete: []bool{true}}, x, y), mlgauge.ErrLength},
		"mi singles":          {one(MutualInfo{}.Classification(x, []int{1, 2, 3, 4})), mlgauge.ErrUndefined},
		"f one class":         {one(FClassif(x, []int{1, 1, 1, 1})), mlgauge.ErrUndefined},
		"f rows":              {one(FClassif(x, []int{1, 2, 3, 4})), mlgauge.ErrUndefined},
		"f lengths":           {one(FClassif(x, c[:3])), mlgauge.ErrLength},
		"f nan":               {one(FClassif(hole, c[:2])), mlgauge.ErrNotFinite},
		"chi2 negative":       {one(Chi2(mat.NewDense(2, 1, []float64{1, -1}), c[1:3])), mlgauge.ErrRange},
		"chi2 empty":          {one(new(ClassMoments).Chi2()), mlgauge.ErrEmpty},
		"regression rows":     {one(FRegression{}.Test(mat.NewDense(2, 1, []float64{1, 2}), y[:2])), mlgauge.ErrUndefined},
		"regression nan":      {one(FRegression{}.R(hole, y[:2])), mlgauge.ErrNotFinite},
		"select mode":         {(&Select{Mode: 99}).Fit(x, score), mlgauge.ErrRange},
		"select percent":      {(&Select{Mode: Percentile, Percent: 101}).Fit(x, score), mlgauge.ErrRange},
		"select alpha":        {(&Select{Mode: FDR, Alpha: nan}).Fit(x, score), mlgauge.ErrNotFinite},
		"select k":            {(&Select{K: -1}).Fit(x, score), mlgauge.ErrRange},
		"select nil":          {(&Select{}).Fit(x, nil), mlgauge.ErrRange},
		"select scores":       {(&Select{}).FitScores(Scores{}), mlgauge.ErrEmpty},
		"select p":            {(&Select{Mode: FPR}).FitScores(Scores{Scores: y}), mlgauge.ErrLength},
		"select callback":     {(&Select{}).Fit(x, func(mat.Matrix) (Scores, error) { return Scores{}, boom }), boom},
		"select none": {func() error {
			s := Select{Mode: ScoreAbove, Threshold: 9e9}
			_ = s.Fit(x, score)
			_, err := s.Transform(nil, x)
			return err
		}(), mlgauge.ErrEmpty},
		"variance constant":  {(&VarianceThreshold{}).Fit(con), mlgauge.ErrUndefined},
		"variance threshold": {(&VarianceThreshold{Threshold: -1}).Fit(x), mlgauge.ErrRange},
		"variance inf":       {(&VarianceThreshold{}).Fit(mat.NewDense(1, 1, []float64{inf})), mlgauge.ErrNotFinite},
		"variance huge":      {(&VarianceThreshold{}).Fit(mat.NewDense(2, 1, []float64{1e300, -1e300})), mlgauge.ErrNotFinite},
		"variance merge":     {(&VarianceThreshold{}).Merge(&VarianceThreshold{}), mlgauge.ErrNotFitted},
		"filter threshold":   {(&CorrelationFilter{Threshold: 2}).Fit(x), mlgauge.ErrRange},
		"filter order":       {(&CorrelationFilter{Order: []int{0, 0}}).Fit(x), mlgauge.ErrRange},
		"psi edges":          {(&PSI{Edges: []float64{2, 1}}).AddReference(y), mlgauge.ErrRange},
		"psi empty":          {one(new(PSI).Value(Smoothing{})), mlgauge.ErrEmpty},
		"psi side":           {func() error { var p PSI; _ = p.AddCurrent(y); _, err := p.Value(Smoothing{}); return err }(), mlgauge.ErrUndefined},
		"psi width":          {(&PSIFilter{}).Fit(x, con), mlgauge.ErrLength},
		"psi bins":           {(&PSIFilter{Bins: 1}).Fit(x, x), mlgauge.ErrRange},
		"psi smoothing":      {(&PSIFilter{Smoothing: Smoothing{Method: 9}}).Fit(x, x), mlgauge.ErrRange},
		"edges":              {one(CutEdges(y, 1, EqualWidth)), mlgauge.ErrRange},
		"edges how":          {one(CutEdges(y, 3, 9)), mlgauge.ErrRange},
		"edges missing":      {one(CutEdges([]float64{nan}, 3, EqualWidth)), mlgauge.ErrEmpty},
		"iv lengths":         {new(InformationValue).Add(y, nil), mlgauge.ErrLength},
		"iv one kind":        {(&InformationValueFilter{}).Fit(x, []bool{true, true, true, true}), mlgauge.ErrUndefined},
		"eliminate one":      {(&Eliminate{}).Fit(1, nil), mlgauge.ErrRange},
		"eliminate keep":     {(&Eliminate{Keep: 3}).Fit(2, nil), mlgauge.ErrRange},
		"eliminate nil":      {(&Eliminate{}).Fit(2, nil), mlgauge.ErrRange},
		"eliminate length":   {(&Eliminate{}).Fit(2, func([]int) ([]float64, error) { return y, nil }), mlgauge.ErrLength},
		"eliminate nan":      {(&Eliminate{}).Fit(2, func([]int) ([]float64, error) { return []float64{nan, 1}, nil }), mlgauge.ErrNotFinite},
		"eliminate callback": {(&Eliminate{}).Fit(2, func([]int) ([]float64, error) { return nil, boom }), boom},
		"sequential keep":    {(&Sequential{Keep: 2}).Fit(2, nil), mlgauge.ErrRange},
		"sequential tol":     {(&Sequential{UntilTolerance: true, Tolerance: -1}).Fit(2, nil), mlgauge.ErrRange},
		"sequential empty":   {(&Sequential{}).Fit(2, func([]int) ([]float64, error) { return nil, nil }), mlgauge.ErrEmpty},
		"permute repeats":    {(&Permute{Repeats: -1}).Fit(x, nil), mlgauge.ErrRange},
		"permute callback":   {(&Permute{}).Fit(x, func(mat.Matrix) (float64, error) { return nan, nil }), mlgauge.ErrNotFinite},
		"pca nan":            {(&PCA{}).Fit(hole), mlgauge.ErrNotFinite},
		"pca one row":        {(&PCA{}).Fit(mat.NewDense(1, 2, nil)), mlgauge.ErrUndefined},
		"pca constant":       {(&PCA{}).Fit(con), mlgauge.ErrUndefined},
		"pca keep":           {(&PCA{Keep: 3}).Fit(x), mlgauge.ErrRange},
		"pca share":          {(&PCA{Share: 1}).Fit(x), mlgauge.ErrRange},
		"pca solver":         {(&PCA{Solver: 9}).Fit(x), mlgauge.ErrRange},
		"pca mle":            {(&PCA{MLE: true}).Fit(mat.NewDense(2, 3, []float64{1, 2, 3, 4, 5, 7})), mlgauge.ErrRange},
		"pca go on":          {(&PCA{Mean: Floats{1}, Components: FloatRows{{1}}}).PartialFit(con), mlgauge.ErrIncompatible},
		"pca merge":          {(&PCA{}).Merge(&PCA{}), mlgauge.ErrNotFitted},
		"pca huge":           {(&PCA{Solver: SolverSVD}).Fit(mat.NewDense(2, 2, []float64{1e300, 1, -1e300, 2})), mlgauge.ErrNotFinite},
		"incremental keep":   {(&IncrementalPCA{Keep: 3}).PartialFit(x), mlgauge.ErrRange},
		"incremental one":    {(&IncrementalPCA{}).PartialFit(mat.NewDense(1, 2, []float64{1, 2})), mlgauge.ErrUndefined},
		"incremental merge":  {(&IncrementalPCA{}).Merge(&IncrementalPCA{}), mlgauge.ErrNotFitted},
		"truncated keep":     {(&TruncatedSVD{Keep: 3}).Fit(x), mlgauge.ErrRange},
		"truncated nan":      {(&TruncatedSVD{}).Fit(hole), mlgauge.ErrNotFinite},
		"truncated nil":      {(&TruncatedSVD{}).Fit(nil), mlgauge.ErrEmpty},
	} {
		require.ErrorIs(t, e.err, e.want, name)
	}
}

func FuzzSelectionJSON(f *testing.F) {
	x := normals(3, 20, 3, 0)
	var p PCA
	var i IncrementalPCA
	var s TruncatedSVD
	var v VarianceThreshold
	for _, m := range []Transformer{&p, &i, &s, &v} {
		if err := m.Fit(x); err != nil {
			f.Fatal(err)
		}
		b, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"features":2,"columns":[0,5]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, m := range []interface {
			UnmarshalJSON([]byte) error
			Widths() (int, int)
			Transform(*mat.Dense, mat.Matrix) (*mat.Dense, error)
		}{&PCA{}, &IncrementalPCA{}, &TruncatedSVD{}, &VarianceThreshold{}, &Select{}, &CorrelationFilter{}, &VIFFilter{}, &PSIFilter{}, &InformationValueFilter{}, &Eliminate{}, &Sequential{}, &Permute{}} {
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

func FuzzStatisticsBinary(f *testing.F) {
	x := normals(3, 20, 3, 0)
	var c Covariance
	var m ClassMoments
	_ = c.Add(x)
	_ = m.Add(x, make([]int, 20))
	for _, s := range []storable{&c, &m, &PSI{Edges: []float64{1}}, &InformationValue{}} {
		b, err := s.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, s := range []storable{&Covariance{}, &ClassMoments{}, &PSI{}, &InformationValue{}} {
			if err := s.UnmarshalBinary(b); err != nil {
				require.ErrorIs(t, err, mlgauge.ErrCorrupt)
			}
		}
	})
}

// TestEdgesStayAfterTheFirstCount refuses edges that were changed, even for as
// many others.
func TestEdgesStayAfterTheFirstCount(t *testing.T) {
	p := PSI{Edges: []float64{1, 2}}
	require.NoError(t, p.AddReference([]float64{0, 1.5}))
	v := InformationValue{Edges: []float64{1, 2}}
	require.NoError(t, v.Add([]float64{0, 1.5}, []bool{true, false}))
	p.Edges, v.Edges = []float64{1, 3}, []float64{1, 3}
	require.ErrorIs(t, p.AddCurrent([]float64{1}), mlgauge.ErrIncompatible)
	require.ErrorIs(t, v.Add([]float64{1}, []bool{true}), mlgauge.ErrIncompatible)
}
