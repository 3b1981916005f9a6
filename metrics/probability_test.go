package metrics

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// probabilityGolden is testdata/golden/metrics/probability.json.
type probabilityGolden struct {
	Cases []struct {
		Name   string
		Y      []int
		P, W   golden.Floats
		Want   map[string]golden.Float
		Curves []struct {
			Strategy   string
			Bins       int
			True, Pred golden.Floats
		}
	}
	Float32 struct {
		Y       []int
		P       golden.Floats
		LogLoss golden.Float `json:"log_loss"`
		Hard    golden.Float
	}
	Multi []struct {
		Y    []int
		P    []golden.Floats
		W    golden.Floats
		Want map[string]golden.Float
	}
	Isotonic []struct {
		Name      string
		Direction Direction
		W         golden.Floats
		Min, Max  golden.Float
		X, Y      golden.Floats
		XT, YT    golden.Floats
		NaN, Clip golden.Floats
	}
	Pava []struct{ Y, W, Up, Down golden.Floats }
	Grid golden.Floats
	// Platt and temperature.
	Platt []struct {
		Name string
		S    golden.Floats
		Y    []int
		W    golden.Floats
		A, B golden.Float
		P    golden.Floats
	}
	Temperature struct {
		Logits, Proba []golden.Floats
		Y             []int
		Beta          golden.Float
		BetaProba     golden.Float `json:"beta_proba"`
	}
	Data      golden.Floats
	Bootstrap []struct {
		Stat, Method string
		Level        golden.Float
		Low, High    golden.Float
		Values, Jack golden.Floats
		StdErr       golden.Float
		Theta        golden.Float
	}
	Dummy struct {
		Y    []string
		W    golden.Floats
		Want []struct {
			Strategy string
			Weighted bool
			Classes  []string
			Predict  string
			Proba    golden.Floats
		}
	}
}

func loadProbability(t *testing.T) (g probabilityGolden) {
	golden.Load(t, "metrics/probability.json", &g)
	return g
}

func truths(y []int) []bool {
	b := make([]bool, len(y))
	for i, v := range y {
		b[i] = v == 1
	}
	return b
}

func denseOf(rows []golden.Floats) *mat.Dense {
	m := mat.NewDense(len(rows), len(rows[0]), nil)
	for i, r := range rows {
		m.SetRow(i, r.Values())
	}
	return m
}

func TestProbabilityGolden(t *testing.T) {
	g := loadProbability(t)
	for _, c := range g.Cases {
		t.Run(c.Name, func(t *testing.T) {
			y, p, w := truths(c.Y), c.P.Values(), c.W.Values()
			var s Probability
			var k Calibration
			if len(w) == 0 {
				require.NoError(t, s.Add(y, p))
				require.NoError(t, k.Add(y, p))
			} else {
				require.NoError(t, s.AddWeighted(y, p, w))
				require.NoError(t, k.AddWeighted(y, p, w))
			}
			for name, f := range map[string]func() (float64, error){
				"log_loss": s.LogLoss, "brier": s.Brier, "brier_full": s.BrierFull, "d2_log_loss": s.D2LogLoss, "d2_brier": s.D2Brier,
			} {
				want, ok := c.Want[name]
				if !ok {
					continue
				}
				got, err := f()
				require.NoError(t, err, name)
				golden.Equal(t, name, float64(want), got, 1e-12)
			}
			if len(w) == 0 {
				one, err := LogLoss(y, p)
				require.NoError(t, err)
				golden.Equal(t, "LogLoss", float64(c.Want["log_loss"]), one, 1e-12)
				one, err = Brier(y, p)
				require.NoError(t, err)
				golden.Equal(t, "Brier", float64(c.Want["brier_full"])/2, one, 1e-12)
			}
			d, err := k.BrierParts()
			require.NoError(t, err)
			b, err := s.Brier()
			require.NoError(t, err)
			assert.InDelta(t, b, d.Brier, 1e-15)
			assert.InDelta(t, b, d.Reliability-d.Resolution+d.Uncertainty+d.WithinVariance-2*d.WithinCovariance, 1e-15)
			for _, v := range c.Curves {
				strategy := UniformBins
				if v.Strategy == "quantile" {
					strategy = QuantileBins
				}
				curve, err := CalibrationCurve(y, p, v.Bins, strategy)
				require.NoError(t, err)
				var pt, pp []float64
				for _, b := range curve {
					pt, pp = append(pt, b.Positive), append(pp, b.MeanPredicted)
				}
				what := fmt.Sprint(v.Strategy, v.Bins)
				golden.EqualSlice(t, what+" true", v.True.Values(), pt, 1e-12)
				golden.EqualSlice(t, what+" pred", v.Pred.Values(), pp, 1e-12)
			}
		})
	}
	p32 := make([]float32, len(g.Float32.P))
	for i, v := range g.Float32.P {
		p32[i] = float32(v)
	}
	got, err := LogLoss(truths(g.Float32.Y), p32)
	require.NoError(t, err)
	// The peer computes in float32 throughout.
	golden.Equal(t, "float32", float64(g.Float32.LogLoss), got, 1e-6)
	got, err = LogLoss([]bool{false, true}, []float32{1, 0})
	require.NoError(t, err)
	golden.Equal(t, "float32, clipped", float64(g.Float32.Hard), got, 1e-6)
}

