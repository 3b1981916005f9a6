package encoding

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/golden"
)

// gap marks a missing value among the labels of a test.
const gap = "<missing>"

type goldenCase struct {
	Names        []string
	Train        []golden.Floats
	Test         []golden.Floats
	FitTransform []golden.Floats `json:"fit_transform"`
	Inverse      [][]*string
	Folds        []int
	Mean         golden.Floats
	Binary       bool
}

type goldenFile struct {
	Train        map[string][]*string
	Test         map[string][]*string
	Y, YB        golden.Floats
	YM           []string
	OneHot       map[string]goldenCase
	Ordinal      map[string]goldenCase
	Target       map[string]goldenCase
	CE           map[string]goldenCase
	CESupervised map[string]goldenCase `json:"ce_supervised"`
	Gaps         map[string][]*string
	CEGaps       map[string]goldenCase `json:"ce_gaps"`
	Rare         map[string]struct{ Train, Test [][]string }
	LabelBin     map[string]struct {
		Y, Classes []string
		X          []golden.Floats
	} `json:"label_binarizer"`
	MultiLabel struct {
		Y       [][]string
		X       []golden.Floats
		Classes []string
	} `json:"multi_label"`
}

func loadGolden(t testing.TB) *goldenFile {
	var f goldenFile
	golden.Load(t, "encoding/encoders.json", &f)
	return &f
}

func goldenColumns(d map[string][]*string, names ...string) []Column {
	var x []Column
	for _, n := range names {
		c := Column{Name: n, Missing: []string{gap}}
		for _, v := range d[n] {
			if v == nil {
				c.Labels = append(c.Labels, gap)
			} else {
				c.Labels = append(c.Labels, *v)
			}
		}
		x = append(x, c)
	}
	return x
}

// coded returns the columns as codes, with the categories in another order than
// their first appearance.
func coded(t testing.TB, x []Column) []Column {
	t.Helper()
	out := make([]Column, len(x))
	for j := range x {
		c, err := EncodeColumn(x[j])
		require.NoError(t, err)
		k := int32(len(c.Categories))
		r := Column{Name: c.Name, Order: c.Order, Categories: make([]string, k+1), Codes: make([]int32, len(c.Codes)), Missing: c.Missing}
		r.Categories[k] = "never used"
		for i, s := range c.Categories {
			r.Categories[k-1-int32(i)] = s
		}
		for i, v := range c.Codes {
			r.Codes[i] = v
			if v >= 0 {
				r.Codes[i] = k - 1 - v
			}
		}
		out[j] = r
	}
	return out
}

func same(t testing.TB, what string, want []golden.Floats, got mat.Matrix, rel float64) {
	t.Helper()
	n, w := got.Dims()
	require.GreaterOrEqual(t, n, len(want), what)
	for i := range want {
		if !assert.Len(t, want[i], w, what) {
			return
		}
		golden.EqualSlice(t, what, want[i].Values(), mat.Row(nil, i, got), rel)
	}
}

// rowsOf runs EncodeRow over label columns.
func rowsOf(t testing.TB, e interface {
	EncodeRow([]float64, []string) error
}, x []Column, w int) *mat.Dense {
	t.Helper()
	n := x[0].Len()
	m := mat.NewDense(n, w, nil)
	row := make([]string, len(x))
	for i := range n {
		for j := range x {
			row[j] = x[j].Labels[i]
		}
		require.NoError(t, e.EncodeRow(m.RawRowView(i), row))
	}
	return m
}

func inverseEqual(t testing.TB, want [][]*string, got []Column) {
	t.Helper()
	for i, row := range want {
		for j, w := range row {
			v, ok := got[j].Value(i)
			if w == nil {
				assert.False(t, ok, "row %d column %d: want missing, got %q", i, j, v)
				continue
			}
			assert.True(t, ok, "row %d column %d: want %q, got missing", i, j, *w)
			assert.Equal(t, *w, v, "row %d column %d", i, j)
		}
	}
}

