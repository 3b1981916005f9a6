package experiment

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/mlgauge/mlgauge"
)

// A Proposal is a point to try, and with how much of the full effort.
type Proposal struct {
	Point  []float64
	Budget float64 // 0 means full
}

// A Search proposes points. It is called between rounds, on one goroutine, with
// the trials so far in the order of their IDs, and must depend on its arguments
// alone: that makes a study repeatable and resumable.
type Search interface {
	// Propose returns up to n proposals; none ends the study. If it takes long it
	// returns the context's error when that ends.
	Propose(ctx context.Context, s *Study, history []Trial, n int, r *rand.Rand) ([]Proposal, error)
}

// Grid tries every combination of the dimensions' grids (Dimension.Steps and
// Values), the last dimension fastest.
type Grid struct{}

// gridLimit bounds the number of combinations.
const gridLimit = 1 << 24

// Propose implements Search; mlgauge.ErrRange for more than 2^24 combinations.
func (Grid) Propose(_ context.Context, s *Study, history []Trial, n int, _ *rand.Rand) ([]Proposal, error) {
	axes := make([][]float64, len(s.Space))
	size := 1
	for i := range s.Space {
		axes[i] = s.Space[i].grid()
		if int64(size)*int64(len(axes[i])) > gridLimit {
			return nil, fmt.Errorf("experiment.Grid: Space: need at most 2^24 combinations, have more: %w", mlgauge.ErrRange)
		}
		size *= len(axes[i])
	}
	var out []Proposal
	for k := len(history); k < size && len(out) < n; k++ {
		p := make([]float64, len(axes))
		rest := k
		for i := len(axes) - 1; i >= 0; i-- {
			p[i] = axes[i][rest%len(axes[i])]
			rest /= len(axes[i])
		}
		out = append(out, Proposal{Point: p})
	}
	return out, nil
}
