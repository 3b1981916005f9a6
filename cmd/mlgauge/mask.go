package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/mlgauge/mlgauge/quality"
	"github.com/mlgauge/mlgauge/table"
)

// maskOptions are the flags of mask.
type maskOptions struct {
	out, action, names, keyFile, keyEnv string
	rules                               []string
	keep                                int
	confidence                          float64
}

const maskLong = `Finds personal data in the columns of FILE and writes the rows with it masked to --out.
Found are e-mail addresses, phones, social security numbers, cards, IBANs, IP and
MAC addresses, dates of birth, and the names of --names, one a line. What has a form
of its own is masked wherever it stands in a text; dates, bare digits and cards are
masked in the columns whose confidence is --min-confidence or more.

ACTION is mask (letters and digits become *, but for the last 4, or --keep), redact
([EMAIL]), pseudonym (p_ and 26 characters, the same for the same value and key),
generalise (the year of a date, the domain of an address) or leave. --column sets the
action for every value of a column, found or not, and knows mask:N, range:WIDTH,
prefix:N and year besides.

Pseudonyms need a secret key of 16 bytes or more, from a file or from a variable of
the environment, so that it stands in no history of commands.

The columns of a CSV file are text, kept to the byte. The report goes to standard
error, or with --format json to standard output. The file --out appears whole or not at
all; its format follows from its name.`

func maskCommand() *cobra.Command {
	var o maskOptions
	c := &cobra.Command{
		Use:   "mask FILE --out FILE",
		Short: "Mask or pseudonymise personal data",
		Long:  maskLong,
		Example: `  mlgauge mask customers.csv --out masked.csv
  mlgauge mask customers.parquet --out masked.parquet --action pseudonym --key-file key.bin
  mlgauge mask customers.jsonl --out masked.jsonl --column zip=prefix:3 --column age=range:10 --column id=pseudonym --key-env MASK_KEY`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return o.run(c, args[0]) },
	}
	f := c.Flags()
	f.StringVar(&o.out, "out", "", "`FILE` to write; - is standard output as CSV")
	f.StringVar(&o.action, "action", "mask", "`ACTION` on what is found: mask, redact, pseudonym, generalise or leave")
	f.StringArrayVar(&o.rules, "column", nil, "`COL=ACTION` for every value of a column; may be repeated")
	f.IntVar(&o.keep, "keep", 4, "last characters `N` that mask leaves")
	f.Float64Var(&o.confidence, "min-confidence", quality.PIIThreshold, "confidence `C` from which a column is taken to hold what was found in it")
	f.StringVar(&o.names, "names", "", "`FILE` with names of people, one a line")
	f.StringVar(&o.keyFile, "key-file", "", "`FILE` with the key of the pseudonyms, a line end at its end not included")
	f.StringVar(&o.keyEnv, "key-env", "", "`VARIABLE` of the environment with the key")
	return c
}

// masker turns the flags into what the library takes.
func (o *maskOptions) masker(c *cobra.Command) (*quality.Masker, error) {
	if o.out == "" {
		return nil, errors.New("mask: need --out FILE")
	}
	if o.out == "-" && asJSON(c) {
		return nil, errors.New("mask: need --out FILE with --format json, have standard output for both")
	}
	if o.keep < 0 {
		return nil, fmt.Errorf("mask: --keep: need 0 or more, have %d", o.keep)
	}
	if !(o.confidence > 0 && o.confidence <= 1) {
		return nil, fmt.Errorf("mask: --min-confidence: need a number inside (0, 1], have %v", o.confidence)
	}
	m := &quality.Masker{Keep: o.keep, MinConfidence: o.confidence, Columns: make(map[string]quality.MaskRule)}
	if o.keep == 0 {
		m.Keep = -1
	}
	var err error
	if m.Action, err = quality.ParseMaskAction(o.action); err != nil || m.Action > quality.MaskLeave {
		return nil, fmt.Errorf("mask: --action: need mask, redact, pseudonym, generalise or leave, have %q", o.action)
	}
	keyed := m.Action == quality.MaskPseudonymise
	for _, s := range o.rules {
		i := strings.LastIndexByte(s, '=')
		if i <= 0 {
			return nil, fmt.Errorf("mask: --column: need COL=ACTION, have %q", s)
		}
		rule, err := quality.ParseMaskRule(s[i+1:])
		if err != nil {
			return nil, fmt.Errorf("mask: --column: need an action such as redact, mask:4, range:10, prefix:3, year or pseudonym, have %q", s[i+1:])
		}
		if _, twice := m.Columns[s[:i]]; twice {
			return nil, fmt.Errorf("mask: --column: need each column once, have %q twice", s[:i])
		}
		m.Columns[s[:i]] = rule
		keyed = keyed || rule.Action == quality.MaskPseudonymise
	}
	key, err := o.key()
	if err != nil {
		return nil, err
	}
	switch {
	case keyed && key == nil:
		return nil, errors.New("mask: pseudonym: need a key by --key-file FILE or --key-env VARIABLE, have none")
	case key != nil:
		if m.Pseudonyms, err = quality.NewPseudonymiser(key); err != nil {
			return nil, fmt.Errorf("mask: key: need %d bytes or more, have %d", quality.MinKey, len(key))
		}
	}
	return m, nil
}