var threeColumns = []string{"city", "size", "flag"}

func TestOneHotGolden(t *testing.T) {
	f := loadGolden(t)
	x, z := goldenColumns(f.Train, threeColumns...), goldenColumns(f.Test, threeColumns...)
	cases := map[string]OneHot{
		"ignore":               {HandleUnknown: Value},
		"infrequent":           {HandleUnknown: Infrequent, MinFrequency: 12},
		"fraction":             {HandleUnknown: Infrequent, MinFraction: 0.1},
		"max3":                 {HandleUnknown: Infrequent, MaxCategories: 3},
		"max1":                 {HandleUnknown: Infrequent, MaxCategories: 1},
		"both":                 {HandleUnknown: Value, MaxCategories: 4, MinFrequency: 10},
		"first":                {HandleUnknown: Value, Drop: DropFirst},
		"if_binary":            {HandleUnknown: Value, Drop: DropIfBinary},
		"given":                {HandleUnknown: Value, Drop: DropGiven, DropCategories: []string{"oslo", gap, "yes"}},
		"first_infrequent":     {HandleUnknown: Infrequent, Drop: DropFirst, MinFrequency: 12},
		"if_binary_infrequent": {HandleUnknown: Infrequent, Drop: DropIfBinary, MaxCategories: 2},
	}
	require.Len(t, f.OneHot, len(cases))
	for name, e := range cases {
		t.Run(name, func(t *testing.T) {
			want := f.OneHot[name]
			for _, in := range [][]Column{x, coded(t, x)} {
				require.NoError(t, e.Fit(in))
				names, err := e.FeatureNames()
				require.NoError(t, err)
				assert.Equal(t, want.Names, names)
				for _, pair := range []struct {
					x []Column
					w []golden.Floats
				}{{x, want.Train}, {z, want.Test}, {coded(t, x), want.Train}, {coded(t, z), want.Test}} {
					got, err := e.Transform(nil, pair.x)
					require.NoError(t, err)
					same(t, "dense", pair.w, got, 0)
					sparse, err := e.TransformCSR(nil, pair.x)
					require.NoError(t, err)
					require.NoError(t, sparse.Check())
					same(t, "sparse", pair.w, sparse, 0)
				}
			}
			same(t, "row", want.Test, rowsOf(t, &e, z, e.Width()), 0)
			for _, in := range [][]Column{z, coded(t, z)} {
				m, err := e.Transform(nil, in)
				require.NoError(t, err)
				for j := range in {
					places, err := e.Places(nil, j, in[j])
					require.NoError(t, err)
					for i, p := range places {
						if p >= 0 {
							assert.Equal(t, 1.0, m.At(i, int(p)))
							m.Set(i, int(p), 0)
						}
					}
				}
				assert.Zero(t, mat.Sum(m), "places miss a one")
			}
			got, err := e.Transform(nil, z)
			require.NoError(t, err)
			back, err := e.Inverse(got)
			require.NoError(t, err)
			inverseEqual(t, want.Inverse, back)
		})
	}
}

