package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/internal/wholefile"
	"github.com/mlgauge/mlgauge/table"
)

// driftOptions are the flags of drift.
type driftOptions struct {
	columns                []string
	test, correction, save string
	threshold, share       float64
	failOnDrift            bool
}

const driftLong = `Holds the columns of CURRENT against those of REFERENCE and says which have drifted.

The automatic choice of test is Evidently's. Up to 1000 values in the reference: the
Kolmogorov-Smirnov test for numbers of more than 5 distinct values, chi-squared for
fewer and for text, the two-proportion z test for two. Beyond: the Wasserstein distance
in standard deviations of the reference, and the Jensen-Shannon distance. Thresholds are
0.05 for the p-values and 0.1 for the distances. The data set has drifted if at least
--share of the columns have.

Missing values and infinities are counted and left out. Columns of one file only are
named and do not count. A column that is text in the reference is read as text.

Of more than 100,000 numbers in a column a sketch is kept, whose ranks are right to
0.07%; the bound beside the statistic says what that can change. --save keeps what is
needed of REFERENCE in FILE; a REFERENCE whose name ends in .drift is such a file, which
spares reading the data again.`

func driftCommand() *cobra.Command {
	var o driftOptions
	c := &cobra.Command{
		Use:   "drift REFERENCE CURRENT",
		Short: "Hold new data against a reference",
		Long:  driftLong,
		Example: `  mlgauge drift train.csv today.csv --fail-on-drift
  mlgauge drift train.csv today.csv --columns age,income --test psi --threshold 0.25 --format json
  mlgauge drift train.csv monday.csv --save train.drift
  mlgauge drift train.drift tuesday.csv`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error { return o.run(c, args[0], args[1]) },
	}
	f := c.Flags()
	f.StringSliceVar(&o.columns, "columns", nil, "columns `A,B` to compare; all that both files have without it")
	f.StringVar(&o.test, "test", "auto", "`TEST`: auto, "+strings.Join(drift.TestNames(), ", ")+"; a column that it is not for gets auto")
	f.Float64Var(&o.threshold, "threshold", 0, "`T` of the p-value or the statistic, instead of the test's own")
	f.Float64Var(&o.share, "share", 0.5, "`S`hare of drifted columns from which the data set has drifted")
	f.StringVar(&o.correction, "correction", "none", "of p-values for many columns: none, bonferroni or bh (Benjamini-Hochberg)")
	f.BoolVar(&o.failOnDrift, "fail-on-drift", false, "exit with status 1 if the data set has drifted")
	f.StringVar(&o.save, "save", "", "write the profile of REFERENCE to `FILE`, named *.drift")
	return c
}

// profileSuffix is how the names of saved profiles end.
const profileSuffix = ".drift"

func (o *driftOptions) run(c *cobra.Command, reference, current string) error {
	d, err := o.options(c)
	if err != nil {
		return err
	}
	if reference == "-" && current == "-" {
		return errors.New("drift: need two files, have standard input twice")
	}
	if o.save != "" && !strings.HasSuffix(o.save, profileSuffix) {
		return fmt.Errorf("drift: --save: need a name that ends in %s, have %q", profileSuffix, o.save)
	}
	ref, err := o.reference(c.ErrOrStderr(), reference)
	if err != nil {
		return err
	}
	cur, err := o.profile(c.ErrOrStderr(), current, ref)
	if err != nil {
		return err
	}
	r, err := drift.CompareBaselines(ref, cur, d)
	if err != nil {
		return fmt.Errorf("%s against %s: %w", current, reference, err)
	}
	if o.save != "" {
		data, err := ref.MarshalBinary()
		if err != nil {
			return err
		}
		if err := wholefile.Write(o.save, data); err != nil {
			return err
		}
	}
	if asJSON(c) {
		err = writeJSON(c.OutOrStdout(), driftJSONOf(r))
	} else {
		err = printDrift(c.OutOrStdout(), r, reference, current)
	}
	if err == nil && o.failOnDrift && r.Drifted {
		return failed{fmt.Sprintf("drift: %d of %d columns have drifted, a share of %.3g (need less than %.3g)", r.DriftedColumns, len(r.Columns), r.DriftedShare, r.Share)}
	}
	return err
}

