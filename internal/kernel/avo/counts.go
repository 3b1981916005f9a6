package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// counts writes the loops over labels, which are bound by memory: AVX2 is enough.
func counts() {
	equal("equal64AVX2", "uint64", 8, VPCMPEQQ, VPSUBQ)
	equal("equal32AVX2", "uint32", 4, VPCMPEQD, VPSUBD)
	equalBytes()
	two("two64AVX2", "uint64", 8, VPSUBQ, VPADDQ)
	two("two32AVX2", "uint32", 4, VPSUBD, VPADDD)
	countBits()
	countBitsWide()
}

// overLabels writes the loop over n labels of that many bytes, a step of two
// registers at a time.
func overLabels(size int, use func(i int, t, p VecVirtual)) {
	t, p, n := Load(Param("t"), GP64()), Load(Param("p"), GP64()), Load(Param("n"), GP64())
	Label("loop")
	for i := range 2 {
		a, b := YMM(), YMM()
		VMOVDQU(Mem{Base: t, Disp: 32 * i}, a)
		VMOVDQU(Mem{Base: p, Disp: 32 * i}, b)
		use(i, a, b)
	}
	ADDQ(I32(64), t)
	ADDQ(I32(64), p)
	SUBQ(I32(64/size), n)
	JNE(LabelRef("loop"))
}

// total stores the sum of the lanes as result i.
func total(r VecVirtual, size, i int) {
	if size == 4 { // widen the lanes of 32 bits
		high := YMM()
		VPSRLQ(Imm(32), r, high)
		VPSLLQ(Imm(32), r, r)
		VPSRLQ(Imm(32), r, r)
		VPADDQ(high, r, r)
	}
	combine(VPADDQ, r, i)
}

// combine stores the two halves, and then the two quarters, put together as result i.
func combine(op func(ops ...Op), r VecVirtual, i int) {
	high := XMM()
	VEXTRACTI128(Imm(1), r, high)
	op(high, r.AsX(), r.AsX())
	VPSRLDQ(Imm(8), r.AsX(), high)
	op(high, r.AsX(), r.AsX())
	out := GP64()
	VMOVQ(r.AsX(), out)
	Store(out, ReturnIndex(i))
}

func zeros(n int) []VecVirtual { return avx2.zeros(n) }

// equal: a comparison gives -1 where the labels agree.
func equal(name, typ string, size int, compare, less func(ops ...Op)) {
	text(name, "func(t, p *"+typ+", n int) uint64", "is CountEqual, n a multiple of two registers.")
	s := zeros(2)
	overLabels(size, func(i int, t, p VecVirtual) {
		compare(t, p, t)
		less(t, s[i], s[i])
	})
	if size == 4 {
		VPADDD(s[1], s[0], s[0])
	} else {
		VPADDQ(s[1], s[0], s[0])
	}
	total(s[0], size, 0)
	end()
}

func equalBytes() {
	text("equal8AVX2", "func(t, p *uint8, n int) uint64", "is CountEqual, n a multiple of 64.")
	count := GP64()
	XORQ(count, count)
	overLabels(1, func(_ int, t, p VecVirtual) {
		bits := GP32()
		VPCMPEQB(t, p, t)
		VPMOVMSKB(t, bits)
		POPCNTL(bits, bits)
		ADDQ(bits.As64(), count)
	})
	Store(count, ReturnIndex(0))
	end()
}

// two: the labels less the smallest are 0 or 1; seen is the or of all of them.
func two(name, typ string, size int, less, more func(ops ...Op)) {
	text(name, "func(t, p *"+typ+", n int, base uint64) (both, truth, pred, seen uint64)", "is CountTwo over n rows, a multiple of two registers.")
	both, truth, pred, seen := zeros(2), zeros(2), zeros(2), zeros(1)[0]
	low, base := XMM(), YMM()
	g := Load(Param("base"), GP64())
	VMOVQ(g, low)
	if size == 8 {
		VPBROADCASTQ(low, base)
	} else {
		VPBROADCASTD(low, base)
	}
	overLabels(size, func(i int, t, p VecVirtual) {
		less(base, t, t)
		less(base, p, p)
		VPOR(t, seen, seen)
		VPOR(p, seen, seen)
		more(t, truth[i], truth[i])
		more(p, pred[i], pred[i])
		VPAND(p, t, t)
		more(t, both[i], both[i])
	})
	for i, s := range [][]VecVirtual{both, truth, pred} {
		more(s[1], s[0], s[0])
		total(s[0], size, i)
	}
	combine(or, seen, 3)
	end()
}

// countBits adds the bytes of a register with VPSADBW.
func countBits() {
	text("countBitsAVX2", "func(t, p *uint8, n int) (both, truth, pred, seen uint64)", "is CountBits, n a multiple of 64.")
	both, truth, pred, zs := zeros(1)[0], zeros(1)[0], zeros(1)[0], zeros(2)
	zero, seen := zs[0], zs[1]
	add := func(bytes, sum VecVirtual) {
		s := YMM()
		VPSADBW(zero, bytes, s)
		VPADDQ(s, sum, sum)
	}
	overLabels(1, func(_ int, t, p VecVirtual) {
		VPOR(t, seen, seen)
		VPOR(p, seen, seen)
		add(t, truth)
		add(p, pred)
		VPAND(p, t, t)
		add(t, both)
	})
	combine(VPADDQ, both, 0)
	combine(VPADDQ, truth, 1)
	combine(VPADDQ, pred, 2)
	combine(or, seen, 3)
	end()
}

// countBitsWide adds bytes to bytes for up to 128 registers, and then the bytes.
func countBitsWide() {
	text("countBitsAVX512", "func(t, p *uint8, n int) (both, truth, pred, seen uint64)", "is CountBits, n a multiple of 64.")
	t, p, n, step := Load(Param("t"), GP64()), Load(Param("p"), GP64()), Load(Param("n"), GP64()), GP64()
	sums, seen, zero := avx512.zeros(3), avx512.zeros(1)[0], avx512.zeros(1)[0]
	most := GP64()
	MOVQ(U64(128*64), most)
	Label("block")
	MOVQ(n, step)
	CMPQ(step, most)
	CMOVQGT(most, step)
	SUBQ(step, n)
	bytes := avx512.zeros(3)
	Label("loop")
	a, b := ZMM(), ZMM()
	VMOVDQU64(Mem{Base: t}, a)
	VMOVDQU64(Mem{Base: p}, b)
	VPTERNLOGQ(U8(0xfe), a, b, seen)
	VPADDB(a, bytes[1], bytes[1])
	VPADDB(b, bytes[2], bytes[2])
	VPANDQ(a, b, a)
	VPADDB(a, bytes[0], bytes[0])
	ADDQ(I32(64), t)
	ADDQ(I32(64), p)
	SUBQ(I32(64), step)
	JNE(LabelRef("loop"))
	for i := range sums {
		VPSADBW(zero, bytes[i], bytes[i])
		VPADDQ(bytes[i], sums[i], sums[i])
	}
	TESTQ(n, n)
	JNE(LabelRef("block"))
	half := func(op func(ops ...Op), r VecVirtual) VecVirtual {
		high := YMM()
		VEXTRACTI64X4(Imm(1), r, high)
		op(high, r.AsY(), r.AsY())
		return r.AsY().(VecVirtual)
	}
	for i := range sums {
		combine(VPADDQ, half(VPADDQ, sums[i]), i)
	}
	combine(or, half(or, seen), 3)
	end()
}

func or(ops ...Op) { VPOR(ops[0], ops[1], ops[2]) }
