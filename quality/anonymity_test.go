package quality

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

// salaries is table 3 of Li, Li and Venkatasubramanian 2007 by its classes:
// salaries in thousands, diseases as there.
func salaries(t testing.TB) *table.Table {
	tab, err := table.New(
		table.NewString("zip", []string{"476**", "476**", "476**", "4790*", "4790*", "4790*", "476**", "476**", "476**"}),
		table.NewString("age", []string{"2*", "2*", "2*", ">=40", ">=40", ">=40", "3*", "3*", "3*"}),
		table.NewFloat("salary", []float64{3, 4, 5, 6, 11, 8, 7, 9, 10}),
		table.NewString("disease", []string{"gastric ulcer", "gastritis", "stomach cancer", "gastritis", "flu", "bronchitis", "bronchitis", "pneumonia", "stomach cancer"}),
	)
	require.NoError(t, err)
	return tab
}

func measured(t *testing.T, tabs ...*table.Table) *Anonymity {
	a := &Anonymity{Quasi: []string{"zip", "age"}, Sensitive: []string{"salary", "disease"}}
	for _, tab := range tabs {
		require.NoError(t, a.Add(tab))
	}
	return a
}

func TestAnonymityOfThePaper(t *testing.T) {
	a := measured(t, salaries(t))
	k, err := a.K()
	require.NoError(t, err)
	require.Equal(t, int64(3), k)
	require.Equal(t, 3, a.Classes())
	l, err := a.DistinctL("disease")
	require.NoError(t, err)
	require.Equal(t, 3, l)
	e, err := a.EntropyL("disease")
	require.NoError(t, err)
	require.InDelta(t, 3, e, 1e-12)
	// The paper: the distance of {3k, 4k, 5k} to the whole is 0.375, that of
	// {6k, 8k, 11k} 0.167; the first is the largest.
	d, err := a.TClosenessOrdered("salary")
	require.NoError(t, err)
	require.InDelta(t, 0.375, d, 1e-12)
	d, err = a.TClosenessEqual("salary")
	require.NoError(t, err)
	require.InDelta(t, 2.0/3, d, 1e-12)
	require.Equal(t, int64(0), a.Below(3))
	require.Equal(t, int64(9), a.Below(4))
}

func TestAnonymityMissingIsAValue(t *testing.T) {
	z := table.NewString("zip", []string{"", "a", "a", "a"})
	z.Codes[1] = table.MissingCode
	tab, err := table.New(z, table.NewFloat("age", []float64{1, 1, 1, 1}), table.NewFloat("salary", []float64{1, 2, math.NaN(), 1}), table.NewString("disease", []string{"x", "x", "x", "y"}))
	require.NoError(t, err)
	a := measured(t, tab)
	require.Equal(t, 3, a.Classes())
	require.Equal(t, int64(2), a.Below(2))
	l, err := a.DistinctL("salary")
	require.NoError(t, err)
	require.Equal(t, 1, l)
}

func TestAnonymityAgainstTheSlowDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	const n = 300
	zip, age, disease := make([]string, n), make([]string, n), make([]string, n)
	salary := make([]float64, n)
	for i := range n {
		zip[i], age[i] = string(rune('a'+r.IntN(4))), string(rune('0'+r.IntN(3)))
		disease[i], salary[i] = string(rune('p'+r.IntN(5))), float64(r.IntN(12))
	}
	tab, err := table.New(table.NewString("zip", zip), table.NewString("age", age), table.NewFloat("salary", salary), table.NewString("disease", disease))
	require.NoError(t, err)
	whole := measured(t, tab)
	parts, other := measured(t, tab.Slice(0, 100)), measured(t, tab.Slice(100, 250), tab.Slice(250, n))
	require.NoError(t, parts.Merge(other))

	groups := make(map[string][]int)
	for i := range n {
		groups[zip[i]+age[i]] = append(groups[zip[i]+age[i]], i)
	}
	k, tEqual, tOrdered, entropy := n, 0.0, 0.0, math.Inf(1)
	share := func(rows []int, v float64) float64 {
		c := 0
		for _, i := range rows {
			if salary[i] == v {
				c++
			}
		}
		return float64(c) / float64(len(rows))
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	var values []float64
	for _, v := range salary {
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	for _, rows := range groups {
		k = min(k, len(rows))
		d, o, cum, h := 0.0, 0.0, 0.0, 0.0
		for _, v := range values {
			p := share(rows, v)
			diff := p - share(all, v)
			d += math.Abs(diff) / 2
			cum += diff
			o += math.Abs(cum) / float64(len(values)-1)
			if p > 0 {
				h -= p * math.Log(p)
			}
		}
		tEqual, tOrdered, entropy = max(tEqual, d), max(tOrdered, o), min(entropy, math.Exp(h))
	}
	for _, a := range []*Anonymity{whole, parts} {
		got, err := a.K()
		require.NoError(t, err)
		require.Equal(t, int64(k), got)
		for _, c := range []struct {
			want float64
			f    func(string) (float64, error)
		}{{tEqual, a.TClosenessEqual}, {tOrdered, a.TClosenessOrdered}, {entropy, a.EntropyL}} {
			got, err := c.f("salary")
			require.NoError(t, err)
			require.InDelta(t, c.want, got, 1e-12)
		}
	}
}

func TestAnonymityBadInput(t *testing.T) {
	tab := salaries(t)
	require.ErrorIs(t, (&Anonymity{}).Add(tab), mlgauge.ErrEmpty)
	require.ErrorIs(t, (&Anonymity{Quasi: []string{"zz"}}).Add(tab), mlgauge.ErrRange)
	require.ErrorIs(t, (&Anonymity{Quasi: []string{"zip"}, Sensitive: []string{"zz"}}).Add(tab), mlgauge.ErrRange)
	empty := measured(t)
	_, err := empty.K()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	for _, f := range []func(string) (float64, error){empty.EntropyL, empty.TClosenessEqual, empty.TClosenessOrdered} {
		_, err := f("salary")
		require.ErrorIs(t, err, mlgauge.ErrEmpty)
		_, err = f("zip")
		require.ErrorIs(t, err, mlgauge.ErrRange)
	}
	_, err = empty.DistinctL("zip")
	require.ErrorIs(t, err, mlgauge.ErrRange)
	a := measured(t, tab)
	require.ErrorIs(t, a.Merge(&Anonymity{Quasi: []string{"zip"}}), mlgauge.ErrIncompatible)
	a.Sensitive = append(a.Sensitive, "age")
	require.ErrorIs(t, a.Add(tab), mlgauge.ErrIncompatible)
	a.Sensitive = a.Sensitive[:2]
	a.Reset()
	require.Equal(t, int64(0), a.Rows())
	require.NoError(t, a.Add(tab))
}
