package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// A block of nibbles is 8192 rows: 16 registers of a bit per row.
const (
	nibbleLane  = 1024 // bytes of a bit per row
	nibbleSides = 16 * nibbleLane
)

// nibbles counts pairs of bytes below 16 in three steps: the bits of the bytes, a bit
// per row each; the rows of every class, from those; the rows of every pair, a
// population count each.
func nibbles() {
	nibbleBits()
	nibbleRows()
	nibblePairs()
}

func nibbleBits() {
	text("nibbleBitsAVX512", "func(t, p *uint8, n int, bits *uint64) uint64", "writes the bits 0 to 3 of the bytes of t, then of p, 128 words each, and returns the greatest byte. n is a multiple of 64.")
	t, p, n, bits := Load(Param("t"), GP64()), Load(Param("p"), GP64()), Load(Param("n"), GP64()), Load(Param("bits"), GP64())
	var one []VecVirtual
	for i := range 4 {
		g, r := GP32(), ZMM()
		MOVL(U32(0x01010101<<i), g)
		VPBROADCASTD(g, r)
		one = append(one, r)
	}
	most := avx512.zeros(1)[0]
	Label("loop")
	a, b := ZMM(), ZMM()
	VMOVDQU64(Mem{Base: t}, a)
	VMOVDQU64(Mem{Base: p}, b)
	VPMAXUB(a, most, most)
	VPMAXUB(b, most, most)
	for side, r := range []VecVirtual{a, b} {
		for i := range 4 {
			k := K()
			VPTESTMB(one[i], r, k)
			KMOVQ(k, Mem{Base: bits, Disp: (4*side + i) * nibbleLane})
		}
	}
	ADDQ(I32(64), t)
	ADDQ(I32(64), p)
	ADDQ(I32(8), bits)
	SUBQ(I32(64), n)
	JNE(LabelRef("loop"))
	half := YMM()
	VEXTRACTI64X4(Imm(1), most, half)
	VPMAXUB(half, most.AsY(), most.AsY())
	quarter := XMM()
	VEXTRACTI128(Imm(1), most.AsY(), quarter)
	VPMAXUB(quarter, most.AsX(), most.AsX())
	for _, bytes := range []uint64{8, 4, 2, 1} {
		VPSRLDQ(Imm(bytes), most.AsX(), quarter)
		VPMAXUB(quarter, most.AsX(), most.AsX())
	}
	out := GP64()
	VMOVQ(most.AsX(), out)
	ANDQ(I32(255), out)
	Store(out, ReturnIndex(0))
	end()
}

// nibbleRows: the two upper bits of a class choose a quarter of the classes, the two
// lower ones of these a class.
func nibbleRows() {
	text("nibbleRowsAVX512", "func(bits *uint64, registers, classes int, rows *uint64)", "writes, from what nibbleBits wrote, the rows of every class of t, then of p, 128 words each, for classes rounded up to a multiple of 4.")
	bits, registers, classes, rows := Load(Param("bits"), GP64()), Load(Param("registers"), GP64()), Load(Param("classes"), GP64()), Load(Param("rows"), GP64())
	for quarter := range 4 {
		if quarter > 0 {
			CMPQ(classes, Imm(uint64(4*quarter)))
			JLE(LabelRef("done"))
		}
		from, to, n := GP64(), GP64(), GP64()
		MOVQ(bits, from)
		MOVQ(rows, to)
		MOVQ(registers, n)
		loop := "quarter" + string(rune('0'+quarter))
		Label(loop)
		for side := range 2 {
			var bit []VecVirtual
			for i := range 4 {
				r := ZMM()
				VMOVDQU64(Mem{Base: from, Disp: (4*side + i) * nibbleLane}, r)
				bit = append(bit, r)
			}
			VPTERNLOGQ(chosen(quarter, 0)|chosen(quarter, 4), bit[2], bit[3], bit[3])
			for class := range 4 {
				r := ZMM()
				VMOVDQA64(bit[3], r)
				VPTERNLOGQ(chosen(class, 4), bit[0], bit[1], r)
				VMOVDQU64(r, Mem{Base: to, Disp: side*nibbleSides + (4*quarter+class)*nibbleLane})
			}
		}
		ADDQ(I32(64), from)
		ADDQ(I32(64), to)
		DECQ(n)
		JNE(LabelRef(loop))
	}
	Label("done")
	end()
}

// chosen is the truth table that is 1 where the first operand is 1 (first is 4) or 0
// and the two others are the bits of pair.
func chosen(pair, first int) U8 { return U8(1 << (first | pair)) }

// nibblePairs takes two classes of t and two of p at a time.
func nibblePairs() {
	text("nibblePairsAVX512", "func(rows *uint64, registers, classes int, sums *uint64)", "adds the rows of every pair of classes, rounded up to an even number, to sums, 16 by 16 cells of 8 words.")
	rows, registers, classes, sums := Load(Param("rows"), GP64()), Load(Param("registers"), GP64()), Load(Param("classes"), GP64()), Load(Param("sums"), GP64())
	INCQ(classes)
	SHRQ(Imm(1), classes)
	SHLQ(Imm(6), registers)
	i, j, truth, pred, cell := GP64(), GP64(), GP64(), GP64(), GP64()
	MOVQ(classes, i)
	MOVQ(rows, truth)
	Label("truth")
	MOVQ(classes, j)
	LEAQ(Mem{Base: rows, Disp: nibbleSides}, pred)
	MOVQ(sums, cell)
	Label("pred")
	var sum []VecVirtual
	for k := range 4 {
		r := ZMM()
		VMOVDQU64(Mem{Base: cell, Disp: 64 * (16*(k/2) + k%2)}, r)
		sum = append(sum, r)
	}
	at := GP64()
	XORQ(at, at)
	Label("registers")
	t, p := []VecVirtual{ZMM(), ZMM()}, []VecVirtual{ZMM(), ZMM()}
	for k := range 2 {
		VMOVDQU64(Mem{Base: truth, Index: at, Scale: 1, Disp: k * nibbleLane}, t[k])
		VMOVDQU64(Mem{Base: pred, Index: at, Scale: 1, Disp: k * nibbleLane}, p[k])
	}
	for k := range 4 {
		r := ZMM()
		VPANDQ(t[k/2], p[k%2], r)
		VPOPCNTQ(r, r)
		VPADDQ(r, sum[k], sum[k])
	}
	ADDQ(I32(64), at)
	CMPQ(at, registers)
	JNE(LabelRef("registers"))
	for k := range 4 {
		VMOVDQU64(sum[k], Mem{Base: cell, Disp: 64 * (16*(k/2) + k%2)})
	}
	ADDQ(I32(2*64), cell)
	ADDQ(I32(2*nibbleLane), pred)
	DECQ(j)
	JNE(LabelRef("pred"))
	ADDQ(I32(2*16*64), sums)
	ADDQ(I32(2*nibbleLane), truth)
	DECQ(i)
	JNE(LabelRef("truth"))
	end()
}
