package wholefile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func names(t *testing.T, dir string) (s []string) {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		s = append(s, e.Name())
	}
	return s
}

func TestAppearsOnCommitOnly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.json")
	require.NoError(t, Write(path, []byte("old")))
	require.NoError(t, os.Chmod(path, 0o640))

	f, err := Create(path)
	require.NoError(t, err)
	_, err = f.Write([]byte("new"))
	require.NoError(t, err)
	b, _ := os.ReadFile(path)
	require.Equal(t, "old", string(b))
	require.NoError(t, f.Commit())
	f.Abort()
	require.Error(t, f.Commit())
	b, _ = os.ReadFile(path)
	require.Equal(t, "new", string(b))
	info, _ := os.Stat(path)
	require.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	require.Equal(t, []string{"a.json"}, names(t, dir))
}

func TestAbortLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	f, err := Create(filepath.Join(dir, "b"))
	require.NoError(t, err)
	f.Abort()
	f.Abort()
	require.Empty(t, names(t, dir))
	_, err = Create(dir)
	require.Error(t, err)
	_, err = Create(filepath.Join(dir, "no", "b"))
	require.Error(t, err)
}
