package drift_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/drift"
)

// profileOf profiles x in batches.
func profileOf(t testing.TB, o drift.Profile, x []float64, batch int) *drift.Profile {
	t.Helper()
	p := &o
	for b := range slices.Chunk(x, batch) {
		require.NoError(t, p.AddFloats(b))
	}
	return p
}

func TestProfileParts(t *testing.T) {
	x := noise(9000, 3, 1)
	for i := 0; i < len(x); i += 100 {
		x[i] = math.NaN()
	}
	x[1], x[2] = math.Inf(1), math.Inf(-1)
	for _, o := range []drift.Profile{{}, {Keep: -1}, {Keep: 100, K: 200}, {Edges: []float64{0, 1, 2, 4}}} {
		whole := profileOf(t, o, x, len(x))
		batches := profileOf(t, o, x, 37)
		merged := o
		for b := range slices.Chunk(x, 1000) {
			require.NoError(t, merged.Merge(profileOf(t, o, b, 100)))
		}
		for _, p := range []*drift.Profile{batches, &merged} {
			require.Equal(t, 9000, p.Rows())
			require.Equal(t, 90, p.Missing())
			lo, hi := p.Infinite()
			require.Equal(t, [2]int{1, 1}, [2]int{lo, hi})
			require.InEpsilon(t, whole.Mean(), p.Mean(), 1e-13)
			require.InEpsilon(t, whole.StdDev(), p.StdDev(), 1e-13)
			wl, wh := whole.Range()
			l, h := p.Range()
			require.Equal(t, [2]float64{wl, wh}, [2]float64{l, h})
			wc, _, wa := whole.Histogram()
			c, _, a := p.Histogram()
			require.Equal(t, wc, c)
			require.Equal(t, wa, a)
			q, err := p.Quantiles(0.1, 0.5, 0.9)
			require.NoError(t, err)
			exact, err := profileOf(t, drift.Profile{}, x, 100).Quantiles(0.1, 0.5, 0.9)
			require.NoError(t, err)
			require.InDeltaSlice(t, exact, q, 1e-12+12*p.RankError())
		}
	}
}

func TestProfileDistinct(t *testing.T) {
	p := profileOf(t, drift.Profile{}, []float64{2, 1, math.Copysign(0, -1), 0, 2, 2}, 2)
	v, n, ok := p.Distinct()
	require.True(t, ok)
	require.Equal(t, []float64{0, 1, 2}, v)
	require.Equal(t, []int{2, 1, 3}, n)
	require.NoError(t, p.AddFloats(noise(100, 0, 1)))
	_, _, ok = p.Distinct()
	require.False(t, ok)
}

func TestProfileCategories(t *testing.T) {
	p := &drift.Profile{MaxCategories: 2}
	require.NoError(t, p.AddStrings([]string{"a", "a", "a", "b", "b", "c", "d", "e"}))
	require.NoError(t, p.AddCodes([]int32{0, -1, 1}, []string{"a", "z"}))
	c, rest, under := p.Categories()
	sum := rest
	for _, v := range c {
		sum += v.Count
	}
	require.Equal(t, p.Rows()-p.Missing(), sum)
	require.Equal(t, drift.Category{Value: "a", Count: 4}, c[0])
	require.Equal(t, 1, p.Missing())
	require.LessOrEqual(t, under, rest)
	require.Positive(t, rest)
}

func TestProfileRoundTrip(t *testing.T) {
	text := &drift.Profile{Name: "t"}
	require.NoError(t, text.AddStrings([]string{"a", "", "b", "a"}))
	for _, p := range []*drift.Profile{
		{}, {Name: "x", K: 100},
		profileOf(t, drift.Profile{Name: "n"}, []float64{1, math.NaN(), math.Inf(1)}, 9),
		profileOf(t, drift.Profile{Name: "nan"}, []float64{math.NaN()}, 9),
		profileOf(t, drift.Profile{Edges: []float64{0, 1}, Keep: 10}, noise(5000, 0, 1), 99),
		text,
	} {
		b, err := p.MarshalBinary()
		require.NoError(t, err)
		var q drift.Profile
		require.NoError(t, q.UnmarshalBinary(b))
		again, err := q.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, b, again)
		j, err := json.Marshal(p)
		require.NoError(t, err)
		var r drift.Profile
		require.NoError(t, json.Unmarshal(j, &r), string(j))
		again, err = r.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, b, again)
		for i := range b {
			c := slices.Clone(b)
			c[i] ^= 1
			require.ErrorIs(t, q.UnmarshalBinary(c), mlgauge.ErrCorrupt)
			require.ErrorIs(t, q.UnmarshalBinary(b[:i]), mlgauge.ErrCorrupt)
			if i > 500 {
				break
			}
		}
	}
	var q drift.Profile
	require.ErrorIs(t, q.UnmarshalJSON([]byte(`{"name":"x"}`)), mlgauge.ErrCorrupt)
	require.ErrorIs(t, q.UnmarshalJSON([]byte(`[]`)), mlgauge.ErrCorrupt)
}

