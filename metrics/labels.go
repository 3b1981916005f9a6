package metrics

import (
	"cmp"
	"reflect"
	"unsafe"
)

// labelKind classes the label types that need different treatment.
type labelKind uint8

const (
	intLabels labelKind = iota
	floatLabels
	stringLabels
)

// kindOf returns the kind of L and, for integers, its size in bytes and whether
// it is signed. cmp.Ordered holds integers, floats and strings only.
func kindOf[L cmp.Ordered]() (kind labelKind, size int, signed bool) {
	t := reflect.TypeFor[L]()
	switch k := t.Kind(); {
	case k == reflect.String:
		return stringLabels, 0, false
	case k == reflect.Float32 || k == reflect.Float64:
		return floatLabels, int(t.Size()), true
	default:
		return intLabels, int(t.Size()), k >= reflect.Int && k <= reflect.Int64
	}
}

// as views a slice as one of another type of the same size and kind: an integer
// or string type that a generic function cannot name.
func as[T, L any](x []L) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

// bitsOf returns an integer label extended to 64 bits, by its sign if it has
// one, so that differences of labels are right modulo 2^64.
func bitsOf[L cmp.Ordered](v L, size int, signed bool) uint64 {
	p := unsafe.Pointer(&v)
	switch {
	case size == 8:
		return *(*uint64)(p)
	case size == 4 && signed:
		return uint64(*(*int32)(p))
	case size == 4:
		return uint64(*(*uint32)(p))
	case size == 2 && signed:
		return uint64(*(*int16)(p))
	case size == 2:
		return uint64(*(*uint16)(p))
	case signed:
		return uint64(*(*int8)(p))
	default:
		return uint64(*(*uint8)(p))
	}
}

// fromBits undoes bitsOf.
func fromBits[L cmp.Ordered](u uint64, size int) L {
	var v L
	p := unsafe.Pointer(&v)
	switch size {
	case 8:
		*(*uint64)(p) = u
	case 4:
		*(*uint32)(p) = uint32(u)
	case 2:
		*(*uint16)(p) = uint16(u)
	default:
		*(*uint8)(p) = uint8(u)
	}
	return v
}

// cloneLabel copies a string, so that a statistic does not keep a whole file in
// memory through one label.
func cloneLabel[L cmp.Ordered](v L, kind labelKind) L {
	if kind == stringLabels {
		s := *(*string)(unsafe.Pointer(&v))
		s = string(append([]byte(nil), s...))
		return *(*L)(unsafe.Pointer(&s))
	}
	return v
}
