package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// wins writes the loops of Wins: the survey, the codes of both scatters and the
// comparison of all pairs.
func wins() {
	declareFirstLanes()
	bothISAs("survey", "func(y *uint8, x *float64, n int) (low, high, odd float64, pos int)",
		"survey of n scores, a multiple of 64; odd is NaN unless all are finite", isa.survey)
	bothISAs("extremes", "func(x *float64, n int) (low, high, odd float64)",
		"Extremes of n values, a multiple of 64; odd is NaN unless all are finite", isa.extremes)
	bothISAs("scoreCodes", "func(codes *uint16, y *uint8, x *float64, n int, low, scale float64)",
		"scoreCodes of n scores, a multiple of 16", isa.scoreCodes)
	bothISAs("scoreBuckets", "func(codes *uint8, x *float64, n int, low, scale float64, base uint32)",
		"ladder.fill of n scores, a multiple of 16", isa.scoreBuckets)
	scoreSteps()
	scatterScores()
	bothISAs("compare", "func(pos *float64, p int, neg *float64, q int) uint64",
		"compare of p positives with q negatives, p not 0", isa.compare)
	sweep()
	sweepNarrow()
}

func scoreSteps() {
	text("scoreStepsAVX2", "func(dst *uint32, x *float64, n int, low, scale, most float64) (odd float64)",
		"is equalizer.steps of n scores, a multiple of 16, by value; odd is NaN unless all are finite.")
	dst, x, n := Load(Param("dst"), GP64()), Load(Param("x"), GP64()), Load(Param("n"), GP64())
	low, scale, most := avx2.broadcast("low"), avx2.broadcast("scale"), avx2.broadcast("most")
	odd, zero := avx2.zeros(1)[0], avx2.zeros(1)[0]
	Label("loop")
	for i := 0; i < 16; i += 4 {
		a, t, k := YMM(), YMM(), XMM()
		VMOVUPD(Mem{Base: x, Disp: 8 * i}, a)
		VSUBPD(a, a, t)
		VPOR(t, odd, odd) // bits of NaN stay
		VSUBPD(low, a, a)
		VMULPD(scale, a, a)
		VMINPD(most, a, a) // the last step for NaN
		VMAXPD(zero, a, a)
		VCVTTPD2DQY(a, k)
		VMOVDQU(k, Mem{Base: dst, Disp: 4 * i})
	}
	ADDQ(I32(16*8), x)
	ADDQ(I32(16*4), dst)
	SUBQ(I32(16), n)
	JNE(LabelRef("loop"))
	o := avx2.fold(VADDPD, []VecVirtual{odd})
	VZEROUPPER()
	Store(o.AsX(), ReturnIndex(0))
	RET()
}

// scatterScores asks for the line after the one it writes to: with many runs, no line
// of them is in the cache otherwise, and each store would wait for memory.
func scatterScores() {
	TEXT("scatterScores", attr.NOSPLIT, "func(runs *float64, head *uint32, codes *uint16, x *float64, n int)")
	Pragma("noescape")
	Doc("scatterScores writes n scores, a multiple of 2, each to runs at the place that head tells for its code.")
	runs, head := Load(Param("runs"), GP64()), Load(Param("head"), GP64())
	codes, x, n := Load(Param("codes"), GP64()), Load(Param("x"), GP64()), Load(Param("n"), GP64())
	Label("loop")
	for i := range 2 {
		c, at, v := GP64(), GP64(), GP64()
		MOVWQZX(Mem{Base: codes, Disp: 2 * i}, c)
		MOVQ(Mem{Base: x, Disp: 8 * i}, v)
		MOVL(Mem{Base: head, Index: c, Scale: 4}, at.As32())
		MOVQ(v, Mem{Base: runs, Index: at, Scale: 8})
		PREFETCHT0(Mem{Base: runs, Index: at, Scale: 8, Disp: 64})
		INCL(at.As32())
		MOVL(at.As32(), Mem{Base: head, Index: c, Scale: 4})
	}
	ADDQ(I32(2*8), x)
	ADDQ(I32(2*2), codes)
	SUBQ(I32(2), n)
	JNE(LabelRef("loop"))
	RET()
}

// bothISAs writes a function of float64 with each instruction set.
func bothISAs(name, signature, doc string, write func(v isa)) {
	for _, v := range []isa{avx2, avx512} {
		TEXT(name+v.name, attr.NOSPLIT, signature)
		Pragma("noescape")
		Doc(fmt.Sprintf("%s%s is %s, with %s.", name, v.name, doc, v.name))
		write(v)
	}
}

func (v isa) survey() {
	y, x, n := Load(Param("y"), GP64()), Load(Param("x"), GP64()), Load(Param("n"), GP64())
	set, zero := v.zeros(1)[0], v.zeros(1)[0]
	l, h, o := v.ends(x, n, func() {
		for i := range 8 / v.lanes {
			b := v.reg()
			if v.lanes == 8 {
				VMOVDQU64(Mem{Base: y}, b)
			} else {
				VMOVDQU(Mem{Base: y, Disp: 32 * i}, b)
			}
			VPSADBW(zero, b, b)
			VPADDQ(b, set, set)
		}
		ADDQ(I32(64), y)
	})
	s := v.foldInts(set)
	VZEROUPPER()
	Store(l.AsX(), ReturnIndex(0))
	Store(h.AsX(), ReturnIndex(1))
	Store(o.AsX(), ReturnIndex(2))
	Store(s, ReturnIndex(3))
	RET()
}

