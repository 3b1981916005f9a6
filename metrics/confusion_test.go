package metrics

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
)

// pairs is the slow obvious confusion: a map.
func pairs[L comparable](t, p []L) map[[2]L]uint64 {
	m := map[[2]L]uint64{}
	for i := range t {
		m[[2]L{t[i], p[i]}]++
	}
	return m
}

func checkPairs[L cmp.Ordered](t *testing.T, c *Confusion[L], want map[[2]L]uint64) {
	t.Helper()
	var labels []L
	for k := range want {
		labels = append(labels, k[0], k[1])
	}
	slices.Sort(labels)
	labels = slices.Compact(labels)
	require.Equal(t, labels, c.Classes())
	counts, err := c.Counts()
	require.NoError(t, err)
	for i, a := range labels {
		for j, b := range labels {
			if counts[i][j] != want[[2]L{a, b}] {
				t.Fatalf("(%v, %v): want %d, got %d", a, b, want[[2]L{a, b}], counts[i][j])
			}
		}
	}
}

type grade int16

// everyWay counts a batch whole, in parts, merged, saved and loaded, and holds
// each to the map.
func everyWay[L cmp.Ordered](t *testing.T, yTrue, yPred []L) {
	t.Helper()
	want := pairs(yTrue, yPred)
	keep := [2][]L{slices.Clone(yTrue), slices.Clone(yPred)}
	var whole, parts, merged, back Confusion[L]
	require.NoError(t, whole.Add(yTrue, yPred))
	checkPairs(t, &whole, want)
	for lo := 0; lo < len(yTrue); {
		hi := min(lo+1+lo/2, len(yTrue))
		require.NoError(t, parts.Add(yTrue[lo:hi], yPred[lo:hi]))
		var shard Confusion[L]
		require.NoError(t, shard.Add(yTrue[lo:hi], yPred[lo:hi]))
		require.NoError(t, merged.Merge(&shard))
		lo = hi
	}
	checkPairs(t, &parts, want)
	checkPairs(t, &merged, want)
	data, err := parts.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, back.UnmarshalBinary(data))
	checkPairs(t, &back, want)
	require.Equal(t, whole.Rows(), back.Rows())
	require.Equal(t, keep, [2][]L{yTrue, yPred})
	// Into a table that holds something else, and into itself.
	require.NoError(t, back.Merge(&back))
	for k := range want {
		want[k] *= 2
	}
	checkPairs(t, &back, want)
	hits := 0
	for i := range yTrue {
		if yTrue[i] == yPred[i] {
			hits++
		}
	}
	a, err := whole.Accuracy()
	require.NoError(t, err)
	require.Equal(t, float64(hits)/float64(len(yTrue)), a)
	a, err = Accuracy(yTrue, yPred)
	require.NoError(t, err)
	require.Equal(t, float64(hits)/float64(len(yTrue)), a)
	for _, v := range []L{yTrue[0], yPred[len(yPred)-1]} {
		b, err := whole.Binary(v)
		require.NoError(t, err)
		one, err := BinaryOf(yTrue, yPred, v)
		require.NoError(t, err)
		require.Equal(t, one, b)
	}
}