func TestProfileBad(t *testing.T) {
	num, text := profileOf(t, drift.Profile{}, []float64{1}, 1), &drift.Profile{}
	require.NoError(t, text.AddStrings([]string{"a"}))
	require.ErrorIs(t, num.AddStrings([]string{"a"}), mlgauge.ErrIncompatible)
	require.ErrorIs(t, num.AddCodes(nil, nil), mlgauge.ErrIncompatible)
	require.ErrorIs(t, text.AddFloats([]float64{1}), mlgauge.ErrIncompatible)
	require.ErrorIs(t, text.AddCodes([]int32{1}, []string{"a"}), mlgauge.ErrRange)
	require.ErrorIs(t, num.Merge(text), mlgauge.ErrIncompatible)
	require.ErrorIs(t, num.Merge(profileOf(t, drift.Profile{K: 77}, []float64{1}, 1)), mlgauge.ErrIncompatible)
	require.ErrorIs(t, (&drift.Profile{K: 3}).AddFloats(nil), mlgauge.ErrRange)
	require.ErrorIs(t, (&drift.Profile{MaxCategories: -3}).AddFloats(nil), mlgauge.ErrRange)
	require.ErrorIs(t, (&drift.Profile{Edges: []float64{1}}).AddFloats(nil), mlgauge.ErrLength)
	require.ErrorIs(t, (&drift.Profile{Edges: []float64{1, 1}}).AddFloats(nil), mlgauge.ErrRange)
	_, err := text.Quantiles(0.5)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = num.Quantiles(2)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	require.Equal(t, 1, num.Rows())
	require.NoError(t, num.Merge(&drift.Profile{}))
	require.NoError(t, num.Merge(num))
	require.Equal(t, 2, num.Rows())
}

// Against a profile, results are those of the data while it is exact, and within the
// stated bound beyond.
func TestCompareToProfile(t *testing.T) {
	ref, cur := noise(30_000, 0, 1), noise(20_000, 0.2, 2)
	column := drift.Column{Name: "x", Floats: cur}
	for _, test := range []string{"ks", "wasserstein", "energy", "jensenshannon", "hellinger", "tvd", "psi", "kl", "t", "welch", "l_infinity"} {
		o := drift.ColumnOptions{Test: test}
		want, err := drift.CompareColumns(drift.Column{Name: "x", Floats: ref}, column, o)
		require.NoError(t, err)
		require.Zero(t, want.Bound)
		exact, err := drift.CompareToProfile(profileOf(t, drift.Profile{Keep: 1 << 20}, ref, 999), column, o)
		require.NoError(t, err)
		require.InEpsilon(t, want.Statistic, exact.Statistic, 1e-12, test)
		got, err := drift.CompareToProfile(profileOf(t, drift.Profile{}, ref, 999), column, o)
		require.NoError(t, err)
		if !math.IsNaN(got.Bound) {
			require.InDelta(t, want.Statistic, got.Statistic, got.Bound+1e-12, test)
		}
		require.InDelta(t, want.Statistic, got.Statistic, 0.1*math.Abs(want.Statistic), test)
		both, err := drift.CompareProfiles(profileOf(t, drift.Profile{}, ref, 999), profileOf(t, drift.Profile{}, cur, 10), o)
		require.NoError(t, err)
		require.InDelta(t, want.Statistic, both.Statistic, 0.2*math.Abs(want.Statistic), test)
		require.Equal(t, want.Drifted, both.Drifted, test)
	}
	for _, test := range []string{"mann_whitney", "anderson", "epps_singleton", "cramer_von_mises", "mmd", "chi2", "g"} {
		_, err := drift.CompareToProfile(profileOf(t, drift.Profile{}, ref, 999), column, drift.ColumnOptions{Test: test})
		require.ErrorIs(t, err, mlgauge.ErrIncompatible, test)
	}
}

// Few distinct values are counted, so a profile of many rows is as good as the data.
func TestCompareToProfileOfFewValues(t *testing.T) {
	ref, cur := noise(30_000, 0, 1), noise(20_000, 0.05, 2)
	for _, x := range [][]float64{ref, cur} {
		for i := range x {
			x[i] = math.Round(x[i])
		}
	}
	column := drift.Column{Floats: cur}
	for _, test := range []string{"auto", "ks", "wasserstein", "energy", "chi2", "chi2_contingency", "g", "psi", "tvd"} {
		o := drift.ColumnOptions{Test: test}
		want, err := drift.CompareColumns(drift.Column{Floats: ref}, column, o)
		require.NoError(t, err)
		got, err := drift.CompareToProfile(profileOf(t, drift.Profile{}, ref, 999), column, o)
		require.NoError(t, err, test)
		require.Zero(t, got.Bound, test)
		require.InEpsilon(t, want.Statistic, got.Statistic, 1e-10, test)
		require.Equal(t, want.Test, got.Test)
		require.Equal(t, want.Drifted, got.Drifted)
	}
}

func FuzzProfile(f *testing.F) {
	p := &drift.Profile{Name: "x", Edges: []float64{0, 1}, Keep: 5}
	_ = p.AddFloats([]float64{1, 2, 3, math.NaN(), 0, 0.5, 7, 8})
	b, _ := p.MarshalBinary()
	f.Add(b)
	t := &drift.Profile{}
	_ = t.AddStrings([]string{"a", "b"})
	b, _ = t.MarshalBinary()
	f.Add(b)
	f.Fuzz(func(t *testing.T, data []byte) {
		var p drift.Profile
		if err := p.UnmarshalBinary(data); err != nil {
			require.ErrorIs(t, err, mlgauge.ErrCorrupt)
			require.Equal(t, drift.Unknown, p.Kind())
			return
		}
		_, err := p.MarshalBinary()
		require.NoError(t, err)
		_, _ = drift.CompareProfiles(&p, &p, drift.ColumnOptions{})
	})
}
