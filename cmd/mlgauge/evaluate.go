package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

// task is what kind of prediction the file holds.
type task string

const (
	binary     task = "binary"
	multiclass task = "multiclass"
	regression task = "regression"
)

// evaluateOptions are the flags of evaluate.
type evaluateOptions struct {
	label, score, pred, positive, weight, task string
	scoreCols, by, min                         []string
	threshold                                  float64
	level                                      level
}

const evaluateLong = `Compares predictions with the truth and prints every metric of the task.

The task is binary with --score, multiclass with --score-cols. With --pred alone it
is regression if the labels and the predictions are numbers and, in the first batch
of rows, one of them is not an integer or there are more than 20 labels; otherwise
multiclass for more than two labels, and binary for two. --task overrides that.

Binary: a row is predicted positive if its score is at least the threshold (0.5), or
as --pred says. The positive label is --positive, or the 1 of 0/1 and -1/1, true of
false/true, yes of no/yes, y of n/y, t of f/t, positive of negative/positive.

Multiclass: a score column belongs to the label of its name; failing that, to the
label of its name without the part that all score columns begin with (score_a,
score_b); failing that, the columns belong to the labels in ascending order. Without
--pred the prediction is the label with the highest score.

Labels that are numbers are compared as numbers: 1 and 1.0 are the same label. A
missing label, score, prediction or weight is an error; a missing group has the name
(missing). Scores outside [0, 1] have no log loss, Brier score and ECE.`

