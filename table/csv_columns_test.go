package table

import (
	"bytes"
	"encoding/csv"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What encoding/csv writes, with line ends of both kinds, quotes, delimiters and line
// ends inside quotes and empty lines between, is read as it was: whatever number of
// rows falls into a piece, and wherever a row is cut by the end of one.
func TestCSVAgainstEncodingCSV(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 14))
	plain := []string{"", "a", "bc", "0123456789abcde", "0123456789abcdef", "0123456789abcdefg", "é", " x ", strings.Repeat("long", 40)}
	odd := []string{`"`, `""`, `a"b`, ",", "a,b", "\n", "x\n\ny", `",",`, "\"\n\"", strings.Repeat("q,\n\"", 30)}
	for trial := range 60 {
		cols, rows := 1+r.IntN(4), r.IntN(4000)
		if trial%10 == 0 {
			cols, rows = 9000, r.IntN(20) // rows longer than a piece
		}
		often := []int{0, 1, 500}[r.IntN(3)] // of 1000 texts, are odd
		want := make([][]string, cols)
		names := make([]string, cols)
		types := make(map[string]Type)
		for c := range names {
			names[c] = "c" + strconv.Itoa(c)
			if types[names[c]] = String; c%2 == 1 {
				types[names[c]] = Float
			}
		}
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		w.UseCRLF = r.IntN(2) == 0
		require.NoError(t, w.Write(names))
		record := make([]string, cols)
		for range rows {
			for c := range record {
				switch {
				case c%2 == 1:
					record[c] = strconv.FormatFloat(r.NormFloat64(), 'g', 1+r.IntN(18), 64)
				case r.IntN(1000) < often:
					record[c] = odd[r.IntN(len(odd))]
				default:
					record[c] = plain[r.IntN(len(plain))]
				}
				if cols == 1 && record[c] == "" {
					record[c] = "b" // it would be an empty line
				}
				want[c] = append(want[c], record[c])
			}
			require.NoError(t, w.Write(record))
			if r.IntN(300) == 0 {
				w.Flush()
				text.WriteString([]string{"\n", "\r\n"}[r.IntN(2)])
			}
		}
		w.Flush()
		raw := text.String()
		if w.UseCRLF { // which the writer puts inside of quotes too
			for c := 0; c < cols; c += 2 {
				for i, s := range want[c] {
					want[c][i] = strings.ReplaceAll(s, "\n", "\r\n")
				}
			}
		}
		got := read(t, raw, Options{Types: types, Missing: []string{}})
		require.Equal(t, rows, got.NumRows())
		for c := range cols {
			if c%2 == 0 {
				have, err := got.Strings(names[c])
				require.NoError(t, err)
				for i := range have {
					require.Equal(t, want[c][i], have[i], "trial %d, row %d, column %d", trial, i, c)
				}
				continue
			}
			have, err := got.Floats(names[c])
			require.NoError(t, err)
			for i := range have {
				v, err := strconv.ParseFloat(want[c][i], 64)
				require.NoError(t, err)
				if v != have[i] {
					t.Fatalf("trial %d, row %d, column %d: want %v, got %v", trial, i, c, v, have[i])
				}
			}
		}
	}
}
