package drift

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/codec"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
	"github.com/mlgauge/mlgauge/internal/moments"
	"github.com/mlgauge/mlgauge/internal/sketch"
)

const profileTag = "drift.profile/1"

// MarshalBinary returns options and contents in binary form.
func (p *Profile) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(profileTag)
	p.append(w)
	return w.Finish(), nil
}

func (p *Profile) append(w *codec.Writer) {
	w.String(p.Name)
	w.Int(p.Keep)
	w.Int(p.K)
	w.Int(p.MaxCategories)
	w.Float64s(p.Edges)
	w.Int(int(p.kind))
	w.Int(p.rows)
	w.Int(p.missing)
	switch p.kind {
	case Numeric:
		w.Int(p.posInf)
		w.Int(p.negInf)
		p.m.Append(w)
		w.Float64(p.lo)
		w.Float64(p.hi)
		w.Bool(p.few.many)
		w.Float64s(p.few.v)
		w.Ints(p.few.n)
		w.Ints(p.bins)
		w.Bool(p.kll != nil)
		if p.kll != nil {
			p.kll.Append(w)
		} else {
			w.Float64s(p.values)
		}
	case Categorical:
		c := sortedCounts(p.counts)
		names, counts := make([]string, len(c)), make([]int, len(c))
		for i, d := range c {
			names[i], counts[i] = d.Value, d.Count
		}
		w.Strings(names)
		w.Ints(counts)
		w.Int(p.rest)
		w.Int(p.restError)
	}
}

// UnmarshalBinary replaces options and contents. It returns ErrCorrupt for bytes
// that MarshalBinary did not write, and then leaves the profile as it was.
func (p *Profile) UnmarshalBinary(data []byte) error {
	r := codec.NewReader("drift.Profile.UnmarshalBinary", profileTag, data)
	q := readProfile(r)
	if err := r.Close(); err != nil {
		return err
	}
	*p = *q
	return nil
}

// readProfile reads what append wrote, and fails the reader where it cannot be.
func readProfile(r *codec.Reader) *Profile {
	p := &Profile{Name: r.String(), Keep: r.Int(), K: r.Int(), MaxCategories: r.Int(), Edges: r.Float64s()}
	kind := r.Int()
	p.rows, p.missing = r.Int(), r.Int()
	if r.Err() != nil {
		return p
	}
	if p.rows < 0 || p.missing < 0 || p.missing > p.rows {
		r.Fail("need at most %d missing values, have %d", p.rows, p.missing)
		return p
	}
	switch Kind(kind) {
	case Unknown:
		if p.rows != 0 {
			r.Fail("need a kind for %d rows, have none", p.rows)
		}
	case Numeric:
		p.readNumeric(r)
	case Categorical:
		p.readCategories(r)
	default:
		r.Fail("need a known kind, have %d", kind)
	}
	if kind != int(p.kind) {
		r.Fail("need kind %d, have %d", p.kind, kind)
	}
	if err := p.begin("", p.kind); err != nil {
		r.Fail("%v", err)
	}
	return p
}

