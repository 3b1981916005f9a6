package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPII(t *testing.T) {
	var w bytes.Buffer
	require.NoError(t, run(&w))
	require.Contains(t, w.String(), "before: ")
	require.Contains(t, w.String(), "k = 1,")
	require.Contains(t, w.String(), "0 rows in classes below 5\n")
	require.NotContains(t, w.String(), "@e")
	require.NotContains(t, w.String(), "555-")
}