func (v isa) extremes() {
	x, n := Load(Param("x"), GP64()), Load(Param("n"), GP64())
	l, h, o := v.ends(x, n, func() {})
	VZEROUPPER()
	Store(l.AsX(), ReturnIndex(0))
	Store(h.AsX(), ReturnIndex(1))
	Store(o.AsX(), ReturnIndex(2))
	RET()
}

// ends returns the extremes of n values at x and NaN unless all are finite; also is
// done for every 64.
func (v isa) ends(x, n Register, also func()) (l, h, o VecVirtual) {
	const sums = 4
	low, high := make([]VecVirtual, sums), make([]VecVirtual, sums)
	for i := range sums {
		low[i], high[i] = v.reg(), v.reg()
		VBROADCASTSD(Mem{Base: x}, low[i])
		VMOVAPD(low[i], high[i])
	}
	odd := v.zeros(1)[0]
	Label("loop")
	for i := range 64 / v.lanes {
		a, t := v.reg(), v.reg()
		VMOVUPD(Mem{Base: x, Disp: 8 * v.lanes * i}, a)
		VMINPD(a, low[i%sums], low[i%sums])
		VMAXPD(a, high[i%sums], high[i%sums])
		VSUBPD(a, a, t)
		if v.lanes == 8 {
			VPORQ(t, odd, odd) // bits of NaN stay
		} else {
			VPOR(t, odd, odd)
		}
	}
	also()
	ADDQ(I32(64*8), x)
	SUBQ(I32(64), n)
	JNE(LabelRef("loop"))
	return v.fold(VMINPD, low), v.fold(VMAXPD, high), v.fold(VADDPD, []VecVirtual{odd})
}

// foldInts adds the lanes of 64 bits.
func (v isa) foldInts(r VecVirtual) GPVirtual {
	if v.lanes == 8 {
		high := YMM()
		VEXTRACTI64X4(Imm(1), r, high)
		VPADDQ(high, r.AsY(), r.AsY())
	}
	high, sum := XMM(), GP64()
	VEXTRACTI128(Imm(1), r.AsY(), high)
	VPADDQ(high, r.AsX(), r.AsX())
	VPSRLDQ(Imm(8), r.AsX(), high)
	VPADDQ(high, r.AsX(), r.AsX())
	VMOVQ(r.AsX(), sum)
	return sum
}

// steps returns lanes whole numbers of 32 bits, (x-low)*scale of the scores at m.
func (v isa) steps(m Mem, low, scale VecVirtual) VecVirtual {
	a := v.reg()
	VMOVUPD(m, a)
	VSUBPD(low, a, a)
	VMULPD(scale, a, a)
	if v.lanes == 8 {
		k := YMM()
		VCVTTPD2DQ(a, k)
		return k
	}
	k := XMM()
	VCVTTPD2DQY(a, k)
	return k
}

