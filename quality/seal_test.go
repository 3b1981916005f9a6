package quality

import (
	"encoding/binary"
	"hash/crc32"
)

// sealed gives bytes the checksum that the codec wants.
func sealed(b []byte) []byte {
	if len(b) < 4 {
		return b
	}
	body := b[: len(b)-4 : len(b)-4]
	return binary.LittleEndian.AppendUint32(body, crc32.ChecksumIEEE(body))
}
