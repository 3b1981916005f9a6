package metrics

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// The text is that of scikit-learn 1.9.1 for the same floats.
func TestReportFloatLabels(t *testing.T) {
	r, err := ClassificationReport([]float64{1e6, 1e6, 2, 1e16}, []float64{1e6, 2, 2, 1e16})
	require.NoError(t, err)
	require.Equal(t, `              precision    recall  f1-score   support

         2.0       0.50      1.00      0.67         1
   1000000.0       1.00      0.50      0.67         2
       1e+16       1.00      1.00      1.00         1

    accuracy                           0.75         4
   macro avg       0.83      0.83      0.78         4
weighted avg       0.88      0.75      0.75         4
`, r.String())
}

// Weights over sixteen decades round: unclamped, some of these pass 1.
func TestMCCStaysInRange(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var c Confusion[int]
		y, w := make([]int, 5), make([]float64, 5)
		for i := range y {
			y[i], w[i] = rng.IntN(3), math.Pow(10, 16*rng.Float64()-8)
		}
		require.NoError(t, c.AddWeighted(y, y, w))
		v, err := c.MCC()
		require.NoError(t, err)
		require.LessOrEqual(t, v, 1.0)
	}
}
