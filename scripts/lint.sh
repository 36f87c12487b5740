#!/usr/bin/env bash
# Style, types, migrations that were forgotten, strings without Japanese. Changes nothing in the work tree.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DATA_DIR=$work/var DEBUG=on
bin=$root/.venv/bin

"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy"
"$bin/python" manage.py makemigrations --check --dry-run

# makemessages writes into the tree, so it works on a copy of what git would see.
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
  [ -e "$file" ] && printf '%s\0' "$file"
done | tar --null -cf - --files-from=- | tar -xf - -C "$work"
(cd "$work" && "$bin/python" manage.py makemessages --locale ja --no-obsolete --verbosity 0)
bad=0
while IFS= read -r po; do
  for kind in --untranslated --only-fuzzy; do
    found=$(msgattrib "$kind" --no-obsolete --no-wrap "$po" | grep -c '^msgid ' || true)
    # The first msgid is the file's own header.
    if [ "$found" -gt 1 ]; then
      msgattrib "$kind" --no-obsolete --no-wrap "$po" | sed 1,/^$/d
      echo "lint: $((found - 1)) strings of ${po#"$work/"} are ${kind#--}" >&2
      bad=1
    fi
  done
done < <(find "$work/config/locale" -name '*.po')
[ "$bad" = 0 ] && echo "lint: every string is translated"
exit "$bad"