func TestMultiProbabilityGolden(t *testing.T) {
	for _, c := range loadProbability(t).Multi {
		p := denseOf(c.P)
		var s MultiProbability
		// The transpose's transpose is a matrix without raw rows.
		if len(c.W) == 0 {
			require.NoError(t, s.Add(c.Y, mat.DenseCopyOf(p.T()).T()))
		} else {
			require.NoError(t, s.AddWeighted(c.Y, p, c.W.Values()))
		}
		for name, f := range map[string]func() (float64, error){
			"log_loss": s.LogLoss, "brier": s.Brier, "brier_full": s.BrierFull, "d2_log_loss": s.D2LogLoss, "d2_brier": s.D2Brier,
		} {
			got, err := f()
			require.NoError(t, err)
			golden.Equal(t, fmt.Sprint(name, " of ", s.Classes()), float64(c.Want[name]), got, 1e-12)
		}
		b, err := s.MarshalBinary()
		require.NoError(t, err)
		var u MultiProbability
		require.NoError(t, u.UnmarshalBinary(b))
		require.Equal(t, s, u)
		i, err := s.LogLossInterval(0.95)
		require.NoError(t, err)
		require.True(t, i.Low < i.Value && i.Value < i.High)
		if len(c.W) > 0 {
			continue
		}
		for name, f := range map[string]func([]int, mat.Matrix) (float64, error){
			"log_loss": MultiLogLoss, "brier": MultiBrier, "d2_log_loss": MultiD2LogLoss, "d2_brier": MultiD2Brier,
		} {
			got, err := f(c.Y, p)
			require.NoError(t, err)
			golden.Equal(t, name, float64(c.Want[name]), got, 1e-12)
		}
	}
}

// TestCalibrationBins holds the bin of every p near an edge against a scan of all
// edges.
func probaOf(n int, seed uint64) (y []bool, p, w []float64) {
	r := rand.New(rand.NewPCG(seed, 5))
	y, p, w = make([]bool, n), make([]float64, n), make([]float64, n)
	for i := range y {
		p[i] = r.Float64()
		y[i] = r.Float64() < p[i]
		w[i] = float64(r.IntN(3))
	}
	return y, p, w
}

