// Package terminal finds out how to write to a person: how wide the lines may
// be and whether colours will be seen.
package terminal

import (
	"os"

	"golang.org/x/term"
)

// A Style is how text is laid out.
type Style struct {
	Width int  // characters per line
	Color bool // ANSI colours
}

// Plain is the style of files and pipes.
var Plain = Style{Width: 100}

// Is tells whether f is a terminal.
func Is(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// StyleOf returns the style for f: Plain unless f is a terminal; colours on a
// terminal unless the environment variable NO_COLOR is set and not empty
// (no-color.org), or TERM is "dumb".
func StyleOf(f *os.File) Style {
	if !Is(f) {
		return Plain
	}
	s := Style{Width: Plain.Width, Color: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		s.Width = min(max(w, 40), 120)
	}
	return s
}

// The colours that are used.
const (
	Bold   = "1"
	Dim    = "2"
	Red    = "31"
	Green  = "32"
	Yellow = "33"
)

// Paint returns text in a colour, or as it is without colours.
func (s Style) Paint(color, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}
