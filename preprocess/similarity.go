package preprocess

import (
	"github.com/agnivade/levenshtein"
)

// A Similarity tells how alike two strings are: 1 for equal ones, 0 for those
// that have nothing in common. [EditSimilarity], [DamerauSimilarity],
// [IndelSimilarity], [Jaro], [JaroWinkler], [TokenSort] and [TokenSet] are
// similarities. All of them compare Unicode code points and normalise nothing:
// fold case, accents and spaces first if they should not count. Bytes that are
// not UTF-8 all count as U+FFFD.
type Similarity func(a, b string) float64

// Levenshtein returns the least number of insertions, deletions and
// substitutions of one code point that turn a into b.
func Levenshtein(a, b string) int { return levenshtein.ComputeDistance(a, b) }

// EditSimilarity returns
//
//	1 - Levenshtein(a, b) / max(len a, len b)
//
// in code points, and 1 for two empty strings.
func EditSimilarity(a, b string) float64 {
	longest := max(runes(a), runes(b))
	if longest == 0 {
		return 1
	}
	return 1 - float64(Levenshtein(a, b))/float64(longest)
}

// DamerauLevenshtein returns the least number of insertions, deletions and
// substitutions of one code point and transpositions of two adjacent ones that
// turn a into b. What was transposed may be edited again, so this is a metric,
// unlike optimal string alignment: "ca" is 2 from "abc".
//
// Source: R. Lowrance, R. Wagner, An extension of the string-to-string
// correction problem (1975).
func DamerauLevenshtein(a, b string) int {
	s, t := trimCommon([]rune(a), []rune(b))
	if len(s) == 0 || len(t) == 0 {
		return len(s) + len(t)
	}
	// d has a border of two: row and column 0 hold "infinity"
	w := len(t) + 2
	far := len(s) + len(t)
	d := make([]int, (len(s)+2)*w)
	for j := range w {
		d[j], d[w+j] = far, j-1
	}
	for i := range len(s) + 2 {
		d[i*w] = far
		if i > 0 {
			d[i*w+1] = i - 1
		}
	}
	lastRow := make(map[rune]int, len(s)) // last row in which a rune of s stood
	for i := 1; i <= len(s); i++ {
		lastCol := 0 // last column of this row in which the runes were equal
		for j := 1; j <= len(t); j++ {
			k, l := lastRow[t[j-1]], lastCol
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
				lastCol = j
			}
			d[(i+1)*w+j+1] = min(
				d[i*w+j]+cost,
				d[(i+1)*w+j]+1,
				d[i*w+j+1]+1,
				d[k*w+l]+(i-k-1)+1+(j-l-1),
			)
		}
		lastRow[s[i-1]] = i
	}
	return d[(len(s)+1)*w+len(t)+1]
}

// trimCommon drops the common prefix and suffix, which cost nothing.
func trimCommon(s, t []rune) ([]rune, []rune) {
	for len(s) > 0 && len(t) > 0 && s[0] == t[0] {
		s, t = s[1:], t[1:]
	}
	for len(s) > 0 && len(t) > 0 && s[len(s)-1] == t[len(t)-1] {
		s, t = s[:len(s)-1], t[:len(t)-1]
	}
	return s, t
}

// DamerauSimilarity returns
//
//	1 - DamerauLevenshtein(a, b) / max(len a, len b)
//
// in code points, and 1 for two empty strings.
func DamerauSimilarity(a, b string) float64 {
	longest := max(runes(a), runes(b))
	if longest == 0 {
		return 1
	}
	return 1 - float64(DamerauLevenshtein(a, b))/float64(longest)
}

// IndelSimilarity returns, with the longest common subsequence of a and b,
//
//	2 LCS / (len a + len b)
//
// in code points: 1 less the share of insertions and deletions. It is 1 for two
// empty strings.
//
// Source: rapidfuzz 3.14, fuzz.ratio (divided by 100).
func IndelSimilarity(a, b string) float64 {
	s, t := []rune(a), []rune(b)
	if len(s)+len(t) == 0 {
		return 1
	}
	return 1 - float64(indel(s, t))/float64(len(s)+len(t))
}

// indel returns the number of insertions and deletions that turn s into t.
func indel(s, t []rune) int {
	s, t = trimCommon(s, t)
	if len(s) < len(t) {
		s, t = t, s
	}
	if len(t) == 0 {
		return len(s)
	}
	row := make([]int, len(t)+1) // longest common subsequence so far
	for _, c := range s {
		diagonal := 0
		for j, v := range t {
			above := row[j+1]
			if c == v {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	return len(s) + len(t) - 2*row[len(t)]
}

func runes(s string) int {
	n := 0
	for range s {
		n++
	}
	return n
}

// Jaro returns, with m matches (equal code points no further apart than
// floor(max(len a, len b) / 2) - 1, each used once) of which 2t stand in another
// order in b,
//
//	(m/len a + m/len b + (m - floor(t)) / m) / 3
//
// It is 0 if nothing matches and 1 for two empty strings.
//
// Source: M. Jaro (1989); rapidfuzz 3.14, Jaro.similarity. jellyfish gives 0 for
// two empty strings.
func Jaro(a, b string) float64 {
	return jaro([]rune(a), []rune(b))
}

func jaro(s, t []rune) float64 {
	if len(s) == 0 && len(t) == 0 {
		return 1
	}
	if len(s) == 0 || len(t) == 0 {
		return 0
	}
	reach := max(max(len(s), len(t))/2-1, 0)
	var small [128]bool
	flags := small[:]
	if len(s)+len(t) > len(flags) {
		flags = make([]bool, len(s)+len(t))
	}
	inS, inT := flags[:len(s)], flags[len(s):len(s)+len(t)]
	matches := 0
	for i, c := range s {
		for j := max(i-reach, 0); j <= min(i+reach, len(t)-1); j++ {
			if !inT[j] && t[j] == c {
				inS[i], inT[j] = true, true
				matches++
				break
			}
		}
	}
	if matches == 0 {
		return 0
	}
	moved, j := 0, 0
	for i, c := range s {
		if !inS[i] {
			continue
		}
		for !inT[j] {
			j++
		}
		if t[j] != c {
			moved++
		}
		j++
	}
	m := float64(matches)
	return (m/float64(len(s)) + m/float64(len(t)) + (m-float64(moved/2))/m) / 3
}

// JaroWinkler returns the similarity of Jaro raised by a common prefix of l
// code points, at most four, if it is above 0.7:
//
//	jaro + 0.1 l (1 - jaro)
//
// Source: W. Winkler (1990); jellyfish 1.3 and rapidfuzz 3.14.
func JaroWinkler(a, b string) float64 {
	s, t := []rune(a), []rune(b)
	sim := jaro(s, t)
	if sim <= 0.7 {
		return sim
	}
	l := 0
	for l < min(4, len(s), len(t)) && s[l] == t[l] {
		l++
	}
	return min(sim+float64(l)*0.1*(1-sim), 1)
}
