package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/encoding/text"
)

func TestBook(t *testing.T) {
	var b strings.Builder
	require.NoError(t, book(&b, 1))
	require.Contains(t, b.String(), "3087 sentences, 973 words")
}

func TestAnalogies(t *testing.T) {
	var b strings.Builder
	require.NoError(t, analogies(&b))
	require.Contains(t, b.String(), "king - man + woman =  queen 0.99")
	require.Contains(t, b.String(), "3CosMul: 4 of 4 right")
}

// royal.vec is what royal.go trains; other processors may round otherwise.
func TestRoyalIsTrained(t *testing.T) {
	want, err := text.ReadWord2VecText(bytes.NewReader(royal), 0)
	require.NoError(t, err)
	got, err := trainRoyal()
	require.NoError(t, err)
	require.Equal(t, want.Words(), got.Words())
	near, err := got.Analogy([]string{"king", "woman"}, []string{"man"}, 1, text.CosAdd)
	require.NoError(t, err)
	require.Equal(t, "queen", near[0].Word)
}
