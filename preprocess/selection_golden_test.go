package preprocess

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/mlgauge/mlgauge/internal/golden"
)

type pcaGolden struct {
	Name                                 string
	Keep, Batch                          int
	Whiten                               bool
	X, Components, T, Inv                goldenRows
	Mean, Var, Variance, Ratio, Singular golden.Floats
	Noise                                float64
	LL                                   golden.Floats
}

type selectionGolden struct {
	X, Counts  goldenRows
	Y          golden.Floats
	C, Single  []int
	Event      []int
	Corr       []map[string]any
	H          goldenRows
	PandasCorr map[string]goldenRows `json:"pandas_corr"`
	MI         map[string]golden.Floats
	Uni        map[string]golden.Floats
	Scores, P  golden.Floats
	Select     []struct {
		Mode    string
		Param   float64
		Columns []int
	}
	VT struct {
		Var     golden.Floats
		Columns []int
	}
	VIF      struct{ Centred, Raw golden.Floats }
	DropCorr map[string][]int `json:"drop_corr"`
	PSI      map[string]struct {
		Values golden.Floats
		Drop   []int
	}
	IV  map[string]golden.Floats
	RFE []struct {
		Keep             int
		Step             float64
		Ranking, Columns []int
	}
	PCA, IPCA []pcaGolden
	TSVD      pcaGolden
}

func loadSelection(t testing.TB) *selectionGolden {
	var g selectionGolden
	golden.Load(t, "preprocess/selection.json", &g)
	return &g
}

func first(m *mat.Dense, cols int) *mat.Dense {
	r, _ := m.Dims()
	return mat.DenseCopyOf(m.Slice(0, r, 0, cols))
}

var methods = map[string]Correlation{"pearson": Pearson, "spearman": Spearman, "kendall": Kendall}

func TestCorrelationGolden(t *testing.T) {
	g := loadSelection(t)
	require.NotEmpty(t, g.Corr)
	floatsOf := func(v any) []float64 {
		var out []float64
		for _, a := range v.([]any) {
			out = append(out, a.(float64))
		}
		return out
	}
	for i, c := range g.Corr {
		x, y := floatsOf(c["x"]), floatsOf(c["y"])
		for name, m := range methods {
			r, err := m.Correlate(x, y)
			require.NoError(t, err)
			golden.Equal(t, name, c[name].(float64), r, 1e-12)
			for alt, a := range map[string]Alternative{"two-sided": TwoSided, "less": Less, "greater": Greater} {
				res, err := m.Test(x, y, a)
				require.NoError(t, err)
				require.Equal(t, r, res.Coefficient)
				want := c[name+"_"+alt].(float64)
				// 1 - |r| keeps few digits where r is near 1.
				if abs := want - res.P; !(abs < 1e-13 && abs > -1e-13) {
					golden.Equal(t, name+" "+alt, want, res.P, 1e-9)
				}
				if t.Failed() {
					t.Fatalf("case %d", i)
				}
			}
		}
	}
	for name, want := range g.PandasCorr {
		got, err := methods[name].Matrix(g.H.dense(), Pairwise)
		require.NoError(t, err)
		golden.EqualSlice(t, name, want.flat(), flatOf(mat.DenseCopyOf(got)), 1e-12)
	}
	x := g.X.dense()
	for name, m := range methods {
		all, err := m.Tests(x, Refuse)
		require.NoError(t, err)
		plain, err := m.Matrix(x, Refuse)
		require.NoError(t, err)
		for i := range 6 {
			for j := range 6 {
				if i == j {
					require.Equal(t, 1.0, all.Coefficient.At(i, j))
					continue
				}
				one, err := m.Test(mat.Col(nil, i, x), mat.Col(nil, j, x), TwoSided)
				require.NoError(t, err)
				golden.Equal(t, name, one.Coefficient, all.Coefficient.At(i, j), 1e-13)
				golden.Equal(t, name, one.Coefficient, plain.At(i, j), 1e-11)
				golden.Equal(t, name+" p", one.P, all.P.At(i, j), 1e-10)
			}
		}
	}
}

