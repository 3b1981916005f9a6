package main

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgauge/mlgauge/metrics"
)

// exit statuses
const (
	exitFine   = 0
	exitFailed = 1 // a check failed
	exitWrong  = 2 // the input or the call is wrong
)

// failed is the error of a check that failed: the input was read and measured.
type failed struct{ reason string }

func (f failed) Error() string { return f.reason }

// run runs the program with the arguments behind its name.
func run(args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	if err == nil {
		return exitFine
	}
	fmt.Fprintf(stderr, "mlgauge: %s\n", oneLine(err.Error()))
	var f failed
	if errors.As(err, &f) {
		return exitFailed
	}
	return exitWrong
}

// oneLine keeps what a file says from breaking the line.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}

// newRoot puts the program together: one line per subcommand.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "mlgauge",
		Short:         "Measure machine-learning models and data",
		Long:          "Mlgauge measures machine-learning models and data from files.\n\nFILE is CSV with a header line, Parquet (.parquet) or JSON Lines (.jsonl), CSV and JSON\nLines decompressed if the name ends in .gz; - is standard input.\nThe exit status is 0 when all is well, 1 when a check failed, 2 when the input or the call is wrong.",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().Var(&format{"table"}, "format", "`FORMAT` of the result: table or json")
	root.AddCommand(
		driftCommand(),
		evaluateCommand(),
		biasCommand(),
		guideCommand(),
		maskCommand(),
		profileCommand(),
		baselineCommand(),
		checkCommand(),
	)
	return root
}

// version is that of the module, as the go command recorded it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// format is the value of --format.
type format struct{ name string }

func (f *format) String() string { return f.name }
func (f *format) Type() string   { return "FORMAT" }
func (f *format) Set(s string) error {
	if s != "table" && s != "json" {
		return errors.New("need table or json")
	}
	f.name = s
	return nil
}

// asJSON tells whether --format json was given.
func asJSON(c *cobra.Command) bool { return c.Flag("format").Value.String() == "json" }

// level is the value of a flag that takes a confidence level; 0 means not given.
type level float64

func (l *level) String() string {
	if *l == 0 {
		return ""
	}
	return fmt.Sprint(float64(*l))
}
func (l *level) Type() string { return "LEVEL" }
func (l *level) Set(s string) error {
	v, err := number(s)
	if err != nil || !(v > 0 && v < 1) {
		return errors.New("need a confidence level inside (0, 1), such as 0.95")
	}
	*l = level(v)
	return nil
}

// estimate is a metric in JSON: a value, or null and why.
type estimate struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
	Error string   `json:"error,omitempty"`
}

func (e *estimate) interval(iv metrics.Interval) { e.Low, e.High = &iv.Low, &iv.High }
