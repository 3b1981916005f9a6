package metrics

import (
	"fmt"
	"math"
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

func TestCalibrationGolden(t *testing.T) {
	var g struct {
		Cases []struct {
			Name        string
			Bins        int
			Y           []int
			P           golden.Floats
			L1, L2, Max golden.Float
		}
		Multi struct {
			Y    []int
			P    []golden.Floats
			Want []struct {
				Bins        int
				L1, L2, Max golden.Float
			}
		}
		LogCosh struct {
			Y, P golden.Floats
			Want golden.Float
		} `json:"log_cosh"`
	}
	golden.Load(t, "metrics/calibration.json", &g)
	holds := func(what string, c *Calibration, l1, l2, top golden.Float) {
		t.Helper()
		for _, f := range []struct {
			f    func() (float64, error)
			want golden.Float
		}{{c.ECE, l1}, {c.RMSCE, l2}, {c.MCE, top}} {
			v, err := f.f()
			require.NoError(t, err)
			golden.Equal(t, what, float64(f.want), v, 1e-12)
		}
	}
	for _, c := range g.Cases {
		s := Calibration{Bins: c.Bins, Edges: LeftClosed}
		require.NoError(t, s.Add(truths(c.Y), c.P.Values()))
		holds(fmt.Sprint(c.Name, c.Bins), &s, c.L1, c.L2, c.Max)
	}
	for _, c := range g.Multi.Want {
		s := Calibration{Bins: c.Bins, Edges: LeftClosed}
		require.NoError(t, s.AddTopLabel(g.Multi.Y, denseOf(g.Multi.P)))
		holds(fmt.Sprint("top label ", c.Bins), &s, c.L1, c.L2, c.Max)
	}
	v, err := LogCosh(g.LogCosh.Y.Values(), g.LogCosh.P.Values())
	require.NoError(t, err)
	golden.Equal(t, "log cosh", float64(g.LogCosh.Want), v, 1e-12)
}

// TestCalibrationBins holds the bin of every p near an edge against a scan of all
// edges.
func TestCalibrationBins(t *testing.T) {
	for n := 1; n < 60; n++ {
		for _, rule := range []BinEdges{RightClosed, LeftClosed} {
			c := Calibration{Bins: n, Edges: rule}
			try := func(p float64) {
				if p < 0 || p > 1 {
					return
				}
				want := 0
				if rule == RightClosed {
					for k := 1; k < n; k++ {
						want += int(b2f(c.edge(k, n) < p))
					}
				} else {
					for k := 1; k <= n; k++ {
						want += int(b2f(c.edge(k, n) <= p))
					}
				}
				if got := c.bin(p, n); got != want {
					t.Fatalf("bin of %v among %d, rule %d: want %d, got %d", p, n, rule, want, got)
				}
			}
			for k := range n + 1 {
				e := c.edge(k, n)
				try(e)
				try(math.Nextafter(e, 2))
				try(math.Nextafter(e, -1))
				try(float64(k) / float64(n))
			}
		}
	}
}

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
		p    Probability
		c    Calibration
		keep Calibration
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

func TestECEInterval(t *testing.T) {
	y, p, _ := probaOf(2000, 2)
	var c Calibration
	require.NoError(t, c.Add(y, p))
	a, err := c.ECEInterval(0.95, 7)
	require.NoError(t, err)
	before := runtime.GOMAXPROCS(1)
	b, err := c.ECEInterval(0.95, 7)
	runtime.GOMAXPROCS(before)
	require.NoError(t, err)
	require.Equal(t, a, b)
	require.True(t, a.Low <= a.Value && a.Value <= a.High)
	require.Less(t, a.Low, 0.005, "calibrated scores: 0 is within reach")
	// Scores squared are badly calibrated, and the interval says so.
	for i := range p {
		p[i] *= p[i]
	}
	v, err := ECEInterval(y, p, 10, 0.95, 7)
	require.NoError(t, err)
	require.Greater(t, v.Low, 0.1)
	require.InDelta(t, 1.0/6, v.Value, 0.03)
}

func TestIsotonicGolden(t *testing.T) {
	g := loadProbability(t)
	for _, c := range g.Isotonic {
		t.Run(c.Name, func(t *testing.T) {
			f := Isotonic{Direction: c.Direction}
			if v := float64(c.Min); v == v {
				f.Min = &v
			}
			if v := float64(c.Max); v == v {
				f.Max = &v
			}
			if len(c.W) == 0 {
				require.NoError(t, f.Fit(c.X.Values(), c.Y.Values()))
			} else {
				require.NoError(t, f.FitWeighted(c.X.Values(), c.Y.Values(), c.W.Values()))
			}
			// Which equal neighbours are dropped hangs on the last bit of a block's
			// mean, so the functions are compared, and the ends.
			require.Equal(t, float64(c.XT[0]), f.X[0])
			require.Equal(t, float64(c.XT[len(c.XT)-1]), f.X[len(f.X)-1])
			got, err := f.Predict(nil, g.Grid.Values())
			require.NoError(t, err)
			for i, v := range c.NaN.Values() {
				require.Equal(t, math.IsNaN(v), math.IsNaN(got[i]))
			}
			f.Beyond = BeyondClip
			got, err = f.Predict(nil, g.Grid.Values())
			require.NoError(t, err)
			golden.EqualSlice(t, "predict", c.Clip.Values(), got, 1e-12)
			at, err := f.Predict(nil, c.XT.Values())
			require.NoError(t, err)
			golden.EqualSlice(t, "thresholds", c.YT.Values(), at, 1e-12)
			f.Beyond = BeyondError
			_, err = f.Predict(nil, g.Grid.Values())
			require.ErrorIs(t, err, mlgauge.ErrRange)
			b, err := f.MarshalJSON()
			require.NoError(t, err)
			var u Isotonic
			require.NoError(t, u.UnmarshalJSON(b))
			require.Equal(t, f, u)
		})
	}
	for _, c := range g.Pava {
		up, err := IsotonicRegression(c.Y.Values(), c.W.Values(), true)
		require.NoError(t, err)
		golden.EqualSlice(t, "up", c.Up.Values(), up, 1e-12)
		down, err := IsotonicRegression(c.Y.Values(), c.W.Values(), false)
		require.NoError(t, err)
		golden.EqualSlice(t, "down", c.Down.Values(), down, 1e-12)
	}
}

// TestPavaIsOptimal checks the fit by the min-max formula for monotone
// regression: z_i = max over lo <= i of min over hi >= i of the mean of lo..hi.
func TestPavaIsOptimal(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 300 {
		n := 1 + r.IntN(12)
		y, w := make([]float64, n), make([]float64, n)
		for i := range y {
			y[i], w[i] = float64(r.IntN(5)), float64(1+r.IntN(3))
		}
		z, err := IsotonicRegression(y, w, true)
		require.NoError(t, err)
		for i := range z {
			best := math.Inf(-1)
			for lo := range i + 1 {
				least := math.Inf(1)
				for hi := i; hi < n; hi++ {
					var s, t float64
					for k := lo; k <= hi; k++ {
						s += w[k] * y[k]
						t += w[k]
					}
					least = math.Min(least, s/t)
				}
				best = math.Max(best, least)
			}
			require.InDelta(t, best, z[i], 1e-12)
		}
	}
}

func TestPlattGolden(t *testing.T) {
	for _, c := range loadProbability(t).Platt {
		var f Platt
		if len(c.W) == 0 {
			require.NoError(t, f.Fit(c.S.Values(), truths(c.Y)))
		} else {
			require.NoError(t, f.FitWeighted(c.S.Values(), truths(c.Y), c.W.Values()))
		}
		// The peer's search stops at a gradient of 1e-6.
		golden.Equal(t, c.Name+" A", float64(c.A), f.A, 2e-4)
		got, err := f.Transform(nil, c.S.Values())
		require.NoError(t, err)
		for i, v := range c.P.Values() {
			assert.InDelta(t, v, got[i], 2e-5, c.Name)
		}
		b, err := f.MarshalJSON()
		require.NoError(t, err)
		var u Platt
		require.NoError(t, u.UnmarshalJSON(b))
		require.Equal(t, f, u)
	}
}

func TestTemperatureGolden(t *testing.T) {
	g := loadProbability(t).Temperature
	var f Temperature
	require.NoError(t, f.Fit(denseOf(g.Logits), g.Y))
	// Minimising the loss itself finds its place to the root of eps only.
	golden.Equal(t, "beta", float64(g.Beta), f.Inverse, 1e-6)
	p, err := f.Transform(nil, denseOf(g.Logits))
	require.NoError(t, err)
	for i := range g.Y {
		require.InDelta(t, 1, mat.Sum(p.Slice(i, i+1, 0, 3)), 1e-12)
	}
	h := Temperature{FromProba: true}
	require.NoError(t, h.Fit(denseOf(g.Proba), g.Y))
	golden.Equal(t, "beta of probabilities", float64(g.BetaProba), h.Inverse, 1e-6)
}

func TestBootstrapGolden(t *testing.T) {
	g := loadProbability(t)
	methods := map[string]BootstrapMethod{"BCa": BCa, "percentile": Percentile, "basic": Basic}
	// The replicates stand at the last row of each statistic.
	for i, c := range g.Bootstrap {
		j := i
		for len(g.Bootstrap[j].Values) == 0 {
			j++
		}
		v := g.Bootstrap[j]
		got, err := BootstrapInterval(float64(v.Theta), v.Values.Values(), v.Jack.Values(), methods[c.Method], float64(c.Level))
		require.NoError(t, err)
		what := c.Stat + " " + c.Method
		golden.Equal(t, what, float64(c.Low), got.Low, 1e-12)
		golden.Equal(t, what, float64(c.High), got.High, 1e-12)
	}
	// Own replicates: the same interval to within the noise of the draw.
	data := g.Data.Values()
	mean := func(rows []int) (float64, error) {
		var s float64
		for _, i := range rows {
			s += data[i]
		}
		return s / float64(len(rows)), nil
	}
	for _, c := range g.Bootstrap[:6] {
		b := Bootstrap{Level: float64(c.Level), Method: methods[c.Method], Replicas: 4000}
		r, err := b.Run(len(data), mean)
		require.NoError(t, err)
		assert.InDelta(t, float64(c.Low), r.Low, 0.06)
		assert.InDelta(t, float64(c.High), r.High, 0.06)
		assert.InDelta(t, float64(g.Bootstrap[5].StdErr), r.StdErr, 0.02)
		assert.InDelta(t, 0, r.Bias, 0.01)
	}
}

func TestBootstrapRun(t *testing.T) {
	y, p := pairsOf(60, 0, 8)
	b := Bootstrap{Seed: 3, Replicas: 300}
	stat := Pairs(y, p, R2[float64])
	before := runtime.GOMAXPROCS(1)
	one, err := b.Run(len(y), stat)
	require.NoError(t, err)
	runtime.GOMAXPROCS(4)
	four, err := b.Run(len(y), stat)
	runtime.GOMAXPROCS(before)
	require.NoError(t, err)
	require.Equal(t, one, four)
	b.Seed = 4
	other, err := b.Run(len(y), stat)
	require.NoError(t, err)
	require.NotEqual(t, one.Replicates, other.Replicates)

	t.Run("difference", func(t *testing.T) {
		d, err := b.Difference(len(y), stat, stat)
		require.NoError(t, err)
		require.Equal(t, Interval{Level: 0.95}, d.Interval)
		noisy := slices.Clone(p)
		for i := range noisy {
			noisy[i] += float64(i%2)*2 - 1
		}
		d, err = b.Difference(len(y), stat, Pairs(y, noisy, R2[float64]))
		require.NoError(t, err)
		require.Less(t, d.High, 0.0)
	})
	t.Run("undefined replicates are counted", func(t *testing.T) {
		truth := []bool{true, false, false, false, false, false, true, false, false, false}
		score := []float64{0.4, 0.2, 0.3, 0.1, 0.6, 0.1, 0.7, 0.2, 0.3, 0.2}
		m := Bootstrap{Method: Percentile, Replicas: 500}
		r, err := m.Run(10, Pairs(truth, score, D2Brier[float64]))
		require.NoError(t, err)
		require.Positive(t, r.Undefined)
		m.Strata = []int{1, 0, 0, 0, 0, 0, 1, 0, 0, 0}
		r, err = m.Run(10, Pairs(truth, score, D2Brier[float64]))
		require.NoError(t, err)
		require.Zero(t, r.Undefined)
		_, err = m.Run(10, func(rows []int) (float64, error) {
			if slices.IsSorted(rows) {
				return 1, nil
			}
			return math.NaN(), nil
		})
		require.ErrorIs(t, err, mlgauge.ErrUndefined)
	})
	t.Run("groups in the jackknife", func(t *testing.T) {
		j, err := Jackknife(10, 3, func(rows []int) (float64, error) { return float64(len(rows)), nil })
		require.NoError(t, err)
		require.Equal(t, []float64{7, 7, 7, 9}, j)
	})
}

func TestDummyGolden(t *testing.T) {
	g := loadProbability(t).Dummy
	names := map[string]ClassBaseline{"prior": Prior, "most_frequent": MostFrequent, "uniform": UniformClass, "constant": ConstantClass}
	for _, c := range g.Want {
		d := DummyClassifier[string]{Strategy: names[c.Strategy], Constant: "c"}
		if c.Weighted {
			require.NoError(t, d.FitWeighted(g.Y, g.W.Values()))
		} else {
			require.NoError(t, d.Fit(g.Y))
		}
		require.Equal(t, c.Classes, d.Classes)
		p, err := d.PredictProba(2)
		require.NoError(t, err)
		golden.EqualSlice(t, c.Strategy, c.Proba.Values(), p.RawRowView(1), 1e-15)
		l, err := d.Predict(2)
		require.NoError(t, err)
		if c.Predict != "" {
			require.Equal(t, []string{c.Predict, c.Predict}, l)
		}
	}
	d := DummyClassifier[string]{Strategy: Stratified, Seed: 5}
	require.NoError(t, d.Fit(g.Y))
	l, err := d.Predict(6000)
	require.NoError(t, err)
	n := map[string]int{}
	for _, v := range l {
		n[v]++
	}
	require.InDelta(t, 2000, n["a"], 150)
	require.InDelta(t, 1000, n["d"], 120)

	r := loadRegression(t).Dummy
	values := map[string]ValueBaseline{"mean": MeanValue, "median": MedianValue, "quantile": QuantileValue}
	for _, c := range r.Want {
		d := DummyRegressor{Strategy: values[c.Strategy], Q: math.Max(0, float64(c.Q))}
		require.NoError(t, d.Fit(r.Y.Values()))
		golden.Equal(t, c.Strategy, float64(c.Plain), d.Value, 1e-15)
		require.NoError(t, d.FitWeighted(r.Y.Values(), r.W.Values()))
		golden.Equal(t, c.Strategy+" weighted", float64(c.Weighted), d.Value, 1e-15)
	}
}
