package main

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestExplain(t *testing.T) {
	var b strings.Builder
	require.NoError(t, run(context.Background(), &b, golden.Path("german_credit.csv")))
	for _, line := range []string{
		"AUC 0.757 on the training rows",
		"  account            +0.166",
		"    48  0.427  [0.414, 0.440]\n",
		"by installment rate, 1 to 4 (accumulated)",
		"one applicant: risk 0.552, average of 100 loans 0.310\n",
		"  overdrawn                 0   -0.092",
	} {
		require.Contains(t, b.String(), line)
	}
	require.Error(t, run(context.Background(), &b, golden.Path("iris.csv")))
}
