package preprocess

import (
	"fmt"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// A Match is a pair of strings that are alike.
type Match struct {
	I, J       int // numbers of the two, I < J
	Similarity float64
}

// A Grouping says which strings stand for the same thing: those that are
// linked by a chain of matches.
type Grouping struct {
	Matches []Match // every pair found that is alike enough, in order
	of      []int   // group of each string
	n       int
}

// Groups returns the groups of two or more, in the order of their first
// members.
func (g Grouping) Groups() [][]int { return groups(g.of, g.n) }

// Survivors returns the numbers of the strings that stay, ascending.
//
// Errors: ErrRange for a keep that does not exist.
func (g Grouping) Survivors(keep Keep) ([]int, error) {
	if keep < KeepFirst || keep > KeepNone {
		return nil, check.Option("Grouping.Survivors", "keep", int(keep))
	}
	return survivors(g.of, g.n, keep), nil
}

// Of returns the number of the group of string i; strings of different groups
// have different numbers, given out in the order of first members.
func (g Grouping) Of(i int) int { return g.of[i] }

// Fuzzy groups strings by comparing pairs. All pairs are compared, or, with
// Block, those with the same block: the first letters, a postcode, a phonetic
// code. For many long strings [NearDuplicates] is far faster.
type Fuzzy struct {
	Similarity Similarity                // nil: JaroWinkler
	Threshold  float64                   // pairs at least this alike match; 0: 0.9
	Block      func(value string) string // nil: one block
}

// Group compares the values and returns the groups. The cost is one comparison
// per pair within a block.
//
// Errors: ErrEmpty without values; ErrRange for a threshold outside (0, 1];
// ErrNotFinite if the similarity returns NaN.
func (f Fuzzy) Group(values []string) (Grouping, error) {
	const fn = "Fuzzy.Group"
	if err := check.NotEmpty(fn, "values", len(values)); err != nil {
		return Grouping{}, err
	}
	threshold := f.Threshold
	if threshold == 0 {
		threshold = 0.9
	}
	if err := check.In(fn, "Threshold", threshold, 0, 1); err != nil {
		return Grouping{}, err
	}
	alike := f.Similarity
	if alike == nil {
		alike = JaroWinkler
	}
	blocks := [][]int{}
	place := map[string]int{}
	for i, v := range values {
		key := ""
		if f.Block != nil {
			key = f.Block(v)
		}
		b, ok := place[key]
		if !ok {
			b = len(blocks)
			place[key] = b
			blocks = append(blocks, nil)
		}
		blocks[b] = append(blocks[b], i)
	}
	// one task per value: it against the later ones of its block
	tasks := make([][]int, 0, len(values))
	for _, b := range blocks {
		for i := range b {
			tasks = append(tasks, b[i:])
		}
	}
	found := make([][]Match, len(values))
	nan := make([]int, len(values)) // 1 + the value with which a comparison failed
	parallel.Each(len(tasks), func(t int) {
		i := tasks[t][0]
		for _, j := range tasks[t][1:] {
			s := alike(values[i], values[j])
			if s != s && nan[i] == 0 {
				nan[i] = j + 1
			}
			if s >= threshold {
				found[i] = append(found[i], Match{i, j, s})
			}
		}
	})
	u := newUnion(len(values))
	var g Grouping
	for i, matches := range found {
		if nan[i] > 0 {
			return Grouping{}, fmt.Errorf("%s: Similarity: need a number, have NaN for values %d and %d: %w", fn, i, nan[i]-1, mlgauge.ErrNotFinite)
		}
		for _, m := range matches {
			u.join(m.I, m.J)
		}
		g.Matches = append(g.Matches, matches...)
	}
	g.of, g.n = u.numbers()
	return g, nil
}

// A union holds disjoint sets of the numbers below n.
type union []int

func newUnion(n int) union {
	u := make(union, n)
	for i := range u {
		u[i] = i
	}
	return u
}

func (u union) find(i int) int {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

// join unites two sets under the smaller root, so that a root is the first
// member of its set.
func (u union) join(i, j int) {
	i, j = u.find(i), u.find(j)
	if i < j {
		u[j] = i
	} else {
		u[i] = j
	}
}

// numbers returns the number of the set of each member, in the order of first
// members, and how many sets there are.
func (u union) numbers() (of []int, n int) {
	of = make([]int, len(u))
	for i := range u {
		if r := u.find(i); r == i {
			of[i] = n
			n++
		} else {
			of[i] = of[r]
		}
	}
	return of, n
}
