package metrics

import (
	"math"
	"sync"

	"github.com/mlgauge/mlgauge/internal/kernel"
	"github.com/mlgauge/mlgauge/internal/parallel"
)

// A ranking is rows in the order of their scores, by blocks from the highest score
// down. A level is a distinct score with the rows of each class at or above it; it is
// in the block that its last row is in.
type ranking struct {
	score []float64 // increasing
	label []uint8
	above []int // positives above each block, and of all
}

const (
	levelRows  = 1 << 10 // of a block: its levels stay in the nearest cache
	levelUnits = 32      // blocks that a core takes at a time
)

// rank sorts the rows, which must be unweighted. The ranking is lent until done.
func (s *scores) rank() (r *ranking, done func()) {
	r = new(ranking)
	r.score, r.label, done = kernel.SortedRows(s.label, s.score)
	n := len(r.score)
	r.above = make([]int, parallel.Blocks(n, levelRows)+1)
	r.blocks(func(b int) {
		lo, hi := r.rows(b)
		_, positives, _, _ := kernel.CountBits(r.label[lo:hi], r.label[lo:hi])
		r.above[b+1] = int(positives)
	})
	for b := range r.above[1:] {
		r.above[b+1] += r.above[b]
	}
	return r, done
}

// rows returns where the rows of a block are.
func (r *ranking) rows(b int) (lo, hi int) {
	hi = len(r.score) - b*levelRows
	return max(0, hi-levelRows), hi
}

// blocks calls do for every block, on all cores.
func (r *ranking) blocks(do func(b int)) {
	parallel.For(len(r.score), levelUnits*levelRows, func(_, lo, hi int) {
		for b := lo / levelRows; b*levelRows < hi; b++ {
			do(b)
		}
	})
}

// positives returns the number of positive rows.
func (r *ranking) positives() int { return r.above[len(r.above)-1] }

// levels are those of a block: the first at 1. At 0 is the level above them, and behind
// them the level below, both +Inf where there is none.
type levels struct { // scratch
	score, tp, fp [levelRows + 2]float64
	n             int
}

var levelScratch = sync.Pool{New: func() any { return new(levels) }}

// count returns the number of levels of a block.
func (r *ranking) count(b int) (levels int) {
	lo, hi := r.rows(b)
	if lo == 0 {
		lo, levels = 1, 1
	}
	below, x := r.score[lo-1:hi-1], r.score[lo:hi]
	for i, v := range x {
		step := 0
		if math.Float64bits(below[i]) != math.Float64bits(v) {
			step = 1
		}
		levels += step
	}
	return levels
}

// fill finds the levels of a block.
func (r *ranking) fill(l *levels, b int) {
	lo, hi := r.rows(b)
	n, tp := len(r.score), r.above[b]
	score, label := r.score[:hi], r.label[:hi]
	at := 1
	// A row is written where the next level goes and stays if the next score differs.
	put := func(i int) {
		tp += int(label[i])
		l.score[at], l.tp[at], l.fp[at] = score[i], float64(tp), float64(n-i-tp)
	}
	for i := hi - 1; i >= max(lo, 1); i-- {
		put(i)
		step := 0
		if math.Float64bits(score[i-1]) != math.Float64bits(score[i]) {
			step = 1
		}
		at += step
	}
	if lo == 0 {
		put(0)
		at++
	}
	l.n = at - 1
	if l.n == 0 {
		return
	}
	none := math.Inf(1)
	l.tp[0], l.fp[0], l.tp[at], l.fp[at] = none, none, none, none
	i, p := hi, r.above[b]
	for ; i < n && r.score[i] == l.score[1]; i++ {
		p -= int(r.label[i])
	}
	if i < n {
		l.tp[0], l.fp[0] = float64(p), float64(n-i-p)
	}
	if lo > 0 {
		for i = lo - 1; i > 0 && score[i-1] == score[i]; i-- {
			tp += int(label[i])
		}
		tp += int(label[i])
		l.tp[at], l.fp[at] = float64(tp), float64(n-i-tp)
	}
}

// each calls do with the levels of every block that has some, on all cores.
func (r *ranking) each(do func(b int, l *levels)) {
	r.blocks(func(b int) {
		l := levelScratch.Get().(*levels)
		if r.fill(l, b); l.n > 0 {
			do(b, l)
		}
		levelScratch.Put(l)
	})
}

// write calls put with the levels of every block that has some, or those that drop
// leaves, on all cores, and with the place of the first of them among all. Before, it
// calls room with the number of all.
func (r *ranking) write(drop func(l *levels), room func(n int), put func(l *levels, at int)) {
	from := make([]int, len(r.above))
	if drop == nil {
		r.blocks(func(b int) { from[b+1] = r.count(b) })
	} else {
		r.each(func(b int, l *levels) {
			drop(l)
			from[b+1] = l.n
		})
	}
	for b := range from[1:] {
		from[b+1] += from[b]
	}
	room(from[len(from)-1])
	r.each(func(b int, l *levels) {
		if drop != nil {
			drop(l)
		}
		put(l, from[b])
	})
}

