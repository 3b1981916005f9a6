package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"github.com/mlgauge/mlgauge/internal/golden"
)

// slowPlacements is the definition: every pair.
func slowPlacements(y []bool, x []float64) (v10, v01 []float64) {
	var pos, neg []float64
	for i, t := range y {
		if t {
			pos = append(pos, x[i])
		} else {
			neg = append(neg, x[i])
		}
	}
	v10, v01 = make([]float64, len(pos)), make([]float64, len(neg))
	for i, a := range pos {
		for j, b := range neg {
			var u float64
			if a > b {
				u = 1
			} else if a == b {
				u = 0.5
			}
			v10[i] += u / float64(len(neg))
			v01[j] += u / float64(len(pos))
		}
	}
	return v10, v01
}

func drawBinary(r *rand.Rand, n, decimals int) (y []bool, a, b, w []float64) {
	scale := math.Pow(10, float64(decimals))
	for i := range n {
		t := r.Float64() < 0.4 || i < 2
		if i >= n-2 {
			t = false
		}
		common := r.NormFloat64()
		if t {
			common++
		}
		y = append(y, t)
		a = append(a, math.Round((common+r.NormFloat64())*scale)/scale)
		b = append(b, math.Round((common+0.5*r.NormFloat64())*scale)/scale)
		w = append(w, float64(r.IntN(4)))
	}
	return y, a, b, w
}

func TestDeLongAgainstPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{5, 30, 200} {
		for _, decimals := range []int{0, 1, 9} {
			y, a, b, _ := drawBinary(r, n, decimals)
			a10, a01 := slowPlacements(y, a)
			b10, b01 := slowPlacements(y, b)
			m, k := float64(len(a10)), float64(len(a01))
			va := stat.Variance(a10, nil)/m + stat.Variance(a01, nil)/k
			vb := stat.Variance(b10, nil)/m + stat.Variance(b01, nil)/k
			cov := stat.Covariance(a10, b10, nil)/m + stat.Covariance(a01, b01, nil)/k
			var ra, rb ROC
			require.NoError(t, ra.Add(y, a))
			require.NoError(t, rb.Add(y, b))
			d, err := ra.DeLong()
			require.NoError(t, err)
			golden.Equal(t, "auc", stat.Mean(a10, nil), d.AUC, 1e-12)
			golden.Equal(t, "variance", va, d.Variance, 1e-12)
			require.Equal(t, len(a10), d.Positives)

			p, err := DeLongPaired(y, a, b)
			require.NoError(t, err)
			golden.Equal(t, "paired a", va, p.A.Variance, 1e-12)
			golden.Equal(t, "paired b", vb, p.B.Variance, 1e-12)
			require.InDelta(t, cov, p.Covariance, 1e-12*math.Sqrt(va*vb))
			require.InDelta(t, va+vb-2*cov, p.Variance, 1e-12*(va+vb))
			golden.Equal(t, "difference", p.A.AUC-p.B.AUC, p.Difference, 1e-15)
			golden.Equal(t, "p", math.Erfc(math.Abs(p.Z)/math.Sqrt2), p.PValue, 1e-12)
			back, err := DeLongPaired(y, b, a)
			require.NoError(t, err)
			golden.Equal(t, "turned round", p.Z, -back.Z, 1e-12)

			u, err := DeLongUnpaired(&ra, &rb)
			require.NoError(t, err)
			golden.Equal(t, "unpaired", va+vb, u.Variance, 1e-12)
			i, err := u.Interval(0.95)
			require.NoError(t, err)
			half := 1.959963984540054 * math.Sqrt(va+vb)
			require.InDelta(t, max(u.Difference-half, -1), i.Low, 1e-12)
			require.InDelta(t, min(u.Difference+half, 1), i.High, 1e-12)
		}
	}
}

// Worked by hand: positives 0.35 and 0.8, negatives 0.1 and 0.4. Placements of
// positives 1/2 and 1, of negatives 1 and 1/2; each variance 1/8, so the variance
// of the area is 1/8/2 + 1/8/2 = 1/8.
func TestDeLongByHand(t *testing.T) {
	var r ROC
	require.NoError(t, r.Add([]bool{false, false, true, true}, []float64{0.1, 0.4, 0.35, 0.8}))
	d, err := r.DeLong()
	require.NoError(t, err)
	require.Equal(t, DeLong{0.75, 0.125, 2, 2}, d)
	i, err := r.Interval(0.95)
	require.NoError(t, err)
	golden.Equal(t, "low", 0.75-1.959963984540054*math.Sqrt(0.125), i.Low, 1e-12)
	require.Equal(t, 1.0, i.High)
	l, err := d.LogitInterval(0.95)
	require.NoError(t, err)
	half := 1.959963984540054 * math.Sqrt(0.125) / (0.75 * 0.25)
	golden.Equal(t, "logit low", 1/(1+math.Exp(-(math.Log(3)-half))), l.Low, 1e-12)
	golden.Equal(t, "logit high", 1/(1+math.Exp(-(math.Log(3)+half))), l.High, 1e-12)
	one, err := AUCInterval([]bool{false, false, true, true}, []float32{0.1, 0.4, 0.35, 0.8}, 0.95)
	require.NoError(t, err)
	require.Equal(t, i, one)
}

func TestDeLongDegenerate(t *testing.T) {
	y := []bool{true, true, false, false}
	good, bad := []float64{3, 4, 1, 2}, []float64{1, 2, 3, 4}
	d, err := DeLongPaired(y, good, good)
	require.NoError(t, err)
	require.Equal(t, [3]float64{0, 0, 1}, [3]float64{d.Difference, d.Z, d.PValue})
	d, err = DeLongPaired(y, good, bad)
	require.NoError(t, err)
	require.Equal(t, [4]float64{1, 0, math.Inf(1), 0}, [4]float64{d.Difference, d.Variance, d.Z, d.PValue})
}
