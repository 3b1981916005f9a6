package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// sweepNarrow writes the comparison of all pairs by keys of 16 bits, 16 at once. AVX2
// compares with a sign, so the keys go from -2^15 on.
func sweepNarrow() {
	TEXT("sweepAVX2", attr.NOSPLIT, "func(pos *float64, p int, neg *float64, q int, low, scale, base float64, pkeys *uint32, qkeys *uint16) (less, atMost int)")
	Pragma("noescape")
	Doc("sweepAVX2 is sweep, base 2^15 more than that of the bucket: p and q are not 0; pkeys and qkeys have room for 39 more.")
	v := avx2
	pos, p, neg, q := Load(Param("pos"), GP64()), Load(Param("p"), GP64()), Load(Param("neg"), GP64()), Load(Param("q"), GP64())
	pkeys, qkeys := Load(Param("pkeys"), GP64()), Load(Param("qkeys"), GP64())
	low, scale, base := v.broadcast("low"), v.broadcast("scale"), v.broadcast("base")
	greatest := XMM()
	VPBROADCASTW(ConstData("greatestword", U16(0x7ffe)), greatest)

	step := func(a VecVirtual) VecVirtual {
		VSUBPD(low, a, a)
		VMULPD(scale, a, a)
		VSUBPD(base, a, a)
		key := XMM()
		VCVTTPD2DQY(a, key)
		return key
	}
	// keys writes the keys of the n scores at x, and up to 7 more, to to.
	keys := func(label string, x, n, to Register) {
		put := func(a, b VecVirtual) {
			k, l := step(a), step(b)
			VPACKSSDW(l, k, k)
			VPMINSW(greatest, k, k)
			VMOVDQU(k, Mem{Base: to})
		}
		Label(label)
		CMPQ(n, I32(8))
		JLT(LabelRef(label + "last"))
		a, b := YMM(), YMM()
		VMOVUPD(Mem{Base: x}, a)
		VMOVUPD(Mem{Base: x, Disp: 32}, b)
		put(a, b)
		ADDQ(I32(64), x)
		ADDQ(I32(16), to)
		SUBQ(I32(8), n)
		JMP(LabelRef(label))

		Label(label + "last")
		TESTQ(n, n)
		JE(LabelRef(label + "done"))
		table, at, least := GP64(), GP64(), GP64()
		LEAQ(firstLanes, table)
		mask := YMM()
		for i, r := range []VecVirtual{a, b} { // lanes 4i to n
			MOVQ(I32(4*i+4), at)
			SUBQ(n, at)
			XORQ(least, least)
			CMPQ(at, least)
			CMOVQLT(least, at)
			MOVQ(I32(4), least)
			CMPQ(at, least)
			CMOVQGT(least, at)
			VMOVUPD(Mem{Base: table, Index: at, Scale: 8}, mask)
			VMASKMOVPD(Mem{Base: x, Disp: 32 * i}, mask, r)
		}
		put(a, b)
		Label(label + "done")
	}
	copyOf := func(r Register) Register {
		c := GP64()
		MOVQ(r, c)
		return c
	}
	keys("positives", pos, copyOf(p), copyOf(pkeys))
	keys("negatives", neg, copyOf(q), copyOf(qkeys))
	// Behind the last negative, keys that no positive reaches.
	ones, behind := YMM(), YMM()
	VPCMPEQW(ones, ones, ones)
	VPSRLW(Imm(1), ones, behind)
	VMOVDQU(behind, Mem{Base: qkeys, Index: q, Scale: 2})

	count := v.zeros(4)
	over := func(label string, b []VecVirtual) {
		at, left := copyOf(pkeys), copyOf(p)
		Label(label)
		a := YMM()
		VPBROADCASTW(Mem{Base: at}, a)
		for i, r := range b {
			less, same := YMM(), YMM()
			VPCMPGTW(r, a, less)
			VPCMPEQW(r, a, same)
			VPSUBW(less, count[2*i], count[2*i])
			VPSUBW(same, count[2*i+1], count[2*i+1])
		}
		ADDQ(I32(2), at)
		DECQ(left)
		JNE(LabelRef(label))
	}
	Label("two")
	CMPQ(q, I32(16))
	JLE(LabelRef("last"))
	b := []VecVirtual{YMM(), YMM()}
	VMOVDQU(Mem{Base: qkeys}, b[0])
	VMOVDQU(Mem{Base: qkeys, Disp: 32}, b[1])
	over("twoloop", b)
	ADDQ(I32(64), qkeys)
	SUBQ(I32(32), q)
	JG(LabelRef("two"))
	JMP(LabelRef("done"))
	Label("last")
	c := YMM()
	VMOVDQU(Mem{Base: qkeys}, c)
	over("lastloop", []VecVirtual{c})
	Label("done")
	one := YMM()
	VPABSW(ones, one)
	less, atMost := v.foldWords(one, count) // atMost, of what is the same, until less is added
	ADDQ(less, atMost)
	VZEROUPPER()
	Store(less, ReturnIndex(0))
	Store(atMost, ReturnIndex(1))
	RET()
}
