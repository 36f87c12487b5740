#!/usr/bin/env bash
# The whole suite on SQLite, and before it everything that touches the database on PostgreSQL.
# Arguments go to pytest; KIND=soak takes the long experiments and leaves out all else.
# Either run failing fails the command; the last lines are pytest's summary with both results.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
# Some machines switch this on: each process would then rewrite 440 files of tests anew, for 10 seconds.
unset PYTHONDONTWRITEBYTECODE
pytest=(.venv/bin/python -m pytest -n "${WORKERS:-2}" --dist worksteal)
kind=${KIND:-not soak}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

if .venv/bin/python -m tests.postgres --check; then
  echo "== PostgreSQL: tests of the database =="
  .venv/bin/python -m tests.postgres "${pytest[@]}" -m "$kind and not browser and not no_database and not either_database" "$@" 2>&1 | tee "$log"
  postgres=${PIPESTATUS[0]}
  # 5: these arguments chose no test of the database, which is no failure.
  [ "$postgres" = 5 ] && postgres=0
  plain=$(sed 's/\x1b\[[0-9;]*m//g' "$log")
  OTHER_RUN="$(grep -E '^(FAILED|ERROR) tests/' <<<"$plain")
PostgreSQL: $(tail -n 1 <<<"$plain" | sed 's/^=* *//; s/ *=*$//')"
else
  postgres=0
  OTHER_RUN="PostgreSQL: SKIPPED, it is not on this machine. Races and triggers were tried on SQLite only."
  echo "== $OTHER_RUN =="
fi

export OTHER_RUN
echo "== SQLite: every test =="
"${pytest[@]}" -m "$kind" "$@"
sqlite=$?
[ "$postgres" = 0 ] || exit "$postgres"
exit "$sqlite"