func (p *Profile) readNumeric(r *codec.Reader) {
	p.kind = Numeric
	p.posInf, p.negInf = r.Int(), r.Int()
	p.m = moments.Read(r)
	p.lo, p.hi = r.Float64(), r.Float64()
	p.few = distinct{many: r.Bool(), v: r.Float64s(), n: r.Ints()}
	p.bins = r.Ints()
	if r.Bool() {
		p.kll = sketch.Read(r)
	} else {
		p.values = r.Float64s()
	}
	if r.Err() != nil {
		return
	}
	n := p.rows - p.missing - p.posInf - p.negInf
	held := len(p.values)
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range p.values {
		if v*0 != 0 {
			r.Fail("need finite values, have %v", v)
			return
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	if p.kll != nil {
		if p.kll.N() != uint64(n) || n == 0 {
			r.Fail("need a sketch of %d values, have %d", n, p.kll.N())
			return
		}
		held, lo, hi = n, p.kll.Min(), p.kll.Max()
	}
	if p.posInf < 0 || p.negInf < 0 || n < 0 || held != n || p.m.W != float64(n) || lo != p.lo || hi != p.hi ||
		n > 0 && (lo*0 != 0 || hi*0 != 0) {
		r.Fail("need counts, extremes and values that agree")
		return
	}
	p.checkCounts(r, n)
}

// checkCounts holds the counts of values and bins against the number of values.
func (p *Profile) checkCounts(r *codec.Reader, n int) {
	if len(p.few.v) != len(p.few.n) || len(p.few.v) > maxDistinct || p.few.many && len(p.few.v) > 0 {
		r.Fail("need at most %d distinct values, each with its count", maxDistinct)
		return
	}
	if !p.few.many {
		for i, v := range p.few.v {
			if v*0 != 0 || i > 0 && !(v > p.few.v[i-1]) {
				r.Fail("need ascending distinct values")
				return
			}
		}
		if sum, ok := addUp(p.few.n); !ok || sum != n {
			r.Fail("need distinct values that make up %d, have %d", n, sum)
			return
		}
	}
	if want := len(p.Edges); (want > 0) != (len(p.bins) > 0) || want > 0 && len(p.bins) != want+1 {
		r.Fail("need bins for %d edges, have %d", want, len(p.bins))
	} else if sum, ok := addUp(p.bins); want > 0 && (!ok || sum != n) {
		r.Fail("need bins that hold %d values, have %d", n, sum)
	}
}

// addUp sums counts; ok is false for a negative one or an overflow.
func addUp(x []int) (sum int, ok bool) {
	for _, v := range x {
		if v < 0 || sum+v < sum {
			return sum, false
		}
		sum += v
	}
	return sum, true
}

func (p *Profile) readCategories(r *codec.Reader) {
	p.kind = Categorical
	names, counts := r.Strings(), r.Ints()
	p.rest, p.restError = r.Int(), r.Int()
	if r.Err() != nil {
		return
	}
	sum, ok := addUp(counts)
	if !ok || p.rest < 0 || p.restError < 0 || p.restError > p.rest || len(names) != len(counts) || sum+p.rest != p.rows-p.missing {
		r.Fail("need category counts that make up %d rows", p.rows-p.missing)
		return
	}
	p.counts = make(map[string]int, len(names))
	for i, s := range names {
		if _, twice := p.counts[s]; twice || counts[i] == 0 {
			r.Fail("need each category once, with its count")
			return
		}
		p.counts[s] = counts[i]
	}
}

// profileJSON is a profile for people, with its state for the program.
type profileJSON struct {
	Name       string           `json:"name"`
	Kind       string           `json:"kind"`
	Rows       int              `json:"rows"`
	Missing    int              `json:"missing"`
	Infinite   int              `json:"infinite,omitempty"`
	Mean       *jsonfloat.Float `json:"mean,omitempty"`
	StdDev     *jsonfloat.Float `json:"std_dev,omitempty"`
	Min        *jsonfloat.Float `json:"min,omitempty"`
	Max        *jsonfloat.Float `json:"max,omitempty"`
	Quartiles  jsonfloat.Slice  `json:"quartiles,omitempty"`
	RankError  float64          `json:"rank_error,omitempty"`
	Edges      jsonfloat.Slice  `json:"edges,omitempty"`
	Counts     []int            `json:"counts,omitempty"`
	Categories []Category       `json:"categories,omitempty"`
	Rest       int              `json:"rest,omitempty"`
	State      []byte           `json:"state"`
}

// maxListed is the number of categories that JSON lists; the state holds all.
const maxListed = 100

// MarshalJSON writes a summary for readers, and the whole state in base 64, from
// which UnmarshalJSON restores the profile.
func (p *Profile) MarshalJSON() ([]byte, error) {
	state, err := p.MarshalBinary()
	if err != nil {
		return nil, err
	}
	j := profileJSON{Name: p.Name, Kind: p.kind.String(), Rows: p.rows, Missing: p.missing, Infinite: p.posInf + p.negInf,
		RankError: p.RankError(), Edges: p.Edges, Rest: p.rest, State: state}
	if p.m.W > 0 {
		float := func(v float64) *jsonfloat.Float { f := jsonfloat.Float(v); return &f }
		j.Mean, j.StdDev, j.Min, j.Max = float(p.Mean()), float(p.StdDev()), float(p.lo), float(p.hi)
		if j.Quartiles, err = p.Quantiles(0.25, 0.5, 0.75); err != nil {
			return nil, err
		}
	}
	j.Counts, _, _ = p.Histogram()
	if c := sortedCounts(p.counts); len(c) > 0 {
		j.Categories = c[:min(len(c), maxListed)]
	}
	return json.Marshal(j)
}

// UnmarshalJSON restores a profile from the state that MarshalJSON wrote. A summary
// that contradicts the state is ErrCorrupt; the profile then stays as it was.
func (p *Profile) UnmarshalJSON(data []byte) error {
	const fn = "drift.Profile.UnmarshalJSON"
	var j profileJSON
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return fmt.Errorf("%s: %w: %w", fn, err, mlgauge.ErrCorrupt)
	}
	var q Profile
	if err := q.UnmarshalBinary(j.State); err != nil {
		return fmt.Errorf("%s: state: %w", fn, err)
	}
	if j.Name != q.Name || j.Kind != q.kind.String() || j.Rows != q.rows || j.Missing != q.missing || !slices.Equal(j.Edges, q.Edges) {
		return fmt.Errorf("%s: need a summary that agrees with the state: %w", fn, mlgauge.ErrCorrupt)
	}
	*p = q
	return nil
}
