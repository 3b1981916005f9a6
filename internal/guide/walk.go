package guide

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mlgauge/mlgauge/internal/terminal"
)

// Tally counts the verdicts of a walk.
type Tally struct {
	Checked int `json:"checked"`
	Agree   int `json:"agree"`
	Errata  int `json:"errata"`
	Failed  int `json:"failed"`
	NotYet  int `json:"not_yet"`
}

// String is the last line of the walk, for machines.
func (t Tally) String() string {
	return fmt.Sprintf("formulas: %d checked, %d agree, %d errata, %d failed", t.Checked, t.Agree, t.Errata, t.Failed)
}

// Walk prints every row, section by section, and returns the tally. A row whose
// Check returns an error counts as failed. A row of an unknown section is an
// error, and nothing is printed.
func Walk(w io.Writer, rows []Row, style terminal.Style) (Tally, error) {
	for _, r := range rows {
		if !slices.Contains(Sections, r.Section) {
			return Tally{}, fmt.Errorf("guide.Walk: row %q: need a section of the guide, have %q", r.Name, r.Section)
		}
	}
	p := printer{w: w, style: style}
	for _, section := range Sections {
		head := false
		for _, r := range rows {
			if r.Section != section {
				continue
			}
			if !head {
				p.line(style.Paint(terminal.Bold, section))
				head = true
			}
			p.row(r)
		}
		if head {
			p.line("")
		}
	}
	p.legend()
	p.line(p.tally.String())
	return p.tally, p.err
}

// The columns: two spaces, the verdict, the name, and the text.
const (
	verdictWidth = 8
	nameWidth    = 27
	indent       = 2 + verdictWidth + 2 + nameWidth + 2
)

type printer struct {
	w     io.Writer
	style terminal.Style
	tally Tally
	err   error
}

func (p *printer) line(s string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, strings.TrimRight(s, " ")+"\n")
	}
}

// row runs the check and prints what came of it.
func (p *printer) row(r Row) {
	res, word, color := p.tally.check(r)
	text := terminal.Wrap(r.States, max(p.style.Width-indent, 24))
	name := terminal.Wrap(r.Name, nameWidth)
	tail := func(s, mark, color string) {
		for i, l := range terminal.Wrap(s, max(p.style.Width-indent-2, 22)) {
			if i > 0 {
				mark = " "
			}
			text = append(text, p.style.Paint(color, mark+" "+l))
		}
	}
	tail(res.Got, "=", "")
	tail(res.Note, "!", color)
	for i := range max(len(text), len(name)) {
		var n, l string
		if i < len(name) {
			n = name[i]
		}
		if i < len(text) {
			l = text[i]
		}
		if i > 0 {
			word = ""
		}
		p.line("  " + p.style.Paint(color, terminal.Pad(word, verdictWidth)) + "  " + terminal.Pad(n, nameWidth) + "  " + l)
	}
}

// check runs a row and counts its verdict.
func (t *Tally) check(r Row) (res Result, word, color string) {
	if r.Check == nil {
		t.NotYet++
		return Result{}, "not yet", terminal.Dim
	}
	t.Checked++
	res, err := r.Check()
	if err != nil {
		res = Result{Got: "error: " + err.Error(), Verdict: Failed}
	}
	switch res.Verdict {
	case Agree:
		t.Agree++
		return res, "agrees", terminal.Green
	case Erratum:
		t.Errata++
		return res, "erratum", terminal.Yellow
	}
	t.Failed++
	return res, "FAILED", terminal.Red
}

// legend explains the verdicts that occurred.
func (p *printer) legend() {
	t := p.tally
	for _, l := range []struct {
		n          int
		word, text string
	}{
		{t.Agree, "agrees", "the library computes what the guide states"},
		{t.Errata, "erratum", "the guide's value does not follow from its formula; behind ! is what does"},
		{t.Failed, "FAILED", "the library does not compute what the formula gives"},
		{t.NotYet, "not yet", "not in the library yet"},
	} {
		if l.n > 0 {
			p.line(fmt.Sprintf("  %4d %-8s %s", l.n, l.word, l.text))
		}
	}
	p.line("")
}
