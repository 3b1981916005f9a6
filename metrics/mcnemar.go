package metrics

import (
	"fmt"
	"math"
	"math/bits"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/kernel"
)

// McNemar counts on which rows two classifiers, A and B, are right: the
// statistic of McNemar's test that both err equally often. The zero value is
// empty and ready, and a table that is known already can be filled in.
type McNemar struct {
	Both, OnlyA, OnlyB, Neither uint64
}

// Add counts rows by whether A and B are right. Errors: mlgauge.ErrLength,
// mlgauge.ErrEmpty.
func (m *McNemar) Add(rightA, rightB []bool) error {
	if err := check.Pair("metrics.McNemar.Add", "rightA", len(rightA), "rightB", len(rightB)); err != nil {
		return err
	}
	both, a, b := kernel.CountBools(rightA, rightB)
	m.Both += both
	m.OnlyA += a - both
	m.OnlyB += b - both
	m.Neither += uint64(len(rightA)) - a - b + both
	return nil
}

// McNemarOf counts one batch of rows: the truth and the predictions of A and B.
// Errors: mlgauge.ErrLength, mlgauge.ErrEmpty.
func McNemarOf[L comparable](yTrue, predA, predB []L) (McNemar, error) {
	const fn = "metrics.McNemarOf"
	var m McNemar
	if err := check.Pair(fn, "yTrue", len(yTrue), "predA", len(predA)); err != nil {
		return m, err
	}
	if err := check.Length(fn, "predB", len(yTrue), len(predB)); err != nil {
		return m, err
	}
	for i, t := range yTrue {
		switch a, b := predA[i] == t, predB[i] == t; {
		case a && b:
			m.Both++
		case a:
			m.OnlyA++
		case b:
			m.OnlyB++
		default:
			m.Neither++
		}
	}
	return m, nil
}

// Merge adds the counts of another table. Error: mlgauge.ErrRange when a count
// passes 2^64.
func (m *McNemar) Merge(other *McNemar) error {
	var next McNemar
	var carry, c uint64
	next.Both, c = bits.Add64(m.Both, other.Both, 0)
	carry |= c
	next.OnlyA, c = bits.Add64(m.OnlyA, other.OnlyA, 0)
	carry |= c
	next.OnlyB, c = bits.Add64(m.OnlyB, other.OnlyB, 0)
	carry |= c
	next.Neither, c = bits.Add64(m.Neither, other.Neither, 0)
	if carry|c != 0 {
		return fmt.Errorf("metrics.McNemar.Merge: need counts below 2^64, have more: %w", mlgauge.ErrRange)
	}
	*m = next
	return nil
}

// Reset empties the table.
func (m *McNemar) Reset() { *m = McNemar{} }

const mcnemarTag = "mcnemar/1"

// MarshalBinary returns the table as bytes.
func (m McNemar) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(mcnemarTag)
	w.Uint64s([]uint64{m.Both, m.OnlyA, m.OnlyB, m.Neither})
	return w.Finish(), nil
}

// UnmarshalBinary replaces the table by one that MarshalBinary wrote. Error:
// mlgauge.ErrCorrupt, and the table stays as it was.
func (m *McNemar) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("metrics.McNemar.UnmarshalBinary", mcnemarTag, data)
	n := r.Uint64s()
	if r.Err() == nil && len(n) != 4 {
		r.Fail("need 4 counts, have %d", len(n))
	}
	if err := r.Close(); err != nil {
		return err
	}
	*m = McNemar{n[0], n[1], n[2], n[3]}
	return nil
}

// A McNemarMethod is a way to compute the p-value of McNemar's test.
type McNemarMethod int

const (
	// McNemarExact is the two-sided binomial test of b against c; the default.
	McNemarExact McNemarMethod = iota
	// McNemarMidP is the exact test less half the probability of what was
	// seen: less conservative.
	McNemarMidP
	// McNemarChi2 is the chi-squared statistic with one degree of freedom.
	McNemarChi2
	// McNemarCorrected is McNemarChi2 with Edwards' continuity correction.
	McNemarCorrected
)

// A McNemarResult is a statistic with its two-sided p-value.
type McNemarResult struct {
	Statistic, P float64
}

