package guide

import (
	"fmt"

	"github.com/mlgauge/mlgauge/bias"
)

func biasRows() []Row {
	return []Row{
		{Section: "Bias detection", Name: "Demographic parity", States: "equal outcomes across groups", Check: checkParity},
		{Section: "Bias detection", Name: "Equalized odds", States: "equal TPR and FPR across groups", Check: checkOdds},
		{Section: "Bias detection", Name: "Post-training metrics", States: "Clarify's bias of predictions: DPPL, DI, DCA, DCR, SD, RD, DAR, DRR, AD, TE, CDDPL, FT, GE", Check: checkPostTraining},
		{Section: "Distribution comparison metrics", Name: "DPL", States: "group A 70% positive, group B 50%: DPL = 20%", Check: checkDPL},
		{Section: "Distribution comparison metrics", Name: "CI", States: "95% No, 5% Yes -> highly imbalanced; 50/50 -> balanced", Check: checkImbalance},
		{Section: "Distribution comparison metrics", Name: "CDDL", States: "demographic disparity, conditional on a stratum", Check: checkCDDL},
	}
}

// groups makes a table from counts per side of true positives, false positives,
// false negatives and true negatives.
func groups(a, d [4]int) (*bias.Counts, error) {
	var c bias.Counts
	var facet []string
	var label, pred []bool
	for side, n := range [2][4]int{a, d} {
		for cell, k := range n {
			for range k {
				facet = append(facet, [2]string{"A", "B"}[side])
				label = append(label, cell == 0 || cell == 2)
				pred = append(pred, cell <= 1)
			}
		}
	}
	err := c.Add(bias.Batch{Facet: bias.Labels(facet), Label: bias.Bools(label), Prediction: bias.Bools(pred)})
	return &c, err
}

func checkDPL() (Result, error) {
	c, err := groups([4]int{70, 0, 0, 30}, [4]int{50, 0, 0, 50})
	if err != nil {
		return Result{}, err
	}
	f, err := c.Facet([]string{"B"}, []string{"true"})
	if err != nil {
		return Result{}, err
	}
	v, err := f.DPL()
	return Result{Got: fmt.Sprintf("70/100 - 50/100 = %.2f", v), Verdict: verdict(near(0.2, v, 1e-12))}, err
}

func checkImbalance() (Result, error) {
	uneven, err := bias.LabelImbalance([]float64{95, 5})
	if err != nil {
		return Result{}, err
	}
	even, err := bias.LabelImbalance([]float64{50, 50})
	if err != nil {
		return Result{}, err
	}
	return Result{
		Got:     fmt.Sprintf("(95-5)/100 = %.2f, (50-50)/100 = %.2f", uneven.BinarySpread, even.BinarySpread),
		Verdict: verdict(near(0.9, uneven.BinarySpread, 1e-12) && even.BinarySpread == 0),
	}, nil
}

// checkCDDL: two departments that treat women alike, one of which is hard to get
// into; the disparity over all is 1/15, inside the departments 0.
func checkCDDL() (Result, error) {
	var c bias.Counts
	var facet, stratum []string
	var label []bool
	for _, r := range []struct {
		facet, stratum string
		accepted       bool
		n              int
	}{{"M", "easy", true, 8}, {"M", "easy", false, 2}, {"F", "easy", true, 4}, {"F", "easy", false, 1}, {"M", "hard", true, 1}, {"M", "hard", false, 4}, {"F", "hard", true, 2}, {"F", "hard", false, 8}} {
		for range r.n {
			facet, stratum, label = append(facet, r.facet), append(stratum, r.stratum), append(label, r.accepted)
		}
	}
	if err := c.Add(bias.Batch{Facet: bias.Labels(facet), Stratum: bias.Labels(stratum), Label: bias.Bools(label)}); err != nil {
		return Result{}, err
	}
	f, err := c.Facet([]string{"F"}, []string{"true"})
	if err != nil {
		return Result{}, err
	}
	inside, err := f.CDDL()
	if err != nil {
		return Result{}, err
	}
	// Over all: women are 9 of 15 rejected and 6 of 15 accepted.
	all, err := f.DPL()
	return Result{
		Got:     fmt.Sprintf("over all DPL = %.2f, inside the strata CDDL = %.2f", all, inside),
		Verdict: verdict(near(0.2, all, 1e-12) && near(0, inside, 1e-12)),
	}, err
}

func checkParity() (Result, error) {
	c, err := groups([4]int{30, 10, 10, 50}, [4]int{15, 5, 10, 70})
	if err != nil {
		return Result{}, err
	}
	g, err := c.Groups("true")
	if err != nil {
		return Result{}, err
	}
	d, err := g.DemographicParityDifference()
	if err != nil {
		return Result{}, err
	}
	r, err := g.DemographicParityRatio()
	return Result{
		Got:     fmt.Sprintf("selected 40%% and 20%%: difference %.2f, ratio %.2f", d, r),
		Verdict: verdict(near(0.2, d, 1e-12) && near(0.5, r, 1e-12)),
	}, err
}

func checkOdds() (Result, error) {
	c, err := groups([4]int{30, 10, 10, 50}, [4]int{15, 5, 10, 70})
	if err != nil {
		return Result{}, err
	}
	g, err := c.Groups("true")
	if err != nil {
		return Result{}, err
	}
	// TPR 30/40 and 15/25; FPR 10/60 and 5/75.
	d, err := g.EqualizedOddsDifference(bias.Worst, bias.BetweenGroups)
	return Result{
		Got:     fmt.Sprintf("TPR 0.75 and 0.60, FPR 0.167 and 0.067: difference %.2f", d),
		Verdict: verdict(near(0.15, d, 1e-12)),
	}, err
}

func checkPostTraining() (Result, error) {
	c, err := groups([4]int{30, 10, 10, 50}, [4]int{15, 5, 10, 70})
	if err != nil {
		return Result{}, err
	}
	f, err := c.Facet([]string{"B"}, []string{"true"})
	if err != nil {
		return Result{}, err
	}
	ok := true
	var got string
	for _, m := range []struct {
		name  string
		value func() (float64, error)
		want  float64
	}{
		{"DPPL", f.DPPL, 0.4 - 0.2}, {"DI", f.DI, 0.5}, {"DCA", f.DCA, 40./40 - 25./20}, {"DCR", f.DCR, 75./80 - 60./60},
		{"RD", f.RD, 0.75 - 0.6}, {"SD", f.SD, 70./75 - 50./60}, {"DAR", f.DAR, 0}, {"DRR", f.DRR, 70./80 - 50./60},
		{"AD", f.AD, 0.8 - 0.85}, {"TE", f.TE, 10./5 - 10./10},
	} {
		v, err := m.value()
		if err != nil {
			return Result{}, err
		}
		ok = ok && near(m.want, v, 1e-12)
		got += fmt.Sprintf("%s %.3f ", m.name, v)
	}
	return Result{Got: got[:len(got)-1], Verdict: verdict(ok)}, nil
}
