// Package wholefile writes files that appear whole or not at all: the content
// goes to a temporary file in the same folder, which takes the name when it is
// complete.
package wholefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// A File is being written. Exactly one of Commit and Abort ends it; Abort after
// Commit does nothing, so that it may be deferred.
type File struct {
	*os.File
	path string
	done bool
}

// Create starts a file that will have the given path. What is there stays until
// Commit.
func Create(path string) (*File, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, &fs.PathError{Op: "create", Path: path, Err: errors.New("is a directory")}
	}
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	f, err := os.CreateTemp(dir, "."+name+".*")
	if err != nil {
		return nil, err
	}
	return &File{File: f, path: path}, nil
}

// Commit closes the file and gives it its name, with the permissions of the
// file it replaces, or those that a new file would have.
func (f *File) Commit() error {
	if f.done {
		return fs.ErrClosed
	}
	mode := fs.FileMode(0o666) &^ umask()
	if info, err := os.Stat(f.path); err == nil {
		mode = info.Mode().Perm()
	}
	f.done = true
	err := f.Chmod(mode)
	if serr := f.Sync(); err == nil {
		err = serr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// Abort removes what was written.
func (f *File) Abort() {
	if f.done {
		return
	}
	f.done = true
	f.Close()
	os.Remove(f.Name())
}

// Write writes b to path, whole or not at all.
func Write(path string, b []byte) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.File.Write(b); err != nil {
		return err
	}
	return f.Commit()
}
