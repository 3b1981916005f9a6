package text

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

type vectorFile struct {
	Words []string
	Dim   int
	Data  []float64
	Files map[string]string
	Cases []struct {
		Positive, Negative []string
		Add, Mul           [][2]any
	}
	Similarity [][3]any
	Mean       []float64
	Questions  string
	Scores     []struct {
		Name               string
		Correct, Incorrect int
	}
}

func loadVectors(t testing.TB) (f vectorFile, v *Vectors) {
	golden.Load(t, "encoding_text/vectors.json", &f)
	data := make([]float32, len(f.Data))
	for i, a := range f.Data {
		data[i] = float32(a)
	}
	v, err := NewVectors(f.Words, f.Dim, data)
	require.NoError(t, err)
	return f, v
}

type reader = func(io.Reader, int) (*Vectors, error)

var readers = map[string]reader{"text": ReadWord2VecText, "binary": ReadWord2VecBinary, "glove": ReadGloVe}

func writers(v *Vectors) map[string]func(io.Writer) error {
	return map[string]func(io.Writer) error{"text": v.WriteWord2VecText, "binary": v.WriteWord2VecBinary, "glove": v.WriteGloVe}
}

func sameVectors(t *testing.T, want, got *Vectors) {
	t.Helper()
	require.Equal(t, want.Words(), got.Words())
	require.Equal(t, want.Dim(), got.Dim())
	require.True(t, slices.Equal(want.data, got.data))
}

func TestFilesOfGensim(t *testing.T) {
	f, want := loadVectors(t)
	for format, read := range readers {
		file, err := base64.StdEncoding.DecodeString(f.Files[format])
		require.NoError(t, err)
		got, err := read(bytes.NewReader(file), 0)
		require.NoError(t, err, format)
		sameVectors(t, want, got)
		// from a stream whose length is not known
		got, err = read(io.MultiReader(bytes.NewReader(file)), 0)
		require.NoError(t, err, format)
		sameVectors(t, want, got)
		part, err := read(bytes.NewReader(file), 3)
		require.NoError(t, err)
		assert.Equal(t, f.Words[:3], part.Words())
		// what we write reads back, and the binary form is gensim's byte for byte
		var b bytes.Buffer
		require.NoError(t, writers(want)[format](&b))
		if format == "binary" {
			assert.Equal(t, file, b.Bytes())
		}
		got, err = read(&b, 0)
		require.NoError(t, err)
		sameVectors(t, want, got)
		// cut short: an error, or for GloVe fewer words
		for n := range len(file) {
			if n%37 != 0 {
				continue
			}
			_, err := read(bytes.NewReader(file[:n]), 0)
			// a last number that lost digits is still a number
			if format == "binary" && n < len(file) || format == "text" && n < len(file)-20 {
				require.ErrorIs(t, err, mlgauge.ErrCorrupt, "%s cut at %d", format, n)
			}
		}
	}
}

func TestNeighboursOfGensim(t *testing.T) {
	f, v := loadVectors(t)
	for _, c := range f.Cases {
		for method, want := range map[Method][][2]any{CosAdd: c.Add, CosMul: c.Mul} {
			got, err := v.Analogy(c.Positive, c.Negative, 7, method)
			require.NoError(t, err)
			require.Len(t, got, 7)
			for i, w := range want {
				assert.Equal(t, w[0], got[i].Word)
				// both sum products in float32
				assert.InEpsilon(t, w[1], got[i].Score, 1e-5)
			}
		}
		if len(c.Positive) == 1 {
			got, err := v.Nearest(c.Positive[0], 7)
			require.NoError(t, err)
			assert.Equal(t, c.Add[0][0], got[0].Word)
		}
	}
	for _, s := range f.Similarity {
		got, err := v.Similarity(s[0].(string), s[1].(string))
		require.NoError(t, err)
		assert.InDelta(t, s[2], got, 1e-6)
	}
	mean, err := v.Mean(nil, []string{"king", "nobody", "w6", "w1"})
	require.NoError(t, err)
	// the peer's float32
	golden.EqualSlice(t, "mean", f.Mean, mean, 1e-6)
	sections, err := ReadAnalogies(strings.NewReader(f.Questions))
	require.NoError(t, err)
	each, all, err := v.Evaluate(sections, CosAdd, 0)
	require.NoError(t, err)
	for i, s := range each {
		w := f.Scores[i]
		assert.Equal(t, [2]int{w.Correct, w.Correct + w.Incorrect}, [2]int{s.Correct, s.Total}, w.Name)
	}
	assert.Equal(t, f.Scores[2].Correct, all.Correct)
	assert.Equal(t, 1, all.Skipped)
}

