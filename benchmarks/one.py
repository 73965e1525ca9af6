"""Take one measurement in this process: `python -m benchmarks.one <name> [file for the rows]`."""

import importlib
import json
import sys
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()
    rows = importlib.import_module(f"benchmarks.measure_{sys.argv[1]}").measure()
    text = json.dumps(rows, indent=1)
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(text, encoding="utf-8")
    else:
        print(text)
