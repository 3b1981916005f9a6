package quality

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/mlgauge/mlgauge"
)

// Decimal is a number as Model Monitor writes it: always with a point or an
// exponent, NaN and the infinities as the strings "NaN", "Infinity" and "-Infinity".
type Decimal float64

// MarshalJSON writes d.
func (d Decimal) MarshalJSON() ([]byte, error) {
	v := float64(d)
	switch {
	case math.IsNaN(v):
		return []byte(`"NaN"`), nil
	case math.IsInf(v, 1):
		return []byte(`"Infinity"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-Infinity"`), nil
	}
	b := strconv.AppendFloat(nil, v, 'g', -1, 64)
	if !bytes.ContainsAny(b, ".e") {
		b = append(b, ".0"...)
	}
	return b, nil
}

// UnmarshalJSON reads a number or one of the strings.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `"NaN"`:
		*d = Decimal(math.NaN())
		return nil
	case `"Infinity"`:
		*d = Decimal(math.Inf(1))
		return nil
	case `"-Infinity"`:
		*d = Decimal(math.Inf(-1))
		return nil
	case "null":
		return errors.New("need a number, have null")
	}
	return json.Unmarshal(b, (*float64)(d))
}

// Count is a whole number; 12.0 is read as 12.
type Count int64

// UnmarshalJSON reads a whole number of at least 0.
func (c *Count) UnmarshalJSON(b []byte) error {
	var v float64
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	if !(v >= 0 && v <= 1<<53 && v == math.Trunc(v)) || string(b) == "null" {
		return fmt.Errorf("need a whole number of at least 0, have %.40s", b)
	}
	*c = Count(v)
	return nil
}

// Statistics is the document statistics.json of SageMaker Model Monitor. Numbers
// of a feature are those of its numeric values; std_dev is the population's.
type Statistics struct {
	Version  Decimal             `json:"version"`
	Dataset  Dataset             `json:"dataset"`
	Features []FeatureStatistics `json:"features"`
}

// Dataset is what is said of the whole.
type Dataset struct {
	ItemCount Count `json:"item_count"`
}

// FeatureStatistics are of one column: Numerical for Fractional and Integral ones,
// String for String and Boolean ones, neither for Unknown ones.
type FeatureStatistics struct {
	Name         string               `json:"name"`
	InferredType ValueType            `json:"inferred_type"`
	Numerical    *NumericalStatistics `json:"numerical_statistics,omitempty"`
	String       *StringStatistics    `json:"string_statistics,omitempty"`
}

// Common are the counts of present and missing values.
type Common struct {
	NumPresent Count `json:"num_present"`
	NumMissing Count `json:"num_missing"`
}

// NumericalStatistics are of a numeric column.
type NumericalStatistics struct {
	Common                       Common                 `json:"common"`
	Mean                         Decimal                `json:"mean"`
	Sum                          Decimal                `json:"sum"`
	StdDev                       Decimal                `json:"std_dev"`
	Min                          Decimal                `json:"min"`
	Max                          Decimal                `json:"max"`
	ApproximateNumDistinctValues *Count                 `json:"approximate_num_distinct_values,omitempty"`
	Completeness                 *Decimal               `json:"completeness,omitempty"`
	Distribution                 *NumericalDistribution `json:"distribution,omitempty"`
}

// NumericalDistribution holds the sketch of a numeric column.
type NumericalDistribution struct {
	KLL *KLL `json:"kll,omitempty"`
}

// KLL is a quantile sketch and the histogram that follows from it.
type KLL struct {
	Buckets []KLLBucket `json:"buckets"`
	Sketch  *KLLSketch  `json:"sketch,omitempty"`
}

// KLLBucket is a bin [LowerBound, UpperBound), the last one closed.
type KLLBucket struct {
	LowerBound Decimal `json:"lower_bound"`
	UpperBound Decimal `json:"upper_bound"`
	Count      Decimal `json:"count"`
}

// KLLSketch is the sketch itself: a value of level i stands for 2^i values.
type KLLSketch struct {
	Parameters KLLParameters `json:"parameters"`
	Data       [][]Decimal   `json:"data"`
}

// KLLParameters are the sketch's: c the rate by which lower levels shrink, k the
// size of the highest.
type KLLParameters struct {
	C Decimal `json:"c"`
	K Decimal `json:"k"`
}

