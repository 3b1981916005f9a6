package preprocess

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/parallel"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// IsolationForest scores rows by how few random cuts separate them from the
// others: every tree cuts a sample of the rows at a random value of a random
// column until each row is alone or the depth is log2 of the sample, and
//
//	score(x) = -2^( -mean depth(x) / c(sample) )
//	c(n) = 2 (ln(n-1) + 0.5772...) - 2 (n-1) / n,  c(2) = 1,  c(1) = 0
//
// where a leaf that still holds m rows counts c(m) levels more. Scores lie
// between -1 and 0; the lower, the more of an outlier; ordinary rows score about
// -0.5 and above. The zero value is ready to fit.
//
// The same seed gives the same forest on any number of cores. NaN and infinities
// are mlgauge.ErrNotFinite.
//
// Definition: scikit-learn 1.9, IsolationForest.score_samples, with float64 in
// the place of float32 and its own random numbers. Source: Liu, Ting, Zhou,
// Isolation Forest, ICDM 2008.
type IsolationForest struct {
	// Trees is their number; 0 stands for 100.
	Trees int
	// Samples is how many rows, drawn without replacement, a tree sees; 0 stands
	// for 256, and it is at most the number of rows.
	Samples int
	// Bootstrap draws the rows with replacement.
	Bootstrap bool
	// Features is the share of the columns, drawn without replacement, that a
	// tree sees; 0 stands for 1.
	Features float64
	// Contamination is the share of outliers among the training rows, at most
	// 0.5, which sets Offset; 0 sets it to -0.5.
	Contamination float64
	// Seed is the seed of the forest.
	Seed uint64

	Columns int             // width of the rows
	Sampled int             // rows that each tree saw
	Forest  []IsolationTree // the trees
	Offset  float64         // rows that score below are outliers
}

// IsolationTree is a tree by its nodes; node 0 is the root. The children of a
// leaf are -1.
type IsolationTree struct {
	Feature   []int           `json:"feature"`   // column that a node cuts
	Threshold jsonfloat.Slice `json:"threshold"` // x <= Threshold goes to the left
	Left      []int           `json:"left"`
	Right     []int           `json:"right"`
	Count     []int           `json:"count"` // training rows in the node
}

func (f *IsolationForest) check(fn string) error {
	if err := check.AtLeast(fn, "Trees", f.Trees, 0); err != nil {
		return err
	}
	if err := check.AtLeast(fn, "Samples", f.Samples, 0); err != nil {
		return err
	}
	if err := check.In(fn, "Features", f.Features, 0, 1); err != nil {
		return err
	}
	return check.In(fn, "Contamination", f.Contamination, 0, .5)
}

// Fit grows the forest on the rows of x.
func (f *IsolationForest) Fit(x mat.Matrix) error {
	const fn = "IsolationForest.Fit"
	if err := f.check(fn); err != nil {
		return err
	}
	g, err := finiteView(fn, "x", x)
	if err != nil {
		return err
	}
	t := *f
	trees, samples := t.Trees, t.Samples
	if trees == 0 {
		trees = 100
	}
	if samples == 0 {
		samples = 256
	}
	t.Columns, t.Sampled = g.Cols, min(samples, g.Rows)
	features := g.Cols
	if t.Features > 0 {
		features = max(1, int(t.Features*float64(g.Cols)))
	}
	depth := int(math.Ceil(math.Log2(float64(max(t.Sampled, 2)))))
	t.Forest = make([]IsolationTree, trees)
	parallel.Each(trees, func(k int) {
		r := rand.New(rand.NewPCG(t.Seed, uint64(k)))
		var rows []int
		if t.Bootstrap {
			rows = make([]int, t.Sampled)
			for i := range rows {
				rows[i] = r.IntN(g.Rows)
			}
		} else {
			rows = r.Perm(g.Rows)[:t.Sampled]
		}
		cols := r.Perm(g.Cols)[:features]
		slices.Sort(cols)
		b := isolationBuilder{g: g, r: r, cols: cols, live: make([]int, 0, features)}
		b.grow(rows, depth)
		t.Forest[k] = b.t
	})
	t.Offset = -.5
	if t.Contamination > 0 {
		scores, err := t.Scores(nil, x)
		if err != nil {
			return err
		}
		slices.Sort(scores)
		t.Offset = quantiles(scores, []float64{t.Contamination})[0]
	}
	*f = t
	return nil
}

