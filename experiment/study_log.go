package experiment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/mlgauge/mlgauge"
	"github.com/mlgauge/mlgauge/internal/jsonfloat"
)

// studyLog is a file with one line that names the study and one line per trial,
// in the order in which they ended. Each line is written at once, so that a crash
// costs at most the last.
type studyLog struct {
	mu    sync.Mutex
	file  *os.File // nil keeps no log
	known map[int]Trial
}

type studyLine struct {
	Study  string `json:"study"`
	Space  Space  `json:"space"`
	Search string `json:"search"`
	Goal   string `json:"goal"`
	Batch  int    `json:"batch"`
	Seed   uint64 `json:"seed"`
	Median string `json:"median,omitempty"`
}

type trialLine struct {
	Trial
	Value jsonfloat.Float `json:"value"`
}

// header names all that proposals and stopping depend on. The number of trials is
// not part of it: a study may be made longer.
func header(s *Study) ([]byte, error) {
	h := studyLine{Study: "mlgauge/1", Space: s.Space, Search: fmt.Sprintf("%T%+v", s.Search, s.Search), Goal: s.Goal.String(), Batch: s.Batch, Seed: s.Seed}
	if s.Median != nil {
		h.Median = fmt.Sprintf("%+v", *s.Median)
	}
	return json.Marshal(h)
}

func openLog(fn string, s *Study) (*studyLog, error) {
	l := &studyLog{}
	if s.Log == "" {
		return l, nil
	}
	head, err := header(s)
	if err != nil {
		return nil, fmt.Errorf("%s: Log: %w", fn, err)
	}
	data, err := os.ReadFile(s.Log)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: Log: %w", fn, err)
	}
	whole := data[:bytes.LastIndexByte(data, '\n')+1]
	if l.known, err = readLog(fn, head, whole); err != nil {
		return nil, err
	}
	if l.file, err = os.OpenFile(s.Log, os.O_CREATE|os.O_WRONLY, 0o644); err != nil {
		return nil, fmt.Errorf("%s: Log: %w", fn, err)
	}
	// What follows the last whole line was cut short.
	err = l.file.Truncate(int64(len(whole)))
	if err == nil {
		_, err = l.file.Seek(int64(len(whole)), 0)
	}
	if err == nil && len(whole) == 0 {
		_, err = l.file.Write(append(head, '\n'))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: Log: %w", fn, err), l.file.Close())
	}
	return l, nil
}

// readLog reads whole lines.
func readLog(fn string, head, data []byte) (map[int]Trial, error) {
	known := make(map[int]Trial)
	for n, line := range bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n")) {
		if n == 0 {
			if len(data) > 0 && !bytes.Equal(line, head) {
				return nil, fmt.Errorf("%s: Log: need the log of the study %.200s, have %.200q: %w", fn, head, line, mlgauge.ErrIncompatible)
			}
			continue
		}
		var t trialLine
		if err := jsonfloat.Decode(fn, line, &t); err != nil {
			return nil, fmt.Errorf("%s: Log: line %d: %w", fn, n+1, err)
		}
		t.Trial.Value = float64(t.Value)
		if _, twice := known[t.ID]; twice || t.ID < 0 || (t.Trial.Value*0 != 0) != (t.Err != "") {
			return nil, jsonfloat.Corrupt(fn, "Log: line %d: need each trial once, with a value or an error", n+1)
		}
		known[t.ID] = t.Trial
	}
	return known, nil
}

func (l *studyLog) add(t *Trial) error {
	if l.file == nil {
		return nil
	}
	line, err := json.Marshal(trialLine{Trial: *t, Value: jsonfloat.Float(t.Value)})
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err = l.file.Write(append(line, '\n'))
	return err
}

func (l *studyLog) close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}
