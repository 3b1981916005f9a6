package table

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// numericFile writes rows x cols normal numbers with 17 digits.
func numericFile(b *testing.B, rows, cols int) (path string, size int64) {
	b.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	var text []byte
	for c := range cols {
		if c > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(append(text, 'c'), int64(c), 10)
	}
	text = append(text, '\n')
	for range rows {
		for c := range cols {
			if c > 0 {
				text = append(text, ',')
			}
			text = strconv.AppendFloat(text, rng.NormFloat64(), 'g', -1, 64)
		}
		text = append(text, '\n')
	}
	path = filepath.Join(b.TempDir(), "n.csv")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		b.Fatal(err)
	}
	return path, int64(len(text))
}

func BenchmarkReadFileNumeric(b *testing.B) {
	path, size := numericFile(b, 200_000, 10)
	b.SetBytes(size)
	for b.Loop() {
		if _, err := ReadFile(path, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/byte")
}

func BenchmarkBatchesNumeric(b *testing.B) {
	path, size := numericFile(b, 200_000, 10)
	for _, infer := range []Infer{InferAll, InferFirst} {
		b.Run([]string{"all", "first"}[infer], func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				r, err := Open(path, Options{Infer: infer})
				if err != nil {
					b.Fatal(err)
				}
				for _, err := range r.All() {
					if err != nil {
						b.Fatal(err)
					}
				}
				if r.Rows() != 200_000 {
					b.Fatal(r.Rows())
				}
				r.Close()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(size), "ns/byte")
		})
	}
}

// wordFile writes rows of one column of text with 1000 distinct words.
func wordFile(b *testing.B, rows int) (path string, size int64) {
	b.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	words := make([]string, 1000)
	for i := range words {
		w := make([]byte, 3+rng.IntN(10))
		for j := range w {
			w[j] = 'a' + byte(rng.IntN(26))
		}
		words[i] = string(w)
	}
	text := []byte("word\n")
	for range rows {
		text = append(append(text, words[rng.IntN(len(words))]...), '\n')
	}
	path = filepath.Join(b.TempDir(), "w.csv")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		b.Fatal(err)
	}
	return path, int64(len(text))
}

func BenchmarkReadFileWords(b *testing.B) {
	const rows = 1_000_000
	path, size := wordFile(b, rows)
	b.SetBytes(size)
	for b.Loop() {
		if _, err := ReadFile(path, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/value")
}

// BenchmarkReadFileColumn reads one column of numbers.
func BenchmarkReadFileColumn(b *testing.B) {
	const rows = 1_000_000
	path, size := numericFile(b, rows, 1)
	b.SetBytes(size)
	for b.Loop() {
		if _, err := ReadFile(path, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/value")
}
