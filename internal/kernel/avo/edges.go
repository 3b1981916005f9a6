package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// edges writes the loops that compare values with ascending edges.
func edges() {
	for _, k := range []int{4, 8, 12} {
		each(fmt.Sprintf("count%dEdges", k), "func(x *F, n int, edges *float64, counts *uint64)",
			fmt.Sprintf("the number of values at or above each of %d edges, n a multiple of 8,", k),
			func(f float, v isa) []VecVirtual { return countEdges(f, v, k) })
	}
	eachAVX2("count9Edges", "func(x *F, n int, edges *float64, counts *uint64)",
		"the number of values at or above each of 9 edges, the inner ones of ten bins, n a multiple of 8,",
		func(f float) { countEdges(f, avx2, 9) })
	each("columnRanks", "func(dst *float64, dstStride int, x *F, stride, rows, cols int, edges *float64, count int)",
		"ColumnRanks", columnRanks)
}

func countEdges(f float, v isa, edges int) []VecVirtual {
	e := Load(Param("edges"), GP64())
	one := v.constant("wholeone", 1)
	var at []Op
	for i := range edges {
		r := v.reg()
		VBROADCASTSD(Mem{Base: e, Disp: 8 * i}, r)
		if v.lanes == 8 {
			at = append(at, r)
		} else {
			at = append(at, v.spill(r))
		}
	}
	counts := v.zeros(edges)
	overValues(f, v, 8, func(_ int, x VecVirtual) {
		for i := range edges {
			if v.lanes == 8 {
				k := K()
				VCMPPD(Imm(0x1d), at[i], x, k) // at or above, false for NaN
				VPADDQ(one, counts[i], k, counts[i])
				continue
			}
			t := v.reg()
			VCMPPD(Imm(0x1d), at[i], x, t)
			VPSUBQ(t, counts[i], counts[i])
		}
	})
	out := Load(Param("counts"), GP64())
	for i, r := range counts {
		high := XMM()
		if v.lanes == 8 { // may be one of the upper registers
			upper := YMM()
			VEXTRACTI64X4(Imm(1), r, upper)
			VPADDQ(upper, r.AsY(), r.AsY())
			VEXTRACTI64X2(Imm(1), r.AsY(), high)
		} else {
			VEXTRACTI128(Imm(1), r.AsY(), high)
		}
		VPADDQ(high, r.AsX(), r.AsX())
		VPSRLDQ(Imm(8), r.AsX(), high)
		VPADDQ(high, r.AsX(), r.AsX())
		VMOVQ(r.AsX(), Mem{Base: out, Disp: 8 * i})
	}
	return nil
}

// columnRanks: row k of edges holds the k-th edge of every column.
func columnRanks(f float, v isa) []VecVirtual {
	x, step := Load(Param("x"), GP64()), stride(f)
	dst, dstStep := Load(Param("dst"), GP64()), Load(Param("dstStride"), GP64())
	SHLQ(Imm(3), dstStep)
	edges := Load(Param("edges"), GP64())
	count, err := Param("count").Resolve()
	if err != nil {
		panic(err)
	}
	edgeStep := Load(Param("cols"), GP64())
	SHLQ(Imm(3), edgeStep)
	one := v.constant("one", 0x3ff0000000000000)
	panels := 0
	v.overPanels(f, v.lanes, 1, []pointer{{x, f.size()}, {dst, 8}, {edges, 8}}, func(p panel) {
		panels++
		to := GP64()
		MOVQ(dst, to)
		name := fmt.Sprintf("row%d", panels)
		overRows(f, x, step, name, func(at Register) {
			r := v.loadMasked(f, Mem{Base: at}, p.mask(0))
			rank := v.zeros(1)[0]
			e, left := GP64(), GP64()
			MOVQ(edges, e)
			MOVQ(count.Addr, left)
			Label(name + "edge")
			if v.lanes == 8 {
				edge := v.loadMasked(float{64}, Mem{Base: e}, p.mask(0))
				k := K()
				VCMPPD(Imm(0x1d), edge, r, k)
				VADDPD(one, rank, k, rank)
			} else {
				edge := v.loadMasked(float{64}, Mem{Base: e}, p.mask(0))
				t := v.reg()
				VCMPPD(Imm(0x1d), edge, r, t)
				VANDPD(one, t, t)
				VADDPD(t, rank, rank)
			}
			ADDQ(edgeStep, e)
			DECQ(left)
			JNE(LabelRef(name + "edge"))
			v.storeMasked(rank, Mem{Base: to}, p.mask(0))
			ADDQ(dstStep, to)
		}, nil)
	})
	return nil
}
