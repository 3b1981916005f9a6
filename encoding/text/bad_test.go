package text

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/encoding"
)

// A refusal after counting leaves the frequencies as they were.
func TestRefusedFrequencies(t *testing.T) {
	v := TfidfVectorizer{CountVectorizer: CountVectorizer{Terms: []string{"one", "two"}}, Weighting: Weighting{NoSmoothing: true}}
	require.ErrorIs(t, v.PartialFit([]string{"one"}), mlgauge.ErrUndefined)
	assert.Equal(t, 0, v.Statistics().Documents())
	require.NoError(t, v.PartialFit([]string{"one two"}))
	require.NoError(t, v.PartialFit([]string{"one"}))
	assert.Equal(t, 2, v.Statistics().Documents())
	assert.InDelta(t, math.Log(2)+1, v.IDF[1], 1e-15)
	h := HashingVectorizer{Features: 9, Norm: L1}
	b, err := json.Marshal(h)
	require.NoError(t, err)
	var r HashingVectorizer
	require.NoError(t, json.Unmarshal(b, &r))
	assert.Equal(t, h, r)
}

func TestBadText(t *testing.T) {
	one := func(_ any, err error) error { return err }
	fit := func(c CountVectorizer, docs ...string) error { return c.Fit(docs) }
	var fitted CountVectorizer
	require.NoError(t, fitted.Fit([]string{"some words here"}))
	x, err := fitted.Transform(nil, []string{"some words"})
	require.NoError(t, err)
	names := fitted.FeatureNames()
	nan := &encoding.CSR{NRows: 1, NCols: 3, Indptr: []int{0, 1}, Indices: []int32{0}, Data: []float64{math.NaN()}}
	wide := &encoding.CSR{NRows: 1, NCols: 9, Indptr: []int{0, 0}}
	broken := &encoding.CSR{NRows: 1, NCols: 3, Indptr: []int{0, 1}, Indices: []int32{7}, Data: []float64{1}}
	zero := &encoding.CSR{NRows: 1, NCols: 3, Indptr: []int{0, 1}, Indices: []int32{1}, Data: []float64{0}}
	other := fitted
	other.Binary = true
	cases := map[string]struct {
		err  error
		want error
	}{
		"no documents":             {fit(CountVectorizer{}), mlgauge.ErrEmpty},
		"no terms":                 {fit(CountVectorizer{}, "a b", ""), mlgauge.ErrEmpty},
		"stop words only":          {fit(CountVectorizer{Analyzer: Analyzer{StopWords: English()}}, "the and of"), mlgauge.ErrEmpty},
		"bounds leave none":        {fit(CountVectorizer{MinDF: Docs(2)}, "one two", "three"), mlgauge.ErrEmpty},
		"bounds cross":             {fit(CountVectorizer{MinDF: Docs(3), MaxDF: Docs(2)}, "one two", "one"), mlgauge.ErrRange},
		"share above 1":            {fit(CountVectorizer{MaxDF: Share(1.5)}, "one two"), mlgauge.ErrRange},
		"share NaN":                {fit(CountVectorizer{MaxDF: Share(math.NaN())}, "one two"), mlgauge.ErrNotFinite},
		"negative bound":           {fit(CountVectorizer{MinDF: Docs(-1)}, "one two"), mlgauge.ErrRange},
		"negative features":        {fit(CountVectorizer{MaxFeatures: -1}, "one two"), mlgauge.ErrRange},
		"invalid UTF-8":            {fit(CountVectorizer{}, "fine", "b\xffd"), mlgauge.ErrRange},
		"invalid UTF-8 later":      {one(fitted.Transform(nil, []string{"fine", "b\xffd"})), mlgauge.ErrRange},
		"invalid UTF-8, one":       {one(fitted.TransformOne(nil, "b\xffd")), mlgauge.ErrRange},
		"n-grams of -1":            {fit(CountVectorizer{Analyzer: Analyzer{NMin: -1}}, "one two"), mlgauge.ErrRange},
		"n-grams that shrink":      {fit(CountVectorizer{Analyzer: Analyzer{NMin: 3, NMax: 2}}, "one two"), mlgauge.ErrRange},
		"unit":                     {fit(CountVectorizer{Analyzer: Analyzer{Unit: 9}}, "one two"), mlgauge.ErrRange},
		"tokens":                   {fit(CountVectorizer{Analyzer: Analyzer{Tokens: 9}}, "one two"), mlgauge.ErrRange},
		"accents":                  {fit(CountVectorizer{Analyzer: Analyzer{Accents: 9}}, "one two"), mlgauge.ErrRange},
		"invalid":                  {fit(CountVectorizer{Analyzer: Analyzer{Invalid: 9}}, "one two"), mlgauge.ErrRange},
		"length":                   {fit(CountVectorizer{Analyzer: Analyzer{MinLength: -1}}, "one two"), mlgauge.ErrRange},
		"language":                 {fit(CountVectorizer{Analyzer: Analyzer{Stemmer: "klingon"}}, "one two"), mlgauge.ErrRange},
		"language of one word":     {one(Stem("word", "klingon")), mlgauge.ErrRange},
		"pattern":                  {fit(CountVectorizer{Analyzer: Analyzer{Pattern: "("}}, "one two"), mlgauge.ErrRange},
		"two groups":               {fit(CountVectorizer{Analyzer: Analyzer{Pattern: "(a)(b)"}}, "one two"), mlgauge.ErrRange},
		"term twice":               {fit(CountVectorizer{Terms: []string{"one", "one"}}, "one two"), mlgauge.ErrRange},
		"not fitted":               {one(new(CountVectorizer).Transform(nil, []string{"one"})), mlgauge.ErrNotFitted},
		"TF-IDF not fitted":        {one(new(TfidfVectorizer).Transform(nil, []string{"one"})), mlgauge.ErrNotFitted},
		"TF-IDF of given terms":    {one((&TfidfVectorizer{CountVectorizer: CountVectorizer{Terms: []string{"one"}}}).Transform(nil, []string{"one"})), mlgauge.ErrNotFitted},
		"transformer not fitted":   {one(new(TfidfTransformer).Transform(nil, x)), mlgauge.ErrNotFitted},
		"norm":                     {one((&TfidfVectorizer{Weighting: Weighting{Norm: 9}}).FitTransform(nil, []string{"one two"})), mlgauge.ErrRange},
		"unseen without smoothing": {(&TfidfVectorizer{CountVectorizer: CountVectorizer{Terms: []string{"zebra"}}, Weighting: Weighting{NoSmoothing: true}}).Fit([]string{"one"}), mlgauge.ErrUndefined},
		"transformer of nothing":   {new(TfidfTransformer).Fit(nil), mlgauge.ErrEmpty},
		"transformer of rows":      {new(TfidfTransformer).Fit(&encoding.CSR{}), mlgauge.ErrEmpty},
		"broken matrix":            {new(TfidfTransformer).Fit(broken), mlgauge.ErrRange},
		"NaN count":                {one((&TfidfTransformer{Weighting: Weighting{NoIDF: true}}).Transform(nil, nan)), mlgauge.ErrNotFinite},
		"zero, sublinear":          {one((&TfidfTransformer{Weighting: Weighting{NoIDF: true, Sublinear: true}}).Transform(nil, zero)), mlgauge.ErrRange},
		"inverse of wide":          {one(fitted.Inverse(wide)), mlgauge.ErrLength},
		"inverse of nil":           {one(fitted.Inverse(nil)), mlgauge.ErrEmpty},
		"merge of unfitted":        {fitted.Merge(new(CountVectorizer)), mlgauge.ErrNotFitted},
		"merge of other options":   {fitted.Merge(&other), mlgauge.ErrIncompatible},
		"hash columns":             {one((&HashingVectorizer{Features: -1}).Transform(nil, nil)), mlgauge.ErrRange},
		"hash norm":                {one((&HashingVectorizer{Norm: 7}).Transform(nil, nil)), mlgauge.ErrRange},
		"hash of invalid":          {one((&HashingVectorizer{}).TransformOne(nil, "\xff")), mlgauge.ErrRange},
		"top of no row":            {one(TopTerms(x, names, 1, 3)), mlgauge.ErrRange},
		"top 0":                    {one(TopTerms(x, names, 0, 0)), mlgauge.ErrRange},
		"top of other names":       {one(TopTerms(x, names[:1], 0, 1)), mlgauge.ErrLength},
		"top of NaN":               {one(TopMeanTerms(nan, names, 1)), mlgauge.ErrNotFinite},
		"cosine of nil":            {one(CosineSimilarity(nil, x, nil)), mlgauge.ErrEmpty},
		"cosine of other columns":  {one(CosineSimilarity(nil, x, wide)), mlgauge.ErrLength},
		"cosine of NaN":            {one(CosineSimilarity(nil, x, nan)), mlgauge.ErrNotFinite},
		"idf of nothing":           {one(new(DocumentFrequencies).IDF("one")), mlgauge.ErrEmpty},
	}
	for name, c := range cases {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: want %v, got %v", name, c.want, c.err)
		}
	}
	// nothing half done
	assert.Equal(t, []string{"here", "some", "words"}, fitted.FeatureNames())
	require.Error(t, fitted.PartialFit([]string{"more", "\xff"}))
	require.Error(t, fitted.Fit([]string{"?"}))
	assert.Equal(t, []string{"here", "some", "words"}, fitted.FeatureNames())
	assert.Equal(t, 1, fitted.Statistics().Documents())
}

