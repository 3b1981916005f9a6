package drift_test

import (
	"encoding"
	"encoding/json"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/drift"
)

// letters returns a text column whose first letter has the share p.
func letters(name string, n int, p float64, seed uint64) drift.Column {
	x := noise(n, 0, seed)
	s := make([]string, n)
	for i, v := range x {
		s[i] = "b"
		if 0.5*math.Erfc(-v/math.Sqrt2) < p {
			s[i] = "a"
		}
	}
	return drift.TextColumn(name, s)
}

func twoSets() (ref, cur []drift.Column) {
	const n = 3000
	ref = []drift.Column{
		{Name: "same", Floats: noise(n, 0, 1)}, {Name: "shifted", Floats: noise(n, 0, 2)},
		letters("letters", n, 0.5, 3), letters("moved", n, 0.5, 4), {Name: "gone", Floats: noise(n, 0, 5)},
	}
	cur = []drift.Column{
		letters("moved", n, 0.9, 14), {Name: "new", Floats: noise(n, 0, 15)},
		{Name: "same", Floats: noise(n, 0, 11)}, {Name: "shifted", Floats: noise(n, 1, 12)}, letters("letters", n, 0.5, 13),
	}
	return ref, cur
}

func TestCompareDatasets(t *testing.T) {
	ref, cur := twoSets()
	r, err := drift.CompareDatasets(ref, cur, drift.Options{})
	require.NoError(t, err)
	require.Equal(t, []string{"new"}, r.New)
	require.Equal(t, []string{"gone"}, r.Vanished)
	var names []string
	for _, c := range r.Columns {
		names = append(names, c.Name)
		require.NoError(t, c.Err)
		require.Equal(t, c.Name == "shifted" || c.Name == "moved", c.Drifted, c.Name)
	}
	require.Equal(t, []string{"same", "shifted", "letters", "moved"}, names)
	require.Equal(t, 0.5, r.DriftedShare)
	require.True(t, r.Drifted, "the share itself is drift")

	before := runtime.GOMAXPROCS(1)
	one, err := drift.CompareDatasets(ref, cur, drift.Options{})
	runtime.GOMAXPROCS(before)
	require.NoError(t, err)
	for i := range r.Columns {
		require.Equal(t, r.Columns[i].Statistic, one.Columns[i].Statistic)
	}

	// A threshold for one column leaves the others alone.
	r, err = drift.CompareDatasets(ref, cur, drift.Options{Columns: map[string]drift.ColumnOptions{"shifted": {Test: "ks", Threshold: 1e-300}}})
	require.NoError(t, err)
	require.Equal(t, "ks", r.Columns[1].Test)
	require.Equal(t, 0.1, r.Columns[0].Threshold)
	require.Equal(t, 0.1, r.Columns[3].Threshold)
	// A test of numbers leaves categories to the automatic choice.
	r, err = drift.CompareDatasets(ref, cur, drift.Options{ColumnOptions: drift.ColumnOptions{Test: "ks", Threshold: 0.01}})
	require.NoError(t, err)
	require.Equal(t, []any{"ks", 0.01, "jensenshannon", 0.1}, []any{r.Columns[0].Test, r.Columns[0].Threshold, r.Columns[2].Test, r.Columns[2].Threshold})
}

