// Abtest runs a simulated A/B test from the first user to the decision: traffic
// is split by hash, results are looked at every day with a test that allows it,
// and the decision comes with its reasons.
//
//	go run ./examples/abtest
package main

import (
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"os"
	"strconv"

	"github.com/mlgauge/mlgauge/experiment"
	"github.com/mlgauge/mlgauge/metrics"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

const (
	days   = 14
	perDay = 3000
)

func run(w io.Writer) error {
	// How many users are needed to see conversion go from 10% to 12%?
	var design experiment.Design
	size, err := design.ProportionsSize(0.10, 0.12)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "users per arm to detect 10%% -> 12%% with power 0.8: %.0f\n\n", size)

	assigner, err := experiment.NewAssigner(experiment.Split{
		Salt:     "new-ranking",
		Variants: []experiment.Variant{{Name: "control", Weight: 1}, {Name: "treatment", Weight: 1}},
	})
	if err != nil {
		return err
	}

	// What each arm gave. All of these can be merged across servers.
	var bought [2]experiment.Conversions
	var latency [2]experiment.Sample
	var spend [2]experiment.Covaried // this month's spend, with last month's as the covariate

	var sequential experiment.Sequential
	var look experiment.Look
	r := rand.New(rand.NewPCG(2026, 1))
	for day := 1; day <= days && !look.Significant; day++ {
		for i := range perDay {
			arm := assigner.Assign("user-" + strconv.Itoa(day*perDay+i))
			before := 20 + 5*r.NormFloat64()
			after := before + 2*r.NormFloat64() + 0.3*float64(arm)
			if err := spend[arm].Add([]float64{after}, []float64{before}); err != nil {
				return err
			}
			if err := bought[arm].Add([]bool{r.Float64() < 0.10+0.02*float64(arm)}); err != nil {
				return err
			}
			if err := latency[arm].Add([]float64{80 + 20*r.ExpFloat64() + float64(arm)}); err != nil {
				return err
			}
		}
		if look, err = sequential.Proportions(bought[0].Rate(), bought[1].Rate()); err != nil {
			return err
		}
		fmt.Fprintf(w, "day %2d: conversion %+.4f [%+.4f, %+.4f], always-valid p = %.4f\n", day, look.Value, look.Low, look.High, look.PValue)
	}

	cuped, err := experiment.CUPED(&spend[0], &spend[1], 0.95)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nspend: %+.3f, with last month's spend taken out %+.3f [%+.3f, %+.3f]: %.0f%% less variance\n",
		cuped.Unadjusted, cuped.Value, cuped.Low, cuped.High, 100*cuped.Reduction)

	best, err := experiment.BestProportion([]metrics.Rate{bought[0].Rate(), bought[1].Rate()}, experiment.Prior{}, experiment.Maximize, 0.95)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "chance that the treatment is the best: %.4f; expected loss of choosing it: %.6f\n", best[1].Best, best[1].Loss)

	slower, err := experiment.WelchInterval(&latency[0], &latency[1], 0.95)
	if err != nil {
		return err
	}
	decision, err := experiment.Decide(experiment.Evidence{
		Metric: "conversion", Effect: look.Interval, PValue: look.PValue, Sequential: true, Looks: look.Looks,
		Counts:     []int{int(bought[0].Rate().Trials), int(bought[1].Rate().Trials)},
		Guardrails: []experiment.Guardrail{{Name: "latency", Goal: experiment.Minimize, Effect: slower, Limit: 5}},
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\ndecision: %v\n", decision.Verdict)
	for _, reason := range decision.Reasons {
		fmt.Fprintf(w, "- %s\n", reason)
	}
	return nil
}
