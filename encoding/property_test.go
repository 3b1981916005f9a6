package encoding

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// nasty returns columns that try what goes wrong: empty labels, invalid UTF-8,
// labels of every length around 8 and 16 bytes, rare ones, missing ones.
func nasty(n int, seed uint64) []Column {
	r := rand.New(rand.NewPCG(seed, 9))
	pool := []string{"", "a", "b", "aa", "ab", "ba", "abc", "acb", "\xff\xfe", "\x00", "1234567", "12345678", "123456789", "0123456789abcdef",
		"0123456789abcdeg", "0123456789abcdefg", "0123456789abcdefh", "infrequent_sklearn", "nan", "é", "e\u0301", string(make([]byte, 300))}
	a, b := Column{Name: "a", Missing: []string{gap}}, Column{Name: "b"}
	for range n {
		k := min(r.IntN(len(pool)), r.IntN(len(pool)))
		a.Labels = append(a.Labels, pool[k])
		if r.IntN(10) == 0 {
			a.Labels[len(a.Labels)-1] = gap
		}
		b.Labels = append(b.Labels, fmt.Sprint(r.IntN(4)))
	}
	return []Column{a, b}
}

func target(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 10))
	y := make([]float64, n)
	for i := range y {
		y[i] = 1e6 + r.NormFloat64()
	}
	return y
}

func zerosAndOnes(n int, seed uint64) []float64 {
	y := target(n, seed)
	for i := range y {
		y[i] = math.Floor(math.Mod(y[i]*10, 2))
	}
	return y
}

func part(x []Column, lo, hi int) []Column {
	var rows []int
	for i := lo; i < hi; i++ {
		rows = append(rows, i)
	}
	return takeColumns(x, rows)
}

// fits lists every encoder behind one face; fit and partial learn, merge merges
// another of the same type.
type encoderCase struct {
	name    string
	fresh   func() any
	binary  bool // needs zeros and ones
	fit     func(e any, x []Column, y []float64) error
	partial func(e any, x []Column, y []float64) error
}

func learner(method string) func(any, []Column, []float64) error {
	return func(e any, x []Column, y []float64) error {
		m := reflect.ValueOf(e).MethodByName(method)
		args := []reflect.Value{reflect.ValueOf(x), reflect.ValueOf(y)}
		if err := m.Call(args[:m.Type().NumIn()])[0]; !err.IsNil() {
			return err.Interface().(error)
		}
		return nil
	}
}

func mergeInto(e, o any) error {
	if err := reflect.ValueOf(e).MethodByName("Merge").Call([]reflect.Value{reflect.ValueOf(o)})[0]; !err.IsNil() {
		return err.Interface().(error)
	}
	return nil
}

func encoders() []encoderCase {
	list := []encoderCase{
		{name: "OneHot", fresh: func() any { return &OneHot{HandleUnknown: Infrequent, MinFrequency: 2, Drop: DropFirst} }},
		{name: "OneHotPlain", fresh: func() any { return &OneHot{HandleUnknown: Value} }},
		{name: "Ordinal", fresh: func() any { return &Ordinal{HandleUnknown: Value, MaxCategories: 6} }},
		{name: "BaseN", fresh: func() any { return &BaseN{Base: 3} }},
		{name: "Gray", fresh: func() any { return &Gray{} }},
		{name: "Count", fresh: func() any { return &Count{Normalize: true} }},
		{name: "RankHot", fresh: func() any { return &RankHot{} }},
		{name: "Contrast", fresh: func() any { return &Contrast{Kind: Polynomial} }},
		{name: "Similarity", fresh: func() any { return &Similarity{Prototypes: 7} }},
		{name: "Target", fresh: func() any { return &Target{} }},
		{name: "TargetFixed", fresh: func() any { return &Target{Smooth: new(3.0), HandleMissing: ReturnNaN} }},
		{name: "LeaveOneOut", fresh: func() any { return &LeaveOneOut{} }},
		{name: "CatBoost", fresh: func() any { return &CatBoost{} }},
		{name: "MEstimate", fresh: func() any { return &MEstimate{} }},
		{name: "JamesStein", fresh: func() any { return &JamesStein{} }},
		{name: "JamesSteinPooled", fresh: func() any { return &JamesStein{Model: Pooled} }},
		{name: "JamesSteinLogOdds", binary: true, fresh: func() any { return &JamesStein{Model: LogOdds} }},
		{name: "WOE", binary: true, fresh: func() any { return &WOE{} }},
		{name: "Quantile", fresh: func() any { return &Quantile{Quantiles: []float64{0.1, 0.5}} }},
	}
	for i := range list {
		list[i].fit, list[i].partial = learner("Fit"), learner("PartialFit")
	}
	return list
}