func TestMegabyteTokens(t *testing.T) {
	long := strings.Repeat("Ab", 1<<20)
	for _, doc := range []string{long, long + "é", strings.Repeat("a ", 1<<20), strings.Repeat("\u0301", 1<<19)} {
		v := TfidfVectorizer{CountVectorizer: CountVectorizer{Analyzer: Analyzer{Accents: StripUnicode}}}
		x, err := v.FitTransform(nil, []string{doc, "short text"})
		require.NoError(t, err)
		require.NoError(t, x.Check())
		_, err = (&HashingVectorizer{Analyzer: Analyzer{Unit: CharInWord, NMin: 2, NMax: 3}}).Transform(nil, []string{doc})
		require.NoError(t, err)
	}
}

func FuzzAnalyzer(f *testing.F) {
	for _, s := range []string{"", "Hello, world", "ΑΣ Σ İ", "e\u0301\xff\xe2\x82", " a\tb ", "\U0001f468\u200d\U0001f469"} {
		f.Add(s, uint8(0), uint8(3))
	}
	f.Fuzz(func(t *testing.T, s string, how, n uint8) {
		a := Analyzer{Unit: Unit(how % 3), Tokens: Tokens(how / 3 % 2), Accents: Accents(how / 6 % 3), Invalid: Invalid(1 + how/18%2),
			KeepCase: how&64 != 0, NMin: int(n % 4), NMax: int(n%4) + int(n/4%3)}
		terms, err := a.Terms(s)
		if err != nil {
			if a.NMax >= max(a.NMin, 1) || !errors.Is(err, mlgauge.ErrRange) {
				t.Fatal(err)
			}
			return
		}
		c := CountVectorizer{Analyzer: a}
		x, err := c.FitTransform(nil, []string{s})
		if len(terms) == 0 {
			if !errors.Is(err, mlgauge.ErrEmpty) {
				t.Fatal(err)
			}
			return
		}
		if err != nil || x.Check() != nil {
			t.Fatal(err, x.Check())
		}
		var sum float64
		for _, v := range x.Data {
			sum += v
		}
		if int(sum) != len(terms) {
			t.Fatalf("%d terms, counted %v", len(terms), sum)
		}
	})
}