// Test tests that A and B err equally often. With b = OnlyA and c = OnlyB:
//
//	exact      statistic min(b, c), p = min(1, 2 P(X <= min(b, c))), X binomial of b+c, 1/2
//	mid-p      the same less P(X = min(b, c)); 1 if b = c
//	chi2       (b - c)^2 / (b + c)
//	corrected  (|b - c| - 1)^2 / (b + c)
//
// Without discordant rows (b + c = 0) the exact p is 1, and the chi-squared
// ones are undefined (mlgauge.ErrUndefined). Errors: mlgauge.ErrEmpty for a
// table without rows, mlgauge.ErrRange for an unknown method.
//
// Source: statsmodels 0.15 mcnemar, whose corrected statistic for b = c, 1/(b+c),
// is kept; mid-p after Fagerland, Lydersen and Laake, BMC Medical Research
// Methodology 13 (2013) 91.
func (m McNemar) Test(method McNemarMethod) (McNemarResult, error) {
	const fn = "metrics.McNemar.Test"
	if method < McNemarExact || method > McNemarCorrected {
		return McNemarResult{}, check.Option(fn, "method", int(method))
	}
	if m == (McNemar{}) {
		return McNemarResult{}, fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	b, c := float64(m.OnlyA), float64(m.OnlyB)
	n, low := b+c, min(b, c)
	if method == McNemarExact || method == McNemarMidP {
		r := McNemarResult{Statistic: low, P: 1}
		if b == c {
			return r, nil
		}
		p, upTo := fairCoin(n, low)
		r.P = min(2*upTo, 1)
		if method == McNemarMidP {
			r.P -= p
		}
		return r, nil
	}
	if n == 0 {
		_, err := undefined(fn, "rows on which one is right and the other wrong")
		return McNemarResult{}, err
	}
	d := math.Abs(b - c)
	if method == McNemarCorrected {
		d--
	}
	s := d * d / n
	// The upper tail of chi-squared with one degree of freedom.
	return McNemarResult{Statistic: s, P: math.Erfc(math.Sqrt(s / 2))}, nil
}

// fairCoin returns P(X = k) and P(X <= k) for X binomial of n and 1/2, k < n/2.
func fairCoin(n, k float64) (at, upTo float64) {
	if n > 1e5 {
		x := distuv.Binomial{N: n, P: 0.5}
		return x.Prob(k), x.CDF(k)
	}
	// C(n, k) / 2^n as a product, its exponent apart: the gamma function of
	// thousands would leave ten digits only.
	f, e := 1.0, -int(n)
	for i := 1.0; i <= k; i++ {
		var x int
		f, x = math.Frexp(f * (n - k + i) / i)
		e += x
	}
	at = math.Ldexp(f, e)
	term, sum := 1.0, 1.0
	for i := k; i > 0 && term > 1e-18*sum; i-- {
		term *= i / (n - i + 1)
		sum += term
	}
	return at, math.Ldexp(f*sum, e)
}

// DifferenceInterval returns the accuracy of A less that of B, with its
// confidence interval for paired rows. With b = OnlyA, c = OnlyB of n rows:
//
//	(b - c)/n +- z sqrt(b + c - (b - c)^2/n) / n
//
// after adding 1/2 to each of the four counts for the limits only (Agresti and
// Min), cut to [-1, 1]. Errors: mlgauge.ErrEmpty for a table without rows,
// mlgauge.ErrRange for a level outside (0, 1).
//
// Source: Agresti and Min, Statistics in Medicine 24 (2005) 729.
func (m McNemar) DifferenceInterval(level float64) (Interval, error) {
	const fn = "metrics.McNemar.DifferenceInterval"
	if err := check.Level(fn, level); err != nil {
		return Interval{}, err
	}
	if m == (McNemar{}) {
		return Interval{}, fmt.Errorf("%s: need at least one row, have none: %w", fn, mlgauge.ErrEmpty)
	}
	b, c := float64(m.OnlyA), float64(m.OnlyB)
	n := float64(m.Both) + float64(m.Neither) + b + c
	value := (b - c) / n
	b, c, n = b+0.5, c+0.5, n+2
	d := (b - c) / n
	iv := wald(d, ((b+c)/n-d*d)/n, level, -1, 1)
	iv.Value = value
	return iv, nil
}
