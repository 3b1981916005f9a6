package worker

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"gonum.org/v1/gonum/floats"
)

// enough is how long calls are repeated for one figure.
const enough = 0.02

// timed returns the seconds of one call, repeated until it takes long enough. The first
// call warms up, unless it takes more than a second: then it is the figure.
func timed(clock Clock, f func()) float64 {
	runtime.GC()
	spent := once(clock, f)
	if spent > 1 {
		return spent
	}
	spent = once(clock, f)
	if spent >= enough {
		return spent
	}
	calls := int(enough/math.Max(spent, 1e-7)) + 1
	return once(clock, func() {
		for range calls {
			f()
		}
	}) / float64(calls)
}

// A Clock is how time is taken.
type Clock string

// Wall is the time that passes. CPU is the time that all threads of the process spend
// on a processor: for one core on a machine that is busy with other things.
const (
	Wall Clock = "wall"
	CPU  Clock = "cpu"
)

func (c Clock) now() float64 {
	if c != CPU {
		return time.Since(started).Seconds()
	}
	var u syscall.Rusage
	Check(syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

var started = time.Now()

func once(clock Clock, f func()) float64 {
	begin := clock.now()
	f()
	return clock.now() - begin
}

// peak returns by how many bytes the resident memory of the process rose, at most, over
// what it was before the call. Pools and free memory are given back first.
func peak(f func()) (float64, error) {
	runtime.GC()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		return 0, err
	}
	before, err := status("VmRSS:")
	if err != nil {
		return 0, err
	}
	f()
	after, err := status("VmHWM:")
	return max(0, after-before), err
}

// status returns a size of this process in bytes.
func status(field string) (float64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, ok := strings.Cut(string(text), field)
	words := strings.Fields(rest)
	if !ok || len(words) == 0 {
		return 0, fmt.Errorf("/proc/self/status has no %s", field)
	}
	kb, err := strconv.ParseFloat(words[0], 64)
	return kb * 1024, err
}

// A Limit is what memory has to do for a case, at best.
type Limit string

// The limits: one array or two are read, one is read and another written, or one is
// changed in place. Bytes count what is read and what is written.
const (
	Read    Limit = "read"
	ReadTwo Limit = "read two"
	Copy    Limit = "copy"
	Update  Limit = "update"
)

// buffers are the arrays that bandwidth works on; a new case drops them.
var buffers map[int][]float64

// bandwidth returns the bytes a second of the fastest loop at hand with the given
// traffic: gonum's and those of Go's runtime, in AVX2.
func bandwidth(clock Clock, limit Limit, size int) float64 {
	x := buffer(size)
	half := len(x) / 2
	raw := rawBytes(x)
	var loops []func()
	switch limit {
	case Read:
		loops = []func(){
			func() { floats.Sum(x) },
			func() { bytes.IndexByte(raw, 1) },
		}
	case ReadTwo:
		loops = []func(){
			func() { floats.Dot(x[:half], x[half:2*half]) },
			func() { bytes.Equal(raw[:8*half], raw[8*half:16*half]) },
		}
	case Copy:
		loops = []func(){func() { copy(x[:half], x[half:2*half]) }}
	case Update:
		loops = []func(){func() { floats.Scale(1, x[:half]) }}
	default:
		panic(fmt.Sprintf("unknown limit %q", limit))
	}
	best := math.Inf(1)
	for _, loop := range loops {
		best = min(best, timed(clock, loop))
	}
	return float64(size) / best
}

func buffer(size int) []float64 {
	n := max(2, size/8)
	if buffers == nil {
		buffers = map[int][]float64{}
	}
	if buffers[n] == nil {
		buffers[n] = make([]float64, n)
		for i := range buffers[n] { // touch every page: untouched ones are all the same zero page
			buffers[n][i] = 0
		}
	}
	return buffers[n]
}
