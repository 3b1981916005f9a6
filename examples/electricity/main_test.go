package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/drift"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestFollow(t *testing.T) {
	var b strings.Builder
	require.NoError(t, follow(&b, golden.Path("electricity.csv.gz")))
	require.Equal(t, `45312 half hours; 95% intervals are Wilson's, as if rows were independent

naive Bayes, watched by accuracy       95% interval restarts
nobody                   0.7328   [0.7287, 0.7369]        0
DDM                      0.8432   [0.8398, 0.8465]      204
EDDM                     0.8494   [0.8461, 0.8527]      208
HDDM-A                   0.8526   [0.8493, 0.8559]      223
HDDM-W                   0.8393   [0.8359, 0.8427]      145
ADWIN                    0.8080   [0.8044, 0.8116]       84
Page-Hinkley             0.7950   [0.7912, 0.7986]       36
(the last answer again)  0.8533   [0.8500, 0.8565]         
`, b.String())
	require.Error(t, follow(&b, golden.Path("nothing.csv")))
	require.Error(t, follow(&b, golden.Path("occupancy.csv")))
}

// With river's detectors in the same loop, and the options that stand for them, the
// model starts again at the same rows.
func TestAsRiver(t *testing.T) {
	features, up, err := read(golden.Path("electricity.csv.gz"))
	require.NoError(t, err)
	var file struct {
		Runs map[string]struct{ Right, Restarts int }
	}
	golden.Load(t, "drift/electricity.json", &file)
	require.Len(t, file.Runs, 7)
	for name, d := range map[string]drift.Detector{
		"nobody": nil, "DDM": &drift.DDM{}, "EDDM": &drift.EDDM{}, "HDDM-A": &drift.HDDMA{MOA: true}, "HDDM-W": &drift.HDDMW{},
		"ADWIN": &drift.ADWIN{ResetOnDrift: true}, "Page-Hinkley": &drift.PageHinkley{},
	} {
		right, restarts, err := run(features, up, d)
		require.NoError(t, err)
		require.Equal(t, file.Runs[name].Right, right, name)
		require.Equal(t, file.Runs[name].Restarts, restarts, name)
	}
}
