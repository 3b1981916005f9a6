package metrics

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

var (
	nan = math.NaN()
	inf = math.Inf(1)
)

// TestPairsBadInput gives every function of two vectors the same bad vectors.
func TestPairsBadInput(t *testing.T) {
	type pair = func(y, p []float64) error
	wrap := func(f func(y, p []float64) (float64, error)) pair {
		return func(y, p []float64) error { _, err := f(y, p); return err }
	}
	interval := func(f func(y, p []float64, level float64) (Interval, error)) pair {
		return func(y, p []float64) error { _, err := f(y, p, 0.9); return err }
	}
	var (
		r  Regression
		a  AbsoluteErrors
		l  MeanLoss
		d2 D2
	)
	functions := map[string]pair{
		"MSE": wrap(MSE[float64]), "RMSE": wrap(RMSE[float64]), "MAE": wrap(MAE[float64]), "R2": wrap(R2[float64]),
		"ExplainedVariance": wrap(ExplainedVariance[float64]), "MaxError": wrap(MaxError[float64]), "MeanBias": wrap(MeanBias[float64]),
		"MAPE": wrap(MAPE[float64]), "SMAPE": wrap(SMAPE[float64]), "MSLE": wrap(MSLE[float64]), "RMSLE": wrap(RMSLE[float64]),
		"MedianAE": wrap(MedianAE[float64]), "LogCosh": wrap(LogCosh[float64]), "PoissonDeviance": wrap(PoissonDeviance[float64]),
		"GammaDeviance": wrap(GammaDeviance[float64]), "D2Absolute": wrap(D2Absolute[float64]),
		"Pinball":         func(y, p []float64) error { _, err := Pinball(y, p, 0.3); return err },
		"Huber":           func(y, p []float64) error { _, err := Huber(y, p, 1); return err },
		"TweedieDeviance": func(y, p []float64) error { _, err := TweedieDeviance(y, p, 1.5); return err },
		"D2Pinball":       func(y, p []float64) error { _, err := D2Pinball(y, p, 0.3); return err },
		"D2Tweedie":       func(y, p []float64) error { _, err := D2Tweedie(y, p, 0); return err },
		"MASE":            func(y, p []float64) error { _, err := MASE(y, p, []float64{1, 2}, 1); return err },
		"RMSSE":           func(y, p []float64) error { _, err := RMSSE(y, p, []float64{1, 2}, 1); return err },
		"MSEInterval":     interval(MSEInterval[float64]), "RMSEInterval": interval(RMSEInterval[float64]),
		"MAEInterval": interval(MAEInterval[float64]), "R2Interval": interval(R2Interval[float64]),
		"Regression.Add": r.Add, "AbsoluteErrors.Add": a.Add, "MeanLoss.Add": l.Add, "D2.Add": d2.Add,
		"Regression.AddWeighted":     func(y, p []float64) error { return r.AddWeighted(y, p, ones(len(y))) },
		"AbsoluteErrors.AddWeighted": func(y, p []float64) error { return a.AddWeighted(y, p, ones(len(y))) },
		"MeanLoss.AddWeighted":       func(y, p []float64) error { return l.AddWeighted(y, p, ones(len(y))) },
		"D2.AddWeighted":             func(y, p []float64) error { return d2.AddWeighted(y, p, ones(len(y))) },
	}
	long := ones(5000)
	bad := slices.Clone(long)
	bad[4999] = nan
	for name, f := range functions {
		for _, c := range []struct {
			y, p []float64
			want error
		}{
			{nil, nil, mlgauge.ErrEmpty},
			{[]float64{}, []float64{}, mlgauge.ErrEmpty},
			{[]float64{1, 2}, []float64{1}, mlgauge.ErrLength},
			{[]float64{1}, []float64{1, 2}, mlgauge.ErrLength},
			{nil, []float64{1}, mlgauge.ErrLength},
			{[]float64{1, nan}, []float64{1, 2}, mlgauge.ErrNotFinite},
			{[]float64{1, 2}, []float64{nan, 2}, mlgauge.ErrNotFinite},
			{[]float64{1, inf}, []float64{1, 2}, mlgauge.ErrNotFinite},
			{[]float64{1, 2}, []float64{1, -inf}, mlgauge.ErrNotFinite},
			{[]float64{1, inf}, []float64{1, inf}, mlgauge.ErrNotFinite},
			{long, bad, mlgauge.ErrNotFinite},
		} {
			require.ErrorIs(t, f(c.y, c.p), c.want, "%s(%.3v, %.3v)", name, c.y[:min(3, len(c.y))], c.p[:min(3, len(c.p))])
		}
	}
	require.Equal(t, Regression{}, r, "failed calls leave the receiver as it was")
	require.Equal(t, AbsoluteErrors{}, a)
	require.Equal(t, MeanLoss{}, l)
	require.Equal(t, D2{}, d2)
}