type transformer interface {
	Transform(*mat.Dense, []Column) (*mat.Dense, error)
}

func transform(t testing.TB, e any, x []Column) *mat.Dense {
	t.Helper()
	m, err := e.(transformer).Transform(nil, x)
	require.NoError(t, err)
	return m
}

func nearDense(t testing.TB, what string, want, got *mat.Dense, rel float64) {
	t.Helper()
	n, w := want.Dims()
	gn, gw := got.Dims()
	require.Equal(t, []int{n, w}, []int{gn, gw}, what)
	for i := range n {
		golden.EqualSlice(t, what, want.RawRowView(i), got.RawRowView(i), rel)
	}
}

func TestShardsBatchesAndCodes(t *testing.T) {
	const n = 600
	x := nasty(n, 1)
	unseen := nasty(n, 2)
	unseen[0].Labels[3] = "never seen"
	for _, c := range encoders() {
		t.Run(c.name, func(t *testing.T) {
			y := target(n, 1)
			if c.binary {
				y = zerosAndOnes(n, 1)
			}
			keepY := slices.Clone(y)
			keepX := slices.Clone(x[0].Labels)
			whole := c.fresh()
			require.NoError(t, c.fit(whole, x, y))
			want := transform(t, whole, unseen)

			batches := c.fresh()
			for lo := 0; lo < n; lo += 150 {
				require.NoError(t, c.partial(batches, part(x, lo, lo+150), y[lo:lo+150]))
			}
			// Squares about means at an offset of 1e6 keep about ten digits.
			tol := 1e-9
			nearDense(t, "batches", want, transform(t, batches, unseen), tol)

			a, b := c.fresh(), c.fresh()
			require.NoError(t, c.fit(a, part(x, 0, 250), y[:250]))
			require.NoError(t, c.fit(b, part(x, 250, n), y[250:]))
			require.NoError(t, mergeInto(a, b))
			nearDense(t, "merge", want, transform(t, a, unseen), tol)

			empty := c.fresh()
			require.NoError(t, mergeInto(empty, whole))
			nearDense(t, "merge into empty", want, transform(t, empty, unseen), tol)

			again := c.fresh()
			require.NoError(t, c.fit(again, x, y))
			require.NoError(t, c.fit(again, x, y))
			nearDense(t, "fit twice", want, transform(t, again, unseen), 0)

			// Codes, in and out. What comes by first appearance needs the rows' order,
			// which coded keeps.
			viaCodes := c.fresh()
			require.NoError(t, c.fit(viaCodes, coded(t, x), y))
			nearDense(t, "codes", want, transform(t, viaCodes, coded(t, unseen)), tol)

			// JSON keeps everything, and learning goes on after it.
			raw, err := json.Marshal(a)
			require.NoError(t, err)
			back := c.fresh()
			require.NoError(t, json.Unmarshal(raw, back))
			nearDense(t, "json", transform(t, a, unseen), transform(t, back, unseen), 0)
			raw2, err := json.Marshal(back)
			require.NoError(t, err)
			assert.JSONEq(t, string(raw), string(raw2))
			half := c.fresh()
			require.NoError(t, c.fit(half, part(x, 0, 250), y[:250]))
			raw, err = json.Marshal(half)
			require.NoError(t, err)
			resumed := c.fresh()
			require.NoError(t, json.Unmarshal(raw, resumed))
			require.NoError(t, c.partial(resumed, part(x, 250, n), y[250:]))
			nearDense(t, "resumed", want, transform(t, resumed, unseen), tol)

			// A row equals its row of the matrix.
			if r, ok := whole.(interface {
				EncodeRow([]float64, []string) error
			}); ok {
				_, w := want.Dims()
				nearDense(t, "row", want, rowsOf(t, r, unseen, w), 0)
			}

			// dst is used, strides and all.
			_, w := want.Dims()
			big := mat.NewDense(n+2, w+3, nil)
			view := big.Slice(1, n+1, 2, w+2).(*mat.Dense)
			for i := range n + 2 {
				for j := range w + 3 {
					big.Set(i, j, 7)
				}
			}
			got, err := whole.(transformer).Transform(view, unseen)
			require.NoError(t, err)
			assert.Same(t, view, got)
			nearDense(t, "view", want, view, 0)
			assert.Equal(t, 7.0, big.At(0, 2))
			assert.Equal(t, 7.0, big.At(1, w+2))

			assert.Equal(t, keepY, y, "y changed")
			assert.Equal(t, keepX, x[0].Labels, "x changed")
		})
	}
}

