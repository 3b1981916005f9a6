package split

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

// data returns rows with three uneven classes, about n/4 groups and times that
// are not sorted.
func data(n int) Rows {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	y, g, at := make([]string, n), make([]int, n), make([]float64, n)
	for i := range y {
		y[i] = []string{"a", "a", "a", "b", "b", "c"}[rng.IntN(6)]
		g[i] = rng.IntN(n/4 + 1)
		at[i] = math.Floor(rng.Float64() * float64(n) * 3)
	}
	return Rows{Strata: By(y), Groups: By(g), Time: at}
}

func splitters() map[string]Splitter {
	return map[string]Splitter{
		"KFold":                  KFold{Folds: 4},
		"KFold shuffled":         KFold{Folds: 4, Shuffle: true, Seed: 3},
		"StratifiedKFold":        StratifiedKFold{Folds: 4, Shuffle: true, Seed: 3},
		"GroupKFold":             GroupKFold{Folds: 4, Shuffle: true, Seed: 3},
		"StratifiedGroupKFold":   StratifiedGroupKFold{Folds: 4, Shuffle: true, Seed: 3},
		"LeaveOneOut":            LeaveOneOut{},
		"LeavePOut":              LeavePOut{P: 2},
		"LeaveOneGroupOut":       LeaveOneGroupOut{},
		"LeavePGroupsOut":        LeavePGroupsOut{P: 2},
		"ShuffleSplit":           ShuffleSplit{Seed: 3},
		"StratifiedShuffleSplit": StratifiedShuffleSplit{TestShare: .2, Seed: 3},
		"GroupShuffleSplit":      GroupShuffleSplit{Seed: 3},
		"TimeSeries":             TimeSeries{Folds: 4},
		"GroupTimeSeries":        GroupTimeSeries{Folds: 4},
		"PurgedKFold":            PurgedKFold{Folds: 4, Purge: 1, Embargo: 2},
		"Repeated":               Repeated{Of: StratifiedKFold{Folds: 3}, Repeats: 3, Seed: 3},
		"Bootstrap":              Bootstrap{Splits: 5, Seed: 3},
		"Bootstrap by class":     Bootstrap{Splits: 5, Stratified: true, Seed: 3},
		"Bootstrap by group":     Bootstrap{Splits: 5, Grouped: true, Seed: 3},
		"BlockBootstrap":         BlockBootstrap{Splits: 5, Seed: 3},
		"Stationary":             BlockBootstrap{Splits: 5, Stationary: true, Seed: 3},
	}
}

// What holds for every splitter: train and test are disjoint row numbers, the
// count is right, folds can be walked again and left early, the same seed
// gives the same folds, and rows are not modified.
func TestEverySplitter(t *testing.T) {
	rows := data(60)
	before := slices.Clone(rows.Time)
	for name, s := range splitters() {
		t.Run(name, func(t *testing.T) {
			seq, err := s.Split(rows)
			require.NoError(t, err)
			folds := Collect(seq)
			k, err := s.Count(rows)
			require.NoError(t, err)
			assert.Len(t, folds, k)
			for _, f := range folds {
				in := make([]bool, 60)
				require.NotEmpty(t, f.Train)
				require.NotEmpty(t, f.Test)
				for _, r := range f.Train {
					in[r] = true
				}
				for _, r := range f.Test {
					assert.False(t, in[r], "row %d on both sides", r)
				}
			}
			assert.Equal(t, folds, Collect(seq), "a second walk")
			again, err := s.Split(rows)
			require.NoError(t, err)
			assert.Equal(t, folds, Collect(again), "the same seed")
			for range seq {
				break
			}
			assert.Equal(t, before, rows.Time)
		})
	}
}

