package explain

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestLocalRegressionOfLime(t *testing.T) {
	var g struct {
		Cases []struct {
			Z                    [][]float64
			Y, Weight, Coef      []float64
			Selection            string
			Features             int
			Keep                 []int
			Intercept, R2, Local float64
		}
	}
	golden.Load(t, "explain/lime.json", &g)
	require.NotEmpty(t, g.Cases)
	for i, c := range g.Cases {
		what := fmt.Sprintf("case %d, %s, %d", i, c.Selection, c.Features)
		l := LIME{Features: c.Features, Samples: len(c.Z)}
		require.NoError(t, l.check("f", len(c.Z[0])))
		if c.Selection == "forward_selection" {
			l.Selection = Forward
		}
		m, err := l.fit("f", dense(c.Z), c.Y, c.Weight)
		require.NoError(t, err, what)
		coef := make([]float64, len(c.Keep))
		for k, j := range m.Features {
			at := slices.Index(c.Keep, j)
			require.GreaterOrEqual(t, at, 0, "%s: kept %v, want %v", what, m.Features, c.Keep)
			coef[at] = m.Coef[k]
		}
		golden.EqualSlice(t, what+" coef", c.Coef, coef, 1e-11)
		golden.Equal(t, what+" intercept", c.Intercept, m.Intercept, 1e-11)
		golden.Equal(t, what+" R2", c.R2, m.R2, 1e-11)
		golden.Equal(t, what+" local", c.Local, m.Local, 1e-11)
	}
}
