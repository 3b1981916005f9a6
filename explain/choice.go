package explain

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// choice is a choice of coalitions of m players. Of a coalition and its
// complement it holds the smaller one.
type choice struct {
	m, width int
	sets     set       // width words each
	weight   []float64 // of each
	paired   []bool    // whether its complement is chosen too
	drawn    int       // the first that was drawn, not enumerated
	full     bool      // nothing was drawn
}

// choose enumerates the small and large coalitions while the budget covers them
// and draws the rest.
func (c *choice) choose(samples int, rng *rand.Rand) {
	m := c.m
	sizes := m / 2        // pairs of sizes s and m-s, of which
	paired := (m - 1) / 2 // so many have two different sizes
	share := make([]float64, sizes)
	total := 0.0
	for i := range share {
		s := float64(i + 1)
		share[i] = (float64(m) - 1) / (s * (float64(m) - s))
		if i < paired {
			share[i] *= 2
		}
		total += share[i]
	}
	for i := range share {
		share[i] /= total
	}
	full, left, rest := 0, float64(samples), 1.0
	for ; full < sizes; full++ {
		each := binomial(m, full+1)
		count := each
		if full < paired {
			count *= 2
		}
		if left*share[full]/rest < count*(1-1e-8) {
			break
		}
		left -= count
		rest -= share[full]
		c.enumerate(full+1, share[full]/count, full < paired)
	}
	c.drawn = len(c.weight)
	if c.full = full == sizes; c.full {
		return
	}
	c.draw(share, full, paired, int(left), rng)
}

// enumerate adds all coalitions of a size with weight w.
func (c *choice) enumerate(size int, w float64, paired bool) {
	at := make([]int, size)
	for i := range at {
		at[i] = i
	}
	s := make(set, c.width)
	for {
		clear(s)
		for _, p := range at {
			s[p/64] |= 1 << (p % 64)
		}
		c.add(s, w, paired)
		// the next combination in lexical order
		i := size - 1
		for ; i >= 0 && at[i] == c.m-size+i; i-- {
		}
		if i < 0 {
			return
		}
		at[i]++
		for j := i + 1; j < size; j++ {
			at[j] = at[j-1] + 1
		}
	}
}

func (c *choice) add(s set, w float64, paired bool) {
	c.sets = append(c.sets, s...)
	c.weight = append(c.weight, w)
	c.paired = append(c.paired, paired)
}

// draw adds coalitions of the sizes that are not enumerated until left are
// there. One that is drawn again counts again instead.
func (c *choice) draw(share []float64, full, paired, left int, rng *rand.Rand) {
	cumulative := make([]float64, 0, len(share)-full)
	rest, total := 0.0, 0.0
	for i := full; i < len(share); i++ {
		rest += share[i]
		p := share[i]
		if i < paired {
			p /= 2 // a draw is worth two
		}
		total += p
		cumulative = append(cumulative, total)
	}
	player := make([]int32, c.m)
	for i := range player {
		player[i] = int32(i)
	}
	s := make(set, c.width)
	seen := make(map[string]int, left)
	key := make([]byte, 8*c.width)
	for tries := 4 * left; left > 0 && tries > 0; tries-- {
		u := rng.Float64() * total
		i := 0
		for i < len(cumulative)-1 && cumulative[i] <= u {
			i++
		}
		size := full + i + 1
		clear(s)
		for j := range size {
			r := j + rng.IntN(c.m-j)
			player[j], player[r] = player[r], player[j]
			s[player[j]/64] |= 1 << (player[j] % 64)
		}
		for w, word := range s {
			for b := range 8 {
				key[8*w+b] = byte(word >> (8 * b))
			}
		}
		pair := size <= paired
		if at, ok := seen[string(key)]; ok {
			c.weight[at]++
			continue
		}
		seen[string(key)] = len(c.weight)
		c.add(s, 1, pair)
		left--
		if pair {
			left--
		}
	}
	sum := 0.0
	for i := c.drawn; i < len(c.weight); i++ {
		sum += c.weight[i]
		if c.paired[i] {
			sum += c.weight[i]
		}
	}
	for i := c.drawn; i < len(c.weight); i++ {
		c.weight[i] *= rest / sum
	}
}

// all returns the coalitions with the complements and their weights, in an order
// in which few players change from one to the next: the enumerated ones as they
// come, those drawn in the order of a Gray code, then the complements in the same
// order.
func (c *choice) all() (set, []float64) {
	order := make([]int, len(c.weight))
	for i := range order {
		order[i] = i
	}
	gray := make(set, len(c.sets)) // the place of each in the Gray code
	for i := range c.weight {
		odd := uint64(0) // all ones after an odd number of players in higher words
		for w := c.width - 1; w >= 0; w-- {
			v := c.sets[i*c.width+w]
			for shift := 1; shift < 64; shift *= 2 {
				v ^= v >> shift
			}
			v ^= odd
			gray[i*c.width+w] = v
			odd = -(v & 1)
		}
	}
	slices.SortFunc(order[c.drawn:], func(a, b int) int {
		for w := c.width - 1; w >= 0; w-- {
			if d := cmp.Compare(gray[a*c.width+w], gray[b*c.width+w]); d != 0 {
				return d
			}
		}
		return 0
	})
	sets, weight := make(set, 0, 2*len(c.sets)), make([]float64, 0, 2*len(c.weight))
	for _, i := range order {
		sets, weight = append(sets, c.sets[i*c.width:(i+1)*c.width]...), append(weight, c.weight[i])
	}
	for _, i := range order {
		if !c.paired[i] {
			continue
		}
		for w, word := range c.sets[i*c.width : (i+1)*c.width] {
			word = ^word
			if w == c.width-1 && c.m%64 != 0 {
				word &= 1<<(c.m%64) - 1
			}
			sets = append(sets, word)
		}
		weight = append(weight, c.weight[i])
	}
	return sets, weight
}

func binomial(n, k int) float64 {
	c := 1.0
	for i := range k {
		c = c * float64(n-i) / float64(i+1)
	}
	return math.Round(c)
}