func evaluateCommand() *cobra.Command {
	var o evaluateOptions
	c := &cobra.Command{
		Use:   "evaluate FILE",
		Short: "Compare predictions with the truth",
		Long:  evaluateLong,
		Example: `  mlgauge evaluate scores.csv --label label --score score --positive malignant --ci 0.95
  mlgauge evaluate scores.csv --label y --score p --by region,age_group --min roc_auc=0.9
  mlgauge evaluate scores.csv.gz --label y --pred predicted --task regression --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return o.run(c, args[0])
		},
	}
	f := c.Flags()
	f.StringVar(&o.label, "label", "", "`COL`umn of the truth")
	f.StringVar(&o.score, "score", "", "`COL`umn of the score of the positive label")
	f.StringSliceVar(&o.scoreCols, "score-cols", nil, "columns `A,B,C` of the probability of each label")
	f.StringVar(&o.pred, "pred", "", "`COL`umn of the prediction")
	f.StringVar(&o.positive, "positive", "", "`V`alue of the positive label")
	f.Float64Var(&o.threshold, "threshold", 0.5, "score `T` from which a row is predicted positive")
	f.StringVar(&o.weight, "weight", "", "`COL`umn of the weight of each row")
	f.StringVar(&o.task, "task", "", "`TASK`: binary, multiclass or regression")
	f.StringSliceVar(&o.by, "by", nil, "columns `COL[,COL]` whose values make groups to evaluate too")
	f.Var(&o.level, "ci", "confidence interval of this `LEVEL` (0.95) beside each metric that has one")
	f.StringSliceVar(&o.min, "min", nil, "`METRIC=V`: exit with status 1 if the metric is below V; may be repeated")
	return c
}

// run measures the file, prints, and checks the minimums.
func (o *evaluateOptions) run(c *cobra.Command, path string) error {
	k, err := o.kind(c)
	if err != nil {
		return err
	}
	mins, err := o.minimums()
	if err != nil {
		return err
	}
	e := &evaluation{o: o, path: path, task: k}
	if o.score != "" && o.pred == "" {
		e.threshold = &o.threshold
	}
	if err := e.read(c.ErrOrStderr()); err != nil {
		return err
	}
	r, err := e.result()
	if err != nil {
		return err
	}
	for _, m := range mins {
		if !slices.ContainsFunc(r.Metrics, func(n member[estimate]) bool { return n.name == m.name }) {
			return fmt.Errorf("evaluate: --min %s: need a metric of the %s task, one of %s", m.name, r.Task, r.names())
		}
	}
	if asJSON(c) {
		err = writeJSON(c.OutOrStdout(), r)
	} else {
		err = r.print(c.OutOrStdout(), path)
	}
	if err != nil {
		return err
	}
	return r.check(mins)
}

// kind is the task as the flags say it, "" if the data must decide, or an error
// if they contradict each other.
func (o *evaluateOptions) kind(c *cobra.Command) (task, error) {
	fail := func(format string, args ...any) (task, error) {
		return "", fmt.Errorf("evaluate: "+format, args...)
	}
	k := task(o.task)
	if !slices.Contains([]task{"", binary, multiclass, regression}, k) {
		return fail("--task: need binary, multiclass or regression, have %q", o.task)
	}
	if o.label == "" {
		return fail("need --label COL, the column of the truth")
	}
	switch {
	case o.score != "" && o.scoreCols != nil:
		return fail("need --score or --score-cols, have both")
	case o.score != "" && k == "":
		k = binary
	case o.scoreCols != nil && k == "":
		k = multiclass
	}
	switch {
	case o.pred == "" && o.score == "" && o.scoreCols == nil:
		return fail("need --score COL, --score-cols A,B,C or --pred COL, have nothing to compare with the label")
	case o.score != "" && k != binary:
		return fail("--score: need the binary task, have %s", k)
	case o.scoreCols != nil && k != multiclass:
		return fail("--score-cols: need the multiclass task, have %s", k)
	case o.scoreCols != nil && len(o.scoreCols) < 2:
		return fail("--score-cols: need two columns or more, have %d", len(o.scoreCols))
	case o.positive != "" && k != binary && k != "":
		return fail("--positive: need the binary task, have %s", k)
	}
	if c.Flags().Changed("threshold") {
		switch {
		case o.score == "":
			return fail("--threshold: need --score, have none")
		case o.pred != "":
			return fail("need --threshold or --pred, have both")
		case o.threshold != o.threshold:
			return fail("--threshold: need a number, have NaN")
		}
	}
	return k, nil
}

// options says which columns to read, and as what.
func (o *evaluateOptions) options(k task) (table.Options, error) {
	t := table.Options{Types: make(map[string]table.Type)}
	use := make(map[string]string)
	var err error
	add := func(flag, name string, as table.Type) {
		if name == "" {
			return
		}
		if before, ok := use[name]; ok {
			// The same text may be a label and a group; a number may not be text.
			if t.Types[name] != as || as == table.Float {
				err = errors.Join(err, fmt.Errorf("evaluate: column %q: need it for %s or for %s, have both", name, before, flag))
			}
			return
		}
		use[name] = flag
		t.Columns = append(t.Columns, name)
		t.Types[name] = as
	}
	as := table.String
	switch k {
	case regression:
		as = table.Float
	case "":
		as = table.Auto // the data decide
	}
	add("--label", o.label, as)
	add("--pred", o.pred, as)
	add("--score", o.score, table.Float)
	for _, s := range o.scoreCols {
		add("--score-cols", s, table.Float)
	}
	add("--weight", o.weight, table.Float)
	for _, s := range o.by {
		add("--by", s, table.String)
	}
	return t, err
}

// A minimum is one --min.
type minimum struct {
	name  string
	least float64
}

func (o *evaluateOptions) minimums() ([]minimum, error) {
	var all []minimum
	for _, s := range o.min {
		name, text, ok := strings.Cut(s, "=")
		v, err := number(text)
		if !ok || err != nil {
			return nil, fmt.Errorf("evaluate: --min: need METRIC=V with a number V, have %q", s)
		}
		all = append(all, minimum{strings.TrimSpace(name), v})
	}
	return all, nil
}

// number reads a finite number.
func number(s string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err == nil && v*0 != 0 {
		err = mlgauge.ErrNotFinite
	}
	return v, err
}