func TestWeightsBadInput(t *testing.T) {
	var (
		r  Regression
		a  AbsoluteErrors
		l  MeanLoss
		d2 D2
		p  Probability
		c  Calibration
		m  MultiRegression
		mp MultiProbability
		f  Isotonic
		pl Platt
		dr DummyRegressor
		dc DummyClassifier[int]
	)
	y, z, truth := []float64{1, 2}, []float64{0.5, 0.5}, []bool{true, false}
	col := mat.NewDense(2, 1, []float64{1, 2})
	for name, f := range map[string]func(w []float64) error{
		"Regression":      func(w []float64) error { return r.AddWeighted(y, z, w) },
		"AbsoluteErrors":  func(w []float64) error { return a.AddWeighted(y, z, w) },
		"MeanLoss":        func(w []float64) error { return l.AddWeighted(y, z, w) },
		"D2":              func(w []float64) error { return d2.AddWeighted(y, z, w) },
		"Probability":     func(w []float64) error { return p.AddWeighted(truth, z, w) },
		"Calibration":     func(w []float64) error { return c.AddWeighted(truth, z, w) },
		"MultiRegression": func(w []float64) error { return m.AddWeighted(col, col, w) },
		"MultiProbability": func(w []float64) error {
			return mp.AddWeighted([]int{0, 1}, mat.NewDense(2, 2, []float64{1, 0, 0, 1}), w)
		},
		"Isotonic":        func(w []float64) error { return f.FitWeighted(y, z, w) },
		"Platt":           func(w []float64) error { return pl.FitWeighted(y, truth, w) },
		"DummyRegressor":  func(w []float64) error { return dr.FitWeighted(y, w) },
		"DummyClassifier": func(w []float64) error { return dc.FitWeighted([]int{1, 2}, w) },
	} {
		require.ErrorIs(t, f(nil), mlgauge.ErrLength, name)
		require.ErrorIs(t, f([]float64{1}), mlgauge.ErrLength, name)
		require.ErrorIs(t, f([]float64{1, -1}), mlgauge.ErrRange, name)
		require.ErrorIs(t, f([]float64{1, nan}), mlgauge.ErrNotFinite, name)
		require.ErrorIs(t, f([]float64{1, inf}), mlgauge.ErrNotFinite, name)
	}
	// Weights that are all 0 add nothing; the formula then has nothing to say.
	zero := []float64{0, 0}
	require.NoError(t, r.AddWeighted(y, z, zero))
	_, err := r.MSE()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	require.NoError(t, a.AddWeighted(y, z, zero))
	_, err = a.Median()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	require.NoError(t, l.AddWeighted(y, z, zero))
	_, err = l.Mean()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	require.NoError(t, d2.AddWeighted(y, z, zero))
	_, err = d2.Score()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	require.NoError(t, p.AddWeighted(truth, z, zero))
	_, err = p.LogLoss()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	require.NoError(t, c.AddWeighted(truth, z, zero))
	_, err = c.ECE()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	require.ErrorIs(t, f.FitWeighted(y, z, zero), mlgauge.ErrUndefined)
	require.ErrorIs(t, pl.FitWeighted(y, truth, zero), mlgauge.ErrUndefined)
	require.ErrorIs(t, dr.FitWeighted(y, zero), mlgauge.ErrUndefined)
	require.ErrorIs(t, dc.FitWeighted([]int{1, 2}, zero), mlgauge.ErrUndefined)
	// A row of weight 0 must still be a number.
	require.ErrorIs(t, r.AddWeighted([]float64{1, nan}, z, []float64{1, 0}), mlgauge.ErrNotFinite)
}

