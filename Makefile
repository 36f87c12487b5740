# The two commands are `make run` and `make test`; both do their own set-up and are safe to repeat.
.PHONY: setup run test lint bench soak format
.DEFAULT_GOAL := run

setup:            ## what `make run` needs: system libraries, fonts, virtual environment, translations
	@bash scripts/setup.sh run

run: setup        ## web and worker with the demo, on PORT (default 8000)
	@bash scripts/run.sh || [ $$? = 130 ] # Ctrl-C is the usual end

test:             ## every test on SQLite, and the database tests on PostgreSQL as well
	@bash scripts/setup.sh test
	@bash scripts/test.sh $(ARGS)

lint:             ## style, types, missing migrations, untranslated strings
	@bash scripts/setup.sh lint
	@bash scripts/lint.sh

format:
	@.venv/bin/ruff check --fix --quiet .; .venv/bin/ruff format .

bench:            ## our times beside those of the bare libraries, in one run
	@bash scripts/setup.sh test
	@.venv/bin/python -m bench $(ARGS)

soak:             ## the long experiments, with many more examples than `make test` takes
	@bash scripts/setup.sh test
	@HYPOTHESIS_PROFILE=soak KIND=soak bash scripts/test.sh $(ARGS)