func TestOrdinalGolden(t *testing.T) {
	f := loadGolden(t)
	x, z := goldenColumns(f.Train, threeColumns...), goldenColumns(f.Test, threeColumns...)
	cases := map[string]Ordinal{
		"usual":      {HandleUnknown: Value},
		"nan":        {HandleUnknown: ReturnNaN, MissingValue: new(-5.0)},
		"infrequent": {HandleUnknown: Value, UnknownValue: new(99.0), MinFrequency: 12},
		"max3":       {HandleUnknown: Value, UnknownValue: new(-3.0), MaxCategories: 3, MissingValue: new(50.0)},
		"given":      {HandleUnknown: Value, Categories: [][]string{{"rome", "oslo", "paris"}, {"L", "M", "S"}, {"no", "yes"}}},
	}
	require.Len(t, f.Ordinal, len(cases))
	for name, e := range cases {
		t.Run(name, func(t *testing.T) {
			want := f.Ordinal[name]
			require.NoError(t, e.Fit(x))
			for _, pair := range []struct {
				x []Column
				w []golden.Floats
			}{{x, want.Train}, {z, want.Test}, {coded(t, z), want.Test}} {
				got, err := e.Transform(nil, pair.x)
				require.NoError(t, err)
				same(t, "dense", pair.w, got, 0)
			}
			got := rowsOf(t, &e, z, e.Width())
			same(t, "row", want.Test, got, 0)
			back, err := e.Inverse(got)
			require.NoError(t, err)
			if name == "max3" {
				// The peer's inverse of a column with missing values and a group is one
				// place off: it calls a missing value infrequent and the group missing.
				for i := range want.Inverse {
					want.Inverse[i] = want.Inverse[i][:1]
				}
				v, _ := back[1].Value(3)
				assert.Equal(t, "L", v)
				_, ok := back[1].Value(1)
				assert.False(t, ok)
			}
			inverseEqual(t, want.Inverse, back)
		})
	}
}

func TestTargetGolden(t *testing.T) {
	f := loadGolden(t)
	x, z := goldenColumns(f.Train, threeColumns...), goldenColumns(f.Test, threeColumns...)
	smooth := map[string]*float64{"auto": nil, "0.0": new(0.0), "10.0": new(10.0)}
	for _, kind := range []string{"continuous", "binary", "multiclass"} {
		for s, m := range smooth {
			t.Run(kind+"_"+s, func(t *testing.T) {
				want := f.Target[kind+"_"+s]
				for _, in := range [][]Column{x, coded(t, x)} {
					e := Target{Smooth: m}
					var got *mat.Dense
					var err error
					plain := Target{Smooth: m}
					switch kind {
					case "continuous":
						got, err = e.FitTransform(nil, in, f.Y.Values(), want.Folds)
						require.NoError(t, plain.Fit(in, f.Y.Values()))
					case "binary":
						labels := make([]int, len(f.YB))
						for i, v := range f.YB {
							labels[i] = int(v)
						}
						got, err = e.FitTransformClasses(nil, in, ColumnOf("", labels), want.Folds)
						require.NoError(t, plain.FitClasses(in, ColumnOf("", labels)))
						// A target of zeros and ones may be given as numbers too.
						num := Target{Smooth: m}
						again, err := num.FitTransform(nil, in, f.YB.Values(), want.Folds)
						require.NoError(t, err)
						same(t, "numbers", want.FitTransform, again, 1e-12)
					default:
						got, err = e.FitTransformClasses(nil, in, Column{Labels: f.YM}, want.Folds)
						require.NoError(t, plain.FitClasses(in, Column{Labels: f.YM}))
					}
					require.NoError(t, err)
					same(t, "fit_transform", want.FitTransform, got, 1e-12)
					golden.EqualSlice(t, "mean", want.Mean.Values(), e.Mean, 1e-12)
					names, err := e.FeatureNames()
					require.NoError(t, err)
					assert.Equal(t, want.Names, names)
					for _, enc := range []*Target{&e, &plain} {
						for _, zz := range [][]Column{z, coded(t, z)} {
							got, err = enc.Transform(nil, zz)
							require.NoError(t, err)
							same(t, "test", want.Test, got, 1e-12)
						}
						same(t, "row", want.Test, rowsOf(t, enc, z, enc.Width()), 1e-12)
					}
				}
			})
		}
	}
}

type unsupervised interface {
	Fit([]Column) error
	Transform(*mat.Dense, []Column) (*mat.Dense, error)
	FeatureNames() ([]string, error)
	EncodeRow([]float64, []string) error
}

