package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	w "github.com/mlgauge/mlgauge/benchmarks/internal/worker"
)

// A process is a worker that answers requests.
type process struct {
	name    string
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *bufio.Reader
	hello   w.Hello
}

// start starts a worker on the given number of threads.
func start(name string, threads int, command ...string) (*process, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = os.Environ()
	for _, v := range []string{"GOMAXPROCS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS", "ARROW_NUM_THREADS"} {
		cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d", v, threads))
	}
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{name: name, cmd: cmd, in: in, answers: bufio.NewReader(out)}
	if err := p.read(&p.hello); err != nil {
		p.stop()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

func (p *process) read(v any) error {
	line, err := p.answers.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("the worker %s stopped: %w", p.name, err)
	}
	return json.Unmarshal(line, v)
}

// ask sends a request and waits for the answer; what the case itself reports is an
// error too.
func (p *process) ask(r w.Request) (w.Answer, error) {
	line, err := json.Marshal(r)
	if err != nil {
		return w.Answer{}, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return w.Answer{}, err
	}
	var a w.Answer
	if err := p.read(&a); err != nil {
		return w.Answer{}, err
	}
	if a.Error != "" {
		return a, errors.New(a.Error)
	}
	return a, nil
}

// stop ends the worker by ending its input.
func (p *process) stop() {
	p.in.Close()
	_ = p.cmd.Wait()
}
