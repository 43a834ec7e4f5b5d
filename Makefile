# Needs make and Python 3.11 or newer; everything else goes into $(VENV). Every target can be repeated.

VENV ?= .venv
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
LOWEST_PYTHON ?= python3.11
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
DEMO := build/demo
# setuptools packs whatever an earlier build left in build/lib
FRESH := rm -rf build/lib build/bdist.*

ZFIT_EXTRAS := test,pyhf,plot,zfit,neighbours

SOURCES := $(shell find hs3 engine adapters conformance -name __pycache__ -prune -o -type f -print)

.PHONY: help demo test test-slow test-random test-faults fuzz nightly test-root test-zfit \
	test-zfit-all verify-lowest lint format types bench wheel-check \
	conformance-matrix constraints pages clean

help:
	@echo "make demo         install, then convert, validate, show and fit the bundled example"
	@echo "make test         install what the tests need and run them"
	@echo "make test-slow    the heavy cross-checks"
	@echo "make test-random  2000 random documents against the oracle"
	@echo "make test-faults  a fault in the engine for every type: the fixtures notice each"
	@echo "make fuzz         100,000 damaged documents: no crash, no hang, bounded memory"
	@echo "make nightly      the three above, and random documents through adapters, ROOT, pyhf and zfit"
	@echo "make test-root    install the real ROOT and compare with it"
	@echo "make test-zfit    install zfit and its neighbours and compare with them"
	@echo "make test-zfit-all  the same, with every published likelihood in zfit"
	@echo "make verify-lowest  verify an archive with the oldest versions that are allowed"
	@echo "make lint         ruff: rules and layout"
	@echo "make format       let ruff rewrite the layout"
	@echo "make types        mypy --strict on the installed package"
	@echo "make bench        time everything against the peers that are there, and write a report"
	@echo "make pages        write the made pages of spec/ anew"
	@echo "make conformance-matrix  run the suite on ROOT, pyhf, zfit, pyhs3 and NextStat"
	@echo "make wheel-check  build the wheel and use it in an empty environment"

demo: $(VENV)/.package
	@mkdir -p $(DEMO)
	$(BIN)/hs3 convert examples/demo/workspace.json $(DEMO)/model.hs3.json
	$(BIN)/hs3 validate $(DEMO)/model.hs3.json
	$(BIN)/hs3 show $(DEMO)/model.hs3.json
	$(BIN)/hs3 fit $(DEMO)/model.hs3.json --output $(DEMO)/fit.json
	@echo "The model is in $(DEMO)/model.hs3.json, the fit result in $(DEMO)/fit.json."

test: $(VENV)/.tools $(VENV)/.package
	$(BIN)/pytest -q -n 2 $(ARGS)

test-slow: $(VENV)/.tools $(VENV)/.package
	$(BIN)/pytest -q -n 2 -m slow $(ARGS)

test-random: $(VENV)/.tools $(VENV)/.package
	$(BIN)/python tests/random_models/trying.py --documents 2000 $(ARGS)

test-faults: $(VENV)/.tools $(VENV)/.package
	$(BIN)/pytest -q -n 2 -m "slow or not slow" tests/conformance/test_mutants.py $(ARGS)

fuzz: $(VENV)/.tools $(VENV)/.package
	$(BIN)/python tests/fuzz/fuzzing.py --cases 100000 $(ARGS)

# Random documents through every adapter, ROOT's files and zfit too, and against ROOT and pyhf.
nightly: test-random test-faults fuzz $(VENV)-root/.ready $(VENV)-zfit/.ready
	$(BIN)/python tests/random_models/trying.py --documents 500 --journeys
	HS3_RANDOM=1000 HS3_ROOT_PYTHON=$(abspath $(VENV)-root)/bin/python \
		$(BIN)/pytest -q -n 2 -m slow tests/test_random.py
	PYTHONPATH=$(CURDIR) $(VENV)-zfit/bin/python tests/random_models/trying.py \
		--documents 500 --journeys --seed 2

# The real ROOT runs in an environment of its own, as a child of the tests. The other tests of its
# files do without it.
ROOT_TESTS := root_file root_histfactory root_json root_process root_shared xml
test-root: $(VENV)/.tools $(VENV)/.package $(VENV)-root/.ready
	HS3_ROOT_PYTHON=$(abspath $(VENV)-root)/bin/python $(BIN)/pytest -q -n 2 -m "slow or not slow" \
		$(ROOT_TESTS:%=tests/adapters/test_%.py) $(ARGS)

# An archive made with the newest versions holds with the oldest ones, and the other way round; one
# with a changed number does not. The oldest versions need Python 3.11.
LOWEST := $(VENV)-lowest/bin
verify-lowest: $(VENV)/.package $(VENV)-lowest/.package
	@mkdir -p build/lowest
	$(BIN)/hs3 archive examples/workspaces/search.hs3.json build/lowest/new.zip
	$(LOWEST)/hs3 verify build/lowest/new.zip
	$(LOWEST)/hs3 archive examples/demo/workspace.json build/lowest/old.zip
	$(BIN)/hs3 verify build/lowest/old.zip
	$(BIN)/python tests/change_archive.py build/lowest/new.zip build/lowest/changed.zip
	! $(LOWEST)/hs3 verify build/lowest/changed.zip

