package quality

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/table"
)

func newTable(t testing.TB, cols ...table.Column) *table.Table {
	t.Helper()
	x, err := table.New(cols...)
	require.NoError(t, err)
	return x
}

func profiled(t testing.TB, x *table.Table) *Profile {
	t.Helper()
	var p Profile
	require.NoError(t, p.Add(x))
	return &p
}

// nasty makes a table with missing values, infinities, heavy tails, ties, an
// offset, a constant and texts of several kinds.
func nasty(t testing.TB, n int, seed uint64) *table.Table {
	r := rand.New(rand.NewPCG(seed, 1))
	normal, heavy, offset, ties, constant := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	kind, id := make([]string, n), make([]string, n)
	for i := range n {
		normal[i] = r.NormFloat64()
		heavy[i] = math.Exp(5 * r.NormFloat64())
		offset[i] = 1e9 + 1e-3*normal[i] + r.Float64()
		ties[i] = float64(r.IntN(5)) - 1
		constant[i] = 0.1
		if r.IntN(10) == 0 {
			normal[i] = math.NaN()
		}
		if r.IntN(50) == 0 {
			heavy[i] = math.Inf(1 - 2*r.IntN(2))
		}
		kind[i] = []string{"red", "green", "", "12", "1.5", "true"}[r.IntN(6)]
		id[i] = "ID-" + number(float64(i))
	}
	return newTable(t, table.NewFloat("normal", normal), table.NewFloat("heavy", heavy), table.NewFloat("offset", offset),
		table.NewFloat("ties", ties), table.NewFloat("constant", constant), table.NewString("kind", kind), table.NewString("id", id))
}

func TestProfileIsTheSlowDefinition(t *testing.T) {
	const n = 1500
	x := nasty(t, n, 1)
	p := profiled(t, x)
	require.Equal(t, n, p.Rows())
	for _, c := range p.Columns() {
		if c.Kind() != table.Float {
			continue
		}
		all, err := x.Floats(c.Name())
		require.NoError(t, err)
		var v []float64
		var missing, infinite, zeros, negatives int
		for _, u := range all {
			switch {
			case math.IsNaN(u):
				missing++
			case math.IsInf(u, 0):
				infinite++
			default:
				v = append(v, u)
				if u == 0 {
					zeros++
				}
				if u < 0 {
					negatives++
				}
			}
		}
		var mean, m2, m3, m4 float64
		for _, u := range v {
			mean += (u - v[0]) / float64(len(v))
		}
		mean += v[0]
		for _, u := range v {
			d := u - mean
			m2 += d * d
			m3 += d * d * d
			m4 += d * d * d * d
		}
		k := float64(len(v))
		got, err := c.Numbers()
		require.NoError(t, err)
		require.Equal(t, []int{len(v), missing, infinite, zeros, negatives}, []int{got.Count, c.Missing(), got.Infinite, got.Zeros, got.Negatives}, c.Name())
		golden.Equal(t, c.Name()+" mean", mean, got.Mean, 1e-12)
		golden.Equal(t, c.Name()+" min", slices.Min(v), got.Min, 0)
		golden.Equal(t, c.Name()+" max", slices.Max(v), got.Max, 0)
		if got.Min < got.Max {
			golden.Equal(t, c.Name()+" std", math.Sqrt(m2/k), got.StdDev, 1e-9) // the slow mean of the offset column is rounded
			require.InDelta(t, math.Sqrt(k)*m3/math.Pow(m2, 1.5), got.Skewness, 1e-6)
			require.InDelta(t, k*m4/(m2*m2)-3, got.Kurtosis, 1e-6)
		} else {
			require.Zero(t, got.StdDev)
			require.True(t, math.IsNaN(got.Skewness))
		}
		slices.Sort(v)
		q, err := c.Quantiles(0, 0.5, 1)
		require.NoError(t, err)
		require.Equal(t, v[0], q[0])
		require.Equal(t, v[len(v)-1], q[2])
		if c.RankError() == 0 {
			require.InDelta(t, (v[(len(v)-1)/2]+v[len(v)/2])/2, q[1], 1e-12*math.Abs(q[1]))
		}
		edges, counts, err := c.Histogram(7)
		require.NoError(t, err)
		want := make([]float64, 7)
		for _, u := range v {
			i := 0
			for i < 6 && u >= edges[i+1] {
				i++
			}
			want[i]++
		}
		require.Equal(t, want, counts, c.Name())
	}
	kind, err := p.Column("kind")
	require.NoError(t, err)
	require.Equal(t, String, kind.InferredType())
	d, exact := kind.Distinct()
	require.True(t, exact)
	require.EqualValues(t, 6, d)
	texts, err := kind.Texts()
	require.NoError(t, err)
	require.Equal(t, 5, texts.Longest)
	require.Equal(t, 0, texts.Shortest)
	total := 0
	for _, f := range kind.Top(10) {
		total += f.Count
		require.Zero(t, f.Error)
	}
	require.Equal(t, n, total)
	id, err := p.Column("id")
	require.NoError(t, err)
	require.Equal(t, []Frequent{{"A+-9+", n - 10, 0}, {"A+-9", 10, 0}}, id.Patterns(5))
	dup, exact := p.DuplicateRows()
	require.True(t, exact)
	require.Zero(t, dup)
}

