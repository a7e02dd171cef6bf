# Needs make and Python 3.11 or newer, nothing else.
#   make demo    the portal with a synthetic world, on http://127.0.0.1:8000
#   make test    the whole suite
#   make check   format, lint, types, import contracts, migrations, deployment settings
#   make bench   the benchmark table
#   make screens the screenshots in docs/screens/
#   make reset   throws the local data (LOCAL_DIR) away
#   make lock    writes the lock files anew
# PORT= and LOCAL_DIR= move the demo; ARGS= goes to pytest or to the benchmark.

.DEFAULT_GOAL := demo
.PHONY: demo test check bench screens reset lock set-up

# The first Python that is new enough.
ifeq ($(origin PYTHON), undefined)
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null \
	&& echo "$$p" && break; done)
endif
ifeq ($(PYTHON),)
$(error Python 3.11 or newer is needed: apt-get install python3, or make PYTHON=/path/to/python3)
endif

export PYTHONDONTWRITEBYTECODE := 1
ifneq ($(origin LOCAL_DIR), undefined)
export LOCAL_DIR
endif
ifneq ($(origin PORT), undefined)
export PORT
endif

BIN := .venv/bin

demo:
	@exec $(PYTHON) -m save_portal.local.demo

# The whole suite runs in two processes, a part of it (ARGS=) in one.
test: WORKERS ?= $(if $(ARGS),1,2)
test:
	@exec $(PYTHON) -m save_portal.local.suite --workers $(WORKERS) --first lint-imports -- \
		pytest $(ARGS)

bench:
	@exec $(PYTHON) -m save_portal.local.suite --cluster bench -- python benchmarks/run.py $(ARGS)

screens:
	@exec $(PYTHON) -m save_portal.local.suite -- pytest tests/browser/screens.py $(ARGS)

reset:
	@exec $(PYTHON) -m save_portal.local.reset

set-up:
	@$(PYTHON) -m save_portal.local.environment

# Production's settings with values that are good for nothing else. Whether a migration is missing
# follows from the models and the files alone: no database is asked, and none is there.
check: export SECRET_KEY := $(shell $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(60))')
check: export ALLOWED_HOSTS := save.example.gov
check: export BASE_URL := https://save.example.gov
check: export EMAIL_URL := smtp+tls://mail.example.gov:587
check: export DEFAULT_FROM_EMAIL := save@example.gov
check: export TOLL_FREE_NUMBER := 800-555-0100
check: export G845_MAIL_TO := Status Verification Office|1 Example Street|Anytown, MD 20000
check: export DEMO := 0
check: export DEBUG := 0
check: set-up
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy save_portal verification agreements billing casecheck
	@$(BIN)/lint-imports
	@DJANGO_SETTINGS_MODULE=tests.settings DATABASE_URL=postgresql://nobody@127.0.0.1:1/none \
		$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@DATABASE_URL=postgresql://save_owner@db.example.gov/save \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

lock: set-up
	@uv=$$(command -v uv || echo $${LOCAL_DIR:-.local}/tools/bin/uv) && "$$uv" lock
	@npm install --package-lock-only --ignore-scripts