func FuzzUnmarshal(f *testing.F) {
	var v TfidfVectorizer
	_ = v.Fit([]string{"one two", "two \u00e9t\u00e9"})
	b, _ := json.Marshal(&v)
	f.Add(b)
	b, _ = json.Marshal(&v.CountVectorizer)
	f.Add(b)
	b, _ = v.Statistics().MarshalBinary()
	f.Add(b)
	b, _ = v.Statistics().Vocabulary().MarshalBinary()
	f.Add(b)
	f.Add([]byte(`{"unit":"word","tokens":"unicode_words","accents":"keep","invalid":"refuse","given_terms":["a","a"]}`))
	f.Add([]byte(`{"norm":"l1","idf":[1,2],"documents":3,"df":[1,4]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, into := range []any{new(TfidfVectorizer), new(CountVectorizer), new(TfidfTransformer), new(DocumentFrequencies)} {
			if json.Unmarshal(b, into) != nil {
				continue
			}
			if _, err := json.Marshal(into); err != nil {
				t.Fatal(err)
			}
			if v, ok := into.(*TfidfVectorizer); ok && v.Fitted() {
				if _, err := v.Transform(nil, []string{"one two"}); err != nil && !errors.Is(err, mlgauge.ErrNotFitted) {
					t.Fatal(err)
				}
			}
		}
		var d DocumentFrequencies
		if err := d.UnmarshalBinary(b); err != nil && !errors.Is(err, mlgauge.ErrCorrupt) {
			t.Fatal(err)
		}
		var w Vocabulary
		if err := w.UnmarshalBinary(b); err != nil && !errors.Is(err, mlgauge.ErrCorrupt) {
			t.Fatal(err)
		}
	})
}
