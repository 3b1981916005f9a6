package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// columns writes the loops down the columns of row-major data. A column has a lane of
// its own, and adds its rows in their order, as the portable loop does: the bits are
// the same.
func columns() {
	const sums = "shift, n, s, q *float64)"
	each("columnSums", "func(x *F, stride, rows, cols int, "+sums, "ColumnSums", func(f float, v isa) []VecVirtual {
		columnSums(f, v, false)
		return nil
	})
	each("columnSumsWeighted", "func(x *F, stride, rows, cols int, w *float64, "+sums, "ColumnSumsWeighted", func(f float, v isa) []VecVirtual {
		columnSums(f, v, true)
		return nil
	})
	each("columnMinMax", "func(x *F, stride, rows, cols int, lo, hi *F)", "ColumnMinMax", columnMinMax)
}

// A panel is a strip of columns that a loop keeps in registers.
type panel struct {
	groups int // registers
	last   mask
}

// mask of group g.
func (p panel) mask(g int) mask {
	if g == p.groups-1 {
		return p.last
	}
	return mask{}
}

// A pointer to elements of that many bytes.
type pointer struct {
	at   Register
	size int
}

// overPanels cuts cols columns into panels of at most most registers of width
// columns. It writes a copy of the body for each size of panel, and moves the
// pointers on to the next. Whole panels come
// first; AVX-512 takes the rest at once with a mask on the last register, AVX2
// register by register.
func (v isa) overPanels(f float, width, most int, pointers []pointer, body func(p panel)) {
	cols := Load(Param("cols"), GP64())
	write := func(name string, groups int, last mask) {
		Label(name)
		body(panel{groups, last})
		if !last.all() {
			JMP(LabelRef("done"))
			return
		}
		for _, p := range pointers {
			ADDQ(I32(groups*width*p.size), p.at)
		}
		SUBQ(I32(groups*width), cols)
		JEQ(LabelRef("done"))
		JMP(LabelRef("panel"))
	}
	Label("panel")
	CMPQ(cols, I32(most*width))
	JGE(LabelRef("whole"))
	if v.lanes == 8 {
		for g := 1; g < most; g++ {
			CMPQ(cols, I32(g*width))
			JLE(LabelRef(fmt.Sprintf("masked%d", g)))
		}
		JMP(LabelRef(fmt.Sprintf("masked%d", most)))
	} else {
		CMPQ(cols, I32(width))
		JLT(LabelRef("masked1"))
		write("one", 1, mask{})
	}
	write("whole", most, mask{})
	rest := most
	if v.lanes == 4 {
		rest = 1
	}
	for g := 1; g <= rest; g++ {
		name := fmt.Sprintf("masked%d", g)
		Label(name)
		left := GP64()
		MOVQ(cols, left)
		if g > 1 {
			SUBQ(I32((g-1)*width), left)
		}
		write(name+"rows", g, v.firstLanes(f, left))
	}
	Label("done")
}

// overRows writes the loop down the rows.
func overRows(f float, x, step Register, name string, row func(at Register), after func()) {
	rows, at := Load(Param("rows"), GP64()), GP64()
	MOVQ(x, at)
	Label(name)
	row(at)
	if after != nil {
		Label(name + "next")
		after()
	}
	ADDQ(step, at)
	DECQ(rows)
	JNE(LabelRef(name))
}

// stride returns the parameter in bytes.
func stride(f float) Register {
	step := Load(Param("stride"), GP64())
	SHLQ(Imm(uint64(map[int]int{4: 2, 8: 3}[f.size()])), step)
	return step
}

