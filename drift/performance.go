package drift

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/check"
)

// A Chunk is the rows [Lo, Hi) of a data set, in the order of their time.
type Chunk struct {
	Label  string // "0-499", or the period: "2024-03", "2024-Q1", "2024-W07"
	Lo, Hi int
}

func rowChunk(lo, hi int) Chunk { return Chunk{fmt.Sprintf("%d-%d", lo, hi-1), lo, hi} }

// ChunksBySize cuts n rows into chunks of the given size; the last may be smaller. It
// returns ErrEmpty for n below 1, ErrRange for a size below 1.
func ChunksBySize(n, size int) ([]Chunk, error) {
	const fn = "drift.ChunksBySize"
	if err := check.NotEmpty(fn, "n", max(0, n)); err != nil {
		return nil, err
	}
	if err := check.AtLeast(fn, "size", size, 1); err != nil {
		return nil, err
	}
	var c []Chunk
	for lo := 0; lo < n; lo += size {
		c = append(c, rowChunk(lo, lo+min(size, n-lo)))
	}
	return c, nil
}

// ChunksByNumber cuts n rows into k chunks of n/k rows, the first n mod k of them
// longer by one. It returns ErrEmpty for n below 1, ErrRange for k outside [1, n].
func ChunksByNumber(n, k int) ([]Chunk, error) {
	const fn = "drift.ChunksByNumber"
	if err := check.NotEmpty(fn, "n", max(0, n)); err != nil {
		return nil, err
	}
	if err := check.In(fn, "k", float64(k), 1, float64(n)); err != nil {
		return nil, err
	}
	c := make([]Chunk, 0, k)
	for i, lo := 0, 0; i < k; i++ {
		hi := lo + n/k
		if i < n%k {
			hi++
		}
		c = append(c, rowChunk(lo, hi))
		lo = hi
	}
	return c, nil
}

// A Period is a part of the calendar.
type Period int

const (
	Day Period = iota
	Week
	Month
	Quarter
	Year
	Hour
)

// ChunksByPeriod cuts rows by calendar periods, in the time zone of each time; weeks
// are those of ISO 8601. Periods without rows have no chunk. The times must ascend:
// it returns ErrEmpty without any, ErrRange for one before its predecessor and for an
// unknown period.
func ChunksByPeriod(times []time.Time, p Period) ([]Chunk, error) {
	const fn = "drift.ChunksByPeriod"
	if err := check.NotEmpty(fn, "times", len(times)); err != nil {
		return nil, err
	}
	if p < Day || p > Hour {
		return nil, check.Option(fn, "period", int(p))
	}
	var c []Chunk
	for i, t := range times {
		if i > 0 && t.Before(times[i-1]) {
			return nil, fmt.Errorf("%s: times[%d]: need one not before %v, have %v: %w", fn, i, times[i-1], t, mlgauge.ErrRange)
		}
		if label := p.label(t); i == 0 || label != c[len(c)-1].Label {
			c = append(c, Chunk{label, i, i})
		}
		c[len(c)-1].Hi = i + 1
	}
	return c, nil
}

func (p Period) label(t time.Time) string {
	switch p {
	case Week:
		y, w := t.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", y, w)
	case Month:
		return t.Format("2006-01")
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", t.Year(), (int(t.Month())+2)/3)
	case Year:
		return t.Format("2006")
	case Hour:
		return t.Format("2006-01-02T15")
	}
	return t.Format("2006-01-02")
}

// ChunkValues returns metric(lo, hi) of every chunk, any measure of its rows: a
// score, an AUC, a distance to a reference. A chunk on which it is undefined
// (ErrUndefined or ErrEmpty) has the value NaN; any other error is returned. It
// returns ErrEmpty without chunks, ErrRange for a chunk without rows.
func ChunkValues(chunks []Chunk, metric func(lo, hi int) (float64, error)) ([]float64, error) {
	const fn = "drift.ChunkValues"
	if err := check.NotEmpty(fn, "chunks", len(chunks)); err != nil {
		return nil, err
	}
	v := make([]float64, len(chunks))
	for i, c := range chunks {
		if c.Lo < 0 || c.Hi <= c.Lo {
			return nil, fmt.Errorf("%s: chunks[%d]: need rows, have [%d, %d): %w", fn, i, c.Lo, c.Hi, mlgauge.ErrRange)
		}
		x, err := metric(c.Lo, c.Hi)
		switch {
		case errors.Is(err, mlgauge.ErrUndefined) || errors.Is(err, mlgauge.ErrEmpty):
			x = math.NaN()
		case err != nil:
			return nil, fmt.Errorf("%s: chunk %s: %w", fn, c.Label, err)
		}
		v[i] = x
	}
	return v, nil
}

// Limits are those of a measure over chunks.
type Limits struct {
	Mean, StdDev float64 // of the reference chunks; divisor n
	Lower, Upper float64
}

// LimitOptions are the options of ChunkLimits. The zero value is usual.
type LimitOptions struct {
	Sigmas   float64  // standard deviations to both sides; 0 means 3
	Min, Max *float64 // that the measure can take: limits are cut there, and cut ones raise no alert
}

// ChunkLimits returns what a measure may be, from its values on reference chunks,
//
//	mean +- 3 sigma
//
// with the population standard deviation of the values. NaN is left out. It returns
// ErrEmpty for fewer than two values, ErrNotFinite for infinities, ErrRange for bad
// options. Source: NannyML, StandardDeviationThreshold.
func ChunkLimits(reference []float64, o LimitOptions) (Limits, error) {
	const fn = "drift.ChunkLimits"
	k := or(o.Sigmas, 3)
	if err := option(fn, "Sigmas", k, 0, math.Inf(1)); err != nil {
		return Limits{}, err
	}
	var p Profile
	if err := p.AddFloats(reference); err != nil {
		return Limits{}, err
	}
	if lo, hi := p.Infinite(); lo+hi > 0 {
		return Limits{}, fmt.Errorf("%s: reference: need finite values or NaN, have %d infinities: %w", fn, lo+hi, mlgauge.ErrNotFinite)
	}
	if p.Rows()-p.Missing() < 2 {
		return Limits{}, fmt.Errorf("%s: reference: need at least 2 chunks with a value, have %d: %w", fn, p.Rows()-p.Missing(), mlgauge.ErrEmpty)
	}
	l := Limits{Mean: p.Mean(), StdDev: p.StdDev()}
	l.Lower, l.Upper = l.Mean-k*l.StdDev, l.Mean+k*l.StdDev
	if o.Min != nil {
		l.Lower = max(l.Lower, *o.Min)
	}
	if o.Max != nil {
		l.Upper = min(l.Upper, *o.Max)
	}
	if !(l.Lower <= l.Upper) {
		return Limits{}, fmt.Errorf("%s: Min and Max: need limits that hold the reference, have %v to %v: %w", fn, l.Lower, l.Upper, mlgauge.ErrRange)
	}
	return l, nil
}

// Alerts returns the indices of the values outside the limits. NaN is no alert.
func (l Limits) Alerts(values []float64) []int {
	var out []int
	for i, v := range values {
		if v < l.Lower || v > l.Upper {
			out = append(out, i)
		}
	}
	return out
}