func TestConfusionEveryLabelType(t *testing.T) {
	for _, n := range []int{1, 2, 100, 3000} {
		for _, k := range []int{1, 2, 11, 70, 300} {
			x, y := labelsOf(n, k, uint64(n+k))
			t.Run(fmt.Sprintf("n=%d k=%d", n, k), func(t *testing.T) {
				everyWay(t, x, y)
				everyWay(t, convert(x, func(i int) int { return i*i*i - 999999 }), convert(y, func(i int) int { return i*i*i - 999999 }))
				everyWay(t, convert(x, func(i int) int { return math.MinInt + i }), convert(y, func(i int) int { return math.MinInt + i }))
				everyWay(t, convert(x, func(i int) int64 { return math.MaxInt64 - int64(i) }), convert(y, func(i int) int64 { return math.MaxInt64 - int64(i) }))
				everyWay(t, convert(x, func(i int) uint64 { return math.MaxUint64 * uint64(i%2) }), convert(y, func(i int) uint64 { return uint64(i % 5) }))
				everyWay(t, convert(x, func(i int) uint8 { return uint8(i) }), convert(y, func(i int) uint8 { return uint8(i) }))
				everyWay(t, convert(x, func(i int) int8 { return int8(i) }), convert(y, func(i int) int8 { return int8(i) }))
				everyWay(t, convert(x, func(i int) int8 { return int8(i%5) - 3 }), convert(y, func(i int) int8 { return int8(i%7) - 3 }))
				everyWay(t, convert(x, func(i int) uint16 { return uint16(i * 60) }), convert(y, func(i int) uint16 { return uint16(i * 60) }))
				everyWay(t, convert(x, func(i int) grade { return grade(-i) }), convert(y, func(i int) grade { return grade(-i) }))
				everyWay(t, convert(x, func(i int) uint32 { return math.MaxUint32 - uint32(i) }), convert(y, func(i int) uint32 { return math.MaxUint32 - uint32(i) }))
				everyWay(t, convert(x, func(i int) string { return fmt.Sprint("class ", i) }), convert(y, func(i int) string { return fmt.Sprint("class ", i) }))
				everyWay(t, convert(x, func(i int) string { return fmt.Sprint(i)[:i%3%len(fmt.Sprint(i))] }), convert(y, func(i int) string { return fmt.Sprint(i) }))
				everyWay(t, convert(x, func(i int) float64 { return float64(i)/4 - 3 }), convert(y, func(i int) float64 { return float64(i)/4 - 3 }))
				everyWay(t, convert(x, func(i int) float32 { return float32(math.Inf(i%2*2 - 1)) }), convert(y, func(i int) float32 { return float32(i) }))
			})
		}
	}
}

func TestConfusionManyBytes(t *testing.T) {
	for _, k := range []int{2, 3, 16, 17, 250} {
		x, y := labelsOf(wideBytes+13, k, uint64(k))
		f := func(i int) uint8 { return uint8(i) }
		want := pairs(convert(x, f), convert(y, f))
		var c Confusion[uint8]
		require.NoError(t, c.Add(convert(x, f), convert(y, f)))
		checkPairs(t, &c, want)
		// A first block that hides the others.
		z := append(make([]uint8, 2000), convert(x, f)...)
		c.Reset()
		require.NoError(t, c.Add(z, z))
		checkPairs(t, &c, pairs(z, z))
	}
}

func TestConfusionManyClasses(t *testing.T) {
	// Beyond denseSide the table is a map.
	x, y := labelsOf(6000, 5000, 4)
	var c, d Confusion[int]
	require.NoError(t, c.Add(x[:3000], y[:3000]))
	require.NoError(t, d.Add(x[3000:], y[3000:]))
	require.NoError(t, c.Merge(&d))
	require.NotNil(t, c.table.sparse)
	want := pairs(x, y)
	n := 0
	c.table.each(func(i, j int, v tally) {
		require.Equal(t, want[[2]int{c.label(i), c.label(j)}], v.rows)
		n++
	})
	require.Equal(t, len(want), n)
	f, err := c.F1(Macro)
	require.NoError(t, err)
	var sum float64
	for _, l := range c.Classes() {
		b, err := BinaryOf(x, y, l)
		require.NoError(t, err)
		s, err := b.F1()
		require.NoError(t, err)
		sum += s
	}
	golden.Equal(t, "macro F1", sum/float64(len(c.Classes())), f, tol)
	w := make([]float64, len(x))
	for i := range w {
		w[i] = 2
	}
	require.NoError(t, c.AddWeighted(x, y, w))
	g, err := c.F1(Macro)
	require.NoError(t, err)
	golden.Equal(t, "weights", f, g, tol)
}

