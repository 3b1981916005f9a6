package encoding

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
)

func TestBadInputOfEveryEncoder(t *testing.T) {
	good := Columns([]string{"a", "b", "a", "c"}, []string{"x", "x", "y", "y"})
	y := []float64{0, 1, 1, 0}
	for _, c := range encoders() {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.fresh().(transformer).Transform(nil, good)
			require.ErrorIs(t, err, mlgauge.ErrNotFitted)
			if n, ok := c.fresh().(interface{ FeatureNames() ([]string, error) }); ok {
				_, err := n.FeatureNames()
				require.ErrorIs(t, err, mlgauge.ErrNotFitted)
			}
			if r, ok := c.fresh().(interface {
				EncodeRow([]float64, []string) error
			}); ok {
				require.ErrorIs(t, r.EncodeRow(nil, nil), mlgauge.ErrNotFitted)
			}
			if i, ok := c.fresh().(interface {
				Inverse(mat.Matrix) ([]Column, error)
			}); ok {
				_, err := i.Inverse(mat.NewDense(1, 1, nil))
				require.ErrorIs(t, err, mlgauge.ErrNotFitted)
			}
			require.ErrorIs(t, mergeInto(c.fresh(), c.fresh()), mlgauge.ErrNotFitted)

			e := c.fresh()
			require.NoError(t, c.fit(e, good, y))
			before, err := json.Marshal(e)
			require.NoError(t, err)
			fitted := func(e any, x []Column) error { return c.partial(e, x, y[:min(4, x[0].Len())]) }
			for what, bad := range map[string]struct {
				x    []Column
				want error
			}{
				"no rows":      {Columns([]string{}, []string{}), mlgauge.ErrEmpty},
				"ragged":       {Columns(good[0].Labels, []string{"x"}), mlgauge.ErrLength},
				"one column":   {good[:1], mlgauge.ErrLength},
				"both":         {[]Column{{Labels: good[0].Labels, Codes: []int32{0}}, good[1]}, mlgauge.ErrRange},
				"code too big": {[]Column{{Codes: []int32{0, 1, 2, 0}, Categories: []string{"a", "b"}}, good[1]}, mlgauge.ErrRange},
				"code below":   {[]Column{{Codes: []int32{0, -2, 1, 0}, Categories: []string{"a", "b"}}, good[1]}, mlgauge.ErrRange},
				"order":        {[]Column{{Labels: good[0].Labels, Order: 9}, good[1]}, mlgauge.ErrRange},
			} {
				require.ErrorIs(t, fitted(e, bad.x), bad.want, what)
				_, err := e.(transformer).Transform(nil, bad.x)
				require.ErrorIs(t, err, bad.want, what)
			}
			require.ErrorIs(t, c.fit(e, nil, nil), mlgauge.ErrEmpty)
			_, err = e.(transformer).Transform(nil, nil)
			require.ErrorIs(t, err, mlgauge.ErrEmpty)
			_, err = e.(transformer).Transform(mat.NewDense(3, 99, nil), good)
			require.ErrorIs(t, err, mlgauge.ErrLength)
			if _, ok := e.(Supervised); ok {
				require.ErrorIs(t, c.fit(e, good, y[:3]), mlgauge.ErrLength)
				require.ErrorIs(t, c.fit(e, good, []float64{0, math.NaN(), 1, 0}), mlgauge.ErrNotFinite)
				require.ErrorIs(t, c.fit(e, good, []float64{0, math.Inf(1), 1, 0}), mlgauge.ErrNotFinite)
			}
			// A missing mark that was a category before.
			require.ErrorIs(t, fitted(e, []Column{{Labels: good[0].Labels, Missing: []string{"a"}}, good[1]}), mlgauge.ErrIncompatible)
			after, err := json.Marshal(e)
			require.NoError(t, err)
			assert.Equal(t, string(before), string(after), "a failed call changed the encoder")

			for _, bad := range []string{``, `{`, `[]`, `{"no such field": 1}`, `{"features":[{}]}`, `{"features":[{"name":"a","names":["a"],"categories":["x","x"],"values":[1,2]}]}`,
				`{"counts":[{"dictionary":{"labels":["a"]},"counts":[1]}]}`, `{"stats":[{"dictionary":{"labels":["a"]},"rows":[1]}]}`, `{"handle_unknown":"x"}`} {
				err := e.(json.Unmarshaler).UnmarshalJSON([]byte(bad))
				if err != nil {
					require.ErrorIs(t, err, mlgauge.ErrCorrupt, bad)
				}
			}
			require.Error(t, e.(json.Unmarshaler).UnmarshalJSON([]byte(`{"no such field": 1}`)))
		})
	}
}