func TestMutualInfoGolden(t *testing.T) {
	g := loadSelection(t)
	x := g.X.dense()
	five := first(x, 5)
	sixth := mat.DenseCopyOf(x.Slice(0, len(g.Y), 5, 6))
	y := g.Y.Values()
	got, err := MutualInfo{}.Regression(five, y)
	require.NoError(t, err)
	golden.EqualSlice(t, "regression", g.MI["reg"].Values(), got, 1e-12)
	got, err = MutualInfo{Neighbours: 5, Seed: 9}.Regression(five, y)
	require.NoError(t, err)
	golden.EqualSlice(t, "k = 5", g.MI["reg5"].Values(), got, 1e-12)
	got, err = MutualInfo{}.Classification(five, g.C)
	require.NoError(t, err)
	golden.EqualSlice(t, "classes", g.MI["clf"].Values(), got, 1e-12)
	got, err = MutualInfo{}.Classification(five, g.Single)
	require.NoError(t, err)
	golden.EqualSlice(t, "a class of one row", g.MI["single"].Values(), got, 1e-12)
	got, err = MutualInfo{Discrete: []bool{true}}.Regression(sixth, y)
	require.NoError(t, err)
	golden.EqualSlice(t, "discrete column", g.MI["disc_reg"].Values(), got, 1e-12)
	got, err = MutualInfo{Discrete: []bool{true}}.Classification(sixth, g.C)
	require.NoError(t, err)
	golden.EqualSlice(t, "both discrete", g.MI["disc_clf"].Values(), got, 1e-12)
}

func TestUnivariateGolden(t *testing.T) {
	g := loadSelection(t)
	x := g.X.dense()
	s, err := FClassif(x, g.C)
	require.NoError(t, err)
	// The peer's sums of squares cancel on the column at 1000.
	golden.EqualSlice(t, "F", g.Uni["f_classif"].Values(), s.Scores, 1e-8)
	golden.EqualSlice(t, "F p", g.Uni["f_classif_p"].Values(), s.P, 1e-8)
	s, err = Chi2(g.Counts.dense(), g.C)
	require.NoError(t, err)
	golden.EqualSlice(t, "chi2", g.Uni["chi2"].Values(), s.Scores, 1e-12)
	golden.EqualSlice(t, "chi2 p", g.Uni["chi2_p"].Values(), s.P, 1e-11)
	rows := len(g.X)
	xc := mat.NewDense(rows, 7, nil)
	for i := range rows {
		copy(xc.RawRowView(i), x.RawRowView(i))
		xc.Set(i, 6, 3)
	}
	for key, f := range map[string]FRegression{"11": {}, "10": {KeepNonFinite: true}, "01": {Uncentred: true}, "00": {Uncentred: true, KeepNonFinite: true}} {
		r, err := f.R(xc, g.Y.Values())
		require.NoError(t, err)
		// The constant column, the last: 0 / 0 but for the peer's rounding.
		golden.EqualSlice(t, "r"+key, g.Uni["r"+key].Values()[:6], r[:6], 1e-9)
		if f.Uncentred {
			golden.Equal(t, "r"+key, g.Uni["r"+key].Values()[6], r[6], 1e-12)
			golden.Equal(t, "f"+key, g.Uni["f"+key].Values()[6], fOf(t, f, xc, g)[6], 1e-11)
		}
		s, err = f.Test(xc, g.Y.Values())
		require.NoError(t, err)
		golden.EqualSlice(t, "f"+key, g.Uni["f"+key].Values()[:6], s.Scores[:6], 1e-8)
		golden.EqualSlice(t, "p"+key, g.Uni["p"+key].Values()[:6], s.P[:6], 1e-8)
	}
}

func fOf(t *testing.T, f FRegression, x *mat.Dense, g *selectionGolden) Floats {
	s, err := f.Test(x, g.Y.Values())
	require.NoError(t, err)
	return s.Scores
}