type isolationBuilder struct {
	g    blas64.General
	r    *rand.Rand
	cols []int
	live []int
	t    IsolationTree
}

// grow adds the node of rows, and its children, and returns its index.
func (b *isolationBuilder) grow(rows []int, depth int) int {
	node := len(b.t.Count)
	b.t.Feature = append(b.t.Feature, -1)
	b.t.Threshold = append(b.t.Threshold, 0)
	b.t.Left = append(b.t.Left, -1)
	b.t.Right = append(b.t.Right, -1)
	b.t.Count = append(b.t.Count, len(rows))
	if depth == 0 || len(rows) <= 1 {
		return node
	}
	// A column that is constant here cannot be cut: draw until one is not.
	b.live = append(b.live[:0], b.cols...)
	for len(b.live) > 0 {
		p := b.r.IntN(len(b.live))
		j := b.live[p]
		b.live[p] = b.live[len(b.live)-1]
		b.live = b.live[:len(b.live)-1]
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, i := range rows {
			v := b.g.Data[i*b.g.Stride+j]
			lo, hi = min(lo, v), max(hi, v)
		}
		if lo == hi {
			continue
		}
		u := b.r.Float64()
		cut := lo*(1-u) + hi*u
		if cut >= hi || cut < lo {
			cut = lo
		}
		k := 0
		for i, row := range rows {
			if b.g.Data[row*b.g.Stride+j] <= cut {
				rows[i], rows[k] = rows[k], row
				k++
			}
		}
		b.t.Feature[node], b.t.Threshold[node] = j, cut
		left := b.grow(rows[:k], depth-1)
		right := b.grow(rows[k:], depth-1)
		b.t.Left[node], b.t.Right[node] = left, right
		return node
	}
	return node
}

// averagePath is the mean depth of an unsuccessful search in a binary tree of n
// values.
func averagePath(n int) float64 {
	const euler = 0.57721566490153286
	switch {
	case n <= 1:
		return 0
	case n == 2:
		return 1
	}
	m := float64(n)
	return 2*(math.Log(m-1)+euler) - 2*(m-1)/m
}

// depth returns how deep row ends, and what its leaf still holds counts.
func (t *IsolationTree) depth(row []float64) float64 {
	node, d := 0, 0
	for t.Left[node] >= 0 {
		if row[t.Feature[node]] <= t.Threshold[node] {
			node = t.Left[node]
		} else {
			node = t.Right[node]
		}
		d++
	}
	return float64(d) + averagePath(t.Count[node])
}

func (f *IsolationForest) score(row []float64) float64 {
	var sum float64
	for k := range f.Forest {
		sum += f.Forest[k].depth(row)
	}
	c := float64(len(f.Forest)) * averagePath(f.Sampled)
	if c == 0 {
		return -.5 // a sample of one row says nothing
	}
	return -math.Exp2(-sum / c)
}

// Scores writes the score of every row of x into dst, which is allocated if
// nil, and returns it.
func (f *IsolationForest) Scores(dst []float64, x mat.Matrix) ([]float64, error) {
	const fn = "IsolationForest.Scores"
	if f.Columns == 0 || len(f.Forest) == 0 {
		return nil, check.NotFitted(fn)
	}
	g, err := finiteView(fn, "x", x)
	if err != nil {
		return nil, err
	}
	if err := width(fn, "x", f.Columns, g.Cols); err != nil {
		return nil, err
	}
	if dst == nil {
		dst = make([]float64, g.Rows)
	}
	if err := check.Length(fn, "dst", g.Rows, len(dst)); err != nil {
		return nil, err
	}
	const size = 64
	parallel.Each(parallel.Blocks(g.Rows, size), func(b int) {
		for i := b * size; i < min(g.Rows, (b+1)*size); i++ {
			dst[i] = f.score(g.Data[i*g.Stride : i*g.Stride+g.Cols])
		}
	})
	return dst, nil
}

