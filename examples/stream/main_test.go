package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/mlgauge/mlgauge/internal/golden"
)

func TestWatch(t *testing.T) {
	var b strings.Builder
	path := golden.Path("occupancy.csv")
	require.NoError(t, watch(&b, path, "co2"))
	_, out, _ := strings.Cut(b.String(), "\n")
	require.Equal(t, `
ADWIN         drift at [63 95 127 159 223 255 287 351 383 415 447 479]
KSWIN         drift at [64 107 153 197 237 277 322 362 402 442 482]
Page-Hinkley  drift at [70 116 427 465]
CUSUM         drift at [58 105 147 193 240 338 387 438]
five people   change at [53 91 142 181 236 265 416 451 506]

ADWIN saved after 254 values (459 bytes) and resumed: drift at [63 95 127 159 223 255 287 351 383 415 447 479]
`, out)
	require.Error(t, watch(&b, path, "time"))
	require.Error(t, watch(&b, golden.Path("nothing.csv"), "co2"))
}
