package metrics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/golden"
)

// positivePairs makes truth and predictions in the domain of every loss, and
// small integer weights.
func positivePairs(n int, seed uint64) (y, p, w []float64) {
	r := rand.New(rand.NewPCG(seed, 11))
	y, p, w = make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range y {
		y[i] = r.ExpFloat64() + 0.01
		p[i] = y[i] * math.Exp(0.3*r.NormFloat64())
		w[i] = float64(r.IntN(4))
	}
	return y, p, w
}

// repeated returns every row as often as its weight says.
func repeated(x, w []float64) []float64 {
	var v []float64
	for i, k := range w {
		v = append(v, slices.Repeat(x[i:i+1], int(k))...)
	}
	return v
}

func TestLossProperties(t *testing.T) {
	y, p, w := positivePairs(3000, 1)
	yr, pr := repeated(y, w), repeated(p, w)
	for _, l := range []Loss{{}, PinballLoss(0.3), HuberLoss(0.2), LogCoshLoss(), TweedieLoss(-1), TweedieLoss(1), TweedieLoss(1.5), TweedieLoss(2), TweedieLoss(3)} {
		what := fmt.Sprint(l)
		whole, rep, merged := MeanLoss{Loss: l}, MeanLoss{Loss: l}, MeanLoss{}
		require.NoError(t, whole.AddWeighted(y, p, w))
		require.NoError(t, rep.Add(yr, pr))
		for lo := 0; lo < len(y); lo += 700 {
			hi := min(len(y), lo+700)
			part := MeanLoss{Loss: l}
			require.NoError(t, part.AddWeighted(y[lo:hi], p[lo:hi], w[lo:hi]))
			require.NoError(t, merged.Merge(&part))
		}
		want, err := whole.Interval(0.9)
		require.NoError(t, err)
		for _, s := range []*MeanLoss{&rep, &merged} {
			got, err := s.Interval(0.9)
			require.NoError(t, err)
			golden.Equal(t, what, want.Value, got.Value, 1e-12)
			golden.Equal(t, what+" low", want.Low, got.Low, 1e-11)
		}
		require.Equal(t, whole.Rows(), merged.Rows())
		if l.kind != tweedie && l.kind != pinball {
			continue
		}
		d, dr, dm := D2{Loss: l}, D2{Loss: l}, D2{}
		require.NoError(t, d.AddWeighted(y, p, w))
		require.NoError(t, dr.Add(yr, pr))
		a, b := D2{Loss: l}, D2{Loss: l}
		require.NoError(t, a.AddWeighted(y[:1000], p[:1000], w[:1000]))
		require.NoError(t, b.AddWeighted(y[1000:], p[1000:], w[1000:]))
		require.NoError(t, dm.Merge(&a))
		require.NoError(t, dm.Merge(&b))
		v, err := d.Score()
		require.NoError(t, err)
		for _, s := range []*D2{&dr, &dm} {
			got, err := s.Score()
			require.NoError(t, err)
			golden.Equal(t, what+" D2", v, got, 1e-11)
		}
	}
	// D2 of the squared error is R2.
	d2, err := D2Tweedie(y, p, 0)
	require.NoError(t, err)
	r2, err := R2(y, p)
	require.NoError(t, err)
	golden.Equal(t, "D2 and R2", r2, d2, 1e-12)
}

func TestAbsoluteErrorsProperties(t *testing.T) {
	y, p, w := positivePairs(2001, 2)
	var whole, rep, a, b AbsoluteErrors
	require.NoError(t, whole.AddWeighted(y, p, w))
	require.NoError(t, rep.Add(repeated(y, w), repeated(p, w)))
	require.NoError(t, a.Add(y[:1000], p[:1000]))
	require.NoError(t, b.AddWeighted(y[1000:], p[1000:], ones(1001)))
	require.NoError(t, a.Merge(&b))
	for _, q := range []float64{0, 0.1, 0.5, 0.9, 1} {
		v, err := whole.Quantile(q)
		require.NoError(t, err)
		got, err := rep.Quantile(q)
		require.NoError(t, err)
		golden.Equal(t, fmt.Sprint("quantile ", q), v, got, 1e-15)
	}
	v, err := MedianAE(y, p)
	require.NoError(t, err)
	got, err := a.Median()
	require.NoError(t, err)
	require.Equal(t, v, got)
	require.Equal(t, 2001, a.Rows())
}

func TestMultiProbabilityProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 11))
	const n, k = 700, 4
	p := mat.NewDense(n, k, nil)
	y, w := make([]int, n), make([]float64, n)
	for i := range y {
		row := p.RawRowView(i)
		var s float64
		for j := range row {
			row[j] = r.ExpFloat64()
			s += row[j]
		}
		for j := range row {
			row[j] /= s
		}
		y[i], w[i] = r.IntN(k), float64(r.IntN(3))
	}
	var whole, merged, rep MultiProbability
	require.NoError(t, whole.AddWeighted(y, p, w))
	for _, c := range [][2]int{{0, 100}, {100, 500}, {500, n}} {
		var part MultiProbability
		require.NoError(t, part.AddWeighted(y[c[0]:c[1]], p.Slice(c[0], c[1], 0, k), w[c[0]:c[1]]))
		require.NoError(t, merged.Merge(&part))
	}
	for i := range y {
		for range int(w[i]) {
			require.NoError(t, rep.Add(y[i:i+1], p.Slice(i, i+1, 0, k)))
		}
	}
	for _, f := range []func(*MultiProbability) (float64, error){
		(*MultiProbability).LogLoss, (*MultiProbability).Brier, (*MultiProbability).D2LogLoss, (*MultiProbability).D2Brier,
		func(s *MultiProbability) (float64, error) { i, err := s.BrierInterval(0.9); return i.Low, err },
	} {
		want, err := f(&whole)
		require.NoError(t, err)
		for _, s := range []*MultiProbability{&merged, &rep} {
			got, err := f(s)
			require.NoError(t, err)
			golden.Equal(t, "multi", want, got, 1e-11)
		}
	}
	// Two columns are the binary case.
	truth, q := make([]bool, n), make([]float64, n)
	two := mat.NewDense(n, 2, nil)
	code := make([]int, n)
	for i := range truth {
		q[i] = r.Float64()
		truth[i] = r.Float64() < q[i]
		two.SetRow(i, []float64{1 - q[i], q[i]})
		if truth[i] {
			code[i] = 1
		}
	}
	for _, f := range []struct {
		multi func([]int, mat.Matrix) (float64, error)
		one   func([]bool, []float64) (float64, error)
	}{{MultiLogLoss, LogLoss[float64]}, {MultiBrier, Brier[float64]}, {MultiD2LogLoss, D2LogLoss[float64]}, {MultiD2Brier, D2Brier[float64]}} {
		a, err := f.multi(code, two)
		require.NoError(t, err)
		b, err := f.one(truth, q)
		require.NoError(t, err)
		golden.Equal(t, "two columns", b, a, 1e-12)
	}
}

// TestBrierParts holds the terms against their definitions, bin by bin.
func TestBrierParts(t *testing.T) {
	y, p, _ := probaOf(400, 9)
	c := Calibration{Bins: 6}
	require.NoError(t, c.Add(y, p))
	d, err := c.BrierParts()
	require.NoError(t, err)
	var rel, res, wbv, wbc, base float64
	for _, v := range y {
		base += b2f(v) / 400
	}
	for k := range 6 {
		var n, mp, my float64
		in := func(i int) bool { return c.bin(p[i], 6) == k }
		for i := range p {
			if in(i) {
				n++
				mp += p[i]
				my += b2f(y[i])
			}
		}
		mp, my = mp/n, my/n
		rel += n / 400 * (mp - my) * (mp - my)
		res += n / 400 * (my - base) * (my - base)
		for i := range p {
			if in(i) {
				wbv += (p[i] - mp) * (p[i] - mp) / 400
				wbc += (p[i] - mp) * (b2f(y[i]) - my) / 400
			}
		}
	}
	golden.Equal(t, "reliability", rel, d.Reliability, 1e-12)
	golden.Equal(t, "resolution", res, d.Resolution, 1e-12)
	golden.Equal(t, "uncertainty", base*(1-base), d.Uncertainty, 1e-12)
	golden.Equal(t, "within variance", wbv, d.WithinVariance, 1e-12)
	golden.Equal(t, "within covariance", wbc, d.WithinCovariance, 1e-12)
}
