// Bias looks at 1,000 German loans and at the decisions of a model on them: who is
// treated worse, is it more than chance, and what each remedy changes.
//
//	go run ./examples/bias
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/mlgauge/mlgauge/bias"
	"github.com/mlgauge/mlgauge/bias/mitigate"
	"github.com/mlgauge/mlgauge/table"
)

func main() {
	_, here, _, _ := runtime.Caller(0)
	in := flag.String("in", filepath.Join(filepath.Dir(here), "..", "..", "testdata", "german_credit.csv"), "the loans")
	flag.Parse()
	if err := run(os.Stdout, *in); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// loans is the file, by column.
type loans struct {
	sex, risk, predicted, housing, account, history []string
	score, age                                      []float64
	money                                           *mat.Dense // amount, duration
	good, said                                      []bool
}

func read(path string) (*loans, error) {
	t, err := table.ReadFile(path, table.Options{})
	if err != nil {
		return nil, err
	}
	l := &loans{money: mat.NewDense(t.NumRows(), 2, nil)}
	for name, to := range map[string]*[]string{"sex": &l.sex, "risk": &l.risk, "predicted": &l.predicted, "housing": &l.housing, "account": &l.account, "history": &l.history} {
		if *to, err = t.Strings(name); err != nil {
			return nil, err
		}
	}
	for name, to := range map[string]*[]float64{"score": &l.score, "age": &l.age} {
		if *to, err = t.Floats(name); err != nil {
			return nil, err
		}
	}
	for j, name := range []string{"amount", "duration"} {
		x, err := t.Floats(name)
		if err != nil {
			return nil, err
		}
		l.money.SetCol(j, x)
	}
	for i := range l.risk {
		l.good = append(l.good, l.risk[i] == "good")
		l.said = append(l.said, l.predicted[i] == "good")
	}
	return l, nil
}

func run(w io.Writer, path string) error {
	l, err := read(path)
	if err != nil {
		return err
	}
	for _, step := range []func(io.Writer, *loans) error{finding, decisions, weights, features, classes, copies} {
		if err := step(w, l); err != nil {
			return err
		}
	}
	return nil
}

// view counts decisions by sex.
func (l *loans) view(said []bool, w []float64) (*bias.Facet, error) {
	var c bias.Counts
	b := bias.Batch{Facet: bias.Labels(l.sex), Label: bias.Bools(l.good), Stratum: bias.Labels(l.housing), Weights: w}
	if said != nil {
		b.Prediction = bias.Bools(said)
	}
	if err := c.Add(b); err != nil {
		return nil, err
	}
	return c.Facet([]string{"female"}, []string{"true"})
}

// finding says in words what the intervals show.
func finding(w io.Writer, l *loans) error {
	f, err := l.view(l.said, nil)
	if err != nil {
		return err
	}
	report, err := f.Report(bias.Bootstrap{})
	if err != nil {
		return err
	}
	v := make(map[string]bias.Finding)
	for _, x := range report {
		v[x.Name] = x
	}
	a, d := f.Sizes()
	fmt.Fprintf(w, "%.0f loans of men, %.0f of women.\n", a, d)
	say := func(text, name string) {
		x := v[name]
		word := "within chance"
		if x.Excludes {
			word = "more than chance"
		}
		fmt.Fprintf(w, "  %-58s %s = %6.3f [%6.3f, %6.3f]: %s\n", text, name, x.Interval.Value, x.Interval.Low, x.Interval.High, word)
	}
	say("Men were good risks more often than women by", "DPL")
	say("The model calls men good more often than women by", "DPPL")
	say("A woman is called good this many times as often:", "DI")
	say("Good risks are recognised more often for men by", "RD")
	say("Accuracy is higher for men by", "AD")
	return nil
}

// accuracy is the share of right decisions.
func (l *loans) accuracy(said []bool) float64 {
	right := 0
	for i, s := range said {
		if s == l.good[i] {
			right++
		}
	}
	return float64(right) / float64(len(said))
}

// decisions moves thresholds by group.
func decisions(w io.Writer, l *loans) error {
	parity := mitigate.ThresholdOptimizer[string]{}
	odds := mitigate.ThresholdOptimizer[string]{Constraint: mitigate.EqualizedOdds}
	reject := mitigate.RejectOption{}
	women := make([]bool, len(l.sex))
	for i, s := range l.sex {
		women[i] = s == "female"
	}
	if err := parity.Fit(l.score, l.good, l.sex); err != nil {
		return err
	}
	if err := odds.Fit(l.score, l.good, l.sex); err != nil {
		return err
	}
	if err := reject.Fit(l.score, l.good, women); err != nil {
		return err
	}
	drawn, err := parity.Predict(l.score, l.sex, 1)
	if err != nil {
		return err
	}
	fixed, err := parity.PredictDeterministic(l.score, l.sex)
	if err != nil {
		return err
	}
	equal, err := odds.Predict(l.score, l.sex, 1)
	if err != nil {
		return err
	}
	margin, err := reject.Predict(l.score, women)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nDecisions\n  %-40s %8s %8s %8s\n", "", "DPPL", "RD", "accuracy")
	for _, x := range []struct {
		name string
		said []bool
	}{{"the model, threshold 0.5", l.said}, {"thresholds for parity, drawn", drawn}, {"thresholds for parity, one each", fixed}, {"thresholds for equalised odds, drawn", equal}, {"reject option", margin}} {
		f, err := l.view(x.said, nil)
		if err != nil {
			return err
		}
		dppl, err := f.DPPL()
		if err != nil {
			return err
		}
		rd, err := f.RD()
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "  %-40s %8.3f %8.3f %8.3f\n", x.name, dppl, rd, l.accuracy(x.said))
	}
	return nil
}