func TestRowDoesNotAllocate(t *testing.T) {
	const n = 600
	x := nasty(n, 1)
	for _, c := range encoders() {
		if c.name == "Similarity" {
			continue // documented
		}
		e := c.fresh()
		require.NoError(t, c.fit(e, x, zerosAndOnes(n, 1)))
		dst := make([]float64, e.(interface{ Width() int }).Width())
		row := []string{x[0].Labels[5], "2"}
		enc := e.(interface {
			EncodeRow([]float64, []string) error
		})
		assert.Zero(t, testing.AllocsPerRun(20, func() {
			if err := enc.EncodeRow(dst, row); err != nil {
				t.Fatal(err)
			}
		}), c.name)
	}
	h := Hashing{}
	dst := make([]float64, 8)
	row := []string{"a label of more than thirty-two bytes, to be sure", "b"}
	assert.Zero(t, testing.AllocsPerRun(20, func() { _ = h.EncodeRow(dst, row) }))
}

func TestWeights(t *testing.T) {
	const n = 300
	x, y := nasty(n, 4), target(n, 4)
	w := make([]float64, n)
	var rows []int
	r := rand.New(rand.NewPCG(5, 5))
	for i := range w {
		w[i] = float64(r.IntN(4))
		for range int(w[i]) {
			rows = append(rows, i)
		}
	}
	for _, m := range []*float64{nil, new(0.0), new(4.0)} {
		a, b := Target{Smooth: m}, Target{Smooth: m}
		require.NoError(t, a.FitWeighted(x, y, w))
		require.NoError(t, b.Fit(takeColumns(x, rows), takeValues(y, rows)))
		nearDense(t, "numbers", transform(t, &b, x), transform(t, &a, x), 1e-9)
		cls := Column{Labels: make([]string, n)}
		for i := range n {
			cls.Labels[i] = string(rune('p' + i%3))
		}
		a, b = Target{Smooth: m}, Target{Smooth: m}
		require.NoError(t, a.FitClassesWeighted(x, cls, w))
		require.NoError(t, b.FitClasses(takeColumns(x, rows), cls.take(rows)))
		nearDense(t, "classes", transform(t, &b, x), transform(t, &a, x), 1e-12)
	}
}

func TestTargetClassesOnShards(t *testing.T) {
	x := nasty(400, 6)
	y := Column{Labels: make([]string, 400)}
	for i := range y.Labels {
		// The first shard sees one class, the second two others.
		y.Labels[i] = []string{"m", "a", "z"}[max(0, min(2, i/100-1+i%2*(i/200)))]
	}
	var whole, shards, a, b Target
	require.NoError(t, whole.FitClasses(x, y))
	require.ErrorIs(t, a.FitClasses(part(x, 0, 100), part([]Column{y}, 0, 100)[0]), mlgauge.ErrUndefined)
	for lo := 0; lo < 400; lo += 100 {
		require.NoError(t, shards.PartialFitClasses(part(x, lo, lo+100), part([]Column{y}, lo, lo+100)[0]))
		if lo == 0 {
			_, err := shards.Transform(nil, x)
			require.ErrorIs(t, err, mlgauge.ErrNotFitted)
		}
	}
	assert.Equal(t, []string{"a", "m", "z"}, shards.Classes)
	want := transform(t, &whole, x)
	nearDense(t, "shards", want, transform(t, &shards, x), 1e-12)
	require.NoError(t, a.PartialFitClasses(part(x, 0, 150), part([]Column{y}, 0, 150)[0]))
	require.NoError(t, b.PartialFitClasses(part(x, 150, 400), part([]Column{y}, 150, 400)[0]))
	require.NoError(t, a.Merge(&b))
	nearDense(t, "merge", want, transform(t, &a, x), 1e-12)
	raw, err := json.Marshal(&a)
	require.NoError(t, err)
	var back Target
	require.NoError(t, json.Unmarshal(raw, &back))
	nearDense(t, "json", want, transform(t, &back, x), 1e-12)
	require.ErrorIs(t, a.PartialFit(x, target(400, 1)), mlgauge.ErrIncompatible)
}

