package metrics

// tabulate returns the distinct scores in decreasing order with the rows of each
// class at or above them; rows must be unweighted. The classes are sorted apart,
// as keys without a payload, and merged without a branch on which comes next.
func (s *scores) tabulate() *Thresholds {
	pos, neg, done := s.split()
	defer done()
	n := len(pos) + len(neg)
	// A row is written where the last level is and stays if the next score
	// differs; the first place is before all levels.
	t := &Thresholds{Threshold: make([]float64, n+1), TP: make([]float64, n+1), FP: make([]float64, n+1)}
	score, tp, fp := t.Threshold, t.TP, t.FP
	at, last := 0, 0.0
	i, j := len(pos), len(neg)
	put := func(v float64) {
		if at == 0 || v != last {
			at++
		}
		score[at], tp[at], fp[at] = v, float64(len(pos)-i), float64(len(neg)-j)
		last = v
	}
	for i > 0 && j > 0 {
		a, b := pos[i-1], neg[j-1]
		take, v := 0, b
		if a >= b {
			take = 1
		}
		if a >= b {
			v = a
		}
		i -= take
		j -= 1 - take
		fresh := 0
		if v != last {
			fresh = 1
		}
		if at == 0 {
			fresh = 1
		}
		at += fresh
		score[at], tp[at], fp[at] = v, float64(len(pos)-i), float64(len(neg)-j)
		last = v
	}
	for i > 0 {
		i--
		put(pos[i])
	}
	for j > 0 {
		j--
		put(neg[j])
	}
	t.Threshold, t.TP, t.FP = score[1:at+1], tp[1:at+1], fp[1:at+1]
	return t
}

// precisions adds the precision of each step of the recall; rows must be
// unweighted. The merge takes no branch on which class comes next: it notes for each
// positive how many negatives are below it.
func (s *scores) precisions(a *precisionSum) {
	pos, neg, done := s.split()
	defer done()
	below := make([]int, len(pos)) // zero where no negative is left
	i, j := len(pos), len(neg)
	for i > 0 && j > 0 {
		below[i-1] = j
		take := 0
		if pos[i-1] > neg[j-1] {
			take = 1
		}
		i -= take
		j -= 1 - take
	}
	if j == 0 {
		clear(below[:i])
	}
	for i := len(pos) - 1; i >= 0; i-- {
		if i > 0 && pos[i-1] == pos[i] {
			continue
		}
		a.add(float64(len(pos)-i), float64(len(neg)-below[i]))
	}
}
