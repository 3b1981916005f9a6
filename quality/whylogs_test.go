package quality

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/table"
)

// The profile against whylogs', on the columns of Deequ's and on one long enough to
// be sketched and estimated by both.
func TestColumnsAsWhylogs(t *testing.T) {
	var g struct {
		Columns map[string]struct {
			N        float64               `json:"counts/n"`
			Null     float64               `json:"counts/null"`
			Floats   int                   `json:"types/fractional"`
			Texts    int                   `json:"types/string"`
			Mean     golden.Float          `json:"distribution/mean"`
			Std      golden.Float          `json:"distribution/stddev"`
			Min      golden.Float          `json:"distribution/min"`
			Max      golden.Float          `json:"distribution/max"`
			Q05      *float64              `json:"distribution/q_05"`
			Q25      *float64              `json:"distribution/q_25"`
			Median   *float64              `json:"distribution/median"`
			Q95      *float64              `json:"distribution/q_95"`
			Distinct float64               `json:"cardinality/est"`
			Frequent map[string][2]float64 `json:"frequent"`
		} `json:"columns"`
	}
	golden.Load(t, "quality/whylogs.json", &g)
	_, x := loadDeequ(t)
	long := make([]float64, 50_000)
	for i := range long {
		long[i] = float64(int64(i)*int64(i)%100003) / 7
	}
	var p, q Profile
	require.NoError(t, p.Add(x))
	require.NoError(t, q.Add(newTable(t, table.NewFloat("long", long))))
	for _, c := range append(p.Columns(), q.Columns()...) {
		w, ok := g.Columns[c.Name()]
		require.True(t, ok)
		require.Equal(t, w.N, float64(c.Rows()), c.Name())
		require.Equal(t, w.Null, float64(c.Missing()), c.Name())
		d, exact := c.Distinct()
		if exact {
			require.InDelta(t, w.Distinct, d, 1+0.02*d, c.Name()) // whylogs always estimates
		} else {
			// Two independent estimates: three standard errors of each.
			require.InEpsilon(t, w.Distinct, d, 3*(DistinctError+0.0065), c.Name())
		}
		for _, f := range c.Top(1000) {
			if b, ok := w.Frequent[f.Value]; ok && c.Kind() == table.String {
				require.True(t, b[0] <= float64(f.Count) && float64(f.Count) <= b[1], "%s: %q", c.Name(), f.Value)
			}
		}
		if c.Kind() == table.String {
			require.Equal(t, w.Texts, c.Present(), c.Name())
			continue
		}
		n, err := c.Numbers()
		if w.Floats == 0 {
			require.Error(t, err, c.Name())
			continue
		}
		require.NoError(t, err)
		require.Equal(t, w.Floats, n.Count)
		golden.Equal(t, "min of "+c.Name(), float64(w.Min), n.Min, 1e-12)
		golden.Equal(t, "max of "+c.Name(), float64(w.Max), n.Max, 1e-12)
		// whylogs sums one value at a time, and divides by n - 1.
		golden.Equal(t, "mean of "+c.Name(), float64(w.Mean), n.Mean, 1e-10)
		if n.Count > 1 {
			std := n.StdDev * math.Sqrt(float64(n.Count)/float64(n.Count-1))
			golden.Equal(t, "std of "+c.Name(), float64(w.Std), std, 1e-7)
		}
		// Its sketch (k = 1024) is right to 0.45% of the ranks, and takes a value of the data for a quantile.
		if n.Count < 100 {
			continue
		}
		for at, v := range map[float64]*float64{0.05: w.Q05, 0.25: w.Q25, 0.5: w.Median, 0.95: w.Q95} {
			slack := 0.0045*2 + 2*c.RankError() + 1/float64(n.Count)
			b, err := c.Quantiles(math.Max(0, at-slack), math.Min(1, at+slack))
			require.NoError(t, err)
			require.True(t, b[0] <= *v && *v <= b[1], "%s: quantile %v is %v for whylogs, outside %v", c.Name(), at, *v, b)
		}
	}
}