// The heap over parts of the words gives what sorting all scores gives, with
// ties and on any number of blocks.
func TestNearestAgainstSort(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const n, dim = 20_000, 8
	words, data := make([]string, n), make([]float32, n*dim)
	for i := range words {
		words[i] = fmt.Sprint(i)
	}
	for i := range data {
		data[i] = float32(rng.IntN(3)) // many equal vectors, some of zeros
	}
	v, err := NewVectors(words, dim, data)
	require.NoError(t, err)
	x := []float32{1, 2, 0, 1, 1, 0, 2, 1}
	for _, k := range []int{1, 5, 300, n, n + 5} {
		got, err := v.NearestTo(x, k)
		require.NoError(t, err)
		all, err := v.NearestTo(x, n)
		require.NoError(t, err)
		require.Equal(t, all[:min(k, n)], got)
	}
	all, err := v.NearestTo(x, n)
	require.NoError(t, err)
	assert.True(t, slices.IsSortedFunc(all, func(a, b Neighbour) int {
		if a.Score != b.Score {
			return int(math.Copysign(1, b.Score-a.Score))
		}
		i, _ := v.ID(a.Word)
		j, _ := v.ID(b.Word)
		return i - j
	}))
	for _, a := range all[:50] {
		y, _ := v.Vector(a.Word)
		var dot float64
		for i := range y {
			dot += float64(x[i] * y[i])
		}
		assert.InDelta(t, dot/norm32(x)/norm32(y), a.Score, 1e-6)
	}
}

