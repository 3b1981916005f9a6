package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/table"
)

func TestClean(t *testing.T) {
	out := t.TempDir()
	var w bytes.Buffer
	require.NoError(t, run(&w, filepath.Join("data", "cars.csv"), out))
	for _, line := range []string{
		"read 436 rows of 9 columns",
		"14 rows entered twice",
		"leaks of models: 0",
		"every value finite",
	} {
		assert.Contains(t, w.String(), line)
	}
	rows := 0
	for _, name := range []string{"train", "validation", "test"} {
		part, err := table.ReadFile(filepath.Join(out, name+".csv"), table.Options{})
		require.NoError(t, err)
		for _, c := range part.Columns() {
			assert.Zero(t, c.Missing(), c.Name)
			assert.Equal(t, table.Float, c.Type)
		}
		rows += part.NumRows()
	}
	assert.Equal(t, 398, rows)
	var again bytes.Buffer
	require.NoError(t, run(&again, filepath.Join("data", "cars.csv"), ""))
	assert.Equal(t, w.String(), again.String())
}
