// Package sketch summarises streams of numbers in bounded memory so that
// quantiles can be asked of them with a stated error, and merged.
package sketch

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// DefaultK is the accuracy of a KLL whose K is 0: ranks are right to 0.3% of
// the number of values in 99% of the cases, in about 40 KB.
const DefaultK = 1600

// MinK and MaxK bound the accuracy of a KLL.
const (
	MinK = 8
	MaxK = 65535
)

// minWidth is the least capacity of a level.
const minWidth = 8

// KLL is the quantile sketch of Karnin, Lang and Liberty: levels of values,
// those of level h standing for 2^h values each; a full level is sorted and
// every second of its values, starting at the first or the second by a coin,
// moves up, where it is merged with the values that are sorted already. The zero value is ready, with K = DefaultK. The coins come from a
// generator whose state is part of the sketch, so the same calls give the same
// sketch on every run, and a saved sketch goes on as the original would.
//
// The datasketches modules toss a process-wide coin that cannot be seeded, which
// is why this one exists.
//
// Copying a KLL shares its levels; use Clone.
//
// Source: Karnin, Lang, Liberty, Optimal Quantile Approximation in Streams,
// FOCS 2016; the capacities and the error bound are those of Apache
// DataSketches.
type KLL struct {
	K      int // accuracy, DefaultK if 0; set it before the first Add
	n      uint64
	lo, hi float64
	levels [][]float64 // those above the lowest ascending
	held   int
	limit  int
	coin   uint64
}

// New returns an empty sketch of that accuracy; 0 stands for DefaultK.
func New(k int) (*KLL, error) {
	s := &KLL{K: k}
	if k != 0 && (k < MinK || k > MaxK) {
		return nil, fmt.Errorf("sketch.New: k: need 0 or %d to %d, have %d: %w", MinK, MaxK, k, mlgauge.ErrRange)
	}
	return s, nil
}

func (s *KLL) k() int {
	if s.K == 0 {
		return DefaultK
	}
	return min(max(s.K, MinK), MaxK)
}

// RankError returns the error of a rank, as a share of N, that is not exceeded
// in 99% of the cases: 2.296 / k^0.9021.
func (s *KLL) RankError() float64 { return 2.296 / math.Pow(float64(s.k()), 0.9021) }

// N returns how many values were added.
func (s *KLL) N() uint64 { return s.n }

// Min returns the least value, exactly; NaN if there is none.
func (s *KLL) Min() float64 {
	if s.n == 0 {
		return math.NaN()
	}
	return s.lo
}

// Max returns the greatest value, exactly; NaN if there is none.
func (s *KLL) Max() float64 {
	if s.n == 0 {
		return math.NaN()
	}
	return s.hi
}

// Exact tells that every value is still held, so that quantiles are exact.
func (s *KLL) Exact() bool { return len(s.levels) <= 1 }

// Held returns the number of values in memory.
func (s *KLL) Held() int { return s.held }

// Add adds x. NaN is skipped.
func (s *KLL) Add(x ...float64) {
	for _, v := range x {
		s.add(v)
	}
}

func (s *KLL) add(v float64) {
	if v != v {
		return
	}
	if s.levels == nil {
		s.levels = [][]float64{make([]float64, 0, min(s.capacity(0, 1), 256))}
		s.limit = s.capacity(0, 1)
	}
	if s.n == 0 {
		s.lo, s.hi = v, v
	}
	s.lo, s.hi = min(s.lo, v), max(s.hi, v)
	s.n++
	s.levels[0] = append(s.levels[0], v)
	s.held++
	if s.held >= s.limit {
		s.compress()
	}
}

// AddBlock adds the values of x, which hold no NaN, and reorders x. It is Add for
// many values at once, at the price of a radix sort; see AddSorted.
func (s *KLL) AddBlock(x []float64) {
	if len(x) < leastBlock {
		s.Add(x...)
		return
	}
	kernel.SortFloat64s(x)
	s.AddSorted(x)
}

// leastBlock is the number of values that are worth a block.
const leastBlock = 256

// AddSorted adds the values of x, ascending and without NaN, and uses x as
// scratch. A block is halved as it would be on its way through the lower levels,
// but as a whole, which costs a fraction of adding its values one by one and adds
// less error: a level is halved once per block, instead of each time it is full.
func (s *KLL) AddSorted(x []float64) {
	if len(x) < leastBlock {
		s.Add(x...)
		return
	}
	if s.levels == nil {
		s.levels = [][]float64{nil}
		s.limit = s.capacity(0, 1)
	}
	if s.n == 0 {
		s.lo, s.hi = x[0], x[0]
	}
	s.lo, s.hi = min(s.lo, x[0]), max(s.hi, x[len(x)-1])
	s.n += uint64(len(x))
	h := 0
	for ; h+1 < len(s.levels) && 2*len(x) > s.capacity(h, len(s.levels)); h++ {
		if len(x)%2 == 1 {
			s.put(h, x[len(x)-1:])
		}
		x = s.everySecond(x[:len(x)/2*2])
	}
	s.put(h, x)
	if s.held >= s.limit {
		s.compress()
	}
}