func TestBadVectors(t *testing.T) {
	_, v := loadVectors(t)
	read := func(format, s string) error {
		_, err := readers[format](strings.NewReader(s), 0)
		return err
	}
	one := func(_ any, err error) error { return err }
	cases := map[string]struct {
		err  error
		want error
	}{
		"no words":            {one(NewVectors(nil, 2, nil)), mlgauge.ErrEmpty},
		"no length":           {one(NewVectors([]string{"a"}, 0, nil)), mlgauge.ErrRange},
		"too few values":      {one(NewVectors([]string{"a", "b"}, 2, make([]float32, 3))), mlgauge.ErrLength},
		"twice":               {one(NewVectors([]string{"a", "a"}, 1, make([]float32, 2))), mlgauge.ErrRange},
		"NaN":                 {one(NewVectors([]string{"a"}, 1, []float32{float32(math.NaN())})), mlgauge.ErrNotFinite},
		"unknown word":        {one(v.Nearest("nobody", 3)), mlgauge.ErrUnknownCategory},
		"k":                   {one(v.Nearest("king", 0)), mlgauge.ErrRange},
		"method":              {one(v.Analogy([]string{"king"}, nil, 1, 9)), mlgauge.ErrRange},
		"no question":         {one(v.Analogy(nil, nil, 1, CosAdd)), mlgauge.ErrEmpty},
		"no positive":         {one(v.Analogy(nil, []string{"king"}, 1, CosMul)), mlgauge.ErrEmpty},
		"cancel":              {one(v.Analogy([]string{"king"}, []string{"king"}, 1, CosAdd)), mlgauge.ErrUndefined},
		"other length":        {one(v.NearestTo(make([]float32, 3), 1)), mlgauge.ErrLength},
		"zero":                {one(v.NearestTo(make([]float32, v.Dim()), 1)), mlgauge.ErrUndefined},
		"mean of nothing":     {one(v.Mean(nil, []string{"nobody"})), mlgauge.ErrUndefined},
		"mean into":           {one(v.Mean(make([]float64, 2), []string{"king"})), mlgauge.ErrLength},
		"weight":              {one(v.WeightedMean(nil, []string{"king"}, func(string) float64 { return -1 })), mlgauge.ErrRange},
		"NaN weight":          {one(v.WeightedMean(nil, []string{"king"}, func(string) float64 { return math.NaN() })), mlgauge.ErrNotFinite},
		"empty vectors":       {one(new(Vectors).NearestTo(nil, 1)), mlgauge.ErrEmpty},
		"write nothing":       {new(Vectors).WriteGloVe(io.Discard), mlgauge.ErrEmpty},
		"empty text":          {read("text", ""), mlgauge.ErrCorrupt},
		"empty binary":        {read("binary", ""), mlgauge.ErrCorrupt},
		"empty glove":         {read("glove", ""), mlgauge.ErrEmpty},
		"header of one":       {read("text", "3\n"), mlgauge.ErrCorrupt},
		"negative header":     {read("text", "-1 4\n"), mlgauge.ErrCorrupt},
		"terabytes of text":   {read("text", "2000000000 4000000\nw 1 2\n"), mlgauge.ErrCorrupt},
		"terabytes of binary": {read("binary", "2000000000 4000000\nw abcdabcd"), mlgauge.ErrCorrupt},
		"beyond int":          {read("binary", "99999999999999999999 4\n"), mlgauge.ErrCorrupt},
		"long header":         {read("binary", strings.Repeat("9", maxLine+1)), mlgauge.ErrCorrupt},
		"too few words":       {read("text", "3 2\na 1 2\nb 3 4\n"), mlgauge.ErrCorrupt},
		"too many words":      {read("text", "1 2\na 1 2\nb 3 4\n"), mlgauge.ErrCorrupt},
		"too few fields":      {read("text", "1 2\na 1\n"), mlgauge.ErrCorrupt},
		"no number":           {read("text", "1 2\na 1 x\n"), mlgauge.ErrCorrupt},
		"NaN in text":         {read("text", "1 2\na 1 NaN\n"), mlgauge.ErrCorrupt},
		"overflow":            {read("text", "1 1\na 1e39\n"), mlgauge.ErrCorrupt},
		"no word":             {read("text", "1 1\n 1\n"), mlgauge.ErrCorrupt},
		"glove of words":      {read("glove", "word\n"), mlgauge.ErrCorrupt},
		"uneven glove":        {read("glove", "a 1 2\nb 1\n"), mlgauge.ErrCorrupt},
		"megabyte word":       {read("binary", "1 1\n"+strings.Repeat("x", maxWord+2)+" abcd"), mlgauge.ErrCorrupt},
		"more binary":         {read("binary", "1 1\nx \x00\x00\x00\x00junk"), mlgauge.ErrCorrupt},
		"limit":               {one(ReadGloVe(strings.NewReader("a 1"), -1)), mlgauge.ErrRange},
		"one field":           {one(ReadAnalogies(strings.NewReader(": x\na\n"))), mlgauge.ErrCorrupt},
		"no section":          {one(ReadAnalogies(strings.NewReader("a b c d\n"))), mlgauge.ErrCorrupt},
		"no analogy":          {one(ReadAnalogies(strings.NewReader(": x\n"))), mlgauge.ErrEmpty},
		"nothing to train on": {one(SkipGram{}.Train(nil)), mlgauge.ErrEmpty},
		"one word":            {one(SkipGram{MinCount: 1}.Train([][]string{{"a", "a"}})), mlgauge.ErrUndefined},
		"negative window":     {one(SkipGram{Window: -1}.Train(nil)), mlgauge.ErrRange},
		"NaN rate":            {one(SkipGram{Alpha: math.NaN()}.Train(nil)), mlgauge.ErrNotFinite},
		"SIF without fit":     {one((&SIF{Frequencies: someFrequencies(t)}).Transform(nil, v, [][]string{{"king"}})), mlgauge.ErrNotFitted},
		"SIF of no corpus":    {(&SIF{}).Fit(v, [][]string{{"king"}}), mlgauge.ErrEmpty},
		"SIF of strangers":    {(&SIF{Frequencies: someFrequencies(t)}).Fit(v, [][]string{{"nobody"}}), mlgauge.ErrUndefined},
	}
	for name, c := range cases {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: want %v, got %v", name, c.want, c.err)
		}
	}
	bad, err := NewVectors([]string{"new york"}, 1, []float32{1})
	require.NoError(t, err)
	for _, w := range writers(bad) {
		require.ErrorIs(t, w(io.Discard), mlgauge.ErrRange)
	}
	// the last words may hold spaces: values are counted from the end
	g, err := ReadGloVe(strings.NewReader("a 1 2\nnew york 3 4\r\n\na 5 6"), 0)
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "new york"}, g.Words())
	assert.Equal(t, []float32{1, 2, 3, 4}, g.data)
}

