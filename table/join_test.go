package table

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// frame is a table as the golden file has it.
type frame [][2]json.RawMessage

func (f frame) table(t *testing.T) *Table {
	t.Helper()
	var cols []Column
	for _, c := range f {
		var name string
		var values []any
		require.NoError(t, json.Unmarshal(c[0], &name))
		require.NoError(t, json.Unmarshal(c[1], &values))
		col := Column{Name: name, Type: Float}
		if slices.ContainsFunc(values, func(v any) bool { _, ok := v.(string); return ok }) {
			col.Type = String
		}
		var texts []string
		for _, v := range values {
			if col.Type == String {
				s, _ := v.(string)
				texts = append(texts, s)
				continue
			}
			x, ok := v.(float64)
			if !ok {
				x = math.NaN()
			}
			col.Floats = append(col.Floats, x)
		}
		if col.Type == String {
			col = NewString(name, texts)
			for i, v := range values {
				if v == nil {
					col.Codes[i] = MissingCode
				}
			}
		}
		cols = append(cols, col)
	}
	out, err := New(cols...)
	require.NoError(t, err)
	return out
}

// rowsOf writes a table row by row, to compare.
func rowsOf(t *Table) [][]string {
	out := [][]string{t.Names()}
	for i := range t.NumRows() {
		var row []string
		for k := range t.cols {
			c := &t.cols[k]
			if c.IsMissing(i) {
				row = append(row, "<missing>")
			} else {
				row = append(row, c.Text(i))
			}
		}
		out = append(out, row)
	}
	return out
}

func TestJoinEqualsPandas(t *testing.T) {
	var g struct {
		Joins []struct {
			Left, Right, Out frame
			How              string
			LeftOn           []string `json:"left_on"`
			RightOn          []string `json:"right_on"`
		}
	}
	golden.Load(t, "table/join.json", &g)
	require.Greater(t, len(g.Joins), 40)
	how := map[string]How{"inner": Inner, "left": Left, "right": Right, "outer": Outer}
	for i, c := range g.Joins {
		t.Run(fmt.Sprintf("%s_%d", c.How, i), func(t *testing.T) {
			left, right := c.Left.table(t), c.Right.table(t)
			l, r := left.Clone(), right.Clone()
			o := JoinOptions{How: how[c.How], LeftOn: c.LeftOn, RightOn: c.RightOn, Indicator: "_merge", Sort: c.How == "outer"}
			if c.LeftOn[0] != c.RightOn[0] {
				o.Suffixes = [2]string{"", "_r"}
			}
			out, report, err := Join(left, right, o)
			require.NoError(t, err)
			assert.Equal(t, rowsOf(c.Out.table(t)), rowsOf(out))
			assert.Equal(t, out.NumRows(), report.Rows)
			assert.Equal(t, rowsOf(l), rowsOf(left))
			assert.Equal(t, rowsOf(r), rowsOf(right))

			// semi and anti part the left rows
			o.Sort = false
			o.How = Semi
			semi, _, err := Join(left, right, o)
			require.NoError(t, err)
			o.How = Anti
			anti, _, err := Join(left, right, o)
			require.NoError(t, err)
			assert.Equal(t, len(report.LeftOnly), anti.NumRows())
			assert.Equal(t, left.NumRows(), semi.NumRows()+anti.NumRows())
		})
	}
}

func TestUnionEqualsPandas(t *testing.T) {
	var g struct {
		Concats []struct {
			Tables []frame
			Common bool
			Out    frame
		}
	}
	golden.Load(t, "table/join.json", &g)
	for _, c := range g.Concats {
		var tables []*Table
		for _, f := range c.Tables {
			tables = append(tables, f.table(t))
		}
		out, err := Union(UnionOptions{Common: c.Common}, tables...)
		require.NoError(t, err)
		assert.Equal(t, rowsOf(c.Out.table(t)), rowsOf(out))
		out, err = Union(UnionOptions{Common: c.Common, Source: "from"}, tables...)
		require.NoError(t, err)
		from, err := out.Floats("from")
		require.NoError(t, err)
		assert.Equal(t, []float64{0, 0, 0, 1, 1, 1, 1, 2, 2}, from)
	}
}