// put adds ascending values to level h. Levels above the lowest stay ascending.
func (s *KLL) put(h int, x []float64) {
	old := s.levels[h]
	all := append(old, x...)
	s.levels[h] = all
	s.held += len(x)
	if h == 0 || len(old) == 0 || len(x) == 0 || old[len(old)-1] <= x[0] {
		return
	}
	i, j := len(old)-1, len(x)-1
	for at := len(all) - 1; j >= 0; at-- { // from the back, so that old moves within itself
		if i >= 0 && old[i] > x[j] {
			all[at] = old[i]
			i--
		} else {
			all[at] = x[j]
			j--
		}
	}
}

// everySecond keeps, of an even number of ascending values, every second one,
// from the first or the second by a coin, at the front of x.
func (s *KLL) everySecond(x []float64) []float64 {
	off := int(s.toss())
	half := x[:len(x)/2]
	for i := range half {
		half[i] = x[2*i+off]
	}
	return half
}

// capacity returns how many values level h of so many may hold.
func (s *KLL) capacity(h, levels int) int {
	return max(minWidth, int(math.Ceil(float64(s.k())*math.Pow(2./3, float64(levels-1-h)))))
}

// total returns the capacity of all levels together.
func (s *KLL) total(levels int) int {
	var c int
	for h := range levels {
		c += s.capacity(h, levels)
	}
	return c
}

// compress halves full levels, lowest first, until the sketch has room.
func (s *KLL) compress() {
	for s.held >= s.limit {
		for h := range s.levels {
			if len(s.levels[h]) < s.capacity(h, len(s.levels)) || len(s.levels[h]) < 2 {
				continue
			}
			if h+1 == len(s.levels) {
				s.levels = append(s.levels, nil)
				s.limit = s.total(len(s.levels))
			}
			s.halve(h)
			break
		}
	}
}

// halve moves every second value of level h up; of an odd number, the last one
// stays.
func (s *KLL) halve(h int) {
	x := s.levels[h]
	even := x[:len(x)/2*2]
	odd := x[len(even):]
	if h == 0 {
		kernel.SortFloat64s(even)
	}
	half := s.everySecond(even)
	s.put(h+1, half)
	s.levels[h] = append(x[:0], odd...)
	s.held -= len(even)
}

// toss returns 0 or 1 (splitmix64).
func (s *KLL) toss() uint64 {
	s.coin += 0x9e3779b97f4a7c15
	z := s.coin
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return (z ^ z>>31) >> 63
}

// Merge adds what o holds. o stays as it was. Sketches of different K are
// mlgauge.ErrIncompatible.
func (s *KLL) Merge(o *KLL) error {
	if s.k() != o.k() {
		return fmt.Errorf("KLL.Merge: need k %d, have %d: %w", s.k(), o.k(), mlgauge.ErrIncompatible)
	}
	if o.n == 0 {
		return nil
	}
	if s == o {
		o = o.Clone()
	}
	if s.n == 0 {
		s.lo, s.hi = o.lo, o.hi
	}
	s.lo, s.hi = min(s.lo, o.lo), max(s.hi, o.hi)
	for len(s.levels) < len(o.levels) {
		s.levels = append(s.levels, nil)
	}
	for h, x := range o.levels {
		s.put(h, x)
	}
	s.n += o.n
	s.coin ^= o.coin
	s.limit = s.total(len(s.levels))
	s.compress()
	return nil
}

// Clone returns a copy that shares nothing.
func (s *KLL) Clone() *KLL {
	c := *s
	c.levels = make([][]float64, len(s.levels))
	for h, x := range s.levels {
		c.levels[h] = slices.Clone(x)
	}
	return &c
}

// Reset forgets the values and keeps K.
func (s *KLL) Reset() { *s = KLL{K: s.K} }

type weighted struct {
	v float64
	w uint64
}

func (s *KLL) sorted() []weighted {
	all := make([]weighted, 0, s.held)
	for h, x := range s.levels {
		for _, v := range x {
			all = append(all, weighted{v, 1 << h})
		}
	}
	slices.SortFunc(all, func(a, b weighted) int { return cmp.Compare(a.v, b.v) })
	return all
}