func columnSums(f float, v isa, weighted bool) {
	x, step := Load(Param("x"), GP64()), stride(f)
	shift, n, s, q := Load(Param("shift"), GP64()), Load(Param("n"), GP64()), Load(Param("s"), GP64()), Load(Param("q"), GP64())
	most := 4
	if v.lanes == 4 {
		most = 2
	}
	panels := 0
	v.overPanels(f, v.lanes, most, []pointer{{x, f.size()}, {shift, 8}, {n, 8}, {s, 8}, {q, 8}}, func(p panel) {
		panels++
		name := fmt.Sprintf("row%d", panels)
		var c []VecVirtual
		for g := range p.groups {
			c = append(c, v.loadMasked(float{64}, Mem{Base: shift, Disp: g * v.lanes * 8}, p.mask(g)))
		}
		count, sum, squares := v.zeros(p.groups), v.zeros(p.groups), v.zeros(p.groups)
		one := v.constant("one", 0x3ff0000000000000)
		var weights Register
		var after func()
		if weighted {
			weights = Load(Param("w"), GP64())
			after = func() { ADDQ(Imm(8), weights) }
		}
		overRows(f, x, step, name, func(at Register) {
			w := one
			if weighted {
				bits := GP64()
				MOVQ(Mem{Base: weights}, bits)
				SHLQ(Imm(1), bits)
				JEQ(LabelRef(name + "next")) // weight 0, of either sign
				w = v.reg()
				VBROADCASTSD(Mem{Base: weights}, w)
			}
			for g := range p.groups {
				d := v.loadMasked(f, Mem{Base: at, Disp: g * v.lanes * f.size()}, p.mask(g))
				VSUBPD(c[g], d, d)
				v.addPresent(d, w, weighted, count[g], sum[g], squares[g])
			}
		}, after)
		for g := range p.groups {
			for i, r := range []VecVirtual{count[g], sum[g], squares[g]} {
				v.storeMasked(r, Mem{Base: []Register{n, s, q}[i], Disp: g * v.lanes * 8}, p.mask(g))
			}
		}
	})
}

// addPresent adds w to count, w d to sum and w d^2 to squares in the lanes where d is
// not NaN.
func (v isa) addPresent(d, w VecVirtual, weighted bool, count, sum, squares VecVirtual) {
	t := v.reg()
	if v.lanes == 8 {
		present := K()
		VCMPPD(Imm(7), d, d, present) // ordered
		VADDPD(w, count, present, count)
		if weighted {
			VMULPD(w, d, t)
			VADDPD(t, sum, present, sum)
		} else {
			VADDPD(d, sum, present, sum)
		}
		VMULPD(d, d, d)
		if weighted {
			VMULPD(w, d, d)
		}
		VADDPD(d, squares, present, squares)
		return
	}
	VCMPPD(Imm(7), d, d, t)
	VANDPD(t, d, d)
	VANDPD(w, t, t)
	VADDPD(t, count, count)
	if weighted {
		VMULPD(w, d, t)
		VADDPD(t, sum, sum)
	} else {
		VADDPD(d, sum, sum)
	}
	VMULPD(d, d, d)
	if weighted {
		VMULPD(w, d, d)
	}
	VADDPD(d, squares, squares)
}

// columnMinMax works in the type of the elements: 4, 8 or 16 of them in a register.
func columnMinMax(f float, v isa) []VecVirtual {
	x, step := Load(Param("x"), GP64()), stride(f)
	lo, hi := Load(Param("lo"), GP64()), Load(Param("hi"), GP64())
	width := v.lanes * 64 / f.bits
	least, most := VMINPD, VMAXPD
	if f.bits == 32 {
		least, most = VMINPS, VMAXPS
	}
	panels := 0
	v.overPanels(f, width, 4, []pointer{{x, f.size()}, {lo, f.size()}, {hi, f.size()}}, func(p panel) {
		panels++
		var l, h []VecVirtual
		for g := range p.groups {
			at := g * width * f.size()
			l = append(l, v.loadAsIs(f, Mem{Base: lo, Disp: at}, p.mask(g)))
			h = append(h, v.loadAsIs(f, Mem{Base: hi, Disp: at}, p.mask(g)))
		}
		overRows(f, x, step, fmt.Sprintf("row%d", panels), func(at Register) {
			for g := range p.groups {
				r := v.loadAsIs(f, Mem{Base: at, Disp: g * width * f.size()}, p.mask(g))
				// The old extreme stays where the new value is NaN, or equal.
				least(l[g], r, l[g])
				most(h[g], r, h[g])
			}
		}, nil)
		for g := range p.groups {
			at := g * width * f.size()
			v.storeAsIs(f, l[g], Mem{Base: lo, Disp: at}, p.mask(g))
			v.storeAsIs(f, h[g], Mem{Base: hi, Disp: at}, p.mask(g))
		}
	})
	return nil
}
