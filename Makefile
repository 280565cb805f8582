# make lab: set up and open the course.  make test: set up and run every test.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
RUN := $(BIN)/python -m
OLDEST := $(VENV)/oldest/$(notdir $(BIN))/python -m
# These start a process for each core: threads of their own would only get in each other's way.
test test-oldest browser class-test class-server-test refresh translate benchmark grade site browse core: export OPENBLAS_NUM_THREADS := 1
test test-oldest browser class-test class-server-test refresh translate benchmark grade site browse core: export OMP_NUM_THREADS := 1

.PHONY: lab test test-oldest browser class class-test class-server-test lint refresh translate benchmark grade handout variants core site browse links clean

# The start page in the language of this machine.
START := notebooks/$(if $(filter zh%,$(firstword $(LC_ALL) $(LC_MESSAGES) $(LANG))),zh/)00_start_here.ipynb

lab: $(VENV)/course
	@echo "JupyterLab opens in your browser. If it does not, open the address that it prints; Ctrl-C here ends it."
	$(RUN) jupyterlab --ip=127.0.0.1 --allow-root $(START)

# WHOLE=yes tries each bank of cases whole, judges in both languages, and runs the translated notebooks, as CI does.
# COVERAGE=95 measures as well which lines of the library the tests run, and asks for so many in a hundred.
test: $(VENV)/dev
	@echo "Running every lesson and every test (some minutes)."
	$(RUN) pytest -rs --nbval --nbval-current-env -n auto --dist loadfile --no-loadscope-reorder $(if $(WHOLE),--heard=1,--quick) $(if $(COVERAGE),--cov=course_utils --cov-report=term:skip-covered --cov-fail-under=$(COVERAGE))

# The tests of the packages with the oldest versions that are allowed: on Python 3.11 or 3.12, as those are.
# WHOLE=yes: of the grading too, which takes several times as long.
test-oldest: $(VENV)/oldest
	$(OLDEST) pytest -rs -n auto --dist loadfile --quick $(filter-out $(if $(WHOLE),,tests/grading/),$(wildcard tests/*/)) tests/test_exercises.py tests/test_bad_input.py

browser: $(VENV)/dev
	$(RUN) pytest tests/test_browser.py tests/grading/test_pages.py -m browser -n auto --dist worksteal

# A class server on loopback, with a teacher and learners (deploy/README.md): sudo make class LEARNERS=names.txt
class: LEARNERS ?= 3
class: $(VENV)/server
	$(BIN)/python deploy/start.py --learners "$(LEARNERS)"

# The class server with thirty learners, used from beginning to end. It needs root, bubblewrap, npm and Chromium.
class-server-test: $(VENV)/server $(VENV)/dev
	$(RUN) pytest tests/test_class.py -m classroom -n 0

lint: $(VENV)/dev
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(BIN)/biome check
	$(RUN) mypy

refresh: $(VENV)/dev
	$(BIN)/python tools/refresh.py $(LESSONS)
	$(BIN)/python tools/minutes.py

# After a change of an English text: catalogues, Chinese notebooks, and what is still to be translated.
translate: $(VENV)/dev
	$(BIN)/python tools/translate.py

benchmark: $(VENV)/dev
	$(BIN)/python tests/benchmark.py

# The submissions of a set, graded on all cores: make grade SET=1_chain_rule [SCHEDULER=tcp://...]
grade: $(VENV)/course
	cd exercises && ../$(BIN)/python -m nbgrader autograde $(SET) $(if $(SCHEDULER),--ParallelAutograde.scheduler=$(SCHEDULER))

# And five hundred submissions graded while workers are killed and the gradebook is locked. (make test does it with thirty.)
class-test: class-server-test
	CLASS=500 $(RUN) pytest tests/grading/test_ahead.py -rs

# What learners get, without solutions and grading, in a new folder: make handout TO=../handout
handout: TO ?= build/handout
handout: $(VENV)/course
	$(BIN)/python tools/handout.py $(TO)

# A problem set of one's own for each learner: make variants SEED=... LEARNERS=names.txt TO=../variants
# (LEARNERS: a file with a name in each line, or how many there are. IN=zh: in Chinese.)
variants: $(VENV)/course
	$(BIN)/python tools/variants.py "$(SEED)" "$(LEARNERS)" "$(TO)" $(IN)

# What somebody has who installs the package alone: a wheel of pure Python, and no Jupyter.
core: $(VENV)/bare
	rm -rf $(VENV)/core build dist
	$(RUN) pip wheel --quiet --no-deps --wheel-dir dist .
	$(PYTHON) -m venv $(VENV)/core
	$(VENV)/core/$(notdir $(BIN))/python -m pip install --quiet dist/*-py3-none-any.whl
	MPLBACKEND=agg $(VENV)/core/$(notdir $(BIN))/python -I tools/run_cells.py notebooks/*.ipynb

# The web book, in _site/, in every language: pages with their sliders, that need no kernel and no other host.
# COURSE_REPOSITORY=https://github.com/OWNER/NAME gives them buttons that open a lesson elsewhere.
site: $(VENV)/site
	$(BIN)/python tools/site.py

# Opens the pages of the web book in a browser.
browse: $(VENV)/site
	$(RUN) pytest tests/test_site.py tests/test_site_files.py -m browser -n 2 --dist worksteal

# Do the web book's links to other places lead somewhere? Only this target asks them. (Its languages have the same.)
links: site
	$(RUN) sphinx -q -d build/doctrees/en -b linkcheck build/site/en build/links

$(VENV)/site: $(VENV)/dev
	$(RUN) pip install --quiet --editable ".[site]"
	@touch $@

$(VENV)/server: $(VENV)/course
	$(RUN) pip install --quiet --editable ".[server]"
	@touch $@

clean:
	rm -rf $(VENV) _site build dist

$(VENV)/bare:
	@echo "Making a Python environment in $(VENV)."
	@$(PYTHON) -c "import sys; sys.version_info >= (3, 11) or sys.exit('Python 3.11 or later is needed')"
	$(PYTHON) -m venv $(VENV)
	$(RUN) pip install --quiet --upgrade pip
	@touch $@

$(VENV)/course: $(VENV)/bare pyproject.toml
	@echo "Installing the course and JupyterLab (a minute or two)."
	$(RUN) pip install --quiet --editable ".[lab]"
	@touch $@

# Optional: PyTorch and TensorFlow, for lesson 17 and for the tests that compare with them.
# PyTorch keeps its CPU builds for Linux outside the public registry. Where pip finds none, uv knows where.
$(VENV)/frameworks: $(VENV)/dev
	$(RUN) pip install --quiet --editable ".[frameworks]" || \
	($(RUN) pip install --quiet uv && $(RUN) uv pip install --torch-backend=cpu --editable ".[frameworks]")
	@touch $@

$(VENV)/oldest: oldest.txt pyproject.toml
	$(PYTHON) -c "import sys; sys.version_info < (3, 13) or sys.exit('The oldest versions need Python 3.11 or 3.12: make test-oldest PYTHON=...')"
	$(PYTHON) -m venv $@
	$(OLDEST) pip install --quiet --constraint oldest.txt --editable ".[dev]"
	@touch $@

$(VENV)/dev: $(VENV)/bare pyproject.toml
	@echo "Installing the course and its tests (a minute or two)."
	$(RUN) pip install --quiet --editable ".[dev]"
	@touch $@ $(VENV)/course
