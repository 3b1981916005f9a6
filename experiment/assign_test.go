package experiment

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

func half(salt string) Split {
	return Split{Salt: salt, Variants: []Variant{{"control", 1}, {"treatment", 1}}}
}

func assigner(t testing.TB, s Split) *Assigner {
	t.Helper()
	a, err := NewAssigner(s)
	require.NoError(t, err)
	return a
}

// The first assignments are pinned: whoever changes them moves the users of every
// running experiment.
func TestAssignIsStable(t *testing.T) {
	a := assigner(t, Split{Salt: "checkout-2026", Variants: []Variant{{"a", 1}, {"b", 2}, {"c", 1}}})
	var got []int
	for i := range 24 {
		unit := "user-" + strconv.Itoa(i)
		v := a.Assign(unit)
		require.Equal(t, v, a.AssignBytes([]byte(unit)))
		got = append(got, v)
	}
	require.Equal(t, "[1 2 1 1 0 0 1 1 2 1 1 1 0 1 2 1 2 0 1 1 2 0 1 1]", fmt.Sprint(got))
}

func TestAssignFollowsWeights(t *testing.T) {
	s := Split{Salt: "s", Variants: []Variant{{"a", 1}, {"off", 0}, {"b", 2}, {"c", 7}}}
	a := assigner(t, s)
	counts := make([]int, 4)
	for i := range 200_000 {
		counts[a.Assign(strconv.Itoa(i))]++
	}
	r, err := SampleRatio(counts, []float64{1, 0, 2, 7})
	require.NoError(t, err)
	require.Greater(t, r.PValue, 1e-3, "%v", counts)
	require.Equal(t, "off", a.Name(1))
	require.Equal(t, "", a.Name(-1))
}

// Two salts divide the units independently: 2 x 2 counts are even.
func TestSaltsAreIndependent(t *testing.T) {
	a, b := assigner(t, half("one")), assigner(t, half("two"))
	counts := make([]int, 4)
	for i := range 100_000 {
		u := strconv.Itoa(i)
		counts[2*a.Assign(u)+b.Assign(u)]++
	}
	r, err := SampleRatio(counts, []float64{1, 1, 1, 1})
	require.NoError(t, err)
	require.Greater(t, r.PValue, 1e-3, "%v", counts)
}

// Raising the exposure adds units and moves none; within it the arms stay even.
func TestExposureAddsOnly(t *testing.T) {
	few, many := half("e"), half("e")
	few.Exposure, many.Exposure = 0.1, 0.6
	a, b, all := assigner(t, few), assigner(t, many), assigner(t, half("e"))
	in, counts := [2]int{}, make([]int, 2)
	for i := range 100_000 {
		u := strconv.Itoa(i)
		v, w := a.Assign(u), b.Assign(u)
		if v >= 0 {
			in[0]++
			counts[v]++
			require.Equal(t, v, w)
		}
		if w >= 0 {
			in[1]++
			require.Equal(t, w, all.Assign(u))
		}
	}
	require.InDelta(t, 10_000, in[0], 400)
	require.InDelta(t, 60_000, in[1], 700)
	r, err := SampleRatio(counts, []float64{1, 1})
	require.NoError(t, err)
	require.Greater(t, r.PValue, 1e-3)
}

func TestAssignAllocatesNothing(t *testing.T) {
	a := assigner(t, half("x"))
	require.Zero(t, testing.AllocsPerRun(100, func() { a.Assign("user-123456") }))
}

func TestSplitJSON(t *testing.T) {
	s := half("j")
	s.Exposure = 0.5
	b, err := json.Marshal(s)
	require.NoError(t, err)
	var back Split
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, s, back)
}

func TestAssignBadInput(t *testing.T) {
	for _, c := range []struct {
		name string
		s    Split
		want error
	}{
		{"no variants", Split{}, mlgauge.ErrEmpty},
		{"no name", Split{Variants: []Variant{{"", 1}}}, mlgauge.ErrEmpty},
		{"twice", Split{Variants: []Variant{{"a", 1}, {"a", 1}}}, mlgauge.ErrRange},
		{"negative", Split{Variants: []Variant{{"a", 1}, {"b", -1}}}, mlgauge.ErrRange},
		{"NaN", Split{Variants: []Variant{{"a", math.NaN()}}}, mlgauge.ErrNotFinite},
		{"zero traffic", Split{Variants: []Variant{{"a", 0}, {"b", 0}}}, mlgauge.ErrUndefined},
		{"exposure", Split{Variants: []Variant{{"a", 1}}, Exposure: 1.5}, mlgauge.ErrRange},
	} {
		_, err := NewAssigner(c.s)
		require.ErrorIs(t, err, c.want, c.name)
	}
	for _, c := range []struct {
		name    string
		counts  []int
		weights []float64
		want    error
	}{
		{"none", nil, nil, mlgauge.ErrEmpty},
		{"length", []int{1}, []float64{1, 1}, mlgauge.ErrLength},
		{"negative", []int{1, -1}, []float64{1, 1}, mlgauge.ErrRange},
		{"weight", []int{1, 1}, []float64{1, -1}, mlgauge.ErrRange},
		{"nobody", []int{0, 0}, []float64{1, 1}, mlgauge.ErrUndefined},
		{"no weight", []int{1, 1}, []float64{0, 0}, mlgauge.ErrUndefined},
		{"one arm", []int{1, 0}, []float64{1, 0}, mlgauge.ErrUndefined},
	} {
		_, err := SampleRatio(c.counts, c.weights)
		require.ErrorIs(t, err, c.want, c.name)
	}
	r, err := SampleRatio([]int{5, 5, 1}, []float64{1, 1, 0})
	require.NoError(t, err)
	require.True(t, math.IsInf(r.Statistic, 1) && r.PValue == 0)
}

func BenchmarkAssign(b *testing.B) {
	a := assigner(b, half("bench"))
	units := make([]string, 1024)
	for i := range units {
		units[i] = fmt.Sprintf("user-%08d", i*7919)
	}
	b.ReportAllocs()
	var n int
	for i := 0; b.Loop(); i++ {
		n += a.Assign(units[i&1023])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds()/1e6, "M/s")
}
