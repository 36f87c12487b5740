"""Every path of the portal."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from config import health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("favicon.ico", home.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("handover.urls")),
    path("", include("desk.urls")),
    path("", include("recovery.urls")),
]