// ScoreRow returns the score of one row.
func (f *IsolationForest) ScoreRow(row []float64) (float64, error) {
	const fn = "IsolationForest.ScoreRow"
	if f.Columns == 0 || len(f.Forest) == 0 {
		return 0, check.NotFitted(fn)
	}
	if err := check.Length(fn, "row", f.Columns, len(row)); err != nil {
		return 0, err
	}
	if err := check.Finite(fn, "row", row); err != nil {
		return 0, err
	}
	return f.score(row), nil
}

// Flag returns which rows of x are outliers: those that score below Offset.
func (f *IsolationForest) Flag(x mat.Matrix) ([]bool, error) {
	s, err := f.Scores(nil, x)
	if err != nil {
		return nil, err
	}
	out := make([]bool, len(s))
	for i, v := range s {
		out[i] = v < f.Offset
	}
	return out, nil
}

// Rows returns the rows of x that are no outliers, ascending (see TakeRows).
func (f *IsolationForest) Rows(x mat.Matrix) ([]int, error) {
	flags, err := f.Flag(x)
	if err != nil {
		return nil, err
	}
	var kept []int
	for i, bad := range flags {
		if !bad {
			kept = append(kept, i)
		}
	}
	return kept, nil
}

type forestJSON struct {
	Trees         int             `json:"trees,omitempty"`
	Samples       int             `json:"samples,omitempty"`
	Bootstrap     bool            `json:"bootstrap,omitempty"`
	Features      float64         `json:"features,omitempty"`
	Contamination float64         `json:"contamination,omitempty"`
	Seed          uint64          `json:"seed,omitempty"`
	Columns       int             `json:"columns,omitempty"`
	Sampled       int             `json:"sampled,omitempty"`
	Forest        []IsolationTree `json:"forest,omitempty"`
	Offset        float64         `json:"offset,omitempty"`
}

// MarshalJSON writes options and trees.
func (f *IsolationForest) MarshalJSON() ([]byte, error) { return json.Marshal(forestJSON(*f)) }

// UnmarshalJSON reads what MarshalJSON wrote; what cannot be a forest is
// mlgauge.ErrCorrupt, and f stays as it was.
func (f *IsolationForest) UnmarshalJSON(data []byte) error {
	const fn = "IsolationForest.UnmarshalJSON"
	var v forestJSON
	if err := jsonfloat.Decode(fn, data, &v); err != nil {
		return err
	}
	t := IsolationForest(v)
	if err := t.check(fn); err != nil {
		return jsonfloat.Corrupt(fn, "%v", err)
	}
	if t.Columns < 0 || t.Sampled < 0 || (t.Columns == 0) != (len(t.Forest) == 0) || (t.Columns == 0) != (t.Sampled == 0) {
		return jsonfloat.Corrupt(fn, "need columns, sampled and forest, or none of them")
	}
	for k := range t.Forest {
		if err := t.Forest[k].check(fn, k, t.Columns); err != nil {
			return err
		}
	}
	*f = t
	return nil
}

// check reports what is not a tree: children must come after their parent, so
// that every walk ends.
func (t *IsolationTree) check(fn string, k, cols int) error {
	n := len(t.Count)
	if n == 0 || len(t.Feature) != n || len(t.Threshold) != n || len(t.Left) != n || len(t.Right) != n {
		return jsonfloat.Corrupt(fn, "tree %d: need arrays of one length of at least 1", k)
	}
	for i := range n {
		l, r := t.Left[i], t.Right[i]
		if t.Count[i] < 0 || (l < 0) != (r < 0) || l >= 0 && (l <= i || r <= i || l >= n || r >= n || t.Feature[i] < 0 || t.Feature[i] >= cols || math.IsNaN(t.Threshold[i])) {
			return jsonfloat.Corrupt(fn, "tree %d: node %d cannot be", k, i)
		}
	}
	return nil
}