func TestCorrection(t *testing.T) {
	var ref, cur []drift.Column
	for i := range uint64(40) {
		name := string(rune('A' + i))
		shift := 0.0
		if i < 4 {
			shift = 0.4
		}
		ref = append(ref, drift.Column{Name: name, Floats: noise(500, 0, i)})
		cur = append(cur, drift.Column{Name: name, Floats: noise(500, shift, 100+i)})
	}
	var found [3]int
	for c := drift.NoCorrection; c <= drift.BenjaminiHochberg; c++ {
		r, err := drift.CompareDatasets(ref, cur, drift.Options{Correction: c})
		require.NoError(t, err)
		found[c] = r.DriftedColumns
		for i, q := range r.Columns {
			// The definitions, straight from the p-values.
			want := q.PValue
			switch c {
			case drift.Bonferroni:
				want = math.Min(1, q.PValue*40)
			case drift.BenjaminiHochberg:
				want = 1
				for _, o := range r.Columns {
					if o.PValue < q.PValue {
						continue
					}
					rank := 0.0
					for _, u := range r.Columns {
						if u.PValue <= o.PValue {
							rank++
						}
					}
					want = math.Min(want, o.PValue*40/rank)
				}
			}
			require.InDelta(t, want, q.Adjusted, 1e-14, "%d", i)
			require.Equal(t, q.Adjusted <= 0.05, q.Drifted)
		}
	}
	require.GreaterOrEqual(t, found[0], found[2])
	require.GreaterOrEqual(t, found[2], found[1])
	require.Equal(t, 4, found[1])
}

func TestBaseline(t *testing.T) {
	ref, cur := twoSets()
	var b drift.Baseline
	require.NoError(t, b.Add(ref))
	want, err := drift.CompareDatasets(ref, cur, drift.Options{})
	require.NoError(t, err)
	check := func(b *drift.Baseline) {
		got, err := drift.CompareToBaseline(b, cur, drift.Options{})
		require.NoError(t, err)
		for i, c := range want.Columns {
			require.InEpsilon(t, c.Statistic, got.Columns[i].Statistic, 1e-12)
			require.Equal(t, c.Drifted, got.Columns[i].Drifted)
		}
		require.Equal(t, want.Vanished, got.Vanished)
	}
	check(&b)
	data, err := b.MarshalBinary()
	require.NoError(t, err)
	var c drift.Baseline
	require.NoError(t, c.UnmarshalBinary(data))
	check(&c)
	j, err := json.Marshal(&b)
	require.NoError(t, err)
	var d drift.Baseline
	require.NoError(t, json.Unmarshal(j, &d))
	check(&d)
	data[len(data)/2]++
	require.ErrorIs(t, c.UnmarshalBinary(data), mlgauge.ErrCorrupt)
	for _, bad := range []string{`{}`, `[`, `{"version":"drift.baseline/2","rows":0,"columns":[]}`, `{"version":"drift.baseline/1","rows":3,"columns":[]}`,
		`{"version":"drift.baseline/1","rows":0,"columns":[null]}`, `{"version":"drift.baseline/1","rows":0,"columns":[{"name":"x"}]}`} {
		require.ErrorIs(t, d.UnmarshalJSON([]byte(bad)), mlgauge.ErrCorrupt, bad)
	}
	check(&d)
	for _, bad := range []string{`{"version":"drift.baseline/2","rows":0,"columns":[]}`, `{"version":"drift.baseline/2","tables":{"columns":1}}`} {
		require.ErrorContains(t, d.UnmarshalJSON([]byte(bad)), `need version "drift.baseline/1", have "drift.baseline/2"`)
	}
	check(&d)
	// The next version, which may close a record otherwise.
	data = later(t, &b, "drift.baseline/1")
	err = c.UnmarshalBinary(data)
	require.ErrorIs(t, err, mlgauge.ErrCorrupt)
	require.ErrorContains(t, err, `drift.Baseline.UnmarshalBinary: need version 1 of a record "drift.baseline", have version 2`)
	check(&c)

	require.ErrorIs(t, b.Add(ref[:2]), mlgauge.ErrLength)
	require.ErrorIs(t, b.Add(cur), mlgauge.ErrIncompatible)
	require.NoError(t, b.Merge(&c))
	require.Equal(t, 6000, b.Rows())
	require.Equal(t, 3000, c.Rows())
	other := &drift.Baseline{}
	require.NoError(t, other.Add(cur))
	require.ErrorIs(t, b.Merge(other), mlgauge.ErrIncompatible)
	_, err = drift.CompareBaselines(&c, other, drift.Options{})
	require.NoError(t, err)
}