// slowCrossFit is cross-fitting as it is defined: one encoder per fold.
func TestCrossFittingIsOneEncoderPerFold(t *testing.T) {
	const n = 500
	x, y := nasty(n, 7), target(n, 7)
	for i := range y {
		y[i] -= 1e6
	}
	folds := make([]int, n)
	for i := range folds {
		folds[i] = (i * 7) % 11 % 4
	}
	for _, e := range []Target{{}, {Smooth: new(2.0)}, {Smooth: new(0.0)}, {Sigmoid: &Sigmoid{3, 2}}, {HandleMissing: ReturnNaN}} {
		want, err := CrossFit(nil, x, y, folds, 0, func() Supervised { c := e; return &c })
		require.NoError(t, err)
		got, err := e.FitTransform(nil, x, y, folds)
		require.NoError(t, err)
		nearDense(t, "cross-fit", want, got, 1e-11)
	}
}

func TestDefaultFolds(t *testing.T) {
	f, err := kFolds("f", 1003, 5, 1)
	require.NoError(t, err)
	var n [5]int
	for _, v := range f {
		n[v]++
	}
	assert.Equal(t, [5]int{201, 201, 201, 200, 200}, n)
	cls := make([]int32, 1003)
	for i := range cls {
		cls[i] = int32(i % 7 / 3)
	}
	f, err = stratifiedFolds("f", cls, 3, 5, 1)
	require.NoError(t, err)
	var each [3][5]int
	n = [5]int{}
	for i, v := range f {
		n[v]++
		each[cls[i]][v]++
	}
	for _, e := range each {
		assert.LessOrEqual(t, slices.Max(e[:])-slices.Min(e[:]), 1)
	}
	assert.LessOrEqual(t, slices.Max(n[:])-slices.Min(n[:]), 1)
	g, _ := stratifiedFolds("f", cls, 3, 5, 1)
	assert.Equal(t, f, g)
	// The same seed, the same numbers.
	x, y := nasty(200, 1), target(200, 2)
	var a, b Target
	m1, err := a.FitTransform(nil, x, y, nil)
	require.NoError(t, err)
	m2, err := b.FitTransform(nil, x, y, nil)
	require.NoError(t, err)
	nearDense(t, "seed", m1, m2, 0)
	b.Seed = 9
	m2, err = b.FitTransform(nil, x, y, nil)
	require.NoError(t, err)
	assert.False(t, mat.Equal(m1, m2))
}

func TestInverseUndoesTransform(t *testing.T) {
	x := nasty(400, 8)
	type inverter interface {
		Fit([]Column) error
		transformer
		Inverse(mat.Matrix) ([]Column, error)
	}
	for name, e := range map[string]inverter{
		"onehot": &OneHot{}, "onehot first": &OneHot{Drop: DropFirst}, "ordinal": &Ordinal{}, "base2": &Binary{}, "base5": &BaseN{Base: 5},
		"gray": &Gray{}, "rankhot": &RankHot{}, "sum": &Contrast{}, "helmert": &Contrast{Kind: Helmert}, "poly": &Contrast{Kind: Polynomial},
		"backward": &Contrast{Kind: BackwardDifference}, "simple": &Contrast{Kind: Simple},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, e.Fit(x))
			back, err := e.Inverse(transform(t, e, x))
			require.NoError(t, err)
			for j := range x {
				for i := range x[j].Len() {
					w, wok := x[j].Value(i)
					g, gok := back[j].Value(i)
					require.Equal(t, wok, gok, "row %d", i)
					require.Equal(t, w, g, "row %d", i)
				}
			}
		})
	}
}

