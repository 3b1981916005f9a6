package explain

import (
	"fmt"
	"math"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A Link is the scale on which Shapley values add up.
type Link uint8

const (
	// Identity adds up to the prediction itself.
	Identity Link = iota
	// Logit adds up to log(p / (1-p)), for models that return probabilities.
	Logit
)

// apply changes v, a list of mean predictions, to the scale of the link.
func (l Link) apply(fn string, v []float64) error {
	if l == Identity {
		return nil
	}
	for i, p := range v {
		if p == 0 || p == 1 {
			return fmt.Errorf("%s: Link: need mean predictions inside (0, 1) for the logit, have %v: %w", fn, p, mlgauge.ErrNotFinite)
		}
		if !(p > 0 && p < 1) {
			return fmt.Errorf("%s: Link: need mean predictions inside (0, 1) for the logit, have %v: %w", fn, p, mlgauge.ErrRange)
		}
		v[i] = math.Log(p / (1 - p))
	}
	return nil
}

func (l Link) check(fn string) error {
	if l > Logit {
		return check.Option(fn, "Link", l)
	}
	return nil
}
