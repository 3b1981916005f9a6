package experiment

import (
	"context"
	"math/rand/v2"
)

// Random tries points drawn independently, each dimension by its scale.
type Random struct{}

// Propose implements Search.
func (Random) Propose(_ context.Context, s *Study, _ []Trial, n int, r *rand.Rand) ([]Proposal, error) {
	out := make([]Proposal, n)
	for i := range out {
		out[i].Point = s.Space.draw(r)
	}
	return out, nil
}

func (s Space) draw(r *rand.Rand) []float64 {
	p := make([]float64, len(s))
	for i := range s {
		p[i] = s[i].at(r.Float64())
	}
	return p
}