func TestDictionary(t *testing.T) {
	x := nasty(5000, 3)[0]
	var d Dictionary
	d.setMissing(x.Missing)
	codes, err := d.Encode(nil, x.Labels)
	require.NoError(t, err)
	index := map[string]int32{gap: Missing}
	for i, s := range x.Labels {
		c, ok := index[s]
		if !ok {
			c = int32(len(index) - 1)
			index[s] = c
		}
		require.Equal(t, c, codes[i], "%q", s)
		require.Equal(t, c, d.Code(s))
	}
	assert.Equal(t, len(index)-1, d.Len())
	assert.Equal(t, Unknown, d.Code("not there"))
	assert.Equal(t, codes, d.Lookup(nil, x.Labels))

	// Many labels, of every length.
	var big Dictionary
	for i := range 50_000 {
		s := fmt.Sprint(i)
		if i%3 == 0 {
			s += "-a longer label of many bytes"
		}
		require.EqualValues(t, i, big.Add(s))
		require.EqualValues(t, i, big.Code(s))
	}
	raw, err := big.MarshalBinary()
	require.NoError(t, err)
	var back Dictionary
	require.NoError(t, back.UnmarshalBinary(raw))
	assert.Equal(t, big.Labels(), back.Labels())
	require.ErrorIs(t, back.UnmarshalBinary(raw[:len(raw)-9]), mlgauge.ErrCorrupt)
	assert.Equal(t, 50_000, back.Len())

	remap, err := d.Merge(&big)
	require.NoError(t, err)
	for i, to := range remap {
		require.Equal(t, big.Label(int32(i)), d.Label(to))
	}
	// A clone does not share what it adds.
	c := d.clone()
	c.Add("only in the clone")
	d.Add("only in the source")
	assert.Equal(t, Unknown, d.Code("only in the clone"))
	assert.Equal(t, "only in the clone", c.Label(int32(c.Len()-1)))
	assert.Equal(t, "only in the source", d.Label(int32(d.Len()-1)))
}

func TestDictionaryKeepsNoCallersMemory(t *testing.T) {
	b := []byte("one two")
	s := string(b)
	var d Dictionary
	_, err := d.Encode(nil, []string{s[:3], s[4:]})
	require.NoError(t, err)
	assert.Equal(t, []string{"one", "two"}, d.Labels())
}

func TestStatisticsRoundTrip(t *testing.T) {
	x, y := nasty(300, 2), target(300, 2)
	var a, b Tally
	require.NoError(t, a.Add(x[0]))
	raw, err := a.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, b.UnmarshalBinary(raw))
	assert.Equal(t, a.Counts(), b.Counts())
	assert.Equal(t, 300, b.Total())
	require.NoError(t, a.Merge(&a))
	assert.Equal(t, 600, a.Total())
	var s, u TargetStats
	require.NoError(t, s.Add(x[0], y))
	raw, err = s.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, u.UnmarshalBinary(raw))
	assert.Equal(t, s.Stats(), u.Stats())
	// The squares keep their digits at an offset.
	for i, c := range s.Categories() {
		var v []float64
		for r, l := range x[0].Labels {
			if l == c {
				v = append(v, y[r]-1e6)
			}
		}
		mean, m2 := 0.0, 0.0
		for _, a := range v {
			mean += a / float64(len(v))
		}
		for _, a := range v {
			m2 += (a - mean) * (a - mean)
		}
		assert.Equal(t, len(v), s.Stats()[i].Rows)
		// y itself carries 1e6 * 2^-53 of rounding.
		assert.InDelta(t, m2, s.Stats()[i].M2, 1e-8*max(1, m2), c)
	}
	// Row by row equals at once.
	var rowwise TargetStats
	for i := range y {
		require.NoError(t, rowwise.Add(x[0].take([]int{i}), y[i:i+1]))
	}
	for i, a := range s.Stats() {
		b := rowwise.Stats()[i]
		assert.InDelta(t, a.M2, b.M2, 1e-8*max(1, a.M2))
	}
	require.NoError(t, s.AddWeighted(x[0], y, fill(300, 2)))
	assert.InDelta(t, 900, s.Total().W, 0)
}

