"""Paths of people, invitations and organisations."""

from django.urls import path

from accounts.views import people, signin, undertakings

app_name = "accounts"
urlpatterns = [
    path("accounts/confirm/", signin.confirm, name="confirm"),
    path("accounts/enrol/", signin.enrol, name="enrol"),
    path("accounts/replace-app/", signin.replace_app, name="replace_app"),
    path("accounts/undertaking/", undertakings.undertaking, name="undertaking"),
    path("undertakings/", undertakings.signatures, name="undertakings"),
    path("undertakings/propose/", undertakings.propose, name="propose_undertaking"),
    path("undertakings/drop/", undertakings.drop, name="drop_undertaking"),
    path("undertakings/publish/", undertakings.publish, name="publish_undertaking"),
    path("undertakings/<int:pk>/", undertakings.signed, name="signed_undertaking"),
    path("undertakings/<int:pk>/words/", undertakings.signed_words, name="signed_words"),
    path("invitation/<str:token>/", signin.invitation, name="invitation"),
    path("accounts/profile/", signin.profile, name="profile"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("invitations/<int:pk>/withdraw/", people.withdraw, name="withdraw"),
    path("invitations/<int:pk>/resend/", people.resend, name="resend"),
    path("invitations/<int:pk>/second/", people.second, name="second"),
    path("organisations/", people.organisations, name="organisations"),
    path("organisations/create/", people.create, name="create"),
    path("organisations/<int:pk>/", people.organisation, name="organisation"),
    path("organisations/<int:pk>/invite/", people.invite_into, name="invite_into"),
]
