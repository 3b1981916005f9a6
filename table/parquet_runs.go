package table

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// Parquet's two encodings of small integers: runs and bit-packed groups
// ("hybrid"), and packed differences ("delta").

var (
	errRuns  = errors.New("runs of values that are cut short")
	errDelta = errors.New("packed differences that are damaged")
)

// run reads the header of the next run: count values, bit-packed in size bytes
// or one value repeated in size bytes.
func run(b []byte, width int) (count int, packed bool, head, size int, err error) {
	u, n := binary.Uvarint(b)
	if n <= 0 || u > 1<<40 {
		return 0, false, 0, 0, errRuns
	}
	packed = u&1 == 1
	count = int(u >> 1)
	size = (width + 7) / 8
	if packed {
		size = count * width
		count *= 8
	}
	if size > len(b)-n {
		if !packed {
			return 0, false, 0, 0, errRuns
		}
		// Writers may cut the last group after the values that there are.
		if width > 0 {
			count = (len(b) - n) * 8 / width
		}
		size = len(b) - n
	}
	if count == 0 {
		return 0, false, 0, 0, errRuns
	}
	return count, packed, n, size, nil
}

// hybridCheck tells whether the runs of b hold n values.
func hybridCheck(b []byte, width, n int) error {
	if width == 0 && len(b) == 0 {
		return nil // every value is 0
	}
	for n > 0 {
		count, _, head, size, err := run(b, width)
		if err != nil {
			return err
		}
		n -= min(n, count)
		b = b[head+size:]
	}
	return nil
}

// hybridOnes counts the ones among the first n values of width 1.
func hybridOnes(b []byte, n int) (ones int, err error) {
	for n > 0 {
		count, packed, head, size, err := run(b, 1)
		if err != nil {
			return 0, err
		}
		count = min(count, n)
		data := b[head : head+size]
		if packed {
			for _, x := range data[:count/8] {
				ones += bits.OnesCount8(x)
			}
			if r := count % 8; r > 0 {
				ones += bits.OnesCount8(data[count/8] & (1<<r - 1))
			}
		} else if data[0] == 1 {
			ones += count
		} else if data[0] > 1 {
			return 0, errors.New("a level above 1")
		}
		n -= count
		b = b[head+size:]
	}
	return ones, nil
}

// hybrid decodes len(dst) values.
func hybrid(dst []int32, b []byte, width int) error {
	if width == 0 && len(b) == 0 {
		clear(dst)
		return nil
	}
	for len(dst) > 0 {
		count, packed, head, size, err := run(b, width)
		if err != nil {
			return err
		}
		count = min(count, len(dst))
		data := b[head : head+size]
		if packed {
			unpack32(dst[:count], data, width)
		} else {
			v := uint32(0)
			for i, x := range data {
				v |= uint32(x) << (8 * i)
			}
			for i := range dst[:count] {
				dst[i] = int32(v)
			}
		}
		dst = dst[count:]
		b = b[head+size:]
	}
	return nil
}

// unpack32 decodes values of width bits each, up to 32, from b, which holds
// them all.
func unpack32(dst []int32, b []byte, width int) {
	mask := uint64(1)<<width - 1
	i, bit := 0, 0
	if len(b) >= 8 {
		last := (len(b) - 8) * 8
		for ; i < len(dst) && bit <= last; i++ {
			dst[i] = int32(binary.LittleEndian.Uint64(b[bit>>3:]) >> (bit & 7) & mask)
			bit += width
		}
	}
	for ; i < len(dst); i++ {
		dst[i] = int32(bitsAt(b, bit, width))
		bit += width
	}
}

// bitsAt returns width bits, up to 64, from bit on; beyond the end of b they
// are 0.
func bitsAt(b []byte, bit, width int) uint64 {
	v := uint64(0)
	for have := 0; have < width; {
		at := (bit + have) >> 3
		if at >= len(b) {
			break
		}
		off := (bit + have) & 7
		take := min(8-off, width-have)
		v |= uint64(b[at]) >> off & (1<<take - 1) << have
		have += take
	}
	return v
}

// deltaHead reads the header of packed differences.
func deltaHead(b []byte) (block, minis, total int, first int64, head int, err error) {
	var v [3]uint64
	for i := range v {
		u, n := binary.Uvarint(b[head:])
		if n <= 0 || u > 1<<31 {
			return 0, 0, 0, 0, 0, errDelta
		}
		v[i] = u
		head += n
	}
	first, n := binary.Varint(b[head:])
	if n <= 0 {
		return 0, 0, 0, 0, 0, errDelta
	}
	head += n
	block, minis, total = int(v[0]), int(v[1]), int(v[2])
	if minis == 0 || minis > block || block > 1<<20 || block%minis != 0 || block/minis%8 != 0 {
		return 0, 0, 0, 0, 0, errDelta
	}
	return block, minis, total, first, head, nil
}

// deltaCheck tells whether b says that it holds n values, and can: a block
// takes a byte for its smallest difference and one for the width of each part.
func deltaCheck(b []byte, n int) error {
	block, minis, total, _, head, err := deltaHead(b)
	if err != nil {
		return err
	}
	if total != n || n > 1 && (n-1+block-1)/block*(1+minis) > len(b)-head {
		return errDelta
	}
	return nil
}

// deltas decodes len(dst) values and returns the number of bytes they take.
func deltas(dst []int64, b []byte) (int, error) {
	block, minis, total, first, at, err := deltaHead(b)
	if err != nil {
		return 0, err
	}
	if total != len(dst) {
		return 0, errDelta
	}
	if total == 0 {
		return at, nil
	}
	dst[0] = first
	last, i := first, 1
	each := block / minis
	for i < total {
		low, n := binary.Varint(b[at:])
		if n <= 0 || at+n+minis > len(b) {
			return 0, errDelta
		}
		at += n
		widths := b[at : at+minis]
		at += minis
		for _, w := range widths {
			if i == total {
				break // the rest of the block is not there
			}
			width := int(w)
			size := each / 8 * width
			if width > 64 || size > len(b)-at {
				return 0, errDelta
			}
			data := b[at : at+size]
			k := min(each, total-i)
			for j := range k {
				last += low + int64(bitsAt64(data, j*width, width))
				dst[i+j] = last
			}
			i += k
			at += size
		}
	}
	return at, nil
}

// bitsAt64 is bitsAt with a fast path.
func bitsAt64(b []byte, bit, width int) uint64 {
	if at := bit >> 3; width <= 56 && at+8 <= len(b) {
		return binary.LittleEndian.Uint64(b[at:]) >> (bit & 7) & (1<<width - 1)
	}
	return bitsAt(b, bit, width)
}
