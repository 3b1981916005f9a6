package explain

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/metrics"
)

// methods calls everything that calls a model.
func methods(ctx context.Context, m Model, bg, x *mat.Dense) map[string]func() error {
	second := func(_ any, err error) error { return err }
	n := 0
	row := []float64(nil)
	if x != nil && !x.IsEmpty() {
		n, _ = x.Dims()
		row = x.RawRowView(0)
	}
	y := make([]float64, n)
	for i := range y {
		y[i] = float64(i)
	}
	return map[string]func() error{
		"exact":       func() error { return second(ExactShapley{}.Explain(ctx, m, bg, x)) },
		"kernel":      func() error { return second(KernelSHAP{}.Explain(ctx, m, bg, x)) },
		"permutation": func() error { return second(PermutationSHAP{}.Explain(ctx, m, bg, x)) },
		"pdp":         func() error { return second(PartialDependence{}.Explain(ctx, m, x, 0)) },
		"ice":         func() error { return second(PartialDependence{}.Individual(ctx, m, x, 0, 1)) },
		"ale":         func() error { return second(Accumulated{}.Explain(ctx, m, x, 1)) },
		"ale2":        func() error { return second(Accumulated{}.Interaction(ctx, m, x, 1, 0)) },
		"alec":        func() error { return second(Accumulated{}.Category(ctx, m, x, 1)) },
		"lime":        func() error { return second(LIME{Samples: 50}.Explain(ctx, m, bg, row)) },
		"permute": func() error {
			return second(Permute(ctx, m, x, y, metrics.MSE[float64], PermutationOptions{Loss: true}))
		},
		"check": func() error { return Check(ctx, m, x) },
	}
}

func TestBadModels(t *testing.T) {
	bg, x := random(1, 6, 3), random(2, 7, 3)
	broken := errors.New("server is down")
	for name, c := range map[string]struct {
		model Model
		want  error
	}{
		"error":     {func([]float64, *mat.Dense) error { return broken }, broken},
		"nothing":   {func([]float64, *mat.Dense) error { return nil }, mlgauge.ErrLength},
		"too few":   {func(dst []float64, _ *mat.Dense) error { clear(dst[:len(dst)-1]); return nil }, mlgauge.ErrLength},
		"NaN":       {of(func([]float64) float64 { return math.NaN() }), mlgauge.ErrNotFinite},
		"infinite":  {of(func([]float64) float64 { return math.Inf(-1) }), mlgauge.ErrNotFinite},
		"no model":  {nil, mlgauge.ErrEmpty},
		"undefined": {Repeatable(noisy()), mlgauge.ErrUndefined},
		"noisy":     {noisy(), mlgauge.ErrUndefined},
	} {
		for how, call := range methods(ctx, c.model, bg, x) {
			require.ErrorIs(t, call(), c.want, "%s, %s", name, how)
		}
	}
}

func noisy() Model {
	var calls atomic.Int64
	return func(dst []float64, _ *mat.Dense) error {
		n := float64(calls.Add(1))
		for i := range dst {
			dst[i] = n
		}
		return nil
	}
}

func TestCheckFindsBadHabits(t *testing.T) {
	x := random(1, 5, 2)
	require.NoError(t, Check(ctx, of(knotted), x))
	require.ErrorIs(t, Check(ctx, noisy(), x), mlgauge.ErrUndefined)
	byBatch := func(dst []float64, x *mat.Dense) error {
		for i := range dst {
			dst[i] = x.At(i, 0) - x.At(0, 0)
		}
		return nil
	}
	require.ErrorIs(t, Check(ctx, byBatch, x), mlgauge.ErrUndefined)
	changes := func(dst []float64, x *mat.Dense) error {
		clear(dst)
		x.Set(0, 0, 7)
		return nil
	}
	require.ErrorContains(t, Check(ctx, changes, x), "unchanged")
	require.Nil(t, Repeatable(nil))
	require.NoError(t, Check(ctx, Repeatable(of(knotted)), x))
}

