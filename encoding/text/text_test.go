package text

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/encoding"
)

// corpus makes n documents of words of which few are frequent; some words are
// not ASCII, some documents are empty.
func corpus(n int, seed uint64) []string {
	rng := rand.New(rand.NewPCG(seed, 1))
	docs := make([]string, n)
	for i := range docs {
		var b strings.Builder
		for range rng.IntN(60) {
			k := int(math.Exp(rng.Float64() * 8))
			switch {
			case k%37 == 0:
				fmt.Fprintf(&b, "größe%d, ", k)
			case k%11 == 0:
				fmt.Fprintf(&b, "a-very-long-term-%d! ", k)
			default:
				fmt.Fprintf(&b, "W%x ", k)
			}
		}
		docs[i] = b.String()
	}
	return docs
}

// slowCounts is CountVectorizer with maps.
func slowCounts(a Analyzer, docs []string, lo, hi float64, k int) (names []string, rows []map[string]float64) {
	df, total := map[string]int{}, map[string]int{}
	for _, d := range docs {
		row := map[string]float64{}
		terms, err := a.Terms(d)
		if err != nil {
			panic(err)
		}
		for _, t := range terms {
			if row[t]++; row[t] == 1 {
				df[t]++
			}
			total[t]++
		}
		rows = append(rows, row)
	}
	for t, n := range df {
		if float64(n) >= lo && float64(n) <= hi {
			names = append(names, t)
		}
	}
	sort.Strings(names)
	if k > 0 && k < len(names) {
		sort.SliceStable(names, func(i, j int) bool { return total[names[i]] > total[names[j]] })
		names = names[:k]
		sort.Strings(names)
	}
	return names, rows
}

func sameRows(t *testing.T, names []string, rows []map[string]float64, got *encoding.CSR) {
	t.Helper()
	require.NoError(t, got.Check())
	require.Equal(t, len(rows), got.NRows)
	for i, row := range rows {
		columns, values := got.Row(i)
		n := 0
		for k, j := range columns {
			require.Equal(t, row[names[j]], values[k])
		}
		for _, name := range names {
			if row[name] != 0 {
				n++
			}
		}
		require.Equal(t, n, len(columns))
	}
}

func TestCountsAgainstMaps(t *testing.T) {
	docs := corpus(4000, 1) // about a megabyte: several blocks
	for _, c := range []CountVectorizer{
		{},
		{MinDF: Docs(3), MaxDF: Share(0.1)},
		{MaxFeatures: 57},
		{MinDF: Docs(2), MaxFeatures: 300, Analyzer: Analyzer{Unit: CharInWord, NMin: 3, NMax: 4}},
	} {
		lo, hi := c.MinDF.of(len(docs), 1), c.MaxDF.of(len(docs), math.Inf(1))
		names, rows := slowCounts(c.Analyzer, docs, lo, hi, c.MaxFeatures)
		x, err := c.FitTransform(nil, docs)
		require.NoError(t, err)
		require.Equal(t, names, c.FeatureNames())
		sameRows(t, names, rows, x)
		y, err := c.Transform(nil, docs)
		require.NoError(t, err)
		assert.Equal(t, x, y)
		for j, name := range names {
			k, ok := c.Column(name)
			require.True(t, ok && k == j)
		}
	}
}

// Batches, shards, a saved and restored vectorizer, and any order of documents
// come to the same as the whole.
func TestPartsAreTheWhole(t *testing.T) {
	docs := corpus(900, 2)
	options := func() *TfidfVectorizer {
		return &TfidfVectorizer{CountVectorizer: CountVectorizer{MinDF: Docs(2), MaxFeatures: 400}, Weighting: Weighting{Sublinear: true}}
	}
	whole := options()
	x, err := whole.FitTransform(nil, docs)
	require.NoError(t, err)
	check := func(what string, v *TfidfVectorizer) {
		t.Helper()
		y, err := v.Transform(nil, docs)
		require.NoError(t, err, what)
		require.Equal(t, x, y, what)
		require.Equal(t, whole.IDF, v.IDF, what)
		a, err := whole.Statistics().MarshalBinary()
		require.NoError(t, err)
		b, err := v.Statistics().MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, a, b, what)
	}
	batches := options()
	for i := 0; i < len(docs); i += 170 {
		require.NoError(t, batches.PartialFit(docs[i:min(i+170, len(docs))]))
	}
	check("batches", batches)
	left, right, merged := options(), options(), options()
	require.NoError(t, left.Fit(docs[:300]))
	require.NoError(t, right.Fit(docs[300:]))
	require.NoError(t, right.Merge(left))
	check("merged", right)
	require.NoError(t, merged.Merge(right))
	check("merged into nothing", merged)
	shuffled := slices.Clone(docs)
	rand.New(rand.NewPCG(5, 6)).Shuffle(len(docs), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	require.NoError(t, left.Fit(shuffled))
	check("fitted again, shuffled", left)
	for _, v := range []any{whole, &whole.CountVectorizer, whole.Statistics()} {
		b, err := json.Marshal(v)
		require.NoError(t, err)
		var restored any = new(TfidfVectorizer)
		switch v.(type) {
		case *CountVectorizer:
			restored = new(CountVectorizer)
		case *DocumentFrequencies:
			restored = new(DocumentFrequencies)
		}
		require.NoError(t, json.Unmarshal(b, restored))
		c, err := json.Marshal(restored)
		require.NoError(t, err)
		require.Equal(t, string(b), string(c))
		if r, ok := restored.(*TfidfVectorizer); ok {
			check("restored", r)
			require.NoError(t, r.PartialFit(docs[:5]))
		}
	}
	names, err := whole.Inverse(x)
	require.NoError(t, err)
	for i, row := range names {
		columns, _ := x.Row(i)
		require.Len(t, row, len(columns))
	}
}