func orders() (*Table, *Table) {
	left, _ := New(NewFloat("id", []float64{1, 2, 3, math.NaN()}), NewString("name", []string{"ann", "bob", "cid", "dan"}))
	right, _ := New(NewFloat("id", []float64{2, 2, 5, math.NaN()}), NewFloat("amount", []float64{10, 20, 30, 40}))
	return left, right
}

func TestJoinReport(t *testing.T) {
	left, right := orders()
	out, r, err := Join(left, right, JoinOptions{How: Outer, On: []string{"id"}, NullsDiffer: true})
	require.NoError(t, err)
	assert.Equal(t, JoinReport{
		LeftRows: 4, RightRows: 4, Rows: 7, Pairs: 2, LeftOnly: []int{0, 2, 3}, RightOnly: []int{2, 3},
		LeftOnlyKeys: [][]string{{"1"}, {"3"}, {""}}, RightOnlyKeys: [][]string{{"5"}, {""}},
	}, r)
	assert.Equal(t, "7 rows from 4 and 4: 2 pairs, 3 rows only on the left, 2 only on the right", r.String())
	assert.Equal(t, [][]string{
		{"id", "name", "amount"},
		{"1", "ann", "<missing>"}, {"2", "bob", "10"}, {"2", "bob", "20"}, {"3", "cid", "<missing>"},
		{"<missing>", "dan", "<missing>"}, {"5", "<missing>", "30"}, {"<missing>", "<missing>", "40"},
	}, rowsOf(out))
	out, r, err = Join(left, right, JoinOptions{On: []string{"id"}})
	require.NoError(t, err)
	assert.Equal(t, 3, out.NumRows())
	assert.Equal(t, 3, r.Pairs)

	// 0 and -0 are one key; text keys may come from different dictionaries
	a, _ := New(NewFloat("k", []float64{0}), NewString("t", []string{"x"}))
	b, _ := New(NewFloat("k", []float64{math.Copysign(0, -1)}), NewString("t", []string{"x"}))
	out, _, err = Join(a, b, JoinOptions{On: []string{"k", "t"}})
	require.NoError(t, err)
	assert.Equal(t, 1, out.NumRows())
}

// Keys that a table indexes and keys that are hashed match alike.
func TestKeysOfEveryRange(t *testing.T) {
	for name, scale := range map[string]float64{"dense": 1, "negative": -1, "wide": 1e6, "fractions": .25, "huge": 1e300, "beyond 2^53": 1 << 54} {
		var x, y []float64
		for i := range 40 {
			x = append(x, float64(i%13)*scale)
			y = append(y, float64(i%7+9)*scale)
		}
		left, _ := New(NewFloat("k", append(x, math.NaN(), math.Copysign(0, -1))))
		right, _ := New(NewFloat("k", append(y, math.NaN(), 0)))
		want := 0
		for _, a := range left.cols[0].Floats {
			for _, b := range right.cols[0].Floats {
				if a == b || a != a && b != b {
					want++
				}
			}
		}
		_, r, err := Join(left, right, JoinOptions{On: []string{"k"}})
		require.NoError(t, err)
		assert.Equal(t, want, r.Pairs, name)
	}
	inf, _ := New(NewFloat("k", []float64{math.Inf(1), 1, math.Inf(-1)}))
	_, r, err := Join(inf, inf, JoinOptions{On: []string{"k"}})
	require.NoError(t, err)
	assert.Equal(t, 3, r.Pairs)
	gap, _ := New(NewFloat("k", []float64{math.NaN()}))
	_, r, err = Join(gap, gap, JoinOptions{On: []string{"k"}})
	require.NoError(t, err)
	assert.Equal(t, 1, r.Pairs)
}

