package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// A mask leaves out the last lanes of a register in memory; the zero value leaves out
// none. AVX-512 has registers for it, with AVX2 it is a vector whose lanes are as wide
// as the elements.
type mask struct {
	k    Register // AVX-512
	wide Register // AVX2, lanes of 64 bits
	slim Register // AVX2, lanes of 32 bits
}

func (m mask) all() bool { return m.k == nil && m.wide == nil && m.slim == nil }

// firstLanes is the mask of the first n lanes of v, n in a register and not 0. With
// AVX2, elements of 32 bits are masked as they are loaded, four to a register.
func (v isa) firstLanes(f float, n Register) mask {
	if v.lanes == 8 {
		return mask{k: firstBits(n)}
	}
	base, at := GP64(), GP64()
	window := func(size int) VecVirtual {
		lanes := 32 / size
		LEAQ(laneTable(fmt.Sprintf("lanes%d", 8*size), lanes, size), base)
		MOVQ(I32(lanes), at)
		SUBQ(n, at)
		r := YMM()
		VMOVDQU(Mem{Base: base, Index: at, Scale: uint8(size)}, r)
		return r
	}
	m := mask{wide: window(8)}
	if f.bits == 32 {
		m.slim = window(4)
	}
	return m
}

// firstBits is a mask register with the lowest n bits set.
func firstBits(n Register) Register {
	MOVQ(n, RCX)
	bits := GP64()
	MOVQ(U64(1), bits)
	SHLQ(CL, bits)
	DECQ(bits)
	k := K()
	KMOVW(bits.As32(), k)
	return k
}

// laneTable is that many lanes of ones, then as many of zeros: a window of it is a
// mask.
func laneTable(name string, lanes, size int) Mem {
	if m, ok := declared[name]; ok {
		return m
	}
	m := GLOBL(name, attr.RODATA|attr.NOPTR)
	for i := range 2 * lanes {
		var ones uint64
		if i < lanes {
			ones = math.MaxUint64
		}
		if size == 8 {
			DATA(8*i, U64(ones))
		} else {
			DATA(4*i, U32(uint32(ones)))
		}
	}
	declared[name] = m
	return m
}

// loadMasked is load; lanes that the mask leaves out are 0, and are not read.
func (v isa) loadMasked(f float, m Mem, k mask) VecVirtual {
	if k.all() {
		return v.load(f, m)
	}
	r := v.reg()
	switch {
	case k.k != nil && f.bits == 32:
		VCVTPS2PD_Z(m, k.k, r)
	case k.k != nil:
		VMOVUPD_Z(m, k.k, r)
	case f.bits == 32:
		VMASKMOVPS(m, k.slim.(VecVirtual).AsX(), r.AsX())
		VCVTPS2PD(r.AsX(), r)
	default:
		VMASKMOVPD(m, k.wide, r)
	}
	return r
}

// storeMasked writes the float64 lanes of r that the mask does not leave out.
func (v isa) storeMasked(r Register, m Mem, k mask) {
	switch {
	case k.all():
		VMOVUPD(r, m)
	case k.k != nil:
		VMOVUPD(r, k.k, m)
	default:
		VMASKMOVPD(r, k.wide, m)
	}
}

// loadAsIs and storeAsIs keep the type of the elements in the register.
func (v isa) loadAsIs(f float, m Mem, k mask) VecVirtual {
	if f.bits == 64 {
		return v.loadMasked(f, m, k)
	}
	r := v.reg()
	switch {
	case k.all():
		VMOVUPS(m, r)
	case k.k != nil:
		VMOVUPS_Z(m, k.k, r)
	default:
		VMASKMOVPS(m, k.slim, r)
	}
	return r
}

func (v isa) storeAsIs(f float, r Register, m Mem, k mask) {
	switch {
	case f.bits == 64:
		v.storeMasked(r, m, k)
	case k.all():
		VMOVUPS(r, m)
	case k.k != nil:
		VMOVUPS(r, k.k, m)
	default:
		VMASKMOVPS(r, k.slim, m)
	}
}
