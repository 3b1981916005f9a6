package preprocess

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/mlgauge/mlgauge"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"
)

// chained are chains that between them hold a step of every registered type.
func chained() []*Chain {
	return []*Chain{
		NewChain(&Simple{}, &Standard{}, &MinMax{}, &MaxAbs{}, &Robust{}, &Bins{Output: OneHot}),
		NewChain(&DropColumns{Drop: Drop{MaxShare: .9}}, &Fill{Method: FillLinear, Direction: FromBoth}, &Outliers{}, &Log1p{}, &Function{Name: "sqrt"}, &Quantile{NQuantiles: 10}),
		NewChain(&KNN{}, &Normalizer{}, &Polynomial{}, &VarianceThreshold{}, &PCA{}),
		NewChain(&Iterative{MaxIter: 2}, &PowerTransform{}, &Combine{Columns: []Combination{{Op: Product, B: 1}}}, &CorrelationFilter{}, &TruncatedSVD{Keep: 1}),
		NewChain(NewChain(&Simple{}, &Standard{}), &Cyclic{}, &VIFFilter{}),
		NewChain(&Simple{}, &Splines{}, &IncrementalPCA{Keep: 2}, &Lags{Fill: new(float64)}, &Windows{Lengths: []int{3}, MinPeriods: 1}, &Normalizer{}),
		NewChain(&MissingIndicator{All: true}, &Standard{}),
	}
}

func TestChainThroughJSON(t *testing.T) {
	x := positives(8, 60, 3, .1)
	seen := map[string]bool{}
	for _, c := range chained() {
		unfitted, err := json.Marshal(c)
		require.NoError(t, err)
		var fresh Chain
		require.NoError(t, json.Unmarshal(unfitted, &fresh), "%s", unfitted)
		require.NoError(t, c.Fit(x), "%s", unfitted)
		require.NoError(t, fresh.Fit(x), "%s", unfitted)
		want, err := c.Transform(nil, x)
		require.NoError(t, err)
		same := func(o *Chain, how string) {
			got, err := o.Transform(nil, x)
			require.NoError(t, err)
			assert.True(t, sameBits(want, got), "%s: %s", how, unfitted)
		}
		same(&fresh, "options")
		b, err := json.Marshal(c)
		require.NoError(t, err)
		var o Chain
		require.NoError(t, json.Unmarshal(b, &o), "%s", b)
		same(&o, "fitted")
		again, err := json.Marshal(&o)
		require.NoError(t, err)
		assert.JSONEq(t, string(b), string(again))
		for _, bad := range []string{
			`{"steps":[{"type":"nonsense","step":{}}]}`, `{"steps":[{"type":"standard"}]}`, `{"steps":[{"type":"standard","step":null}]}`,
			`{"steps":[{"type":"standard","step":{"mean":[1],"scale":[]}}]}`, `{"step":[]}`, `{"steps":{}}`, `[]`, `{"steps":[{"type":"standard","step":{},"x":1}]}`,
			`{"steps":[{"type":"log1p","step":{"columns":2}},{"type":"log1p","step":{"columns":3}}]}`,
		} {
			assert.ErrorIs(t, json.Unmarshal([]byte(bad), &o), mlgauge.ErrCorrupt, bad)
			same(&o, "after refusal")
		}
		for _, s := range c.Steps {
			n, _ := json.Marshal(NewChain(s))
			var v chainJSON
			require.NoError(t, json.Unmarshal(n, &v))
			seen[v.Steps[0].Type] = true
		}
	}
	for name := range steps.fresh {
		if name != "test_own" {
			assert.True(t, seen[name], "no chain of the test holds %s", name)
		}
	}
}

// own is a transformer of a user's own.
type own struct{ Log1p }

func TestRegisterStep(t *testing.T) {
	c := NewChain(&own{})
	_, err := json.Marshal(c)
	assert.ErrorIs(t, err, mlgauge.ErrIncompatible)
	require.NoError(t, RegisterStep("test_own", func() Transformer { return &own{} }))
	b, err := json.Marshal(c)
	require.NoError(t, err)
	var back Chain
	require.NoError(t, json.Unmarshal(b, &back))
	assert.IsType(t, &own{}, back.Steps[0])
	assert.ErrorIs(t, RegisterStep("test_own", func() Transformer { return &own{} }), mlgauge.ErrIncompatible)
	assert.ErrorIs(t, RegisterStep("other", func() Transformer { return &Standard{} }), mlgauge.ErrIncompatible)
	assert.ErrorIs(t, RegisterStep("", nil), mlgauge.ErrEmpty)
	assert.ErrorIs(t, RegisterStep("nil", nil), mlgauge.ErrEmpty)
	_, err = json.Marshal(NewChain(nil))
	assert.ErrorIs(t, err, mlgauge.ErrNotFitted)
}

