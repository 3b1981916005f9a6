package encoding

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
)

// JamesSteinModel is the model of the variances in JamesStein.
type JamesSteinModel int

const (
	// Independent: every category has a variance of its own.
	Independent JamesSteinModel = iota
	// Pooled: all categories share one.
	Pooled
	// Beta: shrinks by counts alone.
	Beta
	// LogOdds: log-odds ratios of a target of zeros and ones ("binary").
	LogOdds
)

// JamesStein replaces a category by its mean target, drawn towards the mean of
// all rows by an estimate of James and Stein's kind:
//
//	encoding = (1 - B) mean_c + B mean
//
// With K categories and variances over n-1:
//
//	Independent:  B = s2_c/(s2 + s2_c) (K-3)/(K-1), clipped to [0, 1]
//	Pooled:       B = (K-3) (s2 / mean n_c) / sum_c (mean_c - mean)^2, clipped
//	Beta:         B = 1 - n_c/(n_c + N)
//
// LogOdds encodes log-odds ratios l_c of the two-by-two tables (with 1/2 added
// to each count) with standard errors e_c, by the model l_c ~ N(mu, sigma^2):
//
//	B = (K-3)/(K-1) e_c^2/(sigma^2 + e_c^2), clipped;  encoding = mu + (1 - B)(l_c - mu)
//	sum_c (l_c - mu)^2/(sigma^2 + e_c^2) = K - 1,  sigma >= 0
//
// The last equation is solved to the last digits; category_encoders minimises
// its error from a start near 0 and often stays there.
//
// A column in which every row is a category of its own becomes the mean (0 for
// LogOdds), as does a category that Fit did not see. A missing value that Fit
// saw is a category.
//
// Source: JamesSteinEncoder of category_encoders 2.11; Morris (1983).
type JamesStein struct {
	// Model is Independent unless told otherwise.
	Model JamesSteinModel `json:"model,omitempty"`
	// HandleUnknown and HandleMissing: Value (usual), Refuse or ReturnNaN.
	HandleUnknown Policy `json:"handle_unknown,omitempty"`
	HandleMissing Policy `json:"handle_missing,omitempty"`
	// Sigma is the standard deviation of the noise that FitTransform multiplies
	// its numbers by, normal around 1, and Seed its seed.
	Sigma float64 `json:"sigma,omitempty"`
	Seed  uint64  `json:"seed,omitempty"`

	Table
	// Stats are the statistics that Fit derives the rest from.
	Stats []TargetStats `json:"stats,omitempty"`
}

// Fit learns from the columns x and the target y, forgetting what was learned
// before.
//
// Errors: ErrEmpty; ErrLength; ErrNotFinite for a target that is not finite;
// ErrRange for options and codes out of range; ErrUnknownCategory for a missing
// value with Refuse. With LogOdds, ErrRange for a target that is neither 0 nor 1, ErrUndefined for
// one class.
func (e *JamesStein) Fit(x []Column, y []float64) error { return e.mean().fit(x, y) }

// PartialFit is Fit that keeps what was learned before. With
// LogOdds and one class only, Transform is ErrNotFitted.
func (e *JamesStein) PartialFit(x []Column, y []float64) error { return e.mean().partialFit(x, y) }

// Merge adds what o was fitted on.
//
// Errors: ErrNotFitted if o is not; ErrIncompatible for other options or
// columns.
func (e *JamesStein) Merge(o *JamesStein) error { return e.mean().merge(o.mean(), e.Model == o.Model) }

// FitTransform fits and encodes the training rows, with the noise that Sigma
// asks for. The rows see their own target: see CrossFit.
//
// Errors: as Fit and Transform.
func (e *JamesStein) FitTransform(dst *mat.Dense, x []Column, y []float64) (*mat.Dense, error) {
	return e.mean().fitTransform(dst, x, y)
}

func (e *JamesStein) mean() meanEncoder {
	return meanEncoder{"JamesStein", e.HandleUnknown, e.HandleMissing, e.Sigma, e.Seed, &e.Table, &e.Stats, e.model}
}

