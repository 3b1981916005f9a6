package preprocess

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestForestBootstrapAndContamination(t *testing.T) {
	x := positives(4, 200, 3, 0)
	for i := range 10 { // rows far away from the others
		for j := range 3 {
			x.Set(i, j, 1e4+float64(i*i))
		}
	}
	for _, bootstrap := range []bool{false, true} {
		f := IsolationForest{Bootstrap: bootstrap, Contamination: .05, Samples: 64, Seed: 3}
		require.NoError(t, f.Fit(x))
		for _, tree := range f.Forest {
			assert.Equal(t, 64, tree.Count[0])
		}
		scores, err := f.Scores(nil, x)
		require.NoError(t, err)
		low := 0
		for i, s := range scores {
			if s < f.Offset {
				low++
				assert.Less(t, i, 10, "only the rows far away are outliers")
			}
		}
		assert.Equal(t, 10, low, "5% of 200 rows lie below the offset")
		b, err := json.Marshal(&f)
		require.NoError(t, err)
		var g IsolationForest
		require.NoError(t, json.Unmarshal(b, &g))
		assert.Equal(t, f, g)
	}
	a, b := IsolationForest{Seed: 3}, IsolationForest{Seed: 3, Bootstrap: true}
	require.NoError(t, a.Fit(x))
	require.NoError(t, b.Fit(x))
	assert.NotEqual(t, a.Forest[0], b.Forest[0])
}
