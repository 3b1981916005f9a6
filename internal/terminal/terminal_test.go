package terminal

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFileIsPlain(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer f.Close()
	require.False(t, Is(f))
	require.Equal(t, Plain, StyleOf(f))
	require.Equal(t, "x", Plain.Paint(Red, "x"))
	require.Equal(t, "\x1b[31mx\x1b[0m", Style{Color: true}.Paint(Red, "x"))
	require.Equal(t, "", Style{Color: true}.Paint(Red, ""))
}

func TestWrapAndPad(t *testing.T) {
	require.Equal(t, []string{"aa bb", "cccccccc", "d é"}, Wrap("aa  bb cccccccc d é", 5))
	require.Nil(t, Wrap(" ", 5))
	require.Equal(t, "é   ", Pad("é", 4))
	require.Equal(t, "long", Pad("long", 2))
}
