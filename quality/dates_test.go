package quality

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/table"
)

// Rows of a table with dates as texts and as the seconds of Parquet.
func dated(t testing.TB) *table.Table {
	text := table.Column{Name: "when", Type: table.String, Codes: []int32{0, 1, 2, -1, 3, 4},
		Dict: []string{"2026-03-10", "2026-03-09T18:00:00", "2026-03-07 11:59:59.5Z", "soon", "2026-03-10T01:30:00+02:00"}}
	at := func(s string) float64 {
		x, err := time.Parse(time.RFC3339, s)
		require.NoError(t, err)
		return float64(x.Unix())
	}
	return newTable(t, text, table.NewFloat("seconds", []float64{
		at("2026-03-10T00:00:00Z"), at("2026-03-09T18:00:00Z"), at("2026-03-07T11:59:59Z") + 0.5, math.NaN(), math.Inf(1), at("2026-03-09T23:30:00Z")}))
}

func TestDatesAndAges(t *testing.T) {
	o := VerifyOptions{Now: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}
	for _, c := range []struct {
		rule string
		rows []int // that fail
	}{
		// Ages in hours: 12, 18, 72.0001, -, -, 12.5; row 4 is missing, row 5 is no date.
		{`DataFreshness "when" <= 18 hours`, []int{3, 4, 5}},
		{`DataFreshness "when" < 18 hours`, []int{2, 3, 4, 5}},
		{`DataFreshness "when" <= 3 days`, []int{3, 4, 5}}, // by half a second
		{`DataFreshness "when" > 3 days`, []int{1, 2, 4, 5, 6}},
		{`DataFreshness "when" between 720 minutes and 1 days`, []int{1, 3, 4, 5}}, // bounds not included
		{`DataFreshness "when" not between 720 minutes and 1 days`, []int{2, 4, 5, 6}},
		{`DataFreshness "when" = 12 hours`, []int{2, 3, 4, 5, 6}},
		{`DataFreshness "when" != 12 hours`, []int{1, 4, 5}},
		{`DataFreshness "when" in [750 minutes, 18 hours]`, []int{1, 3, 4, 5}},
		{`DataFreshness "when" not in [750 minutes, 18 hours]`, []int{2, 4, 5, 6}},
		{`DataFreshness "when" < 1 days where "when is not null and when != 'soon'"`, []int{3}},
		// By day: 10, 9, 7, -, -, 9.
		{`ColumnValues "when" >= (now() - 1 days)`, []int{3, 4, 5}},
		{`ColumnValues "when" > now() - 1 days`, []int{2, 3, 4, 5, 6}},
		{`ColumnValues "when" > (now() -1 days)`, []int{2, 3, 4, 5, 6}},
		{`ColumnValues "when" < now()`, []int{1, 4, 5}},
		{`ColumnValues "when" < (now() + 13 hours)`, []int{4, 5}},
		{`ColumnValues "when" = now()`, []int{2, 3, 4, 5, 6}},
		{`ColumnValues "when" in [now(), "2026-03-07", NULL]`, []int{2, 5, 6}},
		{`ColumnValues "when" not in [now(), "2026-03-07", NULL]`, []int{1, 3, 4, 5}},
		{`ColumnValues "when" != now()`, []int{1, 5}},
		{`ColumnValues "when" between "2026-03-07" and "2026-03-10"`, []int{1, 3, 4, 5}},
		{`ColumnValues "when" not between "2026-03-07" and "2026-03-10"`, []int{2, 4, 5, 6}},
		{`ColumnValues "when" <= "2026-03-09"`, []int{1, 4, 5}},
		{`ColumnValues "when" = "2026-03-10"`, []int{2, 3, 4, 5, 6}}, // as texts
	} {
		for _, column := range []string{"when", "seconds"} {
			rules, err := ParseRules(c.rule)
			require.NoError(t, err, c.rule)
			again, err := ParseRules(FormatRules(rules))
			require.NoError(t, err)
			require.Equal(t, rules[0].String(), again[0].String())
			if column == "seconds" {
				if c.rule == `ColumnValues "when" = "2026-03-10"` || rules[0].Where != "" {
					continue
				}
				rules[0].Columns[0] = column
			}
			r, err := Verify(rules, dated(t), o)
			require.NoError(t, err)
			require.Equal(t, c.rows, r.Results[0].Rows, "%s of %s", c.rule, column)
		}
	}
	// Missing dates are let through row by row.
	rules, err := ParseRules(`(DataFreshness "when" <= 4 days) OR (ColumnValues "when" = NULL)`)
	require.NoError(t, err)
	o.RowByRow = true
	r, err := Verify(rules, dated(t), o)
	require.NoError(t, err)
	require.Equal(t, []int{5}, r.Results[0].Rows)
}

