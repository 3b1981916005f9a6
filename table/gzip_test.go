package table

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A gzip file that is cut anywhere is an error, never fewer rows.
func TestGzipCutShort(t *testing.T) {
	for name, text := range map[string]string{
		"csv":  "a,b\n" + strings.Repeat("1,x\n2,\"y\ny\"\n", 200),
		"json": strings.Repeat("{\"a\":1,\"b\":\"x\"}\n", 300),
	} {
		var file bytes.Buffer
		z := gzip.NewWriter(&file)
		_, err := z.Write([]byte(text))
		require.NoError(t, err)
		require.NoError(t, z.Close())
		for n := 2; n < file.Len(); n++ {
			cut := bytes.NewReader(file.Bytes()[:n])
			if name == "csv" {
				_, err = ReadCSV(cut, Options{})
			} else {
				_, err = ReadJSON(cut, Options{})
			}
			requireSentinel(t, err)
		}
	}
}
