package experiment

import (
	"fmt"
	"math"

	"github.com/zeebo/xxh3"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A Variant is one arm of an experiment and its share of the traffic.
type Variant struct {
	Name   string  `json:"name"`
	Weight float64 `json:"weight"` // relative to the sum of all weights; 0 sends nobody
}

// A Split says how units (users, sessions, requests) are divided among variants.
// It is plain data, to be kept as JSON beside the experiment.
type Split struct {
	// Salt tells experiments apart: with another salt the same units are divided
	// independently. Use the name of the experiment.
	Salt string `json:"salt"`
	// Variants in their order; their names are distinct and not empty.
	Variants []Variant `json:"variants"`
	// Exposure is the share of the units that take part, in (0, 1]; 0 means 1.
	// Raising it adds units and moves none.
	Exposure float64 `json:"exposure,omitempty"`
}

// An Assigner assigns units to the variants of a Split. Make one with
// NewAssigner. It is immutable and may be used from many goroutines.
type Assigner struct {
	variants []Variant
	seed     uint64
	upTo     []uint64 // a unit goes to the first variant whose limit is at least its hash
	index    []int    // of the variant, since those without weight have no limit
	exposed  uint64   // a unit takes part if its second hash is at most that
}

// NewAssigner returns the assigner of a split.
//
// Errors: mlgauge.ErrEmpty for no variants or an empty name; mlgauge.ErrRange for
// two variants of one name, a negative weight or an exposure outside [0, 1];
// mlgauge.ErrNotFinite for NaN or infinite weights; mlgauge.ErrUndefined where no
// variant has traffic.
func NewAssigner(s Split) (*Assigner, error) {
	const fn = "experiment.NewAssigner"
	if err := check.NotEmpty(fn, "Variants", len(s.Variants)); err != nil {
		return nil, err
	}
	weights := make([]float64, len(s.Variants))
	seen := make(map[string]bool)
	for i, v := range s.Variants {
		if v.Name == "" {
			return nil, fmt.Errorf("%s: Variants: need a name, have none at index %d: %w", fn, i, mlgauge.ErrEmpty)
		}
		if seen[v.Name] {
			return nil, fmt.Errorf("%s: Variants: need distinct names, have %q twice: %w", fn, v.Name, mlgauge.ErrRange)
		}
		seen[v.Name] = true
		weights[i] = v.Weight
	}
	if err := first(check.Weights(fn, "Variants", len(weights), weights), check.In(fn, "Exposure", s.Exposure, 0, 1)); err != nil {
		return nil, err
	}
	total, err := check.Sum(fn, "Variants", weights)
	if err != nil {
		return nil, err
	}
	a := &Assigner{variants: append([]Variant(nil), s.Variants...), seed: xxh3.HashString(s.Salt), exposed: math.MaxUint64}
	if s.Exposure > 0 {
		a.exposed = limit(s.Exposure)
	}
	var sum float64
	for i, w := range weights {
		if w == 0 {
			continue
		}
		sum += w
		a.upTo = append(a.upTo, limit(sum/total))
		a.index = append(a.index, i)
	}
	a.upTo[len(a.upTo)-1] = math.MaxUint64
	return a, nil
}

// limit returns the largest hash within a share of all hashes.
func limit(share float64) uint64 {
	v := math.Ldexp(share, 64)
	if v >= math.Ldexp(1, 64) {
		return math.MaxUint64
	}
	if v < 1 {
		return 0
	}
	return uint64(v) - 1
}

// Assign returns the index of a unit's variant, or -1 where the unit does not
// take part (Exposure). It allocates nothing.
//
//	h = xxh3(unit, seed = xxh3(salt)),   the variant i with C[i-1] <= h/2^64 < C[i]
//
// where C are the cumulative shares of the weights. The result depends on salt,
// unit, weights and their order alone: not on the process, the machine or its
// architecture. Growing a later variant at the cost of the last moves only the
// units between them. Exposure is decided by a second hash, mixed from the first.
func (a *Assigner) Assign(unit string) int {
	return a.place(xxh3.HashStringSeed(unit, a.seed))
}

// AssignBytes is Assign for a unit in bytes.
func (a *Assigner) AssignBytes(unit []byte) int {
	return a.place(xxh3.HashSeed(unit, a.seed))
}

func (a *Assigner) place(h uint64) int {
	if a.exposed != math.MaxUint64 && mix(h) > a.exposed {
		return -1
	}
	for k, limit := range a.upTo {
		if h <= limit {
			return a.index[k]
		}
	}
	return -1
}

// mix is the finaliser of SplitMix64: a bijection whose output is independent of
// its input for all purposes here.
func mix(h uint64) uint64 {
	h += 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// Name returns the name of variant i, as Assign returns it, and "" for -1.
func (a *Assigner) Name(i int) string {
	if i < 0 || i >= len(a.variants) {
		return ""
	}
	return a.variants[i].Name
}

// SampleRatio tests whether the units counted in each variant came in the ratio
// that was planned: Pearson's chi-squared test,
//
//	X2 = sum (O - E)^2 / E,   E = n w / sum w,   df = k - 1
//
// A tiny p-value (below 0.001, say) means that assignment, logging or a redirect
// loses units, and that no other result of the experiment is to be trusted.
// Variants with weight 0 must have count 0: a unit in one gives X2 = +Inf, p = 0.
//
// Errors: mlgauge.ErrEmpty without variants, mlgauge.ErrLength, mlgauge.ErrRange
// for a negative count or weight, mlgauge.ErrNotFinite, mlgauge.ErrUndefined for
// zero traffic or weights of sum 0 or fewer than two variants with weight.
// Source: scipy.stats.chisquare 1.17; Fabijan et al., KDD 2019.
func SampleRatio(counts []int, weights []float64) (Test, error) {
	const fn = "experiment.SampleRatio"
	if err := check.Pair(fn, "counts", len(counts), "weights", len(weights)); err != nil {
		return Test{}, err
	}
	if err := check.Weights(fn, "weights", len(counts), weights); err != nil {
		return Test{}, err
	}
	total, err := check.Sum(fn, "weights", weights)
	if err != nil {
		return Test{}, err
	}
	var n float64
	for i, c := range counts {
		if c < 0 {
			return Test{}, fmt.Errorf("%s: counts: need counts of at least 0, have %d at index %d: %w", fn, c, i, mlgauge.ErrRange)
		}
		n += float64(c)
	}
	if n == 0 {
		return Test{}, fmt.Errorf("%s: counts: need at least one unit, have none: %w", fn, mlgauge.ErrUndefined)
	}
	r := Test{Name: "sample ratio", DF: -1}
	for i, c := range counts {
		if weights[i] == 0 {
			if c > 0 {
				r.Statistic = math.Inf(1)
			}
			continue
		}
		e := n * (weights[i] / total)
		d := float64(c) - e
		r.Statistic += d * d / e
		r.DF++
	}
	if r.DF < 1 {
		return Test{}, fmt.Errorf("%s: weights: need at least two variants with traffic, have %v: %w", fn, r.DF+1, mlgauge.ErrUndefined)
	}
	r.PValue = chiSquaredSurvival(r.Statistic, r.DF)
	return r, nil
}
