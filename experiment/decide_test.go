package experiment

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/metrics"
)

func iv(v, lo, hi float64) metrics.Interval {
	return metrics.Interval{Value: v, Low: lo, High: hi, Level: 0.95}
}

func TestDecide(t *testing.T) {
	good := Evidence{Metric: "conversion", Effect: iv(0.02, 0.01, 0.03), PValue: 0.001, Counts: []int{5000, 5050}, Planned: 10_000}
	with := func(f func(*Evidence)) Evidence {
		e := good
		f(&e)
		return e
	}
	for _, c := range []struct {
		name    string
		e       Evidence
		verdict Verdict
		says    string
	}{
		{"good", good, Ship, "significantly for the better"},
		{"ratio", with(func(e *Evidence) { e.Counts = []int{5000, 5500} }), Invalid, "sample ratio mismatch"},
		{"planned ratio", with(func(e *Evidence) { e.Counts = []int{9000, 1010}; e.Weights = []float64{9, 1} }), Ship, "better"},
		{"worse", with(func(e *Evidence) { e.Effect = iv(-0.02, -0.03, -0.01) }), KeepControl, "for the worse"},
		{"less is better", with(func(e *Evidence) { e.Effect = iv(-0.02, -0.03, -0.01); e.Goal = Minimize }), Ship, "for the better"},
		{"peeking", with(func(e *Evidence) { e.Looks = 20; e.PValue = 0.01 }), KeepControl, "peeking: 20 looks without a sequential test"},
		{"peeking, yet beyond doubt", with(func(e *Evidence) { e.Looks = 20; e.PValue = 1e-6 }), Ship, "peeking"},
		{"sequential", with(func(e *Evidence) { e.Looks = 20; e.PValue = 0.01; e.Sequential = true; e.Counts = []int{50, 52} }), Ship, "better"},
		{"early", with(func(e *Evidence) { e.Counts = []int{500, 505} }), Continue, "1005 of 10000 planned units"},
		{"not yet", with(func(e *Evidence) { e.PValue = 0.3; e.Effect = iv(0.01, -0.01, 0.03); e.Planned = 0 }), Continue, "not significant"},
		{"never", with(func(e *Evidence) { e.PValue = 0.3; e.Effect = iv(0.01, -0.01, 0.03) }), KeepControl, "not significant at the planned size"},
		{"futile", with(func(e *Evidence) { e.PValue = 0.3; e.Effect = iv(0, -0.01, 0.01); e.Minimum = 0.02; e.Planned = 0 }), KeepControl, "is excluded"},
		{"small", with(func(e *Evidence) { e.Minimum = 0.015 }), Ship, "below the minimum 0.015 is not excluded"},
		{"many", with(func(e *Evidence) { e.Comparisons = 100; e.Planned = 0 }), Continue, "multiplied by 100 comparisons"},
		{"harm", with(func(e *Evidence) {
			e.Guardrails = []Guardrail{{Name: "latency", Goal: Minimize, Effect: iv(30, 20, 40), Limit: 10}}
		}), KeepControl, "guardrail latency"},
		{"unsure", with(func(e *Evidence) {
			e.Guardrails = []Guardrail{{Name: "latency", Goal: Minimize, Effect: iv(8, 4, 12), Limit: 10}}
		}), Continue, "not excluded"},
		{"safe", with(func(e *Evidence) {
			e.Guardrails = []Guardrail{{Name: "latency", Goal: Minimize, Effect: iv(2, -4, 8), Limit: 10}}
		}), Ship, "within its limit"},
	} {
		d, err := Decide(c.e)
		require.NoError(t, err, c.name)
		require.Equal(t, c.verdict, d.Verdict, "%s: %v", c.name, d.Reasons)
		require.Contains(t, strings.Join(d.Reasons, "\n"), c.says, c.name)
	}
	d, err := Decide(with(func(e *Evidence) { e.Looks = 3 }))
	require.NoError(t, err)
	require.True(t, d.Peeking)
	require.InDelta(t, 0.003, d.PValue, 1e-12)
}

func TestDecideBadInput(t *testing.T) {
	for name, c := range map[string]struct {
		e    Evidence
		want error
	}{
		"p":        {Evidence{PValue: 1.5}, mlgauge.ErrRange},
		"NaN":      {Evidence{PValue: math.NaN()}, mlgauge.ErrNotFinite},
		"alpha":    {Evidence{Alpha: 2}, mlgauge.ErrRange},
		"effect":   {Evidence{Effect: iv(math.NaN(), 0, 1)}, mlgauge.ErrNotFinite},
		"interval": {Evidence{Effect: iv(0, 1, -1)}, mlgauge.ErrRange},
		"minimum":  {Evidence{Minimum: -1}, mlgauge.ErrRange},
		"goal":     {Evidence{Goal: 4}, mlgauge.ErrRange},
		"counts":   {Evidence{Counts: []int{-1, 2}}, mlgauge.ErrRange},
		"weights":  {Evidence{Counts: []int{1, 2}, Weights: []float64{1}}, mlgauge.ErrLength},
		"traffic":  {Evidence{Counts: []int{0, 0}}, mlgauge.ErrUndefined},
		"limit":    {Evidence{Guardrails: []Guardrail{{Limit: -1}}}, mlgauge.ErrRange},
	} {
		_, err := Decide(c.e)
		require.ErrorIs(t, err, c.want, name)
	}
}