// A vectorizer filled in by hand gives what the fitted one gives, here and after
// JSON.
func TestFilledInByHand(t *testing.T) {
	docs := corpus(200, 9)
	var fitted TfidfVectorizer
	x, err := fitted.FitTransform(nil, docs)
	require.NoError(t, err)
	v := TfidfVectorizer{CountVectorizer: CountVectorizer{Terms: fitted.FeatureNames()}, IDF: fitted.IDF}
	y, err := v.Transform(nil, docs)
	require.NoError(t, err)
	require.Equal(t, x, y)
	b, err := json.Marshal(&v)
	require.NoError(t, err)
	require.NoError(t, v.Prepare())
	for range 2 {
		y, err = v.Transform(nil, docs)
		require.NoError(t, err)
		require.Equal(t, x, y)
		v = TfidfVectorizer{}
		require.NoError(t, json.Unmarshal(b, &v))
	}
	v.IDF = v.IDF[:3]
	require.ErrorIs(t, v.Prepare(), mlgauge.ErrLength)
	require.ErrorIs(t, new(CountVectorizer).Prepare(), mlgauge.ErrEmpty)
	c := CountVectorizer{Terms: []string{"zebra", "ant"}}
	require.NoError(t, c.Prepare())
	require.NoError(t, c.PartialFit([]string{"ant ant"}))
	assert.Equal(t, 2, c.Statistics().Total("ant"))
}

func TestTransformerPartsAreTheWhole(t *testing.T) {
	var c CountVectorizer
	x, err := c.FitTransform(nil, corpus(200, 3))
	require.NoError(t, err)
	half := func(lo, hi int) *encoding.CSR {
		a, b := x.Indptr[lo], x.Indptr[hi]
		p := slices.Clone(x.Indptr[lo : hi+1])
		for i := range p {
			p[i] -= a
		}
		return &encoding.CSR{NRows: hi - lo, NCols: x.NCols, Indptr: p, Indices: x.Indices[a:b], Data: x.Data[a:b]}
	}
	var whole, parts, other TfidfTransformer
	require.NoError(t, whole.Fit(x))
	require.NoError(t, parts.PartialFit(half(0, 70)))
	require.NoError(t, parts.PartialFit(half(70, 200)))
	assert.Equal(t, whole, parts)
	require.NoError(t, parts.Fit(half(0, 70)))
	require.NoError(t, other.Fit(half(70, 200)))
	require.NoError(t, other.Merge(&parts))
	assert.Equal(t, whole, other)
	b, err := json.Marshal(&whole)
	require.NoError(t, err)
	var restored TfidfTransformer
	require.NoError(t, json.Unmarshal(b, &restored))
	assert.Equal(t, whole, restored)
}

func TestHashingInBlocks(t *testing.T) {
	docs := corpus(4000, 4)
	h := HashingVectorizer{Features: 1 << 12}
	x, err := h.Transform(nil, docs)
	require.NoError(t, err)
	require.NoError(t, x.Check())
	for i := 0; i < len(docs); i += 97 {
		one, err := h.TransformOne(nil, docs[i])
		require.NoError(t, err)
		columns, values := x.Row(i)
		require.True(t, slices.Equal(columns, one.Indices) && slices.Equal(values, one.Data))
	}
}

