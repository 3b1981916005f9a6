package guide

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/mlgauge/mlgauge/drift"
)

func driftRows() []Row {
	return []Row{
		{Section: "Distribution comparison metrics", Name: "TVD", States: "half the sum of |p - q|; 0 = exactly the same, 1 = completely different", Check: checkTVD},
		{Section: "Distribution comparison metrics", Name: "KL", States: "sum p ln(p/q); not symmetric; 0 means identical", Check: checkKL},
		{Section: "Distribution comparison metrics", Name: "JS", States: "the symmetric relative of KL", Check: checkJS},
		{Section: "Distribution comparison metrics", Name: "KS", States: "the largest difference of two distribution functions", Check: checkKS},
		{Section: "Distribution comparison metrics", Name: "Lp norm", States: "the p-norm of the difference of two distributions", Check: checkLp},
		{Section: "Drift detection", Name: "Concept drift", States: "the relation to the target changes", Check: checkConcept},
		{Section: "Quality monitoring", Name: "Control charts", States: "statistical process control: a point beyond 3 sigma is a signal", Check: checkChart},
	}
}

func checkTVD() (Result, error) {
	half, err := drift.TVD([]float64{70, 30}, []float64{50, 50})
	if err != nil {
		return Result{}, err
	}
	same, err := drift.TVD([]float64{7, 3}, []float64{70, 30})
	if err != nil {
		return Result{}, err
	}
	apart, err := drift.TVD([]float64{1, 0}, []float64{0, 1})
	return Result{
		Got:     fmt.Sprintf("(0.7, 0.3) against (0.5, 0.5): %.2f; the same: %.0f; disjoint: %.0f", half, same, apart),
		Verdict: verdict(near(0.2, half, 1e-12) && same == 0 && apart == 1),
	}, err
}

func checkKL() (Result, error) {
	p, q := []float64{90, 10}, []float64{50, 50}
	ab, err := drift.KL(p, q, drift.NoSmoothing())
	if err != nil {
		return Result{}, err
	}
	ba, err := drift.KL(q, p, drift.NoSmoothing())
	if err != nil {
		return Result{}, err
	}
	aa, err := drift.KL(p, p, drift.NoSmoothing())
	// 0.9 ln 1.8 + 0.1 ln 0.2 and 0.5 ln(5/9) + 0.5 ln 5
	return Result{
		Got:     fmt.Sprintf("KL(A||B) = %.4f, KL(B||A) = %.4f, KL(A||A) = %.0f nats", ab, ba, aa),
		Verdict: verdict(near(0.3680642, ab, 5e-8) && near(0.5108256, ba, 5e-8) && aa == 0),
	}, err
}

func checkJS() (Result, error) {
	p, q := []float64{90, 10}, []float64{50, 50}
	ab, err := drift.JensenShannon(p, q, 2)
	if err != nil {
		return Result{}, err
	}
	ba, err := drift.JensenShannon(q, p, 2)
	if err != nil {
		return Result{}, err
	}
	apart, err := drift.JensenShannon([]float64{1, 0}, []float64{0, 1}, 2)
	// m = (0.7, 0.3): H(m) - (H(p) + H(q))/2 = 0.8812909 - 0.7344978
	return Result{
		Got:     fmt.Sprintf("JS = %.4f both ways, %.0f bit at most", ab, apart),
		Verdict: verdict(near(0.1467931, ab, 5e-8) && ab == ba && near(1, apart, 1e-12)),
	}, err
}

func checkLp() (Result, error) {
	p, q := []float64{70, 30}, []float64{50, 50}
	two, err := drift.Lp(p, q, 2)
	if err != nil {
		return Result{}, err
	}
	most, err := drift.Lp(p, q, math.Inf(1))
	return Result{
		Got:     fmt.Sprintf("(0.7, 0.3) against (0.5, 0.5): p = 2 %.4f, p = inf %.2f", two, most),
		Verdict: verdict(near(math.Sqrt(0.08), two, 1e-12) && near(0.2, most, 1e-12)),
	}, err
}

func checkKS() (Result, error) {
	// After 3, F is 3/4 and G is 1/4.
	r, err := drift.KS([]float64{1, 2, 3, 6}, []float64{3, 4, 5, 7}, drift.TwoSided, drift.Auto)
	return Result{
		Got:     fmt.Sprintf("D = %.2f, exact p = %.4f", r.Statistic, r.PValue),
		Verdict: verdict(near(0.5, r.Statistic, 1e-12) && near(0.7714286, r.PValue, 5e-8)),
	}, err
}

func checkConcept() (Result, error) {
	rng := rand.New(rand.NewPCG(1, 1))
	var d drift.DDM
	found := -1
	for i := range 2000 {
		wrong := 0.0
		if p := 0.1; rng.Float64() < p || i >= 1000 && rng.Float64() < 0.4 {
			wrong = 1
		}
		s, err := d.Add(wrong)
		if err != nil {
			return Result{}, err
		}
		if s == drift.Drift {
			found = i
			break
		}
	}
	return Result{
		Got:     fmt.Sprintf("error rate 10%%, then 46%% from prediction 1000 on: DDM says drift at %d", found),
		Verdict: verdict(found >= 1000 && found < 1100),
	}, nil
}

func checkChart() (Result, error) {
	c, err := drift.ChartConstants(5)
	if err != nil {
		return Result{}, err
	}
	p, err := drift.P([]float64{5, 6, 4, 5, 20}, []float64{100, 100, 100, 100, 100})
	if err != nil {
		return Result{}, err
	}
	out := p.OutOfControl()
	// pbar = 0.08, upper limit 0.08 + 3 sqrt(0.08 0.92/100)
	return Result{
		Got:     fmt.Sprintf("d2(5) = %.4f; p-chart limit %.4f, signal at sample %v", c.D2, p.Points[0].Upper, out),
		Verdict: verdict(near(2.3259, c.D2, 1e-4) && near(0.08+3*math.Sqrt(0.08*0.92/100), p.Points[0].Upper, 1e-12) && len(out) == 1 && out[0] == 4),
	}, nil
}
