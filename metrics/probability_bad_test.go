package metrics

import (
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

func TestProbabilityBadInput(t *testing.T) {
	type probability = func(y []bool, p []float64) error
	wrap := func(f func(y []bool, p []float64) (float64, error)) probability {
		return func(y []bool, p []float64) error { _, err := f(y, p); return err }
	}
	var (
		s Probability
		c Calibration
		q = Calibration{Strategy: QuantileBins}
	)
	functions := map[string]probability{
		"LogLoss": wrap(LogLoss[float64]), "Brier": wrap(Brier[float64]), "D2LogLoss": wrap(D2LogLoss[float64]), "D2Brier": wrap(D2Brier[float64]),
		"BrierSkill":       func(y []bool, p []float64) error { _, err := BrierSkill(y, p, p); return err },
		"ECE":              func(y []bool, p []float64) error { _, err := ECE(y, p, 10); return err },
		"MCE":              func(y []bool, p []float64) error { _, err := MCE(y, p, 10); return err },
		"CalibrationCurve": func(y []bool, p []float64) error { _, err := CalibrationCurve(y, p, 5, QuantileBins); return err },
		"LogLossInterval":  func(y []bool, p []float64) error { _, err := LogLossInterval(y, p, 0.9); return err },
		"BrierInterval":    func(y []bool, p []float64) error { _, err := BrierInterval(y, p, 0.9); return err },
		"ECEInterval":      func(y []bool, p []float64) error { _, err := ECEInterval(y, p, 10, 0.9, 1); return err },
		"Probability":      s.Add, "Calibration": c.Add, "Calibration, quantile": q.Add,
	}
	for name, f := range functions {
		for _, v := range []struct {
			y    []bool
			p    []float64
			want error
		}{
			{nil, nil, mlgauge.ErrEmpty},
			{[]bool{true}, []float64{0.5, 0.5}, mlgauge.ErrLength},
			{[]bool{true, false}, nil, mlgauge.ErrLength},
			{[]bool{true, false}, []float64{0.5, 1.5}, mlgauge.ErrRange},
			{[]bool{true, false}, []float64{-1e-9, 0.5}, mlgauge.ErrRange},
			{[]bool{true, false}, []float64{0.5, inf}, mlgauge.ErrRange},
			{[]bool{true, false}, []float64{nan, 0.5}, mlgauge.ErrNotFinite},
		} {
			require.ErrorIs(t, f(v.y, v.p), v.want, "%s(%v, %v)", name, v.y, v.p)
		}
	}
	require.Equal(t, Probability{}, s)
	require.Equal(t, Calibration{}, c)
	require.Equal(t, Calibration{Strategy: QuantileBins}, q)

	_, err := D2LogLoss([]bool{true, true}, []float64{0.5, 0.5})
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = D2Brier([]bool{false, false}, []float64{0.5, 0.5})
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = BrierSkill([]bool{true, false}, []float64{0.5, 0.5}, []float64{1, 0})
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = BrierInterval([]bool{true}, []float64{0.5}, 0.9)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = ECE([]bool{true}, []float64{0.5}, -1)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = ECE([]bool{true}, []float64{0.5}, math.MaxInt)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	require.ErrorIs(t, (&Calibration{Edges: 9}).Add([]bool{true}, []float64{1}), mlgauge.ErrRange)
	require.ErrorIs(t, (&Calibration{Strategy: 9}).Add([]bool{true}, []float64{1}), mlgauge.ErrRange)
	require.ErrorIs(t, q.AddWeighted([]bool{true}, []float64{1}, []float64{1}), mlgauge.ErrRange)
	require.NoError(t, c.Add([]bool{true}, []float64{1}))
	require.NoError(t, q.Add([]bool{true}, []float64{1}))
	require.ErrorIs(t, c.Merge(&q), mlgauge.ErrIncompatible)
}

func TestMultiProbabilityBadInput(t *testing.T) {
	var s MultiProbability
	var c Calibration
	for _, add := range []func([]int, mat.Matrix) error{
		s.Add, c.AddTopLabel,
		func(y []int, p mat.Matrix) error { _, err := MultiLogLoss(y, p); return err },
		func(y []int, p mat.Matrix) error { _, err := MultiBrier(y, p); return err },
		func(y []int, p mat.Matrix) error { _, err := MultiD2LogLoss(y, p); return err },
		func(y []int, p mat.Matrix) error { _, err := MultiD2Brier(y, p); return err },
	} {
		for _, v := range []struct {
			y    []int
			cols int
			p    []float64
			want error
		}{
			{[]int{0}, 2, []float64{0.5, 0.5, 0.5, 0.5}, mlgauge.ErrLength},
			{[]int{0, 2}, 2, []float64{0.5, 0.5, 0.5, 0.5}, mlgauge.ErrUnknownCategory},
			{[]int{0, -1}, 2, []float64{0.5, 0.5, 0.5, 0.5}, mlgauge.ErrUnknownCategory},
			{[]int{0, 1}, 2, []float64{0.5, 0.5, 0.5, 0.6}, mlgauge.ErrRange},
			{[]int{0, 1}, 2, []float64{0.5, 0.5, -0.5, 1.5}, mlgauge.ErrRange},
			{[]int{0, 1}, 2, []float64{0.5, 0.5, nan, 0.5}, mlgauge.ErrNotFinite},
			{[]int{0, 0}, 1, []float64{1, 1}, mlgauge.ErrRange},
		} {
			require.ErrorIs(t, add(v.y, mat.NewDense(len(v.p)/v.cols, v.cols, v.p)), v.want, "%v", v)
		}
		require.ErrorIs(t, add(nil, nil), mlgauge.ErrEmpty)
		require.ErrorIs(t, add(nil, &mat.Dense{}), mlgauge.ErrEmpty)
	}
	require.Equal(t, MultiProbability{}, s)
	require.Equal(t, 0, c.Rows())
	rounded := mat.NewDense(2, 3, []float64{0.333, 0.333, 0.333, 1, 0, 0})
	require.ErrorIs(t, s.Add([]int{0, 0}, rounded), mlgauge.ErrRange)
	require.NoError(t, (&MultiProbability{SumTolerance: 0.01}).Add([]int{0, 0}, rounded))
	require.NoError(t, (&Calibration{SumTolerance: 0.01}).AddTopLabel([]int{0, 0}, rounded))
	require.ErrorIs(t, (&MultiProbability{SumTolerance: -1}).Add([]int{0, 0}, rounded), mlgauge.ErrRange)
	require.NoError(t, s.Add([]int{0, 0}, mat.NewDense(2, 2, []float64{0.5, 0.5, 1, 0})))
	_, err := s.D2LogLoss()
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	require.ErrorIs(t, s.Add([]int{0}, mat.NewDense(1, 3, []float64{1, 0, 0})), mlgauge.ErrIncompatible)
}

func TestCalibratorsBadInput(t *testing.T) {
	two, truth := []float64{1, 2}, []bool{true, false}
	var f Isotonic
	_, err := f.Predict(nil, two)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	require.ErrorIs(t, f.Fit(nil, nil), mlgauge.ErrEmpty)
	require.ErrorIs(t, f.Fit(two, two[:1]), mlgauge.ErrLength)
	require.ErrorIs(t, f.Fit([]float64{1, nan}, two), mlgauge.ErrNotFinite)
	require.ErrorIs(t, f.Fit(two, []float64{1, inf}), mlgauge.ErrNotFinite)
	require.ErrorIs(t, (&Isotonic{Direction: 9}).Fit(two, two), mlgauge.ErrRange)
	require.ErrorIs(t, (&Isotonic{Beyond: 9}).Fit(two, two), mlgauge.ErrRange)
	lo, hi := 2.0, 1.0
	require.ErrorIs(t, (&Isotonic{Min: &lo, Max: &hi}).Fit(two, two), mlgauge.ErrRange)
	require.NoError(t, f.Fit(two, two))
	_, err = f.Predict(make([]float64, 1), two)
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = f.Predict(nil, []float64{nan})
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	for _, s := range []string{"", "1", `{"x":[1,1],"y":[1,2]}`, `{"x":[1,2],"y":[2,1]}`, `{"x":[1],"y":[]}`, `{"beyond":9}`, `{"min":2,"max":1}`, `{"x":[1,2,3],"y":[1,3,2],"direction":2}`} {
		require.ErrorIs(t, f.UnmarshalJSON([]byte(s)), mlgauge.ErrCorrupt, s)
	}
	require.Equal(t, two, f.X)
	_, err = IsotonicRegression(nil, nil, true)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = IsotonicRegression(two, []float64{1, 0}, true)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = IsotonicRegression(two, []float64{1}, true)
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = IsotonicRegression([]float64{nan}, nil, true)
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)

	var p Platt
	_, err = p.Transform(nil, two)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	require.ErrorIs(t, p.Fit(nil, nil), mlgauge.ErrEmpty)
	require.ErrorIs(t, p.Fit(two, truth[:1]), mlgauge.ErrLength)
	require.ErrorIs(t, p.Fit([]float64{nan, 1}, truth), mlgauge.ErrNotFinite)
	require.ErrorIs(t, p.Fit(two, []bool{true, true}), mlgauge.ErrUndefined)
	require.NoError(t, p.Fit([]float64{0, 0, 0}, []bool{true, false, false}), "a constant score has a fit")
	v, err := p.Transform(nil, []float64{0})
	require.NoError(t, err)
	require.InDelta(t, (2.0/3+2*0.25)/3, v[0], 1e-9)
	require.NoError(t, p.Fit(two, truth))
	_, err = p.Transform(nil, []float64{nan})
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = p.Transform(two[:1], two)
	require.ErrorIs(t, err, mlgauge.ErrLength)
	require.ErrorIs(t, p.UnmarshalJSON([]byte("[")), mlgauge.ErrCorrupt)

	var c Temperature
	logits := mat.NewDense(2, 2, []float64{1, 2, 3, 1})
	_, err = c.Transform(nil, logits)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	require.ErrorIs(t, c.Fit(nil, nil), mlgauge.ErrEmpty)
	require.ErrorIs(t, c.Fit(&mat.Dense{}, nil), mlgauge.ErrEmpty)
	require.ErrorIs(t, c.Fit(logits, []int{0}), mlgauge.ErrLength)
	require.ErrorIs(t, c.Fit(logits, []int{0, 2}), mlgauge.ErrUnknownCategory)
	require.ErrorIs(t, c.Fit(mat.NewDense(1, 2, []float64{nan, 1}), []int{0}), mlgauge.ErrNotFinite)
	require.ErrorIs(t, c.Fit(mat.NewDense(1, 1, []float64{1}), []int{0}), mlgauge.ErrRange)
	require.ErrorIs(t, (&Temperature{FromProba: true}).Fit(logits, []int{0, 1}), mlgauge.ErrRange)
	require.NoError(t, c.Fit(logits, []int{0, 0}))
	_, err = c.Transform(mat.NewDense(1, 2, nil), logits)
	require.ErrorIs(t, err, mlgauge.ErrLength)
	require.ErrorIs(t, c.UnmarshalJSON([]byte(`{"inverse":-1}`)), mlgauge.ErrCorrupt)
}

