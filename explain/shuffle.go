package explain

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/kernel"
)

// permuter predicts with shuffled features.
type permuter struct {
	caller
	x      *mat.Dense
	groups [][]int
	size   int       // rows per call
	rows   int       // rows per repeat
	perm   [][]int32 // per repeat: the row that gives its value to each
	chosen [][]int32 // per repeat: the rows used, nil for all in order
}

// baseline predicts the rows as they are and hands the predictions to take, which
// must not keep them.
func (p *permuter) baseline(take func(lo, hi int, pred []float64) error) error {
	w := newShuffler(p, worker{})
	for lo := 0; lo < p.rows; lo += w.size {
		hi := min(p.rows, lo+w.size)
		x, pred := w.block(lo, hi, nil), w.out[:hi-lo]
		if err := p.predict(pred, x); err != nil {
			return err
		}
		if lo == 0 {
			if err := p.again(pred, x); err != nil {
				return err
			}
		}
		if err := w.unchanged(lo, hi, nil); err != nil {
			return err
		}
		if err := take(lo, hi, pred); err != nil {
			return err
		}
	}
	return nil
}

// shuffle draws the permutations.
func (p *permuter) shuffle(o PermutationOptions) {
	n := p.rows
	p.rows = o.MaxRows
	p.perm, p.chosen = make([][]int32, o.Repeats), make([][]int32, o.Repeats)
	for r := range p.perm {
		rng := rand.NewPCG(o.Seed, uint64(r))
		p.perm[r] = make([]int32, p.rows)
		if p.rows == n {
			draw(p.perm[r], n, rng)
			continue
		}
		// A sample of rows first, then a permutation among them.
		all := make([]int32, n)
		draw(all, p.rows, rng)
		p.chosen[r] = all[:p.rows:p.rows]
		draw(p.perm[r], p.rows, rng)
		for i, at := range p.perm[r] {
			p.perm[r][i] = all[at]
		}
	}
}

// worker takes what one goroutine predicts. Place is that of a group among those
// that are predicted together.
type worker struct {
	add func(place, r, lo, hi int, pred []float64) error // rows lo to hi of a repeat, in order; must not keep pred
	end func(place, g int) error                         // all repeats of group g are complete
}

// shuffledElements bounds the columns and predictions that a worker holds: 16
// megabytes, or those of one group where they are more.
const shuffledElements = 1 << 21

// each predicts every repeat of every group on the workers. The error is that of
// the first group that failed for a reason of its own.
func (p *permuter) each(workers int, holds bool, start func() worker) error {
	var stop context.CancelFunc
	p.ctx, stop = context.WithCancel(p.ctx)
	defer stop()
	n, _ := p.x.Dims()
	elements := 4 * n // the columns are to stay in the cache
	if holds {
		elements = p.rows * len(p.perm)
	}
	// A worker takes several groups at a time: a block of rows is copied once for
	// all of them. Parts are as large as each other, and as many for each worker.
	workers = min(workers, len(p.groups))
	most := max(1, shuffledElements/elements)
	parts := (len(p.groups) + most - 1) / most
	parts = min((parts+workers-1)/workers*workers, len(p.groups))
	errs := make([]error, parts)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			w := newShuffler(p, start())
			for {
				part := int(next.Add(1)) - 1
				if part >= parts {
					return
				}
				if errs[part] = w.run(part, parts); errs[part] != nil {
					stop() // the others need not go on
					return
				}
			}
		})
	}
	wg.Wait()
	var cancelled error
	for _, err := range errs {
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
		if cancelled == nil {
			cancelled = err
		}
	}
	return cancelled
}

// shuffler is one worker with its buffers.
type shuffler struct {
	*permuter
	worker
	size    int
	data    []float64   // a block of rows
	out     []float64   // its predictions
	columns [][]float64 // of the features that are shuffled, in the order of their groups
}

func newShuffler(p *permuter, w worker) *shuffler {
	_, d := p.x.Dims()
	size := min(p.size, p.rows)
	return &shuffler{permuter: p, worker: w, size: size, data: make([]float64, size*d), out: make([]float64, size)}
}

