package metrics

import (
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestCorrectedResampledT(t *testing.T) {
	// By hand: mean 0.03, variance 0.00025, standard error
	// sqrt((1/5 + 1/9) 0.00025); the p-value and the quantile are SciPy 1.17's
	// 2 t.sf(3.401680257083045, 4) and t.ppf(0.975, 4).
	r, err := CorrectedResampledT([]float64{0.01, 0.02, 0.03, 0.04, 0.05}, 90, 10)
	require.NoError(t, err)
	golden.Equal(t, "mean", 0.03, r.Mean, 1e-14)
	golden.Equal(t, "std err", math.Sqrt(14.0/45*0.00025), r.StdErr, 1e-13)
	golden.Equal(t, "t", 3.401680257083045, r.T, 1e-13)
	golden.Equal(t, "p", 0.02723513968824349, r.P, 1e-10)
	i, err := r.Interval(0.95)
	require.NoError(t, err)
	golden.Equal(t, "low", 0.03-2.7764451051977934*r.StdErr, i.Low, 1e-9)
	r, err = CorrectedResampledT([]float64{0, 0, 0}, 2, 1)
	require.NoError(t, err)
	require.Equal(t, 1.0, r.P)
}

func TestScaledErrors(t *testing.T) {
	// By hand: steps of the series 2, 3, 2, 1, so the naive error is 2 and its
	// mean square 4.5; two steps apart 5, 1, 1, mean 7/3.
	train := []float64{1, 3, 6, 4, 5}
	y, p := []float64{6, 7}, []float64{5, 9}
	v, err := MASE(y, p, train, 1)
	require.NoError(t, err)
	golden.Equal(t, "MASE", 1.5/2, v, 1e-15)
	v, err = MASE(y, p, train, 2)
	require.NoError(t, err)
	golden.Equal(t, "MASE, season 2", 1.5/(7.0/3), v, 1e-15)
	v, err = RMSSE(y, p, train, 1)
	require.NoError(t, err)
	golden.Equal(t, "RMSSE", math.Sqrt(2.5/4.5), v, 1e-15)
}

func TestWeightedQuantileRepeatsRows(t *testing.T) {
	x, w := []float64{5, 1, 3, 9}, []float64{1, 2, 0, 3}
	rep := []float64{5, 1, 1, 9, 9, 9}
	for _, q := range []float64{0, 0.1, 1.0 / 3, 0.5, 0.75, 0.99, 1} {
		golden.Equal(t, "quantile", weightedQuantile(rep, nil, q, true), weightedQuantile(x, w, q, true), 1e-15)
	}
}

func TestMedianInterval(t *testing.T) {
	// For ten rows P(Binomial(10, 1/2) <= 1) = 0.0107 and <= 2 is 0.0547: the
	// second smallest and second largest make a 95% interval.
	var a AbsoluteErrors
	y := make([]float64, 10)
	require.NoError(t, a.Add(y, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}))
	i, err := a.MedianInterval(0.95)
	require.NoError(t, err)
	require.Equal(t, Interval{Value: 5.5, Low: 2, High: 9, Level: 0.95}, i)
	one, err := MedianAEInterval(y, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.95)
	require.NoError(t, err)
	require.Equal(t, i, one)
	_, err = a.MedianInterval(0.9999)
	require.Error(t, err)
}

func TestLearningCurve(t *testing.T) {
	folds := []Fold{{Train: []int{0, 1, 2, 3}, Test: []int{4}}, {Train: []int{4, 3, 2, 1}, Test: []int{0}}}
	curve, err := LearningCurve(folds, []int{1, 4}, 0.9, func(_ float64, train, test []int) (float64, float64, error) {
		return float64(train[0] + len(train)), float64(test[0]), nil
	})
	require.NoError(t, err)
	require.Equal(t, []float64{1, 5}, curve[0].TrainScores)
	require.Equal(t, []float64{4, 8}, curve[1].TrainScores)
	require.Equal(t, []float64{4, 0}, curve[1].TestScores)
	require.Equal(t, 4.0, curve[1].Gap.Value)
	want, err := CorrectedResampledT([]float64{4, 8}, 4, 1)
	require.NoError(t, err)
	i, err := want.Interval(0.9)
	require.NoError(t, err)
	require.Equal(t, i, curve[1].Train)

	val, err := ValidationCurve(folds, []float64{0.1, 10}, 0.9, func(p float64, train, _ []int) (float64, float64, error) {
		return p, p - float64(len(train)), nil
	})
	require.NoError(t, err)
	require.Equal(t, 10.0, val[1].X)
	require.Equal(t, Interval{Value: 4, Low: 4, High: 4, Level: 0.9}, val[1].Gap)

	sizes, err := TrainSizes(10, []float64{0.1, 0.12, 0.55, 1})
	require.NoError(t, err)
	require.Equal(t, []int{1, 5, 10}, sizes)
}

func TestDiagnose(t *testing.T) {
	at := func(train, test float64) CurvePoint {
		i := func(v float64) Interval { return Interval{Value: v, Low: v - 0.02, High: v + 0.02, Level: 0.95} }
		return CurvePoint{Train: i(train), Test: i(test), Gap: i(train - test)}
	}
	for _, c := range []struct {
		train, test float64
		want        Fit
	}{{0.95, 0.93, GoodFit}, {0.99, 0.7, Overfit}, {0.6, 0.59, Underfit}, {0.8, 0.5, OverAndUnderfit}, {0.95, 0.84, GoodFit}} {
		d, err := Diagnose([]CurvePoint{at(c.train, c.test)}, 0.9, 0.1)
		require.NoError(t, err)
		require.Equal(t, c.want, d.Fit, d.Reason)
		require.Contains(t, d.Reason, c.want.String())
	}
	d, err := Diagnose([]CurvePoint{at(0.99, 0.7), at(0.98, 0.8)}, 0.9, 0.05)
	require.NoError(t, err)
	require.True(t, d.MoreData)
	d, err = Diagnose([]CurvePoint{at(0.99, 0.79), at(0.98, 0.8)}, 0.9, 0.05)
	require.NoError(t, err)
	require.False(t, d.MoreData)
}

