package encoding

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

func TestSimilarity(t *testing.T) {
	e := Similarity{NMin: 3, NMax: 3}
	require.NoError(t, e.Fit(Columns([]string{"police officer", "Policeman", "teacher"})))
	m, err := e.Transform(nil, Columns([]string{"policeman", "police", "", "qqq"}))
	require.NoError(t, err)
	// Sorted: Policeman, police officer, teacher. " policeman " has 9 trigrams,
	// " police " 6, of which " po pol oli lic ice" (5) are shared.
	assert.Equal(t, 1.0, m.At(0, 0))
	assert.Equal(t, 5.0/10, m.At(1, 0))
	// " police officer " has 14; all of " police " but one... all 6 are shared.
	assert.Equal(t, 6.0/14, m.At(1, 1))
	assert.Equal(t, []float64{0, 0, 0}, m.RawRowView(3))
	got, s, err := e.Nearest(0, "polize officer")
	require.NoError(t, err)
	assert.Equal(t, "police officer", got)
	assert.Greater(t, s, 0.5)
	row := make([]float64, 3)
	require.NoError(t, e.EncodeRow(row, []string{"police"}))
	assert.Equal(t, m.RawRowView(1), row)
}

func TestEmbedding(t *testing.T) {
	const n = 2000
	r := rand.New(rand.NewPCG(1, 1))
	a, b := Column{Name: "a"}, Column{Name: "b", Missing: []string{gap}}
	y := make([]float64, n)
	for i := range y {
		p, q := r.IntN(6), r.IntN(3)
		a.Labels = append(a.Labels, string(rune('a'+p)))
		b.Labels = append(b.Labels, []string{"x", "y", gap}[q])
		y[i] = float64(p%2)*3 + float64(q) + 0.1*r.NormFloat64()
	}
	x := []Column{a, b}
	e := Embedding{Dim: 2, Epochs: 5}
	require.NoError(t, e.Fit(x, y))
	names, err := e.FeatureNames()
	require.NoError(t, err)
	assert.Equal(t, []string{"a_0", "a_1", "b_0", "b_1"}, names)
	// Categories of one parity mean the same, so their vectors lie together.
	row := func(s string) []float64 {
		v := make([]float64, 4)
		require.NoError(t, e.EncodeRow(v, []string{s, "x"}))
		return v[:2]
	}
	dist := func(a, b []float64) float64 { return math.Hypot(a[0]-b[0], a[1]-b[1]) }
	assert.Less(t, dist(row("a"), row("c"))*3, dist(row("a"), row("b")))
	f := Embedding{Dim: 2, Epochs: 5}
	require.NoError(t, f.Fit(x, y))
	nearDense(t, "deterministic", transform(t, &e, x), transform(t, &f, x), 0)
	raw, err := json.Marshal(&e)
	require.NoError(t, err)
	var back Embedding
	require.NoError(t, json.Unmarshal(raw, &back))
	nearDense(t, "json", transform(t, &e, x), transform(t, &back, x), 0)

	g, err := NewEmbedding("v", []string{"p", "q"}, [][]float64{{1, 2}, {3, 6}})
	require.NoError(t, err)
	v := make([]float64, 2)
	require.NoError(t, g.EncodeRow(v, []string{"q"}))
	assert.Equal(t, []float64{3, 6}, v)
	require.NoError(t, g.EncodeRow(v, []string{"new"}))
	assert.Equal(t, []float64{2, 4}, v)

	require.ErrorIs(t, (&Embedding{LearningRate: 90}).Fit(x, y), mlgauge.ErrNotConverged)
}
