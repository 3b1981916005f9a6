package bias

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

func TestInferKind(t *testing.T) {
	for name, c := range map[string]struct {
		given, values []string
		rows          int
		want          Kind
	}{
		"text":            {nil, []string{"1", "b"}, 2, Categorical},
		"bools":           {nil, []string{"true", "false"}, 2, Categorical},
		"several given":   {[]string{"1", "2"}, []string{"1.5", "2"}, 2, Categorical},
		"fractions":       {nil, []string{"1.5", "2"}, 1000, Continuous},
		"few integers":    {nil, []string{"1", "2"}, 41, Categorical},
		"exactly 5%":      {nil, []string{"1", "2"}, 40, Continuous},
		"whole as floats": {nil, []string{"1.0", "2.0"}, 1000, Continuous},
		"hexadecimal":     {nil, []string{"0x1p4"}, 1, Categorical},
		"nan text":        {nil, []string{"nan"}, 1, Categorical},
		"nothing":         {nil, nil, 0, Categorical},
	} {
		require.Equal(t, c.want, InferKind(c.given, c.values, c.rows), name)
	}
	require.Equal(t, "categorical", Categorical.String())
	require.Equal(t, "continuous", Continuous.String())
	require.Equal(t, "Kind(7)", Kind(7).String())
}

func TestSelectBadInput(t *testing.T) {
	var c Counts
	_, err := c.Select(Rules{Positive: []string{"1"}})
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	require.NoError(t, c.Add(Batch{Facet: Labels([]float64{1.5, 2.5, 3.5}), Label: Labels([]string{"n", "y", "y"}), Prediction: Labels([]float64{.1, .5, .9})}))
	for name, x := range map[string]struct {
		r    Rules
		want error
	}{
		"no positive": {Rules{}, mlgauge.ErrEmpty},
		"kinds":       {Rules{Positive: []string{"y"}, FacetValues: []string{"2"}}, mlgauge.ErrIncompatible},
	} {
		_, err := c.Select(x.r)
		require.ErrorIs(t, err, x.want, name)
	}
	c.Reset()
	require.NoError(t, c.Add(Batch{Facet: Labels([]float64{1.5, 2.5, 3.5}), Label: Labels([]string{"n", "y", "y"})}))
	before, err := c.MarshalBinary()
	require.NoError(t, err)
	for name, x := range map[string]struct {
		r    Rules
		want error
	}{
		"unknown label": {Rules{Positive: []string{"x"}, FacetValues: []string{"2"}}, mlgauge.ErrUnknownCategory},
		"no threshold":  {Rules{Positive: []string{"y"}}, mlgauge.ErrEmpty},
		"not a number":  {Rules{Positive: []string{"y"}, FacetValues: []string{"x"}}, mlgauge.ErrRange},
		"above all":     {Rules{Positive: []string{"y"}, FacetValues: []string{"4"}}, mlgauge.ErrRange},
		"unknown":       {Rules{Positive: []string{"y"}, FacetValues: []string{"4", "5"}}, mlgauge.ErrUnknownCategory},
	} {
		_, err := c.Select(x.r)
		require.ErrorIs(t, err, x.want, name)
	}
	after, err := c.MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, before, after)
}

