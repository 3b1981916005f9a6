package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
)

// sample is a run with a case that misses its goal, one whose peer was left out, and
// growth.
func sample() *results {
	at := func(name string, seconds ...float64) side { return side{Name: name, Seconds: seconds} }
	return &results{
		Date: "2026-01-02", Machine: machine{CPU: "a processor", Cores: 2}, Versions: []string{"Go 1"}, Rounds: 3, Clock: w.Wall,
		Rows: []row{
			{Case: "MSE", N: 1_000_000, Ours: at("", 2e-3, 1e-3, 3e-3), Purego: at("", 4e-3), Two: at("", 1e-3),
				Peers: []side{at("scikit-learn", 7e-3), at("NumPy", 1e-3)}, BytesPer: []float64{8e9, 16e9}},
			{Case: "AUC", N: 1_000_000, Ours: at("", 1e-2), Peers: []side{{Name: "scikit-learn", Note: "left out: about 90 s a call"}}},
			{Case: "log loss", N: 1_000_000, Ours: at("", 1e-3), Purego: at("", 10e-3), Peers: []side{at("scikit-learn", 100e-3)}},
		},
		Growth: []row{
			{Case: "MSE", N: 10_000, Ours: at("", 2e-6)}, {Case: "MSE", N: 100_000, Ours: at("", 4e-5)},
			{Case: "MSE", N: 1_000_000, Ours: at("", 1e-3)}, {Case: "MSE", N: 10_000_000, Ours: at("", 1e-2)},
		},
	}
}

func TestReport(t *testing.T) {
	text := report([]*results{sample()})
	for _, want := range []string{
		"| MSE | 1e6 | 2.00 (1.00-3.00) | 4.00 (4.00-4.00) | scikit-learn 7.00 (7.00-7.00) | 3.5x | 1.8x | 50% of 16 GB/s | 2.0x |",
		"| MSE | 1e6 | NumPy | 2.00 (1.00-3.00) | 1.00 (1.00-1.00) | 0.5x |",
		"scikit-learn left out: about 90 s a call",
		"| MSE | 1e6 | 3.5x | 1.8x | 4.5x | 3.5x | ",
		"| log loss | 1e6 | 6.0x | 10x | 50x | 100x |\n",
		"| MSE | 0.200 | 0.400 | 1.00 | 1.00 | 5.0 | " + memoryReason + " |",
	} {
		assert.Contains(t, text, want)
	}
	missed := text[strings.Index(text, "## Goals not reached"):strings.Index(text, "## Goals reached")]
	assert.Contains(t, missed, "MSE")
	assert.NotContains(t, missed, "log loss")
}

func TestReadmeTable(t *testing.T) {
	table := readmeTable([]*results{sample()})
	assert.Contains(t, table, "| log loss | 1,000,000 | 1.00 ms | 100 ms | scikit-learn | 100x |\n")
	assert.NotContains(t, table, "AUC", "a peer that was left out has no ratio")
	text, err := replaceTable("before\n"+beginMark+"old\n"+endMark+"\nafter", "new\n")
	require.NoError(t, err)
	assert.Equal(t, "before\n"+beginMark+"new\n"+endMark+"\nafter", text)
	_, err = replaceTable("no marks", "new")
	assert.Error(t, err)
}

// Names tie the two sides, the headlines and the reasons together.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range cases() {
		assert.False(t, seen[c.Name], "%s twice", c.Name)
		seen[c.Name] = true
		assert.False(t, c.Limit != "" && c.Bytes == 0, "%s: a limit without bytes", c.Name)
	}
	for _, h := range headlines {
		assert.True(t, seen[h.name], "headline %s", h.name)
	}
	for name := range growthReasons {
		assert.True(t, seen[name], "reason of growth for %s", name)
	}
	for name := range notReached {
		assert.True(t, seen[name], "reason for %s", name)
	}
}

func TestFigures(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 0.01234: "0.0123", 1.234: "1.23", 12.34: "12.3", 1234: "1234"} {
		assert.Equal(t, want, figure(x))
	}
	assert.Equal(t, "1,234,567", grouped(1_234_567))
	assert.Equal(t, "12.0 µs", duration(12e-6))
	assert.Equal(t, "1e6", count(1_000_000))
	assert.Equal(t, "50000", count(50_000))
	_, err := parseSizes("100,30")
	assert.Error(t, err)
}
