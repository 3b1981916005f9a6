package guide

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/preprocess"
)

const selection = "Feature selection and creation"

func preprocessFeaturesRows() []Row {
	return []Row{
		{Section: selection, Name: "Correlation", States: "features are selected by correlation with the target", Check: correlationRow},
		{Section: selection, Name: "Mutual information", States: "features are selected by mutual information", Check: mutualInformationRow},
		{Section: selection, Name: "PCA", States: "dimensions are reduced to the directions of largest variance", Check: pcaRow},
		{Section: selection, Name: "Polynomial terms", States: "x1, x2 -> x1^2, x1 x2, x2^2", Check: polynomialRow},
		{Section: selection, Name: "Ratios", States: "one feature over another", Check: ratioRow},
		{Section: selection, Name: "Time lags", States: "the value of earlier rows as a feature", Check: lagRow},
	}
}

// By hand: deviations (-2 -1 0 1 2) and (-2 -2 1 0 3): 12 / sqrt(10 18) = 0.8944.
func correlationRow() (Result, error) {
	x, y := []float64{1, 2, 3, 4, 5}, []float64{2, 2, 5, 4, 7}
	r, err := preprocess.Pearson.Correlate(x, y)
	if err != nil {
		return Result{}, err
	}
	// Of the 10 pairs 8 agree, 1 does not, 1 is tied: (8-1) / sqrt(10 9).
	k, err := preprocess.Kendall.Correlate(x, y)
	return Result{
		Got:     fmt.Sprintf("[1 2 3 4 5] with [2 2 5 4 7]: Pearson %.4f, Kendall %.4f", r, k),
		Verdict: verdict(near(0.894427, r, 1e-6) && near(7/math.Sqrt(90), k, 1e-12)),
	}, err
}

// A column equal to a target of two classes with shares 1/2 tells ln 2 nats, an
// independent one nothing.
func mutualInformationRow() (Result, error) {
	x := mat.NewDense(4, 2, []float64{0, 0, 0, 1, 1, 0, 1, 1})
	mi, err := preprocess.MutualInfo{Discrete: []bool{true, true}}.Classification(x, []int{0, 0, 1, 1})
	if err != nil {
		return Result{}, err
	}
	return Result{
		Got:     fmt.Sprintf("the target itself %.4f nats, an independent column %.4f", mi[0], mi[1]),
		Verdict: verdict(near(math.Ln2, mi[0], 1e-12) && near(0, mi[1], 1e-12)),
	}, nil
}

// The points (-1,-1), (0,0), (1,1) and (1,-1), (-1,1) at half the distance: the
// variances along and across the diagonal are 4/4 and 1/4, so 80% and 20%.
func pcaRow() (Result, error) {
	x := mat.NewDense(5, 2, []float64{-1, -1, 0, 0, 1, 1, .5, -.5, -.5, .5})
	p := preprocess.PCA{Share: 0.75}
	if err := p.Fit(x); err != nil {
		return Result{}, err
	}
	c := p.Components[0]
	return Result{
		Got:     fmt.Sprintf("%d of 2 components explains %.0f%%, along (%.4f, %.4f)", len(p.Components), 100*p.ExplainedRatio[0], c[0], c[1]),
		Verdict: verdict(len(p.Components) == 1 && near(0.8, p.ExplainedRatio[0], 1e-12) && near(math.Sqrt(.5), c[0], 1e-12) && near(math.Sqrt(.5), c[1], 1e-12)),
	}, nil
}

func polynomialRow() (Result, error) {
	p := preprocess.Polynomial{NoBias: true}
	x := mat.NewDense(1, 2, []float64{3, 5})
	if err := p.Fit(x); err != nil {
		return Result{}, err
	}
	out, err := p.Transform(nil, x)
	if err != nil {
		return Result{}, err
	}
	names, err := p.FeatureNames([]string{"x1", "x2"})
	return Result{
		Got:     fmt.Sprintf("(3, 5) -> %s: %v", strings.Join(names, ", "), out.RawRowView(0)),
		Verdict: verdict(slices.Equal(out.RawRowView(0), []float64{3, 5, 9, 15, 25})),
	}, err
}

func ratioRow() (Result, error) {
	c := preprocess.Combine{Columns: []preprocess.Combination{{Op: preprocess.Ratio, A: 0, B: 1}}, Drop: true}
	x := mat.NewDense(2, 2, []float64{6, 4, 1, 0})
	if err := c.Fit(x); err != nil {
		return Result{}, err
	}
	out, err := c.Transform(nil, x)
	if err != nil {
		return Result{}, err
	}
	return Result{
		Got:     fmt.Sprintf("6 over 4 is %v; 1 over 0 is missing (%v)", out.At(0, 0), out.At(1, 0)),
		Verdict: verdict(out.At(0, 0) == 1.5 && math.IsNaN(out.At(1, 0))),
	}, nil
}

func lagRow() (Result, error) {
	l := preprocess.Lags{Drop: true}
	x := mat.NewDense(3, 1, []float64{10, 20, 30})
	if err := l.Fit(x); err != nil {
		return Result{}, err
	}
	out, err := l.Transform(nil, x)
	if err != nil {
		return Result{}, err
	}
	lag := mat.Col(nil, 0, out)
	return Result{
		Got:     fmt.Sprintf("[10 20 30] a row before: %v", lag),
		Verdict: verdict(math.IsNaN(lag[0]) && lag[1] == 10 && lag[2] == 20),
	}, nil
}