func TestBadOptions(t *testing.T) {
	x := []Column{{Labels: []string{"a", "b", "a", "na"}, Missing: []string{"na"}}}
	y := []float64{0, 1, 1, 0}
	type fitter interface{ Fit([]Column) error }
	for what, c := range map[string]struct {
		e    fitter
		want error
	}{
		"onehot policy":        {&OneHot{HandleUnknown: ReturnNaN}, mlgauge.ErrRange},
		"onehot drop":          {&OneHot{Drop: 7}, mlgauge.ErrRange},
		"onehot drop count":    {&OneHot{Drop: DropGiven}, mlgauge.ErrLength},
		"onehot drop unseen":   {&OneHot{Drop: DropGiven, DropCategories: []string{"z"}}, mlgauge.ErrRange},
		"onehot drop rare":     {&OneHot{Drop: DropGiven, DropCategories: []string{"b"}, MinFrequency: 2}, mlgauge.ErrRange},
		"onehot fraction":      {&OneHot{MinFraction: 1}, mlgauge.ErrRange},
		"onehot two":           {&OneHot{MinFraction: 0.5, MinFrequency: 2}, mlgauge.ErrRange},
		"onehot max":           {&OneHot{MaxCategories: -1}, mlgauge.ErrRange},
		"onehot categories":    {&OneHot{Categories: [][]string{{"a"}}}, mlgauge.ErrUnknownCategory},
		"onehot twice":         {&OneHot{Categories: [][]string{{"a", "a", "b"}}}, mlgauge.ErrRange},
		"onehot columns":       {&OneHot{Categories: [][]string{{"a", "b"}, nil}}, mlgauge.ErrLength},
		"onehot missing":       {&OneHot{Categories: [][]string{{"a", "b", "na"}}}, mlgauge.ErrRange},
		"ordinal value":        {&Ordinal{HandleUnknown: Value, UnknownValue: new(1.0)}, mlgauge.ErrRange},
		"ordinal missing":      {&Ordinal{MissingValue: new(0.0)}, mlgauge.ErrRange},
		"ordinal start":        {&Ordinal{Start: math.NaN()}, mlgauge.ErrNotFinite},
		"base":                 {&BaseN{Base: 1}, mlgauge.ErrRange},
		"base missing":         {&BaseN{HandleMissing: Refuse}, mlgauge.ErrUnknownCategory},
		"gray policy":          {&Gray{HandleUnknown: 99}, mlgauge.ErrRange},
		"count group":          {&Count{MinGroupSize: -1}, mlgauge.ErrRange},
		"count fraction":       {&Count{MinGroupFraction: math.NaN()}, mlgauge.ErrNotFinite},
		"count missing":        {&Count{HandleMissing: Refuse}, mlgauge.ErrUnknownCategory},
		"rankhot missing":      {&RankHot{HandleMissing: Refuse}, mlgauge.ErrUnknownCategory},
		"contrast kind":        {&Contrast{Kind: 42}, mlgauge.ErrRange},
		"contrast matrix":      {&Contrast{Kind: Custom, Matrix: [][]float64{{1}}}, mlgauge.ErrLength},
		"contrast ragged":      {&Contrast{Kind: Custom, Matrix: [][]float64{{1}, {1, 2}, {1}}}, mlgauge.ErrLength},
		"contrast scores":      {&Contrast{Kind: Polynomial, Scores: []float64{1, 1, 2}}, mlgauge.ErrRange},
		"contrast scores few":  {&Contrast{Kind: Polynomial, Scores: []float64{1}}, mlgauge.ErrLength},
		"similarity n":         {&Similarity{NMin: 3, NMax: 2}, mlgauge.ErrRange},
		"similarity prototype": {&Similarity{Prototypes: -1}, mlgauge.ErrRange},
		"rare tolerance":       {&RareLabel{Tolerance: new(1.5)}, mlgauge.ErrRange},
		"rare missing":         {&RareLabel{HandleMissing: Refuse}, mlgauge.ErrUnknownCategory},
	} {
		require.ErrorIs(t, c.e.Fit(x), c.want, what)
	}
	for what, c := range map[string]struct {
		e    Supervised
		y    []float64
		want error
	}{
		"smooth":       {&Target{Smooth: new(-1.0)}, y, mlgauge.ErrRange},
		"smooth NaN":   {&Target{Smooth: new(math.NaN())}, y, mlgauge.ErrNotFinite},
		"two smooths":  {&Target{Smooth: new(1.0), Sigmoid: &Sigmoid{1, 1}}, y, mlgauge.ErrRange},
		"sigmoid":      {&Target{Sigmoid: &Sigmoid{1, 0}}, y, mlgauge.ErrRange},
		"missing":      {&Target{HandleMissing: Refuse}, y, mlgauge.ErrUnknownCategory},
		"policy":       {&Target{HandleUnknown: Indicator}, y, mlgauge.ErrRange},
		"overflow":     {&Target{}, []float64{1e308, 1e308, -1e308, 1e308}, mlgauge.ErrNotFinite},
		"m":            {&MEstimate{M: new(-1.0)}, y, mlgauge.ErrRange},
		"sigma":        {&MEstimate{Sigma: -1}, y, mlgauge.ErrRange},
		"a":            {&CatBoost{A: new(0.0)}, y, mlgauge.ErrRange},
		"loo missing":  {&LeaveOneOut{HandleMissing: Refuse}, y, mlgauge.ErrUnknownCategory},
		"model":        {&JamesStein{Model: 9}, y, mlgauge.ErrRange},
		"log odds":     {&JamesStein{Model: LogOdds}, []float64{0, 1, 2, 0}, mlgauge.ErrRange},
		"log odds one": {&JamesStein{Model: LogOdds}, []float64{1, 1, 1, 1}, mlgauge.ErrUndefined},
		"woe":          {&WOE{}, []float64{0, 1, 0.5, 0}, mlgauge.ErrRange},
		"woe one":      {&WOE{}, []float64{0, 0, 0, 0}, mlgauge.ErrUndefined},
		"woe r":        {&WOE{Regularization: new(-1.0)}, y, mlgauge.ErrRange},
		"quantile":     {&Quantile{Quantiles: []float64{1.1}}, y, mlgauge.ErrRange},
		"no quantile":  {&Quantile{Quantiles: []float64{}}, y, mlgauge.ErrEmpty},
		"two of one":   {&Quantile{Quantiles: []float64{0.5, 0.501}}, y, mlgauge.ErrRange},
		"dim":          {&Embedding{Dim: -1}, y, mlgauge.ErrRange},
		"constant":     {&Embedding{}, []float64{1, 1, 1, 1}, mlgauge.ErrUndefined},
		"classify":     {&Embedding{Classify: true}, []float64{1, 2, 1, 1}, mlgauge.ErrRange},
	} {
		require.ErrorIs(t, c.e.Fit(x, c.y), c.want, what)
	}
	for what, c := range map[string]struct {
		folds []int
		e     Target
		want  error
	}{
		"length":   {[]int{0, 1}, Target{}, mlgauge.ErrLength},
		"one":      {[]int{0, 0, 0, 0}, Target{}, mlgauge.ErrUndefined},
		"negative": {[]int{0, -1, 0, 0}, Target{}, mlgauge.ErrRange},
		"huge":     {[]int{0, math.MaxInt, 0, 0}, Target{}, mlgauge.ErrRange},
		"few rows": {nil, Target{}, mlgauge.ErrRange},
		"folds":    {nil, Target{Folds: 1}, mlgauge.ErrRange},
	} {
		_, err := c.e.FitTransform(nil, x, y, c.folds)
		require.ErrorIs(t, err, c.want, what)
		_, err = CrossFit(nil, x, y, c.folds, 0, func() Supervised { return &Target{} })
		if what != "folds" {
			require.ErrorIs(t, err, c.want, what)
		}
	}
	var e Target
	require.ErrorIs(t, e.FitClasses(x, Column{Labels: []string{"p", "p", "p", "p"}}), mlgauge.ErrUndefined)
	require.ErrorIs(t, e.FitClasses(x, Column{Labels: []string{"p", "q", "na", "p"}, Missing: []string{"na"}}), mlgauge.ErrNotFinite)
	require.ErrorIs(t, e.FitWeighted(x, y, []float64{1, -1, 1, 1}), mlgauge.ErrRange)
	require.ErrorIs(t, e.FitWeighted(x, y, []float64{0, 0, 0, 0}), mlgauge.ErrUndefined)
	require.ErrorIs(t, e.FitWeighted(x, y, nil), mlgauge.ErrLength)
	_, err := e.FitTransformClasses(nil, x, Column{Labels: []string{"p", "q", "p", "q"}}, nil)
	require.ErrorIs(t, err, mlgauge.ErrRange)

	_, err = NewEmbedding("v", []string{"p", "p"}, [][]float64{{1}, {2}})
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = NewEmbedding("v", []string{"p", "q"}, [][]float64{{1}, {2, 3}})
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = NewEmbedding("v", []string{"p"}, [][]float64{{math.NaN()}})
	require.ErrorIs(t, err, mlgauge.ErrNotFinite)
	_, err = NewEmbedding("v", nil, nil)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = (&Hashing{Components: -1}).Transform(nil, x)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = (&Hashing{Method: 9}).FeatureNames()
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = Leakage(LeakageOptions{Rows: 1}, nil)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = NewDictionary([]string{"a", "b", "a"}, nil)
	require.ErrorIs(t, err, mlgauge.ErrRange)
}

