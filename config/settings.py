"""Settings: one file. What differs between installations comes from the environment; README lists it."""

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from config import secrets

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# Trying out is the default only where nothing at all says that this is an installation: each of these ends it.
_INSTALLED = ("PUBLIC_ORIGIN", "ALLOWED_HOSTS", "BEHIND_PROXY", "EMAIL_URL", "SECRET_KEY", "METRICS_TOKEN")
DEBUG = env.bool("DEBUG", default=not any(env.str(name, default="") for name in _INSTALLED))
# One place whoever calls from wherever: neither empty nor relative may it become a second one, with keys of its own.
DATA_DIR = BASE_DIR / (env.str("DATA_DIR", default="").strip() or "var")
_kept = secrets.load(DATA_DIR / "secrets.json") if not env.str("SECRET_KEY", default="") else {}
SECRET_KEY = env.str("SECRET_KEY", default=_kept.get("SECRET_KEY", ""))
FIELD_KEYS = env.list("FIELD_KEYS", default=_kept.get("FIELD_KEYS", "").split(","))
KEY_ENCRYPTION_KEYS = env.list("KEY_ENCRYPTION_KEYS", default=_kept.get("KEY_ENCRYPTION_KEYS", "").split(","))

# What signs certificates: an own key as PKCS#12 or PEM, or else one that is made on the first run (mode 0600).
SIGNING_FILE = str(DATA_DIR / "signing.pem")
SIGNING_PKCS12 = env.str("SIGNING_PKCS12", default="")
SIGNING_KEY = env.str("SIGNING_KEY", default="")
SIGNING_CERTIFICATE = env.str("SIGNING_CERTIFICATE", default="")
SIGNING_PASSWORD = env.str("SIGNING_PASSWORD", default="")
# A time-stamp service (RFC 3161). Once it is named, no certificate is issued without its stamp.
TIMESTAMP_URL = env.str("TIMESTAMP_URL", default="")

# The one origin that people use. Links in mails and on paper are built from it, never from a request's host.
PUBLIC_ORIGIN = env.str("PUBLIC_ORIGIN", default="http://localhost:8000").rstrip("/")
HTTPS = PUBLIC_ORIGIN.startswith("https://")
if DEBUG and (HTTPS or env.bool("BEHIND_PROXY", default=False)):
    raise ImproperlyConfigured(
        "DEBUG is for trying out on this machine: set DEBUG=off, or take away https or BEHIND_PROXY."
    )
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(PUBLIC_ORIGIN).hostname, "localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]

SITE_NAME = env.str("SITE_NAME", default="ひきつぎ登録窓口")
PROVIDER_NAME = env.str("PROVIDER_NAME", default="あおぞら通信株式会社")
PROVIDER_NAME_EN = env.str("PROVIDER_NAME_EN", default="Aozora Communications")
# The office that issues papers, and the characters of its seal (one to nine).
OFFICE_NAME = env.str("OFFICE_NAME", default="登録窓口")
OFFICE_NAME_EN = env.str("OFFICE_NAME_EN", default="Registration Office")
# Where an answer to a letter goes by post; "" leaves the line out.
OFFICE_ADDRESS = env.str("OFFICE_ADDRESS", default="〒530-0001 大阪市北区梅田0-0-0")
OFFICE_ADDRESS_EN = env.str("OFFICE_ADDRESS_EN", default="0-0-0 Umeda, Kita-ku, Osaka 530-0001, Japan")
SEAL_TEXT = env.str("SEAL_TEXT", default="登録窓口之印")
SUPPORT_PHONE = env.str("SUPPORT_PHONE", default="0120-000-000")
# Whether the page "was that really you?" names the agency that called; that a call is genuine is always answered.
CALLER_NAMES_COMPANY = env.bool("CALLER_NAMES_COMPANY", default=False)
SUPPORT_HOURS = env.str("SUPPORT_HOURS", default="")
# What the provider may set itself while a customer's business stands still; see recovery.named_settings.
URGENT_SETTINGS = env.json(
    "URGENT_SETTINGS",
    default={
        "forwarding": {"ja": "着信転送先の変更", "en": "Where calls are forwarded to"},
        "second_line": {"ja": "予備回線への切替え", "en": "Switch to the spare line"},
        "bandwidth": {"ja": "帯域の一時的な引上げ", "en": "More bandwidth for a time"},
        "restart": {"ja": "遮断したポートの再開", "en": "A port that was shut, opened again"},
    },
)
# Full years for which papers are kept, by kind, where they differ from handover.rules.retention: {"bill": 10}.
RETENTION_YEARS = env.json("RETENTION_YEARS", default={})
# The provider's own closing days beside weekends, holidays, Obon and the turn of the year, as YYYY-MM-DD.
CLOSING_DAYS = frozenset(date.fromisoformat(day) for day in env.list("CLOSING_DAYS", default=[]))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_otp",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "audit",
    "outbox",
    "accounts",
    "handover",
    "desk",
    "recovery",
    "config",
]

