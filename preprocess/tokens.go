package preprocess

import (
	"slices"
	"strings"
)

// TokenSort returns the [IndelSimilarity] of the two strings with their words
// (parted by white space) sorted: the order of words does not count.
//
// Source: rapidfuzz 3.14, fuzz.token_sort_ratio (divided by 100).
func TokenSort(a, b string) float64 {
	s, t := strings.Fields(a), strings.Fields(b)
	slices.Sort(s)
	slices.Sort(t)
	return IndelSimilarity(strings.Join(s, " "), strings.Join(t, " "))
}

// TokenSet compares the sets of words of the two strings. With c the sorted
// words that they share, s and t the sorted words that only one has, each
// joined by spaces, it returns the largest of
//
//	IndelSimilarity(c, c + s), IndelSimilarity(c, c + t), IndelSimilarity(c + s, c + t)
//
// so it is 1 if one set of words holds the other. It is 0 if one of the strings
// has no words; without shared words only the last counts.
//
// Source: rapidfuzz 3.14, fuzz.token_set_ratio (divided by 100).
func TokenSet(a, b string) float64 {
	s, t := sortedSet(strings.Fields(a)), sortedSet(strings.Fields(b))
	if len(s) == 0 || len(t) == 0 {
		return 0
	}
	var both, onlyS, onlyT []string
	for _, w := range s {
		if _, ok := slices.BinarySearch(t, w); ok {
			both = append(both, w)
		} else {
			onlyS = append(onlyS, w)
		}
	}
	for _, w := range t {
		if _, ok := slices.BinarySearch(s, w); !ok {
			onlyT = append(onlyT, w)
		}
	}
	if len(both) > 0 && (len(onlyS) == 0 || len(onlyT) == 0) {
		return 1
	}
	x, y := []rune(strings.Join(onlyS, " ")), []rune(strings.Join(onlyT, " "))
	shared := runes(strings.Join(both, " "))
	gap := 0
	if shared > 0 {
		gap = 1
	}
	lenX, lenY := shared+gap+len(x), shared+gap+len(y)
	sim := 1 - float64(indel(x, y))/float64(lenX+lenY)
	if shared == 0 {
		return sim
	}
	return max(sim, 1-float64(gap+len(x))/float64(shared+lenX), 1-float64(gap+len(y))/float64(shared+lenY))
}

// sortedSet sorts x in place and returns its distinct values.
func sortedSet[T ~string | ~uint64](x []T) []T {
	slices.Sort(x)
	return slices.Compact(x)
}

// JaccardSets returns, of the sets of values in a and b,
//
//	|A and B| / |A or B|
//
// and 1 for two empty sets.
func JaccardSets[T comparable](a, b []T) float64 {
	both, na, nb := overlap(a, b)
	if na+nb == 0 {
		return 1
	}
	return float64(both) / float64(na+nb-both)
}

// DiceSets returns, of the sets of values in a and b,
//
//	2 |A and B| / (|A| + |B|)
//
// and 1 for two empty sets.
func DiceSets[T comparable](a, b []T) float64 {
	both, na, nb := overlap(a, b)
	if na+nb == 0 {
		return 1
	}
	return 2 * float64(both) / float64(na+nb)
}

func overlap[T comparable](a, b []T) (both, na, nb int) {
	in := make(map[T]bool, len(a)) // true once seen in b too
	for _, v := range a {
		in[v] = false
	}
	na = len(in)
	only := make(map[T]struct{})
	for _, v := range b {
		seen, ok := in[v]
		switch {
		case ok && !seen:
			in[v] = true
			both++
		case !ok:
			only[v] = struct{}{}
		}
	}
	return both, na, both + len(only)
}

// Shingles returns every run of k code points of s, in order and with repeats;
// of a string shorter than k, the string itself. k below 1 counts as 1.
func Shingles(s string, k int) []string {
	k = max(k, 1)
	starts := make([]int, 0, len(s)+1)
	for i := range s {
		starts = append(starts, i)
	}
	starts = append(starts, len(s))
	if len(starts)-1 <= k {
		return []string{s}
	}
	out := make([]string, 0, len(starts)-k)
	for i := 0; i+k < len(starts); i++ {
		out = append(out, s[starts[i]:starts[i+k]])
	}
	return out
}
