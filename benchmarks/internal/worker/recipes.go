package worker

import (
	"bytes"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"github.com/mlgauge/mlgauge/table"
)

// Columns is the width of the matrices: n values are n/20 rows.
const Columns = 20

// recipes make the arrays, each from a seed of its own.
func recipes() map[string]func(d *Data) []byte {
	return map[string]func(d *Data) []byte{
		"a.f64":       func(d *Data) []byte { return rawBytes(normal("a", d.N, 0, 1)) },
		"b.f64":       func(d *Data) []byte { return rawBytes(normal("b", d.N, 0, 1)) },
		"other.f64":   func(d *Data) []byte { return rawBytes(normal("other", d.N, 1, 2)) },
		"x.f64":       func(d *Data) []byte { return rawBytes(normal("x", d.N, 0, 1)) },
		"x.f32":       func(d *Data) []byte { return rawBytes(single(d.F64("x"))) },
		"missing.f64": func(d *Data) []byte { return rawBytes(missing(d.F64("x"), 0.05)) },
		"holes.f64":   func(d *Data) []byte { return rawBytes(missing(d.F64("x"), 0.1)) },
		"y.u8":        func(d *Data) []byte { return truth(d.N) },
		"y.i64":       func(d *Data) []byte { return rawBytes(wide(d.U8("y"))) },
		"p.f64":       func(d *Data) []byte { return rawBytes(scores(d.U8("y"), 0)) },
		"p3.f64":      func(d *Data) []byte { return rawBytes(scores(d.U8("y"), 3)) },
		"skewed.f64":  func(d *Data) []byte { return rawBytes(skewed(d.U8("y"))) },
		"t2.i64":      func(d *Data) []byte { return rawBytes(classes("t", d.N, 2)) },
		"q2.i64":      func(d *Data) []byte { return rawBytes(classes("q", d.N, 2)) },
		"t10.i64":     func(d *Data) []byte { return rawBytes(classes("t", d.N, 10)) },
		"q10.i64":     func(d *Data) []byte { return rawBytes(classes("q", d.N, 10)) },
		"t1000.i64":   func(d *Data) []byte { return rawBytes(classes("t", d.N, 1000)) },
		"q1000.i64":   func(d *Data) []byte { return rawBytes(classes("q", d.N, 1000)) },
		"t2.u8":       func(d *Data) []byte { return narrow(d.I64("t2")) },
		"q2.u8":       func(d *Data) []byte { return narrow(d.I64("q2")) },
		"t10.u8":      func(d *Data) []byte { return narrow(d.I64("t10")) },
		"q10.u8":      func(d *Data) []byte { return narrow(d.I64("q10")) },
		"w10.txt":     func(d *Data) []byte { return words("w", d.N, 10) },
		"v10.txt":     func(d *Data) []byte { return words("v", d.N, 10) },
		"w1000.txt":   func(d *Data) []byte { return words("w", d.N, 1000) },
		"w100000.txt": func(d *Data) []byte { return words("w", d.N, 100_000) },
		"docs.txt":    func(d *Data) []byte { return documents(d.N) },
		"f2.i64":      func(d *Data) []byte { return rawBytes(classes("f", d.N, 2)) },
		"vectors.f32": func(d *Data) []byte { return rawBytes(single(normal("vectors", d.N, 0, 1))) },
		"table.csv":   func(d *Data) []byte { return csv(d.F64("x"), 10) },
		"words.csv":   func(d *Data) []byte { return append([]byte("word\n"), d.Bytes("w1000.txt")...) },
		"table.parquet": func(d *Data) []byte {
			var b bytes.Buffer
			Check(table.WriteParquet(&b, columns(d.F64("x"), 10)))
			return b.Bytes()
		},
		"plain.parquet": func(d *Data) []byte { return plainParquet(d.F64("x")) },
	}
}

// seeded returns a generator that depends on nothing but the name.
func seeded(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(h.Sum64(), 1))
}

func normal(name string, n int, mean, std float64) []float64 {
	rng := seeded(name)
	x := make([]float64, n)
	for i := range x {
		x[i] = mean + std*rng.NormFloat64()
	}
	return x
}

