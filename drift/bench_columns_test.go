package drift_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/drift"
)

// wide returns a data set of which every fifth column is categorical.
func wide(rows, cols int, shift float64, seed uint64) []drift.Column {
	c := make([]drift.Column, cols)
	for j := range c {
		name := fmt.Sprint("c", j)
		x := noise(rows, shift*float64(j%2), seed+uint64(j))
		if j%5 != 4 {
			c[j] = drift.Column{Name: name, Floats: x}
			continue
		}
		codes := make([]int32, rows)
		dict := make([]string, 20)
		for k := range dict {
			dict[k] = fmt.Sprint("v", k)
		}
		for i, v := range x {
			codes[i] = int32(min(max(v*3+10, 0), 19))
		}
		c[j] = drift.Column{Name: name, Codes: codes, Dict: dict}
	}
	return c
}

func benchmarkElements(b *testing.B, n int, do func()) {
	b.ReportAllocs()
	for b.Loop() {
		do()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/elem")
}

func BenchmarkCompareDatasets(b *testing.B) {
	const rows, cols = 100_000, 20
	ref, cur := wide(rows, cols, 0, 1), wide(rows, cols, 0.1, 100)
	benchmarkElements(b, 2*rows*cols, func() {
		_, err := drift.CompareDatasets(ref, cur, drift.Options{})
		require.NoError(b, err)
	})
}

func BenchmarkCompareToBaseline(b *testing.B) {
	const rows, cols = 100_000, 20
	var base drift.Baseline
	require.NoError(b, base.Add(wide(rows, cols, 0, 1)))
	cur := wide(rows, cols, 0.1, 100)
	benchmarkElements(b, rows*cols, func() {
		_, err := drift.CompareToBaseline(&base, cur, drift.Options{})
		require.NoError(b, err)
	})
}

func BenchmarkProfileAdd(b *testing.B) {
	x := noise(1<<20, 0, 1)
	benchmarkElements(b, len(x), func() {
		var p drift.Profile
		require.NoError(b, p.AddFloats(x))
	})
}

func BenchmarkProfileAddCodes(b *testing.B) {
	c := wide(1<<20, 5, 0, 1)[4]
	benchmarkElements(b, len(c.Codes), func() {
		var p drift.Profile
		require.NoError(b, p.AddCodes(c.Codes, c.Dict))
	})
}

func BenchmarkDomainClassifier(b *testing.B) {
	ref, cur := wide(5000, 10, 0, 1), wide(5000, 10, 0.1, 100)
	benchmarkElements(b, 10_000*10, func() {
		_, err := drift.DomainClassifier(ref, cur, drift.DomainOptions{})
		require.NoError(b, err)
	})
}