func TestBatchesAndMergesAreTheWhole(t *testing.T) {
	const n = 30_000
	x := nasty(t, n, 2)
	whole := profiled(t, x)
	var batches, left, right Profile
	for lo := 0; lo < n; lo += 4100 {
		part := x.Slice(lo, min(n, lo+4100))
		require.NoError(t, batches.Add(part))
		side := &left
		if lo > n/3 {
			side = &right
		}
		require.NoError(t, side.Add(part))
	}
	saved, err := right.MarshalBinary()
	require.NoError(t, err)
	require.NoError(t, left.Merge(&right))
	after, err := right.MarshalBinary()
	require.NoError(t, err)
	require.Equal(t, saved, after, "merge left its argument as it was")
	for name, p := range map[string]*Profile{"batches": &batches, "merged": &left} {
		require.Equal(t, whole.Rows(), p.Rows())
		for i, c := range whole.Columns() {
			d := p.Columns()[i]
			require.Equal(t, c.Types(), d.Types())
			require.Equal(t, c.Missing(), d.Missing())
			a, _ := c.Distinct()
			b, _ := d.Distinct()
			require.Equal(t, a, b, name+" "+c.Name())
			x, err := c.Numbers()
			if err == nil {
				y, err := d.Numbers()
				require.NoError(t, err)
				golden.Equal(t, name+" mean of "+c.Name(), x.Mean, y.Mean, 1e-12)
				golden.Equal(t, name+" std of "+c.Name(), x.StdDev, y.StdDev, 1e-12)
				golden.Equal(t, name+" kurtosis of "+c.Name(), x.Kurtosis, y.Kurtosis, 1e-9)
				require.Equal(t, x.Min, y.Min)
				require.Equal(t, x.Max, y.Max)
			}
			u, errA := c.Texts()
			v, errB := d.Texts()
			require.Equal(t, errA == nil, errB == nil)
			golden.Equal(t, "mean length", u.MeanLength, v.MeanLength, 1e-12)
		}
		_, want := whole.Correlations()
		_, have := p.Correlations()
		for i := range want.SymmetricDim() {
			for j := range i {
				if math.IsNaN(want.At(i, j)) {
					require.True(t, math.IsNaN(have.At(i, j)))
				} else {
					require.InDelta(t, want.At(i, j), have.At(i, j), 1e-12)
				}
			}
		}
	}
}

