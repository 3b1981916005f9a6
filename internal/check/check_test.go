package check

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

func TestSentinelsAndWords(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for name, c := range map[string]struct {
		err, want error
	}{
		"length":        {Length("f", "a", 2, 3), mlgauge.ErrLength},
		"empty":         {NotEmpty("f", "a", 0), mlgauge.ErrEmpty},
		"pair lengths":  {Pair("f", "a", 1, "b", 2), mlgauge.ErrLength},
		"pair empty":    {Pair("f", "a", 0, "b", 0), mlgauge.ErrEmpty},
		"NaN":           {Finite("f", "a", []float64{1, 2, 3, 4, nan}), mlgauge.ErrNotFinite},
		"Inf":           {Finite("f", "a", []float32{float32(inf), 2, 3, 4, 5}), mlgauge.ErrNotFinite},
		"NoNaN":         {NoNaN("f", "a", []float64{inf, nan}), mlgauge.ErrNotFinite},
		"weight count":  {Weights("f", "a", 2, []float64{1}), mlgauge.ErrLength},
		"weight sign":   {Weights("f", "a", 1, []float64{-1}), mlgauge.ErrRange},
		"weight NaN":    {Weights("f", "a", 1, []float64{nan}), mlgauge.ErrNotFinite},
		"weight sum 0":  {second(Sum("f", "a", []float64{0, 0})), mlgauge.ErrUndefined},
		"weight sum":    {second(Sum("f", "a", []float64{1e308, 1e308})), mlgauge.ErrNotFinite},
		"probability":   {Probabilities("f", "a", []float64{0, 1, 1.5}), mlgauge.ErrRange},
		"probability n": {Probabilities("f", "a", []float64{nan}), mlgauge.ErrNotFinite},
		"in":            {In("f", "a", 2, 0, 1), mlgauge.ErrRange},
		"in NaN":        {In("f", "a", nan, 0, 1), mlgauge.ErrNotFinite},
		"level":         {Level("f", 1), mlgauge.ErrRange},
		"level a":       {Level("f", nan), mlgauge.ErrRange},
		"at least":      {AtLeast("f", "a", 0, 1), mlgauge.ErrRange},
		"option":        {Option("f", "a", 9), mlgauge.ErrRange},
		"not fitted":    {NotFitted("f"), mlgauge.ErrNotFitted},
	} {
		require.ErrorIs(t, c.err, c.want, name)
		require.True(t, strings.HasPrefix(c.err.Error(), "f: ") && strings.Contains(c.err.Error(), "need"), "%s: %v", name, c.err)
	}
}

func TestGoodInputPasses(t *testing.T) {
	for n := range 20 {
		x := make([]float64, n)
		for i := range x {
			x[i] = math.MaxFloat64
		}
		require.NoError(t, Finite("f", "a", x))
		for i := range x {
			x[i] = math.Inf(-1)
			require.ErrorIs(t, Finite("f", "a", x), mlgauge.ErrNotFinite)
			x[i] = 5e-324
		}
	}
	require.NoError(t, Weights("f", "a", 2, []float64{0, 1}))
	require.NoError(t, Probabilities("f", "a", []float32{0, 1}))
	require.NoError(t, Pair("f", "a", 1, "b", 1))
}

func second[T any](_ T, err error) error { return err }
