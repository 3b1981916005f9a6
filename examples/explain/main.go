// Explain fits a logistic regression of credit risk and asks why it says what it
// says: which features it needs, how the risk moves with one of them, and what
// made the risk of one applicant differ from the average.
//
//	go run ./examples/explain
//	go run ./examples/explain credit.csv
//
// By default it reads the German credit data (1000 loans, UCI Statlog).
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"os"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
	"gonum.org/v1/gonum/stat"

	"github.com/mlgauge/mlgauge/explain"
	"github.com/mlgauge/mlgauge/metrics"
	"github.com/mlgauge/mlgauge/table"
)

var features = []string{"duration", "amount", "installment_rate", "age", "owns home", "overdrawn", "balance below 200"}

func main() {
	log.SetFlags(0)
	path := "testdata/german_credit.csv"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	if err := run(context.Background(), os.Stdout, path); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, w io.Writer, path string) error {
	x, bad, err := read(path)
	if err != nil {
		return err
	}
	intercept, coef, err := fit(x, bad)
	if err != nil {
		return err
	}
	// The model: the probability of a bad loan, for a batch of rows.
	model := func(dst []float64, x *mat.Dense) error {
		for i := range dst {
			dst[i] = 1 / (1 + math.Exp(-intercept-mat.Dot(x.RowView(i), mat.NewVecDense(len(coef), coef))))
		}
		return nil
	}
	if err := explain.Check(ctx, model, x); err != nil {
		return err
	}

	// What the model needs: the two account columns are one piece of knowledge
	// and are shuffled together.
	groups := [][]int{{0}, {1}, {2}, {3}, {4}, {5, 6}}
	imp, err := explain.Permute(ctx, model, x, bad, metrics.AUC[float64], explain.PermutationOptions{Groups: groups, Repeats: 10})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "AUC %.3f on the training rows; lost when a feature is shuffled (95%% interval):\n", imp.Baseline)
	for g, name := range append(features[:5:5], "account") {
		fmt.Fprintf(w, "  %-18s %+.3f  [%+.3f, %+.3f]\n", name, imp.Importance[g].Value, imp.Importance[g].Low, imp.Importance[g].High)
	}

	// How the risk moves with the duration of the loan.
	pdp, err := explain.PartialDependence{Resolution: 5}.Explain(ctx, model, x, 0)
	if err != nil {
		return err
	}
	ale, err := explain.Accumulated{Bins: 4}.Explain(ctx, model, x, 0)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\naverage risk by duration in months:\n")
	for k, v := range pdp.Grid[0] {
		fmt.Fprintf(w, "  %4.0f  %.3f  [%.3f, %.3f]\n", v, pdp.Average[k], pdp.Low[k], pdp.High[k])
	}
	fmt.Fprintf(w, "the same accumulated from rows near each edge (local effects):\n")
	for k, v := range ale.Edges {
		fmt.Fprintf(w, "  %4.0f  %.3f\n", v, ale.Mean+ale.Effect[k])
	}
	// The installment rate is a category with an order.
	rate, err := explain.Accumulated{Order: []float64{1, 2, 3, 4}}.Category(ctx, model, x, 2)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "by installment rate, 1 to 4 (accumulated):")
	for _, v := range rate.Effect {
		fmt.Fprintf(w, "  %.3f", rate.Mean+v)
	}
	fmt.Fprintln(w)

	// Why the second applicant is a risk: exact Shapley values against 100 loans.
	background := x.Slice(0, 100, 0, len(features)).(*mat.Dense)
	one := x.Slice(1, 2, 0, len(features)).(*mat.Dense)
	shap, err := explain.ExactShapley{}.Explain(ctx, model, background, one)
	if err != nil {
		return err
	}
	lime, err := explain.LIME{Categorical: []int{2, 4, 5, 6}}.Explain(ctx, model, x, x.RawRowView(1))
	if err != nil {
		return err
	}
	local := make(map[int]string)
	for k, j := range lime.Features {
		local[j] = fmt.Sprintf("%+.3f  %s", lime.Coef[k], lime.Condition[k])
	}
	fmt.Fprintf(w, "\none applicant: risk %.3f, average of 100 loans %.3f\n", shap.Predictions[0], shap.Base)
	fmt.Fprintf(w, "  %-18s %8s  %7s   LIME, x being the feature (R2 %.2f)\n", "", "value", "Shapley", lime.R2)
	for j, name := range features {
		fmt.Fprintf(w, "  %-18s %8g  %+7.3f   %s\n", name, one.At(0, j), shap.Values.At(0, j), local[j])
	}
	fmt.Fprintf(w, "  base and values add up to the risk within %.0e\n", max(1e-15, shap.Gap))
	return nil
}

// read returns the features of every loan and whether it went bad.
func read(path string) (*mat.Dense, []bool, error) {
	t, err := table.ReadFile(path, table.Options{Types: map[string]table.Type{
		"duration": table.Float, "amount": table.Float, "installment_rate": table.Float, "age": table.Float,
	}})
	if err != nil {
		return nil, nil, err
	}
	x := mat.NewDense(t.NumRows(), len(features), nil)
	for j, name := range features[:4] {
		v, err := t.Floats(name)
		if err != nil {
			return nil, nil, err
		}
		x.SetCol(j, v)
	}
	is := func(column, value string) ([]bool, error) {
		v, err := t.Strings(column)
		if err != nil {
			return nil, err
		}
		return metrics.IsPositive(nil, v, value), nil
	}
	for j, c := range [][2]string{{"housing", "own"}, {"account", "overdrawn"}, {"account", "below 200"}} {
		v, err := is(c[0], c[1])
		if err != nil {
			return nil, nil, err
		}
		for i, yes := range v {
			if yes {
				x.Set(i, 4+j, 1)
			}
		}
	}
	bad, err := is("risk", "bad")
	return x, bad, err
}

// fit returns the coefficients of a logistic regression on x, found on
// standardised columns.
func fit(x *mat.Dense, y []bool) (intercept float64, coef []float64, err error) {
	n, d := x.Dims()
	z := mat.NewDense(n, d, nil)
	mean, sd := make([]float64, d), make([]float64, d)
	for j := range d {
		col := mat.Col(nil, j, x)
		mean[j], sd[j] = stat.PopMeanStdDev(col, nil)
		for i, v := range col {
			z.Set(i, j, (v-mean[j])/sd[j])
		}
	}
	margin := func(b []float64, i int) float64 {
		m := b[d]
		for j, v := range z.RawRowView(i) {
			m += b[j] * v
		}
		if !y[i] {
			m = -m
		}
		return m
	}
	problem := optimize.Problem{
		Func: func(b []float64) float64 {
			loss := 0.0
			for i := range n {
				loss += math.Log1p(math.Exp(-margin(b, i))) / float64(n)
			}
			return loss
		},
		Grad: func(grad, b []float64) {
			clear(grad)
			for i := range n {
				g := -1 / (1 + math.Exp(margin(b, i))) / float64(n)
				if !y[i] {
					g = -g
				}
				for j, v := range z.RawRowView(i) {
					grad[j] += g * v
				}
				grad[d] += g
			}
		},
	}
	res, err := optimize.Minimize(problem, make([]float64, d+1), &optimize.Settings{GradientThreshold: 1e-6}, &optimize.BFGS{})
	if err != nil {
		return 0, nil, err
	}
	coef, intercept = res.X[:d], res.X[d]
	for j := range coef {
		coef[j] /= sd[j]
		intercept -= coef[j] * mean[j]
	}
	return intercept, coef, nil
}
