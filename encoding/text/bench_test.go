package text

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/mlgauge/mlgauge/encoding"
)

// 4 MB of documents.
func benchCorpus() (docs []string, bytes int) {
	docs = corpus(16_000, 1)
	for _, d := range docs {
		bytes += len(d)
	}
	return docs, bytes
}

func perByte(b *testing.B, bytes int) {
	b.SetBytes(int64(bytes))
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(bytes), "ns/byte")
	b.ReportAllocs()
}

func BenchmarkTFIDFFitTransform(b *testing.B) {
	docs, bytes := benchCorpus()
	for b.Loop() {
		var v TfidfVectorizer
		if _, err := v.FitTransform(nil, docs); err != nil {
			b.Fatal(err)
		}
	}
	perByte(b, bytes)
}

func BenchmarkHashing(b *testing.B) {
	docs, bytes := benchCorpus()
	dst := new(encoding.CSR)
	for b.Loop() {
		if _, err := (&HashingVectorizer{}).Transform(dst, docs); err != nil {
			b.Fatal(err)
		}
	}
	perByte(b, bytes)
}

func BenchmarkTFIDFOneDocument(b *testing.B) {
	docs, _ := benchCorpus()
	var v TfidfVectorizer
	if err := v.Fit(docs); err != nil {
		b.Fatal(err)
	}
	dst := new(encoding.CSR)
	for b.Loop() {
		if _, err := v.TransformOne(dst, docs[7]); err != nil {
			b.Fatal(err)
		}
	}
	perByte(b, len(docs[7]))
}

func BenchmarkAnalogy(b *testing.B) {
	const n, dim = 100_000, 300
	rng := rand.New(rand.NewPCG(1, 2))
	words, data := make([]string, n), make([]float32, n*dim)
	for i := range words {
		words[i] = fmt.Sprint(i)
	}
	for i := range data {
		data[i] = rng.Float32() - 0.5
	}
	v, err := NewVectors(words, dim, data)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := v.Analogy(words[:2], words[2:3], 10, CosAdd); err != nil {
			b.Fatal(err)
		}
	}
	perByte(b, 4*n*dim)
}

func BenchmarkSkipGram(b *testing.B) {
	docs := corpus(1000, 1)
	var sentences [][]string
	tokens := 0
	for _, d := range docs {
		s, err := Analyzer{}.Terms(d)
		if err != nil {
			b.Fatal(err)
		}
		sentences = append(sentences, s)
		tokens += len(s)
	}
	for b.Loop() {
		if _, err := (SkipGram{Epochs: 1}).Train(sentences); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(tokens), "ns/token")
	b.ReportAllocs()
}
