package preprocess

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestSimilarityEqualsRapidfuzz(t *testing.T) {
	var g struct{ Pairs [][]json.RawMessage }
	golden.Load(t, "preprocess/similarity.json", &g)
	require.Greater(t, len(g.Pairs), 100)
	for _, p := range g.Pairs {
		var a, b string
		require.NoError(t, json.Unmarshal(p[0], &a))
		require.NoError(t, json.Unmarshal(p[1], &b))
		for i, f := range []Similarity{
			func(a, b string) float64 { return float64(Levenshtein(a, b)) },
			func(a, b string) float64 { return float64(DamerauLevenshtein(a, b)) },
			EditSimilarity, DamerauSimilarity, IndelSimilarity, Jaro, JaroWinkler, TokenSort, TokenSet,
		} {
			var want float64
			require.NoError(t, json.Unmarshal(p[i+2], &want))
			assert.InDelta(t, want, f(a, b), 1e-14, "%d: %q %q", i, a, b)
			assert.InDelta(t, f(a, b), f(b, a), 1e-15, "symmetry, %d: %q %q", i, a, b)
		}
	}
}

// slowDamerau is the textbook recurrence over whole prefixes.
func slowDamerau(a, b []rune) int {
	far := len(a) + len(b)
	d := map[[2]int]int{}
	at := func(i, j int) int {
		if i < 0 || j < 0 {
			return far
		}
		return d[[2]int{i, j}]
	}
	for i := 0; i <= len(a); i++ {
		for j := 0; j <= len(b); j++ {
			if i == 0 || j == 0 {
				d[[2]int{i, j}] = i + j
				continue
			}
			best := min(at(i-1, j)+1, at(i, j-1)+1)
			if a[i-1] == b[j-1] {
				best = min(best, at(i-1, j-1))
			} else {
				best = min(best, at(i-1, j-1)+1)
			}
			for k := 1; k < i; k++ {
				for l := 1; l < j; l++ {
					if a[k-1] == b[j-1] && a[i-1] == b[l-1] {
						best = min(best, at(k-1, l-1)+(i-k-1)+1+(j-l-1))
					}
				}
			}
			d[[2]int{i, j}] = best
		}
	}
	return d[[2]int{len(a), len(b)}]
}

func TestDamerauOracle(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		b := make([]byte, rng.IntN(9))
		for i := range b {
			b[i] = "abc"[rng.IntN(3)]
		}
		return string(b)
	}
	for range 2000 {
		a, b, c := word(), word(), word()
		require.Equal(t, slowDamerau([]rune(a), []rune(b)), DamerauLevenshtein(a, b), "%q %q", a, b)
		require.LessOrEqual(t, DamerauLevenshtein(a, c), DamerauLevenshtein(a, b)+DamerauLevenshtein(b, c), "triangle")
		require.LessOrEqual(t, DamerauLevenshtein(a, b), Levenshtein(a, b))
	}
}

func TestSets(t *testing.T) {
	a, b := []string{"x", "y", "y", "z"}, []string{"y", "z", "w", "w"}
	assert.Equal(t, 0.5, JaccardSets(a, b))
	assert.Equal(t, 2.0/3, DiceSets(a, b))
	assert.Equal(t, 1.0, JaccardSets[int](nil, nil))
	assert.Equal(t, 1.0, DiceSets[int](nil, nil))
	assert.Equal(t, 0.0, JaccardSets([]int{1}, nil))
	assert.Equal(t, []string{"nai", "aiv", "ive"}, Shingles("naive", 3))
	assert.Equal(t, []string{"日本", "本語"}, Shingles("日本語", 2))
	assert.Equal(t, []string{"ab"}, Shingles("ab", 3))
	assert.Equal(t, []string{""}, Shingles("", 3))
}

// What is hashed is what Shingles returns.
func TestShinglerAgreesWithShingles(t *testing.T) {
	for _, s := range []string{"", "a", "ab", "abc", "abcd", "日本語テキスト", "bad \xff bytes \xf0\x28"} {
		for k := 1; k < 6; k++ {
			assert.Len(t, shingler{size: k}.hashes(nil, s), len(Shingles(s, k)), "%q %d", s, k)
		}
	}
}

func FuzzSimilarity(f *testing.F) {
	f.Add("kitten", "sitting")
	f.Add("", "\xff")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) > 200 || len(b) > 200 {
			return
		}
		for i, s := range []Similarity{EditSimilarity, DamerauSimilarity, IndelSimilarity, Jaro, JaroWinkler, TokenSort, TokenSet} {
			v := s(a, b)
			if !(v >= 0 && v <= 1) || math.IsNaN(v) {
				t.Errorf("%d: %q %q: %v", i, a, b, v)
			}
		}
		Shingles(a, 3)
	})
}
