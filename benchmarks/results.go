package main

import (
	"encoding/json"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
)

// results are the figures of one run.
type results struct {
	Date     string     `json:"date"`
	Machine  machine    `json:"machine"`
	Versions []string   `json:"versions"`
	Rounds   int        `json:"rounds"`
	Clock    w.Clock    `json:"clock"`
	Seconds  float64    `json:"seconds"`
	Rows     []row      `json:"rows"`
	Growth   []row      `json:"growth,omitempty"`
	Busy     [2]float64 `json:"busy"` // load of the machine before and after
}

// A machine is where they were measured.
type machine struct {
	CPU     string `json:"cpu"`
	Cores   int    `json:"cores"`
	Caches  string `json:"caches"`
	System  string `json:"system"`
	Vectors string `json:"vectors"` // the widest it has of those that mlgauge uses
}

// A row is one case at one size.
type row struct {
	Case     string    `json:"case"`
	N        int       `json:"n"`
	Ours     side      `json:"ours"`               // one core
	Purego   side      `json:"purego,omitzero"`    // one core, without assembly
	Two      side      `json:"two,omitzero"`       // two cores
	Peers    []side    `json:"peers,omitempty"`    // the one of the ratio first
	BytesPer []float64 `json:"bandwidth,omitzero"` // bytes a second of the loop that does no more than the memory must
}

// A side is what one worker took.
type side struct {
	Name    string    `json:"name,omitempty"`
	Seconds []float64 `json:"seconds,omitempty"` // of one call, by round
	Memory  float64   `json:"memory,omitempty"`  // bytes on top of the input, at most
	Note    string    `json:"note,omitempty"`    // why there is no figure
}

func (s side) median() float64 {
	if len(s.Seconds) == 0 {
		return 0
	}
	x := slices.Sorted(slices.Values(s.Seconds))
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

// ratio returns how many times longer other takes, 0 where there is no figure.
func (s side) ratio(other side) float64 {
	if len(s.Seconds) == 0 || len(other.Seconds) == 0 {
		return 0
	}
	return other.median() / s.median()
}

// against returns the peer of the ratio.
func (r row) against(c w.Case) (side, bool) {
	at := slices.IndexFunc(r.Peers, func(s side) bool { return s.Name == c.Against })
	if at < 0 {
		return side{}, false
	}
	return r.Peers[at], true
}

func (r *results) save(path string) error {
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

func load(path string) (*results, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := new(results)
	return r, json.Unmarshal(text, r)
}

func today() string { return time.Now().UTC().Format(time.DateOnly) }

func goVersion() string { return strings.TrimPrefix(runtime.Version(), "go") }
