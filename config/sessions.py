"""Sessions in the database as Django keeps them, read with a query that is written once: every request does."""

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.prepared import Prepared, columns, instance


class SessionStore(db.SessionStore):
    """Django's own but for the reading of a row."""

    def _get_session_from_db(self) -> Session | None:
        row = _READ.first(key=str(self.session_key), at=timezone.now())
        if row is None:
            self._session_key = None
            return None
        return instance(Session, row)


_READ = Prepared(
    lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at).values_list(*columns(Session)),
    key=str,
    at=datetime,
)
