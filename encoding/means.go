package encoding

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A summary is what the formulas of the mean encoders see of a whole column.
type summary struct {
	stats  *TargetStats
	total  TargetStat
	mean   float64
	k      int     // categories seen, missing among them
	spread float64 // sum over categories of (mean_c - mean)^2

	// The model of JamesStein with LogOdds, once solved.
	solved     bool
	mu, sigma2 float64
}

// everyRowItsOwn tells a column of identifiers.
func (s *summary) everyRowItsOwn() bool { return s.k == s.total.Rows }

func summarize(t *TargetStats) *summary {
	s := &summary{stats: t, total: t.Total()}
	s.mean = s.total.Mean()
	for slot := range t.rows {
		if a := t.at(slot, 0); a.Rows > 0 {
			s.k++
			d := a.Mean() - s.mean
			s.spread += d * d
		}
	}
	return s
}

// meanFeatures builds the features of an encoder with one number per category.
// What was not seen gets neutral, or the mean if that is nil.
func meanFeatures(fn string, stats []TargetStats, onUnknown, onMissing Policy, encode func(TargetStat, *summary) float64, neutral *float64) ([]Feature, error) {
	unknown, err := policy(fn, "HandleUnknown", onUnknown, Value, Value, Refuse, ReturnNaN)
	if err != nil {
		return nil, err
	}
	missing, err := policy(fn, "HandleMissing", onMissing, Value, Value, Refuse, ReturnNaN)
	if err != nil {
		return nil, err
	}
	features := make([]Feature, len(stats))
	for j := range stats {
		t := &stats[j]
		all := summarize(t)
		if all.mean*0 != 0 || math.IsInf(all.total.M2, 0) {
			return nil, fmt.Errorf("%s: y: need a target whose mean and variance are finite, have %v and %v: %w", fn, all.mean, all.total.M2, mlgauge.ErrNotFinite)
		}
		f := Feature{Name: name(t.name, j), MissingLabels: t.dict.MissingLabels()}
		f.Names = []string{f.Name}
		f.perm = order(t.dict.labels, t.order)
		for _, k := range f.perm {
			f.Categories = append(f.Categories, t.dict.labels[k])
			f.Values = append(f.Values, encode(t.at(int(k)+1, 0), all))
		}
		v := or(neutral, all.mean)
		f.Unknown = byPolicy(unknown, []float64{v})
		if s := t.at(0, 0); s.Rows > 0 {
			if missing == Refuse {
				return nil, refused(fn, "column "+strconv.Quote(f.Name), &Column{}, 0, Missing)
			}
			v = encode(s, all)
		}
		f.Missing = byPolicy(missing, []float64{v})
		features[j] = f
	}
	return features, nil
}

func checkNoise(fn string, sigma float64) error {
	return check.In(fn, "Sigma", sigma, 0, math.MaxFloat64)
}

// addNoise multiplies every number by a normal one around 1.
func addNoise(dst *mat.Dense, sigma float64, seed uint64) {
	if sigma == 0 {
		return
	}
	r := rand.New(rand.NewPCG(seed, 1))
	raw := dst.RawMatrix()
	for i := range raw.Rows {
		for j := range raw.Cols {
			raw.Data[i*raw.Stride+j] *= 1 + sigma*r.NormFloat64()
		}
	}
}

// singleTarget reports statistics from JSON that are of classes.
func singleTarget(fn string, stats []TargetStats) error {
	for j := range stats {
		if stats[j].outputs > 1 {
			return corrupt(fn, "stats", "one target", stats[j].outputs)
		}
	}
	return nil
}

// dictionaries returns those of the statistics.
func dictionaries(stats []TargetStats) []*Dictionary {
	d := make([]*Dictionary, len(stats))
	for j := range stats {
		d[j] = &stats[j].dict
	}
	return d
}

// zeroOneStats reports statistics, from JSON perhaps, that no target of zeros
// and ones has.
func zeroOneStats(fn string, stats []TargetStats) error {
	for j := range stats {
		for slot := range stats[j].rows {
			if a := stats[j].at(slot, 0); a.Sum < 0 || a.Sum > a.W {
				return fmt.Errorf("%s: Stats: need a target of zeros and ones, have a sum of %v over weight %v: %w", fn, a.Sum, a.W, mlgauge.ErrRange)
			}
		}
	}
	return nil
}