func TestResamplingBadInput(t *testing.T) {
	boom := errors.New("boom")
	fine := func(rows []int) (float64, error) { return float64(rows[0]), nil }
	for _, c := range []struct {
		b    Bootstrap
		n    int
		f    Statistic
		want error
	}{
		{Bootstrap{}, 0, fine, mlgauge.ErrEmpty},
		{Bootstrap{}, -1, fine, mlgauge.ErrEmpty},
		{Bootstrap{}, 3, nil, mlgauge.ErrEmpty},
		{Bootstrap{Level: 1}, 3, fine, mlgauge.ErrRange},
		{Bootstrap{Level: -1}, 3, fine, mlgauge.ErrRange},
		{Bootstrap{Replicas: 1}, 3, fine, mlgauge.ErrRange},
		{Bootstrap{Replicas: -5}, 3, fine, mlgauge.ErrRange},
		{Bootstrap{Method: 9}, 3, fine, mlgauge.ErrRange},
		{Bootstrap{JackGroup: 2}, 3, fine, mlgauge.ErrRange},
		{Bootstrap{JackGroup: -1}, 3, fine, mlgauge.ErrRange},
		{Bootstrap{Strata: []int{1}}, 3, fine, mlgauge.ErrLength},
		{Bootstrap{Replicas: 10}, 1, fine, mlgauge.ErrRange}, // nothing to leave out
		{Bootstrap{}, 3, func([]int) (float64, error) { return 0, boom }, boom},
		{Bootstrap{}, 3, func([]int) (float64, error) { return nan, nil }, mlgauge.ErrUndefined},
	} {
		_, err := c.b.Run(c.n, c.f)
		require.ErrorIs(t, err, c.want, "%+v", c.b)
	}
	_, err := Bootstrap{}.Difference(3, fine, nil)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = Jackknife(3, 3, fine)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = Jackknife(3, 0, fine)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = Jackknife(3, 1, func([]int) (float64, error) { return nan, nil })
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	two := []float64{1, 2}
	for _, c := range []struct {
		reps, jack []float64
		m          BootstrapMethod
		level      float64
		want       error
	}{
		{nil, two, Percentile, 0.9, mlgauge.ErrEmpty},
		{two, nil, BCa, 0.9, mlgauge.ErrEmpty},
		{[]float64{nan}, two, Percentile, 0.9, mlgauge.ErrNotFinite},
		{two, []float64{inf}, BCa, 0.9, mlgauge.ErrNotFinite},
		{two, two, 9, 0.9, mlgauge.ErrRange},
		{two, two, BCa, 1, mlgauge.ErrRange},
		{two, two, BCa, 0.9, mlgauge.ErrUndefined}, // both above the estimate
	} {
		_, err := BootstrapInterval(0, c.reps, c.jack, c.m, c.level)
		require.ErrorIs(t, err, c.want)
	}
	_, err = Pairs(two, two[:1], MSE[float64])([]int{0})
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = Pairs(two, two, MSE[float64])([]int{5})
	require.ErrorIs(t, err, mlgauge.ErrRange)

	for _, c := range []struct {
		v           []float64
		train, test int
		want        error
	}{
		{nil, 1, 1, mlgauge.ErrEmpty}, {[]float64{1}, 1, 1, mlgauge.ErrUndefined}, {[]float64{1, nan}, 1, 1, mlgauge.ErrNotFinite},
		{two, 0, 1, mlgauge.ErrRange}, {two, 1, 0, mlgauge.ErrRange}, {[]float64{2, 2}, 1, 1, mlgauge.ErrUndefined},
	} {
		_, err := CorrectedResampledT(c.v, c.train, c.test)
		require.ErrorIs(t, err, c.want)
	}
	_, err = ResampledT{}.Interval(0.9)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = ResampledT{DF: 1}.Interval(1)
	require.ErrorIs(t, err, mlgauge.ErrRange)
}

