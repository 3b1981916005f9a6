package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// driftFile writes a table of numbers around mean and letters of which the share p
// is "a", with a missing number in every tenth row if missing.
func driftFile(t testing.TB, n int, mean, p float64, missing bool, seed uint64) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	b.WriteString("same,number,letter\n")
	for i := range n {
		letter := "b"
		if rng.Float64() < p {
			letter = "a"
		}
		number := fmt.Sprintf("%.4f", mean+rng.NormFloat64())
		if missing && i%10 == 0 {
			number = ""
		}
		fmt.Fprintf(&b, "%.4f,%s,%s\n", rng.NormFloat64(), number, letter)
	}
	path := filepath.Join(t.TempDir(), "data.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

func driftOutput(t testing.TB, args ...string) (driftReport, int) {
	t.Helper()
	out, diag, status := program(t, "", append([]string{"drift", "--format", "json"}, args...)...)
	require.NotEqual(t, exitWrong, status, diag)
	var r driftReport
	require.NoError(t, json.Unmarshal([]byte(out), &r), out)
	return r, status
}

func TestDrift(t *testing.T) {
	ref, cur := driftFile(t, 2000, 0, 0.5, false, 1), driftFile(t, 1000, 1, 0.9, true, 2)
	r, status := driftOutput(t, ref, cur, "--fail-on-drift")
	require.Equal(t, exitFailed, status)
	require.True(t, r.Drifted)
	require.Equal(t, []int{2000, 1000, 2}, []int{r.ReferenceRows, r.CurrentRows, r.DriftedColumns})
	require.Equal(t, "wasserstein", r.Columns[0].Test)
	require.False(t, r.Columns[0].Drifted)
	require.True(t, r.Columns[1].Drifted)
	require.Equal(t, "up", r.Columns[1].Direction)
	require.Equal(t, 100, r.Columns[1].CurrentMissing)
	require.Nil(t, r.Columns[1].PValue)
	require.Equal(t, "jensenshannon", r.Columns[2].Test)
	require.Equal(t, "categorical", r.Columns[2].Kind)

	r, status = driftOutput(t, ref, cur, "--columns", "same,letter", "--share", "0.6", "--fail-on-drift")
	require.Equal(t, exitFine, status)
	require.Len(t, r.Columns, 2)
	r, _ = driftOutput(t, ref, cur, "--test", "ks", "--threshold", "1e-9", "--correction", "bh")
	require.Equal(t, []any{"ks", 1e-9, "jensenshannon"}, []any{r.Columns[0].Test, *r.Columns[0].Threshold, r.Columns[2].Test})

	r, _ = driftOutput(t, ref, cur, "--test", "kl_div")
	require.Equal(t, []string{"kl", "kl"}, []string{r.Columns[0].Test, r.Columns[2].Test})

	out, _, status := program(t, "", "drift", ref, cur, "--fail-on-drift")
	require.Equal(t, exitFailed, status)
	require.Contains(t, out, "2 of 3 columns drifted")
	require.Contains(t, out, "DRIFT up")
}

func TestDriftSaved(t *testing.T) {
	ref, cur := driftFile(t, 500, 0, 0.5, false, 1), driftFile(t, 500, 1, 0.5, true, 2)
	saved := filepath.Join(t.TempDir(), "x.drift")
	want, _ := driftOutput(t, ref, cur, "--save", saved)
	got, _ := driftOutput(t, saved, cur)
	require.Equal(t, want, got)
	got, _ = driftOutput(t, saved, cur, "--columns", "letter")
	require.Len(t, got.Columns, 1)

	data, err := os.ReadFile(saved)
	require.NoError(t, err)
	for at, says := range map[int]string{50: "checksum", 8 + len("drift.baseline/"): `need version 1 of a record "drift.baseline", have version 2`} {
		damaged := slices.Clone(data)
		damaged[at]++
		require.NoError(t, os.WriteFile(saved, damaged, 0o600))
		_, diag, status := program(t, "", "drift", saved, cur)
		require.Equal(t, exitWrong, status)
		require.Contains(t, diag, "x.drift")
		require.Contains(t, diag, says)
	}
}

// Numbers where the reference has text are text; text where it has numbers is a
// column that changed its type.
func TestDriftTypes(t *testing.T) {
	write := func(s string) string {
		path := filepath.Join(t.TempDir(), "x.csv")
		require.NoError(t, os.WriteFile(path, []byte(s), 0o600))
		return path
	}
	words, numbers := write("a,b\nx,1\n2,2\n2,3\n"), write("a,b\n2,1\n2,2\n2,3\n")
	r, _ := driftOutput(t, words, numbers)
	require.Empty(t, r.Columns[0].Error)
	require.Equal(t, []string{"x"}, r.Columns[0].Vanished)
	r, _ = driftOutput(t, numbers, words)
	require.Contains(t, r.Columns[0].Error, "need numeric values")
	require.True(t, r.Columns[0].Drifted)
	r, _ = driftOutput(t, numbers, write("a,b,c\n,1,5\nNA,2,6\n,3,7\n"))
	require.Contains(t, r.Columns[0].Error, "none")
	require.True(t, r.Columns[0].Drifted)
	require.Equal(t, []string{"c"}, r.New)
}

func TestDriftBad(t *testing.T) {
	ref := driftFile(t, 50, 0, 0.5, false, 1)
	empty := filepath.Join(t.TempDir(), "empty.csv")
	require.NoError(t, os.WriteFile(empty, []byte("same,number\n"), 0o600))
	ragged := filepath.Join(t.TempDir(), "ragged.csv")
	require.NoError(t, os.WriteFile(ragged, []byte("same,number\n1,2\n3\n"), 0o600))
	for want, args := range map[string][]string{
		"accepts 2 arg":    {ref},
		"no such file":     {ref, "nothing.csv"},
		"at least one row": {ref, empty},
		"row 2":            {ref, ragged},
		"--test":           {ref, ref, "--test", "?"},
		"--threshold":      {ref, ref, "--threshold", "-1"},
		"--share":          {ref, ref, "--share", "2"},
		"--correction":     {ref, ref, "--correction", "x"},
		"--save":           {ref, ref, "--save", "x.csv"},
		`column "absent"`:  {ref, ref, "--columns", "absent"},
		"standard input":   {"-", "-"},
		"is on both sides": {ref, filepath.Join("..", "testdata", "wine.csv")},
	} {
		_, diag, status := program(t, "", append([]string{"drift"}, args...)...)
		require.Equal(t, exitWrong, status, want)
		require.Contains(t, diag, want)
		require.Equal(t, 1, strings.Count(diag, "\n"), diag)
	}
}