func TestCorrelationsArePairwise(t *testing.T) {
	x := nasty(t, 5000, 3)
	p := profiled(t, x)
	a, _ := x.Floats("normal")
	b, _ := x.Floats("heavy")
	var n, ma, mb float64
	for i := range a {
		if a[i]*0 == 0 && b[i]*0 == 0 {
			n++
			ma += a[i]
			mb += b[i]
		}
	}
	ma, mb = ma/n, mb/n
	var aa, bb, ab float64
	for i := range a {
		if a[i]*0 == 0 && b[i]*0 == 0 {
			aa += (a[i] - ma) * (a[i] - ma)
			bb += (b[i] - mb) * (b[i] - mb)
			ab += (a[i] - ma) * (b[i] - mb)
		}
	}
	r, err := p.Correlation("normal", "heavy")
	require.NoError(t, err)
	require.InDelta(t, ab/math.Sqrt(aa*bb), r, 1e-12)
	_, err = p.Correlation("normal", "constant")
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = p.Correlation("constant", "constant")
	require.ErrorIs(t, err, mlgauge.ErrUndefined)
	_, err = p.Correlation("normal", "kind")
	require.ErrorIs(t, err, mlgauge.ErrRange)
}

// TestSketchErrors measures the sketches against the exact values.
func TestSketchErrors(t *testing.T) {
	const n = 200_000
	r := rand.New(rand.NewPCG(4, 4))
	skewed, few := make([]float64, n), make([]float64, n)
	exact := make(map[float64]int)
	for i := range n {
		skewed[i] = math.Exp(3 * r.NormFloat64())
		few[i] = math.Floor(2000 * math.Pow(r.Float64(), 6))
		exact[few[i]]++
	}
	p := profiled(t, newTable(t, table.NewFloat("skewed", skewed), table.NewFloat("few", few)))
	c, _ := p.Column("skewed")
	d, isExact := c.Distinct()
	require.False(t, isExact)
	require.InEpsilon(t, n, d, 3*DistinctError)
	slices.Sort(skewed)
	for k := range 99 {
		q := float64(k+1) / 100
		v, err := c.Quantiles(q)
		require.NoError(t, err)
		rank, _ := slices.BinarySearch(skewed, v[0])
		require.InDelta(t, q, float64(rank)/n, 2*c.RankError())
	}
	c, _ = p.Column("few")
	d, _ = c.Distinct()
	require.InEpsilon(t, len(exact), d, 3*DistinctError)
	for _, f := range c.Top(1000) {
		var v float64
		for k := range exact {
			if number(k) == f.Value {
				v = k
			}
		}
		require.LessOrEqual(t, f.Count, exact[v])
		require.GreaterOrEqual(t, f.Count+f.Error, exact[v])
		require.LessOrEqual(t, f.Error, 2*n/counterLimit)
	}
}

func TestTypeOf(t *testing.T) {
	for s, want := range map[string]ValueType{
		"1": Integral, "-1": Integral, "+ 12": Integral, "- 5": Integral, " 5": Integral, "007": Integral, "1.5": Fractional, "1e5": Fractional,
		"-1.25E-3": Fractional, "1.": String, ".5": String, "1,5": String, "": String, "-": String, "1e": String, "1.e5": String, "--1": String,
		"true": Boolean, "false": Boolean, "True": String, "1 ": String, "١": String, "nan": String, "1e+": String,
	} {
		require.Equal(t, want, TypeOf(s), "%q", s)
	}
	for want, c := range map[ValueType]TypeCounts{
		Unknown: {}, Integral: {Integral: 2}, Fractional: {Fractional: 1, Integral: 9}, Boolean: {Boolean: 3},
		String: {Boolean: 1, Integral: 1},
	} {
		require.Equal(t, want, c.Infer())
	}
	require.Equal(t, String, TypeCounts{String: 1, Fractional: 5}.Infer())
}

func TestDuplicateRows(t *testing.T) {
	a := []float64{1, 2, 1, math.NaN(), math.NaN(), 0, math.Copysign(0, -1)}
	s := []string{"x", "y", "x", "z", "z", "w", "w"}
	p := profiled(t, newTable(t, table.NewFloat("a", a), table.NewString("s", s)))
	n, exact := p.DuplicateRows()
	require.True(t, exact)
	require.EqualValues(t, 3, n)
}

