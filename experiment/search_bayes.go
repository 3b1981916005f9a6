package experiment

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
)

// Bayes lets earlier results guide the search: a Gaussian process (Matern 5/2)
// over the trials so far says what to expect of a point and how surely, and the
// point of the largest expected improvement is tried next. It pays where a trial
// takes seconds or more: a proposal costs milliseconds, growing with the cube of
// the trials. A batch is proposed as if each of its points had come out as
// expected.
//
//	EI = (m - best) Phi(u) + s phi(u),   u = (m - best)/s
//
// Trials that failed count as the worst value seen. Values should be of one order
// of magnitude: take logs of errors that span many.
//
// Source: Jones, Schonlau and Welch, Journal of Global Optimization 13 (1998) 455;
// Snoek, Larochelle and Adams, NIPS 2012.
type Bayes struct {
	Initial    int // points spread evenly before the process is asked; 0 means 4 + 2 per dimension
	Candidates int // points at which the improvement is computed; 0 means 400
}

// Propose implements Search; mlgauge.ErrRange for negative options, and the
// context's error.
func (b Bayes) Propose(ctx context.Context, s *Study, history []Trial, n int, r *rand.Rand) ([]Proposal, error) {
	if b.Initial < 0 || b.Candidates < 0 {
		return nil, fmt.Errorf("experiment.Bayes: need Initial and Candidates of at least 0, have %d and %d: %w", b.Initial, b.Candidates, mlgauge.ErrRange)
	}
	if b.Initial == 0 {
		b.Initial = 4 + 2*len(s.Space)
	}
	if b.Candidates == 0 {
		b.Candidates = 400
	}
	var out []Proposal
	for k := len(history); k < b.Initial && len(out) < n; k++ {
		out = append(out, Proposal{Point: s.Space.spread(s.rand(math.MaxUint64), k)})
	}
	x, y := s.observed(history)
	if len(out) > 0 || len(x) == 0 {
		for len(out) < n && len(x) == 0 && len(history) >= b.Initial {
			out = append(out, Proposal{Point: s.Space.draw(r)})
		}
		return out, nil
	}
	for len(out) < n {
		p, err := fitProcess(ctx, x, y)
		if err != nil {
			return nil, err
		}
		point := b.next(s.Space, p, r)
		out = append(out, Proposal{Point: point})
		z := s.Space.encode(point)
		m, _ := p.predict(z)
		x, y = append(x, z), append(y, m)
	}
	return out, nil
}

// observed returns the trials as points of the cube and values to maximize. It is
// empty while all failed.
func (s *Study) observed(history []Trial) (x [][]float64, y []float64) {
	worst := math.Inf(1)
	sign := 1.0
	if s.Goal == Minimize {
		sign = -1
	}
	for _, t := range history {
		if t.Err == "" {
			worst = math.Min(worst, sign*t.Value)
		}
	}
	if math.IsInf(worst, 1) {
		return nil, nil
	}
	for _, t := range history {
		x = append(x, s.Space.encode(t.Point))
		if t.Err == "" {
			y = append(y, sign*t.Value)
		} else {
			y = append(y, worst)
		}
	}
	return x, y
}

// encode returns a point in the cube; a category has one coordinate per choice.
func (s Space) encode(p []float64) []float64 {
	var z []float64
	for i := range s {
		if s[i].Scale != Category {
			z = append(z, s[i].place(p[i]))
			continue
		}
		for c := range s[i].Choices {
			z = append(z, 0)
			if c == int(p[i]) {
				z[len(z)-1] = math.Sqrt2 / 2 // two choices are at distance 1
			}
		}
	}
	return z
}

// spread returns point k of a sequence that fills the space evenly (Roberts'
// additive recurrence), shifted by chance.
func (s Space) spread(r *rand.Rand, k int) []float64 {
	// The positive root of g^(d+1) = g + 1.
	g := 1.5
	for range 60 {
		g = math.Pow(1+g, 1/float64(len(s)+1))
	}
	p := make([]float64, len(s))
	a := 1.0
	for j := range s {
		a /= g
		_, u := math.Modf(r.Float64() + float64(k+1)*a)
		p[j] = s[j].at(u)
	}
	return p
}

// next returns the point of the largest expected improvement among points spread
// over the space and, from the best of them, smaller and smaller steps.
func (b Bayes) next(s Space, p *process, r *rand.Rand) []float64 {
	// Expected rather than observed bests, so that noise is not chased.
	best := math.Inf(-1)
	for _, x := range p.x {
		m, _ := p.predict(x)
		best = math.Max(best, m)
	}
	type candidate struct {
		u     []float64
		point []float64
		gain  float64
	}
	score := func(u []float64) candidate {
		c := candidate{u: u, point: make([]float64, len(s))}
		for j := range s {
			c.point[j] = s[j].at(u[j])
		}
		m, dev := p.predict(s.encode(c.point))
		c.gain = logImprovement(m-best, dev, p.dev)
		return c
	}
	all := make([]candidate, 0, b.Candidates)
	for range b.Candidates {
		u := make([]float64, len(s))
		for j := range u {
			u[j] = r.Float64()
		}
		all = append(all, score(u))
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.gain, a.gain) })
	top := all[0]
	for _, c := range all[:min(3, len(all))] {
		for sigma := 0.2; sigma > 1e-3; sigma *= 0.6 {
			for range 10 {
				u := slices.Clone(c.u)
				// One dimension or all of them.
				only := r.IntN(2 * len(u))
				for j := range u {
					if only < len(u) && j != only {
						continue
					}
					if s[j].Scale == Category {
						if r.Float64() < 0.3 {
							u[j] = r.Float64()
						}
						continue
					}
					u[j] = math.Max(0, math.Min(1, u[j]+sigma*r.NormFloat64()))
				}
				if v := score(u); v.gain > c.gain {
					c = v
				}
			}
		}
		if c.gain > top.gain {
			top = c
		}
	}
	return top.point
}

// logImprovement returns the log of the expected improvement, so that points far
// from improving can still be told apart. scale is the deviation of the values.
func logImprovement(gain, dev, scale float64) float64 {
	if dev <= 1e-9*scale {
		if gain > 0 {
			return math.Log(gain)
		}
		return math.Inf(-1)
	}
	u := gain / dev
	if u > -25 {
		return math.Log(dev) + math.Log(u*distuv.UnitNormal.CDF(u)+distuv.UnitNormal.Prob(u))
	}
	// phi(u)/u^2 (1 - 3/u^2), where the sum above would cancel.
	return math.Log(dev) - u*u/2 - 2*math.Log(-u) + math.Log1p(-3/(u*u)) - math.Log(2*math.Pi)/2
}