// Cut by hand and cut by the rules must give the same metrics.
func TestSelectAgainstAbove(t *testing.T) {
	x := []float64{1.5, 2.5, math.NaN(), 3.5, 0.5, 2.25}
	y := []float64{0.5, 3, 7, 1, 9, 2.5}
	missing := "?"
	text := Labels(x)
	text.Values = append(text.Values, missing)
	for i, k := range text.Codes {
		if k == Missing {
			text.Codes[i] = int32(len(text.Values) - 1)
		}
	}
	var c, by Counts
	require.NoError(t, c.Add(Batch{Facet: text, Label: Labels(y)}))
	require.NoError(t, by.Add(Batch{Facet: Above(x, 2), Label: Above(y, 2)}))
	s, err := c.Select(Rules{FacetValues: []string{"2"}, Positive: []string{"2"}, Missing: &missing})
	require.NoError(t, err)
	require.Equal(t, "(2.0, 3.5]", s.Facets[0].Name())
	require.Equal(t, "(2.0, 9.0]", s.Facets[0].Positive())
	f, err := by.Facet([]string{"above"}, []string{"above"})
	require.NoError(t, err)
	for _, m := range []func(*Facet) (float64, error){(*Facet).CI, (*Facet).DPL} {
		want, err := m(f)
		require.NoError(t, err)
		got, err := m(s.Facets[0])
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func ExampleCounts_Select() {
	age := make([]int, 100)
	repaid := make([]string, 100)
	for i := range age {
		age[i], repaid[i] = 20+i%50, "no"
		if i%50 >= 30 || i%3 == 0 {
			repaid[i] = "yes"
		}
	}
	var c Counts
	if err := c.Add(Batch{Facet: Labels(age), Label: Labels(repaid)}); err != nil {
		panic(err)
	}
	s, err := c.Select(Rules{FacetValues: []string{"40"}, Positive: []string{"yes"}})
	if err != nil {
		panic(err)
	}
	f := s.Facets[0]
	dpl, err := f.DPL()
	fmt.Printf("%v facet, d = %s, DPL %.3f %v\n", s.Facet, f.Name(), dpl, err)
	// Output: continuous facet, d = (40, 69], DPL -0.460 <nil>
}

// What str() of a pandas 3.1 interval of the same numbers gives.
func TestIntervalsAsPandasPrintsThem(t *testing.T) {
	for _, c := range []struct {
		given  string
		values []string
		want   string
	}{
		{"25", []string{"20", "75"}, "(25, 75]"},
		{"25", []string{"20.5", "75"}, "(25.0, 75.0]"},
		{"25.5", []string{"20", "75"}, "(25.5, 75.0]"},
		{"-0.00001", []string{"1e16", "-1"}, "(-1e-05, 1e+16]"},
		{"0", []string{"0.0001", "123456789012345"}, "(0.0, 123456789012345.0]"},
		{"0", []string{"1.5e300", "-2.5e-7"}, "(0.0, 1.5e+300]"},
		{"1", []string{"0.5", "inf"}, "(1.0, inf]"},
	} {
		name, _, err := divide("", "", Continuous, []string{c.given}, c.values)
		require.NoError(t, err)
		require.Equal(t, c.want, name)
	}
}

func TestFacetsAboveTheSameThresholdAreTheSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"(25, 75]", "(25, 75]", true},
		{"(25, 75]", "(25.0, 80.5]", true},
		{"(25, 75]", "(26, 75]", false},
		{"(25, 75]", "25", false},
		{"(a, b]", "(a, c]", false},
		{"(25, b]", "(25, c]", false},
		{"1", "1.0", false},
	} {
		require.Equal(t, c.want, sameFacet(c.a, c.b), "%s %s", c.a, c.b)
	}
}

// Labels without a positive one, whose predictions have some: 0 and 1 stay categories.
func TestSelectWithoutAPositiveLabel(t *testing.T) {
	var c Counts
	require.NoError(t, c.Add(Batch{Facet: Labels([]string{"a", "b", "a", "b"}), Label: Labels([]int{0, 0, 0, 0}), Prediction: Labels([]int{0, 1, 0, 1})}))
	s, err := c.Select(Rules{Positive: []string{"1"}})
	require.NoError(t, err)
	require.Equal(t, Categorical, s.Label)
	v, err := s.Facets[0].DPPL()
	require.NoError(t, err)
	require.Equal(t, 1.0, v)
	v, err = s.Facets[0].DPL()
	require.NoError(t, err)
	require.Equal(t, 0.0, v)
	_, err = c.Select(Rules{Positive: []string{"1"}, FacetValues: []string{"A"}})
	require.ErrorContains(t, err, `need values that occur ("a", "b"), have "A"`)
}
