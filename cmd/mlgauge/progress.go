package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/mlgauge/mlgauge/internal/terminal"
	"github.com/mlgauge/mlgauge/table"
)

// progress shows on a terminal how far a file has been read; anywhere else, and
// for work of less than a second, it shows nothing.
type progress struct {
	bar   *progressbar.ProgressBar
	start time.Time
	r     *table.Reader
	w     io.Writer
}

func newProgress(stderr io.Writer, r *table.Reader) *progress {
	p := &progress{start: time.Now(), r: r}
	if f, ok := stderr.(*os.File); ok && terminal.Is(f) {
		p.w = f
	}
	return p
}

func (p *progress) step() {
	if p.w == nil || time.Since(p.start) < time.Second {
		return
	}
	done, total := p.r.Progress()
	if total == 0 {
		total = -1
	}
	if p.bar == nil {
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.w),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionSetDescription("reading"))
	}
	// A bar that cannot be drawn is no reason to stop.
	_ = p.bar.Set64(done)
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