func (e *JamesStein) model(fn string) (meanModel, error) {
	var m meanModel
	var shrink func(TargetStat, *summary) float64
	switch e.Model {
	case Independent:
		shrink = independent
	case Pooled:
		shrink = pooled
	case Beta:
		shrink = beta
	case LogOdds:
		shrink, m.neutral, m.zeroOne = logOdds, new(0.0), true
	default:
		return m, check.Option(fn, "Model", int(e.Model))
	}
	m.encode = func(s TargetStat, all *summary) float64 {
		if all.everyRowItsOwn() {
			return or(m.neutral, all.mean)
		}
		return shrink(s, all)
	}
	return m, nil
}

func clip01(v float64) float64 { return max(0, min(1, v)) }

func independent(s TargetStat, all *summary) float64 {
	var own float64
	if s.W > 1 {
		own = s.Variance(1)
	}
	if own == 0 || all.k == 1 {
		// No spread within, or nothing to be drawn to: the category's own mean.
		if own == 0 && all.total.M2 == 0 {
			return all.mean
		}
		return s.Mean()
	}
	k := float64(all.k)
	keep := clip01(1 - own/(all.total.Variance(1)+own)*(k-3)/(k-1))
	return keep*s.Mean() + (1-keep)*all.mean
}

func pooled(s TargetStat, all *summary) float64 {
	if !(all.spread > 0) {
		return s.Mean()
	}
	k := float64(all.k)
	variance := all.total.Variance(1) / (all.total.W / k)
	b := clip01((k - 3) * variance / all.spread)
	return all.mean + (1-b)*(s.Mean()-all.mean)
}

func beta(s TargetStat, all *summary) float64 {
	keep := s.W / (s.W + all.total.W)
	return keep*s.Mean() + (1-keep)*all.mean
}

// oddsOf returns the log-odds ratio of a category and its squared standard
// error, with Yates' correction.
func oddsOf(s TargetStat, all *summary) (l, e2 float64) {
	a, b := s.Sum+0.5, s.W-s.Sum+0.5
	c, d := all.total.Sum-s.Sum+0.5, all.total.W-all.total.Sum-(s.W-s.Sum)+0.5
	return math.Log(d * a / (b * c)), 1/a + 1/b + 1/c + 1/d
}

func logOdds(s TargetStat, all *summary) float64 {
	if all.k == 1 {
		return 0
	}
	if !all.solved {
		all.mu, all.sigma2 = solveOdds(all)
		all.solved = true
	}
	l, e2 := oddsOf(s, all)
	k := float64(all.k)
	b := clip01((k - 3) * e2 / ((k - 1) * (all.sigma2 + e2)))
	return all.mu + (1-b)*(l-all.mu)
}

// solveOdds finds sigma^2 by bisection: the weighted squares fall as it rises.
func solveOdds(all *summary) (mu, sigma2 float64) {
	var l, e2 []float64
	for slot := range all.stats.rows {
		if s := all.stats.at(slot, 0); s.Rows > 0 {
			a, b := oddsOf(s, all)
			l, e2 = append(l, a), append(e2, b)
		}
	}
	squares := func(v float64) (excess, mu float64) {
		var sw, sl float64
		for i := range l {
			w := 1 / (v + e2[i])
			sw += w
			sl += w * l[i]
		}
		mu = sl / sw
		for i := range l {
			d := l[i] - mu
			excess += d * d / (v + e2[i])
		}
		return excess - float64(len(l)-1), mu
	}
	if x, m := squares(0); x <= 0 {
		return m, 0
	}
	lo, hi := 0.0, 1.0
	// The squares fall to 0, so this ends; the bound is for the reader.
	for range 1100 {
		if x, _ := squares(hi); x <= 0 {
			break
		}
		hi *= 2
	}
	for range 200 {
		mid := lo + (hi-lo)/2
		if mid == lo || mid == hi {
			break
		}
		if x, _ := squares(mid); x > 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	_, mu = squares(hi)
	return mu, hi
}

// UnmarshalJSON restores what json.Marshal gave; on an error (ErrCorrupt) e
// stays as it was.
func (e *JamesStein) UnmarshalJSON(b []byte) error {
	type plain JamesStein
	var p plain
	if err := decode("JamesStein.UnmarshalJSON", b, &p); err != nil {
		return err
	}
	if err := p.restore("JamesStein"); err != nil {
		return err
	}
	if err := singleTarget("JamesStein.UnmarshalJSON", p.Stats); err != nil {
		return err
	}
	*e = JamesStein(p)
	return nil
}
