package encoding

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

// Missing values that Fit did not see, in columns that are coded by first
// appearance.
func TestUnseenMissingGolden(t *testing.T) {
	f := loadGolden(t)
	x, z := goldenColumns(f.Train, threeColumns...), goldenColumns(f.Gaps, threeColumns...)
	for j := range x {
		x[j].Order = Given
	}
	cases := map[string]unsupervised{
		"ordinal":             &Ordinal{Start: 1, HandleUnknown: Value, HandleMissing: Indicator},
		"ordinal_nan":         &Ordinal{Start: 1, HandleUnknown: ReturnNaN, HandleMissing: ReturnNaN},
		"ordinal_number":      &Ordinal{Start: 1, HandleUnknown: Value, UnknownValue: new(77.0), HandleMissing: Value, MissingValue: new(-9.0)},
		"ordinal_unknown_nan": &Ordinal{Start: 1, HandleUnknown: ReturnNaN, HandleMissing: Indicator},
		"count":               &Count{},
		"count_unknown_nan":   &Count{HandleUnknown: ReturnNaN},
		"rankhot":             &RankHot{},
		"rankhot_unknown_nan": &RankHot{HandleUnknown: ReturnNaN},
		"binary":              &Binary{},
		"gray":                &Gray{},
		"helmert":             &Contrast{Kind: Helmert},
		"helmert_unknown_nan": &Contrast{Kind: Helmert, HandleUnknown: ReturnNaN},
	}
	// These two sort the categories whatever their order in the data.
	sorted := map[string]bool{"gray": true, "rankhot": true, "rankhot_unknown_nan": true}
	require.Len(t, f.CEGaps, len(cases))
	for name, e := range cases {
		t.Run(name, func(t *testing.T) {
			want := f.CEGaps[name]
			in := x
			if sorted[name] {
				in = goldenColumns(f.Train, threeColumns...)
			}
			require.NoError(t, e.Fit(in))
			names, err := e.FeatureNames()
			require.NoError(t, err)
			assert.Equal(t, want.Names, names)
			got, err := e.Transform(nil, in)
			require.NoError(t, err)
			same(t, "train", want.Train, got, 1e-12)
			got, err = e.Transform(nil, z)
			require.NoError(t, err)
			same(t, "test", want.Test, got, 1e-12)
			same(t, "row", want.Test, rowsOf(t, e, z, len(names)), 1e-12)
		})
	}
}

func TestOrdinalMissingPolicies(t *testing.T) {
	x := []Column{{Labels: []string{"b", gap, "a", "b"}, Missing: []string{gap}}}
	for _, c := range []struct {
		e    Ordinal
		want []float64
	}{
		{Ordinal{HandleMissing: Indicator}, []float64{1, 2, 0, 1}},
		{Ordinal{HandleMissing: Indicator, MinFrequency: 2}, []float64{0, 2, 1, 0}},
		{Ordinal{HandleMissing: Value, MissingValue: new(9.0)}, []float64{1, 9, 0, 1}},
	} {
		require.NoError(t, c.e.Fit(x))
		got, err := c.e.Transform(nil, x)
		require.NoError(t, err)
		assert.Equal(t, c.want, got.RawMatrix().Data)
		back, err := c.e.Inverse(got)
		require.NoError(t, err)
		_, ok := back[0].Value(1)
		assert.False(t, ok)
	}
	refuse := Ordinal{HandleMissing: Refuse}
	require.ErrorIs(t, refuse.Fit(x), mlgauge.ErrUnknownCategory)
	require.NoError(t, refuse.Fit([]Column{{Labels: []string{"a"}, Missing: []string{gap}}}))
	_, err := refuse.Transform(nil, x[:1])
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	clash := Ordinal{HandleUnknown: Value, UnknownValue: new(2.0), HandleMissing: Indicator}
	require.ErrorIs(t, clash.Fit(x), mlgauge.ErrRange, "the place of the missing value")
	bad := Ordinal{HandleMissing: Infrequent}
	require.ErrorIs(t, bad.Fit(x), mlgauge.ErrRange)
}