func single(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

func missing(x []float64, share float64) []float64 {
	rng := seeded("missing")
	for i := range x {
		if rng.Float64() < share {
			x[i] = math.NaN()
		}
	}
	return x
}

// truth is positive in a third of the rows, and has both classes.
func truth(n int) []byte {
	rng := seeded("y")
	y := make([]byte, n)
	for i := range y {
		if rng.IntN(3) == 0 {
			y[i] = 1
		}
	}
	y[0], y[1] = 1, 0
	return y
}

// scores are those of a middling classifier, rounded to decimals unless those are 0.
func scores(y []uint8, decimals int) []float64 {
	rng := seeded("p")
	unit := math.Pow10(decimals)
	p := make([]float64, len(y))
	for i, v := range y {
		p[i] = 1 / (1 + math.Exp(-rng.NormFloat64()-float64(v)))
		if decimals > 0 {
			p[i] = math.Round(p[i]*unit) / unit
		}
	}
	return p
}

// skewed scores span two hundred decades.
func skewed(y []uint8) []float64 {
	rng := seeded("skewed")
	p := make([]float64, len(y))
	for i, v := range y {
		p[i] = math.Exp(80 * (rng.NormFloat64() - 1 + float64(v)))
	}
	return p
}

func classes(name string, n, k int) []int64 {
	rng := seeded(name + strconv.Itoa(k))
	x := make([]int64, n)
	for i := range x {
		x[i] = rng.Int64N(int64(k))
	}
	return x
}

func wide(x []uint8) []int64 {
	y := make([]int64, len(x))
	for i, v := range x {
		y[i] = int64(v)
	}
	return y
}

func narrow(x []int64) []byte {
	y := make([]byte, len(x))
	for i, v := range x {
		y[i] = byte(v)
	}
	return y
}

func words(name string, n, k int) []byte {
	var b bytes.Buffer
	for _, v := range classes(name, n, k) {
		b.WriteString("category_")
		b.WriteString(strconv.FormatInt(v, 10))
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// documents are n bytes of text, documents of about 600 bytes on a line, whose words
// occur as Zipf says.
func documents(n int) []byte {
	rng := seeded("docs")
	zipf := rand.NewZipf(rng, 1.1, 5, 49_999)
	vocabulary := make([]string, 50_000)
	for i := range vocabulary {
		word := make([]byte, 3+rng.IntN(8))
		for j := range word {
			word[j] = byte('a' + rng.IntN(26))
		}
		vocabulary[i] = string(word)
	}
	var b bytes.Buffer
	for b.Len() < n {
		for length := 60 + rng.IntN(60); length > 0; length-- {
			word := vocabulary[zipf.Uint64()]
			if length%12 == 0 {
				b.WriteString(string(word[0]-'a'+'A') + word[1:])
			} else {
				b.WriteString(word)
			}
			b.WriteByte(' ')
		}
		b.WriteString("end.\n")
	}
	return b.Bytes()
}

// columns returns the values as a table of width columns.
func columns(x []float64, width int) *table.Table {
	cols := make([]table.Column, width)
	for j := range cols {
		values := make([]float64, len(x)/width)
		for i := range values {
			values[i] = x[i*width+j]
		}
		cols[j] = table.NewFloat("x"+strconv.Itoa(j), values)
	}
	return Must(table.New(cols...))
}

// plainParquet writes ten columns of numbers without compression.
func plainParquet(x []float64) []byte {
	type row struct{ X0, X1, X2, X3, X4, X5, X6, X7, X8, X9 float64 }
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b)
	for start := 0; start+10 <= len(x); {
		var block []row
		for ; start+10 <= len(x) && len(block) < 1<<17; start += 10 {
			v := x[start:]
			block = append(block, row{v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9]})
		}
		Must(w.Write(block))
		Check(w.Flush())
	}
	Check(w.Close())
	return b.Bytes()
}

// csv writes the values in columns, in full precision.
func csv(x []float64, columns int) []byte {
	var b bytes.Buffer
	for j := range columns {
		if j > 0 {
			b.WriteByte(',')
		}
		b.WriteString("x" + strconv.Itoa(j))
	}
	for i, v := range x {
		if i%columns == 0 {
			b.WriteByte('\n')
		} else {
			b.WriteByte(',')
		}
		b.Write(strconv.AppendFloat(nil, v, 'g', -1, 64))
	}
	b.WriteByte('\n')
	return b.Bytes()
}