func TestUnseenEmptyAndMissing(t *testing.T) {
	x := []Column{{Name: "c", Labels: []string{"a", "b", "", "a"}, Missing: []string{"?"}}}
	y := []float64{1, 2, 3, 4}
	unseen := Columns([]string{"z"})
	none := []Column{{Labels: []string{"?"}, Missing: []string{"?"}}}
	for what, c := range map[string]struct {
		e             Supervised
		unknown, none float64
	}{
		"usual":  {&Target{}, 2.5, 2.5},
		"NaN":    {&MEstimate{HandleUnknown: ReturnNaN, HandleMissing: ReturnNaN}, math.NaN(), math.NaN()},
		"median": {&Quantile{}, 2.5, 2.5},
	} {
		require.NoError(t, c.e.Fit(x, y))
		assert.InDelta(t, c.unknown, transform(t, c.e, unseen).At(0, 0), 1e-12, what)
		assert.InDelta(t, c.none, transform(t, c.e, none).At(0, 0), 1e-12, what)
	}
	for _, e := range []Supervised{&Target{HandleUnknown: Refuse, HandleMissing: Refuse}, &Quantile{HandleUnknown: Refuse, HandleMissing: Refuse}, &CatBoost{HandleUnknown: Refuse, HandleMissing: Refuse}} {
		require.NoError(t, e.Fit(x, y))
		_, err := e.Transform(nil, unseen)
		require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
		_, err = e.Transform(nil, none)
		require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
		_, err = e.Transform(nil, []Column{{Codes: []int32{-1}, Categories: []string{"a"}}})
		require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
		_, err = e.Transform(nil, []Column{{Codes: []int32{0}, Categories: []string{"z"}}})
		require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
		_, err = e.Transform(nil, []Column{{Codes: []int32{0}, Categories: []string{"a", "z"}}})
		require.NoError(t, err, "a category that no row has is not unseen")
		require.ErrorIs(t, e.(interface {
			EncodeRow([]float64, []string) error
		}).EncodeRow(make([]float64, 1), []string{"?"}), mlgauge.ErrUnknownCategory)
	}
	var o OneHot
	require.NoError(t, o.Fit(x))
	_, err := o.TransformCSR(nil, unseen)
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	_, err = o.TransformCSR(nil, []Column{{Codes: []int32{0}, Categories: []string{"z"}}})
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	_, err = o.Inverse(mat.NewDense(1, 3, nil))
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	// One category, dropped: nothing is left.
	one := OneHot{Drop: DropFirst}
	require.NoError(t, one.Fit(Columns([]string{"a", "a"})))
	_, err = one.Transform(nil, Columns([]string{"a"}))
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	m, err := one.TransformCSR(nil, Columns([]string{"a"}))
	require.NoError(t, err)
	assert.Equal(t, 0, m.NCols)
	// A category or a class that is a megabyte long.
	long := strings.Repeat("x", 1<<20)
	var e Ordinal
	require.NoError(t, e.Fit(Columns([]string{long, "b", long + "y"})))
	assert.Equal(t, 2.0, transform(t, &e, Columns([]string{long + "y"})).At(0, 0))
	_, err = e.Transform(nil, Columns([]string{long + "z"}))
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	assert.Less(t, len(err.Error()), 1000)
}