func TestEmptyStatistics(t *testing.T) {
	r := Regression{Collect: CollectAll}
	for name, f := range map[string]func() (float64, error){
		"MSE": r.MSE, "RMSE": r.RMSE, "MAE": r.MAE, "R2": r.R2, "R2Strict": r.R2Strict, "EV": r.ExplainedVariance,
		"EVStrict": r.ExplainedVarianceStrict, "Max": r.MaxError, "Bias": r.MeanBias, "Std": r.ErrorStd, "MAPE": r.MAPE, "SMAPE": r.SMAPE,
		"MSLE": r.MSLE, "RMSLE": r.RMSLE,
		"LogLoss": (&Probability{}).LogLoss, "Brier": (&Probability{}).Brier, "BrierFull": (&Probability{}).BrierFull,
		"D2LogLoss": (&Probability{}).D2LogLoss, "D2Brier": (&Probability{}).D2Brier,
		"MultiLogLoss": (&MultiProbability{}).LogLoss, "MultiBrier": (&MultiProbability{}).Brier, "MultiD2": (&MultiProbability{}).D2LogLoss,
		"MultiD2Brier": (&MultiProbability{}).D2Brier,
		"ECE":          (&Calibration{}).ECE, "MCE": (&Calibration{}).MCE, "RMSCE": (&Calibration{}).RMSCE,
		"Median": (&AbsoluteErrors{}).Median, "MeanLoss": (&MeanLoss{}).Mean, "D2": (&D2{}).Score,
	} {
		_, err := f()
		require.ErrorIs(t, err, mlgauge.ErrEmpty, name)
	}
	for name, f := range map[string]func(float64) (Interval, error){
		"MSE": r.MSEInterval, "RMSE": r.RMSEInterval, "MAE": r.MAEInterval, "R2": r.R2Interval, "Bias": r.MeanBiasInterval,
		"LogLoss": (&Probability{}).LogLossInterval, "Brier": (&Probability{}).BrierInterval, "Loss": (&MeanLoss{}).Interval,
		"Median": (&AbsoluteErrors{}).MedianInterval, "MultiLogLoss": (&MultiProbability{}).LogLossInterval,
	} {
		_, err := f(0.9)
		require.ErrorIs(t, err, mlgauge.ErrEmpty, name)
	}
	_, err := (&Calibration{}).Curve()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = (&Calibration{}).BrierParts()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = (&Calibration{}).ECEInterval(0.9, 1)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = (&MultiRegression{}).Uniform((*Regression).MSE)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
}

func TestRegressionUndefined(t *testing.T) {
	is := func(err, want error) { t.Helper(); require.ErrorIs(t, err, want) }
	var r Regression
	require.NoError(t, r.Add([]float64{1}, []float64{2}))
	_, err := r.R2()
	is(err, mlgauge.ErrUndefined)
	_, err = R2([]float64{1}, []float64{2})
	is(err, mlgauge.ErrUndefined)
	_, err = D2Absolute([]float64{1}, []float64{2})
	is(err, mlgauge.ErrUndefined)
	_, err = r.MAEInterval(0.9)
	is(err, mlgauge.ErrUndefined)
	for _, f := range []func() (float64, error){r.MAPE, r.SMAPE, r.MSLE, r.RMSLE} {
		_, err = f()
		is(err, mlgauge.ErrUndefined) // not collected
	}
	_, err = r.MSEInterval(0.9)
	is(err, mlgauge.ErrUndefined)
	for _, level := range []float64{0, 1, -1, 2, nan} {
		_, err = MAEInterval([]float64{1, 2}, []float64{2, 4}, level)
		is(err, mlgauge.ErrRange)
		_, err = R2Interval([]float64{1, 2}, []float64{2, 4}, level)
		is(err, mlgauge.ErrRange)
	}
	_, err = R2Interval([]float64{1, 1}, []float64{2, 4}, 0.9)
	is(err, mlgauge.ErrUndefined)
	is((&Regression{Collect: 64}).Add([]float64{1}, []float64{1}), mlgauge.ErrRange)
	is(r.Merge(&Regression{Collect: CollectLog, rows: 1}), mlgauge.ErrIncompatible)

	// Squares that overflow or vanish are refused where they matter only.
	huge := []float64{1e300, -1e300, 1e299}
	guess := []float64{-1e300, 1e300, 0}
	_, err = MSE(huge, guess)
	is(err, mlgauge.ErrNotFinite)
	_, err = R2(huge, guess)
	is(err, mlgauge.ErrNotFinite)
	v, err := MAE(huge, guess)
	require.NoError(t, err)
	require.InEpsilon(t, 4.1e300/3, v, 1e-12)
	_, err = MAE([]float64{1.7e308}, []float64{-1.7e308})
	is(err, mlgauge.ErrNotFinite)
	tiny := []float64{1e-200, 2e-200, 4e-200}
	_, err = R2(tiny, []float64{2e-200, 2e-200, 2e-200})
	is(err, mlgauge.ErrNotFinite)
	r.Reset()
	require.NoError(t, r.Add(tiny, []float64{2e-200, 2e-200, 2e-200}))
	_, err = r.R2()
	is(err, mlgauge.ErrNotFinite)

	for _, v := range [][2][]float64{{{-1, 1}, {1, 1}}, {{1, 1}, {1, -2}}} {
		_, err = MSLE(v[0], v[1])
		is(err, mlgauge.ErrRange)
	}
}

