package preprocess

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestDuplicatesEqualPandas(t *testing.T) {
	var g struct {
		X    []golden.Floats
		S    []string
		Drop map[string]struct{ Numbers, Mixed []bool }
	}
	golden.Load(t, "preprocess/duplicates.json", &g)
	x := mat.NewDense(len(g.X), 2, nil)
	for i, r := range g.X {
		x.SetRow(i, r.Values())
	}
	var whole, mixed, first, second Duplicates
	require.NoError(t, whole.Add(x))
	for i := 0; i < len(g.S); i += 7 { // in batches
		j := min(i+7, len(g.S))
		require.NoError(t, mixed.Add(x.Slice(i, j, 0, 2), g.S[i:j]))
	}
	require.NoError(t, first.Add(x.Slice(0, 50, 0, 2)))
	require.NoError(t, second.Add(x.T().(mat.Transpose).Matrix.(*mat.Dense).Slice(50, len(g.X), 0, 2)))
	require.NoError(t, first.Merge(&second))
	assert.Equal(t, whole.of, first.of)
	assert.Equal(t, whole.hashes.Keys(), first.hashes.Keys())
	for keep := range 3 {
		want := g.Drop[strconv.Itoa(keep)]
		got, err := whole.Duplicated(Keep(keep))
		require.NoError(t, err)
		assert.Equal(t, want.Numbers, got)
		got, err = mixed.Duplicated(Keep(keep))
		require.NoError(t, err)
		assert.Equal(t, want.Mixed, got)
		rows, err := mixed.Survivors(Keep(keep))
		require.NoError(t, err)
		kept := 0
		for _, drop := range want.Mixed {
			if !drop {
				kept++
			}
		}
		assert.Len(t, rows, kept)
	}
	b, err := mixed.MarshalBinary()
	require.NoError(t, err)
	var back Duplicates
	require.NoError(t, back.UnmarshalBinary(b))
	assert.Equal(t, mixed.of, back.of)
	assert.Equal(t, mixed.hashes.Keys(), back.hashes.Keys())
	assert.Equal(t, mixed.Groups(), back.Groups())
}

func TestDuplicatesGroups(t *testing.T) {
	var d Duplicates
	require.NoError(t, d.Add(nil, []string{"a", "b", "a", "c", "b", "a"}))
	assert.Equal(t, [][]int{{0, 2, 5}, {1, 4}}, d.Groups())
	assert.Equal(t, 6, d.Rows())
	assert.Equal(t, 3, d.Distinct())
	for keep, want := range map[Keep][]int{KeepFirst: {0, 1, 3}, KeepLast: {3, 4, 5}, KeepNone: {3}} {
		got, err := d.Survivors(keep)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	require.NoError(t, d.Merge(&d))
	assert.Equal(t, 12, d.Rows())
	assert.Equal(t, 3, d.Distinct())
	d.Reset()
	assert.Equal(t, Duplicates{}, d)
	// where one string ends and the next begins matters
	require.NoError(t, d.Add(nil, []string{"a", "ab"}, []string{"bc", "c"}))
	assert.Empty(t, d.Groups())
}

func TestDuplicatesBadInput(t *testing.T) {
	var d Duplicates
	assert.ErrorIs(t, d.Add(nil), mlgauge.ErrEmpty)
	assert.ErrorIs(t, d.Add(mat.NewDense(2, 1, nil), []string{"a"}), mlgauge.ErrLength)
	assert.Equal(t, Duplicates{}, d)
	require.NoError(t, d.Add(mat.NewDense(2, 3, nil)))
	assert.ErrorIs(t, d.Add(mat.NewDense(2, 2, nil)), mlgauge.ErrLength)
	assert.ErrorIs(t, d.Add(mat.NewDense(2, 3, nil), []string{"a", "b"}), mlgauge.ErrLength)
	assert.Equal(t, 2, d.Rows())
	_, err := d.Survivors(Keep(3))
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = d.Duplicated(Keep(-1))
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	var text Duplicates
	require.NoError(t, text.Add(nil, []string{"a"}))
	assert.ErrorIs(t, d.Merge(&text), mlgauge.ErrIncompatible)
	assert.ErrorIs(t, d.UnmarshalBinary([]byte("nonsense")), mlgauge.ErrCorrupt)
	assert.Equal(t, 2, d.Rows())
}

func FuzzDuplicatesUnmarshal(f *testing.F) {
	var d Duplicates
	_ = d.Add(nil, []string{"a", "b", "a"})
	b, _ := d.MarshalBinary()
	f.Add(b)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var d Duplicates
		if err := d.UnmarshalBinary(b); err != nil {
			assert.ErrorIs(t, err, mlgauge.ErrCorrupt)
			assert.Equal(t, Duplicates{}, d)
			return
		}
		d.Groups()
		_, err := d.Survivors(KeepLast)
		require.NoError(t, err)
		require.NoError(t, d.Merge(&d))
	})
}

