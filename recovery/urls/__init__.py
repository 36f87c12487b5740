"""Paths of recovery: for everybody, for the desk, for the provider."""

from recovery.urls import desk, fairness, procedures, provider, public

app_name = "recovery"
urlpatterns = [*public.paths, *desk.paths, *provider.paths]
urlpatterns += procedures.paths
urlpatterns += fairness.paths