func TestSelectGolden(t *testing.T) {
	g := loadSelection(t)
	for _, c := range g.Select {
		s := Select{}
		switch c.Mode {
		case "k_best":
			s.K = int(c.Param)
		case "percentile":
			s.Mode, s.Percent = Percentile, c.Param
		case "fpr":
			s.Mode, s.Alpha = FPR, c.Param
		case "fdr":
			s.Mode, s.Alpha = FDR, c.Param
		case "fwe":
			s.Mode, s.Alpha = FWE, c.Param
		}
		require.NoError(t, s.FitScores(Scores{g.Scores.Values(), g.P.Values()}))
		require.Equal(t, c.Columns, s.Columns, "%s %v", c.Mode, c.Param)
	}
	var v VarianceThreshold
	v.Threshold = .9
	require.NoError(t, v.Fit(g.H.dense()))
	golden.EqualSlice(t, "variances", g.VT.Var.Values(), v.Variances, 1e-13)
	require.Equal(t, g.VT.Columns, v.Columns)

	x := g.X.dense()
	vif, err := VIF(x, true)
	require.NoError(t, err)
	// The peer regresses on the raw columns, one of them at 1000.
	golden.EqualSlice(t, "VIF", g.VIF.Centred.Values(), vif, 1e-8)
	vif, err = VIF(x, false)
	require.NoError(t, err)
	golden.EqualSlice(t, "VIF without intercept", g.VIF.Raw.Values(), vif, 1e-8)

	for name, drop := range g.DropCorr {
		f := CorrelationFilter{Method: methods[name], Threshold: .4}
		require.NoError(t, f.Fit(x))
		for _, j := range drop {
			require.NotContains(t, f.Columns, j, name)
		}
		require.Len(t, f.Columns, 6-len(drop), name)
		checkTransformer(t, "correlation filter", &fittedCorrelation{f}, x, new(fittedCorrelation))
	}
	five := first(x, 5)
	for name, c := range g.PSI {
		f := PSIFilter{Bins: 5, Threshold: .3, Smoothing: Smoothing{Method: FloorRawSmoothing, Value: .0001}}
		if name == "equal_width" {
			f.Cut = EqualWidth
		}
		require.NoError(t, f.Fit(five.Slice(0, 40, 0, 5), five.Slice(40, 80, 0, 5)))
		golden.EqualSlice(t, "PSI "+name, c.Values.Values(), f.Values, 1e-12)
		require.Len(t, f.Columns, 5-len(c.Drop))
	}
	event := make([]bool, len(g.Event))
	for i, e := range g.Event {
		event[i] = e == 1
	}
	iv := InformationValueFilter{Bins: 3, Threshold: .1}
	three := mat.NewDense(len(event), 3, nil)
	for k, j := range []int{0, 3, 4} {
		three.SetCol(k, mat.Col(nil, j, x))
	}
	require.NoError(t, iv.Fit(three, event))
	golden.EqualSlice(t, "IV", g.IV["equal_frequency"].Values(), iv.Values, 1e-12)
}

// fittedCorrelation lets checkTransformer test a selector that was fitted
// already.
type fittedCorrelation struct{ CorrelationFilter }

// squares fits least squares on columns and returns the squared coefficients.
func squares(x *mat.Dense, y []float64, columns []int) ([]float64, float64) {
	n := len(y)
	a := mat.NewDense(n, len(columns)+1, nil)
	for k, j := range columns {
		a.SetCol(k, mat.Col(nil, j, x))
	}
	for i := range n {
		a.Set(i, len(columns), 1)
	}
	var b, p mat.VecDense
	if err := b.SolveVec(a, mat.NewVecDense(n, y)); err != nil {
		panic(err)
	}
	p.MulVec(a, &b)
	out := make([]float64, len(columns))
	for k := range out {
		out[k] = b.AtVec(k) * b.AtVec(k)
	}
	return out, stat.RSquaredFrom(p.RawVector().Data, y, nil)
}

func TestEliminateGolden(t *testing.T) {
	g := loadSelection(t)
	x := g.X.dense()
	xn := mat.NewDense(len(g.Y), 5, nil)
	for k, j := range []int{0, 2, 3, 4, 5} {
		xn.SetCol(k, mat.Col(nil, j, x))
	}
	for _, c := range g.RFE {
		e := Eliminate{Keep: c.Keep, Step: c.Step}
		require.NoError(t, e.Fit(5, func(columns []int) ([]float64, error) {
			imp, _ := squares(xn, g.Y.Values(), columns)
			return imp, nil
		}))
		require.Equal(t, c.Ranking, e.Ranking)
		require.Equal(t, c.Columns, e.Columns)
	}
}

func equalRows(t *testing.T, what string, want goldenRows, got [][]float64, tol float64) {
	t.Helper()
	require.Len(t, got, len(want), what)
	for i := range want {
		golden.EqualSlice(t, what, want[i].Values(), got[i], tol)
	}
}

