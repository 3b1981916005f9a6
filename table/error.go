package table

import (
	"fmt"
	"strings"
)

// An Error says where in a file something is wrong. It unwraps to a sentinel
// of the root package: ErrCorrupt for a file that is not well-formed, ErrRange
// for a value that is not what its column holds and for a column that is not
// there, ErrEmpty for a file without a header.
type Error struct {
	File   string // as given to Open; "-" for standard input
	Row    int    // data row counted from 1 (the header does not count); 0 if the whole file is meant
	Line   int    // line of the file on which the row starts, from 1; 0 if it has no lines
	Column string // "" if the whole row is meant
	Reason string // need and have
	Err    error  // the sentinel
}

// Error returns "file: row 3 (line 4): column "age": reason: sentinel".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Row > 0 {
		fmt.Fprintf(&b, ": row %d", e.Row)
		if e.Line > 0 {
			fmt.Fprintf(&b, " (line %d)", e.Line)
		}
	}
	if e.Column != "" {
		fmt.Fprintf(&b, ": column %q", e.Column)
	}
	fmt.Fprintf(&b, ": %s: %v", e.Reason, e.Err)
	return b.String()
}

// Unwrap returns the sentinel.
func (e *Error) Unwrap() error { return e.Err }
