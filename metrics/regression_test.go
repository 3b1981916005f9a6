package metrics

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/golden"
)

// regressionGolden is testdata/golden/metrics/regression.json.
type regressionGolden struct {
	Cases []struct {
		Name    string
		Y, P, W golden.Floats
		Want    struct {
			MSE, RMSE, MAE, R2, EV, MAPE, SMAPE, Max, Bias golden.Float
			R2Strict                                       golden.Float `json:"r2_strict"`
			EVStrict                                       golden.Float `json:"ev_strict"`
			MedianAE                                       golden.Float `json:"median_ae"`
			D2Abs                                          golden.Float `json:"d2_abs"`
			MSLE, RMSLE                                    *golden.Float
			Pinball, Huber, Tweedie                        map[string]golden.Float
			D2Pinball                                      map[string]golden.Float `json:"d2_pinball"`
			D2Tweedie                                      map[string]golden.Float `json:"d2_tweedie"`
		}
	}
	Multi struct {
		Y, P    []golden.Floats
		W       golden.Floats
		Outputs golden.Floats
		Want    map[string]struct {
			Raw              golden.Floats
			Uniform, Custom  golden.Float
			RawWeighted      golden.Floats `json:"raw_weighted"`
			Variance         golden.Float
			VarianceWeighted golden.Float `json:"variance_weighted"`
		}
	}
	Dummy struct {
		Y, W golden.Floats
		Want []struct {
			Strategy           string
			Q, Plain, Weighted golden.Float
		}
	}
}

func loadRegression(t *testing.T) (g regressionGolden) {
	golden.Load(t, "metrics/regression.json", &g)
	return g
}

func TestRegressionGolden(t *testing.T) {
	for _, c := range loadRegression(t).Cases {
		t.Run(c.Name, func(t *testing.T) {
			y, p, w := c.Y.Values(), c.P.Values(), c.W.Values()
			add := func(s interface {
				Add(y, p []float64) error
				AddWeighted(y, p, w []float64) error
			}) {
				t.Helper()
				if len(w) == 0 {
					require.NoError(t, s.Add(y, p))
				} else {
					require.NoError(t, s.AddWeighted(y, p, w))
				}
			}
			r := Regression{Collect: CollectAll}
			add(&r)
			equal := func(what string, want golden.Float, got float64, err error, tol float64) {
				t.Helper()
				require.NoError(t, err, what)
				golden.Equal(t, what, float64(want), got, tol)
			}
			for _, f := range []struct {
				name string
				want golden.Float
				f    func(*Regression) (float64, error)
			}{
				{"MSE", c.Want.MSE, (*Regression).MSE},
				{"RMSE", c.Want.RMSE, (*Regression).RMSE},
				{"MAE", c.Want.MAE, (*Regression).MAE},
				{"R2", c.Want.R2, (*Regression).R2},
				{"R2Strict", c.Want.R2Strict, (*Regression).R2Strict},
				{"EV", c.Want.EV, (*Regression).ExplainedVariance},
				{"EVStrict", c.Want.EVStrict, (*Regression).ExplainedVarianceStrict},
				{"Max", c.Want.Max, (*Regression).MaxError},
				{"Bias", c.Want.Bias, (*Regression).MeanBias},
				{"SMAPE", c.Want.SMAPE, (*Regression).SMAPE},
			} {
				v, err := f.f(&r)
				equal(f.name, f.want, v, err, 1e-12)
			}
			if c.Name != "large" && c.Name != "small" {
				v, err := r.MAPE()
				equal("MAPE", c.Want.MAPE, v, err, 1e-12)
			}
			if c.Want.MSLE != nil {
				v, err := r.MSLE()
				equal("MSLE", *c.Want.MSLE, v, err, 1e-12)
				v, err = r.RMSLE()
				equal("RMSLE", *c.Want.RMSLE, v, err, 1e-12)
			}
			var a AbsoluteErrors
			add(&a)
			v, err := a.Median()
			equal("MedianAE", c.Want.MedianAE, v, err, 1e-12)
			loss := func(what string, want map[string]golden.Float, f func(float64) Loss) {
				for k, w := range want {
					x, err := strconv.ParseFloat(k, 64)
					require.NoError(t, err)
					s := MeanLoss{Loss: f(x)}
					add(&s)
					v, err := s.Mean()
					// Deviances are differences of terms near each other.
					equal(what+" "+k, w, v, err, 1e-11)
				}
			}
			loss("pinball", c.Want.Pinball, PinballLoss)
			loss("huber", c.Want.Huber, HuberLoss)
			loss("tweedie", c.Want.Tweedie, TweedieLoss)
			d2 := func(what string, want map[string]golden.Float, f func(float64) Loss) {
				for k, w := range want {
					x, err := strconv.ParseFloat(k, 64)
					require.NoError(t, err)
					s := D2{Loss: f(x)}
					add(&s)
					v, err := s.Score()
					equal(what+" "+k, w, v, err, 1e-11)
				}
			}
			d2("d2 pinball", c.Want.D2Pinball, PinballLoss)
			d2("d2 tweedie", c.Want.D2Tweedie, TweedieLoss)
			d2("d2 absolute", map[string]golden.Float{"0.5": c.Want.D2Abs}, PinballLoss)
		})
	}
}

