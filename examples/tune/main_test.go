package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestRun(t *testing.T) {
	var b strings.Builder
	require.NoError(t, run(&b, golden.Path("iris.csv")))
	for _, search := range []string{"Grid", "Random", "Bayes"} {
		require.Contains(t, b.String(), "experiment."+search)
	}
	require.Equal(t, 3, strings.Count(b.String(), "36 trials: log loss 0."))
	require.Error(t, run(&b, "nowhere.csv"))
}
