.PHONY: test bench bench-compare

test:
	.ci/run

bench:
	go test -run '^$$' -bench . .

# Installs the pinned peers into .venv and writes benchmarks/RESULTS.md.
bench-compare: .venv/peers
	go run ./benchmarks -python .venv/bin/python -out benchmarks/RESULTS.md -readme README.md

.venv/peers: benchmarks/requirements.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet --requirement benchmarks/requirements.txt
	touch .venv/peers