func TestFuzzyGroups(t *testing.T) {
	names := []string{"Jon Smith", "John Smith", "Mary Jones", "Jon Smyth", "Mary Jonas", "Bob"}
	g, err := Fuzzy{}.Group(names)
	require.NoError(t, err)
	assert.Equal(t, [][]int{{0, 1, 3}, {2, 4}}, g.Groups())
	rows, err := g.Survivors(KeepFirst)
	require.NoError(t, err)
	assert.Equal(t, []int{0, 2, 5}, rows)
	g, err = Fuzzy{Similarity: EditSimilarity, Threshold: .8, Block: func(s string) string { return s[:3] }}.Group(names)
	require.NoError(t, err)
	assert.Equal(t, [][]int{{0, 3}, {2, 4}}, g.Groups())
	assert.Equal(t, g.Of(2), g.Of(4))

	_, err = Fuzzy{}.Group(nil)
	assert.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = Fuzzy{Threshold: 1.5}.Group(names)
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = Fuzzy{Threshold: math.NaN()}.Group(names)
	assert.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = Fuzzy{Similarity: func(a, b string) float64 { return math.NaN() }}.Group(names)
	assert.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = g.Survivors(9)
	assert.ErrorIs(t, err, mlgauge.ErrRange)
}

func TestBandsEqualDatasketch(t *testing.T) {
	var g struct{ Bands [][5]float64 }
	golden.Load(t, "preprocess/similarity.json", &g)
	require.NotEmpty(t, g.Bands)
	for _, c := range g.Bands {
		b, r, err := LSHBands(c[0], int(c[1]), c[2])
		require.NoError(t, err)
		assert.Equal(t, []int{int(c[3]), int(c[4])}, []int{b, r}, "%v", c)
	}
	for _, c := range []struct{ t, w float64 }{{0, .5}, {1, .5}, {.5, 2}} {
		_, _, err := LSHBands(c.t, 64, c.w)
		assert.ErrorIs(t, err, mlgauge.ErrRange)
	}
	_, _, err := LSHBands(math.NaN(), 64, .5)
	assert.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, _, err = LSHBands(.5, 0, .5)
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	p, err := LSHProbability(.8, 9, 13)
	require.NoError(t, err)
	golden.Equal(t, "probability", 1-math.Pow(1-math.Pow(.8, 13), 9), p, 1e-12)
	for _, c := range []struct {
		s    float64
		b, r int
	}{{2, 1, 1}, {.5, 0, 1}, {.5, 1, 0}} {
		_, err = LSHProbability(c.s, c.b, c.r)
		assert.ErrorIs(t, err, mlgauge.ErrRange)
	}
}

// The estimate is unbiased: over many seeds its mean is the Jaccard similarity
// and its spread that of a binomial.
func TestMinHashEstimates(t *testing.T) {
	for _, shared := range []int{1, 5, 20, 38} { // of 40 each
		var a, b []string
		for i := range 40 {
			a = append(a, fmt.Sprint("word", i))
			b = append(b, fmt.Sprint("word", i+40-shared))
		}
		want := JaccardSets(a, b)
		var sum, sq float64
		const seeds, size = 200, 128
		for seed := range seeds {
			m, err := NewMinHash(size, uint64(seed))
			require.NoError(t, err)
			j, err := EstimateJaccard(m.Signature(nil, a), m.Signature(nil, b))
			require.NoError(t, err)
			sum += j
			sq += (j - want) * (j - want)
		}
		se := math.Sqrt(want * (1 - want) / size)
		assert.InDelta(t, want, sum/seeds, 4*se/math.Sqrt(seeds), "mean at %v", want)
		assert.InDelta(t, 1, math.Sqrt(sq/seeds)/se, .25, "spread at %v", want)
	}
	_, err := NewMinHash(0, 1)
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = EstimateJaccard([]uint64{1}, nil)
	assert.ErrorIs(t, err, mlgauge.ErrLength)
}

// texts returns n sentences of random words; every tenth is a copy of the one
// before with one word changed, every fifteenth an exact copy.
func texts(n int) []string {
	rng := rand.New(rand.NewPCG(9, 9))
	out := make([]string, n)
	for i := range out {
		switch {
		case i%10 == 9:
			w := strings.Fields(out[i-1])
			w[rng.IntN(len(w))] = "changed"
			out[i] = strings.Join(w, " ")
		case i%15 == 14:
			out[i] = out[i-1]
		default:
			var w []string
			for range 20 {
				w = append(w, fmt.Sprintf("w%03d", rng.IntN(1000)))
			}
			out[i] = strings.Join(w, " ")
		}
	}
	return out
}

