package preprocess

import (
	"errors"
	"math"
	"testing"

	"github.com/mlgauge/mlgauge"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// transformers are fresh ones of every kind that fits on positive columns.
func transformers() map[string]RowTransformer {
	return map[string]RowTransformer{
		"Standard": &Standard{}, "MinMax": &MinMax{}, "MaxAbs": &MaxAbs{}, "Robust": &Robust{}, "Robust sketch": &Robust{Sketch: 64},
		"Quantile": &Quantile{NQuantiles: 10}, "Quantile sketch": &Quantile{NQuantiles: 10, Sketch: 64}, "Quantile normal": &Quantile{Output: Normal},
		"Yeo-Johnson": &PowerTransform{}, "Box-Cox": &PowerTransform{Method: BoxCox},
		"Simple": &Simple{}, "Simple median": &Simple{Strategy: ImputeMedian, Sketch: 64}, "Simple mode": &Simple{Strategy: ImputeMode, Indicator: true},
		"KNN": &KNN{}, "Iterative": &Iterative{MaxIter: 2}, "Iterative random": &Iterative{MaxIter: 2, Order: RandomOrder, Seed: 9, Nearest: 1, SkipComplete: true}, "Outliers": &Outliers{}, "Outliers z": &Outliers{Fence: ZScore}, "Outliers mad": &Outliers{Fence: ModifiedZ},
		"Bins": &Bins{Missing: OwnBin}, "Bins onehot": &Bins{Output: OneHot, Missing: KeepMissing}, "Bins mean": &Bins{Output: BinMean, Missing: OwnBin, Strategy: KMeansBins},
		"DropColumns":      &DropColumns{Drop: Drop{All: true}},
		"MissingIndicator": &MissingIndicator{All: true},
	}
}

func positives(seed uint64, rows, cols int, missing float64) *mat.Dense {
	x := random(seed, rows, cols, missing)
	x.Apply(func(_, _ int, v float64) float64 { return math.Abs(v) + .1 }, x)
	return x
}

func TestEveryTransformerRefuses(t *testing.T) {
	x := positives(1, 60, 4, .1)
	inf := mat.DenseCopyOf(x)
	inf.Set(3, 2, math.Inf(-1))
	for name, s := range transformers() {
		_, err := s.Transform(nil, x)
		assert.ErrorIs(t, err, mlgauge.ErrNotFitted, "%s: Transform before Fit", name)
		assert.ErrorIs(t, s.TransformRow(make([]float64, 4), make([]float64, 4)), mlgauge.ErrNotFitted, "%s: TransformRow before Fit", name)
		_, err = s.FeatureNames(nil)
		assert.ErrorIs(t, err, mlgauge.ErrNotFitted, "%s: FeatureNames before Fit", name)
		if v, ok := s.(Inverter); ok {
			_, err = v.Inverse(nil, x)
			assert.ErrorIs(t, err, mlgauge.ErrNotFitted, "%s: Inverse before Fit", name)
		}
		for what, bad := range map[string]mat.Matrix{"nil": nil, "nil Dense": (*mat.Dense)(nil), "empty": &mat.Dense{}} {
			assert.ErrorIs(t, s.Fit(bad), mlgauge.ErrEmpty, "%s: fit on %s", name, what)
		}
		in, _ := s.Widths()
		assert.Zero(t, in, "%s is fitted by a fit that failed", name)

		require.NoError(t, s.Fit(x), name)
		_, out := s.Widths()
		before, err := s.Transform(nil, x)
		require.NoError(t, err, name)
		_, err = s.Transform(nil, x.Slice(0, 9, 0, 3))
		assert.ErrorIs(t, err, mlgauge.ErrLength, "%s: wrong width", name)
		_, err = s.Transform(mat.NewDense(59, out, nil), x)
		assert.ErrorIs(t, err, mlgauge.ErrLength, "%s: dst of other size", name)
		assert.ErrorIs(t, s.TransformRow(make([]float64, out), make([]float64, 5)), mlgauge.ErrLength, "%s: row width", name)
		assert.ErrorIs(t, s.TransformRow(make([]float64, out+1), make([]float64, 4)), mlgauge.ErrLength, "%s: dst width", name)
		_, err = s.FeatureNames([]string{"a"})
		assert.ErrorIs(t, err, mlgauge.ErrLength, "%s: names", name)
		names, err := s.FeatureNames([]string{"a", "b", "c", "d"})
		require.NoError(t, err)
		assert.Len(t, names, out, name)
		if name != "DropColumns" {
			assert.ErrorIs(t, s.Fit(inf), mlgauge.ErrNotFinite, "%s: fit on an infinity", name)
		}
		after, err := s.Transform(nil, x)
		require.NoError(t, err)
		assert.True(t, sameBits(before, after), "%s: a fit that failed changed it", name)
		switch name {
		case "DropColumns", "Outliers", "Outliers z", "Outliers mad", "Bins", "Bins onehot", "Bins mean":
		default:
			_, err = s.Transform(nil, inf)
			assert.ErrorIs(t, err, mlgauge.ErrNotFinite, "%s: transform of an infinity", name)
			assert.ErrorIs(t, s.TransformRow(make([]float64, out), inf.RawRowView(3)), mlgauge.ErrNotFinite, "%s: row with an infinity", name)
		}
		// A view into a larger matrix, and a matrix that is not row-major.
		wide := mat.NewDense(60, 6, nil)
		wide.Slice(0, 60, 1, 5).(*mat.Dense).Copy(x)
		y, err := s.Transform(nil, wide.Slice(0, 60, 1, 5))
		require.NoError(t, err)
		assert.True(t, sameBits(before, y), "%s: a view differs", name)
		y, err = s.Transform(nil, mat.DenseCopyOf(x.T()).T())
		require.NoError(t, err)
		assert.True(t, sameBits(before, y), "%s: a transposed matrix differs", name)
	}
}

func TestScalingBadInput(t *testing.T) {
	x := positives(1, 20, 2, 0)
	one := func(v ...float64) *mat.Dense { return mat.NewDense(len(v), 1, v) }
	for _, c := range []struct {
		what string
		err  error
		want error
	}{
		{"standard overflow", (&Standard{}).Fit(one(1e300, -1e300)), mlgauge.ErrNotFinite},
		{"standard weights length", (&Standard{}).FitWeighted(x, []float64{1}), mlgauge.ErrLength},
		{"standard nil weights", (&Standard{}).FitWeighted(x, nil), mlgauge.ErrLength},
		{"standard negative weight", (&Standard{}).FitWeighted(one(1, 2), []float64{1, -1}), mlgauge.ErrRange},
		{"standard weights of 0", (&Standard{}).FitWeighted(one(1, 2), []float64{0, 0}), mlgauge.ErrUndefined},
		{"standard first batch of weight 0", (&Standard{}).PartialFitWeighted(one(1, 2), []float64{0, 0}), mlgauge.ErrUndefined},
		{"outliers weights length", (&Outliers{}).FitWeighted(x, []float64{1}), mlgauge.ErrLength},
		{"outliers nil weights", (&Outliers{Fence: ZScore}).FitWeighted(x, nil), mlgauge.ErrLength},
		{"outliers negative weight", (&Outliers{}).FitWeighted(one(1, 2), []float64{1, -1}), mlgauge.ErrRange},
		{"outliers weights of 0", (&Outliers{Fence: ModifiedZ}).FitWeighted(one(1, 2), []float64{0, 0}), mlgauge.ErrUndefined},
		{"outliers shares as weights", (&Outliers{}).FitWeighted(one(1, 2), []float64{.25, .5}), mlgauge.ErrRange},
		{"outliers weights and sketch", (&Outliers{Sketch: 100}).FitWeighted(one(1, 2), []float64{1, 1}), mlgauge.ErrIncompatible},
		{"standard merge options", (&Standard{}).Merge(&Standard{NoMean: true}), mlgauge.ErrIncompatible},
		{"standard merge unfitted", (&Standard{}).Merge(&Standard{}), mlgauge.ErrNotFitted},
		{"minmax range", (&MinMax{Range: [2]float64{1, 1}}).Fit(x), mlgauge.ErrRange},
		{"minmax overflow", (&MinMax{}).Fit(one(math.MaxFloat64, -math.MaxFloat64)), mlgauge.ErrNotFinite},
		{"minmax merge", (&MinMax{}).Merge(&MinMax{Clip: true}), mlgauge.ErrIncompatible},
		{"maxabs merge", (&MaxAbs{}).Merge(&MaxAbs{}), mlgauge.ErrNotFitted},
		{"robust quantiles", (&Robust{Quantiles: [2]float64{75, 25}}).Fit(x), mlgauge.ErrRange},
		{"robust unit at 0", (&Robust{Quantiles: [2]float64{0, 100}, UnitVariance: true}).Fit(x), mlgauge.ErrRange},
		{"robust sketch", (&Robust{Sketch: 3}).Fit(x), mlgauge.ErrRange},
		{"quantile number", (&Quantile{NQuantiles: -1}).Fit(x), mlgauge.ErrRange},
		{"quantile output", (&Quantile{Output: 7}).Fit(x), mlgauge.ErrRange},
		{"normaliser norm", (&Normalizer{Norm: 9}).Fit(x), mlgauge.ErrRange},
		{"box-cox zero", (&PowerTransform{Method: BoxCox}).Fit(one(1, 0, 2)), mlgauge.ErrRange},
		{"box-cox constant", (&PowerTransform{Method: BoxCox}).Fit(one(2, 2)), mlgauge.ErrUndefined},
		{"power all missing", (&PowerTransform{}).Fit(one(nan, nan)), mlgauge.ErrUndefined},
		{"power method", (&PowerTransform{Method: 5}).Fit(x), mlgauge.ErrRange},
		{"simple strategy", (&Simple{Strategy: 5}).Fit(x), mlgauge.ErrRange},
		{"simple fill", (&Simple{Strategy: ImputeConstant, Fill: nan}).Fit(x), mlgauge.ErrNotFinite},
		{"simple all missing", (&Simple{}).Fit(one(nan, nan)), mlgauge.ErrUndefined},
		{"knn neighbours", (&KNN{Neighbors: -1}).Fit(x), mlgauge.ErrRange},
		{"knn all missing", (&KNN{}).Fit(one(nan)), mlgauge.ErrUndefined},
		{"iterative bounds", (&Iterative{Min: []float64{1, 1}, Max: []float64{1, 2}}).Fit(x), mlgauge.ErrRange},
		{"iterative bounds length", (&Iterative{Min: []float64{1}}).Fit(x), mlgauge.ErrLength},
		{"iterative rounds", (&Iterative{MaxIter: -1}).Fit(x), mlgauge.ErrRange},
		{"iterative nearest", (&Iterative{Nearest: -1}).Fit(x), mlgauge.ErrRange},
		{"iterative posterior of ridge", (&Iterative{SamplePosterior: true, Regressor: Ridge}).Fit(x), mlgauge.ErrIncompatible},
		{"iterative posterior, strict", (&Iterative{SamplePosterior: true, Strict: true}).Fit(x), mlgauge.ErrIncompatible},
		{"iterative strict", (&Iterative{MaxIter: 1, Tol: 1e-15, Strict: true}).Fit(random(1, 50, 3, .3)), mlgauge.ErrNotConverged},
		{"indicator without missing", (&MissingIndicator{}).Fit(x), mlgauge.ErrUndefined},
		{"drop options", (&DropColumns{Drop: Drop{All: true, Thresh: 1}}).Fit(x), mlgauge.ErrRange},
		{"drop subset", (&DropColumns{Drop: Drop{Subset: []int{99}}}).Fit(x), mlgauge.ErrRange},
		{"drop everything", (&DropColumns{}).Fit(one(nan)), mlgauge.ErrUndefined},
		{"fill limit", (&Fill{Limit: -1}).Fit(x), mlgauge.ErrRange},
		{"fill times", (&Fill{Method: FillTime, Times: []float64{2, 1}}).Column(make([]float64, 2), []float64{1, 2}), mlgauge.ErrRange},
		{"fill times length", (&Fill{Method: FillTime}).Column(make([]float64, 2), []float64{1, 2}), mlgauge.ErrLength},
		{"group strategy", (&Group[string]{Strategy: ImputeConstant}).Fit(x, make([]string, 20)), mlgauge.ErrRange},
		{"group length", (&Group[string]{}).Fit(x, nil), mlgauge.ErrLength},
		{"group NaN", (&Group[float64]{}).Fit(one(1), []float64{nan}), mlgauge.ErrNotFinite},
		{"category empty", (&Category[string]{}).Fit(nil), mlgauge.ErrEmpty},
		{"outlier probabilities", (&Outliers{Fence: QuantileFence, Low: .9, High: .1}).Fit(x), mlgauge.ErrRange},
		{"outlier threshold", (&Outliers{Threshold: -1}).Fit(x), mlgauge.ErrRange},
		{"forest NaN", (&IsolationForest{}).Fit(one(1, nan)), mlgauge.ErrNotFinite},
		{"forest contamination", (&IsolationForest{Contamination: .6}).Fit(x), mlgauge.ErrRange},
		{"bins number", (&Bins{N: 1}).Fit(x), mlgauge.ErrRange},
		{"bins by column", (&Bins{NByColumn: []int{2}}).Fit(x), mlgauge.ErrLength},
		{"bins NaN", (&Bins{}).Fit(one(1, nan)), mlgauge.ErrNotFinite},
		{"bins all missing", (&Bins{Missing: OwnBin}).Fit(one(nan)), mlgauge.ErrUndefined},
		{"bins edges", (&Bins{Strategy: CustomBins, Custom: [][]float64{{1, 1}}}).Fit(x), mlgauge.ErrRange},
		{"bins no edges", (&Bins{Strategy: CustomBins}).Fit(x), mlgauge.ErrLength},
		{"bins weights linear", (&Bins{Quantile: LinearQuantile}).FitWeighted(x, fill(20, 1)), mlgauge.ErrIncompatible},
		{"chain empty", (&Chain{}).Fit(x), mlgauge.ErrEmpty},
		{"chain nil", NewChain(nil).Fit(x), mlgauge.ErrNotFitted},
		{"float32 rows", (&Standard{}).Fit32(make([]float32, 5), 2), mlgauge.ErrLength},
		{"float32 columns", (&Standard{}).Fit32(make([]float32, 5), 0), mlgauge.ErrRange},
		{"float32 empty", (&MinMax{}).Fit32(nil, 1), mlgauge.ErrEmpty},
	} {
		assert.ErrorIs(t, c.err, c.want, c.what)
	}
	b := &PowerTransform{Method: BoxCox}
	require.NoError(t, b.Fit(x))
	_, err := b.Transform(nil, mat.NewDense(1, 2, []float64{1, -1}))
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = (&Log1p{}).Transform(nil, one(-1))
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = (&Normalizer{}).Transform(nil, one(nan))
	assert.ErrorIs(t, err, mlgauge.ErrNotFinite)
	for _, err := range []error{
		second(ZScores(nil, []float64{2, 2}, 0)), second(ModifiedZScores(nil, []float64{2, 2})),
	} {
		assert.ErrorIs(t, err, mlgauge.ErrUndefined)
	}
	assert.ErrorIs(t, second(ZScores(nil, nil, 0)), mlgauge.ErrEmpty)
	assert.ErrorIs(t, second(Winsorize(nil, []float64{1}, .6, .6)), mlgauge.ErrRange)
	assert.ErrorIs(t, second(TakeRows(nil, x, []int{99})), mlgauge.ErrRange)
	assert.ErrorIs(t, second(TakeColumns(nil, x, nil)), mlgauge.ErrEmpty)
}

func second[T any](_ T, err error) error { return err }

func TestConstantTinyAndEmptyColumns(t *testing.T) {
	x := mat.NewDense(3, 4, []float64{
		5, nan, 1e-300, 1e9,
		5, nan, 2e-300, 1e9,
		5, nan, nan, 1e9,
	})
	for name, s := range map[string]Transformer{"Standard": &Standard{}, "MinMax": &MinMax{}, "MaxAbs": &MaxAbs{}, "Robust": &Robust{}} {
		require.NoError(t, s.Fit(x), name)
		y, err := s.Transform(nil, x)
		require.NoError(t, err, name)
		if name != "MaxAbs" {
			assert.Zero(t, y.At(1, 0), "%s: constant", name)
			assert.Zero(t, y.At(1, 3), "%s: constant far from 0", name)
		}
		assert.True(t, math.IsNaN(y.At(0, 1)), "%s: empty column", name)
		assert.False(t, math.IsNaN(y.At(0, 2)) || math.IsInf(y.At(0, 2), 0), "%s: tiny column", name)
	}
}

// TestOverflowIsReported where a finite value has no finite image, in place or not,
// and clips it where that is what was asked for.
func TestOverflowIsReported(t *testing.T) {
	big := mat.NewDense(2, 2, []float64{1, nan, math.MaxFloat64, 1})
	small := &Standard{Mean: []float64{0, 0}, Scale: []float64{1e-10, 1}}
	assert.ErrorIs(t, second(small.Transform(nil, big)), mlgauge.ErrNotFinite)
	assert.ErrorIs(t, second(small.Transform(big, big)), mlgauge.ErrNotFinite)
	assert.ErrorIs(t, small.TransformRow(make([]float64, 2), []float64{1e300, 0}), mlgauge.ErrNotFinite)
	narrow := &MinMax{DataMin: []float64{0}, DataMax: []float64{1e-10}, Scale: []float64{1e-10}}
	assert.ErrorIs(t, narrow.TransformRow(make([]float64, 1), []float64{1e300}), mlgauge.ErrNotFinite)
	clip := &MinMax{Clip: true, DataMin: []float64{0}, DataMax: []float64{1e-10}, Scale: []float64{1e-10}}
	y, err := clip.Transform(nil, mat.NewDense(3, 1, []float64{1e300, -1e300, nan}))
	require.NoError(t, err)
	assert.Equal(t, []float64{1, 0}, y.RawMatrix().Data[:2])
	for _, s := range []Transformer{clip, &MaxAbs{Clip: true, MaxAbs: []float64{1}, Scale: []float64{1}}} {
		inf := mat.NewDense(2, 1, []float64{nan, math.Inf(1)})
		assert.ErrorIs(t, second(s.Transform(nil, inf)), mlgauge.ErrNotFinite)
		assert.ErrorIs(t, second(s.Transform(inf, inf)), mlgauge.ErrNotFinite)
	}
	// Infinities are seen in a column that had no value, too.
	empty := &Standard{}
	require.NoError(t, empty.Fit(mat.NewDense(2, 2, []float64{nan, 1, nan, 2})))
	assert.ErrorIs(t, second(empty.Transform(nil, mat.NewDense(1, 2, []float64{math.Inf(1), 1}))), mlgauge.ErrNotFinite)
}

// TestExtremeMagnitudes: columns at 1e300 and of denormals give finite numbers or a
// named error, in every transformer.
func TestExtremeMagnitudes(t *testing.T) {
	for what, unit := range map[string]float64{"1e300": 1e300, "1e-300": 1e-300, "denormal": 5e-324} {
		x := positives(7, 60, 3, .1)
		x.Apply(func(_, _ int, v float64) float64 { return math.Ceil(v*8) * unit }, x)
		for name, s := range transformers() {
			known := func(err error) bool {
				for _, want := range []error{mlgauge.ErrNotFinite, mlgauge.ErrUndefined, mlgauge.ErrRange, mlgauge.ErrNotConverged} {
					if errors.Is(err, want) {
						return true
					}
				}
				return false
			}
			if err := s.Fit(x); err != nil {
				assert.True(t, known(err), "%s at %s: %v", name, what, err)
				continue
			}
			y, err := s.Transform(nil, x)
			if err != nil {
				assert.True(t, known(err), "%s at %s: %v", name, what, err)
				continue
			}
			for i, v := range y.RawMatrix().Data {
				if math.IsInf(v, 0) {
					t.Errorf("%s at %s: an infinity at %d", name, what, i)
					break
				}
			}
			if out, ok := s.(Inverter); ok {
				back, err := out.Inverse(nil, y)
				if err != nil {
					assert.True(t, known(err), "%s at %s, inverse: %v", name, what, err)
					continue
				}
				for i, v := range back.RawMatrix().Data {
					if math.IsInf(v, 0) && name != "Bins" && name != "Bins onehot" {
						t.Errorf("%s at %s: an infinity at %d of the inverse", name, what, i)
						break
					}
				}
			}
		}
	}
}