func TestSimilarity(t *testing.T) {
	e := Similarity{NMin: 3, NMax: 3}
	require.NoError(t, e.Fit(Columns([]string{"police officer", "Policeman", "teacher"})))
	m, err := e.Transform(nil, Columns([]string{"policeman", "police", "", "qqq"}))
	require.NoError(t, err)
	// Sorted: Policeman, police officer, teacher. " policeman " has 9 trigrams,
	// " police " 6, of which " po pol oli lic ice" (5) are shared.
	assert.Equal(t, 1.0, m.At(0, 0))
	assert.Equal(t, 5.0/10, m.At(1, 0))
	// " police officer " has 14; all of " police " but one... all 6 are shared.
	assert.Equal(t, 6.0/14, m.At(1, 1))
	assert.Equal(t, []float64{0, 0, 0}, m.RawRowView(3))
	got, s, err := e.Nearest(0, "polize officer")
	require.NoError(t, err)
	assert.Equal(t, "police officer", got)
	assert.Greater(t, s, 0.5)
	row := make([]float64, 3)
	require.NoError(t, e.EncodeRow(row, []string{"police"}))
	assert.Equal(t, m.RawRowView(1), row)
}

func TestEmbedding(t *testing.T) {
	const n = 2000
	r := rand.New(rand.NewPCG(1, 1))
	a, b := Column{Name: "a"}, Column{Name: "b", Missing: []string{gap}}
	y := make([]float64, n)
	for i := range y {
		p, q := r.IntN(6), r.IntN(3)
		a.Labels = append(a.Labels, string(rune('a'+p)))
		b.Labels = append(b.Labels, []string{"x", "y", gap}[q])
		y[i] = float64(p%2)*3 + float64(q) + 0.1*r.NormFloat64()
	}
	x := []Column{a, b}
	e := Embedding{Dim: 2, Epochs: 5}
	require.NoError(t, e.Fit(x, y))
	names, err := e.FeatureNames()
	require.NoError(t, err)
	assert.Equal(t, []string{"a_0", "a_1", "b_0", "b_1"}, names)
	// Categories of one parity mean the same, so their vectors lie together.
	row := func(s string) []float64 {
		v := make([]float64, 4)
		require.NoError(t, e.EncodeRow(v, []string{s, "x"}))
		return v[:2]
	}
	dist := func(a, b []float64) float64 { return math.Hypot(a[0]-b[0], a[1]-b[1]) }
	assert.Less(t, dist(row("a"), row("c"))*3, dist(row("a"), row("b")))
	f := Embedding{Dim: 2, Epochs: 5}
	require.NoError(t, f.Fit(x, y))
	nearDense(t, "deterministic", transform(t, &e, x), transform(t, &f, x), 0)
	raw, err := json.Marshal(&e)
	require.NoError(t, err)
	var back Embedding
	require.NoError(t, json.Unmarshal(raw, &back))
	nearDense(t, "json", transform(t, &e, x), transform(t, &back, x), 0)

	g, err := NewEmbedding("v", []string{"p", "q"}, [][]float64{{1, 2}, {3, 6}})
	require.NoError(t, err)
	v := make([]float64, 2)
	require.NoError(t, g.EncodeRow(v, []string{"q"}))
	assert.Equal(t, []float64{3, 6}, v)
	require.NoError(t, g.EncodeRow(v, []string{"new"}))
	assert.Equal(t, []float64{2, 4}, v)

	require.ErrorIs(t, (&Embedding{LearningRate: 90}).Fit(x, y), mlgauge.ErrNotConverged)
}

func TestLeakage(t *testing.T) {
	for _, binary := range []bool{false, true} {
		o := LeakageOptions{Binary: binary, Rows: 500, Categories: 50, Trials: 10}
		plain := func(x []Column, y []float64) (*mat.Dense, error) {
			var e Target
			if err := e.Fit(x, y); err != nil {
				return nil, err
			}
			return e.Transform(nil, x)
		}
		crossed := func(x []Column, y []float64) (*mat.Dense, error) {
			var e Target
			return e.FitTransform(nil, x, y, nil)
		}
		rep, err := Leakage(o, plain)
		require.NoError(t, err)
		assert.True(t, rep.Leaks, "%+v", rep)
		rep, err = Leakage(o, crossed)
		require.NoError(t, err)
		assert.False(t, rep.Leaks, "%+v", rep)
		rep, err = Leakage(o, func(x []Column, y []float64) (*mat.Dense, error) {
			return CrossFit(nil, x, y, nil, 3, func() Supervised { return &JamesStein{Model: Beta} })
		})
		require.NoError(t, err)
		assert.False(t, rep.Leaks, "%+v", rep)
		rep, err = Leakage(o, func(x []Column, y []float64) (*mat.Dense, error) {
			var e CatBoost
			return e.FitTransform(nil, x, y)
		})
		require.NoError(t, err)
		assert.False(t, rep.Leaks, "%+v", rep)
	}
}