func TestCategoryEncodersGolden(t *testing.T) {
	f := loadGolden(t)
	x, z := goldenColumns(f.Train, threeColumns...), goldenColumns(f.Test, threeColumns...)
	cases := map[string]unsupervised{
		"binary":               &Binary{},
		"base3":                &BaseN{Base: 3},
		"gray":                 &Gray{},
		"binary_indicator":     &BaseN{HandleUnknown: Indicator, HandleMissing: Indicator},
		"binary_nan":           &BaseN{HandleUnknown: ReturnNaN, HandleMissing: ReturnNaN},
		"rankhot":              &RankHot{},
		"sum":                  &Contrast{Kind: Sum},
		"helmert":              &Contrast{Kind: Helmert},
		"backward":             &Contrast{Kind: BackwardDifference},
		"polynomial":           &Contrast{Kind: Polynomial},
		"helmert_indicator":    &Contrast{Kind: Helmert, HandleUnknown: Indicator, HandleMissing: Indicator},
		"sum_nan":              &Contrast{Kind: Sum, HandleUnknown: ReturnNaN, HandleMissing: ReturnNaN},
		"count":                &Count{},
		"frequency":            &Count{Normalize: true},
		"count_group":          &Count{MinGroupSize: 9},
		"count_group_fraction": &Count{MinGroupFraction: 0.1},
		"frequency_group":      &Count{Normalize: true, MinGroupFraction: 0.1},
	}
	require.Len(t, f.CE, len(cases)+1)
	for name, e := range cases {
		t.Run(name, func(t *testing.T) {
			want := f.CE[name]
			// The codes' categories are not in order of appearance: only the rows count.
			for _, in := range [][]Column{x, coded(t, x)} {
				require.NoError(t, e.Fit(in))
				names, err := e.FeatureNames()
				require.NoError(t, err)
				assert.Equal(t, want.Names, names)
				got, err := e.Transform(nil, x)
				require.NoError(t, err)
				same(t, "train", want.Train, got, 1e-12)
				got, err = e.Transform(nil, coded(t, z))
				require.NoError(t, err)
				same(t, "test", want.Test, got, 1e-12)
				same(t, "row", want.Test, rowsOf(t, e, z, len(names)), 1e-12)
			}
		})
	}
	t.Run("hashing", func(t *testing.T) {
		want := f.CE["hashing"]
		e := Hashing{Components: 7}
		names, err := e.FeatureNames()
		require.NoError(t, err)
		assert.Equal(t, want.Names, names)
		got, err := e.Transform(nil, goldenColumns(f.Train, "city", "flag"))
		require.NoError(t, err)
		same(t, "train", want.Train, got, 0)
		test := goldenColumns(f.Test, "city", "flag")
		got, err = e.Transform(nil, coded(t, test))
		require.NoError(t, err)
		same(t, "test", want.Test, got, 0)
		same(t, "row", want.Test, rowsOf(t, &e, test, 7), 0)
	})
}

type supervisedEncoder interface {
	Supervised
	FeatureNames() ([]string, error)
	EncodeRow([]float64, []string) error
}

