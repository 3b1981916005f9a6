package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// between writes the loop that keeps the values of a range. Only AVX-512 can close up
// the lanes of a register.
func between() {
	v, f := avx512, float{64}
	text("collectBetweenAVX512", "func(dst, x *float64, n int, lo, hi float64) (below, taken uint64)",
		"is collectBetween, n a multiple of 8; dst has room for 8 more values than it takes.")
	dst, x, n := Load(Param("dst"), GP64()), Load(Param("x"), GP64()), Load(Param("n"), GP64())
	lo, hi := v.broadcast("lo"), v.broadcast("hi")
	below, taken := GP64(), GP64()
	XORQ(below, below)
	XORQ(taken, taken)
	Label("loop")
	r := v.load(f, Mem{Base: x})
	less, in := K(), K()
	VCMPPD(Imm(0x11), lo, r, less) // below lo
	VCMPPD(Imm(0x12), hi, r, in)   // at most hi
	KANDNW(in, less, in)           // and not below lo
	closed := v.reg()
	VCOMPRESSPD_Z(r, in, closed)
	VMOVUPD(closed, Mem{Base: dst, Index: taken, Scale: 8})
	bits := GP32()
	KMOVB(less, bits)
	POPCNTL(bits, bits)
	ADDQ(bits.As64(), below)
	KMOVB(in, bits)
	POPCNTL(bits, bits)
	ADDQ(bits.As64(), taken)
	ADDQ(I32(64), x)
	SUBQ(I32(8), n)
	JNE(LabelRef("loop"))
	Store(below, ReturnIndex(0))
	Store(taken, ReturnIndex(1))
	end()
}
