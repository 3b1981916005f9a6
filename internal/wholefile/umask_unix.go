//go:build unix

package wholefile

import (
	"io/fs"
	"sync"
	"syscall"
)

// umask asks for the mask once: asking means setting it for a moment.
var umask = sync.OnceValue(func() fs.FileMode {
	m := syscall.Umask(0)
	syscall.Umask(m)
	return fs.FileMode(m)
})