// StringStatistics are of a column of text.
type StringStatistics struct {
	Common        Common              `json:"common"`
	DistinctCount Count               `json:"distinct_count"`
	Completeness  *Decimal            `json:"completeness,omitempty"`
	Distribution  *StringDistribution `json:"distribution,omitempty"`
}

// StringDistribution holds the categories of a column of text with at most 120.
type StringDistribution struct {
	Categorical *Categorical `json:"categorical,omitempty"`
}

// Categorical is the count of each category.
type Categorical struct {
	Buckets []CategoryBucket `json:"buckets"`
}

// CategoryBucket is one of them.
type CategoryBucket struct {
	Value string `json:"value"`
	Count Count  `json:"count"`
}

const (
	kllBuckets     = 10
	maxCategories  = 120
	kllShrinkage   = 0.64
	monitorVersion = 0
)

// Buckets returns the histogram of a sketch in n bins of equal width on [min,
// max], as Model Monitor derives it,
//
//	count = rank_<(upper) - rank_<(lower)
//
// and rank_<=(upper) for the last bin, where a value of level i weighs 2^i. The
// error wraps ErrEmpty for a sketch without values, ErrRange for n below 1 or above
// a million, ErrNotFinite for bounds that are not finite.
func (s *KLLSketch) Buckets(n int, min, max float64) ([]KLLBucket, error) {
	const fn = "KLLSketch.Buckets"
	d := weighted(s.Data)
	switch {
	case n < 1 || n > 1e6:
		return nil, fmt.Errorf("%s: n: need 1 to 1,000,000 bins, have %d: %w", fn, n, mlgauge.ErrRange)
	case min*0 != 0 || max*0 != 0:
		return nil, fmt.Errorf("%s: need finite bounds, have %v and %v: %w", fn, min, max, mlgauge.ErrNotFinite)
	case len(d.v) == 0:
		return nil, fmt.Errorf("%s: need a value in the sketch, have none: %w", fn, mlgauge.ErrEmpty)
	}
	edges := make([]float64, n+1)
	for i := range edges {
		edges[i] = edge(min, max, i, n)
	}
	out := make([]KLLBucket, n)
	for i, c := range d.bins(edges) {
		out[i] = KLLBucket{Decimal(edges[i]), Decimal(edges[i+1]), Decimal(c)}
	}
	return out, nil
}

// Statistics returns the profile as Model Monitor's statistics.
func (p *Profile) Statistics() *Statistics {
	s := &Statistics{Version: monitorVersion, Dataset: Dataset{Count(p.rows)}, Features: []FeatureStatistics{}}
	for _, c := range p.columns {
		s.Features = append(s.Features, c.statistics())
	}
	return s
}

func (c *Column) statistics() FeatureStatistics {
	f := FeatureStatistics{Name: c.name, InferredType: c.InferredType()}
	common := Common{Count(c.Present()), Count(c.missing)}
	complete := Decimal(c.Completeness())
	n, _ := c.Distinct()
	distinct := Count(math.Round(n))
	switch f.InferredType {
	case Fractional, Integral:
		s := &NumericalStatistics{Common: common, ApproximateNumDistinctValues: &distinct, Completeness: &complete}
		f.Numerical = s
		x, err := c.Numbers()
		if err != nil { // infinities only
			nan := Decimal(math.NaN())
			s.Mean, s.Sum, s.StdDev, s.Min, s.Max = nan, nan, nan, nan, nan
			return f
		}
		s.Mean, s.Sum, s.StdDev = Decimal(x.Mean), Decimal(x.Sum), Decimal(x.StdDev)
		s.Min, s.Max = Decimal(x.Min), Decimal(x.Max)
		k := &KLLSketch{Parameters: KLLParameters{kllShrinkage, SketchK}}
		for _, level := range c.kll.Levels() {
			row := make([]Decimal, len(level))
			for i, v := range level {
				row[i] = Decimal(v)
			}
			k.Data = append(k.Data, row)
		}
		buckets, _ := k.Buckets(kllBuckets, x.Min, x.Max) // there are values, and they are finite
		s.Distribution = &NumericalDistribution{&KLL{buckets, k}}
	case String, Boolean:
		s := &StringStatistics{Common: common, DistinctCount: distinct, Completeness: &complete}
		f.String = s
		if cats, ok := c.categories(); ok {
			s.Distribution = &StringDistribution{&Categorical{cats}}
		}
	}
	return f
}