func TestConfusionPastThirtyTwoBits(t *testing.T) {
	var c Confusion[int]
	require.NoError(t, c.AddCount(0, 1, math.MaxUint32-1))
	require.NoError(t, c.Add([]int{0, 0, 0, 1}, []int{1, 1, 1, 1}))
	require.NoError(t, c.AddCount(2, 2, 1<<40))
	counts, err := c.Counts()
	require.NoError(t, err)
	require.Equal(t, [][]uint64{{0, math.MaxUint32 + 2, 0}, {0, 1, 0}, {0, 0, 1 << 40}}, counts)
	require.ErrorIs(t, c.AddCount(0, 0, math.MaxUint64), mlgauge.ErrRange)
	huge := Confusion[int]{}
	require.NoError(t, huge.AddCount(1, 1, math.MaxUint64))
	require.ErrorIs(t, c.Merge(&huge), mlgauge.ErrRange)
}

// scoresOf lists every score of a table, to compare two.
func scoresOf[L cmp.Ordered](t *testing.T, c *Confusion[L]) []float64 {
	t.Helper()
	var out []float64
	take := func(x float64, err error) {
		require.NoError(t, err)
		out = append(out, x)
	}
	for _, avg := range []Average{Micro, Macro, Weighted} {
		take(c.Precision(avg))
		take(c.Recall(avg))
		take(c.F1(avg))
		take(c.Jaccard(avg))
		take(c.Specificity(avg))
		take(c.NPV(avg))
		iv, err := c.F1Interval(avg, 0.9)
		require.NoError(t, err)
		out = append(out, iv.Low, iv.High)
	}
	take(c.Accuracy())
	take(c.BalancedAccuracy())
	take(c.MCC())
	for k := KappaUnweighted; k <= KappaQuadratic; k++ {
		take(c.Kappa(k))
		iv, err := c.KappaInterval(k, 0.9)
		require.NoError(t, err)
		out = append(out, iv.Low, iv.High)
	}
	return out
}

func TestConfusionProperties(t *testing.T) {
	x, y := labelsOf(500, 5, 9)
	var plain, twice, double, mixed, shuffled, scaled Confusion[int]
	w := make([]float64, len(x))
	tiny := make([]float64, len(x))
	for i := range w {
		w[i], tiny[i] = 2, 0x1p-1000
	}
	require.NoError(t, plain.Add(x, y))
	require.NoError(t, twice.Add(slices.Concat(x, x), slices.Concat(y, y)))
	require.NoError(t, double.AddWeighted(x, y, w))
	require.NoError(t, mixed.Add(x, y))
	require.NoError(t, mixed.AddWeighted(x[:250], y[:250], w[:250]))
	require.NoError(t, mixed.AddWeighted(x[250:], y[250:], w[250:]))
	require.NoError(t, scaled.AddWeighted(x, y, tiny))
	px, py := slices.Clone(x), slices.Clone(y)
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(px), func(i, j int) {
		px[i], px[j] = px[j], px[i]
		py[i], py[j] = py[j], py[i]
	})
	require.NoError(t, shuffled.Add(px, py))
	require.Equal(t, scoresOf(t, &plain), scoresOf(t, &shuffled))
	golden.EqualSlice(t, "weight 2 is the row twice", scoresOf(t, &twice), scoresOf(t, &double), tol)
	require.Equal(t, 1500.0, mixed.Total())
	require.EqualValues(t, 1000, mixed.Rows())
	// Scores are of shares: neither tiny nor huge weights change them.
	one := func(c *Confusion[int]) []float64 {
		m, err := c.MCC()
		require.NoError(t, err)
		k, err := c.Kappa(KappaQuadratic)
		require.NoError(t, err)
		f, err := c.F1(Macro)
		require.NoError(t, err)
		a, err := c.Accuracy()
		require.NoError(t, err)
		return []float64{m, k, f, a}
	}
	want := one(&plain)
	golden.EqualSlice(t, "tiny weights", want, one(&scaled), tol)
	golden.EqualSlice(t, "mixed", want, one(&mixed), tol)
	for i := range w {
		w[i] = 1e305
	}
	scaled.Reset()
	require.NoError(t, scaled.AddWeighted(x, y, w))
	golden.EqualSlice(t, "huge weights", want, one(&scaled), tol)
	// Two classes: the table of one is Binary.
	var c Confusion[int]
	x, y = labelsOf(300, 2, 3)
	require.NoError(t, c.Add(x, y))
	b, err := c.Binary(1)
	require.NoError(t, err)
	m1, _ := b.MCC()
	m2, _ := c.MCC()
	golden.Equal(t, "mcc", m1, m2, tol)
	k1, _ := b.Kappa()
	k2, _ := c.Kappa(KappaUnweighted)
	golden.Equal(t, "kappa", k1, k2, tol)
	a1, _ := b.BalancedAccuracy()
	a2, _ := c.BalancedAccuracy()
	golden.Equal(t, "balanced accuracy", a1, a2, tol)
}

