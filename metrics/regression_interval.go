package metrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
)

// MAEInterval returns MAE with Student's t interval for the mean of the absolute
// errors; the lower limit is cut at 0.
//
//	MAE -+ t(1 - (1-level)/2, W - 1) s / sqrt(W)
//
// s is the sample standard deviation of |y - p|; weights count as repeated rows.
//
// Errors: ErrEmpty, ErrRange for a level outside (0, 1), ErrUndefined for a total
// weight of 1 or less.
func (r *Regression) MAEInterval(level float64) (Interval, error) {
	if err := r.some("MAEInterval", 0); err != nil {
		return Interval{}, err
	}
	return meanInterval("metrics.Regression.MAEInterval", r.abs.Mean(), r.abs.M2, r.abs.W, level, 0, math.Inf(1))
}

// MSEInterval returns MSE with Student's t interval for the mean of the squared
// errors, which assumes no distribution of theirs; the lower limit is cut at 0.
// It needs CollectSpread.
//
// Errors: as MAEInterval, and ErrUndefined if spread was not collected.
func (r *Regression) MSEInterval(level float64) (Interval, error) {
	if err := r.some("MSEInterval", CollectSpread); err != nil {
		return Interval{}, err
	}
	mse, err := r.MSE()
	if err != nil {
		return Interval{}, err
	}
	return meanInterval("metrics.Regression.MSEInterval", mse, r.spread.c[0][0], r.spread.w, level, 0, math.Inf(1))
}

// RMSEInterval returns RMSE with the roots of the limits of MSEInterval.
//
// Errors: as MSEInterval.
func (r *Regression) RMSEInterval(level float64) (Interval, error) {
	v, err := r.MSEInterval(level)
	v.Value, v.Low, v.High = math.Sqrt(v.Value), math.Sqrt(v.Low), math.Sqrt(v.High)
	return v, err
}

// MeanBiasInterval returns MeanBias with Student's t interval for the mean of
// predicted minus true.
//
// Errors: as MAEInterval.
func (r *Regression) MeanBiasInterval(level float64) (Interval, error) {
	b, err := r.MeanBias()
	if err != nil {
		return Interval{}, err
	}
	return meanInterval("metrics.Regression.MeanBiasInterval", b, r.e.M2, r.e.W, level, math.Inf(-1), math.Inf(1))
}

// R2Interval returns R2 with its large-sample interval by the delta method,
// which assumes neither normal errors nor that the predictions come from least
// squares on the same data; the upper limit is cut at 1. It needs CollectSpread.
//
//	R2 = 1 - E u / (E v - (E t)^2),  u = (y-p)^2, t = y - c, v = t^2
//	Var R2 = g' Cov(u, v, t) g / W,  g the gradient of R2
//
// Errors: as R2, ErrRange for the level, ErrUndefined if spread was not collected
// or the truth is constant. Source: van der Vaart, Asymptotic Statistics (1998),
// theorem 3.1.
func (r *Regression) R2Interval(level float64) (Interval, error) {
	const fn = "metrics.Regression.R2Interval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	if err := r.some("R2Interval", CollectSpread); err != nil {
		return Interval{}, err
	}
	r2, err := r.R2()
	if err != nil {
		return Interval{}, err
	}
	if r.y.M2 == 0 {
		return Interval{}, fmt.Errorf("%s: need a truth that varies, have a constant: %w", fn, mlgauge.ErrUndefined)
	}
	s := &r.spread
	u, v := r.e.SumOfSquares()/s.w, r.y.M2/s.w
	// Gradient with respect to the means of u, v and t.
	g := [3]float64{-1 / v, u / (v * v), -2 * s.mean[2] * u / (v * v)}
	var q float64
	for i := range g {
		for j := range g {
			q += g[i] * g[j] * s.c[i][j]
		}
	}
	if !(s.w > 1) {
		return Interval{}, fmt.Errorf("%s: need a total weight above 1, have %v: %w", fn, s.w, mlgauge.ErrUndefined)
	}
	if _, err := finite(fn, q); err != nil {
		return Interval{}, err
	}
	h := distuv.UnitNormal.Quantile(0.5+level/2) * math.Sqrt(math.Max(q, 0)/(s.w-1)/s.w)
	return Interval{Value: r2, Low: r2 - h, High: math.Min(1, r2+h), Level: level}, nil
}