func TestRegisterFunction(t *testing.T) {
	require.NoError(t, RegisterFunction("test_twice", func(v float64) float64 { return 2 * v }, func(v float64) float64 { return v / 2 }))
	assert.ErrorIs(t, RegisterFunction("test_twice", math.Abs, nil), mlgauge.ErrIncompatible)
	assert.ErrorIs(t, RegisterFunction("", math.Abs, nil), mlgauge.ErrEmpty)
	assert.ErrorIs(t, RegisterFunction("test_nil", nil, nil), mlgauge.ErrEmpty)
	f := &Function{Name: "test_twice", CheckInverse: true}
	x := mat.NewDense(1, 2, []float64{3, nan})
	require.NoError(t, f.Fit(x))
	b, err := json.Marshal(f)
	require.NoError(t, err)
	var g Function
	require.NoError(t, json.Unmarshal(b, &g))
	y, err := g.Transform(nil, x)
	require.NoError(t, err)
	assert.Equal(t, 6., y.At(0, 0))
	back, err := g.Inverse(nil, y)
	require.NoError(t, err)
	assert.Equal(t, 3., back.At(0, 0))
	assert.ErrorIs(t, json.Unmarshal([]byte(`{"name":"nobody"}`), &g), mlgauge.ErrCorrupt)
	assert.ErrorIs(t, json.Unmarshal([]byte(`{"columns":-1}`), &g), mlgauge.ErrCorrupt)
	assert.Equal(t, "test_twice", g.Name)
	_, err = json.Marshal(&Function{Do: math.Abs})
	assert.ErrorIs(t, err, mlgauge.ErrIncompatible)
	assert.ErrorIs(t, (&Function{Name: "nobody"}).Fit(x), mlgauge.ErrRange)
	// The functions that are known from the start undo each other.
	for name, p := range functions.byName {
		for _, v := range []float64{.1, .5, .9} {
			if p.undo != nil {
				assert.InDelta(t, v, p.undo(p.do(v)), 1e-15, name)
			}
		}
	}
}