MIDDLEWARE = [
    "config.even.EvenAnswerMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.guards.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.ActorMiddleware",
    "config.guards.UploadMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.GateMiddleware",
    "config.errors.DomainErrorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
            "builtins": ["config.templatetags.ui", "config.templatetags.kept"],
        },
    }
]
INSTALLED_APPS.insert(0, "django.forms")

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'hikitsugi.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # FULL: with NORMAL, acknowledged writes were lost at a power cut. IMMEDIATE: a second press waits its turn
    # and then meets a clean "already", instead of "database is locked" in the middle of a transaction.
    DATABASES["default"]["OPTIONS"] = {
        # secure_delete: what was erased from a row does not stay behind in the file.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        " PRAGMA secure_delete=ON",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits and marks of used codes must be seen by every process: the cache is a table, not memory. Above
# MAX_ENTRIES it throws live entries away (300 by default): whoever could fill it would begin to guess anew.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "config_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    },
}
# The register stands to the left of the desk, whose alarms tell when an invented registration is touched.
LOOKS_AFTER_CANARIES = "desk.alarms.raise_for_canary"
# The procedure is kept to the right of the desk, whose pages keep to its limits all the same.
LIMITS_IN_FORCE = "recovery.queries.procedures.limits_in_force"
TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default"],
    }
}

# MiB of memory over which the worker gives way to a fresh process between two tasks; the PDF library's memory creeps.
WORKER_MEMORY_MB = env.int("WORKER_MEMORY_MB", default=400)

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_I18N = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
if DEBUG:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # files are served from where they lie, but the folder is looked at
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "config.storages.HashedStatic"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# Sign-in: allauth answers who is signed in and how strongly.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]
# Argon2 with 19 MiB, two passes, one lane (OWASP's first choice): the default of 100 MiB lets a handful of
# parallel guesses fill a small server; guesses are throttled before the hash is computed.
PASSWORD_HASHERS = ["accounts.hashers.Argon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds; trust.md: a fresh check is five minutes old at most
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_DISPLAY = "accounts.adapters.user_display"
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 0
MFA_RECOVERY_CODES_SHOW_ONCE = True
USERSESSIONS_TRACK_ACTIVITY = False

# Forms of people who are not signed in are answered after a whole multiple of this, so that no time tells whom we know
# (decision 0026). Longer than such a form takes: 15 ms on two shared cores, signing in 50 for its hash (November 2026).
EVEN_ANSWER_MS = env.int("EVEN_ANSWER_MS", default=100)

SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds; one working day
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Whose guesses are counted: behind a proxy every request comes from its address, and it tells whose it passes on.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

FILE_UPLOAD_HANDLERS = ["handover.vault.upload.EncryptingUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# Mail: until a server is named, mails are files, so that a newcomer can follow a journey to its end.
MAIL_DIR = DATA_DIR / "mail"
LETTER_DIR = DATA_DIR / "letters"
EMAIL_CONFIGURED = bool(env.str("EMAIL_URL", default=""))
if EMAIL_CONFIGURED:
    _mail = env.email_url("EMAIL_URL")
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = bool(_mail.get("EMAIL_USE_TLS", False))
    EMAIL_USE_SSL = bool(_mail.get("EMAIL_USE_SSL", False))
else:
    EMAIL_BACKEND = "outbox.backends.MailFolder"
EMAIL_TIMEOUT = 20  # seconds; a mail server that hangs must not hold the worker
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="no-reply@localhost")

# Name servers that are asked about domains on record, "192.0.2.53" or "192.0.2.53:5353"; empty: those of the machine.
DNS_RESOLVERS = env.list("DNS_RESOLVERS", default=[])
# The virus scanner: "unix:/run/clamav/clamd.ctl" or "tcp:127.0.0.1:3310"; empty: none, and nothing waits for it.
CLAMD = env.str("CLAMD", default="")
CLAMD_TIMEOUT = env.int("CLAMD_TIMEOUT", default=60)  # seconds for one file; 25 MiB take ClamAV 1 to 3
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
LOGGING_CONFIG = "config.logs.configure"
LOGGING = {"json": not DEBUG, "level": env.str("LOG_LEVEL", default="INFO")}
# One address can have several accounts over the years, but only one that is active; the sign-in handles it.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
