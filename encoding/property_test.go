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

func TestUnknowns(t *testing.T) {
	var e OneHot
	e.HandleUnknown = Value
	require.NoError(t, e.Fit([]Column{{Labels: []string{"a", "b"}, Missing: []string{gap}}}))
	n, err := e.Unknowns([]Column{{Labels: []string{"a", "c", gap, "d"}}})
	require.NoError(t, err)
	assert.Equal(t, []int{3}, n)
}

// FitTransformCSR is Fit and TransformCSR, leaves codes as they are, and writes into
// what dst has room for.
func TestOneHotFitTransform(t *testing.T) {
	labels := nasty(3000, 2)
	dst := new(CSR)
	for _, columns := range []int{1, 2} {
		for _, drop := range []Drop{DropNone, DropFirst} {
			for _, coded := range []bool{false, true} {
				x := labels[:columns]
				var codes [][]int32
				if coded {
					x = slices.Clone(x)
					for j := range x {
						c, err := EncodeColumn(x[j])
						require.NoError(t, err)
						x[j] = c
						codes = append(codes, slices.Clone(c.Codes))
					}
				}
				e, both := OneHot{Drop: drop}, OneHot{Drop: drop}
				require.NoError(t, e.Fit(x))
				want, err := e.TransformCSR(nil, x)
				require.NoError(t, err)
				have, err := both.FitTransformCSR(nil, x)
				require.NoError(t, err)
				require.NoError(t, have.Check())
				require.Equal(t, want, have)
				require.Equal(t, e.Features, both.Features)
				_, err = both.FitTransformCSR(dst, x)
				require.NoError(t, err)
				require.Equal(t, want, dst)
				for j := range codes {
					require.Equal(t, codes[j], x[j].Codes)
				}
			}
		}
	}
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
