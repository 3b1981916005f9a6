package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/wholefile"
	"github.com/mlgauge/mlgauge/quality"
	"github.com/mlgauge/mlgauge/table"
)

const (
	statisticsFile  = "statistics.json"
	constraintsFile = "constraints.json"
)

const profileLong = `Describes every column of a file in one pass: values and missing ones, type, mean,
spread, extremes, quantiles, distinct and frequent values, and the lengths and shapes
of texts; the strongest correlations; and rows that repeat an earlier one.

--out writes the statistics as SageMaker Model Monitor's statistics.json.`

func profileCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "profile FILE",
		Short: "Describe every column of a file",
		Long:  profileLong,
		Example: `  mlgauge profile train.csv
  mlgauge profile train.csv.gz --out statistics.json --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := readProfile(args[0], c.ErrOrStderr())
			if err != nil {
				return err
			}
			if out != "" {
				if err := writeDocument(out, p.Statistics()); err != nil {
					return err
				}
			}
			d := describe(p)
			if asJSON(c) {
				return writeJSON(c.OutOrStdout(), d)
			}
			return d.print(c.OutOrStdout(), args[0])
		},
	}
	c.Flags().StringVar(&out, "out", "", "write statistics.json to `FILE`")
	return c
}

const baselineLong = `Writes into a folder what new data is to be held against: statistics.json and
constraints.json, in the formats of SageMaker Model Monitor. The constraints are
suggestions from the data; edit them where you know better.`

func baselineCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:     "baseline FILE --out DIR",
		Short:   "Write the statistics and constraints of a file",
		Long:    baselineLong,
		Example: `  mlgauge baseline train.csv --out baseline`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if out == "" {
				return errors.New("baseline: need --out DIR, the folder for statistics.json and constraints.json")
			}
			p, err := readProfile(args[0], c.ErrOrStderr())
			if err != nil {
				return err
			}
			if err := os.MkdirAll(out, 0o777); err != nil {
				return err
			}
			limits := p.Constraints()
			files := []string{filepath.Join(out, statisticsFile), filepath.Join(out, constraintsFile)}
			if err := writeDocument(files[0], p.Statistics()); err != nil {
				return err
			}
			if err := writeDocument(files[1], limits); err != nil {
				return err
			}
			if asJSON(c) {
				return writeJSON(c.OutOrStdout(), map[string]any{"rows": p.Rows(), "columns": len(p.Columns()), "files": files})
			}
			return printBaseline(c.OutOrStdout(), args[0], out, p, limits)
		},
	}
	c.Flags().StringVar(&out, "out", "", "folder `DIR` for statistics.json and constraints.json")
	return c
}

const checkLong = `Holds a file against a baseline that mlgauge baseline, or SageMaker Model Monitor,
has written, and lists what does not keep it: types, completeness, unknown
categories, drifted distributions, missing and extra columns. The exit status is 1
if there is anything to list.

--out writes the list as Model Monitor's constraint_violations.json. A folder without
statistics.json is checked without distributions.`

func checkCommand() *cobra.Command {
	var baseline, out string
	c := &cobra.Command{
		Use:     "check FILE --baseline DIR",
		Short:   "Check a file against a baseline",
		Long:    checkLong,
		Example: `  mlgauge check today.csv --baseline baseline --out constraint_violations.json`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if baseline == "" {
				return errors.New("check: need --baseline DIR, the folder that mlgauge baseline has written")
			}
			return check(c, args[0], baseline, out)
		},
	}
	c.Flags().StringVar(&baseline, "baseline", "", "folder `DIR` with constraints.json and statistics.json")
	c.Flags().StringVar(&out, "out", "", "write constraint_violations.json to `FILE`")
	return c
}

func check(c *cobra.Command, path, dir, out string) error {
	limits, err := readDocument(filepath.Join(dir, constraintsFile), quality.ParseConstraints)
	if err != nil {
		return err
	}
	stats, err := readDocument(filepath.Join(dir, statisticsFile), quality.ParseStatistics)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if stats == nil {
		fmt.Fprintf(c.ErrOrStderr(), "mlgauge: %s: no %s: distributions are not compared\n", dir, statisticsFile)
	}
	p, err := readProfile(path, c.ErrOrStderr())
	if err != nil {
		return err
	}
	v, err := quality.Check(p, stats, limits)
	if err != nil {
		return err
	}
	if out != "" {
		if err := writeDocument(out, v); err != nil {
			return err
		}
	}
	if asJSON(c) {
		err = writeJSON(c.OutOrStdout(), v)
	} else {
		err = printViolations(c.OutOrStdout(), path, dir, p, v)
	}
	if err != nil {
		return err
	}
	if n := len(v.Violations); n > 0 {
		return failed{fmt.Sprintf("%s: %s of the baseline %s", path, plural(n, "violation"), dir)}
	}
	return nil
}

// readProfile profiles a file in one pass.
func readProfile(path string, stderr io.Writer) (*quality.Profile, error) {
	r, err := table.Open(path, table.Options{})
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var p quality.Profile
	bar := newProgress(stderr, r)
	defer bar.end()
	for t, err := range r.All() {
		if err != nil {
			return nil, err
		}
		if err := p.Add(t); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		bar.step()
	}
	if p.Rows() == 0 {
		return nil, fmt.Errorf("%s: need at least one row, have none: %w", path, mlgauge.ErrEmpty)
	}
	return &p, nil
}

// readDocument reads and parses a file, whose name its errors carry.
func readDocument[T any](path string, parse func([]byte) (*T, error)) (*T, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	v, err := parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// writeDocument writes a file of JSON, whole or not at all.
func writeDocument(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return wholefile.Write(path, append(b, '\n'))
}

// plural writes a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