// categories returns the counts of the values, if there are at most 120.
func (c *Column) categories() ([]CategoryBucket, bool) {
	if n, exact := c.Distinct(); !exact || n > maxCategories {
		return nil, false
	}
	var out []CategoryBucket
	for _, f := range c.Top(maxCategories) {
		out = append(out, CategoryBucket{f.Value, Count(f.Count)})
	}
	return out, true
}

// decode reads one JSON document. Fields that v does not have are ignored: later
// containers may write more.
func decode(fn string, data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = errors.New("need one document, have more behind it")
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("the document is cut short")
	}
	if err == nil || errors.Is(err, mlgauge.ErrCorrupt) {
		return err
	}
	return corrupt(fn, "%v", err)
}

func corrupt(fn, format string, args ...any) error {
	return fmt.Errorf("%s: %s: %w", fn, fmt.Sprintf(format, args...), mlgauge.ErrCorrupt)
}

// ParseStatistics reads a statistics.json, made here or by Model Monitor. Unknown
// fields are ignored. An error wraps ErrCorrupt: text that is not such a document,
// another version, a repeated name, a negative count.
func ParseStatistics(data []byte) (*Statistics, error) {
	const fn = "quality.ParseStatistics"
	var s struct {
		Version *Decimal `json:"version"`
		Dataset *Dataset `json:"dataset"`
		Statistics
	}
	if err := checkVersion(fn, data); err != nil {
		return nil, err
	}
	if err := decode(fn, data, &s); err != nil {
		return nil, err
	}
	if s.Dataset == nil || s.Features == nil {
		return nil, corrupt(fn, "need dataset and features")
	}
	out := &Statistics{*s.Version, *s.Dataset, s.Features}
	seen := make(map[string]bool)
	for i := range out.Features {
		f := &out.Features[i]
		if seen[f.Name] {
			return nil, corrupt(fn, "need distinct features, have %q twice", f.Name)
		}
		seen[f.Name] = true
		if err := f.check(); err != nil {
			return nil, corrupt(fn, "feature %q: %v", f.Name, err)
		}
	}
	return out, nil
}

// checkVersion reads the version alone, since another version may have other
// fields.
func checkVersion(fn string, data []byte) error {
	var v struct {
		Version *Decimal `json:"version"`
	}
	if err := decode(fn, data, &v); err != nil {
		return err
	}
	if v.Version == nil {
		return corrupt(fn, "need a version")
	}
	if *v.Version != monitorVersion {
		return corrupt(fn, "need version %d, have %v", monitorVersion, *v.Version)
	}
	return nil
}

func (f *FeatureStatistics) check() error {
	if s := f.Numerical; s != nil {
		if s.Min > s.Max || s.StdDev < 0 {
			return fmt.Errorf("need min, max and std_dev in order, have %v, %v and %v", s.Min, s.Max, s.StdDev)
		}
		if s.Distribution == nil || s.Distribution.KLL == nil {
			return nil
		}
		for _, b := range s.Distribution.KLL.Buckets {
			if !(b.Count >= 0 && b.LowerBound <= b.UpperBound) || math.IsInf(float64(b.Count), 0) {
				return fmt.Errorf("need buckets with bounds in order and counts of at least 0, have %v", b)
			}
		}
		if k := s.Distribution.KLL.Sketch; k != nil {
			if len(k.Data) > 62 {
				return fmt.Errorf("need at most 62 levels, have %d", len(k.Data))
			}
			for _, level := range k.Data {
				for _, v := range level {
					if v*0 != 0 {
						return errors.New("need finite values in the sketch")
					}
				}
			}
		}
	}
	if s := f.String; s != nil && s.Distribution != nil && s.Distribution.Categorical != nil {
		seen := make(map[string]bool)
		for _, b := range s.Distribution.Categorical.Buckets {
			if seen[b.Value] {
				return fmt.Errorf("need distinct categories, have %q twice", b.Value)
			}
			seen[b.Value] = true
		}
	}
	return nil
}
