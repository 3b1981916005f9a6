package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/bias"
	"github.com/mlgauge/mlgauge/table"
)

// allFeatures tells that --features asks for every other numeric column.
func (o *biasOptions) allFeatures() bool { return slices.Equal(o.features, []string{"all"}) }

// flipRows are the rows of the flip test: what bias.Counts does not keep.
type flipRows struct {
	names             []string
	data              []float64
	facet, prediction codes
	reason            error // why there is no flip test
}

// codes is a column that grows by batches whose dictionaries differ.
type codes struct {
	bias.Column
	at map[string]int32
}

func (c *codes) add(value string) {
	k, ok := c.at[value]
	if !ok {
		k = int32(len(c.Values))
		c.at[value] = k
		c.Values = append(c.Values, value)
	}
	c.Codes = append(c.Codes, k)
}

// newFlipRows chooses the features: the fields that have no other use.
func newFlipRows(fields []table.Field, used []string, asked, all bool) *flipRows {
	f := &flipRows{facet: codes{at: map[string]int32{}}, prediction: codes{at: map[string]int32{}}}
	if !asked {
		f.reason = errors.New("need --features A[,B], the numeric columns by which rows are near")
		return f
	}
	for _, x := range fields {
		if slices.Contains(used, x.Name) || all && x.Type != table.Float {
			continue
		}
		f.names = append(f.names, x.Name)
	}
	if len(f.names) == 0 {
		f.reason = fmt.Errorf("--features: need a numeric column beside %s, have none: %w", strings.Join(used, ", "), mlgauge.ErrEmpty)
	}
	return f
}

// add keeps the features of the rows of a batch that the counts do not leave out, until a
// column that cannot be a feature ends the test.
func (f *flipRows) add(t *table.Table, b bias.Batch, missing map[string]int) error {
	columns := make([][]float64, len(f.names))
	for j, name := range f.names {
		c, err := t.Column(name)
		if err != nil {
			return err
		}
		missing[name] += c.Missing()
		if columns[j], err = numbers(c); err != nil {
			f.stop(err)
		}
	}
	if f.reason != nil {
		return nil
	}
	for i, k := range b.Facet.Codes {
		p := b.Prediction.Codes[i]
		if k < 0 || p < 0 || b.Label.Codes[i] < 0 || len(b.Stratum.Codes) > 0 && b.Stratum.Codes[i] < 0 {
			continue
		}
		for j, x := range columns {
			if math.IsNaN(x[i]) {
				f.stop(fmt.Errorf("--features: column %q: need a number in every row that counts, have a missing value: %w", f.names[j], mlgauge.ErrNotFinite))
				return nil
			}
			f.data = append(f.data, x[i])
		}
		f.facet.add(b.Facet.Values[k])
		f.prediction.add(b.Prediction.Values[p])
	}
	return nil
}

// stop ends the test for the first reason given.
func (f *flipRows) stop(reason error) {
	if f.reason == nil {
		f.reason = reason
		f.data, f.facet, f.prediction = nil, codes{}, codes{}
	}
}

// numbers returns a column as numbers: booleans as 0 and 1.
func numbers(c *table.Column) ([]float64, error) {
	if c.Type == table.Float {
		return c.Floats, nil
	}
	value := make([]float64, len(c.Dict))
	for k, s := range c.Dict {
		switch strings.ToLower(s) {
		case "true":
			value[k] = 1
		case "false":
		default:
			return nil, fmt.Errorf("--features: column %q: need numbers, have %.40q: %w", c.Name, s, mlgauge.ErrIncompatible)
		}
	}
	out := make([]float64, len(c.Codes))
	for i, k := range c.Codes {
		if k < 0 {
			out[i] = math.NaN()
		} else {
			out[i] = value[k]
		}
	}
	return out, nil
}

// test makes the flip test of every facet, or tells them why there is none.
func (f *flipRows) test(s *bias.Selection) {
	reason := f.reason
	if reason == nil {
		x := mat.NewDense(len(f.facet.Codes), len(f.names), f.data)
		reason = s.FlipTest(x, f.facet.Column, f.prediction.Column)
	}
	if reason != nil {
		for i := range s.Facets {
			s.Facets[i] = s.Facets[i].WithFlip(bias.Flip{}, reason)
		}
	}
}
