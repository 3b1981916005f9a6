package metrics

import (
	"cmp"
	"fmt"
	"math"
	"unsafe"

	"github.com/mlgauge/mlgauge/internal/codec"
)

// confusionTag names the record by the kind of its labels, so that strings are
// not read as numbers.
func confusionTag[L cmp.Ordered]() string {
	kind, size, signed := kindOf[L]()
	switch {
	case kind == stringLabels:
		return "confusion/1/string"
	case kind == floatLabels:
		return fmt.Sprintf("confusion/1/float%d", 8*size)
	case signed:
		return fmt.Sprintf("confusion/1/int%d", 8*size)
	}
	return fmt.Sprintf("confusion/1/uint%d", 8*size)
}

// MarshalBinary returns the counts, Labels and ZeroDivision as bytes.
func (c *Confusion[L]) MarshalBinary() ([]byte, error) {
	w := codec.NewWriter(confusionTag[L]())
	writeLabels(w, c.Labels)
	w.Int(int(c.ZeroDivision))
	w.Uint64(c.weightedRows)
	codes := c.seen()
	labels := make([]L, len(codes))
	place := make([]int, c.table.side)
	for i, k := range codes {
		labels[i] = c.label(k)
		place[k] = i
	}
	writeLabels(w, labels)
	n := 0
	c.table.each(func(int, int, tally) { n++ })
	w.Int(n)
	c.table.each(func(i, j int, v tally) {
		w.Int(place[i])
		w.Int(place[j])
		w.Uint64(v.rows)
		w.Float64(v.weight)
	})
	return w.Finish(), nil
}

// UnmarshalBinary replaces the statistic by one that MarshalBinary wrote, of
// the same kind of labels. Error: mlgauge.ErrCorrupt, and the statistic stays as
// it was.
func (c *Confusion[L]) UnmarshalBinary(data []byte) error {
	const fn = "metrics.Confusion.UnmarshalBinary"
	r := codec.NewReader(fn, confusionTag[L](), data)
	next := Confusion[L]{Labels: readLabels[L](r), ZeroDivision: ZeroDivision(r.Int())}
	weighted := r.Uint64()
	labels := readLabels[L](r)
	for i := 1; i < len(labels); i++ {
		if !(labels[i-1] < labels[i]) {
			r.Fail("need ascending labels, have %v before %v", labels[i-1], labels[i])
			break
		}
	}
	if !next.ZeroDivision.valid() {
		r.Fail("need a known option, have %d", int(next.ZeroDivision))
	}
	n := r.Count(32)
	type entry struct {
		i, j int
		c    tally
	}
	cells := make([]entry, n)
	var total tally
	for k := range cells {
		e := entry{r.Int(), r.Int(), tally{r.Uint64(), r.Float64()}}
		if r.Err() != nil {
			break
		}
		if e.i < 0 || e.i >= len(labels) || e.j < 0 || e.j >= len(labels) {
			r.Fail("need cells of %d classes, have (%d, %d)", len(labels), e.i, e.j)
			break
		}
		if !(e.c.weight >= 0) || total.overflows(e.c) {
			r.Fail("need counts and weights of at least 0, have %d and %v", e.c.rows, e.c.weight)
			break
		}
		total.plus(e.c)
		cells[k] = e
	}
	if math.IsInf(total.weight, 0) || total.weight > 0 && weighted == 0 {
		r.Fail("need a sum of weights of %d rows, have %v", weighted, total.weight)
	}
	if total.rows+weighted > 0 && len(labels) == 0 {
		r.Fail("need labels, have none")
	}
	if err := r.Close(); err != nil {
		return err
	}
	next.total, next.weightedRows = total, weighted
	if len(labels) > 0 {
		next.add(labels, labels, make([]float64, len(labels)))
		for _, e := range cells {
			i, _ := next.code(labels[e.i])
			j, _ := next.code(labels[e.j])
			next.table.add(i, j, e.c)
		}
	}
	*c = next
	return nil
}

func writeLabels[L cmp.Ordered](w *codec.Writer, labels []L) {
	kind, size, signed := kindOf[L]()
	w.Int(len(labels))
	for _, v := range labels {
		switch {
		case kind == stringLabels:
			w.String(*(*string)(unsafe.Pointer(&v)))
		case kind == floatLabels && size == 4:
			w.Float64(float64(*(*float32)(unsafe.Pointer(&v))))
		case kind == floatLabels:
			w.Float64(*(*float64)(unsafe.Pointer(&v)))
		default:
			w.Uint64(bitsOf(v, size, signed))
		}
	}
}

func readLabels[L cmp.Ordered](r *codec.Reader) []L {
	kind, size, _ := kindOf[L]()
	n := r.Count(8)
	if n == 0 {
		return nil
	}
	labels := make([]L, n)
	for i := range labels {
		v := &labels[i]
		switch {
		case kind == stringLabels:
			*(*string)(unsafe.Pointer(v)) = r.String()
		case kind == floatLabels && size == 4:
			*(*float32)(unsafe.Pointer(v)) = float32(r.Float64())
		case kind == floatLabels:
			*(*float64)(unsafe.Pointer(v)) = r.Float64()
		default:
			*v = fromBits[L](r.Uint64(), size)
		}
		if r.Err() == nil && *v != *v {
			r.Fail("need labels, have NaN")
		}
	}
	if r.Err() != nil {
		return nil
	}
	return labels
}