// In k-fold splitters every row is tested exactly once a round.
func TestEveryRowIsTestedOnce(t *testing.T) {
	rows := data(97)
	for name, s := range map[string]Splitter{
		"KFold": KFold{Folds: 7, Shuffle: true}, "StratifiedKFold": StratifiedKFold{Folds: 4, Shuffle: true},
		"GroupKFold": GroupKFold{Folds: 4}, "StratifiedGroupKFold": StratifiedGroupKFold{Folds: 4},
		"PurgedKFold": PurgedKFold{Folds: 6}, "LeaveOneGroupOut": LeaveOneGroupOut{},
	} {
		seq, err := s.Split(rows)
		require.NoError(t, err)
		seen := make([]int, 97)
		for _, test := range seq {
			for _, r := range test {
				seen[r]++
			}
		}
		for r, n := range seen {
			assert.Equal(t, 1, n, "%s: row %d", name, r)
		}
	}
}

func TestNoGroupOnBothSides(t *testing.T) {
	rows := data(120)
	for name, s := range map[string]Splitter{
		"GroupKFold": GroupKFold{}, "shuffled": GroupKFold{Shuffle: true, Seed: 9}, "StratifiedGroupKFold": StratifiedGroupKFold{Shuffle: true},
		"GroupShuffleSplit": GroupShuffleSplit{}, "GroupTimeSeries": GroupTimeSeries{}, "LeavePGroupsOut": LeavePGroupsOut{P: 1},
		"TimeSeries": TimeSeries{Disjoint: true}, "Bootstrap": Bootstrap{Grouped: true, Splits: 20},
	} {
		seq, err := s.Split(rows)
		require.NoError(t, err)
		for train, test := range seq {
			in := map[int]bool{}
			for _, r := range train {
				in[rows.Groups.Code(r)] = true
			}
			for _, r := range test {
				assert.False(t, in[rows.Groups.Code(r)], name)
			}
		}
	}
}

func TestSeedsAndRoundsDiffer(t *testing.T) {
	rows := Rows{N: 50}
	fold := func(s Splitter) []Fold {
		seq, err := s.Split(rows)
		require.NoError(t, err)
		return Collect(seq)
	}
	assert.NotEqual(t, fold(KFold{Shuffle: true, Seed: 1}), fold(KFold{Shuffle: true, Seed: 2}))
	rounds := fold(Repeated{Of: KFold{Folds: 2}, Repeats: 2})
	assert.NotEqual(t, rounds[0], rounds[2])
	draws := fold(ShuffleSplit{})
	assert.NotEqual(t, draws[0], draws[1])
}

func TestPartsCoverEveryRow(t *testing.T) {
	rows := data(200)
	plain, strata, groups := Rows{N: 200}, Rows{Strata: rows.Strata}, Rows{Groups: rows.Groups}
	both := Rows{Strata: rows.Strata, Groups: rows.Groups}
	for name, c := range map[string]struct {
		p    Parts
		rows Rows
	}{
		"plain": {Parts{}, plain}, "ordered": {Parts{Ordered: true}, Rows{Time: rows.Time}},
		"stratified": {Parts{}, strata}, "grouped": {Parts{}, groups}, "by rows": {Parts{BalanceRows: true}, groups},
		"stratified and grouped": {Parts{}, both}, "grouped in order": {Parts{Ordered: true}, groups},
		"ten":    {Parts{Shares: []float64{.1, .1, .1, .1, .1, .1, .1, .1, .1, .1}}, plain},
		"counts": {Parts{Counts: []int{100, 60, 40}}, plain}, "remainders": {Parts{LargestRemainder: true}, plain},
	} {
		t.Run(name, func(t *testing.T) {
			parts, err := c.p.Split(c.rows)
			require.NoError(t, err)
			seen := make([]bool, 200)
			for _, p := range parts {
				for _, r := range p {
					assert.False(t, seen[r])
					seen[r] = true
				}
			}
			assert.NotContains(t, seen, false)
			again, err := c.p.Split(c.rows)
			require.NoError(t, err)
			assert.Equal(t, parts, again)
			if c.rows.Groups.codes != nil {
				of := map[int]int{}
				for i, p := range parts {
					for _, r := range p {
						g := c.rows.Groups.Code(r)
						was, ok := of[g]
						assert.True(t, !ok || was == i, "group %d in two parts", g)
						of[g] = i
					}
				}
			}
		})
	}
}