func TestDummyJSON(t *testing.T) {
	c := DummyClassifier[string]{Strategy: Stratified, Seed: 3}
	require.NoError(t, c.Fit([]string{"b", "a", "b"}))
	b, err := json.Marshal(c)
	require.NoError(t, err)
	var u DummyClassifier[string]
	require.NoError(t, json.Unmarshal(b, &u))
	require.Equal(t, c, u)
	r := DummyRegressor{Strategy: MedianValue}
	require.NoError(t, r.Fit([]float64{1, 5, 2}))
	b, err = json.Marshal(r)
	require.NoError(t, err)
	var v DummyRegressor
	require.NoError(t, json.Unmarshal(b, &v))
	require.Equal(t, r, v)
}

// state is a statistic that round-trips.
type state interface {
	MarshalBinary() ([]byte, error)
	UnmarshalBinary([]byte) error
}

func stateOf(t testing.TB) map[string][2]state {
	y, p := []float64{1, 2, 3, 5}, []float64{1, 3, 3, 4}
	w := []float64{1, 0, 2, 0.5}
	truth, q := []bool{true, false, true, false}, []float64{0.5, 0, 1, 0.25}
	r := &Regression{Collect: CollectAll}
	a, l, d := &AbsoluteErrors{}, &MeanLoss{Loss: HuberLoss(1)}, &D2{Loss: PinballLoss(0.3)}
	pr, c, cq := &Probability{}, &Calibration{Bins: 4}, &Calibration{Strategy: QuantileBins}
	for _, err := range []error{r.AddWeighted(y, p, w), a.AddWeighted(y, p, w), l.AddWeighted(y, p, w), d.AddWeighted(y, p, w),
		pr.AddWeighted(truth, q, w), c.AddWeighted(truth, q, w), cq.Add(truth, q)} {
		require.NoError(t, err)
	}
	return map[string][2]state{
		"Regression": {r, &Regression{}}, "AbsoluteErrors": {a, &AbsoluteErrors{}}, "MeanLoss": {l, &MeanLoss{}}, "D2": {d, &D2{}},
		"Probability": {pr, &Probability{}}, "Calibration": {c, &Calibration{}}, "quantiles": {cq, &Calibration{}},
	}
}

func TestStatesRoundTrip(t *testing.T) {
	for name, s := range stateOf(t) {
		b, err := s[0].MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, s[1].UnmarshalBinary(b), name)
		again, err := s[1].MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, b, again, name)
		for other, o := range stateOf(t) {
			if other != name && !(name == "quantiles" && other == "Calibration") && !(name == "Calibration" && other == "quantiles") {
				require.Error(t, o[1].UnmarshalBinary(b), "%s read as %s", name, other)
			}
		}
	}
}

func FuzzUnmarshalRegressionStates(f *testing.F) {
	for _, s := range stateOf(f) {
		b, err := s[0].MarshalBinary()
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, s := range []state{&Regression{}, &AbsoluteErrors{}, &MeanLoss{}, &D2{}, &Probability{}, &MultiProbability{}, &Calibration{}, &MultiRegression{}} {
			sealed(t, data, s)
		}
	})
}

func FuzzCalibratorsJSON(f *testing.F) {
	f.Add([]byte(`{"x":[1,2],"y":[0,1]}`))
	f.Add([]byte(`{"a":-1,"b":0.5,"fitted":true}`))
	f.Add([]byte(`{"inverse":0.5}`))
	f.Add([]byte(`{"Classes":["a"],"Priors":[1]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var i Isotonic
		if i.UnmarshalJSON(data) == nil && len(i.X) > 0 {
			_, err := i.Predict(nil, []float64{0, 0.5})
			_ = err
		}
		var p Platt
		_ = p.UnmarshalJSON(data)
		var c Temperature
		_ = c.UnmarshalJSON(data)
		var d DummyClassifier[string]
		if d.UnmarshalJSON(data) == nil && len(d.Classes) > 0 {
			_, err := d.Predict(1)
			require.NoError(t, err)
		}
	})
}

// sealed feeds data as it is and with a right checksum, so that the fuzzer gets
// past it; what is accepted must be usable.
func sealed(t *testing.T, data []byte, s state) {
	_ = s.UnmarshalBinary(data)
	if len(data) > 4 {
		body := data[:len(data)-4]
		_ = s.UnmarshalBinary(binary.LittleEndian.AppendUint32(slices.Clone(body), crc32.ChecksumIEEE(body)))
	}
	b, err := s.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, s.UnmarshalBinary(b), "what was accepted is written again")
	switch s := s.(type) {
	case *Regression:
		_, _ = s.R2()
		_, _ = s.R2Interval(0.9)
	case *AbsoluteErrors:
		_, _ = s.Median()
	case *D2:
		_, _ = s.Score()
	case *Calibration:
		_, _ = s.Curve()
		_, _ = s.BrierParts()
	case *MultiProbability:
		_, _ = s.D2LogLoss()
	case *MultiRegression:
		_, _ = s.VarianceWeighted((*Regression).R2)
	}
}