// later returns what x is saved as, with the version of its tag one higher.
func later(t *testing.T, x encoding.BinaryMarshaler, tag string) []byte {
	data, err := x.MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, tag, string(data[8:8+len(tag)]))
	data[8+len(tag)-1]++
	return data
}

func TestDatasetsBad(t *testing.T) {
	x := []drift.Column{{Name: "x", Floats: []float64{1, 2, 3}}}
	y := []drift.Column{{Name: "y", Floats: []float64{1, 2, 3}}}
	ragged := []drift.Column{x[0], {Name: "y", Floats: []float64{1}}}
	for name, c := range map[string]struct {
		ref, cur []drift.Column
		o        drift.Options
		want     error
	}{
		"none":               {nil, nil, drift.Options{}, mlgauge.ErrEmpty},
		"nothing in common":  {x, y, drift.Options{}, mlgauge.ErrEmpty},
		"ragged":             {ragged, x, drift.Options{}, mlgauge.ErrLength},
		"ragged current":     {x, ragged, drift.Options{}, mlgauge.ErrLength},
		"twice":              {append(x, x...), x, drift.Options{}, mlgauge.ErrRange},
		"share":              {x, x, drift.Options{Share: 2}, mlgauge.ErrRange},
		"correction":         {x, x, drift.Options{Correction: 5}, mlgauge.ErrRange},
		"test":               {x, x, drift.Options{ColumnOptions: drift.ColumnOptions{Test: "?"}}, mlgauge.ErrRange},
		"options of nothing": {x, x, drift.Options{Columns: map[string]drift.ColumnOptions{"z": {}}}, mlgauge.ErrRange},
		"options of x":       {x, x, drift.Options{Columns: map[string]drift.ColumnOptions{"x": {Test: "?"}}}, mlgauge.ErrRange},
	} {
		_, err := drift.CompareDatasets(c.ref, c.cur, c.o)
		require.ErrorIs(t, err, c.want, name)
	}
	require.ErrorIs(t, drift.Options{Share: 2}.Check(), mlgauge.ErrRange)
	require.NoError(t, drift.Options{}.Check())
	// A column that cannot be tested does not stop the others.
	ref := []drift.Column{x[0], {Name: "empty", Floats: []float64{math.NaN(), 1, 2}}, {Name: "kind", Floats: []float64{1, 2, 3}}}
	cur := []drift.Column{x[0], {Name: "empty", Floats: []float64{math.NaN(), math.NaN(), math.NaN()}}, drift.TextColumn("kind", []string{"a", "b", "c"})}
	r, err := drift.CompareDatasets(ref, cur, drift.Options{})
	require.NoError(t, err)
	require.NoError(t, r.Columns[0].Err)
	require.ErrorIs(t, r.Columns[1].Err, mlgauge.ErrEmpty)
	require.ErrorIs(t, r.Columns[2].Err, mlgauge.ErrIncompatible)
	require.InDelta(t, 2./3, r.DriftedShare, 1e-15)
}

func FuzzBaseline(f *testing.F) {
	b := drift.Baseline{Options: drift.Profile{Keep: -1, K: 8}}
	_ = b.Add([]drift.Column{{Name: "x", Floats: noise(40, 0, 1)}, letters("l", 40, 0.5, 2)})
	data, _ := b.MarshalBinary()
	f.Add(data)
	data, _ = json.Marshal(&b)
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		var b drift.Baseline
		if err := b.UnmarshalBinary(data); err != nil {
			require.ErrorIs(t, err, mlgauge.ErrCorrupt)
			require.Empty(t, b.Profiles)
		}
		var c drift.Baseline
		if err := c.UnmarshalJSON(data); err != nil {
			require.ErrorIs(t, err, mlgauge.ErrCorrupt)
			require.Empty(t, c.Profiles)
			return
		}
		_, err := json.Marshal(&c)
		require.NoError(t, err)
	})
}
