package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/mlgauge/mlgauge/internal/guide"
	"github.com/mlgauge/mlgauge/internal/terminal"
)

func guideCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "guide",
		Short: "Walk the study guide, formula by formula",
		Long:  "Walks the study guide: for each formula what the guide states, what the library computes,\nand whether the two agree. The exit status is 1 if a formula failed.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			tally, err := walk(c)
			if err == nil && tally.Failed > 0 {
				return failed{fmt.Sprintf("guide: %d formulas failed", tally.Failed)}
			}
			return err
		},
	}
}

func walk(c *cobra.Command) (guide.Tally, error) {
	if asJSON(c) {
		r := guide.Run(guide.Rows())
		return r.Tally, writeJSON(c.OutOrStdout(), r)
	}
	return guide.Walk(c.OutOrStdout(), guide.Rows(), styleOf(c.OutOrStdout()))
}

// styleOf is plain for anything but a terminal.
func styleOf(w io.Writer) terminal.Style {
	if f, ok := w.(*os.File); ok {
		return terminal.StyleOf(f)
	}
	return terminal.Plain
}
