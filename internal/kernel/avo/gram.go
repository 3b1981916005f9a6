package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// gram writes the products of a few columns with two registers of others: as many as
// leave room for the sums.
func gram() {
	for _, v := range []isa{avx2, avx512} {
		text("gram"+v.name, "func(c, a, b *float64, width, rows int)",
			fmt.Sprintf("adds the products of %d columns from a with %d from b to c, with %s.", v.lanes, 2*v.lanes, v.name))
		c := Load(Param("c"), GP64())
		a := Load(Param("a"), GP64())
		b := Load(Param("b"), GP64())
		stride := Load(Param("width"), GP64())
		left := Load(Param("rows"), GP64())
		SHLQ(U8(3), stride)
		step := 8 * v.lanes
		sums := make([][2]VecVirtual, v.lanes)
		for i := range sums {
			sums[i] = [2]VecVirtual(v.zeros(2))
		}
		Label("row")
		low, high := v.reg(), v.reg()
		VMOVUPD(Mem{Base: b}, low)
		VMOVUPD(Mem{Base: b, Disp: step}, high)
		for i := range sums {
			p := v.reg()
			VBROADCASTSD(Mem{Base: a, Disp: 8 * i}, p)
			VFMADD231PD(low, p, sums[i][0])
			VFMADD231PD(high, p, sums[i][1])
		}
		ADDQ(stride, a)
		ADDQ(stride, b)
		DECQ(left)
		JNE(LabelRef("row"))
		for i := range sums {
			for k, s := range sums[i] {
				to := Mem{Base: c, Disp: k * step}
				VADDPD(to, s, s)
				VMOVUPD(s, to)
			}
			if i+1 < len(sums) {
				ADDQ(stride, c)
			}
		}
		end()
	}
}