// key reads the key; nil if none is given.
func (o *maskOptions) key() ([]byte, error) {
	switch {
	case o.keyFile != "" && o.keyEnv != "":
		return nil, errors.New("mask: need --key-file or --key-env, have both")
	case o.keyFile != "":
		b, err := os.ReadFile(o.keyFile)
		if err != nil {
			return nil, fmt.Errorf("mask: --key-file: %w", err)
		}
		b = bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
		return append([]byte{}, b...), nil
	case o.keyEnv != "":
		s, ok := os.LookupEnv(o.keyEnv)
		if !ok {
			return nil, fmt.Errorf("mask: --key-env: need the variable %s in the environment, have none", o.keyEnv)
		}
		return []byte(s), nil
	}
	return nil, nil
}

func (o *maskOptions) list() ([]string, error) {
	if o.names == "" {
		return nil, nil
	}
	f, err := os.Open(o.names)
	if err != nil {
		return nil, fmt.Errorf("mask: --names: %w", err)
	}
	defer f.Close()
	var names []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if s := strings.TrimSpace(lines.Text()); s != "" {
			names = append(names, s)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("mask: --names: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("mask: --names: need at least one name in %s, have none", o.names)
	}
	return names, nil
}

// maskReport is the output as JSON.
type maskReport struct {
	Rows     int         `json:"rows"`
	Masked   []string    `json:"masked"` // columns in which something was replaced
	Findings []maskFound `json:"findings"`
}

type maskFound struct {
	quality.PIIFinding
	Action string `json:"action"`
}

// run reads the file twice: to find, and to mask.
func (o *maskOptions) run(c *cobra.Command, path string) error {
	m, err := o.masker(c)
	if err != nil {
		return err
	}
	names, err := o.list()
	if err != nil {
		return err
	}
	in, err := openTwice(path, c.InOrStdin())
	if err != nil {
		return err
	}
	defer in.close()
	scan := quality.PIIScan{Names: names}
	rows := 0
	if err := in.each(c.ErrOrStderr(), func(t *table.Table) error {
		rows += t.NumRows()
		return scan.Add(t)
	}); err != nil {
		return err
	}
	if rows == 0 {
		return fmt.Errorf("mask: %s: need at least one row, have none", path)
	}
	if err := m.Fit(&scan); err != nil {
		return fmt.Errorf("mask: %w", err)
	}
	w, err := table.Create(o.out)
	if err != nil {
		return err
	}
	defer w.Abort()
	r := maskReport{Rows: rows, Masked: []string{}, Findings: []maskFound{}}
	if err := in.each(c.ErrOrStderr(), func(t *table.Table) error {
		out, err := m.Transform(t)
		if err != nil {
			return err
		}
		return w.Write(out)
	}); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	for _, name := range in.names {
		if m.Masks(name) {
			r.Masked = append(r.Masked, name)
		}
	}
	for _, f := range scan.Findings() {
		r.Findings = append(r.Findings, maskFound{f, o.done(m, f)})
	}
	if asJSON(c) {
		return writeJSON(c.OutOrStdout(), r)
	}
	return r.print(c.ErrOrStderr())
}

// done says what became of a finding.
func (o *maskOptions) done(m *quality.Masker, f quality.PIIFinding) string {
	if rule, ok := m.Columns[f.Column]; ok {
		return rule.Action.String()
	}
	if !m.MasksKind(f.Column, f.Kind) {
		return "leave"
	}
	return m.Action.String()
}

func (r *maskReport) print(w io.Writer) error {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "column\tfound\tvalues\tof\tconfidence\taction\texamples")
	for _, f := range r.Findings {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%.3f\t%s\t%s\n", oneLine(f.Column), f.Kind, f.Count, f.Values, f.Confidence, f.Action, oneLine(strings.Join(f.Examples, "  ")))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	masked := "no column changed"
	if len(r.Masked) > 0 {
		masked = "masked: " + oneLine(strings.Join(r.Masked, ", "))
	}
	fmt.Fprintf(&b, "%d rows; %s\n", r.Rows, masked)
	_, err := w.Write(b.Bytes())
	return err
}
