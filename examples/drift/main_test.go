package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestFind(t *testing.T) {
	var b strings.Builder
	require.NoError(t, find(&b, golden.Path("breast_cancer.csv")))
	before, after, ok := strings.Cut(b.String(), "With planted drift:")
	require.True(t, ok)
	require.NotContains(t, before, "DRIFT")
	require.Contains(t, after, "DRIFT  new: mid (97 rows)")
	require.Contains(t, after, "DRIFT down")
	require.Contains(t, after, "(missing: 0, then 57)")
	require.Equal(t, 2, strings.Count(after, "DRIFT"))
	require.Contains(t, after, "Against the saved profile: 2 of 5 columns drifted")
	require.Contains(t, after, "AUC of 1.00")
	require.Error(t, find(&b, golden.Path("iris.csv")))
}
