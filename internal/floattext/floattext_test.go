package floattext

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Expected strings: repr(x) of Python 3.11, repr(float(numpy.float32(x))) aside.
func TestRepr(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want string
	}{
		{0, "0.0"}, {math.Copysign(0, -1), "-0.0"}, {1, "1.0"}, {-7, "-7.0"}, {1e6, "1000000.0"}, {123456789, "123456789.0"},
		{9999999999999998, "9999999999999998.0"}, {1e16, "1e+16"}, {1.5e300, "1.5e+300"}, {1e-4, "0.0001"}, {9.5e-5, "9.5e-05"},
		{5e-324, "5e-324"}, {0.1, "0.1"}, {math.NaN(), "nan"}, {math.Inf(1), "inf"}, {math.Inf(-1), "-inf"},
	} {
		assert.Equal(t, c.want, Repr(c.x, 64))
	}
	assert.Equal(t, "0.1", Repr(float64(float32(0.1)), 32))
	assert.Equal(t, "0.10000000149011612", Repr(float64(float32(0.1)), 64))
}