// weights makes sex and risk independent in the training data.
func weights(w io.Writer, l *loans) error {
	var r mitigate.Reweighing[string, string]
	if err := r.Fit(l.sex, l.risk, nil); err != nil {
		return err
	}
	by, err := r.Transform(nil, l.sex, l.risk, nil)
	if err != nil {
		return err
	}
	before, err := l.view(nil, nil)
	if err != nil {
		return err
	}
	after, err := l.view(nil, by)
	if err != nil {
		return err
	}
	a, err := before.DPL()
	if err != nil {
		return err
	}
	b, err := after.DPL()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nReweighing: DPL of the labels %.3f -> %.3f\n", a, math.Abs(b))
	for _, c := range r.Cells {
		fmt.Fprintf(w, "  %-6s %-4s counts %.3f\n", c.Group, c.Label, c.Factor)
	}
	return nil
}

// features takes sex out of amount and duration.
func features(w io.Writer, l *loans) error {
	n := len(l.sex)
	female := make([]float64, n)
	x := mat.NewDense(n, 3, nil)
	for i, s := range l.sex {
		if s == "female" {
			female[i] = 1
		}
		x.SetRow(i, []float64{female[i], l.money.At(i, 0), l.money.At(i, 1)})
	}
	r := mitigate.CorrelationRemover{Sensitive: []int{0}}
	if err := r.Fit(x); err != nil {
		return err
	}
	plain, err := r.Transform(nil, x)
	if err != nil {
		return err
	}
	repaired, err := mitigate.RemoveDisparateImpact(nil, l.money, l.sex, 1)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nCorrelation with sex\n  %-40s %8s %8s\n", "", "amount", "duration")
	for _, v := range []struct {
		name string
		x    *mat.Dense
	}{{"as given", l.money}, {"correlation removed", plain}, {"disparate impact removed", repaired}} {
		fmt.Fprintf(w, "  %-40s", v.name)
		for j := range 2 {
			// + 0 turns -0 into 0.
			fmt.Fprintf(w, " %8.3f", math.Round(1000*stat.Correlation(mat.Col(nil, j, v.x), female, nil))/1000+0)
		}
		fmt.Fprintln(w)
	}
	return nil
}

// copies makes as many synthetic loans and says how good they are.
func copies(w io.Writer, l *loans) error {
	text := func(name string, x []string) mitigate.SynthColumn {
		c := bias.Labels(x)
		return mitigate.SynthColumn{Name: name, Codes: c.Codes, Values: c.Values}
	}
	real := []mitigate.SynthColumn{
		text("sex", l.sex), text("housing", l.housing), text("risk", l.risk),
		{Name: "age", Numbers: l.age}, {Name: "amount", Numbers: mat.Col(nil, 0, l.money)}, {Name: "duration", Numbers: mat.Col(nil, 1, l.money)},
	}
	var g mitigate.GaussianCopula
	if err := g.Fit(real); err != nil {
		return err
	}
	made, err := g.Sample(len(l.sex), 1)
	if err != nil {
		return err
	}
	r, err := mitigate.Compare(real, made)
	if err != nil {
		return err
	}
	worst := r.Columns[0]
	for _, c := range r.Columns {
		if c.Distance > worst.Distance {
			worst = c
		}
	}
	fmt.Fprintf(w, "\n%d synthetic loans: the column farthest from the real one is %s (%.3f),\n", len(l.sex), worst.Name, worst.Distance)
	fmt.Fprintf(w, "  correlations differ by %.3f on average, %d rows are exact copies,\n", r.MeanCorrelationDifference, r.ExactCopies)
	fmt.Fprintf(w, "  the closest real loan is %.3f away (median; real loans among themselves: %.3f)\n", r.MedianToReal, r.RealMedian)
	return nil
}
