package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// gaps writes the distances of a point to panels of rows where coordinates may be missing.
func gaps() {
	for _, v := range []isa{avx2, avx512} {
		text("gapDistances"+v.name, "func(d, point, panels *float64, cols int, width float64, n int)",
			fmt.Sprintf("is GapDistances with %s: n panels, cols = width > 0.", v.name))
		v.gaps()
		end()
	}
}

func (v isa) gaps() {
	const (
		ordered  = 7
		notEqual = 4
		together = 4 // registers of rows
	)
	d, point, panels := Load(Param("d"), GP64()), Load(Param("point"), GP64()), Load(Param("panels"), GP64())
	cols, n := Load(Param("cols"), GP64()), Load(Param("n"), GP64())
	width := v.broadcast("width")
	one := v.constant("one", math.Float64bits(1))
	zero := v.zeros(1)[0]
	bytes := GP64() // of a panel
	MOVQ(cols, bytes)
	SHLQ(U8(8), bytes)

	Label("panel")
	for first := 0; first < panelRows; first += together * v.lanes {
		sums, common := v.zeros(together), v.zeros(together)
		at, of, left := GP64(), GP64(), GP64()
		MOVQ(panels, at)
		MOVQ(point, of)
		MOVQ(cols, left)
		loop := fmt.Sprintf("columns%d", first)
		Label(loop)
		x := v.reg()
		VBROADCASTSD(Mem{Base: of}, x)
		for i := range together {
			u := v.reg()
			VSUBPD(Mem{Base: at, Disp: 8 * (first + i*v.lanes)}, x, u)
			if v.lanes == 8 {
				k := K()
				VCMPPD(Imm(ordered), u, u, k)
				VMULPD(u, u, u)
				VADDPD(u, sums[i], k, sums[i])
				VADDPD(one, common[i], k, common[i])
				continue
			}
			has := v.reg()
			VCMPPD(Imm(ordered), u, u, has)
			VMULPD(u, u, u)
			VANDPD(has, u, u)
			VADDPD(u, sums[i], sums[i])
			VANDPD(has, one, has)
			VADDPD(has, common[i], common[i])
		}
		ADDQ(I32(8*panelRows), at)
		ADDQ(I32(8), of)
		DECQ(left)
		JNE(LabelRef(loop))
		for i, sum := range sums {
			// Where nothing is common the ratio is the infinity that is wanted.
			ratio := v.reg()
			VDIVPD(common[i], width, ratio)
			if v.lanes == 8 {
				k := K()
				VCMPPD(Imm(notEqual), zero, common[i], k)
				VMULPD(sum, ratio, k, ratio)
			} else {
				some := v.reg()
				VCMPPD(Imm(notEqual), zero, common[i], some)
				VMULPD(sum, ratio, sum)
				VBLENDVPD(some, sum, ratio, ratio)
			}
			VMOVUPD(ratio, Mem{Base: d, Disp: 8 * (first + i*v.lanes)})
		}
	}
	ADDQ(I32(8*panelRows), d)
	ADDQ(bytes, panels)
	DECQ(n)
	JNE(LabelRef("panel"))
}