func TestFillGroupCategoryThroughJSON(t *testing.T) {
	f := Fill{Method: FillTime, Limit: 2, Direction: FromBoth, Area: Inside, Times: []float64{1, 2, 5}, Columns: 3}
	b, err := json.Marshal(&f)
	require.NoError(t, err)
	var f2 Fill
	require.NoError(t, json.Unmarshal(b, &f2))
	assert.Equal(t, f, f2)
	for _, bad := range []string{`{"method":"up"}`, `{"direction":"up"}`, `{"area":"up"}`, `{"limit":-1}`, `{"columns":-1}`, `{"method":"time","times":[2,1]}`, `{"times":[null,"x"]}`, `{"x":1}`} {
		assert.ErrorIs(t, json.Unmarshal([]byte(bad), &f2), mlgauge.ErrCorrupt, bad)
	}
	assert.Equal(t, f, f2)
	_, err = json.Marshal(&Fill{Times: []float64{nan}})
	assert.ErrorIs(t, err, mlgauge.ErrNotFinite)

	x := mat.NewDense(4, 2, []float64{1, nan, 2, nan, nan, 5, 4, nan})
	g := Group[string]{Strategy: ImputeMedian}
	require.NoError(t, g.Fit(x, []string{"b", "a", "b", "a"}))
	b, err = json.Marshal(&g)
	require.NoError(t, err)
	assert.JSONEq(t, `{"strategy":"median","groups":[{"group":"a","statistics":[3,null]},{"group":"b","statistics":[1,5]}],"overall":[2,5]}`, string(b))
	var g2 Group[string]
	require.NoError(t, json.Unmarshal(b, &g2))
	want, err := g.Transform(nil, x, []string{"b", "a", "b", "c"})
	require.NoError(t, err)
	got, err := g2.Transform(nil, x, []string{"b", "a", "b", "c"})
	require.NoError(t, err)
	assert.True(t, sameBits(want, got))
	assert.ErrorIs(t, g2.PartialFit(x, []string{"b", "a", "b", "a"}), mlgauge.ErrIncompatible)
	for _, bad := range []string{
		`{"strategy":"constant"}`, `{"sketch":1}`, `{"overall":[1]}`, `{"overall":["+Inf"],"groups":[{"group":"a","statistics":[1]}]}`,
		`{"overall":[1],"groups":[{"group":"a","statistics":[]}]}`, `{"overall":[1],"groups":[{"statistics":[1]}]}`,
		`{"overall":[1],"groups":[{"group":"a","statistics":[1]},{"group":"a","statistics":[2]}]}`, `{"overall":[1],"groups":[{"group":7,"statistics":[1]}]}`,
	} {
		assert.ErrorIs(t, json.Unmarshal([]byte(bad), &g2), mlgauge.ErrCorrupt, bad)
	}
	odd := Group[string]{}
	require.NoError(t, odd.Fit(x, []string{"\xff", "a", "b", "a"}))
	_, err = json.Marshal(&odd)
	assert.ErrorIs(t, err, mlgauge.ErrIncompatible)

	c := Category[string]{Missing: "?"}
	require.NoError(t, c.Fit([]string{"a", "b", "?", "b"}))
	b, err = json.Marshal(&c)
	require.NoError(t, err)
	var c2 Category[string]
	require.NoError(t, json.Unmarshal(b, &c2))
	assert.Equal(t, c, c2)
	require.NoError(t, c2.PartialFit([]string{"a", "a"}), "counting goes on")
	assert.Equal(t, 3, c2.Counts["a"])
	for _, bad := range []string{
		`{"missing":"","fill":"","absent":-1}`, `{"counts":[{"value":"a","count":1}]}`, `{"fitted":true}`, `{"fitted":true,"counts":[{"value":"a","count":0}]}`,
		`{"fitted":true,"counts":[{"count":1}]}`, `{"fitted":true,"missing":"a","counts":[{"value":"a","count":1}]}`,
		`{"fitted":true,"counts":[{"value":"a","count":1},{"value":"a","count":1}]}`,
	} {
		assert.ErrorIs(t, json.Unmarshal([]byte(bad), &c2), mlgauge.ErrCorrupt, bad)
	}
	var d Drop
	require.NoError(t, json.Unmarshal([]byte(`{"thresh":2,"subset":[0,1]}`), &d))
	assert.Equal(t, Drop{Thresh: 2, Subset: []int{0, 1}}, d)
	for _, bad := range []string{`{"thresh":-1}`, `{"all":true,"thresh":1}`, `{"max_share":2}`, `{"subset":[-1]}`, `{"nonsense":1}`} {
		assert.ErrorIs(t, json.Unmarshal([]byte(bad), &d), mlgauge.ErrCorrupt, bad)
	}
}

// FuzzChainJSON reads any JSON as a chain, a group filler and a counter of
// categories: it is refused as corrupt, or what was read writes itself and works
// without a panic.
func FuzzChainJSON(f *testing.F) {
	x := positives(8, 30, 3, .1)
	for _, c := range chained() {
		if c.Fit(x) == nil {
			b, _ := json.Marshal(c)
			f.Add(b)
		}
	}
	f.Add([]byte(`{"steps":[{"type":"chain","step":{"steps":[{"type":"fill","step":{"method":"time","times":[1]}}]}}]}`))
	f.Add([]byte(`{"overall":[1],"groups":[{"group":"a","statistics":[1]}]}`))
	f.Add([]byte(`{"fitted":true,"counts":[{"value":"a","count":1}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Chain
		if err := c.UnmarshalJSON(data); err == nil {
			if _, err := json.Marshal(&c); err != nil {
				t.Fatalf("%s was read but cannot be written: %v", data, err)
			}
			if in, out := c.Widths(); in > 0 && in < 200 && out < 200 {
				_, _ = c.Transform(nil, mat.NewDense(2, in, fill(2*in, 1)))
				_, _ = c.FeatureNames(nil)
			}
		} else if !errors.Is(err, mlgauge.ErrCorrupt) {
			t.Fatal(err)
		}
		var g Group[string]
		if err := g.UnmarshalJSON(data); err == nil {
			_, _ = g.Transform(nil, mat.NewDense(1, max(1, len(g.Overall)), nil), []string{"a"})
		} else if !errors.Is(err, mlgauge.ErrCorrupt) {
			t.Fatal(err)
		}
		var k Category[string]
		if err := k.UnmarshalJSON(data); err == nil {
			_, _ = k.Transform(nil, []string{"", "a"})
		} else if !errors.Is(err, mlgauge.ErrCorrupt) {
			t.Fatal(err)
		}
	})
}
