#!/bin/sh
# The suite on the next Django (6.1), in an environment of its own; needs Python 3.12 or newer.
set -eu
python=""
for candidate in python3.13 python3.12 python3; do
  if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c 'import sys, venv; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "No Python 3.12 or newer was found, so the suite was not run on the next Django."
  exit 0
fi
if [ ! -f .venv-next/.ready ] || [ pyproject.toml -nt .venv-next/.ready ]; then
  echo "Setting up .venv-next with the next Django ..."
  "$python" -m venv .venv-next
  "$python" - > .venv-next/wanted.txt <<'PY'
import tomllib
project = tomllib.load(open("pyproject.toml", "rb"))["project"]
for line in project["dependencies"] + sum(project["optional-dependencies"].values(), []):
    print("django>=6.1,<6.2" if line.startswith("django>=") else line)
PY
  .venv-next/bin/python -m pip install -qq --disable-pip-version-check -r .venv-next/wanted.txt
  touch .venv-next/.ready
fi
.venv-next/bin/python -m pytest -q -n 2 --dist loadgroup
