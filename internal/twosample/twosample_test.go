package twosample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mlgauge/mlgauge/internal/golden"
)

// Fisher against sums of log-factorials, for counts at which those are exact
// enough.
func TestFisherAgainstFactorials(t *testing.T) {
	lg := func(n int) float64 { v, _ := math.Lgamma(float64(n) + 1); return v }
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		a, b, c, d := r.IntN(12), r.IntN(12), r.IntN(12), r.IntN(12)
		n1, n2, k := a+b, c+d, a+c
		if n1 == 0 || n2 == 0 || k == 0 || b+d == 0 {
			continue
		}
		prob := func(x int) float64 {
			return math.Exp(lg(n1) + lg(n2) + lg(k) + lg(b+d) - lg(n1+n2) - lg(x) - lg(n1-x) - lg(k-x) - lg(n2-k+x))
		}
		var less, greater, both float64
		for x := max(0, k-n2); x <= min(n1, k); x++ {
			p := prob(x)
			if x <= a {
				less += p
			}
			if x >= a {
				greater += p
			}
			if p <= prob(a)*(1+1e-7) {
				both += p
			}
		}
		l, g, bo := Fisher(int64(a), int64(b), int64(c), int64(d))
		golden.Equal(t, "less", math.Min(1, less), l, 1e-11)
		golden.Equal(t, "greater", math.Min(1, greater), g, 1e-11)
		golden.Equal(t, "both", math.Min(1, both), bo, 1e-11)
	}
}

func TestFisherFarTail(t *testing.T) {
	l, g, b := Fisher(1_000_000, 0, 0, 1_000_000)
	if l != 1 || g != 0 || b != 0 {
		t.Errorf("disjoint millions: %v %v %v", l, g, b)
	}
	if l, g, b = Fisher(0, 5, 0, 7); l != 1 || g != 1 || b != 1 {
		t.Errorf("empty column: %v %v %v", l, g, b)
	}
}

func TestRanksAgainstPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		x, y := make([]float64, 1+r.IntN(20)), make([]float64, 1+r.IntN(20))
		for i := range x {
			x[i] = float64(r.IntN(8))
		}
		for i := range y {
			y[i] = float64(r.IntN(8))
		}
		slices.Sort(x)
		slices.Sort(y)
		var u float64
		for _, a := range x {
			for _, b := range y {
				switch {
				case a > b:
					u++
				case a == b:
					u += 0.5
				}
			}
		}
		if got := RanksOf(x, y).U; got != u {
			t.Fatalf("U: want %v, got %v", u, got)
		}
	}
}

// USurvival against counting all orders of 3 and 4 values.
func TestUSurvivalAgainstOrders(t *testing.T) {
	counts := make([]int, 13)
	total := 0
	for set := range 1 << 7 {
		var u, below, n int
		for i := range 7 {
			if set>>i&1 == 1 {
				n++
				u += below
			} else {
				below++
			}
		}
		if n == 3 {
			counts[u]++
			total++
		}
	}
	tail := total
	for u, c := range counts {
		golden.Equal(t, "tail", float64(tail)/float64(total), USurvival(3, 4, u), 1e-13)
		tail -= c
	}
}
