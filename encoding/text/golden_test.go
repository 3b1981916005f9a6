package text

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/encoding"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// peerOptions are scikit-learn's names of the options.
type peerOptions struct {
	Lowercase     *bool    `json:"lowercase"`
	StripAccents  string   `json:"strip_accents"`
	NGramRange    [2]int   `json:"ngram_range"`
	StopWords     any      `json:"stop_words"`
	Analyzer      string   `json:"analyzer"`
	MinDF         any      `json:"min_df"`
	MaxDF         any      `json:"max_df"`
	MaxFeatures   int      `json:"max_features"`
	Binary        bool     `json:"binary"`
	Vocabulary    []string `json:"vocabulary"`
	Norm          peerNorm `json:"norm"`
	UseIDF        *bool    `json:"use_idf"`
	SmoothIDF     *bool    `json:"smooth_idf"`
	SublinearTF   bool     `json:"sublinear_tf"`
	NFeatures     int      `json:"n_features"`
	AlternateSign *bool    `json:"alternate_sign"`
}

// peerNorm is L2 if the option is absent.
type peerNorm struct{ Norm }

func (n *peerNorm) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		n.Norm = NoNorm
		return nil
	}
	return n.UnmarshalText(b[1 : len(b)-1])
}

func no(b *bool) bool { return b != nil && !*b }

func (o peerOptions) analyzer() Analyzer {
	a := Analyzer{KeepCase: no(o.Lowercase), NMin: o.NGramRange[0], NMax: o.NGramRange[1]}
	switch o.StripAccents {
	case "ascii":
		a.Accents = StripASCII
	case "unicode":
		a.Accents = StripUnicode
	}
	switch o.Analyzer {
	case "char":
		a.Unit = Char
	case "char_wb":
		a.Unit = CharInWord
	}
	switch w := o.StopWords.(type) {
	case string:
		a.StopWords = English()
	case []any:
		for _, s := range w {
			a.StopWords = append(a.StopWords, s.(string))
		}
	}
	return a
}

// bound tells counts from shares: a number below 1 is a share here.
func bound(v any) Bound {
	f, _ := v.(float64)
	if f > 0 && f < 1 {
		return Share(f)
	}
	return Docs(int(f))
}

func (o peerOptions) count() CountVectorizer {
	return CountVectorizer{Analyzer: o.analyzer(), MinDF: bound(o.MinDF), MaxDF: bound(o.MaxDF), MaxFeatures: o.MaxFeatures, Binary: o.Binary, Terms: o.Vocabulary}
}

type peerCSR struct {
	Rows, Cols int
	Indptr     []int
	Indices    []int32
	Data       golden.Floats
}

type peerCase struct {
	Options peerOptions
	Terms   [][]string
	Names   []string
	X       peerCSR
	IDF     golden.Floats
}

type peerFile struct {
	Docs                          []string
	Terms, Counts, TFIDF, Hashing []peerCase
	Invalid                       []struct {
		Bytes           []int
		Replace, Ignore string
	}
	StopWords []string `json:"stop_words"`
}

func load(t testing.TB) (f peerFile) {
	golden.Load(t, "encoding_text/text.json", &f)
	return f
}

func equalCSR(t *testing.T, want peerCSR, got *encoding.CSR) {
	t.Helper()
	require.NoError(t, got.Check())
	assert.Equal(t, [2]int{want.Rows, want.Cols}, [2]int{got.NRows, got.NCols})
	assert.Equal(t, want.Indptr, got.Indptr)
	assert.True(t, slices.Equal(want.Indices, got.Indices), "columns: want %v, got %v", want.Indices, got.Indices)
	golden.EqualSlice(t, "data", want.Data.Values(), got.Data, 1e-13)
}

func TestTermsAsScikitLearn(t *testing.T) {
	f := load(t)
	for i, c := range f.Terms {
		a := c.Options.analyzer()
		for d, doc := range f.Docs {
			got, err := a.Terms(doc)
			require.NoError(t, err)
			if !slices.Equal(c.Terms[d], got) {
				t.Errorf("case %d, document %d:\nwant %q\ngot  %q", i, d, c.Terms[d], got)
			}
		}
	}
	assert.Equal(t, f.StopWords, English())
}

func TestCountsAsScikitLearn(t *testing.T) {
	f := load(t)
	for _, c := range f.Counts {
		v := c.Options.count()
		x, err := v.FitTransform(nil, f.Docs)
		require.NoError(t, err)
		assert.Equal(t, c.Names, v.FeatureNames())
		equalCSR(t, c.X, x)
		// in two steps, and document by document
		x, err = v.Transform(nil, f.Docs)
		require.NoError(t, err)
		equalCSR(t, c.X, x)
		for i, d := range f.Docs {
			one, err := v.TransformOne(nil, d)
			require.NoError(t, err)
			columns, values := x.Row(i)
			assert.True(t, slices.Equal(columns, one.Indices))
			assert.True(t, slices.Equal(values, one.Data))
		}
	}
}

