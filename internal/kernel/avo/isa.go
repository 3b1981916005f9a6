package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// An isa is an instruction set that a loop is written for.
type isa struct {
	name  string
	lanes int // float64 values in a register
	reg   func() VecVirtual
}

var (
	avx2   = isa{"AVX2", 4, YMM}
	avx512 = isa{"AVX512", 8, ZMM}
)

// A float is the element type of a slice in memory; arithmetic is in float64.
type float struct{ bits int }

func (f float) size() int { return f.bits / 8 }

// each calls write for every instruction set and element type, inside a function
// NAME<bits><isa>. F in the signature is the element type. What write returns is
// stored as the function's results.
func each(name, signature, doc string, write func(f float, v isa) []VecVirtual) {
	for _, v := range []isa{avx2, avx512} {
		for _, f := range []float{{64}, {32}} {
			full := fmt.Sprintf("%s%d%s", name, f.bits, v.name)
			TEXT(full, attr.NOSPLIT, strings.ReplaceAll(signature, "F", fmt.Sprintf("float%d", f.bits)))
			Pragma("noescape")
			Doc(fmt.Sprintf("%s is %s for float%d with %s.", full, doc, f.bits, v.name))
			results := write(f, v)
			VZEROUPPER()
			for i, r := range results {
				Store(r.AsX(), ReturnIndex(i))
			}
			RET()
		}
	}
}

// load returns a register with the lanes at m, widened to float64.
func (v isa) load(f float, m Mem) VecVirtual {
	r := v.reg()
	if f.bits == 32 {
		VCVTPS2PD(m, r)
	} else {
		VMOVUPD(m, r)
	}
	return r
}

// zeros returns n cleared registers.
func (v isa) zeros(n int) []VecVirtual {
	rs := make([]VecVirtual, n)
	for i := range rs {
		rs[i] = v.reg()
		VXORPD(rs[i], rs[i], rs[i])
	}
	return rs
}

// broadcast returns a register with the float64 parameter in every lane.
func (v isa) broadcast(param string) VecVirtual {
	b, err := Param(param).Resolve()
	if err != nil {
		panic(err)
	}
	r := v.reg()
	VBROADCASTSD(b.Addr, r)
	return r
}

// constant returns a register with x in every lane.
func (v isa) constant(name string, x uint64) VecVirtual {
	r := v.reg()
	VBROADCASTSD(v.data(name, x), r)
	return r
}

var declared = map[string]Mem{}

func (v isa) data(name string, x uint64) Mem {
	if _, ok := declared[name]; !ok {
		declared[name] = ConstData(name, U64(x))
	}
	return declared[name]
}

// absMask is every bit but the sign.
func (v isa) absMask() VecVirtual { return v.constant("absmask", math.MaxInt64) }

// fold combines the registers in pairs (0 with 1, 2 with 3, ...) until one is left,
// then its lanes the same way, upper half onto lower: the order is the same in every
// instruction set when the registers are given in the order of the elements.
// AVX2 registers are first paired so that two of them stand for one of AVX-512.
func (v isa) fold(op func(ops ...Op), rs []VecVirtual) VecVirtual {
	if v.lanes == 4 && len(rs) > 1 {
		low, high := v.tree(op, every(rs, 0)), v.tree(op, every(rs, 1))
		op(high, low, low)
		return v.foldY(op, low)
	}
	r := v.tree(op, rs)
	if v.lanes == 8 {
		high := YMM()
		VEXTRACTF64X4(Imm(1), r, high)
		op(high, r.AsY(), r.AsY())
	}
	return v.foldY(op, r)
}

func every(rs []VecVirtual, from int) (out []VecVirtual) {
	for i := from; i < len(rs); i += 2 {
		out = append(out, rs[i])
	}
	return out
}

func (v isa) tree(op func(ops ...Op), rs []VecVirtual) VecVirtual {
	for len(rs) > 1 {
		var next []VecVirtual
		for i := 0; i+1 < len(rs); i += 2 {
			op(rs[i+1], rs[i], rs[i])
			next = append(next, rs[i])
		}
		if len(rs)%2 == 1 {
			next = append(next, rs[len(rs)-1])
		}
		rs = next
	}
	return rs[0]
}

func (v isa) foldY(op func(ops ...Op), r VecVirtual) VecVirtual {
	high := XMM()
	VEXTRACTF128(Imm(1), r.AsY(), high)
	op(high, r.AsX(), r.AsX())
	VUNPCKHPD(r.AsX(), r.AsX(), high)
	op(high, r.AsX(), r.AsX())
	return r
}

// text starts a function that is not one of each's, and end ends it.
func text(name, signature, doc string) {
	TEXT(name, attr.NOSPLIT, signature)
	Pragma("noescape")
	Doc(name + " " + doc)
}

func end() {
	VZEROUPPER()
	RET()
}
