package encoding

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// benchLabels returns n labels of k categories. With shared, rows of one
// category share the bytes of their label; without, every row has its own.
func benchLabels(n, k int, shared bool) []string {
	r := rand.New(rand.NewPCG(1, 2))
	names := make([]string, k)
	for i := range names {
		names[i] = fmt.Sprintf("category_%06d", i)
	}
	out := make([]string, n)
	var arena []byte
	for i := range out {
		s := names[r.IntN(k)]
		if shared {
			out[i] = s
			continue
		}
		arena = append(arena, s...)
	}
	if !shared {
		text := string(arena)
		for i := range out {
			out[i] = text[i*15 : i*15+15]
		}
	}
	return out
}

func perRow(b *testing.B, rows int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}

var benchCardinality = []int{10, 1000, 100_000}

const benchRows = 1_000_000

func BenchmarkDictionary(b *testing.B) {
	for _, k := range benchCardinality {
		for _, shared := range []bool{false, true} {
			labels := benchLabels(benchRows, k, shared)
			dst := make([]int32, len(labels))
			b.Run(fmt.Sprintf("keys=%d/shared=%v", k, shared), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					var d Dictionary
					if _, err := d.Encode(dst, labels); err != nil {
						b.Fatal(err)
					}
				}
				perRow(b, len(labels))
			})
		}
	}
}

func BenchmarkOneHotFitTransformCSR(b *testing.B) {
	for _, k := range benchCardinality {
		x := Columns(benchLabels(benchRows, k, false))
		b.Run(fmt.Sprintf("keys=%d", k), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var e OneHot
				if _, err := e.FitTransformCSR(nil, x); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, benchRows)
		})
	}
}

func BenchmarkOneHotCodes(b *testing.B) {
	for _, k := range benchCardinality {
		c, _ := EncodeColumn(Column{Labels: benchLabels(benchRows, k, false)})
		x := []Column{c}
		var e OneHot
		if err := e.Fit(x); err != nil {
			b.Fatal(err)
		}
		var dst CSR
		places := make([]int32, benchRows)
		b.Run(fmt.Sprintf("places/keys=%d", k), func(b *testing.B) {
			for b.Loop() {
				if _, err := e.Places(places, 0, x[0]); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, benchRows)
		})
		b.Run(fmt.Sprintf("keys=%d", k), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.TransformCSR(&dst, x); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, benchRows)
		})
	}
}

func BenchmarkOrdinalTransform(b *testing.B) {
	for _, k := range benchCardinality {
		x := Columns(benchLabels(benchRows, k, false))
		var e Ordinal
		if err := e.Fit(x); err != nil {
			b.Fatal(err)
		}
		dst, _ := e.Transform(nil, x)
		b.Run(fmt.Sprintf("keys=%d", k), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Transform(dst, x); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, benchRows)
		})
	}
}

func BenchmarkTargetFitTransform(b *testing.B) {
	r := rand.New(rand.NewPCG(3, 4))
	y := make([]float64, benchRows)
	for i := range y {
		y[i] = r.NormFloat64()
	}
	for _, k := range benchCardinality {
		x := Columns(benchLabels(benchRows, k, false))
		b.Run(fmt.Sprintf("keys=%d", k), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var e Target
				if _, err := e.FitTransform(nil, x, y, nil); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, benchRows)
		})
		b.Run(fmt.Sprintf("fit-codes/keys=%d", k), func(b *testing.B) {
			c, _ := EncodeColumn(x[0])
			for b.Loop() {
				var e Target
				if err := e.Fit([]Column{c}, y); err != nil {
					b.Fatal(err)
				}
			}
			perRow(b, benchRows)
		})
	}
}

func BenchmarkRow(b *testing.B) {
	labels := benchLabels(10_000, 1000, false)
	x := Columns(labels, labels, labels)
	y := make([]float64, len(labels))
	for i := range y {
		y[i] = float64(i % 7)
	}
	row := []string{labels[0], labels[1], labels[2]}
	var o OneHot
	var t Target
	if err := o.Fit(x[:1]); err != nil {
		b.Fatal(err)
	}
	if err := t.Fit(x, y); err != nil {
		b.Fatal(err)
	}
	b.Run("onehot", func(b *testing.B) {
		dst := make([]float64, o.Width())
		b.ReportAllocs()
		for b.Loop() {
			if err := o.EncodeRow(dst, row[:1]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("target", func(b *testing.B) {
		dst := make([]float64, t.Width())
		b.ReportAllocs()
		for b.Loop() {
			if err := t.EncodeRow(dst, row); err != nil {
				b.Fatal(err)
			}
		}
	})
}
