package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const (
	panelRows  = 32
	tilePoints = 8
)

// near writes the comparison of a tile of points with panels of rows, in the
// precision of the rows: two registers of rows times as many points as leave room.
func near() {
	for _, v := range []isa{avx2, avx512} {
		for _, f := range []float{{64}, {32}} {
			full := fmt.Sprintf("near%d%s", f.bits, v.name)
			signature := "func(masks *uint32, points, panels, half, limit *F, cols, n int)"
			TEXT(full, attr.NOSPLIT, strings.ReplaceAll(signature, "F", fmt.Sprintf("float%d", f.bits)))
			Pragma("noescape")
			Doc(fmt.Sprintf("%s is Near for float%d with %s: n panels.", full, f.bits, v.name))
			v.near(f)
			VZEROUPPER()
			RET()
		}
	}
}

// A narrow is what near needs for one element type.
type narrow struct {
	load, copy, broadcast, negate func(ops ...Op)
}

func narrowOf(f float) narrow {
	if f.bits == 64 {
		return narrow{VMOVUPD, VMOVAPD, VBROADCASTSD, VFNMADD231PD}
	}
	return narrow{VMOVUPS, VMOVAPS, VBROADCASTSS, VFNMADD231PS}
}

func (v isa) near(f float) {
	masks := Load(Param("masks"), GP64())
	points := Load(Param("points"), GP64())
	panels := Load(Param("panels"), GP64())
	half := Load(Param("half"), GP64())
	limit := Load(Param("limit"), GP64())
	cols := Load(Param("cols"), GP64())
	n := Load(Param("n"), GP64())
	op := narrowOf(f)
	lanes := v.lanes * 64 / f.bits
	together := v.lanes // points
	step := f.size() * lanes
	bytes := GP64() // of a panel
	MOVQ(cols, bytes)
	SHLQ(U8(map[int]uint64{8: 8, 4: 7}[f.size()]), bytes)

	Label("panel")
	for rows := 0; rows < panelRows; rows += 2 * lanes {
		for first := 0; first < tilePoints; first += together {
			sums := make([][2]VecVirtual, together)
			low, high := v.reg(), v.reg()
			op.load(Mem{Base: half, Disp: rows * f.size()}, low)
			op.load(Mem{Base: half, Disp: rows*f.size() + step}, high)
			for i := range sums {
				sums[i] = [2]VecVirtual{v.reg(), v.reg()}
				op.copy(low, sums[i][0])
				op.copy(high, sums[i][1])
			}
			at, of, left := GP64(), GP64(), GP64()
			MOVQ(panels, at)
			MOVQ(points, of)
			MOVQ(cols, left)
			loop, done := fmt.Sprintf("columns%d_%d", rows, first), fmt.Sprintf("compare%d_%d", rows, first)
			TESTQ(left, left)
			JE(LabelRef(done))
			Label(loop)
			a, b := v.reg(), v.reg()
			op.load(Mem{Base: at, Disp: rows * f.size()}, a)
			op.load(Mem{Base: at, Disp: rows*f.size() + step}, b)
			for i := range sums {
				p := v.reg()
				op.broadcast(Mem{Base: of, Disp: (first + i) * f.size()}, p)
				op.negate(a, p, sums[i][0])
				op.negate(b, p, sums[i][1])
			}
			ADDQ(I32(panelRows*f.size()), at)
			ADDQ(I32(tilePoints*f.size()), of)
			DECQ(left)
			JNE(LabelRef(loop))
			Label(done)
			for i, s := range sums {
				most := v.reg()
				op.broadcast(Mem{Base: limit, Disp: (first + i) * f.size()}, most)
				v.storeMasks(f, s, most, Mem{Base: masks, Disp: (first+i)*4 + rows/8})
			}
		}
	}
	ADDQ(I32(panelRows*f.size()), half)
	ADDQ(I32(4*tilePoints), masks)
	ADDQ(bytes, panels)
	DECQ(n)
	JNE(LabelRef("panel"))
}

// storeMasks writes a bit per lane of both registers, set where it is at most most.
func (v isa) storeMasks(f float, s [2]VecVirtual, most VecVirtual, to Mem) {
	const atMost = 2
	if v.lanes == 8 {
		for i, r := range s {
			k := K()
			if f.bits == 64 {
				VCMPPD(Imm(atMost), most, r, k)
				KMOVB(k, to.Offset(i))
			} else {
				VCMPPS(Imm(atMost), most, r, k)
				KMOVW(k, to.Offset(2*i))
			}
		}
		return
	}
	a, b := GP32(), GP32()
	if f.bits == 64 {
		VCMPPD(Imm(atMost), most, s[0], s[0])
		VCMPPD(Imm(atMost), most, s[1], s[1])
		VMOVMSKPD(s[0], a)
		VMOVMSKPD(s[1], b)
		SHLL(U8(4), b)
		ORL(b, a)
		MOVB(a.As8(), to)
		return
	}
	VCMPPS(Imm(atMost), most, s[0], s[0])
	VCMPPS(Imm(atMost), most, s[1], s[1])
	VMOVMSKPS(s[0], a)
	VMOVMSKPS(s[1], b)
	MOVB(a.As8(), to)
	MOVB(b.As8(), to.Offset(1))
}