// run predicts every repeat of the groups of a part. Only the columns of one group
// change between two calls of the model.
func (w *shuffler) run(part, parts int) error {
	first, end := part*len(w.groups)/parts, (part+1)*len(w.groups)/parts
	w.read(w.groups[first:end])
	repeats := len(w.perm)
	same := repeats // repeats that use the same rows
	if w.chosen[0] != nil {
		same = 1
	}
	for lo := 0; lo < w.rows; lo += w.size {
		hi := min(w.rows, lo+w.size)
		for r := 0; r < repeats; r += same {
			x := w.block(lo, hi, w.chosen[r])
			columns := w.columns
			for g := first; g < end; g++ {
				if err := w.shuffled(x, lo, hi, r, r+same, g-first, w.groups[g], columns); err != nil {
					return err
				}
				if columns = columns[held(w.groups[g]):]; hi == w.rows && r+same == repeats {
					if err := w.end(g-first, g); err != nil {
						return err
					}
				}
			}
			// A look at every row in one of the parts finds a model that writes.
			if lo/w.size%parts == part {
				if err := w.unchanged(lo, hi, w.chosen[r]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// held returns how many columns are held of a group. A column is copied since it
// is read in random order, but of a wide group the rows are read where they are.
func held(group []int) int {
	if len(group) > 4 {
		return 0
	}
	return len(group)
}

// readRows rows stay in the cache while their columns are read.
const readRows = 256

// read copies the columns of groups that are held.
func (w *shuffler) read(groups [][]int) {
	raw := w.x.RawMatrix()
	var features []int
	for _, g := range groups {
		features = append(features, g[:held(g)]...)
	}
	for len(w.columns) < len(features) {
		w.columns = append(w.columns, make([]float64, raw.Rows))
	}
	for lo := 0; lo < raw.Rows; lo += readRows {
		hi := min(raw.Rows, lo+readRows)
		for c, j := range features {
			kernel.TakeColumn(w.columns[c][lo:hi], raw.Data[lo*raw.Stride:], j, raw.Stride)
		}
	}
}

// block copies rows lo to hi of those that are chosen.
func (w *shuffler) block(lo, hi int, chosen []int32) *mat.Dense {
	_, d := w.x.Dims()
	for i := lo; i < hi; i++ {
		copy(w.data[(i-lo)*d:(i-lo+1)*d], w.x.RawRowView(at(chosen, i)))
	}
	return mat.NewDense(hi-lo, d, w.data[:(hi-lo)*d])
}

func at(chosen []int32, i int) int {
	if chosen == nil {
		return i
	}
	return int(chosen[i])
}

// unchanged reports a model that changed the block (ErrUndefined).
func (w *shuffler) unchanged(lo, hi int, chosen []int32) error {
	_, d := w.x.Dims()
	for i := lo; i < hi; i++ {
		if err := unchanged(w.fn, w.data[(i-lo)*d:(i-lo+1)*d], w.x.RawRowView(at(chosen, i))); err != nil {
			return err
		}
	}
	return nil
}

// shuffled predicts repeats r to end of a group on the block x, and puts its columns
// back.
func (w *shuffler) shuffled(x *mat.Dense, lo, hi, r, end, place int, features []int, columns [][]float64) error {
	pred := w.out[:hi-lo]
	chosen := w.chosen[r]
	for ; r < end; r++ {
		w.write(lo, hi, features, columns, w.perm[r])
		if err := w.predict(pred, x); err != nil {
			return err
		}
		if err := w.add(place, r, lo, hi, pred); err != nil {
			return err
		}
	}
	w.write(lo, hi, features, columns, chosen)
	return nil
}

// write sets features of the block to those of the rows from, nil for its own.
func (w *shuffler) write(lo, hi int, features []int, columns [][]float64, from []int32) {
	_, d := w.x.Dims()
	data := w.data[:(hi-lo)*d]
	if held(features) == 0 {
		for i := lo; i < hi; i++ {
			have, row := data[(i-lo)*d:(i-lo+1)*d], w.x.RawRowView(at(from, i))
			for _, j := range features {
				have[j] = row[j]
			}
		}
		return
	}
	for c, j := range features {
		if from == nil {
			kernel.PutColumn(data, j, d, columns[c][lo:hi])
		} else {
			kernel.ScatterColumn(data, j, d, columns[c], from[lo:hi])
		}
	}
}

// draw fills p with 0 to n-1 and shuffles so that its first count places are a
// random sample in random order.
func draw(p []int32, count int, rng *rand.PCG) {
	for i := range p {
		p[i] = int32(i)
	}
	n := uint32(len(p))
	var bits uint64
	for i := range uint32(min(count, len(p)-1)) {
		// Lemire's bounded number without a division, from 32 random bits: two
		// from each draw.
		if bits >>= 32; i%2 == 0 {
			bits = rng.Uint64()
		}
		bound := n - i
		m := (bits & math.MaxUint32) * uint64(bound)
		if uint32(m) < bound {
			for least := -bound % bound; uint32(m) < least; {
				m = (rng.Uint64() >> 32) * uint64(bound)
			}
		}
		j := i + uint32(m>>32)
		p[i], p[j] = p[j], p[i]
	}
}