func TestTFIDFAsScikitLearn(t *testing.T) {
	f := load(t)
	for _, c := range f.TFIDF {
		o := c.Options
		v := TfidfVectorizer{CountVectorizer: o.count(), Weighting: Weighting{Norm: o.Norm.Norm, NoIDF: no(o.UseIDF), NoSmoothing: no(o.SmoothIDF), Sublinear: o.SublinearTF}}
		x, err := v.FitTransform(nil, f.Docs)
		require.NoError(t, err)
		assert.Equal(t, c.Names, v.FeatureNames())
		equalCSR(t, c.X, x)
		golden.EqualSlice(t, "idf", c.IDF.Values(), v.IDF, 1e-14)
		x, err = v.Transform(x, f.Docs)
		require.NoError(t, err)
		equalCSR(t, c.X, x)
		// the transformer on counts
		cv := o.count()
		counts, err := cv.FitTransform(nil, f.Docs)
		require.NoError(t, err)
		tr := TfidfTransformer{Weighting: v.Weighting}
		require.NoError(t, tr.Fit(counts))
		y, err := tr.Transform(nil, counts)
		require.NoError(t, err)
		equalCSR(t, c.X, y)
		y, err = tr.Transform(counts, counts)
		require.NoError(t, err)
		equalCSR(t, c.X, y)
	}
}

func TestHashingAsScikitLearn(t *testing.T) {
	f := load(t)
	for _, c := range f.Hashing {
		o := c.Options
		h := HashingVectorizer{Analyzer: o.analyzer(), Features: o.NFeatures, Unsigned: no(o.AlternateSign), Binary: o.Binary, Norm: o.Norm.Norm}
		x, err := h.Transform(nil, f.Docs)
		require.NoError(t, err)
		equalCSR(t, c.X, x)
		for i, d := range f.Docs {
			one, err := h.TransformOne(nil, d)
			require.NoError(t, err)
			columns, values := x.Row(i)
			assert.True(t, slices.Equal(columns, one.Indices))
			assert.True(t, slices.Equal(values, one.Data))
		}
	}
}

func TestInvalidUTF8AsPython(t *testing.T) {
	for _, c := range load(t).Invalid {
		var b []byte
		for _, v := range c.Bytes {
			b = append(b, byte(v))
		}
		assert.Equal(t, c.Replace, string(appendRepaired(nil, string(b), true)), "%q", b)
		assert.Equal(t, c.Ignore, string(appendRepaired(nil, string(b), false)), "%q", b)
		for _, how := range []Invalid{ReplaceInvalid, IgnoreInvalid} {
			want := c.Replace
			if how == IgnoreInvalid {
				want = c.Ignore
			}
			w, err := Analyzer{}.Terms(want)
			require.NoError(t, err)
			g, err := Analyzer{Invalid: how}.Terms(string(b))
			require.NoError(t, err)
			assert.Equal(t, w, g)
		}
	}
}

// Every rune that both know: Python's Unicode is older than Go's.
func TestRunesAsPython(t *testing.T) {
	var f struct {
		Assigned, Word, Space, After, Through, Lower []int
	}
	golden.Load(t, "encoding_text/runes.json", &f)
	in := func(r []int) map[rune]bool {
		m := make(map[rune]bool)
		for i := 0; i < len(r); i += 2 {
			for c := r[i]; c <= r[i+1]; c++ {
				m[rune(c)] = true
			}
		}
		return m
	}
	assigned, word, space, after, through := in(f.Assigned), in(f.Word), in(f.Space), in(f.After), in(f.Through)
	lower := make(map[rune]rune)
	for i := 0; i < len(f.Lower); i += 2 {
		lower[rune(f.Lower[i])] = rune(f.Lower[i+1])
	}
	p := basic()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r >= 0xd800 && r <= 0xdfff || !assigned[r] {
			continue
		}
		if word[r] != p.isWord(r) {
			t.Errorf("%U: word %v", r, p.isWord(r))
		}
		if space[r] != isSpace(r) {
			t.Errorf("%U: space %v", r, isSpace(r))
		}
		s := string(r)
		if got := strings.HasSuffix(string(appendLower(nil, s+"Σ", p)), "ς"); got != after[r] {
			t.Errorf("%U: final sigma after it %v", r, got)
		}
		if got := strings.HasSuffix(string(appendLower(nil, "A"+s+"Σ", p)), "ς"); got != through[r] {
			t.Errorf("%U: final sigma through it %v", r, got)
		}
		want, ok := lower[r]
		if !ok {
			want = r
		}
		if got := string(appendLower(nil, s, p)); got != string(want) && r != 'İ' {
			t.Errorf("%U: lower %q, want %q", r, got, string(want))
		}
	}
}
