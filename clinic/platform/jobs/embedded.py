"""A worker inside the web process, for the embedded default: one process is a whole clinic."""

import logging
import os
import threading
import time

from django.conf import settings
from django.db import close_old_connections, connection

from clinic.platform.jobs.housekeeping import every_minute
from clinic.platform.jobs.worker import run_due

POLL_SECONDS = 1.0
MINUTE = 60.0
log = logging.getLogger(__name__)
_started_in: set[int] = set()


def start() -> threading.Thread | None:
    """Starts the thread once a process when settings.EMBEDDED_WORKER is on; called where the web server loads us.

    That must be after the server has forked: a child born while this thread is inside SQLite would hang for good.
    """
    if not settings.EMBEDDED_WORKER or os.getpid() in _started_in:
        return None
    _started_in.add(os.getpid())
    thread = threading.Thread(target=work, args=(threading.Event(),), name="embedded-worker", daemon=True)
    thread.start()
    return thread


def work(stop: threading.Event) -> None:
    """Runs due jobs until `stop` is set, looking again every second; housekeeping once a minute."""
    kept_at = -MINUTE
    while not stop.is_set():
        try:
            close_old_connections()
            if time.monotonic() - kept_at >= MINUTE:
                kept_at = time.monotonic()
                every_minute()
            run_due()
        except Exception:  # the database may be away for a while; the thread must outlive that and look again
            log.exception("the embedded worker could not look for jobs")
            connection.close()
        stop.wait(POLL_SECONDS)
    connection.close()
