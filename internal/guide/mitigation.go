package guide

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/bias/mitigate"
)

// The technique rows of the bias mitigation section, on the guide's own imbalance of
// 95 No to 5 Yes.
func mitigationRows() []Row {
	const section = "Bias mitigation"
	return []Row{
		{Section: section, Name: "Oversampling", States: "the minority class is repeated", Check: oversampling},
		{Section: section, Name: "Undersampling", States: "the majority class is thinned", Check: undersampling},
		{Section: section, Name: "SMOTE", States: "new minority rows between neighbours", Check: smote},
		{Section: section, Name: "Synthetic data", States: "rows drawn from a model of the data", Check: synthetic},
	}
}

// imbalanced has 95 rows of No and 5 of Yes; the Yes rows lie on a line.
func imbalanced() (*mat.Dense, []string) {
	x, y := mat.NewDense(100, 2, nil), make([]string, 100)
	for i := range y {
		y[i] = "No"
		x.SetRow(i, []float64{float64(i), -1})
		if i >= 95 {
			y[i] = "Yes"
			x.SetRow(i, []float64{float64(i - 95), float64(2 * (i - 95))})
		}
	}
	return x, y
}

// picked counts the labels of chosen rows.
func picked(y []string, rows []int) (no, yes int) {
	for _, i := range rows {
		if y[i] == "Yes" {
			yes++
		} else {
			no++
		}
	}
	return no, yes
}

func oversampling() (Result, error) {
	_, y := imbalanced()
	rows, err := mitigate.Oversample(y, nil, 1)
	no, yes := picked(y, rows)
	return Result{Got: fmt.Sprintf("95 No, 5 Yes -> %d No, %d Yes", no, yes), Verdict: verdict(no == 95 && yes == 95)}, err
}

func undersampling() (Result, error) {
	_, y := imbalanced()
	rows, err := mitigate.Undersample(y, nil, false, 1)
	no, yes := picked(y, rows)
	return Result{Got: fmt.Sprintf("95 No, 5 Yes -> %d No, %d Yes", no, yes), Verdict: verdict(no == 5 && yes == 5)}, err
}

func smote() (Result, error) {
	x, y := imbalanced()
	r, err := mitigate.SMOTE[string]{K: 4, Seed: 1}.Resample(x, y)
	if err != nil {
		return Result{}, err
	}
	between := true // a row between two of the line y = 2x, 0 <= x <= 4, is on it
	for i := r.Original; i < len(r.Y); i++ {
		a, b := r.X.At(i, 0), r.X.At(i, 1)
		between = between && near(2*a, b, 1e-12) && a >= 0 && a <= 4 && r.Y[i] == "Yes"
	}
	return Result{
		Got:     fmt.Sprintf("%d new Yes rows, all between two old ones: %t", len(r.Y)-r.Original, between),
		Verdict: verdict(between && len(r.Y)-r.Original == 90),
	}, nil
}

func synthetic() (Result, error) {
	x, y := imbalanced()
	codes := make([]int32, len(y))
	for i, v := range y {
		if v == "Yes" {
			codes[i] = 1
		}
	}
	real := []mitigate.SynthColumn{{Name: "x", Numbers: mat.Col(nil, 0, x)}, {Name: "y", Codes: codes, Values: []string{"No", "Yes"}}}
	var g mitigate.GaussianCopula
	if err := g.Fit(real); err != nil {
		return Result{}, err
	}
	rows, err := g.Sample(2000, 1)
	if err != nil {
		return Result{}, err
	}
	r, err := mitigate.Compare(real, rows)
	if err != nil {
		return Result{}, err
	}
	return Result{
		Got:     fmt.Sprintf("2000 rows by a Gaussian copula: x differs by KS %.3f, y by TVD %.3f", r.Columns[0].Distance, r.Columns[1].Distance),
		Verdict: verdict(r.Columns[0].Distance < 0.05 && r.Columns[1].Distance < 0.02),
		Note:    "the guide names GAN-based approaches; this one needs no training and says how faithful it is",
	}, nil
}
