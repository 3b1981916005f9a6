package quality

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/golden"
	"github.com/mlgauge/mlgauge/table"
)

func TestAnonymityAsPycanon(t *testing.T) {
	var g struct {
		Cases []struct {
			Quasi         []string
			Sensitive     string
			Numeric       bool
			K, L, Entropy int
			Recursive     *int
			T             float64
		}
	}
	golden.Load(t, "quality/pycanon.json", &g)
	x, err := table.ReadFile("../testdata/german_credit.csv", table.Options{})
	require.NoError(t, err)
	ages, err := x.Floats("age")
	require.NoError(t, err)
	decades := make([]string, len(ages))
	for i, a := range ages {
		decades[i], err = GeneraliseNumber(a, 10)
		require.NoError(t, err)
	}
	x = newTable(t, append(x.Columns(), table.NewString("decade", decades))...)
	require.NotEmpty(t, g.Cases)
	otherwise := 0
	for _, c := range g.Cases {
		a := &Anonymity{Quasi: c.Quasi, Sensitive: []string{c.Sensitive}}
		require.NoError(t, a.Add(x))
		k, err := a.K()
		require.NoError(t, err)
		require.Equal(t, int64(c.K), k, c.Quasi)
		l, err := a.DistinctL(c.Sensitive)
		require.NoError(t, err)
		require.Equal(t, c.L, l)
		entropy, err := a.EntropyL(c.Sensitive)
		require.NoError(t, err)
		// Cut to an integer there, 19 to 18 where e to the entropy comes out a hair below.
		require.Contains(t, []int{int(entropy + 1e-9), int(entropy - 1e-9)}, c.Entropy)
		closeness := a.TClosenessEqual
		if c.Numeric {
			closeness = a.TClosenessOrdered
		}
		d, err := closeness(c.Sensitive)
		require.NoError(t, err)
		golden.Equal(t, c.Sensitive, c.T, d, 1e-12)
		if c.Recursive != nil {
			// pyCANON sorts the counts in ascending order: its r1 is the rarest value.
			recursive, err := a.RecursiveC(c.Sensitive, l)
			require.NoError(t, err)
			require.GreaterOrEqual(t, int(math.Floor(recursive+1)), *c.Recursive)
			if int(math.Floor(recursive+1)) != *c.Recursive {
				otherwise++
			}
		}
	}
	require.Positive(t, otherwise)
}

// The smallest c, found by trying the definition.
func TestRecursiveDiversity(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		classes := make([][]int64, 1+r.IntN(4))
		var who, what []string
		for i := range classes {
			classes[i] = make([]int64, 1+r.IntN(5))
			for j := range classes[i] {
				classes[i][j] = 1 + r.Int64N(9)
				for range classes[i][j] {
					who, what = append(who, string(rune('a'+i))), append(what, string(rune('A'+j)))
				}
			}
		}
		a := &Anonymity{Quasi: []string{"who"}, Sensitive: []string{"what"}}
		require.NoError(t, a.Add(newTable(t, table.NewString("who", who), table.NewString("what", what))))
		diverse := func(c float64, l int) bool {
			for _, counts := range classes {
				if len(counts) < l {
					return false
				}
				// r1 < c (the sum of all but the l-1 most frequent)
				var most, rest int64
				for i, n := range counts {
					most = max(most, n)
					above := 0
					for k, m := range counts {
						if m > n || m == n && k < i {
							above++
						}
					}
					if above >= l-1 {
						rest += n
					}
				}
				if !(float64(most) < c*float64(rest)) {
					return false
				}
			}
			return true
		}
		for l := 1; l <= 5; l++ {
			c, err := a.RecursiveC("what", l)
			require.NoError(t, err)
			if math.IsInf(c, 1) {
				require.False(t, diverse(1e9, l))
				continue
			}
			require.True(t, diverse(c*(1+1e-12), l))
			require.False(t, diverse(c*(1-1e-12), l))
		}
	}
	a := measured(t, salaries(t))
	c, err := a.RecursiveC("disease", 3)
	require.NoError(t, err)
	require.Equal(t, 1., c)
	_, err = a.RecursiveC("disease", 0)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = a.RecursiveC("zip", 2)
	require.ErrorIs(t, err, mlgauge.ErrRange)
	_, err = (&Anonymity{Quasi: []string{"a"}, Sensitive: []string{"b"}}).RecursiveC("b", 2)
	require.ErrorIs(t, err, mlgauge.ErrEmpty)
}