// A header that announces terabytes costs no more than the input.
func TestHeaderIsNotBelieved(t *testing.T) {
	for _, in := range []string{"2000000000 300\nword ", "2000000000 4000000\nword 1 2 3"} {
		for format, read := range readers {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := read(strings.NewReader(in), 0)
			require.True(t, err != nil || format == "glove")
			runtime.ReadMemStats(&after)
			n := after.TotalAlloc - before.TotalAlloc
			assert.Less(t, n, uint64(1<<20), "%s of %q", format, in)
		}
	}
}

func someFrequencies(t *testing.T) *DocumentFrequencies {
	var d DocumentFrequencies
	require.NoError(t, d.Add("king", "w1", "w1"))
	require.NoError(t, d.Add("queen", "w1"))
	return &d
}

func TestSIFAgainstDefinition(t *testing.T) {
	_, v := loadVectors(t)
	f := someFrequencies(t) // 5 tokens: king 1, w1 3, queen 1
	docs := [][]string{{"king", "w1"}, {"queen", "nobody", "w1"}, {"w2", "w3"}, {}}
	p := map[string]float64{"king": .2, "w1": .6, "queen": .2}
	x := make([][]float64, len(docs))
	for i, d := range docs {
		x[i] = make([]float64, v.Dim())
		n := 0.0
		for _, w := range d {
			if y, ok := v.Vector(w); ok {
				n++
				for k := range y {
					x[i][k] += 1e-3 / (1e-3 + p[w]) * float64(y[k])
				}
			}
		}
		for k := range x[i] {
			x[i][k] /= max(n, 1)
		}
	}
	s := SIF{Frequencies: f, KeepCommon: true}
	got, err := s.Transform(nil, v, docs)
	require.NoError(t, err)
	for i := range docs {
		golden.EqualSlice(t, "pooled", x[i], got.RawRowView(i), 1e-12)
	}
	s = SIF{Frequencies: f}
	require.NoError(t, s.Fit(v, docs))
	got, err = s.Transform(nil, v, docs)
	require.NoError(t, err)
	// what is left has nothing along the component, and the component is a
	// fixed point of X'X
	var power [2][]float64
	power[0] = s.Component
	power[1] = make([]float64, v.Dim())
	var size float64
	for i := range docs {
		var left, along float64
		for k, u := range s.Component {
			left += u * got.At(i, k)
			along += u * x[i][k]
		}
		assert.InDelta(t, 0, left, 1e-12)
		for k := range power[1] {
			power[1][k] += along * x[i][k]
		}
		size += along * along
	}
	for k := range power[1] {
		power[1][k] /= size
	}
	golden.EqualSlice(t, "component", power[1], power[0], 1e-9)
	// saved and restored, it can go on
	saved, err := json.Marshal(&s)
	require.NoError(t, err)
	var restored SIF
	require.NoError(t, json.Unmarshal(saved, &restored))
	require.NoError(t, restored.PartialFit(v, docs))
	require.NoError(t, s.PartialFit(v, docs))
	golden.EqualSlice(t, "restored", s.Component, restored.Component, 1e-12)
	require.NoError(t, s.Fit(v, docs))
	require.ErrorIs(t, restored.UnmarshalJSON([]byte(`{"component":[1,2],"gram":[1]}`)), mlgauge.ErrCorrupt)
	// in two shards
	a, b := SIF{Frequencies: f}, SIF{Frequencies: f}
	require.NoError(t, a.Fit(v, docs[:1]))
	require.NoError(t, b.Fit(v, docs[1:]))
	require.NoError(t, a.Merge(&b))
	golden.EqualSlice(t, "merged", s.Component, a.Component, 1e-9)
	require.NoError(t, b.Fit(v, docs[:1]))
	require.NoError(t, b.PartialFit(v, docs[1:]))
	golden.EqualSlice(t, "partial", s.Component, b.Component, 1e-9)
}