# TensorFlow wants versions of its own, so zfit and its neighbours get an environment of their own.
ZFIT_PYTEST = PYTHONPATH=$(CURDIR) $(VENV)-zfit/bin/python -m pytest -q -n 2 \
	tests/adapters/test_zfit*.py tests/adapters/test_neighbours.py \
	tests/adapters/test_histograms.py tests/conformance/test_conversions.py

test-zfit: $(VENV)-zfit/.ready
	$(ZFIT_PYTEST) $(ARGS)

test-zfit-all: $(VENV)-zfit/.ready
	$(ZFIT_PYTEST) -m "slow or not slow" $(ARGS)

lint: $(VENV)/.tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.tools
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# From another folder: beside the checkout's `hs3` mypy would not find the installed parts.
types: $(VENV)/.tools $(VENV)/.package
	@mkdir -p build/types
	cd build/types && $(abspath $(BIN))/mypy --config-file $(CURDIR)/pyproject.toml -p hs3

bench: $(VENV)/.tools $(VENV)/.package
	$(BIN)/python benchmarks/report.py $(ARGS)

pages: $(VENV)/.tools $(VENV)/.package
	$(BIN)/python -m hs3.conformance.pages spec

# The frameworks share an environment of their own; ROOT is the child of it.
conformance-matrix: $(VENV)-peers/.ready $(VENV)-root/.ready
	HS3_ROOT_PYTHON=$(abspath $(VENV)-root)/bin/python $(VENV)-peers/bin/python \
		-m hs3.conformance.matrix $(ARGS)
	$(VENV)-peers/bin/python -m hs3.conformance.pages spec

wheel-check: $(VENV)/.tools
	$(FRESH) build/wheel build/fresh
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir build/wheel .
	$(BIN)/python -m venv build/fresh
	build/fresh/bin/python -m pip --quiet --disable-pip-version-check install \
		--constraint constraints.txt build/wheel/*.whl
	$(BIN)/python tests/wheel_check.py build/wheel build/fresh

# The extra tools (`make demo` goes without them), the package's own dependencies, the package.
$(VENV)/.tools: $(VENV)/.dependencies
	$(FRESH)
	$(PIP) install --constraint constraints.txt ".[test,lint,pyhf,plot,report,graph,dask]"
	@touch $@

$(VENV)/.package: $(VENV)/.dependencies $(SOURCES)
	$(FRESH)
	$(PIP) install --no-deps --no-build-isolation --force-reinstall .
	@touch $@

$(VENV)/.dependencies: pyproject.toml setup.py constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; set PYTHON=…" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(FRESH)
	$(PIP) install --constraint constraints.txt setuptools
	$(PIP) install --constraint constraints.txt .
	@touch $@

$(VENV)-root/.ready: constraints.txt
	$(PYTHON) -m venv $(VENV)-root
	$(VENV)-root/bin/python -m pip --quiet --disable-pip-version-check install \
		--constraint constraints.txt ROOT==0.1a12
	@touch $@

$(VENV)-lowest/.package: $(SOURCES) pyproject.toml constraints-lowest.txt
	$(FRESH)
	$(LOWEST_PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip --quiet --disable-pip-version-check install \
		--constraint constraints-lowest.txt .
	@touch $@

# Not pinned: what is tried is how these agree today; the result names their versions.
$(VENV)-peers/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)-peers
	$(FRESH)
	$(VENV)-peers/bin/python -m pip --quiet --disable-pip-version-check install \
		".[pyhf,zfit,report]" zfit-physics pyhs3 nextstat
	$(VENV)-peers/bin/python -m pip --quiet uninstall --yes hs3-reference
	@touch $@

$(VENV)-zfit/.ready: pyproject.toml constraints-zfit.txt
	$(PYTHON) -m venv $(VENV)-zfit
	$(FRESH)
	$(VENV)-zfit/bin/python -m pip --quiet --disable-pip-version-check install \
		--constraint constraints-zfit.txt setuptools
	$(VENV)-zfit/bin/python -m pip --quiet --disable-pip-version-check install \
		--constraint constraints-zfit.txt ".[$(ZFIT_EXTRAS)]"
	$(VENV)-zfit/bin/python -m pip --quiet uninstall --yes hs3-reference
	@touch $@

constraints: constraints.txt-new constraints-zfit.txt-new

%.txt-new:
	$(FRESH) build/closure
	$(PYTHON) -m venv build/closure
	build/closure/bin/python -m pip --quiet install --upgrade setuptools
	build/closure/bin/python -m pip --quiet install ".[$(EXTRAS)]"
	grep '^#' $*.txt > build/$*.txt
	build/closure/bin/python -m pip freeze --all --exclude pip --exclude hs3-reference \
		>> build/$*.txt
	mv build/$*.txt $*.txt

constraints.txt-new: EXTRAS := test,lint,pyhf,plot,report,graph,dask
constraints-zfit.txt-new: EXTRAS := $(ZFIT_EXTRAS)

clean:
	rm -rf build $(VENV) $(VENV)-root $(VENV)-lowest $(VENV)-zfit $(VENV)-peers *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
