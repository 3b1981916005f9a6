// Package worker is one side of the comparison: a process that makes or loads the
// arrays of a case, runs the case when it is asked to, and answers with the time or the
// memory that it took. mlgauge's cases and those of the Go peers are served by it;
// peers/serve.py speaks the same protocol, a JSON object a line.
package worker

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// A Request asks for one measurement.
type Request struct {
	Do    string `json:"do"` // "time", "memory", "bandwidth" or "make"
	Case  string `json:"case,omitempty"`
	Peer  string `json:"peer,omitempty"`
	Dir   string `json:"dir,omitempty"` // where the arrays are
	N     int    `json:"n,omitempty"`
	Clock Clock  `json:"clock,omitempty"`
	Limit Limit  `json:"limit,omitempty"` // for "bandwidth"
	Bytes int    `json:"bytes,omitempty"` // for "bandwidth"
	File  string `json:"file,omitempty"`  // for "make"
}

// An Answer is what was measured.
type Answer struct {
	Seconds float64 `json:"seconds,omitempty"` // of one call
	Bytes   float64 `json:"bytes,omitempty"`   // of memory, or a second
	Need    string  `json:"need,omitempty"`    // a file that is to be made before the request is made again
	Error   string  `json:"error,omitempty"`
}

// A Hello is the first line of a worker: what it can do.
type Hello struct {
	Versions []string   `json:"versions"`
	Cases    [][]string `json:"cases"` // pairs of case and peer
}

// Serve answers the requests of in until it ends. versions are said in the greeting.
func Serve(in io.Reader, out io.Writer, versions []string, cases []Case) error {
	enc := json.NewEncoder(out)
	hello := Hello{Versions: versions}
	for _, c := range cases {
		hello.Cases = append(hello.Cases, []string{c.Name, c.Peer})
	}
	if err := enc.Encode(hello); err != nil {
		return err
	}
	s := &server{cases: cases}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var r Request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return err
		}
		if err := enc.Encode(s.answer(r)); err != nil {
			return err
		}
	}
	return lines.Err()
}

// A server holds the case that was asked for last, ready to run.
type server struct {
	cases []Case
	ready Request // the case, peer, folder and n that run belongs to
	run   func()
}

func (s *server) answer(r Request) (a Answer) {
	defer func() {
		if p := recover(); p != nil {
			a = Answer{Error: fmt.Sprint(p)}
		}
	}()
	if r.Do == "bandwidth" {
		return Answer{Bytes: bandwidth(r.Clock, r.Limit, r.Bytes)}
	}
	if r.Do == "make" {
		(&Data{Dir: r.Dir, N: r.N}).Path(r.File)
		return Answer{}
	}
	s.prepare(r)
	switch r.Do {
	case "time":
		return Answer{Seconds: timed(r.Clock, s.run)}
	case "memory":
		bytes, err := peak(s.run)
		if err != nil {
			return Answer{Error: err.Error()}
		}
		return Answer{Bytes: bytes}
	default:
		return Answer{Error: fmt.Sprintf("unknown request %q", r.Do)}
	}
}

// prepare makes the arrays of a case, unless they are those at hand; a panic of a case
// is answered as an error.
func (s *server) prepare(r Request) {
	r.Do, r.Clock = "", ""
	if s.run != nil && s.ready == r {
		return
	}
	at := slices.IndexFunc(s.cases, func(c Case) bool { return c.Name == r.Case && c.Peer == r.Peer })
	if at < 0 {
		panic(fmt.Sprintf("no case %q of %q", r.Case, r.Peer))
	}
	s.run, s.ready = nil, r
	buffers = nil
	s.run = s.cases[at].Prepare(&Data{Dir: r.Dir, N: r.N})
}