func (r Rows) bare() Rows {
	r.Time, r.End = nil, nil
	return r
}

// Labels of no rows are as good as none.
func TestPartsWithEmptyLabels(t *testing.T) {
	parts, err := Parts{}.Split(Rows{N: 20, Strata: By([]int{}), Groups: By([]string{})})
	require.NoError(t, err)
	assert.Len(t, parts[0], 14)
	for name, s := range splitters() {
		rows := data(60)
		want, err := s.Split(rows.bare())
		require.NoError(t, err, name)
		rows.Time, rows.End = []float64{}, []float64{}
		got, err := s.Split(rows)
		require.NoError(t, err, name)
		assert.Equal(t, Collect(want), Collect(got), name)
	}
}

func TestPartsSizes(t *testing.T) {
	sizes := func(p Parts, rows Rows) (out []int) {
		parts, err := p.Split(rows)
		require.NoError(t, err)
		for _, x := range parts {
			out = append(out, len(x))
		}
		return out
	}
	assert.Equal(t, []int{70, 15, 15}, sizes(Parts{}, Rows{N: 100}))
	assert.Equal(t, []int{701, 151, 151}, sizes(Parts{}, Rows{N: 1003}))
	assert.Equal(t, []int{702, 151, 150}, sizes(Parts{LargestRemainder: true}, Rows{N: 1003}))

	// 100 of a, 60 of b, 40 of c at 70/15/15: exact quotas
	y := make([]string, 200)
	for i := range y {
		y[i] = "aaaaabbbcc"[i%10 : i%10+1]
	}
	l := By(y)
	parts, err := Parts{}.Split(Rows{Strata: l})
	require.NoError(t, err)
	assert.Equal(t, []int{70, 42, 28}, classesOf(l, parts[0]))
	assert.Equal(t, []int{15, 9, 6}, classesOf(l, parts[1]))
	assert.Equal(t, []int{15, 9, 6}, classesOf(l, parts[2]))

	// groups of very different sizes: balanced by rows the shares hold to
	// within the largest group
	var g []int
	for i := range 40 {
		for range 1 + i%13 {
			g = append(g, i)
		}
	}
	parts, err = Parts{BalanceRows: true}.Split(Rows{Groups: By(g)})
	require.NoError(t, err)
	for i, share := range []float64{.7, .15, .15} {
		assert.InDelta(t, share*float64(len(g)), float64(len(parts[i])), 13, "part %d", i)
	}
	rows := data(2000)
	parts, err = Parts{}.Split(Rows{Strata: rows.Strata, Groups: rows.Groups})
	require.NoError(t, err)
	for i, share := range []float64{.7, .15, .15} {
		for c, n := range classesOf(rows.Strata, parts[i]) {
			assert.InDelta(t, share, float64(n)/float64(rows.Strata.counts()[c]), .02, "part %d class %d", i, c)
		}
	}
}

func TestTimeOrderAndPurge(t *testing.T) {
	rows := data(80)
	for name, s := range map[string]Splitter{"TimeSeries": TimeSeries{}, "GroupTimeSeries": GroupTimeSeries{Folds: 3}} {
		seq, err := s.Split(rows)
		require.NoError(t, err)
		for train, test := range seq {
			last, first := math.Inf(-1), math.Inf(1)
			for _, r := range train {
				last = max(last, rows.Time[r])
			}
			for _, r := range test {
				first = min(first, rows.Time[r])
			}
			assert.Less(t, last, first, name)
		}
	}
	// labels that take 3 units to be known: the three rows before the test go
	end := make([]float64, 12)
	for i := range end {
		end[i] = float64(i) + 3
	}
	seq, err := TimeSeries{Folds: 2}.Split(Rows{End: end})
	require.NoError(t, err)
	assert.Equal(t, []Fold{{[]int{0}, []int{4, 5, 6, 7}}, {[]int{0, 1, 2, 3, 4}, []int{8, 9, 10, 11}}}, Collect(seq))

	seq, err = PurgedKFold{Folds: 3, Purge: 1, Embargo: 1}.Split(Rows{N: 12})
	require.NoError(t, err)
	assert.Equal(t, []string{"eeee..tttttt", "ttt.eeee..tt", "ttttttt.eeee"}, allMarks(12, Collect(seq)))
	seq, err = PurgedKFold{Folds: 3}.Split(Rows{End: end})
	require.NoError(t, err)
	assert.Equal(t, []string{"eeee...ttttt", "t...eeee...t", "ttttt...eeee"}, allMarks(12, Collect(seq)))
}

