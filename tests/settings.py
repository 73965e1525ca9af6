"""Settings of the suite: the demonstration's values, a fast password hash."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("DEMONSTRATION", "1")
# The machine's own clinic must not leak into the tests
for name in [n for n in os.environ if n.startswith(("CLINIC_", "NURSE_LINE", "AFTER_HOURS", "ON_CALL", "SMS_"))]:
    del os.environ[name]

from clinic.settings import *  # noqa: E402, F403  (a settings module is meant to be spread)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMBEDDED_WORKER = False
UPLOAD_FOLDER = tempfile.mkdtemp(prefix="clinic-uploads-")
atexit.register(shutil.rmtree, UPLOAD_FOLDER, ignore_errors=True)
CLAMD_SOCKET = ""
SMS_FILE_PATH = tempfile.mkdtemp(prefix="clinic-texts-")
atexit.register(shutil.rmtree, SMS_FILE_PATH, ignore_errors=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
if name := os.environ.get("TEST_DB_NAME"):  # several people testing on one PostgreSQL server
    DATABASES["default"]["TEST"] = {"NAME": f"test_{name}"}  # noqa: F405
if DATABASES["default"]["ENGINE"] == "clinic.platform.db.fair_sqlite":  # noqa: F405
    # In memory, as Django would choose for its own backend; parallel runs append their number to the last, ignored word
    DATABASES["default"]["TEST"] = {"NAME": "file:memorydb_clinic?mode=memory&cache=shared&run="}  # noqa: F405
# A kept connection of a live server's thread would stand in the way when the test database is dropped
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
