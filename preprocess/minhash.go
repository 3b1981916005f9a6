package preprocess

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"github.com/zeebo/xxh3"
	"gonum.org/v1/gonum/integrate/quad"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// A MinHash turns a set into a signature of Size numbers such that two
// signatures agree in each place with a probability equal to the Jaccard
// similarity of the sets:
//
//	signature[i] = min over elements x of (a_i h(x) + b_i) mod 2^64
//
// with h = xxh3 and a_i (odd), b_i drawn from Seed. The standard error of the
// estimated similarity J is sqrt(J (1-J) / Size).
//
// Make one with [NewMinHash]; it may be used from several goroutines.
//
// Source: A. Broder, On the resemblance and containment of documents (1997).
type MinHash struct {
	size int
	seed uint64
	a, b []uint64
}

// NewMinHash returns a MinHash with signatures of the given size.
//
// Errors: ErrRange for a size below 1.
func NewMinHash(size int, seed uint64) (*MinHash, error) {
	if err := check.AtLeast("preprocess.NewMinHash", "size", size, 1); err != nil {
		return nil, err
	}
	m := &MinHash{size: size, seed: seed, a: make([]uint64, size), b: make([]uint64, size)}
	rng := rand.New(rand.NewPCG(seed, 0))
	for i := range m.a {
		m.a[i], m.b[i] = rng.Uint64()|1, rng.Uint64()
	}
	return m, nil
}

// Signature returns the signature of a set; repeated elements count once. dst
// is used if it is large enough. The signature of the empty set is all ones,
// which agrees with that of no other set.
func (m *MinHash) Signature(dst []uint64, set []string) []uint64 {
	hashes := make([]uint64, len(set))
	for i, s := range set {
		hashes[i] = xxh3.HashStringSeed(s, m.seed)
	}
	return m.signature(dst, hashes)
}

func (m *MinHash) signature(dst, hashes []uint64) []uint64 {
	if cap(dst) < m.size {
		dst = make([]uint64, m.size)
	}
	dst = dst[:m.size]
	kernel.MinHash(dst, m.a, m.b, hashes)
	return dst
}

// EstimateJaccard returns the share of places in which two signatures of the
// same MinHash agree, an unbiased estimate of the Jaccard similarity.
//
// Errors: ErrLength, ErrEmpty.
func EstimateJaccard(a, b []uint64) (float64, error) {
	if err := check.Pair("preprocess.EstimateJaccard", "a", len(a), "b", len(b)); err != nil {
		return 0, err
	}
	same := 0
	for i, v := range a {
		if v == b[i] {
			same++
		}
	}
	return float64(same) / float64(len(a)), nil
}

// LSHProbability returns the probability that two sets with Jaccard similarity
// s share at least one of the given number of bands, of so many rows each:
//
//	1 - (1 - s^rows)^bands
//
// Errors: ErrRange for s outside [0, 1] and for counts below 1; ErrNotFinite
// for NaN.
func LSHProbability(s float64, bands, rows int) (float64, error) {
	const fn = "preprocess.LSHProbability"
	if err := check.In(fn, "s", s, 0, 1); err != nil {
		return 0, err
	}
	if err := check.AtLeast(fn, "bands", bands, 1); err != nil {
		return 0, err
	}
	if err := check.AtLeast(fn, "rows", rows, 1); err != nil {
		return 0, err
	}
	return lshProbability(s, float64(bands), float64(rows)), nil
}

func lshProbability(s, bands, rows float64) float64 {
	return -math.Expm1(bands * math.Log1p(-math.Pow(s, rows)))
}

// LSHBands returns the number of bands and of rows per band, together at most
// size, that separate pairs above the threshold from those below best: they
// minimise
//
//	(1-missWeight) integral from 0 to threshold of P(s) ds
//	+ missWeight integral from threshold to 1 of (1 - P(s)) ds
//
// with P as in [LSHProbability]. A missWeight of 0.5 weighs candidates that
// fail and pairs that are missed alike.
//
// Errors: ErrRange for a threshold outside (0, 1), a missWeight outside [0, 1]
// or a size below 1; ErrNotFinite for NaN.
//
// Source: datasketch 2.0, MinHashLSH.
func LSHBands(threshold float64, size int, missWeight float64) (bands, rows int, err error) {
	const fn = "preprocess.LSHBands"
	if err := check.In(fn, "threshold", threshold, 0, 1); err != nil {
		return 0, 0, err
	}
	if threshold == 0 || threshold == 1 {
		return 0, 0, fmt.Errorf("%s: threshold: need a number inside (0, 1), have %v: %w", fn, threshold, mlgauge.ErrRange)
	}
	if err := check.In(fn, "missWeight", missWeight, 0, 1); err != nil {
		return 0, 0, err
	}
	if err := check.AtLeast(fn, "size", size, 1); err != nil {
		return 0, 0, err
	}
	least := math.Inf(1)
	for b := 1; b <= size; b++ {
		for r := 1; r <= size/b; r++ {
			p := func(s float64) float64 { return lshProbability(s, float64(b), float64(r)) }
			// P is a polynomial of degree b r: this many points are exact. The
			// rule of 26 points in gonum 0.17 is wrong by 5%, so never that.
			points := max(b*r/2+1, 27)
			wrong := quad.Fixed(p, 0, threshold, points, nil, 1)
			missed := 1 - threshold - quad.Fixed(p, threshold, 1, points, nil, 1)
			if e := (1-missWeight)*wrong + missWeight*missed; e < least {
				least, bands, rows = e, b, r
			}
		}
	}
	return bands, rows, nil
}

// shingler appends the hashes of the shingles of a text.
type shingler struct {
	size  int
	words bool
	fold  bool
}

func (s shingler) hashes(dst []uint64, text string) []uint64 {
	if s.fold {
		text = strings.ToLower(text)
	}
	if s.words {
		// words joined by single spaces, then runs of whole words
		w := strings.Fields(text)
		if len(w) <= s.size {
			return append(dst, xxh3.HashString(strings.Join(w, " ")))
		}
		for i := 0; i+s.size <= len(w); i++ {
			dst = append(dst, xxh3.HashString(strings.Join(w[i:i+s.size], " ")))
		}
		return dst
	}
	end := 0
	for n := 0; n < s.size; n++ {
		if end >= len(text) {
			return append(dst, xxh3.HashString(text))
		}
		_, w := utf8.DecodeRuneInString(text[end:])
		end += w
	}
	for start := 0; ; {
		dst = append(dst, xxh3.HashString(text[start:end]))
		if end >= len(text) {
			return dst
		}
		_, w := utf8.DecodeRuneInString(text[start:])
		start += w
		_, w = utf8.DecodeRuneInString(text[end:])
		end += w
	}
}
