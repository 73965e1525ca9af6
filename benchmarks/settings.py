"""Settings of the measurements: the demonstration's, with everything that is written in a folder of its own.

Mail is left in the queue: the worker is a process of its own in production, and its work is not the booking's.
"""

import os
from pathlib import Path

os.environ.setdefault("DEMONSTRATION", "1")

from clinic.settings import *  # noqa: F403  (a settings module is meant to be spread)

FOLDER = Path(os.environ.get("BENCH_FOLDER", "var"))
STATIC_ROOT = FOLDER / "static"
EMAIL_FILE_PATH = str(FOLDER / "mail")
EMBEDDED_WORKER = False
