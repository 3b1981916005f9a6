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

func newPermuter(c caller, x *mat.Dense, groups [][]int, size int, o PermutationOptions) *permuter {
	n, _ := x.Dims()
	p := &permuter{caller: c, x: x, groups: groups, size: min(size, o.MaxRows), rows: o.MaxRows,
		perm: make([][]int32, o.Repeats), chosen: make([][]int32, o.Repeats)}
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
	return p
}

// shuffledElements bounds the predictions that a worker holds: 16 megabytes, or
// those of one group where they are more.
const shuffledElements = 1 << 21

// each predicts every repeat of every group on the workers and hands the
// predictions to do, which must not keep them. The error is that of the first
// group that failed for a reason of its own.
func (p *permuter) each(workers int, do func(g int, pred [][]float64) error) error {
	var stop context.CancelFunc
	p.ctx, stop = context.WithCancel(p.ctx)
	defer stop()
	n := len(p.groups)
	workers = min(workers, n)
	// A worker takes several groups at a time: a block of rows is copied once for
	// all of them.
	take := max(1, min(shuffledElements/(p.rows*len(p.perm)), (n+workers-1)/workers))
	errs := make([]error, (n+take-1)/take)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			w := newShuffler(p, take)
			for {
				part := int(next.Add(1)) - 1
				if part >= len(errs) {
					return
				}
				first := part * take
				err := w.run(p.groups[first:min(n, first+take)])
				for g := first; err == nil && g < min(n, first+take); g++ {
					err = do(g, w.pred[g-first])
				}
				if errs[part] = err; err != nil {
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

// shuffler is one worker.
type shuffler struct {
	*permuter
	data   []float64     // the buffer
	column [][]float64   // of the features that are shuffled, in the order of their groups
	pred   [][][]float64 // per group and repeat
}

func newShuffler(p *permuter, groups int) *shuffler {
	_, d := p.x.Dims()
	w := &shuffler{permuter: p, data: make([]float64, p.size*d), pred: make([][][]float64, groups)}
	for g := range w.pred {
		w.pred[g] = make([][]float64, len(p.perm))
		for r := range p.perm {
			w.pred[g][r] = make([]float64, p.rows)
		}
	}
	return w
}

// run predicts every repeat of the groups. Only the columns of one group change
// between two calls of the model.
func (w *shuffler) run(groups [][]int) error {
	w.columns(groups)
	repeats := len(w.perm)
	same := repeats // repeats that use the same rows
	if w.chosen[0] != nil {
		same = 1
	}
	for lo := 0; lo < w.rows; lo += w.size {
		hi := min(w.rows, lo+w.size)
		for r := 0; r < repeats; r += same {
			w.block(lo, hi, r)
			at := 0
			for g, features := range groups {
				columns := w.column[at : at+len(features)]
				at += len(features)
				if err := w.shuffled(lo, hi, r, r+same, features, columns, w.pred[g]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// columns copies the columns of the groups, each of which is read in random order.
func (w *shuffler) columns(groups [][]int) {
	n, _ := w.x.Dims()
	var features []int
	for _, g := range groups {
		features = append(features, g...)
	}
	for len(w.column) < len(features) {
		w.column = append(w.column, make([]float64, n))
	}
	for i := range n {
		row := w.x.RawRowView(i)
		for c, j := range features {
			w.column[c][i] = row[j]
		}
	}
}

// block copies rows lo to hi of those that repeat r uses.
func (w *shuffler) block(lo, hi, r int) {
	_, d := w.x.Dims()
	for i := lo; i < hi; i++ {
		from := i
		if w.chosen[r] != nil {
			from = int(w.chosen[r][i])
		}
		copy(w.data[(i-lo)*d:(i-lo+1)*d], w.x.RawRowView(from))
	}
}

// shuffled predicts repeats r to end of a group on the block, and puts its columns
// back.
func (w *shuffler) shuffled(lo, hi, r, end int, features []int, columns, pred [][]float64) error {
	_, d := w.x.Dims()
	first := r
	data := w.data[:(hi-lo)*d]
	for ; r < end; r++ {
		for c, j := range features {
			kernel.ScatterColumn(data, j, d, columns[c], w.perm[r][lo:hi])
		}
		if err := w.predict(pred[r][lo:hi], mat.NewDense(hi-lo, d, data)); err != nil {
			return err
		}
	}
	for c, j := range features {
		if rows := w.chosen[first]; rows != nil {
			kernel.ScatterColumn(data, j, d, columns[c], rows[lo:hi])
		} else {
			kernel.PutColumn(data, j, d, columns[c][lo:hi])
		}
	}
	return nil
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
