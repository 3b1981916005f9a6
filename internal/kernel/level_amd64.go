//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

var level = detect()

func detect() vectorLevel {
	x := &cpu.X86
	switch {
	case x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL:
		return levelAVX512
	case x.HasAVX2 && x.HasFMA:
		return levelAVX2
	}
	return levelPortable
}