func TestBaselinesBadInput(t *testing.T) {
	var r DummyRegressor
	_, err := r.Predict(nil, 1)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	require.ErrorIs(t, r.Fit(nil), mlgauge.ErrEmpty)
	require.ErrorIs(t, r.Fit([]float64{nan}), mlgauge.ErrNotFinite)
	require.ErrorIs(t, (&DummyRegressor{Strategy: 9}).Fit([]float64{1}), mlgauge.ErrRange)
	require.ErrorIs(t, (&DummyRegressor{Strategy: QuantileValue, Q: 2}).Fit([]float64{1}), mlgauge.ErrRange)
	require.ErrorIs(t, (&DummyRegressor{Strategy: ConstantValue, Constant: nan}).Fit([]float64{1}), mlgauge.ErrNotFinite)
	require.NoError(t, r.Fit([]float64{1}))
	_, err = r.Predict(nil, 0)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = r.Predict(make([]float64, 2), 1)
	require.ErrorIs(t, err, mlgauge.ErrLength)
	require.ErrorIs(t, r.UnmarshalJSON([]byte(`{"Strategy":9}`)), mlgauge.ErrCorrupt)

	var c DummyClassifier[string]
	_, err = c.Predict(1)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	_, err = c.PredictProba(1)
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	require.ErrorIs(t, c.Fit(nil), mlgauge.ErrEmpty)
	require.ErrorIs(t, (&DummyClassifier[string]{Strategy: 9}).Fit([]string{"a"}), mlgauge.ErrRange)
	require.ErrorIs(t, (&DummyClassifier[string]{Strategy: ConstantClass, Constant: "b"}).Fit([]string{"a"}), mlgauge.ErrUnknownCategory)
	require.ErrorIs(t, (&DummyClassifier[float64]{}).Fit([]float64{1, nan}), mlgauge.ErrNotFinite)
	require.NoError(t, c.Fit([]string{"a"}))
	_, err = c.Predict(0)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	for _, s := range []string{"", `{"Classes":["b","a"],"Priors":[0.5,0.5]}`, `{"Classes":["a"],"Priors":[0.5]}`, `{"Classes":["a"],"Priors":[0.5,0.5]}`, `{"Strategy":9}`} {
		require.ErrorIs(t, c.UnmarshalJSON([]byte(s)), mlgauge.ErrCorrupt, s)
	}

	folds := []Fold{{Train: []int{0, 1}, Test: []int{2}}}
	fine := func(float64, []int, []int) (float64, float64, error) { return 1, 1, nil }
	for _, f := range []struct {
		folds []Fold
		sizes []int
		level float64
		f     FitScore
		want  error
	}{
		{nil, []int{1}, 0.9, fine, mlgauge.ErrEmpty},
		{folds, nil, 0.9, fine, mlgauge.ErrEmpty},
		{folds, []int{1}, 0.9, nil, mlgauge.ErrEmpty},
		{[]Fold{{Train: []int{1}}}, []int{1}, 0.9, fine, mlgauge.ErrEmpty},
		{folds, []int{1}, 1, fine, mlgauge.ErrRange},
		{folds, []int{0}, 0.9, fine, mlgauge.ErrRange},
		{folds, []int{2, 1}, 0.9, fine, mlgauge.ErrRange},
		{folds, []int{3}, 0.9, fine, mlgauge.ErrRange},
		{folds, []int{1}, 0.9, func(float64, []int, []int) (float64, float64, error) { return nan, 1, nil }, mlgauge.ErrNotFinite},
		{folds, []int{1}, 0.9, func(float64, []int, []int) (float64, float64, error) { return 0, 1, mlgauge.ErrUndefined }, mlgauge.ErrUndefined},
	} {
		_, err := LearningCurve(f.folds, f.sizes, f.level, f.f)
		require.ErrorIs(t, err, f.want)
	}
	_, err = ValidationCurve(folds, nil, 0.9, fine)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = ValidationCurve(folds, []float64{nan}, 0.9, fine)
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = TrainSizes(10, nil)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	for _, f := range [][]float64{{0}, {1.5}, {nan}, {0.5, 0.2}, {0.01}} {
		_, err = TrainSizes(10, f)
		require.ErrorIs(t, err, mlgauge.ErrRange)
	}
	_, err = Diagnose(nil, 1, 1)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = Diagnose(make([]CurvePoint, 1), nan, 1)
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = Diagnose(make([]CurvePoint, 1), 1, -1)
	require.ErrorIs(t, err, mlgauge.ErrRange)
}