func TestPCAGolden(t *testing.T) {
	g := loadSelection(t)
	for _, c := range g.PCA {
		p := PCA{Solver: SolverSVD}
		switch c.Name {
		case "cov":
			p.Solver = SolverCovariance
		case "two":
			p.Keep = 2
		case "share":
			p.Share = .5
		case "white":
			p.Keep, p.Whiten = 3, true
		case "mle":
			p.MLE = true
		}
		x := c.X.dense()
		require.NoError(t, p.Fit(x), c.Name)
		tol := 1e-11
		if c.Name == "cov" {
			tol = 1e-8 // the peer takes the square of the mean off the sum of squares
		}
		golden.EqualSlice(t, c.Name+" mean", c.Mean.Values(), p.Mean, 1e-13)
		golden.EqualSlice(t, c.Name+" variance", c.Variance.Values(), p.ExplainedVariance, tol)
		golden.EqualSlice(t, c.Name+" ratio", c.Ratio.Values(), p.ExplainedRatio, tol)
		golden.EqualSlice(t, c.Name+" singular", c.Singular.Values(), p.SingularValues, 1e-8)
		if c.Name != "wide" { // its last component has no variance: any direction
			equalRows(t, c.Name+" components", c.Components, p.Components, tol*10)
			z, err := p.Transform(nil, x.Slice(0, 3, 0, len(p.Mean)))
			require.NoError(t, err)
			golden.EqualSlice(t, c.Name+" transform", c.T.flat(), flatOf(z), tol*100)
			back, err := p.Inverse(nil, z)
			require.NoError(t, err)
			golden.EqualSlice(t, c.Name+" inverse", c.Inv.flat(), flatOf(back), 1e-10)
		}
		golden.Equal(t, c.Name+" noise", c.Noise, p.NoiseVariance, tol)
		if len(c.LL) > 0 {
			ll, err := p.LogLikelihood(x.Slice(0, 3, 0, len(p.Mean)))
			require.NoError(t, err)
			golden.EqualSlice(t, c.Name+" log-likelihood", c.LL.Values(), ll, 1e-7)
		}
		checkTransformer(t, c.Name, &p, x, new(PCA))
	}
	five := first(g.X.dense(), 5)
	for _, c := range g.IPCA {
		p := IncrementalPCA{Keep: c.Keep, Batch: c.Batch, Whiten: c.Whiten}
		require.NoError(t, p.Fit(five))
		golden.EqualSlice(t, "incremental mean", c.Mean.Values(), p.Mean, 1e-13)
		golden.EqualSlice(t, "incremental var", c.Var.Values(), p.Var, 1e-11)
		golden.EqualSlice(t, "incremental variance", c.Variance.Values(), p.ExplainedVariance, 1e-11)
		golden.EqualSlice(t, "incremental ratio", c.Ratio.Values(), p.ExplainedRatio, 1e-11)
		golden.EqualSlice(t, "incremental singular", c.Singular.Values(), p.SingularValues, 1e-11)
		golden.Equal(t, "incremental noise", c.Noise, p.NoiseVariance, 1e-10)
		equalRows(t, "incremental components", c.Components, p.Components, 1e-10)
		z, err := p.Transform(nil, five.Slice(0, 3, 0, 5))
		require.NoError(t, err)
		golden.EqualSlice(t, "incremental transform", c.T.flat(), flatOf(z), 1e-10)
		checkTransformer(t, "incremental", &p, five, new(IncrementalPCA))
	}
	for _, s := range []TruncatedSVD{{Keep: 3}, {Keep: 3, Randomised: true}} {
		require.NoError(t, s.Fit(five))
		// Components of near singular values turn into each other.
		equalRows(t, "truncated components", g.TSVD.Components, s.Components, 1e-8)
		golden.EqualSlice(t, "truncated singular", g.TSVD.Singular.Values(), s.SingularValues, 1e-11)
		golden.EqualSlice(t, "truncated variance", g.TSVD.Variance.Values(), s.ExplainedVariance, 1e-8)
		golden.EqualSlice(t, "truncated ratio", g.TSVD.Ratio.Values(), s.ExplainedRatio, 1e-8)
		z, err := s.Transform(nil, five.Slice(0, 3, 0, 5))
		require.NoError(t, err)
		golden.EqualSlice(t, "truncated transform", g.TSVD.T.flat(), flatOf(z), 1e-8)
		checkTransformer(t, "truncated", &s, five, new(TruncatedSVD))
	}
}
