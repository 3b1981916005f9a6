package quality

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

func indices(a []Anomaly) []int {
	out := []int{}
	for _, x := range a {
		out = append(out, x.Index)
	}
	return out
}

func TestAnomaliesOfAHistory(t *testing.T) {
	x := []float64{100, 102, 99, 101, 50, 100, 103, 210, 0, 0, 5}
	a, err := RateOfChange{MaxDecrease: 0.8, MaxIncrease: 1.3}.Detect(x, 0)
	require.NoError(t, err)
	require.Equal(t, []int{4, 5, 7, 8, 10}, indices(a))
	require.InDelta(t, 80.8, a[0].Low, 1e-9)
	require.InDelta(t, 131.3, a[0].High, 1e-9)
	a, err = RateOfChange{MaxIncrease: 2}.Detect(x, 6)
	require.NoError(t, err)
	require.Equal(t, []int{7, 10}, indices(a))

	x = []float64{10, 11, 9, 10, 12, 8, 10, 30, 10, 9, 11, -20}
	a, err = OnlineNormal{LowerFactor: 2.5, UpperFactor: 2.5, Skip: 0.2}.Detect(x, 5)
	require.NoError(t, err)
	require.Equal(t, []int{7, 11}, indices(a))

	season := make([]float64, 40)
	for i := range season {
		season[i] = 100 + float64(i) + 10*math.Sin(float64(i%7))
	}
	a, err = HoltWinters{Period: 7, Factor: 3}.Detect(season, 30)
	require.NoError(t, err)
	require.Empty(t, a)
	season[35] += 40
	a, err = HoltWinters{Period: 7, Factor: 3}.Detect(season, 30)
	require.NoError(t, err)
	require.Equal(t, []int{35}, indices(a))

	type detector interface {
		Detect(x []float64, from int) ([]Anomaly, error)
	}
	for _, d := range []detector{RateOfChange{MaxIncrease: 2}, OnlineNormal{}, HoltWinters{Period: 7}} {
		_, err := d.Detect([]float64{1, math.NaN()}, 0)
		require.ErrorIs(t, err, mlgauge.ErrNotFinite)
		_, err = d.Detect(season, -1)
		require.ErrorIs(t, err, mlgauge.ErrRange)
		_, err = d.Detect(season, 41)
		require.ErrorIs(t, err, mlgauge.ErrRange)
	}
	for _, d := range []detector{RateOfChange{}, RateOfChange{MaxDecrease: 2, MaxIncrease: 1}, OnlineNormal{Skip: 2}, OnlineNormal{LowerFactor: -1},
		HoltWinters{Period: 1}, HoltWinters{Period: 7, Alpha: 2}, HoltWinters{Period: 7, Factor: -1}} {
		_, err := d.Detect(season, 30)
		require.ErrorIs(t, err, mlgauge.ErrRange)
	}
	_, err = HoltWinters{Period: 7}.Detect(season, 10)
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = HoltWinters{Period: math.MaxInt/2 + 1}.Detect(season, 30)
	require.ErrorIs(t, err, mlgauge.ErrLength)
}

func TestSuggestedRulesAreKept(t *testing.T) {
	for seed := range uint64(3) {
		x := nasty(t, 2000, seed)
		p := profiled(t, x)
		rules, err := p.Suggest()
		require.NoError(t, err)
		again, err := ParseRules(FormatRules(rules))
		require.NoError(t, err)
		r, err := Verify(again, x, VerifyOptions{})
		require.NoError(t, err)
		for _, x := range r.Results {
			require.True(t, x.Passed, "%s: %s", x.Rule, x.Reason)
		}
	}
	_, err := (&Profile{}).Suggest()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	p := profiled(t, people(t))
	rules, err := p.Suggest()
	require.NoError(t, err)
	require.Equal(t, `Rules = [
    ColumnExists "id",
    IsComplete "id",
    ColumnDataType "id" = "Integer",
    ColumnValues "id" >= 0,
    ColumnExists "city",
    Completeness "city" >= 0.44,
    ColumnExists "age",
    IsComplete "age",
    ColumnDataType "age" = "Double",
    ColumnValues "age" >= 0,
    ColumnExists "income",
    IsComplete "income",
    ColumnDataType "income" = "Integer",
    ColumnValues "income" >= 0
]
`, FormatRules(rules))
}