// Quantiles returns the p-quantiles by linear interpolation between the order
// statistics at p (N-1), exact while Exact, extremes always exact. Ranks carry
// RankError. It is an error if nothing was added (ErrEmpty) or a p is outside
// [0, 1] (ErrRange).
func (s *KLL) Quantiles(p []float64) ([]float64, error) {
	const fn = "KLL.Quantiles"
	if s.n == 0 {
		return nil, check.NotEmpty(fn, "sketch", 0)
	}
	for _, v := range p {
		if err := check.In(fn, "p", v, 0, 1); err != nil {
			return nil, err
		}
	}
	all := s.sorted()
	cum := make([]uint64, len(all)) // how many values lie at or below each
	var c uint64
	for i := range all {
		c += all[i].w
		cum[i] = c
	}
	at := func(rank uint64) float64 { // 0-based
		switch {
		case rank == 0:
			return s.lo
		case rank >= s.n-1:
			return s.hi
		}
		i, _ := slices.BinarySearch(cum, rank+1)
		return all[min(i, len(all)-1)].v
	}
	out := make([]float64, len(p))
	for i, v := range p {
		pos := v * float64(s.n-1)
		k := math.Floor(pos)
		a, b := at(uint64(k)), at(uint64(k)+1)
		t := pos - k
		if t >= 0.5 {
			out[i] = b - (b-a)*(1-t)
		} else {
			out[i] = a + (b-a)*t
		}
		if t == 0 || a == b {
			out[i] = a
		}
	}
	return out, nil
}

// Quantile returns one quantile.
func (s *KLL) Quantile(p float64) (float64, error) {
	q, err := s.Quantiles([]float64{p})
	if err != nil {
		return 0, err
	}
	return q[0], nil
}

// Rank returns the share of the values that are at most v, to within RankError.
func (s *KLL) Rank(v float64) (float64, error) {
	if s.n == 0 {
		return 0, check.NotEmpty("KLL.Rank", "sketch", 0)
	}
	var c uint64
	for h, x := range s.levels {
		for _, u := range x {
			if u <= v {
				c += 1 << h
			}
		}
	}
	return float64(c) / float64(s.n), nil
}

// Append writes the state.
func (s *KLL) Append(w *codec.Writer) {
	w.Int(s.K)
	w.Uint64(s.n)
	w.Float64(s.lo)
	w.Float64(s.hi)
	w.Uint64(s.coin)
	w.Int(len(s.levels))
	for _, x := range s.levels {
		w.Float64s(x)
	}
}

// Read reads what Append wrote, and fails the reader where it cannot be.
func Read(r *codec.Reader) *KLL {
	s := &KLL{K: r.Int(), n: r.Uint64(), lo: r.Float64(), hi: r.Float64(), coin: r.Uint64()}
	levels := r.Count(8)
	if levels > 61 {
		r.Fail("need at most 61 levels, have %d", levels)
		levels = 0
	}
	var n uint64
	for h := range levels {
		x := r.Float64s()
		for _, v := range x {
			if !(v >= s.lo && v <= s.hi) {
				r.Fail("need values between the extremes %v and %v, have %v", s.lo, s.hi, v)
				break
			}
		}
		if h > 0 && !slices.IsSorted(x) {
			slices.Sort(x)
		}
		n += uint64(len(x)) << h
		s.held += len(x)
		s.levels = append(s.levels, x)
	}
	if r.Err() == nil {
		if s.K != 0 && (s.K < MinK || s.K > MaxK) {
			r.Fail("need k 0 or %d to %d, have %d", MinK, MaxK, s.K)
		} else if n != s.n {
			r.Fail("need levels that stand for %d values, have %d", s.n, n)
		} else if levels > 0 {
			s.limit = s.total(levels)
			if s.held > s.limit {
				r.Fail("need at most %d values held, have %d", s.limit, s.held)
			}
		}
	}
	return s
}

// MarshalBinary saves the sketch.
func (s *KLL) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter("sketch.kll/1")
	s.Append(w)
	return w.Finish(), nil
}

// UnmarshalBinary reads what MarshalBinary wrote.
func (s *KLL) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("KLL.UnmarshalBinary", "sketch.kll/1", data)
	t := Read(r)
	if err := r.Close(); err != nil {
		return err
	}
	*s = *t
	return nil
}

// Weighted returns the values held, in no order, and how many values each stands
// for.
func (s *KLL) Weighted() (values, weights []float64) {
	values, weights = make([]float64, 0, s.held), make([]float64, 0, s.held)
	for h, x := range s.levels {
		for _, v := range x {
			values, weights = append(values, v), append(weights, float64(uint64(1)<<h))
		}
	}
	return values, weights
}

// Levels returns the values held, level by level: a value of level h stands for
// 2^h values. The caller must not change them.
func (s *KLL) Levels() [][]float64 { return s.levels }
