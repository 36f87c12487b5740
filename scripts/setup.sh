#!/usr/bin/env bash
# Brings a machine to where `make run` (argument `run`), `make lint` (`lint`) or `make test` (`test`) works.
# Quick when nothing is to do; says in one line what is missing when it may not install it.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:?run, lint or test}

say() { printf '%s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# 1. System packages -------------------------------------------------------------------------------------------------
# fonts: certificates name people in any writing of their name; Noto has what BIZ UD lacks, its Latin companion the letters
# of other countries, IPAmj the kanji and old kana of the family registers.
# libharfbuzz-subset0: without it every page with Noto takes 15 seconds.
packages=(
  libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libmagic1
  fonts-morisawa-bizud-mincho fonts-morisawa-bizud-gothic fonts-noto-cjk fonts-noto-core fonts-ipamj-mincho
  gettext
)
# pg_dump and pg_restore, which `backup` and `restore` call there.
case ${DATABASE_URL:-} in postgres*) packages+=(postgresql-client) ;; esac
# libatomic1: the browser's driver is a Node that links it and does not bring it.
# clamav-daemon: papers are tried with the real scanner, on a signature of the tests' own.
[ "$purpose" = test ] && packages+=(chromium libatomic1 poppler-utils clamav-daemon)

python=
for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  [ -z "${PYTHON:-}" ] || fail "$PYTHON is not a Python of 3.11 or newer."
  command -v python3 >/dev/null &&
    fail "Python 3.11 or newer is needed, this machine has $(python3 --version 2>&1). PYTHON=/path/to/python make $purpose uses another."
  packages+=(python3 python3-venv)
  python=python3
elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  # Debian ships venv apart from Python; a Python of one's own has it.
  packages+=("$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')")
fi

may_install() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
missing_of() {
  local name
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s ' "$name"
  done
}
updated=
install() {
  local log
  log=$(mktemp)
  if [ -z "$updated" ]; then
    # An unreachable extra source is no reason to stop; the install itself tells.
    as_root apt-get update -qq >"$log" 2>&1 || true
    updated=yes
  fi
  if as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >>"$log" 2>&1; then
    rm -f "$log"
  else
    tail -n 20 "$log" >&2
    rm -f "$log"
    return 1
  fi
}

if ! command -v apt-get >/dev/null; then
  [ -n "${SKIP_SYSTEM_PACKAGES:-}" ] ||
    fail "this is not Debian or Ubuntu. Install what these packages hold and set SKIP_SYSTEM_PACKAGES=1: ${packages[*]}"
elif [ -z "${SKIP_SYSTEM_PACKAGES:-}" ]; then
  missing=$(missing_of "${packages[@]}")
  if [ -n "$missing" ]; then
    may_install || fail "missing system packages; run: sudo apt-get install $missing"
    say "Installing system packages: $missing"
    # shellcheck disable=SC2086 # a list of words
    install $missing || fail "apt-get could not install: $missing"
  fi
  # The database tests run on PostgreSQL too where it can be had; scripts/test.sh says so loudly where not.
  if [ "$purpose" = test ] && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ! command -v initdb >/dev/null; then
    if may_install; then
      say "Installing PostgreSQL for the tests"
      install postgresql || say "PostgreSQL could not be installed."
    fi
  fi
fi

# 2. Virtual environment ---------------------------------------------------------------------------------------------
requirements=requirements.txt
[ "$purpose" = run ] || requirements=requirements-dev.txt
# The folder is part of the sum: scripts inside a virtual environment hold its path.
sum=$({ pwd; "$python" --version; cat requirements.txt; [ "$requirements" = requirements.txt ] || cat "$requirements"; } | sha256sum)
stamp=.venv/.installed-$requirements
if [ "$(cat "$stamp" 2>/dev/null)" != "$sum" ]; then
  if ! .venv/bin/python -c 'import sys, pip; sys.exit(sys.prefix != sys.argv[1])' "$PWD/.venv" 2>/dev/null; then
    rm -rf .venv
    "$python" -m venv .venv || fail "no virtual environment could be made with $python"
  fi
  say "Installing Python packages of $requirements"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements" ||
    fail "pip could not install $requirements (its message is above)"
  printf '%s\n' "$sum" >"$stamp"
fi

# 3. Translations ----------------------------------------------------------------------------------------------------
while IFS= read -r po; do
  mo=${po%.po}.mo
  [ "$mo" -nt "$po" ] || msgfmt --check-format -o "$mo" "$po" || fail "msgfmt refuses $po"
done < <(find config/locale -name '*.po' 2>/dev/null)
