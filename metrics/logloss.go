package metrics

import (
	"math"
	"unsafe"

	"golang.org/x/exp/constraints"
	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// LogLoss returns the mean negative log-likelihood of binary truth, in nats; see
// Probability.LogLoss.
//
//	LogLoss = -sum (y log p + (1-y) log(1-p)) / n
//
// p[i] is the probability that row i is positive, clipped to [eps, 1-eps] with
// the eps of its type.
//
// Errors: ErrLength, ErrEmpty, ErrNotFinite for NaN, ErrRange for a probability
// outside [0, 1].
func LogLoss[F constraints.Float](yTrue []bool, p []F) (float64, error) {
	eps := epsOf[F]()
	return meanProbability("metrics.LogLoss", yTrue, p, func(y []bool, p []F) (float64, bool) { return kernel.LogLossSum(y, p, eps) })
}

// meanProbability returns the mean of a sum over rows that also says whether all
// are probabilities.
func meanProbability[F constraints.Float](fn string, yTrue []bool, p []F, f func(y []bool, p []F) (float64, bool)) (float64, error) {
	if err := check.Pair(fn, "yTrue", len(yTrue), "p", len(p)); err != nil {
		return 0, err
	}
	s := blockSum(len(yTrue), func(lo, hi int) float64 {
		v, ok := f(yTrue[lo:hi], p[lo:hi])
		if !ok {
			return math.NaN()
		}
		return v
	})
	if s != s {
		return 0, check.Probabilities(fn, "p", p)
	}
	return s / float64(len(yTrue)), nil
}

// epsOf returns the gap between 1 and the next value of a type.
func epsOf[F constraints.Float]() float64 {
	if unsafe.Sizeof(F(0)) == 4 {
		return eps32
	}
	return eps64
}

func probabilityOf[F constraints.Float](fn string, yTrue []bool, p []F) (Probability, error) {
	var s Probability
	err := addProbability(&s, fn, yTrue, p, nil, epsOf[F]())
	return s, err
}

// MultiLogLoss returns the mean negative log-likelihood of a truth of several
// classes; yTrue[i] is the column of proba that holds the true class of row i.
//
// Errors: as MultiProbability.Add.
func MultiLogLoss(yTrue []int, proba mat.Matrix) (float64, error) {
	return askMulti("metrics.MultiLogLoss", yTrue, proba, (*MultiProbability).LogLoss)
}

func askMulti(fn string, yTrue []int, proba mat.Matrix, f func(*MultiProbability) (float64, error)) (float64, error) {
	var s MultiProbability
	if err := s.add(fn, yTrue, proba, nil); err != nil {
		return 0, err
	}
	return f(&s)
}

// D2LogLoss returns the share of the log loss of the base rate that the
// predictions remove; see Probability.D2LogLoss.
//
// Errors: as LogLoss, and ErrUndefined for one class only.
func D2LogLoss[F constraints.Float](yTrue []bool, p []F) (float64, error) {
	s, err := probabilityOf("metrics.D2LogLoss", yTrue, p)
	if err != nil {
		return 0, err
	}
	return s.D2LogLoss()
}

// MultiD2LogLoss is D2LogLoss for several classes.
//
// Errors: as MultiProbability.Add, and ErrUndefined for one class only.
func MultiD2LogLoss(yTrue []int, proba mat.Matrix) (float64, error) {
	return askMulti("metrics.MultiD2LogLoss", yTrue, proba, (*MultiProbability).D2LogLoss)
}
