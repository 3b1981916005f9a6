// Mlgauge measures models and data from files: one binary for a shell, a
// Makefile or a release gate.
//
// The exit status is 0 when all is well, 1 when a check failed, and 2 when the
// input or the call is wrong, with one line on standard error that says which
// file, column and row, and why.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