// Every group is exactly what comparing all pairs gives, but for the pairs
// that no band shares, of which there are few.
func TestNearDuplicatesAgainstAllPairs(t *testing.T) {
	in := texts(300)
	d := NearDuplicates{Threshold: .7, Seed: 4}
	require.NoError(t, d.Add(in))
	g, err := d.Group()
	require.NoError(t, err)
	sets := make([][]string, len(in))
	for i, s := range in {
		sets[i] = Shingles(s, 5)
	}
	slow := newUnion(len(in))
	pairs, linked := 0, 0
	for i := range in {
		for j := range i {
			if JaccardSets(sets[i], sets[j]) >= .7 {
				slow.join(i, j)
				pairs++
				if g.Of(i) == g.Of(j) {
					linked++
				}
			}
		}
	}
	require.Greater(t, pairs, 30)
	assert.GreaterOrEqual(t, linked, pairs*95/100)
	for _, m := range g.Matches {
		assert.GreaterOrEqual(t, m.Similarity, .7)
		golden.Equal(t, "similarity", JaccardSets(sets[m.I], sets[m.J]), m.Similarity, 1e-15)
		assert.Equal(t, slow.find(m.I), slow.find(m.J))
	}
}

func TestNearDuplicatesMergeAndSave(t *testing.T) {
	in := texts(300)
	whole, a, b := NearDuplicates{}, NearDuplicates{}, NearDuplicates{}
	require.NoError(t, whole.Add(in))
	require.NoError(t, a.Add(in[:100]))
	require.NoError(t, b.Add(in[100:200]))
	require.NoError(t, b.Add(in[200:]))
	var merged NearDuplicates
	require.NoError(t, merged.Merge(&a))
	require.NoError(t, merged.Merge(&b))
	want, err := whole.Group()
	require.NoError(t, err)
	got, err := merged.Group()
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.Equal(t, 300, merged.Len())

	data, err := whole.MarshalBinary()
	require.NoError(t, err)
	var back NearDuplicates
	require.NoError(t, back.UnmarshalBinary(data))
	got, err = back.Group()
	require.NoError(t, err)
	assert.Equal(t, want, got)
	back.Reset()
	assert.Equal(t, 0, back.Len())
}

func TestNearDuplicatesOptions(t *testing.T) {
	d := NearDuplicates{Words: true, FoldCase: true, Shingle: 1, Threshold: .6}
	require.NoError(t, d.Add([]string{"The quick brown fox", "the  QUICK brown fox", "the quick brown dog", "something else", "", ""}))
	g, err := d.Group()
	require.NoError(t, err)
	assert.Equal(t, [][]int{{0, 1, 2}, {4, 5}}, g.Groups())

	// all equal, and all alike: groups, not pairs, so no quadratic work
	same := NearDuplicates{}
	many := make([]string, 20000)
	for i := range many {
		many[i] = "the same boilerplate text in every single row of the column"
	}
	require.NoError(t, same.Add(many))
	g, err = same.Group()
	require.NoError(t, err)
	assert.Len(t, g.Groups(), 1)
}

func TestNearDuplicatesBadInput(t *testing.T) {
	for _, d := range []NearDuplicates{{Threshold: 1}, {Threshold: -1}, {Size: -1}, {Size: 5000}, {Shingle: -1}, {MissWeight: 2}} {
		assert.ErrorIs(t, d.Add([]string{"a"}), mlgauge.ErrRange)
		assert.Equal(t, 0, d.Len())
		_, _, err := d.Bands()
		assert.ErrorIs(t, err, mlgauge.ErrRange)
	}
	var d NearDuplicates
	_, err := d.Group()
	assert.ErrorIs(t, err, mlgauge.ErrEmpty)
	require.NoError(t, d.Add([]string{"a"}))
	other := NearDuplicates{Seed: 1}
	require.NoError(t, other.Add([]string{"a"}))
	assert.ErrorIs(t, d.Merge(&other), mlgauge.ErrIncompatible)
	assert.ErrorIs(t, (&NearDuplicates{}).Merge(&other), mlgauge.ErrIncompatible)
	d.Threshold = .5
	assert.ErrorIs(t, d.Add([]string{"b"}), mlgauge.ErrIncompatible)
	assert.ErrorIs(t, d.UnmarshalBinary([]byte("x")), mlgauge.ErrCorrupt)
}

func FuzzNearDuplicatesUnmarshal(f *testing.F) {
	var d NearDuplicates
	_ = d.Add([]string{"a", "b", "a"})
	b, _ := d.MarshalBinary()
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var d NearDuplicates
		if err := d.UnmarshalBinary(b); err != nil {
			assert.ErrorIs(t, err, mlgauge.ErrCorrupt)
			return
		}
		_, _ = d.Group()
	})
}

func BenchmarkDuplicates(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	const n, p = 200_000, 10
	x := mat.NewDense(n, p, nil)
	for i := range n {
		for j := range p {
			x.Set(i, j, float64(rng.IntN(4)))
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		var d Duplicates
		if err := d.Add(x); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
}

func BenchmarkNearDuplicates(b *testing.B) {
	in := texts(20_000)
	b.ReportAllocs()
	for b.Loop() {
		var d NearDuplicates
		if err := d.Add(in); err != nil {
			b.Fatal(err)
		}
		if _, err := d.Group(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(in)), "ns/text")
}

func BenchmarkJaroWinkler(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		JaroWinkler("Braund, Mr. Owen Harris", "Brand, Mr. Owen Haris")
	}
}
