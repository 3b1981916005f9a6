package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// affine writes the maps of a run of n values, n a multiple of 8, whose parameters
// repeat after period values, a multiple of 8 as well. They return whether all
// results are finite. With stream, the results go past the cache: dst must then be
// aligned to the size of a register.
func affine() {
	const (
		both    = "func(dst, x *F, n int, center, scale *float64, period int, stream bool) (finite bool)"
		ranged  = "func(dst, x *F, n int, center, scale *float64, period int, width, low float64, stream bool) (finite bool)"
		scaling = "func(dst, x *F, n int, scale *float64, period int, stream bool) (finite bool)"
	)
	for _, m := range []struct {
		name, doc, signature string
		steps                func(v isa) func(y VecVirtual, p parameters)
	}{
		{"standardise", "Standardise", both, func(v isa) func(VecVirtual, parameters) {
			return func(y VecVirtual, p parameters) { VSUBPD(p.center, y, y); VDIVPD(p.scale, y, y) }
		}},
		{"unstandardise", "Unstandardise", both, func(v isa) func(VecVirtual, parameters) {
			return func(y VecVirtual, p parameters) { VMULPD(p.scale, y, y); VADDPD(p.center, y, y) }
		}},
		{"rescale", "Rescale", ranged, func(v isa) func(VecVirtual, parameters) {
			width, low := v.broadcast("width"), v.broadcast("low")
			return func(y VecVirtual, p parameters) {
				VSUBPD(p.center, y, y)
				VDIVPD(p.scale, y, y)
				VMULPD(width, y, y)
				VADDPD(low, y, y)
			}
		}},
		{"unrescale", "Unrescale", ranged, func(v isa) func(VecVirtual, parameters) {
			width, low := v.broadcast("width"), v.broadcast("low")
			return func(y VecVirtual, p parameters) {
				VSUBPD(low, y, y)
				VDIVPD(width, y, y)
				VMULPD(p.scale, y, y)
				VADDPD(p.center, y, y)
			}
		}},
		{"divide", "Divide", scaling, func(v isa) func(VecVirtual, parameters) {
			return func(y VecVirtual, p parameters) { VDIVPD(p.scale, y, y) }
		}},
		{"multiply", "Multiply", scaling, func(v isa) func(VecVirtual, parameters) {
			return func(y VecVirtual, p parameters) { VMULPD(p.scale, y, y) }
		}},
	} {
		each(m.name, m.signature, m.doc+" of a run whose parameters repeat", func(f float, v isa) []VecVirtual {
			v.affineRun(f, m.signature != scaling, m.steps(v))
			return nil
		})
	}
}

// parameters of the lanes at hand, in memory.
type parameters struct{ center, scale Mem }

// affineRun writes the loop, once with plain stores and once with stores past the
// cache.
func (v isa) affineRun(f float, centred bool, steps func(y VecVirtual, p parameters)) {
	dst, x, n := Load(Param("dst"), GP64()), Load(Param("x"), GP64()), Load(Param("n"), GP64())
	scale, period := Load(Param("scale"), GP64()), Load(Param("period"), GP64())
	var p parameters
	at := GP64() // in the pattern of parameters
	p.scale = Mem{Base: scale, Index: at, Scale: 8}
	if centred {
		p.center = Mem{Base: Load(Param("center"), GP64()), Index: at, Scale: 8}
	}
	XORQ(at, at)
	zero := GP64()
	XORQ(zero, zero)
	// What differs from itself is not finite: the differences of all results, or'ed.
	wrong := v.zeros(1)[0]
	stream := GP8()
	Load(Param("stream"), stream)
	TESTB(stream, stream)
	JNE(LabelRef("past"))
	loop := func(name string, past bool) {
		Label(name)
		y := v.load(f, Mem{Base: x})
		steps(y, p)
		v.storeResult(f, y, Mem{Base: dst}, past, wrong)
		ADDQ(I32(v.lanes*f.size()), x)
		ADDQ(I32(v.lanes*f.size()), dst)
		ADDQ(I32(v.lanes), at)
		CMPQ(at, period)
		CMOVQEQ(zero, at)
		SUBQ(I32(v.lanes), n)
		JNE(LabelRef(name))
	}
	loop("through", false)
	JMP(LabelRef("done"))
	loop("past", true)
	SFENCE()
	Label("done")
	v.zeroBits(wrong)
}

// storeResult narrows y to the type of the elements and writes it.
func (v isa) storeResult(f float, y VecVirtual, m Mem, past bool, wrong VecVirtual) {
	d := v.reg()
	if f.bits == 32 {
		if v.lanes == 8 {
			VCVTPD2PS(y, y.AsY())
			v.store32(y.AsY(), d.AsY(), m, past, wrong.AsY())
		} else {
			VCVTPD2PSY(y, y.AsX())
			v.store32(y.AsX(), d.AsX(), m, past, wrong.AsX())
		}
		return
	}
	if past {
		VMOVNTPD(y, m)
	} else {
		VMOVUPD(y, m)
	}
	VSUBPD(y, y, d)
	VORPD(d, wrong, wrong)
}

func (v isa) store32(y, d Register, m Mem, past bool, wrong Register) {
	if past {
		VMOVNTPS(y, m)
	} else {
		VMOVUPS(y, m)
	}
	VSUBPS(y, y, d)
	VORPS(d, wrong, wrong)
}
