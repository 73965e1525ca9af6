"""The door for web servers (gunicorn, granian)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
application = get_wsgi_application()

from clinic.platform.jobs import embedded  # noqa: E402  (needs the apps, which the line above made ready)

embedded.start()