func (v isa) scoreCodes() {
	codes, y, x, n := Load(Param("codes"), GP64()), Load(Param("y"), GP64()), Load(Param("x"), GP64()), Load(Param("n"), GP64())
	low, scale := v.broadcast("low"), v.broadcast("scale")
	Label("loop")
	for i := 0; i < 16; i += 8 {
		var c VecVirtual // 8 codes of 32 bits
		if v.lanes == 8 {
			c = v.steps(Mem{Base: x, Disp: 8 * i}, low, scale)
		} else {
			a, b := v.steps(Mem{Base: x, Disp: 8 * i}, low, scale), v.steps(Mem{Base: x, Disp: 8*i + 32}, low, scale)
			c = YMM()
			VINSERTI128(Imm(1), b, a.AsY(), c)
		}
		bit := YMM()
		VPMOVZXBD(Mem{Base: y, Disp: i}, bit)
		VPSRLD(Imm(subBits), c, c)
		VPSLLD(Imm(1), c, c)
		VPOR(bit, c, c)
		v.narrow16(c, Mem{Base: codes, Disp: 2 * i})
	}
	ADDQ(I32(16*8), x)
	ADDQ(I32(16), y)
	ADDQ(I32(16*2), codes)
	SUBQ(I32(16), n)
	JNE(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

const subBits = 8

// narrow16 stores 8 numbers of 32 bits, below 2^16, as 16 bits.
func (v isa) narrow16(c VecVirtual, to Mem) {
	if v.lanes == 8 {
		VPMOVDW(c, to)
		return
	}
	high := XMM()
	VEXTRACTI128(Imm(1), c, high)
	VPACKUSDW(high, c.AsX(), high)
	VMOVDQU(high, to)
}

func (v isa) scoreBuckets() {
	codes, x, n := Load(Param("codes"), GP64()), Load(Param("x"), GP64()), Load(Param("n"), GP64())
	low, scale := v.broadcast("low"), v.broadcast("scale")
	base := YMM()
	VMOVD(Load(Param("base"), GP32()), base.AsX())
	VPBROADCASTD(base.AsX(), base)
	var mask VecVirtual
	if v.lanes == 4 {
		mask = YMM()
		VPBROADCASTD(ConstData("bytemask", U32(255)), mask)
	}
	Label("loop")
	for i := 0; i < 16; i += 8 {
		if v.lanes == 8 {
			c := v.steps(Mem{Base: x, Disp: 8 * i}, low, scale)
			VPSUBD(base, c, c)
			VPMOVDB(c, Mem{Base: codes, Disp: i})
			continue
		}
		a, b := v.steps(Mem{Base: x, Disp: 8 * i}, low, scale), v.steps(Mem{Base: x, Disp: 8*i + 32}, low, scale)
		VPSUBD(base.AsX(), a, a)
		VPSUBD(base.AsX(), b, b)
		VPAND(mask.AsX(), a, a)
		VPAND(mask.AsX(), b, b)
		VPACKUSDW(b, a, a)
		VPACKUSWB(a, a, a)
		VMOVQ(a.AsX(), Mem{Base: codes, Disp: i})
	}
	ADDQ(I32(16*8), x)
	ADDQ(I32(16), codes)
	SUBQ(I32(16), n)
	JNE(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// compare holds two registers of negatives and goes over the positives; a last one is
// filled with NaN, which no positive reaches.
func (v isa) compare() {
	pos, p, neg, q := Load(Param("pos"), GP64()), Load(Param("p"), GP64()), Load(Param("neg"), GP64()), Load(Param("q"), GP64())
	count := v.zeros(4)
	one := VecVirtual(nil)
	if v.lanes == 8 {
		one = v.constant("oneint", 1)
	}
	sweep := func(label string, b []VecVirtual) {
		at, left := GP64(), GP64()
		MOVQ(pos, at)
		MOVQ(p, left)
		Label(label)
		a := v.reg()
		VBROADCASTSD(Mem{Base: at}, a)
		for i, r := range b {
			const less, atMost = 17, 18 // quiet
			for j, test := range []uint64{less, atMost} {
				c := count[2*i+j]
				if v.lanes == 8 {
					k := K()
					VCMPPD(U8(test), a, r, k)
					VPADDQ(one, c, k, c)
				} else {
					t := v.reg()
					VCMPPD(U8(test), a, r, t)
					VPSUBQ(t, c, c)
				}
			}
		}
		ADDQ(I32(8), at)
		DECQ(left)
		JNE(LabelRef(label))
	}
	two := 2 * v.lanes
	Label("two")
	CMPQ(q, I32(two))
	JLT(LabelRef("rest"))
	b := []VecVirtual{v.reg(), v.reg()}
	VMOVUPD(Mem{Base: neg}, b[0])
	VMOVUPD(Mem{Base: neg, Disp: 8 * v.lanes}, b[1])
	sweep("twoloop", b)
	ADDQ(I32(8*two), neg)
	SUBQ(I32(two), q)
	JMP(LabelRef("two"))

	Label("rest")
	TESTQ(q, q)
	JLE(LabelRef("done"))
	last := v.reg()
	v.someOf(neg, q, last)
	sweep("restloop", []VecVirtual{last})
	ADDQ(I32(8*v.lanes), neg)
	SUBQ(I32(v.lanes), q)
	JMP(LabelRef("rest"))

	Label("done")
	for i := 1; i < 4; i++ {
		VPADDQ(count[i], count[0], count[0])
	}
	sum := v.foldInts(count[0])
	VZEROUPPER()
	Store(sum, ReturnIndex(0))
	RET()
}

// someOf fills r with the first q values at m, or all its lanes, and NaN behind them.
func (v isa) someOf(m, q Register, r VecVirtual) {
	nan := v.constant("nan", 0x7ff8000000000001)
	if v.lanes == 8 {
		bits, k := GP64(), K()
		MOVQ(I32(-1), bits)
		BZHIQ(q, bits, bits)
		KMOVB(bits.As32(), k)
		VMOVAPD(nan, r)
		VMOVUPD(Mem{Base: m}, k, r)
		return
	}
	n, four, table := GP64(), GP64(), GP64()
	MOVQ(I32(4), four)
	MOVQ(q, n)
	CMPQ(n, four)
	CMOVQGT(four, n)
	SUBQ(n, four)
	LEAQ(firstLanes, table)
	mask := YMM()
	VMOVUPD(Mem{Base: table, Index: four, Scale: 8}, mask)
	VMASKMOVPD(Mem{Base: m}, mask, r)
	VBLENDVPD(mask, r, nan, r)
}

// firstLanes is four lanes set, then four clear.
var firstLanes Mem

func declareFirstLanes() {
	firstLanes = GLOBL("firstlanes", attr.RODATA|attr.NOPTR)
	for i := range 8 {
		var lane uint64
		if i < 4 {
			lane = 1<<64 - 1
		}
		DATA(8*i, U64(lane))
	}
}