// meanInterval returns Student's t interval for a mean with central second sum
// m2 and weight w, cut to [lo, hi].
func meanInterval(fn string, mean, m2, w, level, lo, hi float64) (Interval, error) {
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	if !(w > 1) {
		return Interval{}, fmt.Errorf("%s: need a total weight above 1, have %v: %w", fn, w, mlgauge.ErrUndefined)
	}
	if _, err := finite(fn, m2); err != nil {
		return Interval{}, err
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: w - 1}
	h := t.Quantile(0.5+level/2) * math.Sqrt(m2/(w-1)/w)
	return Interval{Value: mean, Low: math.Max(lo, mean-h), High: math.Min(hi, mean+h), Level: level}, nil
}

// spread holds the covariance sums of (u, v, t): the squared error, the squared
// and the plain distance of the truth from a center.
type spread struct {
	center, w float64
	mean      [3]float64
	c         [3][3]float64
}

func spreadOf[F check.Float](a, b []F, w []float64, center float64) spread {
	s := spread{center: center}
	for pass := range 2 {
		mean := s.mean
		s.mean = [3]float64{}
		s.w = 0
		for i := range a {
			wi := 1.0
			if w != nil {
				if wi = w[i]; wi == 0 {
					continue
				}
			}
			s.w += wi
			e := float64(a[i]) - float64(b[i])
			t := float64(a[i]) - center
			d := [3]float64{e*e - mean[0], t*t - mean[1], t - mean[2]}
			for j := range d {
				s.mean[j] += wi * d[j]
				if pass == 1 {
					for k := range j + 1 {
						s.c[j][k] += wi * d[j] * d[k]
					}
				}
			}
		}
		for j := range s.mean {
			s.mean[j] = mean[j] + s.mean[j]/s.w
		}
	}
	s.mirror()
	return s
}

func (s *spread) mirror() {
	s.c[0][1], s.c[0][2], s.c[1][2] = s.c[1][0], s.c[2][0], s.c[2][1]
}

// recenter moves the center of t and v, which are then linear in the old ones:
// t' = t + d, v' = v + 2 d t + d^2.
func (s *spread) recenter(center float64) {
	d := s.center - center
	s.center = center
	if d == 0 {
		return
	}
	s.c[1][0] += 2 * d * s.c[2][0]
	s.c[1][1] += 4*d*s.c[2][1] + 4*d*d*s.c[2][2]
	s.c[2][1] += 2 * d * s.c[2][2]
	s.mirror()
	s.mean[1] += 2*d*s.mean[2] + d*d
	s.mean[2] += d
}

func (s *spread) merge(o *spread) {
	if o.w == 0 {
		return
	}
	if s.w == 0 {
		*s = *o
		return
	}
	b := *o
	b.recenter(s.center)
	w := s.w + b.w
	var d [3]float64
	for i := range d {
		d[i] = b.mean[i] - s.mean[i]
	}
	for i := range d {
		for j := range d {
			s.c[i][j] += b.c[i][j] + d[i]*d[j]*(s.w*(b.w/w))
		}
		s.mean[i] += d[i] * (b.w / w)
	}
	s.w = w
}

func (s *spread) append(w *codec.Writer) {
	w.Float64(s.center)
	w.Float64(s.w)
	for i := range s.mean {
		w.Float64(s.mean[i])
		for j := range i + 1 {
			w.Float64(s.c[i][j])
		}
	}
}

func readSpread(r *codec.Reader) spread {
	s := spread{center: r.Float64(), w: r.Float64()}
	for i := range s.mean {
		s.mean[i] = r.Float64()
		for j := range i + 1 {
			s.c[i][j] = r.Float64()
		}
	}
	s.mirror()
	if r.Err() == nil && !(s.w >= 0) {
		r.Fail("need a weight of at least 0, have %v", s.w)
	}
	return s
}
