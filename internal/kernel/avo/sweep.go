package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// sweep writes the comparison of all pairs by keys of 16 bits, 32 at once. The keys of
// the positives stand twice in 32 bits: those are spread over a register for nothing.
func sweep() {
	TEXT("sweepAVX512", attr.NOSPLIT, "func(pos *float64, p int, neg *float64, q int, low, scale, base float64, pkeys *uint32, qkeys *uint16) (less, atMost int)")
	Pragma("noescape")
	Doc("sweepAVX512 is sweep: p and q are not 0; pkeys has room for p keys and 7 more, qkeys for q and 39 more.")
	v := avx512
	pos, p, neg, q := Load(Param("pos"), GP64()), Load(Param("p"), GP64()), Load(Param("neg"), GP64()), Load(Param("q"), GP64())
	pkeys, qkeys := Load(Param("pkeys"), GP64()), Load(Param("qkeys"), GP64())
	low, scale, base := v.broadcast("low"), v.broadcast("scale"), v.broadcast("base")
	greatest, all := YMM(), GP64()
	VPBROADCASTD(ConstData("greatestkey", U32(0xfffe)), greatest)
	MOVQ(I32(-1), all)

	// keys goes over the n scores at x, eight at a time.
	keys := func(label string, x, n Register, put func(key VecVirtual)) {
		at, left := GP64(), GP64()
		MOVQ(x, at)
		MOVQ(n, left)
		Label(label)
		bits, k, a, key := GP64(), K(), ZMM(), YMM()
		BZHIQ(left, all, bits)
		CMPQ(left, I32(64))
		CMOVQGT(all, bits)
		KMOVB(bits.As32(), k)
		VMOVUPD_Z(Mem{Base: at}, k, a)
		VSUBPD(low, a, a)
		VMULPD(scale, a, a)
		VSUBPD(base, a, a)
		VCVTTPD2DQ(a, key)
		VPMINUD(greatest, key, key)
		put(key)
		ADDQ(I32(64), at)
		SUBQ(I32(8), left)
		JG(LabelRef(label))
	}
	to := GP64()
	MOVQ(pkeys, to)
	keys("positives", pos, p, func(key VecVirtual) {
		twice := YMM()
		VPSLLD(Imm(16), key, twice)
		VPORD(key, twice, twice)
		VMOVDQU32(twice, Mem{Base: to})
		ADDQ(I32(32), to)
	})
	MOVQ(qkeys, to)
	keys("negatives", neg, q, func(key VecVirtual) {
		VPMOVDW(key, Mem{Base: to})
		ADDQ(I32(16), to)
	})
	// Behind the last negative, keys that no positive reaches.
	ones := ZMM()
	VPTERNLOGD(U8(255), ones, ones, ones)
	VMOVDQU16(ones, Mem{Base: qkeys, Index: q, Scale: 2})

	one := ZMM()
	VPABSW(ones, one)
	count := v.zeros(4)
	over := func(label string, b []VecVirtual) {
		at, left := GP64(), GP64()
		MOVQ(pkeys, at)
		MOVQ(p, left)
		Label(label)
		a := ZMM()
		VPBROADCASTD(Mem{Base: at}, a)
		for i, r := range b {
			const less, atMost = 1, 2
			for j, test := range []uint64{less, atMost} {
				k := K()
				VPCMPUW(U8(test), a, r, k)
				VPADDW(one, count[2*i+j], k, count[2*i+j])
			}
		}
		ADDQ(I32(4), at)
		DECQ(left)
		JNE(LabelRef(label))
	}
	Label("two")
	CMPQ(q, I32(32))
	JLE(LabelRef("last"))
	b := []VecVirtual{ZMM(), ZMM()}
	VMOVDQU16(Mem{Base: qkeys}, b[0])
	VMOVDQU16(Mem{Base: qkeys, Disp: 64}, b[1])
	over("twoloop", b)
	ADDQ(I32(128), qkeys)
	SUBQ(I32(64), q)
	JG(LabelRef("two"))
	JMP(LabelRef("done"))
	Label("last")
	c := ZMM()
	VMOVDQU16(Mem{Base: qkeys}, c)
	over("lastloop", []VecVirtual{c})
	Label("done")
	less, atMost := v.foldWords(one, count)
	VZEROUPPER()
	Store(less, ReturnIndex(0))
	Store(atMost, ReturnIndex(1))
	RET()
}

// foldWords adds the lanes of 16 bits of count[0] and count[2], and of the other two.
func (v isa) foldWords(one VecVirtual, count []VecVirtual) (a, b GPVirtual) {
	for j := range 2 {
		VPADDW(count[2+j], count[j], count[j])
		VPMADDWD(one, count[j], count[j])
		high := v.reg()
		VPSRLQ(Imm(32), count[j], high)
		VPADDD(high, count[j], count[j])
		VPSLLQ(Imm(32), count[j], count[j])
		VPSRLQ(Imm(32), count[j], count[j])
	}
	return v.foldInts(count[0]), v.foldInts(count[1])
}