func TestBinarizersBadInput(t *testing.T) {
	var l Label
	_, err := l.Transform(nil, []string{"a"})
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	_, err = l.Inverse(nil, []int{0})
	require.ErrorIs(t, err, mlgauge.ErrNotFitted)
	require.ErrorIs(t, l.Fit(nil), mlgauge.ErrEmpty)
	require.NoError(t, l.Fit([]string{"b", "a"}))
	_, err = l.Transform(nil, []string{"c"})
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	for _, v := range []int{-1, 2, math.MaxInt, math.MinInt} {
		_, err = l.Inverse(nil, []int{v})
		require.ErrorIs(t, err, mlgauge.ErrRange)
	}
	b := LabelBinarizer{Negative: new(1.0), Positive: new(1.0)}
	require.ErrorIs(t, b.Fit([]string{"a"}), mlgauge.ErrRange)
	b = LabelBinarizer{}
	require.NoError(t, b.Fit([]string{"a", "b", "c"}))
	_, err = b.Transform(nil, []string{"d"})
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	_, err = b.Inverse(nil, mat.NewDense(1, 2, nil), 0.5)
	require.ErrorIs(t, err, mlgauge.ErrLength)
	b.HandleUnknown = Value
	m, err := b.Transform(nil, []string{"d"})
	require.NoError(t, err)
	assert.Equal(t, []float64{0, 0, 0}, m.RawRowView(0))
	var ml MultiLabelBinarizer
	require.ErrorIs(t, ml.Fit([][]string{{}, nil}), mlgauge.ErrEmpty)
	require.NoError(t, ml.Fit([][]string{{"a"}, {"b"}}))
	_, err = ml.Transform(nil, [][]string{{"z"}})
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	_, err = ml.Inverse(mat.NewDense(1, 2, []float64{0, 2}))
	require.ErrorIs(t, err, mlgauge.ErrRange)
}