func TestJoinBadInput(t *testing.T) {
	left, right := orders()
	text, _ := New(NewString("id", []string{"1"}))
	id := []string{"id"}
	for name, c := range map[string]struct {
		right *Table
		o     JoinOptions
		want  error
	}{
		"no keys":            {right, JoinOptions{}, mlgauge.ErrEmpty},
		"unknown key":        {right, JoinOptions{On: []string{"nope"}}, mlgauge.ErrRange},
		"key twice":          {right, JoinOptions{On: []string{"id", "id"}}, mlgauge.ErrRange},
		"on and left on":     {right, JoinOptions{On: id, LeftOn: id}, mlgauge.ErrRange},
		"keys differ":        {right, JoinOptions{LeftOn: id}, mlgauge.ErrLength},
		"numbers and text":   {text, JoinOptions{On: id}, mlgauge.ErrIncompatible},
		"unknown how":        {right, JoinOptions{On: id, How: 9}, mlgauge.ErrRange},
		"unknown validate":   {right, JoinOptions{On: id, Validate: 9}, mlgauge.ErrRange},
		"right key repeats":  {right, JoinOptions{On: id, Validate: ManyToOne}, mlgauge.ErrRange},
		"one to one":         {right, JoinOptions{On: id, Validate: OneToOne}, mlgauge.ErrRange},
		"too many rows":      {right, JoinOptions{On: id, MaxRows: 2}, mlgauge.ErrRange},
		"negative rows":      {right, JoinOptions{On: id, MaxRows: -2}, mlgauge.ErrRange},
		"indicator is taken": {right, JoinOptions{On: id, Indicator: "name"}, mlgauge.ErrRange},
	} {
		out, _, err := Join(left, c.right, c.o)
		assert.ErrorIs(t, err, c.want, name)
		assert.Nil(t, out, name)
	}
	_, _, err := Join(left, right, JoinOptions{On: id, Validate: OneToMany})
	assert.NoError(t, err)
	_, _, err = Join(left, left, JoinOptions{On: id, Suffixes: [2]string{"_a", "_a"}})
	assert.ErrorIs(t, err, mlgauge.ErrRange)
}

func TestConcatColumnsTakeDistinct(t *testing.T) {
	left, right := orders()
	names, err := left.Select("name")
	require.NoError(t, err)
	both, err := ConcatColumns(names, right)
	require.NoError(t, err)
	assert.Equal(t, []string{"name", "id", "amount"}, both.Names())
	_, err = ConcatColumns(left, right)
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = ConcatColumns(left, right.Slice(0, 2))
	assert.ErrorIs(t, err, mlgauge.ErrLength)
	none, err := ConcatColumns()
	require.NoError(t, err)
	assert.Equal(t, 0, none.NumCols())

	some, err := right.Take([]int{3, 1, 1})
	require.NoError(t, err)
	assert.Equal(t, [][]string{{"id", "amount"}, {"<missing>", "40"}, {"2", "20"}, {"2", "20"}}, rowsOf(some))
	_, err = right.Take([]int{4})
	assert.ErrorIs(t, err, mlgauge.ErrRange)

	first, err := right.Distinct("id")
	require.NoError(t, err)
	assert.Equal(t, 3, first.NumRows())
	first, err = some.Distinct()
	require.NoError(t, err)
	assert.Equal(t, 2, first.NumRows())
	_, err = right.Distinct("nope")
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = none.Distinct()
	assert.ErrorIs(t, err, mlgauge.ErrEmpty)
}

func TestUnionBadInput(t *testing.T) {
	_, err := Union(UnionOptions{})
	assert.ErrorIs(t, err, mlgauge.ErrEmpty)
	a, _ := New(NewFloat("x", []float64{1}))
	b, _ := New(NewString("x", []string{"a"}))
	empty, _ := New(NewFloat("x", []float64{math.NaN()}))
	_, err = Union(UnionOptions{}, a, b)
	assert.ErrorIs(t, err, mlgauge.ErrIncompatible)
	_, err = Union(UnionOptions{Source: "x"}, a)
	assert.ErrorIs(t, err, mlgauge.ErrRange)
	// nothing but missing values fits either type
	out, err := Union(UnionOptions{}, empty, b)
	require.NoError(t, err)
	assert.Equal(t, [][]string{{"x"}, {"<missing>"}, {"a"}}, rowsOf(out))
}

func BenchmarkJoin(b *testing.B) {
	const n = 200_000
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i], y[i] = float64(i*7919%n), float64(i)
	}
	left, _ := New(NewFloat("k", x), NewFloat("a", y))
	right, _ := New(NewFloat("k", y), NewFloat("b", x))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Join(left, right, JoinOptions{On: []string{"k"}}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/row")
}