func TestConfusionLabels(t *testing.T) {
	c, err := ConfusionOf([]string{"a", "b", "c", "a"}, []string{"a", "a", "c", "z"}, "c", "a", "new")
	require.NoError(t, err)
	require.Equal(t, []string{"c", "a", "new"}, c.Classes())
	counts, err := c.Counts()
	require.NoError(t, err)
	require.Equal(t, [][]uint64{{1, 0, 0}, {0, 1, 0}, {0, 0, 0}}, counts)
	b, err := c.Binary("new")
	require.NoError(t, err)
	require.EqualValues(t, 4, b.TN)
	_, err = c.Binary("never")
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	c.Labels = []string{"never", "new"}
	_, err = c.Matrix(NormalizeAll)
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	_, err = c.Kappa(KappaLinear)
	require.ErrorIs(t, err, mlgauge.ErrUnknownCategory)
	c.Labels = []string{"a", "a"}
	_, err = c.F1(Macro)
	require.ErrorIs(t, err, mlgauge.ErrRange)
}

func TestConfusionBadInput(t *testing.T) {
	nan := math.NaN()
	var f Confusion[float64]
	require.NoError(t, f.Add([]float64{1, 2}, []float64{1, 1}))
	for name, c := range map[string]struct {
		t, p, w []float64
		want    error
	}{
		"empty":             {nil, nil, nil, mlgauge.ErrEmpty},
		"lengths":           {[]float64{1}, []float64{1, 2}, nil, mlgauge.ErrLength},
		"NaN truth":         {[]float64{1, nan}, []float64{1, 2}, nil, mlgauge.ErrNotFinite},
		"NaN prediction":    {[]float64{1, 1}, []float64{nan, 2}, nil, mlgauge.ErrNotFinite},
		"weights length":    {[]float64{3}, []float64{1}, []float64{1, 2}, mlgauge.ErrLength},
		"weight NaN":        {[]float64{3}, []float64{1}, []float64{nan}, mlgauge.ErrNotFinite},
		"weight Inf":        {[]float64{3}, []float64{1}, []float64{math.Inf(1)}, mlgauge.ErrNotFinite},
		"weight negative":   {[]float64{3}, []float64{1}, []float64{-1}, mlgauge.ErrRange},
		"weights overflow":  {[]float64{3, 3}, []float64{1, 1}, []float64{1.7e308, 1.7e308}, mlgauge.ErrNotFinite},
		"weighted and none": {nil, nil, []float64{}, mlgauge.ErrEmpty},
	} {
		before, _ := f.MarshalBinary()
		var err error
		if c.w == nil {
			err = f.Add(c.t, c.p)
		} else {
			err = f.AddWeighted(c.t, c.p, c.w)
		}
		require.ErrorIs(t, err, c.want, name)
		after, _ := f.MarshalBinary()
		require.Equal(t, before, after, name)
	}
	require.ErrorIs(t, f.AddCount(nan, 1, 1), mlgauge.ErrNotFinite)

	var empty, zero Confusion[int]
	require.NoError(t, zero.AddWeighted([]int{0, 1}, []int{0, 1}, []float64{0, 0}))
	require.Equal(t, []int{0, 1}, zero.Classes())
	for name, ask := range formulas[int]() {
		x, err := ask(&empty)
		require.ErrorIs(t, err, mlgauge.ErrEmpty, name)
		require.True(t, math.IsNaN(x), name)
		_, err = ask(&zero)
		require.ErrorIs(t, err, mlgauge.ErrUndefined, name)
	}
	for _, ask := range []func(*Confusion[int]) error{
		func(c *Confusion[int]) error { _, err := c.Report(); return err },
		func(c *Confusion[int]) error { _, err := c.PerClass(); return err },
		func(c *Confusion[int]) error { _, err := c.F1Interval(Macro, 0.9); return err },
		func(c *Confusion[int]) error { _, err := c.MCCInterval(0.9); return err },
		func(c *Confusion[int]) error { _, err := c.KappaInterval(KappaLinear, 0.9); return err },
		func(c *Confusion[int]) error { _, err := c.BalancedAccuracyInterval(0.9); return err },
	} {
		require.ErrorIs(t, ask(&empty), mlgauge.ErrEmpty)
		require.ErrorIs(t, ask(&zero), mlgauge.ErrUndefined)
	}
	_, err := empty.Matrix(NormalizeNone)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	m, err := zero.Matrix(NormalizeTrue)
	require.NoError(t, err)
	require.Equal(t, 0.0, m.At(0, 0))

	c, err := ConfusionOf([]int{0, 1, 1}, []int{0, 0, 0})
	require.NoError(t, err)
	for name, ask := range map[string]func() (float64, error){
		"average":       func() (float64, error) { return c.F1(0) },
		"samples":       func() (float64, error) { return c.F1(Samples) },
		"beta":          func() (float64, error) { return c.FBeta(Macro, -1) },
		"beta NaN":      func() (float64, error) { return c.FBeta(Macro, nan) },
		"kappa weights": func() (float64, error) { return c.Kappa(9) },
	} {
		_, err := ask()
		require.ErrorIs(t, err, mlgauge.ErrRange, name)
	}
	_, err = c.Matrix(9)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = c.Report("only one")
	require.ErrorIs(t, err, mlgauge.ErrLength)
	_, err = c.F1Interval(Macro, 1)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = c.MCCInterval(0.9)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	c.ZeroDivision = ZeroDivisionError
	_, err = c.Precision(Macro)
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	c.ZeroDivision = 7
	_, err = c.Precision(Macro)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = c.OneVsRest()
	require.ErrorIs(t, err, mlgauge.ErrRange)
}