func TestWeightedMean(t *testing.T) {
	v, err := NewVectors([]string{"a", "b"}, 2, []float32{1, 0, 0, 2})
	require.NoError(t, err)
	w := map[string]float64{"a": 3, "b": 1}
	got, err := v.WeightedMean(nil, []string{"a", "c", "b", "b"}, func(t string) float64 { return w[t] })
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{3.0 / 5, 4.0 / 5}, got, 1e-15)
}

// Words of two topics that never meet end up apart; one worker is
// reproducible, two find the same.
func TestSkipGramFindsTopics(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var corpus [][]string
	for range 1500 {
		topic := rng.IntN(2)
		s := make([]string, 8)
		for i := range s {
			s[i] = fmt.Sprintf("t%d-%d", topic, rng.IntN(10))
		}
		corpus = append(corpus, s)
	}
	g := SkipGram{Dim: 16, Epochs: 4, MinCount: 1, Sample: -1, Seed: 1}
	a, err := g.Train(corpus)
	require.NoError(t, err)
	b, err := g.Train(corpus)
	require.NoError(t, err)
	sameVectors(t, a, b)
	g.Workers = 2
	c, err := g.Train(corpus)
	require.NoError(t, err)
	for _, v := range []*Vectors{a, c} {
		for _, w := range v.Words() {
			near, err := v.Nearest(w, 9)
			require.NoError(t, err)
			for _, n := range near {
				assert.Equal(t, w[:2], n.Word[:2], "%s near %s", n.Word, w)
			}
		}
	}
	g.Seed = 2
	d, err := g.Train(corpus)
	require.NoError(t, err)
	assert.False(t, slices.Equal(c.data, d.data))
}

func FuzzReadVectors(f *testing.F) {
	for _, s := range []string{"1 2\na 1 2\n", "2 1\na 1\nb 2", "a 1 2\nb 3 4\n", "1 1\nx abcd", "", "9 9\n", "1 1\n\nx \x00\x00\x80?\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for format, read := range readers {
			v, err := read(bytes.NewReader(b), 0)
			if err != nil {
				if !errors.Is(err, mlgauge.ErrCorrupt) && !errors.Is(err, mlgauge.ErrEmpty) {
					t.Fatalf("%s: %v", format, err)
				}
				continue
			}
			if v.Len() == 0 || len(v.data) != v.Len()*v.Dim() {
				t.Fatalf("%s: %d words of %d, %d values", format, v.Len(), v.Dim(), len(v.data))
			}
			var out bytes.Buffer
			if writers(v)[format](&out) != nil {
				continue // a word with white space
			}
			w, err := read(&out, 0)
			if err != nil {
				t.Fatal(err)
			}
			sameVectors(t, v, w)
		}
	})
}
