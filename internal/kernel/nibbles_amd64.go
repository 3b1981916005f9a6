//go:build !purego

package kernel

import (
	"sync"

	"golang.org/x/sys/cpu"
)

// nibbleBlock is the number of rows that the vector form takes at a time; of the
// last block it takes whole registers of a bit per row.
const (
	nibbleBlock    = 8192
	nibbleRegister = 512
)

// A nibbleRoom is what the vector form works in: 32 KB of it, half of the nearest
// cache, are read again and again.
type nibbleRoom struct {
	bits [2 * 4 * nibbleBlock / 64]uint64
	rows [2 * 16 * nibbleBlock / 64]uint64
	sums [256][8]uint64
}

var nibbleRooms = sync.Pool{New: func() any { return new(nibbleRoom) }}

// nibblesVector counts rows from the first on, and returns how many, or false after a
// byte of 16 or more.
func nibblesVector(t, p []byte, sum *[256]uint64) (done int, ok bool) {
	if level != levelAVX512 || !cpu.X86.HasAVX512VPOPCNTDQ || len(t) < nibbleRegister {
		return 0, true
	}
	room := nibbleRooms.Get().(*nibbleRoom)
	defer nibbleRooms.Put(room)
	room.sums = [256][8]uint64{}
	for len(t)-done >= nibbleRegister {
		n := min(nibbleBlock, len(t)-done) &^ (nibbleRegister - 1)
		most := int(nibbleBitsAVX512(&t[done], &p[done], n, &room.bits[0]))
		if most >= 16 {
			return 0, false
		}
		nibbleRowsAVX512(&room.bits[0], n/nibbleRegister, most+1, &room.rows[0])
		nibblePairsAVX512(&room.rows[0], n/nibbleRegister, most+1, &room.sums[0][0])
		done += n
	}
	for cell := range room.sums {
		for _, k := range room.sums[cell] {
			sum[cell] += k
		}
	}
	return done, true
}
