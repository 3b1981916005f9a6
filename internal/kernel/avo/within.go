package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// within writes the check that every code of a column gets: the greatest code, the
// missing ones being none. AVX-512 has no more to give where memory is the limit.
func within() {
	text("greatestCodeAVX2", "func(codes *int32, n int) uint32", "returns the greatest code+1, without a sign; n is a multiple of 32.")
	codes, n := Load(Param("codes"), GP64()), Load(Param("n"), GP64())
	one, most := YMM(), []VecVirtual{YMM(), YMM(), YMM(), YMM()}
	VPCMPEQD(one, one, one)
	VPSRLD(Imm(31), one, one)
	for _, m := range most {
		VPXOR(m, m, m)
	}
	Label("loop")
	for i, m := range most {
		r := YMM()
		VPADDD(Mem{Base: codes, Disp: 32 * i}, one, r)
		VPMAXUD(r, m, m)
	}
	ADDQ(I32(128), codes)
	SUBQ(I32(32), n)
	JNE(LabelRef("loop"))
	VPMAXUD(most[1], most[0], most[0])
	VPMAXUD(most[3], most[2], most[2])
	VPMAXUD(most[2], most[0], most[0])
	x, half := most[0].AsX(), XMM()
	VEXTRACTI128(Imm(1), most[0].AsY(), half)
	VPMAXUD(half, x, x)
	for _, bytes := range []uint64{8, 4} {
		VPSRLDQ(Imm(bytes), x, half)
		VPMAXUD(half, x, x)
	}
	greatest := GP32()
	VMOVD(x, greatest)
	VZEROUPPER()
	Store(greatest, ReturnIndex(0))
	RET()
}