func TestManyCategories(t *testing.T) {
	const n = 200_000
	c := Column{Codes: make([]int32, n), Categories: make([]string, n)}
	y := make([]float64, n)
	for i := range n {
		c.Codes[i], c.Categories[i] = int32(i), fmt.Sprint("row ", i)
		y[i] = float64(i % 5)
	}
	x := []Column{c}
	var o OneHot
	m, err := o.FitTransformCSR(nil, x)
	require.NoError(t, err)
	assert.Equal(t, n, m.NCols)
	assert.Equal(t, n, m.NNZ())
	// Every row is its own category: all encodings are the mean.
	for _, e := range []Supervised{&MEstimate{}, &JamesStein{}, &Quantile{}, &CatBoost{}, &LeaveOneOut{}} {
		require.NoError(t, e.Fit(x, y))
		d, err := e.Transform(nil, part(x, 0, 5))
		require.NoError(t, err)
		for i := range 5 {
			assert.InDelta(t, 2, d.At(i, 0), 1e-12, "%T", e)
		}
	}
	require.ErrorIs(t, (&RankHot{}).Fit(x), mlgauge.ErrRange)
	require.ErrorIs(t, (&Contrast{}).Fit(x), mlgauge.ErrRange)
	require.NoError(t, (&BaseN{}).Fit(x))
}

func TestColumnOf(t *testing.T) {
	var e Ordinal
	require.NoError(t, e.Fit([]Column{ColumnOf("n", []float64{10, 2, math.NaN(), -1.5, 2})}))
	assert.Equal(t, []string{"-1.5", "2.0", "10.0"}, e.Features[0].Categories)
	m := transform(t, &e, []Column{ColumnOf("n", []float64{10, math.NaN()})})
	assert.Equal(t, 2.0, m.At(0, 0))
	assert.True(t, math.IsNaN(m.At(1, 0)))
	var h OneHot
	require.NoError(t, h.Fit([]Column{ColumnOf("", []int{10, 9})}))
	names, err := h.FeatureNames()
	require.NoError(t, err)
	assert.Equal(t, []string{"x0_9", "x0_10"}, names)
}

func TestUnknowns(t *testing.T) {
	var e OneHot
	e.HandleUnknown = Value
	require.NoError(t, e.Fit([]Column{{Labels: []string{"a", "b"}, Missing: []string{gap}}}))
	n, err := e.Unknowns([]Column{{Labels: []string{"a", "c", gap, "d"}}})
	require.NoError(t, err)
	assert.Equal(t, []int{3}, n)
}

func TestInformationValue(t *testing.T) {
	x := Columns([]string{"a", "a", "b", "b"})
	e := WOE{Regularization: new(0.5)}
	require.NoError(t, e.Fit(x, []float64{1, 1, 0, 0}))
	iv, err := e.InformationValue()
	require.NoError(t, err)
	// Shares 2.5/3 and 0.5/3 on both sides: 2 (2/3) ln 5.
	assert.InDelta(t, 4.0/3*math.Log(5), iv[0], 1e-15)
}

func TestCSR(t *testing.T) {
	m, err := NewCSR(2, 3, []int{0, 2, 2}, []int32{0, 2}, []float64{4, 5})
	require.NoError(t, err)
	d, err := m.Dense(nil)
	require.NoError(t, err)
	assert.True(t, mat.Equal(m, d))
	assert.True(t, mat.Equal(m.T(), d.T()))
	v, err := m.MulVec(nil, []float64{1, 2, 3})
	require.NoError(t, err)
	assert.Equal(t, []float64{19, 0}, v)
	for _, bad := range []CSR{
		{2, 3, []int{0, 2}, []int32{0, 2}, []float64{4, 5}},
		{2, 3, []int{0, 2, 2}, []int32{0}, []float64{4, 5}},
		{2, 3, []int{0, 3, 2}, []int32{0, 2}, []float64{4, 5}},
		{2, 3, []int{0, 2, 2}, []int32{2, 0}, []float64{4, 5}},
		{2, 2, []int{0, 2, 2}, []int32{0, 2}, []float64{4, 5}},
		{-1, 2, []int{0}, nil, nil},
	} {
		require.Error(t, bad.Check())
	}
}
