package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	var b strings.Builder
	require.NoError(t, run(&b))
	require.Contains(t, b.String(), "with power 0.8: 3835")
	require.Contains(t, b.String(), "day  5: conversion +0.0192 [+0.0032, +0.0352]")
	require.Contains(t, b.String(), "86% less variance")
	require.Contains(t, b.String(), "decision: ship")
	require.Contains(t, b.String(), "guardrail latency")
}
