package encoding

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
)

func TestDictionary(t *testing.T) {
	x := nasty(5000, 3)[0]
	var d Dictionary
	d.setMissing(x.Missing)
	codes, err := d.Encode(nil, x.Labels)
	require.NoError(t, err)
	index := map[string]int32{gap: Missing}
	for i, s := range x.Labels {
		c, ok := index[s]
		if !ok {
			c = int32(len(index) - 1)
			index[s] = c
		}
		require.Equal(t, c, codes[i], "%q", s)
		require.Equal(t, c, d.Code(s))
	}
	assert.Equal(t, len(index)-1, d.Len())
	assert.Equal(t, Unknown, d.Code("not there"))
	assert.Equal(t, codes, d.Lookup(nil, x.Labels))

	// Many labels, of every length.
	var big Dictionary
	for i := range 50_000 {
		s := fmt.Sprint(i)
		if i%3 == 0 {
			s += "-a longer label of many bytes"
		}
		require.EqualValues(t, i, big.Add(s))
		require.EqualValues(t, i, big.Code(s))
	}
	raw, err := big.MarshalBinary()
	require.NoError(t, err)
	var back Dictionary
	require.NoError(t, back.UnmarshalBinary(raw))
	assert.Equal(t, big.Labels(), back.Labels())
	require.ErrorIs(t, back.UnmarshalBinary(raw[:len(raw)-9]), mlgauge.ErrCorrupt)
	assert.Equal(t, 50_000, back.Len())

	remap, err := d.Merge(&big)
	require.NoError(t, err)
	for i, to := range remap {
		require.Equal(t, big.Label(int32(i)), d.Label(to))
	}
	// A clone does not share what it adds.
	c := d.clone()
	c.Add("only in the clone")
	d.Add("only in the source")
	assert.Equal(t, Unknown, d.Code("only in the clone"))
	assert.Equal(t, "only in the clone", c.Label(int32(c.Len()-1)))
	assert.Equal(t, "only in the source", d.Label(int32(d.Len()-1)))
}

// Batches of every length, of labels of every length, each in bytes of its own, in
// which new labels stand between known ones.
func TestDictionaryBatches(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	label := func(k int) string {
		b := bytes.Repeat([]byte{'x'}, k%24)
		for i := range b {
			b[i] += byte(k / 24 * (i + 1))
		}
		return string(b)
	}
	for _, keys := range []int{3, 100, 3000} {
		for _, n := range []int{1, minRecent - 1, minRecent, minRecent + 127, 4096 + 255, 20_000} {
			labels := make([]string, n)
			index := map[string]int32{label(1): Missing}
			want := make([]int32, n)
			for i := range labels {
				labels[i] = label(r.IntN(keys))
				c, ok := index[labels[i]]
				if !ok {
					c = int32(len(index) - 1)
					index[labels[i]] = c
				}
				want[i] = c
			}
			var d Dictionary
			d.setMissing([]string{label(1)})
			have, err := d.Encode(nil, labels)
			require.NoError(t, err)
			require.Equal(t, want, have)
			require.Equal(t, want, d.Lookup(nil, labels))

			half, err := NewDictionary(d.labels[:d.Len()/2], []string{label(1)})
			require.NoError(t, err)
			for i, c := range want {
				if int(c) >= half.Len() {
					want[i] = Unknown
				}
			}
			require.Equal(t, want, half.Lookup(nil, labels))
		}
	}
}

func TestDictionaryKeepsNoCallersMemory(t *testing.T) {
	b := []byte("one two")
	s := string(b)
	var d Dictionary
	_, err := d.Encode(nil, []string{s[:3], s[4:]})
	require.NoError(t, err)
	assert.Equal(t, []string{"one", "two"}, d.Labels())
}

func TestStatisticsRoundTrip(t *testing.T) {
	x, y := nasty(300, 2), target(300, 2)
	var a, b Tally
	require.NoError(t, a.Add(x[0]))
	raw, err := a.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, b.UnmarshalBinary(raw))
	assert.Equal(t, a.Counts(), b.Counts())
	assert.Equal(t, 300, b.Total())
	require.NoError(t, a.Merge(&a))
	assert.Equal(t, 600, a.Total())
	var s, u TargetStats
	require.NoError(t, s.Add(x[0], y))
	raw, err = s.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, u.UnmarshalBinary(raw))
	assert.Equal(t, s.Stats(), u.Stats())
	// The squares keep their digits at an offset.
	for i, c := range s.Categories() {
		var v []float64
		for r, l := range x[0].Labels {
			if l == c {
				v = append(v, y[r]-1e6)
			}
		}
		mean, m2 := 0.0, 0.0
		for _, a := range v {
			mean += a / float64(len(v))
		}
		for _, a := range v {
			m2 += (a - mean) * (a - mean)
		}
		assert.Equal(t, len(v), s.Stats()[i].Rows)
		// y itself carries 1e6 * 2^-53 of rounding.
		assert.InDelta(t, m2, s.Stats()[i].M2, 1e-8*max(1, m2), c)
	}
	// Row by row equals at once.
	var rowwise TargetStats
	for i := range y {
		require.NoError(t, rowwise.Add(x[0].take([]int{i}), y[i:i+1]))
	}
	for i, a := range s.Stats() {
		b := rowwise.Stats()[i]
		assert.InDelta(t, a.M2, b.M2, 1e-8*max(1, a.M2))
	}
	require.NoError(t, s.AddWeighted(x[0], y, fill(300, 2)))
	assert.InDelta(t, 900, s.Total().W, 0)
}

func TestManyCategories(t *testing.T) {
	const n = 200_000
	c := Column{Codes: make([]int32, n), Categories: make([]string, n)}
	y := make([]float64, n)
	for i := range n {
		c.Codes[i], c.Categories[i] = int32(i), fmt.Sprint("row ", i)
		y[i] = float64(i % 5)
	}
	x := []Column{c}
	var o OneHot
	m, err := o.FitTransformCSR(nil, x)
	require.NoError(t, err)
	assert.Equal(t, n, m.NCols)
	assert.Equal(t, n, m.NNZ())
	// Every row is its own category: all encodings are the mean.
	for _, e := range []Supervised{&MEstimate{}, &JamesStein{}, &Quantile{}, &CatBoost{}, &LeaveOneOut{}} {
		require.NoError(t, e.Fit(x, y))
		d, err := e.Transform(nil, part(x, 0, 5))
		require.NoError(t, err)
		for i := range 5 {
			assert.InDelta(t, 2, d.At(i, 0), 1e-12, "%T", e)
		}
	}
	require.ErrorIs(t, (&RankHot{}).Fit(x), mlgauge.ErrRange)
	require.ErrorIs(t, (&Contrast{}).Fit(x), mlgauge.ErrRange)
	require.NoError(t, (&BaseN{}).Fit(x))
}

func TestColumnOf(t *testing.T) {
	var e Ordinal
	require.NoError(t, e.Fit([]Column{ColumnOf("n", []float64{10, 2, math.NaN(), -1.5, 2})}))
	assert.Equal(t, []string{"-1.5", "2.0", "10.0"}, e.Features[0].Categories)
	m := transform(t, &e, []Column{ColumnOf("n", []float64{10, math.NaN()})})
	assert.Equal(t, 2.0, m.At(0, 0))
	assert.True(t, math.IsNaN(m.At(1, 0)))
	var h OneHot
	require.NoError(t, h.Fit([]Column{ColumnOf("", []int{10, 9})}))
	names, err := h.FeatureNames()
	require.NoError(t, err)
	assert.Equal(t, []string{"x0_9", "x0_10"}, names)
}