// FuzzJSON holds that whatever JSON comes, an encoder takes it whole or not at
// all, says ErrCorrupt, and what it took can be used.
func FuzzJSON(f *testing.F) {
	x := nasty(40, 1)
	for i, c := range encoders() {
		e := c.fresh()
		if err := c.fit(e, x, zerosAndOnes(40, 1)); err != nil {
			f.Fatal(err)
		}
		raw, err := json.Marshal(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), raw)
		f.Add(uint8(i), bytes.Replace(raw, []byte(`"values":[`), []byte(`"values":[null,`), 1))
		f.Add(uint8(i), raw[:len(raw)/2])
	}
	f.Fuzz(func(t *testing.T, which uint8, raw []byte) {
		all := encoders()
		c := all[int(which)%len(all)]
		e := c.fresh()
		before, _ := json.Marshal(e)
		if err := e.(json.Unmarshaler).UnmarshalJSON(raw); err != nil {
			if !errors.Is(err, mlgauge.ErrCorrupt) {
				t.Fatalf("not ErrCorrupt: %v", err)
			}
			after, _ := json.Marshal(e)
			if !bytes.Equal(before, after) {
				t.Fatal("a failed UnmarshalJSON changed the encoder")
			}
			return
		}
		// Neither may panic; errors are fine.
		_, _ = e.(transformer).Transform(nil, x)
		_ = c.partial(e, x, zerosAndOnes(40, 1))
		if _, err := json.Marshal(e); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzBinary does the same for the statistics.
func FuzzBinary(f *testing.F) {
	x := nasty(40, 1)
	var a Tally
	var b TargetStats
	if a.Add(x[0]) != nil || b.Add(x[0], target(40, 1)) != nil {
		f.Fatal("seed")
	}
	for _, m := range []interface{ MarshalBinary() ([]byte, error) }{&a, &b, &a.dict} {
		raw, _ := m.MarshalBinary()
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var a Tally
		if err := a.UnmarshalBinary(raw); err == nil {
			_ = a.Add(x[0])
			_ = a.Merge(&a)
		} else if !errors.Is(err, mlgauge.ErrCorrupt) {
			t.Fatal(err)
		}
		var b TargetStats
		if err := b.UnmarshalBinary(raw); err == nil {
			_ = b.Add(x[0], target(40, 1))
			_ = b.Merge(&b)
		} else if !errors.Is(err, mlgauge.ErrCorrupt) {
			t.Fatal(err)
		}
		var d Dictionary
		if err := d.UnmarshalBinary(raw); err == nil {
			d.Add("x")
		} else if !errors.Is(err, mlgauge.ErrCorrupt) {
			t.Fatal(err)
		}
	})
}