func TestProbabilityProperties(t *testing.T) {
	y, p, w := probaOf(140_000, 1)
	yc, pc := slices.Clone(y), slices.Clone(p)
	type stats struct {
		p Probability
		c Calibration
	}
	values := func(s *stats) map[string]float64 {
		v := map[string]float64{}
		for name, f := range map[string]func() (float64, error){
			"log loss": s.p.LogLoss, "brier": s.p.Brier, "d2": s.p.D2LogLoss, "d2 brier": s.p.D2Brier, "ece": s.c.ECE, "mce": s.c.MCE, "rmsce": s.c.RMSCE,
		} {
			x, err := f()
			require.NoError(t, err)
			v[name] = x
		}
		i, err := s.p.LogLossInterval(0.9)
		require.NoError(t, err)
		v["low"], v["high"] = i.Low, i.High
		return v
	}
	var whole stats
	require.NoError(t, whole.p.AddWeighted(y, p, w))
	require.NoError(t, whole.c.AddWeighted(y, p, w))
	require.Equal(t, yc, y)
	require.Equal(t, pc, p)
	want := values(&whole)
	same := func(got map[string]float64) {
		t.Helper()
		for k := range want {
			golden.Equal(t, k, want[k], got[k], 1e-11)
		}
	}
	var merged stats
	for lo := 0; lo < len(y); lo += 33_333 {
		hi := min(len(y), lo+33_333)
		var part stats
		require.NoError(t, part.p.AddWeighted(y[lo:hi], p[lo:hi], w[lo:hi]))
		require.NoError(t, part.c.AddWeighted(y[lo:hi], p[lo:hi], w[lo:hi]))
		require.NoError(t, merged.p.Merge(&part.p))
		require.NoError(t, merged.c.Merge(&part.c))
	}
	same(values(&merged))
	var repeated stats
	var yr []bool
	var pr []float64
	for i := range y {
		for range int(w[i]) {
			yr, pr = append(yr, y[i]), append(pr, p[i])
		}
	}
	require.NoError(t, repeated.p.Add(yr, pr))
	require.NoError(t, repeated.c.Add(yr, pr))
	same(values(&repeated))

	before := runtime.GOMAXPROCS(1)
	var one Probability
	require.NoError(t, one.Add(y, p))
	runtime.GOMAXPROCS(4)
	var four Probability
	require.NoError(t, four.Add(y, p))
	runtime.GOMAXPROCS(before)
	require.Equal(t, one, four)

	for _, s := range []interface {
		MarshalBinary() ([]byte, error)
	}{&whole.p, &whole.c} {
		b, err := s.MarshalBinary()
		require.NoError(t, err)
		switch s := s.(type) {
		case *Probability:
			var u Probability
			require.NoError(t, u.UnmarshalBinary(b))
			require.Equal(t, *s, u)
			require.ErrorIs(t, u.UnmarshalBinary(b[:len(b)-1]), mlgauge.ErrCorrupt)
		case *Calibration:
			var u Calibration
			require.NoError(t, u.UnmarshalBinary(b))
			require.Equal(t, *s, u)
			require.ErrorIs(t, u.UnmarshalBinary(b[:len(b)-1]), mlgauge.ErrCorrupt)
		}
	}
	quant := Calibration{Bins: 7, Strategy: QuantileBins}
	require.NoError(t, quant.Add(y[:500], p[:500]))
	rest := Calibration{Bins: 7, Strategy: QuantileBins}
	require.NoError(t, rest.Add(y[500:900], p[500:900]))
	require.NoError(t, quant.Merge(&rest))
	all := Calibration{Bins: 7, Strategy: QuantileBins}
	require.NoError(t, all.Add(y[:900], p[:900]))
	require.Equal(t, all, quant)
	b, err := quant.MarshalBinary()
	require.NoError(t, err)
	var u Calibration
	require.NoError(t, u.UnmarshalBinary(b))
	a, err := u.Curve()
	require.NoError(t, err)
	e, err := all.Curve()
	require.NoError(t, err)
	require.Equal(t, e, a)
}

// TestPavaIsOptimal checks the fit by the min-max formula for monotone
// regression: z_i = max over lo <= i of min over hi >= i of the mean of lo..hi.
