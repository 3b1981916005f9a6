package kernel

import "unsafe"

// A vectorLevel is the widest instruction set that the vector loops may use. It is
// chosen once at start, by what the processor has; the purego build tag, and every
// architecture without assembly, leave only the portable loops.
type vectorLevel int

const (
	levelPortable vectorLevel = iota
	levelAVX2                 // and FMA
	levelAVX512               // F, BW, DQ and VL
)

// String names the level.
func (l vectorLevel) String() string {
	return [...]string{"portable", "AVX2", "AVX-512"}[l]
}

// A form is one of the four loops that a vector kernel has.
type form int

const (
	noForm form = iota
	float64AVX2
	float32AVX2
	float64AVX512
	float32AVX512
)

// formOf tells which loop fits elements of type F at the level of this process.
func formOf[F Float]() form {
	wide := unsafe.Sizeof(F(0)) == 8
	switch {
	case level == levelAVX512 && wide:
		return float64AVX512
	case level == levelAVX512:
		return float32AVX512
	case level == levelAVX2 && wide:
		return float64AVX2
	case level == levelAVX2:
		return float32AVX2
	}
	return noForm
}

// as64 and as32 are the address of the first element, for the loops in assembly: F
// may be a named type.
func as64[F Float](x []F) *float64 { return (*float64)(unsafe.Pointer(unsafe.SliceData(x))) }
func as32[F Float](x []F) *float32 { return (*float32)(unsafe.Pointer(unsafe.SliceData(x))) }
