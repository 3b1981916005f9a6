// Package twosample holds the numbers that tests of two samples are made of:
// p-values exact over all orders and all tables, and the rank sums with their
// ties.
package twosample

import "math"

// Ranks is what the Mann-Whitney test needs of two samples.
type Ranks struct {
	U    float64 // pairs with x > y, ties counting 1/2
	Ties float64 // sum of k^3 - k over the groups of k equal values
	Tied bool    // some value occurs twice
}

// RanksOf compares two ascending samples.
func RanksOf(x, y []float64) Ranks {
	pieces := Pieces(x, y)
	parts := make([]Ranks, len(pieces))
	Each(pieces, func(k int, p Piece) { parts[k] = ranksOf(x[p.X:p.XEnd], y[p.Y:p.YEnd], p.Y) })
	var r Ranks
	for _, p := range parts {
		r.U += p.U
		r.Ties += p.Ties
		r.Tied = r.Tied || p.Tied
	}
	return r
}

// ranksOf compares what lies in one range, with the given number of values of y below.
func ranksOf(x, y []float64, below int) Ranks {
	var r Ranks
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		t := math.Inf(1)
		if i < len(x) {
			t = x[i]
		}
		if j < len(y) && y[j] < t {
			t = y[j]
		}
		i0, j0 := i, j
		for i < len(x) && x[i] == t {
			i++
		}
		for j < len(y) && y[j] == t {
			j++
		}
		a, b := float64(i-i0), float64(j-j0)
		r.U += a * (float64(below+j0) + b/2)
		k := a + b
		r.Ties += k*k*k - k
		r.Tied = r.Tied || k > 1
	}
	return r
}

// Spread returns the standard deviation of U over all orders of n and m values,
// with the correction for ties; NaN or 0 where all values are equal.
func (r Ranks) Spread(n, m float64) float64 {
	all := n + m
	return math.Sqrt(n * m / 12 * (all + 1 - r.Ties/(all*(all-1))))
}

// USurvival returns P(U >= u) over all orders of n and m values without ties, in
// about n m min(n, m) steps.
func USurvival(n, m, u int) float64 {
	if u <= 0 {
		return 1
	}
	// The generating function of U is the Gaussian binomial
	// prod_{i=1..n} (1 - q^(m+i)) / (1 - q^i), in shares of all orders. After
	// each factor the coefficients are symmetric: the lower half is computed,
	// where differences are between neighbours on a rising slope, and mirrored, so
	// that rounding does not build up.
	if n > m {
		n, m = m, n
	}
	f := make([]float64, n*m+1)
	next := make([]float64, n*m+1)
	f[0] = 1
	for i := 1; i <= n; i++ {
		top, share := m*i, float64(i)/float64(m+i)
		for k := 0; k <= top/2; k++ {
			v := f[k]
			if k >= m+i {
				v -= f[k-m-i]
			}
			v *= share
			if k >= i {
				v += next[k-i]
			}
			next[k] = v
		}
		for k := top/2 + 1; k <= top; k++ {
			next[k] = next[top-k]
		}
		f, next = next, f
	}
	// The chance of at least u is that of at most n m - u.
	if 2*u > n*m {
		var p float64
		for k := 0; k <= n*m-u; k++ {
			p += f[k]
		}
		return math.Min(1, p)
	}
	var q float64
	for k := range u {
		q += f[k]
	}
	return math.Min(1, math.Max(0, 1-q))
}

// Fisher returns the p-values of Fisher's exact test of the 2 x 2 table with rows
// (a, b) and (c, d): the chance, margins given, of at most a in its cell, of at
// least a, and of all tables that are no more probable. All are 1 where a row or
// a column is empty.
//
// Chances are built outwards from the most probable table by the ratio of
// neighbours, so that they are right to a few units of the last digit even for
// counts in the millions, where differences of log-factorials are not.
func Fisher(a, b, c, d int64) (less, greater, both float64) {
	n1, n2, k := a+b, c+d, a+c
	if n1 == 0 || n2 == 0 || k == 0 || b+d == 0 {
		return 1, 1, 1
	}
	lo, hi := max(0, k-n2), min(n1, k)
	// up is the chance of x+1 over that of x.
	up := func(x int64) float64 {
		return float64(n1-x) / float64(x+1) * (float64(k-x) / float64(n2-k+x+1))
	}
	mode := int64(float64(n1+1) * (float64(k+1) / float64(n1+n2+2)))
	mode = min(max(mode, lo), hi)
	// Below the smallest normal number a product with a ratio near 1 may not fall
	// any more: chances end there.
	const least = 0x1p-1022
	here := 1.0
	for x := mode; x < a && here >= least; x++ {
		here *= up(x)
	}
	for x := mode; x > a && here >= least; x-- {
		here /= up(x - 1)
	}
	if here < least {
		here = 0
	}
	limit := here * (1 + 1e-7) // equal up to rounding counts as equal
	var total float64
	add := func(x int64, w float64) {
		total += w
		if x <= a {
			less += w
		}
		if x >= a {
			greater += w
		}
		if w <= limit {
			both += w
		}
	}
	add(mode, 1)
	// Past this table's chance, terms soon add nothing to any sum that has it.
	end := max(least, here*1e-20)
	w := 1.0
	for x := mode; x < hi && w >= end; x++ {
		w *= up(x)
		add(x+1, w)
	}
	w = 1.0
	for x := mode; x > lo && w >= end; x-- {
		w /= up(x - 1)
		add(x-1, w)
	}
	return math.Min(1, less/total), math.Min(1, greater/total), math.Min(1, both/total)
}
