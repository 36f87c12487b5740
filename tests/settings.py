"""The project's settings as the tests see them: own keys, an own data folder, a quick password hasher."""

import atexit
import base64
import os
import shutil
import tempfile
from pathlib import Path

# The browser's driver keeps an event loop in the main thread, where the tests also read rows.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

_folder = Path(tempfile.mkdtemp(prefix="tests-"))
_maker = os.getpid()


def _remove() -> None:
    # Children that fork (parsers, racers) leave through here too and must not take the folder along.
    if os.getpid() == _maker:
        shutil.rmtree(_folder, ignore_errors=True)


atexit.register(_remove)
for _name in ("EMAIL_URL", "ALLOWED_HOSTS", "BEHIND_PROXY"):
    os.environ.pop(_name, None)
os.environ |= {
    "DEBUG": "off",
    "DATA_DIR": str(_folder),
    "PUBLIC_ORIGIN": "http://localhost:8000",
    "SECRET_KEY": "tests",
    "FIELD_KEYS": base64.urlsafe_b64encode(b"f" * 32).decode(),
    "KEY_ENCRYPTION_KEYS": "k1:" + base64.b64encode(b"k" * 32).decode(),
    "LOG_LEVEL": "WARNING",
    # Nobody is asked outside; tests about it bring a name server of their own.
    "DNS_RESOLVERS": "127.0.0.1:9",
}

from config.settings import *
from config.settings import DATABASES, STATIC_ROOT, STORAGES

# One suite ran 69 times faster with it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Hashed names need collectstatic first.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir()
# Only the soak of times waits for it.
EVEN_ANSWER_MS = 0
# The live server speaks plain http on a port of its own choice.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Nobody cuts the power of a test; a killed process loses nothing either way.
    _pragmas = DATABASES["default"]["OPTIONS"]["init_command"]
    DATABASES["default"]["OPTIONS"]["init_command"] = _pragmas.replace("synchronous=FULL", "synchronous=OFF")
else:
    # A kept connection would stop the test database from being dropped.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
# The live server is served by Django itself; config.wsgi would load the fonts beside every run.
WSGI_APPLICATION = None