func allMarks(n int, folds []Fold) (out []string) {
	for _, f := range folds {
		out = append(out, marks(n, f))
	}
	return out
}

func TestNestedStaysInside(t *testing.T) {
	rows := data(90)
	seq, err := Nested{Outer: GroupKFold{Folds: 3}, Inner: StratifiedGroupKFold{Folds: 2}}.Split(rows)
	require.NoError(t, err)
	outer := 0
	for f, inner := range seq {
		outer++
		for train, test := range inner {
			both := slices.Sorted(slices.Values(append(slices.Clone(train), test...)))
			assert.Equal(t, f.Train, both)
		}
	}
	assert.Equal(t, 3, outer)
}

// A bootstrap draws every row equally often and leaves out about exp(-1).
func TestBootstrapShares(t *testing.T) {
	for name, s := range map[string]Splitter{"rows": Bootstrap{Splits: 400}, "blocks": BlockBootstrap{Splits: 400, Block: 5}, "stationary": BlockBootstrap{Splits: 400, Block: 5, Stationary: true}} {
		seq, err := s.Split(Rows{N: 100})
		require.NoError(t, err)
		drawn, out := make([]float64, 100), 0.0
		for train, test := range seq {
			assert.Len(t, train, 100)
			out += float64(len(test))
			for _, r := range train {
				drawn[r]++
			}
		}
		for r, n := range drawn {
			assert.InDelta(t, 400, n, 400*.35, "%s: row %d", name, r)
		}
		if name == "rows" {
			assert.InDelta(t, math.Exp(-1), out/40000, .01)
		}
	}
	rows := data(100)
	seq, err := Bootstrap{Stratified: true}.Split(rows)
	require.NoError(t, err)
	for train := range seq {
		assert.Equal(t, rows.Strata.counts(), classesOf(rows.Strata, train))
	}
}

func TestLabels(t *testing.T) {
	l := By([]string{"b", "a", "c", "a"})
	assert.Equal(t, []int{1, 0, 2, 0}, l.codes)
	x, err := Cross(l, By([]int{1, 1, 1, 2}))
	require.NoError(t, err)
	assert.Equal(t, []int{2, 0, 3, 1}, x.codes)
	q, err := Quantiles([]float64{5, 1, 4, 2, 3, 6}, 3)
	require.NoError(t, err)
	assert.Equal(t, []int{2, 0, 1, 0, 1, 2}, q.codes)
	q, err = Quantiles([]float64{1, 1, 1, 1}, 3)
	require.NoError(t, err)
	assert.Equal(t, 1, q.Classes())
	sub, err := Rows{Strata: l, Time: []float64{1, 2, 3, 4}}.Subset([]int{2, 1})
	require.NoError(t, err)
	assert.Equal(t, []int{1, 0}, sub.Strata.codes)
	assert.Equal(t, []float64{3, 2}, sub.Time)
	n, err := LeavePOut{P: 15}.Count(Rows{N: 30})
	require.NoError(t, err)
	assert.Equal(t, 155117520, n)
	n, err = LeavePOut{P: 30}.Count(Rows{N: 60})
	if math.MaxInt == math.MaxInt32 {
		assert.ErrorIs(t, err, mlgauge.ErrRange)
		return
	}
	require.NoError(t, err)
	assert.Equal(t, int64(118264581564861424), int64(n))
}