// A model that writes into its input must not go unnoticed where the input is
// kept from one call to the next, and never reaches the caller's rows.
func TestModelsThatChangeTheirInput(t *testing.T) {
	bg, rows := random(1, 5, 4), random(2, 2, 4)
	before := mat.DenseCopyOf(rows)
	greedy := func(dst []float64, x *mat.Dense) error {
		n, _ := x.Dims()
		for i := range dst {
			dst[i] = x.At(i, 0) * x.At(i, 1)
			if i == n-1 && n > probe {
				x.Set(i, 2, 9)
			}
			x.Set(i, 3, x.At(i, 3)) // the same value is no change
		}
		return nil
	}
	for how, call := range map[string]func() (*Explanation, error){
		"exact":  func() (*Explanation, error) { return ExactShapley{}.Explain(ctx, greedy, bg, rows) },
		"kernel": func() (*Explanation, error) { return KernelSHAP{Samples: 12}.Explain(ctx, greedy, bg, rows) },
		"permutation": func() (*Explanation, error) {
			return PermutationSHAP{}.Explain(ctx, greedy, bg, rows)
		},
	} {
		_, err := call()
		require.ErrorIs(t, err, mlgauge.ErrUndefined, how)
		require.ErrorContains(t, err, "unchanged", how)
	}
	_, err := PartialDependence{}.Explain(ctx, greedy, random(3, 23, 4), 0)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	require.ErrorContains(t, err, "unchanged")
	spoil := func(dst []float64, x *mat.Dense) error {
		clear(dst)
		x.Zero()
		return nil
	}
	_, _ = ExactShapley{}.Explain(ctx, spoil, bg, rows)
	require.True(t, mat.Equal(before, rows))
}

// What was explained before a failure is kept.
func TestPartialExplanations(t *testing.T) {
	bg, rows := random(1, 5, 4), random(2, 3, 4)
	whole, err := PermutationSHAP{}.Explain(ctx, of(knotted), bg, rows)
	require.NoError(t, err)
	last := rows.At(2, 0)
	m := func(dst []float64, x *mat.Dense) error {
		if n, _ := x.Dims(); n == 1 && x.At(0, 0) == last {
			return errors.New("down")
		}
		return of(knotted)(dst, x)
	}
	part, err := PermutationSHAP{}.Explain(ctx, m, bg, rows)
	require.ErrorContains(t, err, "down")
	require.Equal(t, whole.Predictions[:2], part.Predictions)
	require.True(t, mat.Equal(whole.Values.Slice(0, 2, 0, 4), part.Values))
	require.True(t, mat.Equal(whole.StdErr.Slice(0, 2, 0, 4), part.StdErr))
	last = rows.At(0, 0)
	none, err := KernelSHAP{}.Explain(ctx, m, bg, rows)
	require.ErrorContains(t, err, "down")
	require.Nil(t, none)
}

func TestBadMatrices(t *testing.T) {
	x := random(2, 7, 3)
	for how, call := range methods(ctx, of(knotted), nil, nil) {
		require.ErrorIs(t, call(), mlgauge.ErrEmpty, how)
	}
	for how, call := range methods(ctx, of(knotted), &mat.Dense{}, &mat.Dense{}) {
		require.ErrorIs(t, call(), mlgauge.ErrEmpty, how)
	}
	narrow := random(1, 4, 2)
	for _, how := range []string{"exact", "kernel", "permutation", "lime"} {
		require.ErrorIs(t, methods(ctx, of(knotted), narrow, x)[how](), mlgauge.ErrLength, how)
	}
	_, err := LinearSHAP{Coef: []float64{1, 2}}.Explain(narrow, x)
	require.ErrorIs(t, err, mlgauge.ErrLength)
}

func TestCancelled(t *testing.T) {
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	x := random(2, 7, 3)
	for how, call := range methods(gone, of(knotted), x, x) {
		require.ErrorIs(t, call(), context.Canceled, how)
	}
	late, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	slow := func(dst []float64, x *mat.Dense) error {
		time.Sleep(5 * time.Millisecond)
		return of(knotted)(dst, x)
	}
	start := time.Now()
	_, err := PermutationSHAP{Pairs: 1e6, BatchRows: 10}.Explain(late, slow, x, x)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = Permute(late, slow, x, make([]float64, 7), metrics.MSE[float64], PermutationOptions{Repeats: 1000})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(start), 5*time.Second)
}

