"""Who is signed in, as allauth finds it, read with a query that is written once."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User
from accounts.prepared import Prepared, columns, instance


class Backend(AuthenticationBackend):
    """allauth's way to sign in; reading the account, which every request does, goes past the building of a query."""

    def get_user(self, user_id: int) -> User | None:
        """Return the account `user_id` if it may sign in, else None."""
        row = _ACCOUNT.first(user=int(user_id))
        user = instance(User, row) if row else None
        return user if user and self.user_can_authenticate(user) else None


_ACCOUNT = Prepared(lambda user: User.objects.filter(pk=user).values_list(*columns(User)), user=int)
