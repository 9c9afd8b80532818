# Two commands for a newcomer: `make demo` and `make test`. Each does its own set-up.
.PHONY: demo test check lint bench setup lock specimens wheel-demo clean

setup:
	@scripts/setup

demo: setup
	@.venv/bin/mobility demo --out out/demo

test: setup
	.venv/bin/python -m pytest -n 2 --dist loadfile

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

check: lint test

bench: setup
	.venv/bin/python -m bench.run

# Build the wheel, install it in an empty environment elsewhere, run the same demo outside the checkout.
wheel-demo: setup
	scripts/wheel-demo

specimens: setup
	.venv/bin/python -m tests.specimens draw samples

lock:
	.venv/bin/python -m pip install --quiet uv
	.venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    --extra dev --quiet pyproject.toml -o requirements.lock

clean:
	rm -rf .venv .tools out dist build