// formulas lists every one-number formula.
func formulas[L cmp.Ordered]() map[string]func(*Confusion[L]) (float64, error) {
	return map[string]func(*Confusion[L]) (float64, error){
		"accuracy":    (*Confusion[L]).Accuracy,
		"zero-one":    (*Confusion[L]).ZeroOneLoss,
		"precision":   func(c *Confusion[L]) (float64, error) { return c.Precision(Micro) },
		"recall":      func(c *Confusion[L]) (float64, error) { return c.Recall(Macro) },
		"f1":          func(c *Confusion[L]) (float64, error) { return c.F1(Weighted) },
		"fbeta":       func(c *Confusion[L]) (float64, error) { return c.FBeta(Weighted, 2) },
		"jaccard":     func(c *Confusion[L]) (float64, error) { return c.Jaccard(Macro) },
		"specificity": func(c *Confusion[L]) (float64, error) { return c.Specificity(Macro) },
		"npv":         func(c *Confusion[L]) (float64, error) { return c.NPV(Macro) },
		"balanced":    (*Confusion[L]).BalancedAccuracy,
		"adjusted":    (*Confusion[L]).AdjustedBalancedAccuracy,
		"mcc":         (*Confusion[L]).MCC,
		"kappa":       func(c *Confusion[L]) (float64, error) { return c.Kappa(KappaQuadratic) },
	}
}

