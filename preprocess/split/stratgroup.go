package split

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// StratifiedGroupKFold makes folds in which no group is both in train and in
// test and that hold the classes as nearly as possible in the proportions of
// the whole. Groups are dealt out one by one, those with the most uneven class
// counts first, each to the fold that minimises
//
//	mean over classes c of the population standard deviation over folds of
//	(rows of class c in the fold) / (rows of class c)
//
// and among folds that come out equal (to 1e-5 relative plus 1e-8) to the one
// with the fewest rows. Shuffle permutes the groups first, which matters among
// groups with equally uneven counts only.
//
// Split's errors: ErrEmpty without Strata or Groups; ErrRange if Folds < 2, if
// there are fewer groups than folds, if every class has fewer than Folds rows,
// or if one has and AllowSmall is not set.
//
// Source: scikit-learn 1.9.1, StratifiedGroupKFold. As there, a test part may
// come out empty if a few groups hold nearly all rows.
type StratifiedGroupKFold struct {
	Folds      int // 0: 5
	Shuffle    bool
	Seed       uint64
	AllowSmall bool // accept classes with fewer rows than folds
}

// Count returns the number of folds.
func (s StratifiedGroupKFold) Count(rows Rows) (int, error) {
	const fn = "StratifiedGroupKFold.Split"
	if _, err := rows.check(fn, needStrata|needGroups); err != nil {
		return 0, err
	}
	k := orDefault(s.Folds, 5)
	if err := checkFolds(fn, k, "groups", rows.Groups.classes); err != nil {
		return 0, err
	}
	return k, checkClasses(fn, rows.Strata.counts(), k, s.AllowSmall)
}

// Split returns the folds; see [StratifiedGroupKFold].
func (s StratifiedGroupKFold) Split(rows Rows) (iter.Seq2[[]int, []int], error) {
	k, err := s.Count(rows)
	if err != nil {
		return nil, err
	}
	groups := rows.Groups.classes
	order := make([]int, groups)
	for i := range order {
		order[i] = i
	}
	if s.Shuffle {
		shuffle(stream(s.Seed, 0), order)
	}
	perGroup := classCounts(rows)
	sortByUnevenness(order, perGroup)

	total := make([]float64, rows.Strata.classes)
	for c, n := range rows.Strata.counts() {
		total[c] = float64(n)
	}
	d := newDealer(k, total)
	foldOf := make([]int, groups)
	for _, g := range order {
		foldOf[g] = d.best(perGroup[g])
		d.put(foldOf[g], perGroup[g])
	}
	return assigned(throughGroups(rows.Groups, foldOf), k), nil
}

func (s StratifiedGroupKFold) reseeded(seed uint64) Splitter {
	s.Shuffle, s.Seed = true, seed
	return s
}

// classCounts returns the number of rows of each class in each group.
func classCounts(rows Rows) [][]float64 {
	k := rows.Strata.classes
	flat := make([]float64, rows.Groups.classes*k)
	out := make([][]float64, rows.Groups.classes)
	for g := range out {
		out[g] = flat[g*k : (g+1)*k]
	}
	for i, g := range rows.Groups.codes {
		out[g][rows.Strata.codes[i]]++
	}
	return out
}

// sortByUnevenness sorts groups by falling standard deviation of their class
// counts; equal ones keep their order.
func sortByUnevenness(order []int, perGroup [][]float64) {
	std := make([]float64, len(perGroup))
	dev := make([]float64, len(perGroup[0]))
	for g, counts := range perGroup {
		mean := pairwise(counts) / float64(len(counts))
		for c, v := range counts {
			dev[c] = (v - mean) * (v - mean)
		}
		std[g] = math.Sqrt(pairwise(dev) / float64(len(counts)))
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(std[b], std[a]) })
}

// A dealer holds what each fold has so far.
type dealer struct {
	folds   [][]float64 // rows per class
	total   []float64   // rows per class of the whole
	want    []float64   // share of the whole per fold; nil: equal
	std     []float64   // scratch: one per class
	shares  []float64   // scratch: one per fold
	ofFolds []float64   // rows per fold
}

func newDealer(k int, total []float64) *dealer {
	d := &dealer{total: total, std: make([]float64, len(total)), shares: make([]float64, k), ofFolds: make([]float64, k)}
	for range k {
		d.folds = append(d.folds, make([]float64, len(total)))
	}
	return d
}

func (d *dealer) put(fold int, counts []float64) {
	for c, v := range counts {
		d.folds[fold][c] += v
		d.ofFolds[fold] += v
	}
}

func (d *dealer) best(counts []float64) int {
	best, least, fewest := 0, math.Inf(1), math.Inf(1)
	for f := range d.folds {
		e := d.spread(f, counts)
		equal := !math.IsInf(least, 1) && math.Abs(e-least) <= 1e-8+1e-5*math.Abs(least)
		if e < least || equal && d.ofFolds[f] < fewest {
			best, least, fewest = f, e, d.ofFolds[f]
		}
	}
	return best
}

// spread is the criterion with the group put into the given fold. The sums run
// in the order in which NumPy takes them, so that folds that tie there tie
// here.
func (d *dealer) spread(fold int, counts []float64) float64 {
	k := float64(len(d.folds))
	for c, total := range d.total {
		for f := range d.folds {
			v := d.folds[f][c]
			if f == fold {
				v += counts[c]
			}
			d.shares[f] = v / total
			if d.want != nil {
				d.shares[f] /= d.want[f]
			}
		}
		sum := pairwise
		if len(d.total) > 1 {
			sum = sequential
		}
		mean := sum(d.shares) / k
		for f, v := range d.shares {
			d.shares[f] = (v - mean) * (v - mean)
		}
		d.std[c] = math.Sqrt(sum(d.shares) / k)
	}
	return pairwise(d.std) / float64(len(d.std))
}

func sequential(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += v
	}
	return s
}

// pairwise adds as NumPy does along a contiguous axis: eight running sums in
// blocks of up to 128, halves above that.
func pairwise(x []float64) float64 {
	n := len(x)
	if n < 8 {
		return sequential(x)
	}
	if n > 128 {
		half := n / 2
		half -= half % 8
		return pairwise(x[:half]) + pairwise(x[half:])
	}
	var r [8]float64
	copy(r[:], x)
	i := 8
	for ; i+8 <= n; i += 8 {
		for j := range r {
			r[j] += x[i+j]
		}
	}
	s := ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
	for ; i < n; i++ {
		s += x[i]
	}
	return s
}