func TestProfileRefuses(t *testing.T) {
	one := newTable(t, table.NewFloat("a", []float64{1}))
	p := profiled(t, one)
	before, _ := p.MarshalBinary()
	for _, other := range []*table.Table{
		newTable(t, table.NewFloat("b", []float64{1})), newTable(t, table.NewString("a", []string{"1"})), newTable(t),
	} {
		require.ErrorIs(t, p.Add(other), mlgauge.ErrIncompatible)
		if other.NumCols() > 0 {
			require.ErrorIs(t, p.Merge(profiled(t, other)), mlgauge.ErrIncompatible)
		}
	}
	after, _ := p.MarshalBinary()
	require.Equal(t, before, after)
	empty := profiled(t, newTable(t, table.NewFloat("a", []float64{math.NaN()})))
	c, err := empty.Column("a")
	require.NoError(t, err)
	_, err = c.Numbers()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = c.Quantiles(0.5)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, _, err = c.Histogram(3)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, _, err = c.Histogram(0)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = c.Texts()
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
	_, err = empty.Column("b")
	require.ErrorIs(t, err, mlgauge.ErrRange)
	require.Equal(t, Unknown, c.InferredType())
}

func TestProfileRoundTrip(t *testing.T) {
	for _, n := range []int{1, 100, 20_000} {
		x := nasty(t, n, 5)
		p := profiled(t, x)
		b, err := p.MarshalBinary()
		require.NoError(t, err)
		var q Profile
		require.NoError(t, q.UnmarshalBinary(b))
		again, err := q.MarshalBinary()
		require.NoError(t, err)
		require.Equal(t, len(b), len(again))
		require.Equal(t, p.Statistics(), q.Statistics())
		require.NoError(t, q.Add(x))
		require.NoError(t, p.Add(x))
		require.Equal(t, p.Statistics(), q.Statistics())
		for _, cut := range []int{0, 5, len(b) / 2, len(b) - 1} {
			require.ErrorIs(t, q.UnmarshalBinary(b[:cut]), mlgauge.ErrCorrupt)
		}
		b[len(b)/3] ^= 1
		require.ErrorIs(t, q.UnmarshalBinary(b), mlgauge.ErrCorrupt)
		require.Equal(t, p.Statistics(), q.Statistics(), "a failed read leaves the receiver")
	}
}

func FuzzProfileUnmarshal(f *testing.F) {
	x, _ := table.New(table.NewFloat("a", []float64{1, 2, math.NaN()}), table.NewString("s", []string{"x", "1", ""}))
	var p Profile
	_ = p.Add(x)
	b, _ := p.MarshalBinary()
	f.Add(b)
	f.Add(b[:20])
	f.Fuzz(func(t *testing.T, data []byte) {
		// The checksum would stop nearly every mutation: give each a right one.
		data = sealed(data)
		var q Profile
		if err := q.UnmarshalBinary(data); err != nil {
			require.ErrorIs(t, err, mlgauge.ErrCorrupt)
			return
		}
		_ = q.Statistics()
		_ = q.Constraints()
		_ = q.Add(x)
	})
}

func BenchmarkProfile(b *testing.B) {
	const n = 1 << 17
	r := rand.New(rand.NewPCG(1, 1))
	var cols []table.Column
	for j := range 16 {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.NormFloat64()
		}
		cols = append(cols, table.NewFloat("x"+number(float64(j)), x))
	}
	for j := range 4 {
		s := make([]string, n)
		for i := range s {
			s[i] = "category " + number(float64(r.IntN(100)))
		}
		cols = append(cols, table.NewString("s"+number(float64(j)), s))
	}
	t := newTable(b, cols...)
	for _, name := range []string{"numbers", "texts", "all"} {
		part := t
		switch name {
		case "numbers":
			part, _ = t.Select(t.Names()[:16]...)
		case "texts":
			part, _ = t.Select(t.Names()[16:]...)
		}
		b.Run(name, func(b *testing.B) {
			for range b.N {
				var p Profile
				for lo := 0; lo < n; lo += 1 << 16 {
					if err := p.Add(part.Slice(lo, lo+1<<16)); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n*part.NumCols()), "ns/value")
		})
	}
}