// dropROC leaves the levels where the second difference of either count is not zero.
// It takes no branch on that: the counts are integers, whose differences are zero where
// their bits are the same.
func (l *levels) dropROC() {
	at := 1
	tp0, fp0 := l.tp[0], l.fp[0]
	for k := 1; k <= l.n; k++ {
		tp, fp := l.tp[k], l.fp[k]
		u := math.Float64bits(l.tp[k+1]-tp) ^ math.Float64bits(tp-tp0)
		v := math.Float64bits(l.fp[k+1]-fp) ^ math.Float64bits(fp-fp0)
		l.score[at], l.tp[at], l.fp[at] = l.score[k], tp, fp
		step := 0
		if u|v != 0 {
			step = 1
		}
		at += step
		tp0, fp0 = tp, fp
	}
	l.n = at - 1
}

// dropPR leaves the ends of runs of levels with the same true positives.
func (l *levels) dropPR() {
	at := 1
	above := math.Float64bits(l.tp[0])
	for k := 1; k <= l.n; k++ {
		tp, below := math.Float64bits(l.tp[k]), math.Float64bits(l.tp[k+1])
		l.score[at], l.tp[at], l.fp[at] = l.score[k], l.tp[k], l.fp[k]
		step := 0
		if (above^tp)|(tp^below) != 0 {
			step = 1
		}
		at += step
		above = tp
	}
	l.n = at - 1
}

// columns makes slices of n values, all of which the caller writes.
func columns(n int, slices ...*[]float64) {
	for _, s := range slices {
		*s = kernel.Uncleared(n)
	}
}

// tabulate returns the distinct scores in decreasing order with the outcomes at each.
func (r *ranking) tabulate() *Thresholds {
	t := new(Thresholds)
	p := float64(r.positives())
	q := float64(len(r.score)) - p
	room := func(n int) { columns(n, &t.Threshold, &t.TP, &t.FP, &t.TN, &t.FN) }
	r.write(nil, room, func(l *levels, at int) {
		score, tps, fps := l.score[1:l.n+1], l.tp[1:l.n+1], l.fp[1:l.n+1]
		copy(t.Threshold[at:], score)
		copy(t.TP[at:], tps)
		copy(t.FP[at:], fps)
		tn, fn := t.TN[at:at+l.n], t.FN[at:at+l.n]
		for k := range tn {
			tn[k], fn[k] = q-fps[k], p-tps[k]
		}
	})
	return t
}

// roc returns the ROC curve of rows of both classes; see Thresholds.ROC.
func (r *ranking) roc(points Points) (c ROCCurve) {
	p := float64(r.positives())
	q := float64(len(r.score)) - p
	var drop func(l *levels)
	if points == DropIntermediate {
		drop = (*levels).dropROC
	}
	room := func(n int) {
		columns(n+1, &c.FPR, &c.TPR, &c.Threshold)
		c.FPR[0], c.TPR[0], c.Threshold[0] = 0, 0, math.Inf(1)
	}
	r.write(drop, room, func(l *levels, at int) {
		fpr, tpr := c.FPR[at+1:at+1+l.n], c.TPR[at+1:at+1+l.n]
		for k := range fpr {
			fpr[k], tpr[k] = l.fp[k+1]/q, l.tp[k+1]/p
		}
		copy(c.Threshold[at+1:], l.score[1:l.n+1])
	})
	return c
}

// pr returns the precision-recall curve of rows with positives; see Thresholds.PR.
func (r *ranking) pr(points Points) (c PRCurve) {
	p := float64(r.positives())
	var drop func(l *levels)
	if points == DropIntermediate {
		drop = (*levels).dropPR
	}
	room := func(n int) {
		columns(n+1, &c.Precision, &c.Recall, &c.Threshold)
		c.Threshold = c.Threshold[:n]
		c.Precision[n], c.Recall[n] = 1, 0
	}
	r.write(drop, room, func(l *levels, at int) {
		end := len(c.Threshold) - at
		precision, recall, threshold := c.Precision[end-l.n:end], c.Recall[end-l.n:end], c.Threshold[end-l.n:end]
		for k := range precision {
			j := l.n - k
			tp := l.tp[j]
			precision[k], recall[k], threshold[k] = tp/(tp+l.fp[j]), tp/p, l.score[j]
		}
	})
	return c
}

// averagePrecision returns the sum of the precision of each step of the recall; see
// Thresholds.AveragePrecision. Steps are added block by block.
func (r *ranking) averagePrecision() float64 {
	sums := make([]float64, len(r.above)-1)
	r.each(func(b int, l *levels) {
		tp0 := l.tp[0]
		if math.IsInf(tp0, 1) {
			tp0 = 0
		}
		var even, odd float64
		for k := 1; k <= l.n; k++ {
			tp := l.tp[k]
			even, odd = odd, even+(tp-tp0)*(tp/(tp+l.fp[k]))
			tp0 = tp
		}
		sums[b] = even + odd
	})
	var total sum
	for _, v := range sums {
		total.add(v)
	}
	return min(total.value()/float64(r.positives()), 1)
}