// One vectorizer serves many goroutines.
func TestManyAtOnce(t *testing.T) {
	docs := corpus(200, 6)
	var v TfidfVectorizer
	x, err := v.FitTransform(nil, docs)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			dst := new(encoding.CSR)
			for i, d := range docs {
				_, err := v.TransformOne(dst, d)
				columns, values := x.Row(i)
				if err != nil || !slices.Equal(columns, dst.Indices) || !slices.Equal(values, dst.Data) {
					t.Error(i, err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestOneDocumentDoesNotAllocate(t *testing.T) {
	docs := corpus(300, 5)
	var v TfidfVectorizer
	require.NoError(t, v.Fit(docs))
	h := HashingVectorizer{}
	dst, doc := new(encoding.CSR), strings.Join(docs[:5], " ")+" größe"
	for _, f := range []func(){
		func() { _, _ = v.TransformOne(dst, doc) },
		func() { _, _ = v.Transform(dst, docs[:3]) },
		func() { _, _ = h.TransformOne(dst, doc) },
	} {
		f()
		assert.LessOrEqual(t, testing.AllocsPerRun(200, f), float64(pooled))
	}
}

func TestVocabulary(t *testing.T) {
	var v, o Vocabulary
	rng := rand.New(rand.NewPCG(7, 8))
	ids := map[string]int{}
	for range 20_000 {
		b := make([]byte, rng.IntN(12))
		for i := range b {
			b[i] = "ab\x00\xff"[rng.IntN(4)]
		}
		id, err := v.Add(string(b))
		require.NoError(t, err)
		if want, ok := ids[string(b)]; ok {
			require.Equal(t, want, id)
		} else {
			require.Equal(t, len(ids), id)
			ids[string(b)] = id
		}
	}
	for s, want := range ids {
		id, ok := v.ID(s)
		require.True(t, ok && id == want && v.Term(id) == s)
	}
	_, ok := v.ID("absent")
	assert.False(t, ok)
	_, ok = o.ID("absent")
	assert.False(t, ok)
	b, err := v.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, o.UnmarshalBinary(b))
	assert.Equal(t, v.Terms(), o.Terms())
	require.ErrorIs(t, o.UnmarshalBinary(b[:len(b)-9]), mlgauge.ErrCorrupt)
	assert.Equal(t, v.Len(), o.Len())
	var m Vocabulary
	_, _ = m.Add("ab")
	remap, err := m.Merge(&v)
	require.NoError(t, err)
	for i, id := range remap {
		require.Equal(t, v.Term(i), m.Term(int(id)))
	}
}

func TestTokenRules(t *testing.T) {
	terms := func(a Analyzer, s string) []string {
		out, err := a.Terms(s)
		require.NoError(t, err)
		return out
	}
	assert.Equal(t, []string{"i", "can't", "pay", "3.14", "naïve", "日", "本"}, terms(Analyzer{Tokens: UnicodeWords}, "I can't pay 3.14, naïve! 日本 \U0001f600"))
	assert.Equal(t, []string{"i", "can't", "pay"}, terms(Analyzer{Tokens: UnicodeWords}, "I can't pay"))
	assert.Equal(t, []string{"i", "love", "ml"}, terms(Analyzer{MinLength: 1}, "I love ML"))
	assert.Equal(t, []string{"run", "run", "easili"}, terms(Analyzer{Stemmer: "english"}, "running runs easily"))
	assert.Equal(t, []string{"run run", "run easili"}, terms(Analyzer{Stemmer: "english", NMin: 2}, "running runs easily"))
	assert.Equal(t, []string{"12", "7"}, terms(Analyzer{Pattern: `#(\d+)`}, "#12 and #7 or 5"))
	assert.Equal(t, []string{"quick fox"}, terms(Analyzer{NMin: 2, StopWords: []string{"the", "brown"}}, "the quick brown fox"))
	stem, err := Stem("nationalités", "french")
	require.NoError(t, err)
	assert.Equal(t, "national", stem)
}

func TestTopAndCosine(t *testing.T) {
	x, err := encoding.NewCSR(4, 3, []int{0, 2, 4, 4, 5}, []int32{0, 2, 0, 1, 1}, []float64{3, 4, 4, 3, -1})
	require.NoError(t, err)
	names := []string{"a", "b", "c"}
	got, err := TopTerms(x, names, 1, 5)
	require.NoError(t, err)
	assert.Equal(t, []Weighted{{"a", 4}, {"b", 3}}, got)
	got, err = TopMeanTerms(x, names, 2)
	require.NoError(t, err)
	assert.Equal(t, []Weighted{{"a", 7. / 4}, {"c", 1}}, got)
	c, err := CosineSimilarity(nil, x, x)
	require.NoError(t, err)
	want := [][]float64{{1, 12. / 25, 0, 0}, {12. / 25, 1, 0, -.6}, {0, 0, 0, 0}, {0, -.6, 0, 1}}
	for i := range want {
		assert.InDeltaSlice(t, want[i], c.RawRowView(i), 1e-15)
	}
	huge := &encoding.CSR{NRows: 1, NCols: 3, Indptr: []int{0, 2}, Indices: []int32{0, 2}, Data: []float64{3e300, 4e300}}
	c, err = CosineSimilarity(nil, huge, x)
	require.NoError(t, err)
	assert.InDelta(t, 1, c.At(0, 0), 1e-15)
}