func (o *driftOptions) options(c *cobra.Command) (drift.Options, error) {
	d := drift.Options{ColumnOptions: drift.ColumnOptions{Test: o.test, Threshold: o.threshold}, Share: o.share}
	if c.Flags().Changed("threshold") && !(o.threshold > 0 && o.threshold <= math.MaxFloat64) {
		return d, fmt.Errorf("drift: --threshold: need a number above 0, have %v", o.threshold)
	}
	if !(o.share > 0 && o.share <= 1) {
		return d, fmt.Errorf("drift: --share: need a share above 0 and at most 1, have %v", o.share)
	}
	if (drift.Options{ColumnOptions: drift.ColumnOptions{Test: o.test}}).Check() != nil {
		return d, fmt.Errorf("drift: --test: need auto or one of %s, have %q", strings.Join(drift.TestNames(), ", "), o.test)
	}
	switch o.correction {
	case "none":
	case "bonferroni":
		d.Correction = drift.Bonferroni
	case "bh":
		d.Correction = drift.BenjaminiHochberg
	default:
		return d, fmt.Errorf("drift: --correction: need none, bonferroni or bh, have %q", o.correction)
	}
	return d, nil
}

// reference profiles the file, or reads a profile.
func (o *driftOptions) reference(stderr io.Writer, path string) (*drift.Baseline, error) {
	if !strings.HasSuffix(path, profileSuffix) {
		return o.profile(stderr, path, nil)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var b drift.Baseline
	if err := b.UnmarshalBinary(data); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if o.columns == nil {
		return &b, nil
	}
	some := &drift.Baseline{Options: b.Options}
	for _, name := range o.columns {
		for _, p := range b.Profiles {
			if p.Name == name {
				some.Profiles = append(some.Profiles, p)
			}
		}
		if n := len(some.Profiles); n == 0 || some.Profiles[n-1].Name != name {
			return nil, fmt.Errorf("%s: need a column %q, have none: %w", path, name, mlgauge.ErrRange)
		}
	}
	return some, nil
}

// profile reads a file batch by batch. Columns that are text in the reference are
// taken as text here.
func (o *driftOptions) profile(stderr io.Writer, path string, ref *drift.Baseline) (*drift.Baseline, error) {
	text := make(map[string]bool)
	if ref != nil {
		for _, p := range ref.Profiles {
			text[p.Name] = p.Kind() == drift.Categorical
		}
	}
	r, err := table.Open(path, table.Options{Columns: o.columns})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b := &drift.Baseline{Options: drift.Profile{Keep: 100_000, K: 8000}}
	p := newProgress(stderr, r)
	defer p.end()
	for t, err := range r.All() {
		if err != nil {
			return nil, err
		}
		cols := make([]drift.Column, t.NumCols())
		for i, c := range t.Columns() {
			switch {
			case c.Type == table.String:
				cols[i] = drift.Column{Name: c.Name, Codes: c.Codes, Dict: c.Dict}
			case text[c.Name]:
				cols[i] = asText(&c)
			default:
				cols[i] = drift.Column{Name: c.Name, Floats: c.Floats}
			}
		}
		if err := b.Add(cols); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		p.step()
	}
	if b.Rows() == 0 {
		return nil, fmt.Errorf("%s: need at least one row, have none: %w", path, mlgauge.ErrEmpty)
	}
	return b, nil
}

// asText returns the column with numbers as text.
func asText(c *table.Column) drift.Column {
	codes, dict, seen := make([]int32, c.Len()), []string{}, make(map[string]int32)
	for i := range codes {
		if c.IsMissing(i) {
			codes[i] = table.MissingCode
			continue
		}
		s := c.Text(i)
		k, ok := seen[s]
		if !ok {
			k = int32(len(dict))
			seen[s], dict = k, append(dict, s)
		}
		codes[i] = k
	}
	return drift.Column{Name: c.Name, Codes: codes, Dict: dict}
}