// Whatever the batches are, a value occurs between Count and Count + Error times,
// frequent values are not lost, and the error is at most 2 n / 1024.
func TestFrequentValuesAreBounded(t *testing.T) {
	const n = 200_000
	for name, next := range map[string]func(r *rand.Rand, i int) float64{
		"unique but for two": func(r *rand.Rand, i int) float64 {
			switch r.IntN(20) {
			case 0:
				return -7
			case 1, 2:
				return 0.5
			}
			return r.Float64()
		},
		"few":            func(r *rand.Rand, _ int) float64 { return float64(r.IntN(1000)) },
		"every two":      func(_ *rand.Rand, i int) float64 { return float64(i / 2) },
		"heavy tail":     func(r *rand.Rand, _ int) float64 { return math.Floor(1 / r.Float64()) },
		"sorted in runs": func(_ *rand.Rand, i int) float64 { return math.Floor(math.Sqrt(float64(i))) * 7 },
	} {
		r := rand.New(rand.NewPCG(3, 4))
		x := make([]float64, n)
		exact := make(map[string]int)
		for i := range x {
			x[i] = next(r, i)
			exact[number(x[i])]++
		}
		for _, batch := range []int{17, 5000, 1 << 16, n} {
			var p Profile
			for b := range slices.Chunk(x, batch) {
				require.NoError(t, p.Add(newTable(t, table.NewFloat("x", b))))
			}
			top := p.Columns()[0].Top(2000)
			held := make(map[string]bool)
			for _, f := range top {
				held[f.Value] = true
				if have := exact[f.Value]; f.Count > have || have > f.Count+f.Error || f.Error > 2*n/1024 {
					t.Fatalf("%s, batches of %d: %s occurs %d times, have %d with an error of %d", name, batch, f.Value, have, f.Count, f.Error)
				}
				if len(exact) <= 1024 && f.Error > 0 {
					t.Fatalf("%s, batches of %d: %d values and an error of %d", name, batch, len(exact), f.Error)
				}
			}
			for v, have := range exact {
				if have > 2*n/1024 && !held[v] {
					t.Errorf("%s, batches of %d: %s occurs %d times and was lost", name, batch, v, have)
				}
			}
		}
	}
}

// Text that holds numbers is sketched like numbers.
func TestNumbersInTextAreSketched(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	x := make([]float64, 100_000)
	s := make([]string, len(x))
	for i := range x {
		x[i] = float64(r.IntN(3000) - 50)
		s[i] = number(x[i])
	}
	var p Profile
	require.NoError(t, p.Add(newTable(t, table.NewString("s", s), table.NewFloat("x", x))))
	slices.Sort(x)
	for _, c := range p.Columns() {
		for _, q := range []float64{0, 0.01, 0.25, 0.5, 0.9, 1} {
			v, err := c.Quantiles(q)
			require.NoError(t, err)
			lo, _ := slices.BinarySearch(x, v[0])
			hi, _ := slices.BinarySearch(x, math.Nextafter(v[0], math.Inf(1)))
			at := q * float64(len(x)-1)
			if e := 2 * c.RankError() * float64(len(x)); at < float64(lo)-e || at > float64(hi)+e {
				t.Errorf("column %s: quantile %v is %v, of ranks %d to %d", c.Name(), q, v[0], lo, hi)
			}
		}
		n, err := c.Numbers()
		require.NoError(t, err)
		require.Equal(t, len(x), n.Count)
		lo, _ := slices.BinarySearch(x, 0)
		require.Equal(t, lo, n.Negatives)
	}
}
