package explain

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestExplanationsBlock(t *testing.T) {
	x := random(1, 20, 2)
	e, err := KernelSHAP{}.Explain(ctx, of(knotted), x, x)
	require.NoError(t, err)
	p, err := PartialDependence{Resolution: 3}.Explain(ctx, of(knotted), x, 1)
	require.NoError(t, err)
	var b Explanations
	require.NoError(t, b.AddSHAP("label0", e, []string{"a", "b"}))
	require.NoError(t, b.AddPDP("label0", "b", nil, p))
	require.NoError(t, b.AddPDP("label1", "b", nil, p))
	require.Len(t, b.PDP, 1, "two labels of one feature share an entry")
	for i := range 20 {
		x.Set(i, 0, float64(i%3))
	}
	p, err = PartialDependence{}.Explain(ctx, of(knotted), x, 0)
	require.NoError(t, err)
	require.ErrorIs(t, b.AddPDP("label0", "a", map[float64]string{0: "red", 1: "green"}, p), mlgauge.ErrUnknownCategory)
	require.Len(t, b.PDP, 1)
	require.NoError(t, b.AddPDP("label0", "a", map[float64]string{0: "red", 1: "green", 2: "blue"}, p))
	require.Equal(t, "categorical", b.PDP[1].DataType)
	require.Equal(t, []any{"red", "green", "blue"}, b.PDP[1].FeatureValues)
	text, err := json.Marshal(b)
	require.NoError(t, err)
	back, err := ReadExplanations(text)
	require.NoError(t, err)
	require.Equal(t, &b, back)
	global, err := e.Global()
	require.NoError(t, err)
	require.Equal(t, global[1], back.KernelSHAP["label0"].Values["b"])
	sum := 0.0
	for i := range 20 {
		sum += math.Abs(e.Values.At(i, 1))
	}
	golden.Equal(t, "global", sum/20, global[1], 1e-13)
	mean, err := e.Mean()
	require.NoError(t, err)
	require.LessOrEqual(t, math.Abs(mean[0]), global[0])
}

func FuzzReadExplanations(f *testing.F) {
	f.Add([]byte(`{"kernel_shap":{"label0":{"global_shap_values":{"f":0.002},"expected_value":0.25}}}`))
	f.Add([]byte(`{"pdp":[{"feature_name":"f","data_type":"numerical","feature_values":[1],"data_distribution":[1],"label_headers":["l"],"model_predictions":[[0.5]]}]}`))
	f.Add([]byte(`{"pdp":[{"feature_name":"f","data_type":"categorical","feature_values":["a",null],"data_distribution":[1,0],"label_headers":[],"model_predictions":[]}]}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, text []byte) {
		x, err := ReadExplanations(text)
		if err != nil {
			require.ErrorIs(t, err, mlgauge.ErrCorrupt)
			return
		}
		again, err := json.Marshal(x)
		require.NoError(t, err)
		require.True(t, json.Valid(again))
	})
}