func TestOneShotsAreTheStatistic(t *testing.T) {
	for _, n := range []int{2, 7, 100, 4097, 70_000, 200_001} {
		y, p := pairsOf(n, 1e3, uint64(n))
		r := Regression{Collect: CollectPercent | CollectLog}
		for i := range y {
			y[i], p[i] = math.Abs(y[i]), math.Abs(p[i])
		}
		require.NoError(t, r.Add(y, p))
		for _, f := range []struct {
			name string
			one  func(y, p []float64) (float64, error)
			f    func(*Regression) (float64, error)
		}{
			{"MSE", MSE[float64], (*Regression).MSE},
			{"RMSE", RMSE[float64], (*Regression).RMSE},
			{"MAE", MAE[float64], (*Regression).MAE},
			{"R2", R2[float64], (*Regression).R2},
			{"EV", ExplainedVariance[float64], (*Regression).ExplainedVariance},
			{"MaxError", MaxError[float64], (*Regression).MaxError},
			{"MeanBias", MeanBias[float64], (*Regression).MeanBias},
			{"MAPE", MAPE[float64], (*Regression).MAPE},
			{"SMAPE", SMAPE[float64], (*Regression).SMAPE},
			{"MSLE", MSLE[float64], (*Regression).MSLE},
			{"RMSLE", RMSLE[float64], (*Regression).RMSLE},
		} {
			want, err := f.f(&r)
			require.NoError(t, err)
			got, err := f.one(y, p)
			require.NoError(t, err)
			golden.Equal(t, fmt.Sprint(f.name, " ", n), want, got, 1e-12)
		}
	}
}

// pairsOf makes truth about an offset and predictions with a bias.
// bigSums returns the sums of squared errors, of squares of y and of the errors
// about their means, computed with far more digits.
// TestR2OnlineSmall adds row by row: an update by the distance to the mean before
// the row is biased, badly so for few rows.
func TestMultiRegressionGolden(t *testing.T) {
	g := loadRegression(t).Multi
	dense := func(rows []golden.Floats) *mat.Dense {
		m := mat.NewDense(len(rows), len(rows[0]), nil)
		for i, r := range rows {
			m.SetRow(i, r.Values())
		}
		return m
	}
	y, p, w := dense(g.Y), dense(g.P), g.W.Values()
	m, mw := MultiRegression{Collect: CollectAll}, MultiRegression{Collect: CollectAll}
	require.NoError(t, m.Add(y.Slice(0, 15, 0, 3), p.Slice(0, 15, 0, 3)))
	rest := MultiRegression{Collect: CollectAll}
	require.NoError(t, rest.Add(y.Slice(15, 40, 0, 3), p.Slice(15, 40, 0, 3)))
	require.NoError(t, m.Merge(&rest))
	require.NoError(t, mw.AddWeighted(y, p, w))
	b, err := m.MarshalBinary()
	require.NoError(t, err)
	var loaded MultiRegression
	require.NoError(t, loaded.UnmarshalBinary(b))
	require.Equal(t, m, loaded)
	for name, f := range map[string]func(*Regression) (float64, error){
		"mse": (*Regression).MSE, "rmse": (*Regression).RMSE, "mae": (*Regression).MAE, "mape": (*Regression).MAPE,
		"r2": (*Regression).R2, "ev": (*Regression).ExplainedVariance,
	} {
		want := g.Want[name]
		raw, err := m.Raw(f)
		require.NoError(t, err)
		golden.EqualSlice(t, name, want.Raw.Values(), raw, 1e-12)
		raw, err = mw.Raw(f)
		require.NoError(t, err)
		golden.EqualSlice(t, name+" weighted", want.RawWeighted.Values(), raw, 1e-12)
		u, err := m.Uniform(f)
		require.NoError(t, err)
		golden.Equal(t, name+" uniform", float64(want.Uniform), u, 1e-12)
		u, err = m.Weighted(f, g.Outputs.Values())
		require.NoError(t, err)
		golden.Equal(t, name+" custom", float64(want.Custom), u, 1e-12)
		if name == "r2" || name == "ev" {
			u, err = m.VarianceWeighted(f)
			require.NoError(t, err)
			golden.Equal(t, name+" variance", float64(want.Variance), u, 1e-12)
			u, err = mw.VarianceWeighted(f)
			require.NoError(t, err)
			golden.Equal(t, name+" variance, weighted", float64(want.VarianceWeighted), u, 1e-12)
		}
	}
	for name, f := range map[string]func(a, b []float64) (float64, error){
		"median_ae": MedianAE[float64], "d2_abs": D2Absolute[float64],
		"d2_pinball": func(a, b []float64) (float64, error) { return D2Pinball(a, b, 0.5) },
	} {
		raw, err := Outputs(y, p, f)
		require.NoError(t, err)
		golden.EqualSlice(t, name, g.Want[name].Raw.Values(), raw, 1e-12)
		u, err := AverageOutputs(raw, nil)
		require.NoError(t, err)
		golden.Equal(t, name, float64(g.Want[name].Uniform), u, 1e-12)
	}
}
