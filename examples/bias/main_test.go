package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBias(t *testing.T) {
	path := filepath.Join("..", "..", "testdata", "german_credit.csv")
	var w, again bytes.Buffer
	require.NoError(t, run(&w, path))
	for _, line := range []string{
		"690 loans of men, 310 of women.",
		"DPPL =  0.103",
		"more than chance",
		"Reweighing: DPL of the labels 0.075 -> 0.000",
		"as given                                491    209               0.80 0.23",
		"SMOTE                                   491    491               0.60 0.51",
		"0 rows are exact copies",
	} {
		require.Contains(t, w.String(), line)
	}
	require.NoError(t, run(&again, path))
	require.Equal(t, w.String(), again.String())
	require.Error(t, run(&w, "none.csv"))
}