func TestSupervisedGolden(t *testing.T) {
	f := loadGolden(t)
	x, z := goldenColumns(f.Train, threeColumns...), goldenColumns(f.Test, threeColumns...)
	cases := map[string]supervisedEncoder{
		"sigmoid":        &Target{Sigmoid: &Sigmoid{20, 10}},
		"sigmoid_small":  &Target{Sigmoid: &Sigmoid{5, 2.5}},
		"m_estimate":     &MEstimate{},
		"m_estimate_7":   &MEstimate{M: new(7.5)},
		"leave_one_out":  &LeaveOneOut{},
		"catboost":       &CatBoost{},
		"catboost_a":     &CatBoost{A: new(3.5)},
		"js_independent": &JamesStein{},
		"js_pooled":      &JamesStein{Model: Pooled},
		"js_beta":        &JamesStein{Model: Beta},
		"js_binary":      &JamesStein{Model: LogOdds},
		"woe":            &WOE{},
		"woe_r":          &WOE{Regularization: new(0.3)},
		"quantile":       &Quantile{},
		"quantile_90":    &Quantile{Quantiles: []float64{0.9}, M: new(3.0)},
		"summary":        &Quantile{Quantiles: []float64{0.25, 0.5, 0.75}, M: new(2.0)},
		"m_estimate_nan": &MEstimate{HandleUnknown: ReturnNaN, HandleMissing: ReturnNaN},
	}
	require.Len(t, f.CESupervised, len(cases))
	for name, e := range cases {
		t.Run(name, func(t *testing.T) {
			want := f.CESupervised[name]
			y := f.Y.Values()
			if want.Binary {
				y = f.YB.Values()
			}
			tol := 1e-12
			if name == "js_binary" {
				// The peer's search for sigma stops early, and counts in float32.
				tol = 1e-4
			}
			for _, in := range [][]Column{x, coded(t, x)} {
				var got *mat.Dense
				var err error
				switch e := e.(type) {
				case interface {
					FitTransform(*mat.Dense, []Column, []float64) (*mat.Dense, error)
				}:
					got, err = e.FitTransform(nil, in, y)
				default:
					require.NoError(t, e.(Supervised).Fit(in, y))
					got, err = e.(Supervised).Transform(nil, in)
				}
				require.NoError(t, err)
				same(t, "fit_transform", want.FitTransform, got, tol)
				names, err := e.FeatureNames()
				require.NoError(t, err)
				assert.Equal(t, want.Names, names)
				got, err = e.Transform(nil, coded(t, z))
				require.NoError(t, err)
				same(t, "test", want.Test, got, tol)
				same(t, "row", want.Test, rowsOf(t, e, z, len(names)), tol)
			}
		})
	}
}

func TestRareLabelGolden(t *testing.T) {
	f := loadGolden(t)
	x, z := goldenColumns(f.Train, "city", "flag"), goldenColumns(f.Test, "city", "flag")
	for name, e := range map[string]RareLabel{
		"usual":   {},
		"grouped": {Tolerance: new(0.06), MinCategories: new(2)},
		"max2":    {Tolerance: new(0.01), MinCategories: new(3), MaxCategories: 2, ReplaceWith: "other"},
	} {
		t.Run(name, func(t *testing.T) {
			want := f.Rare[name]
			require.NoError(t, e.Fit(x))
			for _, pair := range []struct {
				x []Column
				w [][]string
			}{{x, want.Train}, {z, want.Test}, {coded(t, z), want.Test}} {
				got, err := e.Transform(pair.x)
				require.NoError(t, err)
				for i := range pair.w {
					for j := range got {
						v, ok := got[j].Value(i)
						assert.True(t, ok)
						assert.Equal(t, pair.w[i][j], v, "row %d column %d", i, j)
					}
				}
			}
		})
	}
}

func TestBinarizersGolden(t *testing.T) {
	f := loadGolden(t)
	for name, want := range f.LabelBin {
		e := LabelBinarizer{Negative: new(-1.0), Positive: new(2.0)}
		require.NoError(t, e.Fit(want.Y))
		assert.EqualValues(t, want.Classes, e.Label.Classes, name)
		got, err := e.Transform(nil, want.Y)
		require.NoError(t, err)
		same(t, name, want.X, got, 0)
		back, err := e.Inverse(nil, got, 0.5)
		require.NoError(t, err)
		assert.Equal(t, want.Y, back)
	}
	var e MultiLabelBinarizer
	require.NoError(t, e.Fit(f.MultiLabel.Y))
	assert.EqualValues(t, f.MultiLabel.Classes, e.Label.Classes)
	got, err := e.Transform(nil, f.MultiLabel.Y)
	require.NoError(t, err)
	same(t, "multi", f.MultiLabel.X, got, 0)
	back, err := e.Inverse(got)
	require.NoError(t, err)
	assert.Equal(t, [][]string{{"sci-fi", "thriller"}, {"comedy"}, nil, {"comedy", "drama"}}, back)
}
