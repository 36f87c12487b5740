#!/usr/bin/env bash
# Web and worker together, after `make setup`. Ctrl-C stops both. Data is kept in var/ (DATA_DIR).
set -euo pipefail
cd "$(dirname "$0")/.."

# What is kept in var/ is nobody else's to read.
umask 077
# As in config/settings.py: trying out until an origin is named, and never with one unless it is asked for.
[ -n "${PUBLIC_ORIGIN:-}" ] && : "${DEBUG:=off}"
export DEBUG=${DEBUG:-on} PORT=${PORT:-8000} HOST=${HOST:-127.0.0.1}
export PUBLIC_ORIGIN=${PUBLIC_ORIGIN:-http://localhost:$PORT}
export PATH="$PWD/.venv/bin:$PATH"
# Where gunicorn would otherwise open a control socket in the home folder.
export GUNICORN_CMD_ARGS="--no-control-socket ${GUNICORN_CMD_ARGS:-}"

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; }
if listening; then
  echo "run: port $PORT is in use; PORT=8001 make run takes another." >&2
  exit 1
fi

python manage.py migrate --verbosity 0
case ${DEBUG,,} in
on | true | 1 | yes | y | t | ok)
  # Idempotent; refuses where there is data that is not its own, which is no reason not to start.
  python manage.py demo || echo "run: starting without the demo."
  ;;
*) python manage.py collectstatic --noinput --verbosity 0 ;;
esac
[ -n "${EMAIL_URL:-}" ] || echo "No mail server is configured (EMAIL_URL): mails are written to ${DATA_DIR:-var}/mail/, letters to ${DATA_DIR:-var}/letters/."

(
  for _ in $(seq 300); do
    listening && { printf '\n  Ready: %s/   (Ctrl-C stops)\n\n' "$PUBLIC_ORIGIN"; exit; }
    sleep 0.2
  done
) &
exec honcho -d . -f scripts/Procfile start --no-prefix