func TestBadOptions(t *testing.T) {
	x := random(2, 7, 3)
	f := of(knotted)
	y := make([]float64, 7)
	nan, inf := math.NaN(), math.Inf(1)
	second := func(_ any, err error) error { return err }
	wide := random(3, 2, 17)
	holes := mat.DenseCopyOf(x)
	holes.Set(3, 0, nan)
	constant := mat.DenseCopyOf(x)
	for i := range 7 {
		constant.Set(i, 0, 5)
	}
	pdp := func(p PartialDependence, j ...int) error { return second(p.Explain(ctx, f, x, j...)) }
	perm := func(o PermutationOptions) error {
		return second(Permute(ctx, f, x, y, metrics.MSE[float64], o))
	}
	lime := func(l LIME) error { return second(l.Explain(ctx, f, x, []float64{1, 2, 3})) }
	mse := func(v float64, err error) Metric[float64] {
		return func([]float64, []float64) (float64, error) { return v, err }
	}
	many := mat.NewDense(200, 1, nil)
	many.Set(0, 0, -9)
	for i := range 100 {
		many.Set(i+100, 0, float64(i)*1e-9+1)
	}
	for name, c := range map[string]struct{ err, want error }{
		"exact: 17 features":     {second(ExactShapley{}.Explain(ctx, f, wide, random(4, 1, 17))), mlgauge.ErrRange},
		"link":                   {second(ExactShapley{Link: 9}.Explain(ctx, f, x, x)), mlgauge.ErrRange},
		"logit of -3":            {second(KernelSHAP{Link: Logit}.Explain(ctx, of(func([]float64) float64 { return -3 }), x, x)), mlgauge.ErrRange},
		"logit of 1":             {second(KernelSHAP{Link: Logit}.Explain(ctx, of(func([]float64) float64 { return 1 }), x, x)), mlgauge.ErrNotFinite},
		"weights: too few":       {second(KernelSHAP{Weights: []float64{1}}.Explain(ctx, f, x, x)), mlgauge.ErrLength},
		"weights: negative":      {second(KernelSHAP{Weights: []float64{1, 1, 1, -1, 1, 1, 1}}.Explain(ctx, f, x, x)), mlgauge.ErrRange},
		"weights: none":          {second(KernelSHAP{Weights: make([]float64, 7)}.Explain(ctx, f, x, x)), mlgauge.ErrUndefined},
		"groups: twice":          {second(ExactShapley{Groups: [][]int{{0, 1}, {1, 2}}}.Explain(ctx, f, x, x)), mlgauge.ErrRange},
		"groups: missing":        {second(ExactShapley{Groups: [][]int{{0, 1}}}.Explain(ctx, f, x, x)), mlgauge.ErrLength},
		"groups: empty":          {second(ExactShapley{Groups: [][]int{{0, 1, 2}, {}}}.Explain(ctx, f, x, x)), mlgauge.ErrEmpty},
		"groups: no such":        {second(ExactShapley{Groups: [][]int{{0, 1, 3}}}.Explain(ctx, f, x, x)), mlgauge.ErrRange},
		"batch rows":             {second(ExactShapley{BatchRows: -1}.Explain(ctx, f, x, x)), mlgauge.ErrRange},
		"samples":                {second(KernelSHAP{Samples: -1}.Explain(ctx, f, x, x)), mlgauge.ErrRange},
		"samples: too few":       {second(KernelSHAP{Samples: 5}.Explain(ctx, f, wide, random(4, 1, 17))), mlgauge.ErrUndefined},
		"pairs":                  {second(PermutationSHAP{Pairs: -1}.Explain(ctx, f, x, x)), mlgauge.ErrRange},
		"max error":              {second(PermutationSHAP{MaxError: nan}.Explain(ctx, f, x, x)), mlgauge.ErrRange},
		"linear: no coef":        {second(LinearSHAP{}.Explain(x, x)), mlgauge.ErrEmpty},
		"linear: coef NaN":       {second(LinearSHAP{Coef: []float64{1, nan, 3}}.Explain(x, x)), mlgauge.ErrNotFinite},
		"linear: holes":          {second(LinearSHAP{Coef: []float64{1, 2, 3}}.Explain(holes, x)), mlgauge.ErrNotFinite},
		"pdp: no feature":        {pdp(PartialDependence{}), mlgauge.ErrLength},
		"pdp: three":             {pdp(PartialDependence{}, 0, 1, 2), mlgauge.ErrLength},
		"pdp: twice":             {pdp(PartialDependence{}, 1, 1), mlgauge.ErrRange},
		"pdp: no such":           {pdp(PartialDependence{}, 3), mlgauge.ErrRange},
		"pdp: resolution":        {pdp(PartialDependence{Resolution: 1}, 0), mlgauge.ErrRange},
		"pdp: quantiles":         {pdp(PartialDependence{Lower: .9, Upper: .1}, 0), mlgauge.ErrRange},
		"pdp: quantile NaN":      {pdp(PartialDependence{Lower: nan, Upper: .1}, 0), mlgauge.ErrRange},
		"pdp: level":             {pdp(PartialDependence{Level: 2}, 0), mlgauge.ErrRange},
		"pdp: band":              {pdp(PartialDependence{Band: 2}, 0), mlgauge.ErrRange},
		"pdp: replicas":          {pdp(PartialDependence{Replicas: -2}, 0), mlgauge.ErrRange},
		"pdp: custom empty":      {pdp(PartialDependence{Custom: map[int][]float64{0: {}}}, 0), mlgauge.ErrEmpty},
		"pdp: custom NaN":        {pdp(PartialDependence{Custom: map[int][]float64{0: {nan}}}, 0), mlgauge.ErrNotFinite},
		"pdp: custom no such":    {pdp(PartialDependence{Custom: map[int][]float64{8: {1}}}, 0), mlgauge.ErrRange},
		"pdp: categorical":       {pdp(PartialDependence{Categorical: []int{-1}}, 0), mlgauge.ErrRange},
		"pdp: holes":             {second(PartialDependence{}.Explain(ctx, f, holes, 0)), mlgauge.ErrNotFinite},
		"pdp: equal percentiles": {second(PartialDependence{Lower: .1, Upper: .3}.Explain(ctx, f, many, 0)), mlgauge.ErrUndefined},
		"ale: constant":          {second(Accumulated{}.Explain(ctx, f, constant, 0)), mlgauge.ErrUndefined},
		"ale: holes":             {second(Accumulated{}.Explain(ctx, f, holes, 0)), mlgauge.ErrNotFinite},
		"ale: bins":              {second(Accumulated{Bins: -1}.Explain(ctx, f, x, 0)), mlgauge.ErrRange},
		"ale: level":             {second(Accumulated{Level: 1}.Explain(ctx, f, x, 0)), mlgauge.ErrRange},
		"ale: feature":           {second(Accumulated{}.Explain(ctx, f, x, 5)), mlgauge.ErrRange},
		"lime: samples":          {lime(LIME{Samples: 1}), mlgauge.ErrRange},
		"lime: features":         {lime(LIME{Features: 4}), mlgauge.ErrRange},
		"lime: width":            {lime(LIME{Width: -1}), mlgauge.ErrRange},
		"lime: alpha":            {lime(LIME{Alpha: inf}), mlgauge.ErrRange},
		"lime: cut":              {lime(LIME{Cut: 3}), mlgauge.ErrRange},
		"lime: selection":        {lime(LIME{Selection: 2}), mlgauge.ErrRange},
		"lime: categorical":      {lime(LIME{Categorical: []int{3}}), mlgauge.ErrRange},
		"lime: row":              {second(LIME{}.Explain(ctx, f, x, []float64{1, nan, 2})), mlgauge.ErrNotFinite},
		"lime: holes":            {second(LIME{}.Explain(ctx, f, holes, []float64{1, 2, 2})), mlgauge.ErrNotFinite},
		"permute: repeats":       {perm(PermutationOptions{Repeats: -1}), mlgauge.ErrRange},
		"permute: rows":          {perm(PermutationOptions{MaxRows: 8}), mlgauge.ErrRange},
		"permute: workers":       {perm(PermutationOptions{Workers: -1}), mlgauge.ErrRange},
		"permute: level":         {perm(PermutationOptions{Level: nan}), mlgauge.ErrRange},
		"permute: group":         {perm(PermutationOptions{Groups: [][]int{{0, 0}}}), mlgauge.ErrRange},
		"permute: group no such": {perm(PermutationOptions{Groups: [][]int{{3}}}), mlgauge.ErrRange},
		"permute: group empty":   {perm(PermutationOptions{Groups: [][]int{{}}}), mlgauge.ErrEmpty},
		"permute: no groups":     {perm(PermutationOptions{Groups: [][]int{}}), mlgauge.ErrEmpty},
		"permute: truth":         {second(Permute(ctx, f, x, y[:3], metrics.MSE[float64], PermutationOptions{})), mlgauge.ErrLength},
		"permute: no metric":     {second(Permute[float64](ctx, f, x, y, nil, PermutationOptions{})), mlgauge.ErrEmpty},
		"permute: metric NaN":    {second(Permute(ctx, f, x, y, mse(nan, nil), PermutationOptions{})), mlgauge.ErrNotFinite},
		"permute: metric fails":  {second(Permute(ctx, f, x, y, mse(0, mlgauge.ErrUndefined), PermutationOptions{})), mlgauge.ErrUndefined},
		"permute: one class":     {second(Permute(ctx, f, x, make([]bool, 7), metrics.AUC[float64], PermutationOptions{})), mlgauge.ErrUndefined},
		"nDCG: lengths":          {second(AttributionNDCG([]float64{1}, []float64{1, 2})), mlgauge.ErrLength},
		"nDCG: empty":            {second(AttributionNDCG(nil, nil)), mlgauge.ErrEmpty},
		"nDCG: NaN":              {second(AttributionNDCG([]float64{1}, []float64{nan})), mlgauge.ErrNotFinite},
		"nDCG: negative":         {second(AttributionNDCG([]float64{-1}, []float64{1})), mlgauge.ErrRange},
		"nDCG: zeros":            {second(AttributionNDCG([]float64{0, 0}, []float64{1, 2})), mlgauge.ErrUndefined},
		"drift: unknown live":    {second(NewAttributionDrift(map[string]float64{"a": 1}, map[string]float64{"a": 1, "b": 2}, 0)), mlgauge.ErrUnknownCategory},
		"drift: missing live":    {second(NewAttributionDrift(map[string]float64{"a": 1, "b": 1}, map[string]float64{"a": 1}, 0)), mlgauge.ErrUnknownCategory},
		"drift: threshold":       {second(NewAttributionDrift(map[string]float64{"a": 1}, map[string]float64{"a": 1}, 2)), mlgauge.ErrRange},
		"drift: empty":           {second(NewAttributionDrift(nil, nil, 0)), mlgauge.ErrEmpty},
		"global: empty":          {second(new(Explanation).Global()), mlgauge.ErrEmpty},
		"mean: empty":            {second(new(Explanation).Mean()), mlgauge.ErrEmpty},
		"clarify: nil":           {new(Explanations).AddSHAP("l", nil, nil), mlgauge.ErrEmpty},
		"clarify: names":         {new(Explanations).AddSHAP("l", &Explanation{Values: x}, []string{"a"}), mlgauge.ErrLength},
		"clarify: same names":    {new(Explanations).AddSHAP("l", &Explanation{Values: x}, []string{"a", "b", "a"}), mlgauge.ErrRange},
		"clarify: no pdp":        {new(Explanations).AddPDP("l", "a", nil, nil), mlgauge.ErrEmpty},
		"clarify: pdp of two":    {new(Explanations).AddPDP("l", "a", nil, &Dependence{Features: []int{0, 1}}), mlgauge.ErrLength},
		"clarify: text":          {second(ReadExplanations([]byte("{"))), mlgauge.ErrCorrupt},
		"clarify: nothing":       {second(ReadExplanations([]byte("{}"))), mlgauge.ErrCorrupt},
		"clarify: lists":         {second(ReadExplanations([]byte(`{"pdp":[{"feature_values":[1]}]}`))), mlgauge.ErrCorrupt},
	} {
		require.ErrorIs(t, c.err, c.want, name)
	}
}

func TestCurvesRefuse(t *testing.T) {
	x := random(2, 7, 3)
	two, err := PartialDependence{}.Individual(ctx, of(knotted), x, 0, 1)
	require.NoError(t, err)
	_, err = two.Derivative()
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = two.Centered(-1)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = two.Centered(49)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	for _, grid := range [][]float64{{1}, {1, 1, 2}} {
		one, err := PartialDependence{Custom: map[int][]float64{0: grid}}.Individual(ctx, of(knotted), x, 0)
		require.NoError(t, err)
		_, err = one.Derivative()
		require.ErrorIs(t, err, mlgauge.ErrUndefined)
	}
}

func TestBootstrappedBandsEnd(t *testing.T) {
	gone, cancel := context.WithCancel(context.Background())
	x := random(2, 40, 3)
	calls := 0
	m := func(dst []float64, x *mat.Dense) error {
		if calls++; calls == 2 { // the first rows are predicted twice, then all are known
			cancel()
		}
		return of(knotted)(dst, x)
	}
	_, err := PartialDependence{Band: Bootstrapped, Resolution: 5, Replicas: 1e6}.Explain(gone, m, x, 0)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 2, calls)
}