func TestOneShotsAreTheConfusion(t *testing.T) {
	x, y := labelsOf(200, 4, 5)
	c, err := ConfusionOf(x, y)
	require.NoError(t, err)
	for name, f := range map[string][2]func() (float64, error){
		"accuracy":    {func() (float64, error) { return Accuracy(x, y) }, c.Accuracy},
		"zero-one":    {func() (float64, error) { return ZeroOneLoss(x, y) }, c.ZeroOneLoss},
		"hamming":     {func() (float64, error) { return HammingLoss(x, y) }, c.ZeroOneLoss},
		"precision":   {func() (float64, error) { return Precision(x, y, Macro) }, func() (float64, error) { return c.Precision(Macro) }},
		"recall":      {func() (float64, error) { return Recall(x, y, Micro) }, func() (float64, error) { return c.Recall(Micro) }},
		"f1":          {func() (float64, error) { return F1(x, y, Weighted) }, func() (float64, error) { return c.F1(Weighted) }},
		"fbeta":       {func() (float64, error) { return FBeta(x, y, Macro, 3) }, func() (float64, error) { return c.FBeta(Macro, 3) }},
		"jaccard":     {func() (float64, error) { return Jaccard(x, y, Macro) }, func() (float64, error) { return c.Jaccard(Macro) }},
		"specificity": {func() (float64, error) { return Specificity(x, y, Macro) }, func() (float64, error) { return c.Specificity(Macro) }},
		"balanced":    {func() (float64, error) { return BalancedAccuracy(x, y) }, c.BalancedAccuracy},
		"mcc":         {func() (float64, error) { return MCC(x, y) }, c.MCC},
		"kappa":       {func() (float64, error) { return CohenKappa(x, y, KappaLinear) }, func() (float64, error) { return c.Kappa(KappaLinear) }},
	} {
		want, err := f[1]()
		require.NoError(t, err, name)
		got, err := f[0]()
		require.NoError(t, err, name)
		require.Equal(t, want, got, name)
	}
	r, err := ClassificationReport(x, y)
	require.NoError(t, err)
	s, err := c.Report()
	require.NoError(t, err)
	require.Equal(t, s.String(), r.String())
	for _, f := range []func(a, b []int) error{
		func(a, b []int) error { _, err := Accuracy(a, b); return err },
		func(a, b []int) error { _, err := ZeroOneLoss(a, b); return err },
		func(a, b []int) error { _, err := HammingLoss(a, b); return err },
		func(a, b []int) error { _, err := F1(a, b, Macro); return err },
		func(a, b []int) error { _, err := MCC(a, b); return err },
		func(a, b []int) error { _, err := BinaryOf(a, b, 1); return err },
		func(a, b []int) error { _, err := ConfusionOf(a, b); return err },
		func(a, b []int) error { _, err := ClassificationReport(a, b); return err },
	} {
		require.ErrorIs(t, f(x, y[1:]), mlgauge.ErrLength)
		require.ErrorIs(t, f(nil, nil), mlgauge.ErrEmpty)
	}
	n, err := Accuracy([]float64{math.NaN(), 1}, []float64{math.NaN(), 1})
	require.NoError(t, err)
	require.Equal(t, 0.5, n)
	require.Equal(t, []bool{false, true}, IsPositive(make([]bool, 0, 2), []string{"no", "yes"}, "yes"))
}

func TestConfusionDoesNotAllocateToAdd(t *testing.T) {
	x, y := labelsOf(100, 5, 5)
	var c Confusion[int]
	require.NoError(t, c.Add(x, y))
	require.Zero(t, testing.AllocsPerRun(20, func() { _ = c.Add(x, y) }))
}

func FuzzConfusionUnmarshal(f *testing.F) {
	c, _ := ConfusionOf([]string{"a", "b"}, []string{"b", "b"}, "b")
	good, _ := c.MarshalBinary()
	f.Add(good)
	var w Confusion[string]
	_ = w.AddWeighted([]string{"x"}, []string{"y"}, []float64{0.5})
	good, _ = w.MarshalBinary()
	f.Add(good)
	f.Add(good[:len(good)-9])
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Confusion[string]
		if err := c.UnmarshalBinary(data); err != nil {
			require.ErrorIs(t, err, mlgauge.ErrCorrupt)
			require.Zero(t, c.Rows())
			return
		}
		_, _ = c.F1(Macro)
		_, _ = c.Matrix(NormalizeAll)
		again, err := c.MarshalBinary()
		require.NoError(t, err)
		require.NoError(t, c.UnmarshalBinary(again))
		var n Confusion[int]
		require.ErrorIs(t, n.UnmarshalBinary(again), mlgauge.ErrCorrupt)
	})
}
