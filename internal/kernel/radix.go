package kernel

import (
	"math"
	"math/bits"
)

// Order maps a float64 that is not NaN to an integer of the same order:
//
//	a < b  <=>  Order(a) < Order(b)
//
// Both zeros map to the same integer.
func Order(v float64) uint64 {
	b := math.Float64bits(v + 0) // -0 + 0 is +0
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

// Unorder is the inverse of Order; zero comes back as +0.
func Unorder(k uint64) float64 {
	return math.Float64frombits(k ^ (uint64(int64(^k)>>63) | 1<<63))
}

// SortFloat64s sorts x in increasing order, in place. x must not hold NaN. A
// negative zero becomes a positive one.
//
// It scatters the values into buckets; where they do not spread, it is a radix sort
// by 11-bit digits from the least significant: three of them where the rest of the
// bits tells few values apart, else all six; digits that all values share cost
// nothing. Time is linear, whatever the distribution.
func SortFloat64s(x []float64) {
	n := len(x)
	if n < smallSort {
		insert(x, x)
		return
	}
	if n > math.MaxInt32 {
		sortKeys(x)
		return
	}
	bucketSort(x, 0)
}

// sortKeys is the radix sort.
func sortKeys(x []float64) {
	n := len(x)
	a, b := uint64s.get(n), uint64s.get(n)
	for i, v := range x {
		(*a)[i] = Order(v)
	}
	keys, _ := lsd[struct{}](*a, *b, nil, nil)
	for i, k := range keys {
		x[i] = Unorder(k)
	}
	uint64s.put(a)
	uint64s.put(b)
}

// SortWeighted sorts x in increasing order and applies the same permutation to
// w, both in place; rows with equal x keep their order. x must not hold NaN. A
// negative zero in x becomes a positive one. It panics if the lengths differ.
func SortWeighted(x, w []float64) {
	n := len(x)
	w = w[:n:n]
	if n < smallSort {
		for i := 1; i < n; i++ {
			v, u, j := x[i], w[i], i
			for ; j > 0 && x[j-1] > v; j-- {
				x[j], w[j] = x[j-1], w[j-1]
			}
			x[j], w[j] = v, u
		}
		for i := range x {
			x[i] += 0
		}
		return
	}
	a, b, t := uint64s.get(n), uint64s.get(n), float64s.get(n)
	for i, v := range x {
		(*a)[i] = Order(v)
	}
	keys, pay := lsd(*a, *b, w, *t)
	for i, k := range keys {
		x[i] = Unorder(k)
	}
	if &pay[0] != &w[0] {
		copy(w, pay)
	}
	uint64s.put(a)
	uint64s.put(b)
	float64s.put(t)
}

// Argsort returns the permutation that sorts x in increasing order, in dst if
// that is long enough; equal values keep their order. x must not hold NaN, and
// is not changed.
func Argsort(dst []int, x []float64) []int {
	n := len(x)
	if cap(dst) < n {
		dst = make([]int, n)
	}
	dst = dst[:n]
	if n < smallSort {
		for i, v := range x {
			j := i
			for ; j > 0 && x[dst[j-1]] > v; j-- {
				dst[j] = dst[j-1]
			}
			dst[j] = i
		}
		return dst
	}
	a, b := uint64s.get(n), uint64s.get(n)
	for i, v := range x {
		(*a)[i] = Order(v)
	}
	if uint64(n) <= math.MaxUint32 { // half the traffic of an int payload
		p, t := uint32s.get(n), uint32s.get(n)
		for i := range *p {
			(*p)[i] = uint32(i)
		}
		_, pay := lsd(*a, *b, *p, *t)
		for i, j := range pay {
			dst[i] = int(j)
		}
		uint32s.put(p)
		uint32s.put(t)
	} else {
		for i := range dst {
			dst[i] = i
		}
		_, pay := lsd(*a, *b, dst, make([]int, n))
		if &pay[0] != &dst[0] {
			copy(dst, pay)
		}
	}
	uint64s.put(a)
	uint64s.put(b)
	return dst
}

const (
	smallSort = 48   // below, insertion
	mergeSort = 1024 // below, merging: no tables to clear
	radixMax  = 1 << 11
)

// merge is lsd for few rows: insertion in runs of 8, then merging.
func merge[P any](a, b []uint64, p, q []P) ([]uint64, []P) {
	n := len(a)
	load := len(p) == n
	if !load { // so that one loop serves both: empty payloads cost nothing
		p, q = make([]P, n), make([]P, n)
	}
	p, q = p[:n], q[:n]
	for lo := 0; lo < n; lo += 8 {
		for i := lo + 1; i < min(lo+8, n); i++ {
			k, v, j := a[i], p[i], i
			for ; j > lo && a[j-1] > k; j-- {
				a[j], p[j] = a[j-1], p[j-1]
			}
			a[j], p[j] = k, v
		}
	}
	for run := 8; run < n; run *= 2 {
		for lo := 0; lo < n; lo += 2 * run {
			mid, hi := min(lo+run, n), min(lo+2*run, n)
			i, j, at := lo, mid, lo
			for i < mid && j < hi {
				ki, kj := a[i], a[j]
				take, k := i, ki
				if kj < ki {
					take, k = j, kj
				}
				b[at], q[at] = k, p[take]
				at++
				var second int
				if kj < ki {
					second = 1
				}
				j += second
				i += 1 - second
			}
			at += copy(b[at:hi], a[i:mid])
			copy(b[at:hi], a[j:hi])
			copy(q[at-(mid-i):hi], p[i:mid])
			copy(q[at:hi], p[j:hi])
		}
		a, b, p, q = b, a, q, p
	}
	return a, p
}

// lsd sorts a, with p beside it unless P is empty, by way of b and q, and
// returns the two buffers that hold the result.
func lsd[P any](a, b []uint64, p, q []P) ([]uint64, []P) {
	n := len(a)
	if n < mergeSort {
		return merge(a, b, p, q)
	}
	low, high := a[0], a[0]
	for _, k := range a {
		low, high = min(low, k), max(high, k)
	}
	if low == high {
		return a, p
	}
	// Sort by the leading 33 bits of the part that varies. Few rows agree in
	// those and not in the rest, as a rule: insertion mends them. If they are
	// many, the rest is sorted too.
	lead := uint(bits.LeadingZeros64(high - low))
	a, b, p, q = leading(a, b, p, q, low, lead, 3)
	if 64-lead <= 33 || mend(a, p, 2*n) {
		return a, p
	}
	a, _, p, _ = leading(a, b, p, q, low, lead, 6)
	return a, p
}

// mend sorts a, which nearly is, by insertion, and gives up after so many
// moves.
func mend[P any](a []uint64, p []P, moves int) bool {
	load := len(p) == len(a)
	for i := 1; i < len(a); i++ {
		k, j := a[i], i
		if a[j-1] <= k {
			continue
		}
		var v P
		if load {
			v = p[i]
		}
		for ; j > 0 && a[j-1] > k; j-- {
			a[j] = a[j-1]
			if load {
				p[j] = p[j-1]
			}
			moves--
		}
		a[j] = k
		if load {
			p[j] = v
		}
		if moves < 0 {
			return false
		}
	}
	return true
}

// leading sorts by the leading 11-bit digits of (key - low) << lead, 3 of them
// or all 6, from the least significant. It returns the buffers with the result
// first.
func leading[P any](a, b []uint64, p, q []P, low uint64, lead uint, passes int) (from, to []uint64, fromP, toP []P) {
	n := len(a)
	lead &= 63
	lent := counters.get(passes * radixMax)
	defer counters.put(lent)
	counts := *lent
	clear(counts)
	c3, c4, c5 := (*[radixMax]int)(counts), (*[radixMax]int)(counts[radixMax:]), (*[radixMax]int)(counts[2*radixMax:])
	for _, k := range a {
		k = (k - low) << lead
		c5[k>>53]++
		c4[k>>42&(radixMax-1)]++
		c3[k>>31&(radixMax-1)]++
	}
	if passes == 6 {
		c0, c1, c2 := (*[radixMax]int)(counts[3*radixMax:]), (*[radixMax]int)(counts[4*radixMax:]), (*[radixMax]int)(counts[5*radixMax:])
		for _, k := range a {
			k = (k - low) << lead
			c2[k>>20&(radixMax-1)]++
			c1[k>>9&(radixMax-1)]++
			c0[k<<2&(radixMax-1)]++
		}
	}
	for d := 6 - passes; d < 6; d++ {
		// Digit d of the 66-bit number (key - low) << lead << 2.
		c := (*[radixMax]int)(counts[(d+3)%6*radixMax:])
		down, up := uint(max(11*d-2, 0)), uint(0)
		if d == 0 {
			up = 2
		}
		if c[(a[0]-low)<<lead>>(down&63)<<up&(radixMax-1)] == n {
			continue // all keys share this digit
		}
		at := 0
		for i, v := range c {
			c[i] = at
			at += v
		}
		if len(p) == n {
			p, q = p[:n], q[:n]
			for i, k := range a {
				g := (k - low) << lead >> (down & 63) << up & (radixMax - 1)
				j := c[g]
				c[g] = j + 1
				b[j] = k
				q[j] = p[i]
			}
			p, q = q, p
		} else {
			for _, k := range a {
				g := (k - low) << lead >> (down & 63) << up & (radixMax - 1)
				j := c[g]
				c[g] = j + 1
				b[j] = k
			}
		}
		a, b = b, a
	}
	return a, b, p, q
}