func TestLossDomains(t *testing.T) {
	one := []float64{1, 2}
	is := func(_ float64, err, want error) { t.Helper(); require.ErrorIs(t, err, want) }
	do := func(v float64, err error) func(error) {
		return func(want error) { t.Helper(); is(v, err, want) }
	}
	for _, alpha := range []float64{-0.1, 1.1} {
		do(Pinball(one, one, alpha))(mlgauge.ErrRange)
		do(D2Pinball(one, one, alpha))(mlgauge.ErrRange)
	}
	do(Pinball(one, one, nan))(mlgauge.ErrNotFinite)
	for _, delta := range []float64{0, -1, nan, inf} {
		do(Huber(one, one, delta))(mlgauge.ErrRange)
	}
	for _, power := range []float64{0.1, 0.5, 0.999, nan, inf} {
		do(TweedieDeviance(one, one, power))(mlgauge.ErrRange)
		do(D2Tweedie(one, one, power))(mlgauge.ErrRange)
	}
	zero, minus := []float64{0, 1}, []float64{-1, 1}
	for _, c := range []struct {
		power    float64
		y, p     []float64
		accepted bool
	}{
		{-1, minus, one, true}, {-1, one, zero, false}, {0, minus, minus, true},
		{1, zero, one, true}, {1, minus, one, false}, {1, one, zero, false}, {1.5, zero, one, true}, {1.5, minus, one, false},
		{2, zero, one, false}, {2, one, zero, false}, {3, zero, one, false}, {3, one, one, true},
	} {
		_, err := TweedieDeviance(c.y, c.p, c.power)
		if c.accepted {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, mlgauge.ErrRange, "power %v of %v and %v", c.power, c.y, c.p)
		}
	}
	do(PoissonDeviance(minus, one))(mlgauge.ErrRange)
	do(GammaDeviance(zero, one))(mlgauge.ErrRange)
	// The mean of the truth is outside Poisson's domain.
	do(D2Tweedie([]float64{0, 0}, one, 1))(mlgauge.ErrUndefined)
	require.ErrorIs(t, (&D2{Loss: HuberLoss(1)}).Add(one, one), mlgauge.ErrRange)
	require.ErrorIs(t, (&MeanLoss{Loss: HuberLoss(1), rows: 1}).Merge(&MeanLoss{rows: 1}), mlgauge.ErrIncompatible)

	do(MASE(one, one, one, 0))(mlgauge.ErrRange)
	do(MASE(one, one, one, 2))(mlgauge.ErrRange)
	do(MASE(one, one, []float64{3, 3, 3}, 1))(mlgauge.ErrUndefined)
	do(RMSSE(one, one, nil, 1))(mlgauge.ErrEmpty)
	do(RMSSE(one, one, []float64{1, nan, 2}, 1))(mlgauge.ErrNotFinite)
}

func TestOutputsBadInput(t *testing.T) {
	a, b := mat.NewDense(2, 2, []float64{1, 2, 3, 4}), mat.NewDense(2, 1, []float64{1, 2})
	var m MultiRegression
	require.ErrorIs(t, m.Add(a, b), mlgauge.ErrLength)
	require.ErrorIs(t, m.Add(a, mat.NewDense(1, 2, nil)), mlgauge.ErrLength)
	require.ErrorIs(t, m.Add(&mat.Dense{}, &mat.Dense{}), mlgauge.ErrEmpty)
	require.ErrorIs(t, m.Add(nil, a), mlgauge.ErrEmpty)
	require.ErrorIs(t, m.Add(a, mat.NewDense(2, 2, []float64{1, 2, 3, nan})), mlgauge.ErrNotFinite)
	require.Equal(t, MultiRegression{}, m)
	require.NoError(t, m.Add(a, a))
	require.ErrorIs(t, m.Add(b, b), mlgauge.ErrIncompatible)
	require.ErrorIs(t, m.Merge(&MultiRegression{columns: make([]Regression, 1)}), mlgauge.ErrIncompatible)
	_, err := m.Weighted((*Regression).MSE, nil)
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = m.Weighted((*Regression).MSE, []float64{0, 0})
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = m.Weighted((*Regression).MSE, []float64{1, -1})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = m.Column(2)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = Outputs(a, b, MedianAE[float64])
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = AverageOutputs(nil, nil)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
}
