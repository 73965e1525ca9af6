"""Sessions in the database as Django keeps them, read by plain SQL: every request begins with it."""

from django.contrib.sessions.backends import db
from django.utils import timezone

from clinic.platform.db.batch import Batch, stored


class SessionStore(db.SessionStore):
    """Django's store; only the look-up is its own."""

    def _get_session_from_db(self):
        moment = stored(self.model._meta.get_field("expire_date"), timezone.now())
        batch = Batch()
        found = batch.select(self.model, "WHERE t.session_key = %s AND t.expire_date > %s", [self.session_key, moment])
        batch.send()
        if not found.rows:
            self._session_key = None
            return None
        return found.objects()[0]
