.PHONY: test bench bench-compare bench-compare-torchmetrics bench-render

test:
	.ci/run

bench:
	go test -run '^$$' -bench . .

# Installs the pinned peers into environments of their own, measures, and writes
# benchmarks/RESULTS.md and the README's table. BENCH takes flags, as in
# make bench-compare BENCH="-sizes 1000000 -only AUC".
bench-compare: .venv/main/peers .venv/clarify/peers .venv/evidently/peers
	go run ./benchmarks -save benchmarks/results/main.json $(BENCH)
	go run ./benchmarks -render

# The same for torchmetrics, whose environment takes gigabytes.
bench-compare-torchmetrics: .venv/torchmetrics/peers
	go run ./benchmarks -save benchmarks/results/torchmetrics.json -peers torchmetrics $(BENCH)
	go run ./benchmarks -render

# Writes the tables again from the figures that are there.
bench-render:
	go run ./benchmarks -render

.venv/%/peers: benchmarks/peers/requirements-%.txt
	python3 -m venv .venv/$*
	.venv/$*/bin/pip install --quiet --requirement $<
	touch $@