func TestDatesBuiltInGo(t *testing.T) {
	fresh := Rule{Type: DataFreshness, Columns: []string{"when"}, Condition: If(LessEqual, 36*time.Hour)}
	require.Equal(t, `DataFreshness "when" <= 36 hours`, fresh.String())
	late := Rule{Type: ColumnValues, Columns: []string{"when"}, Condition: If(NotIn, Now(0), Now(-48*time.Hour), Now(90*time.Minute), Now(3*time.Hour))}
	require.Equal(t, `ColumnValues "when" not in [now(), (now() - 2 days), (now() + 90 minutes), (now() + 3 hours)]`, late.String())
	require.Equal(t, "DataFreshness \"when\" > 0 hours", Rule{Type: DataFreshness, Columns: []string{"when"}, Condition: If(Greater, time.Duration(0))}.String())
	r, err := Verify([]Rule{fresh, late}, dated(t), VerifyOptions{Now: time.Date(2026, 3, 10, 1, 0, 0, 0, time.FixedZone("", -9*3600))})
	require.NoError(t, err)
	require.Equal(t, []int{3, 4, 5}, r.Results[0].Rows)
	require.Equal(t, []int{1, 5}, r.Results[1].Rows)
	require.Equal(t, `ColumnValues "when" not in ["2026-03-10", "2026-03-08", "2026-03-10", "2026-03-10"]`, r.Results[1].Rule)
	// Without a clock, the time is that of the call.
	x := newTable(t, table.NewString("when", []string{time.Now().UTC().Format(time.RFC3339Nano)}))
	r, err = Verify([]Rule{{Type: DataFreshness, Columns: []string{"when"}, Condition: If(Less, time.Hour)}}, x, VerifyOptions{})
	require.NoError(t, err)
	require.True(t, r.Passed())
	for _, c := range []*Condition{If(Less, -time.Hour), If(Less, time.Second), If(Less, 1), If(Matches, time.Hour), If(Less, Now(0)), If(Less, (maxDays+1)*oneDay)} {
		_, err := Verify([]Rule{{Type: DataFreshness, Columns: []string{"when"}, Condition: c}}, x, VerifyOptions{})
		require.ErrorIs(t, err, mlgauge.ErrRange, "%v", c)
	}
	for _, c := range []*Condition{If(Less, time.Hour), If(Less, Now(time.Second)), If(Greater, Now(0), 1), If(In, Now(0), "x"), If(In, Now(0), 3), If(Between, "2020-01-01", 5)} {
		_, err := Verify([]Rule{{Type: ColumnValues, Columns: []string{"when"}, Condition: c}}, x, VerifyOptions{})
		require.ErrorIs(t, err, mlgauge.ErrRange, "%v", c)
	}
}

// A day begins at midnight in UTC before 1970 too, and numbers are compared without
// allocating.
func TestDaysBeforeTheEpoch(t *testing.T) {
	for _, s := range []string{"1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1969-12-31T00:00:00Z", "2000-02-29T12:00:00Z"} {
		at, err := time.Parse(time.RFC3339, s)
		require.NoError(t, err)
		day, ok := isDate(s[:10])
		require.True(t, ok)
		require.Equal(t, day, dayOf(at), s)
		back, ok := instantOf(float64(at.Unix()))
		require.True(t, ok)
		require.Equal(t, at, back)
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), 1e18, -1e18} {
		_, ok := instantOf(v)
		require.False(t, ok)
	}
	c := If(In, Now(0), "1969-12-31")
	rule := Rule{Type: ColumnValues, Columns: []string{"x"}, Condition: c}
	require.NoError(t, rule.check(0))
	require.NoError(t, rule.settle(&VerifyOptions{Now: time.Unix(0, 0)}))
	kept := 0
	require.Zero(t, testing.AllocsPerRun(10, func() {
		for i := range 100 {
			if c.number(float64(i-50) * 3600) {
				kept++
			}
		}
	}))
	require.Equal(t, 11*48, kept) // the 48 hours around the epoch
}
