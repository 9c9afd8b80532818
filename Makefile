# Two commands for a newcomer: `make demo` and `make test`. Each does its own set-up.
.PHONY: demo test check lint coverage bench setup lock specimens wheel-demo clean

setup:
	@scripts/setup

demo: setup
	@.venv/bin/mobility demo --out out/demo

test: setup coverage
	.venv/bin/python -m pytest -n 2 --dist loadfile --ignore-glob='tests/test_vault*.py'

# Every line and branch of vault/ is reached by its own tests; what is not is printed, and fails.
coverage: setup
	.venv/bin/python -m coverage run -m pytest tests/test_vault*.py
	.venv/bin/python -m coverage report

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
