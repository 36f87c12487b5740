"""Paths of what is held and how it changes hands. One path per action."""

from django.urls import path

from handover.views import certificates, handovers, labels, papers, people, provider, receiving, register

app_name = "handover"

urlpatterns = [
    path("registrations/", register.registrations, name="registrations"),
    path("registrations/<str:number>/", register.registration, name="registration"),
    path("registrations/<str:number>/history/", register.history, name="history"),
    path("registrations/<str:number>/contact-points/add/", register.add_contact_point, name="add_contact_point"),
    path(
        "registrations/<str:number>/contact-points/<int:pk>/end/", register.end_contact_point, name="end_contact_point"
    ),
    path("registrations/<str:number>/names/add/", register.add_alias, name="add_alias"),
    path("registrations/<str:number>/names/<int:pk>/end/", register.end_alias, name="end_alias"),
    path("registrations/<str:number>/papers/", papers.papers, name="papers"),
    path("registrations/<str:number>/papers/add/", papers.add, name="add_document"),
    path("registrations/<str:number>/labels/add/", labels.make, name="make_label"),
    path("registrations/<str:number>/labels/print/", labels.print_sheet, name="print_labels"),
    path("labels/thanks/", labels.thanks, name="found_thanks"),
    path("labels/<str:code>/", labels.label, name="label"),
    path("labels/<str:code>/found/", labels.found, name="report_found"),
    path("labels/<str:code>/lost/", labels.lost, name="report_lost"),
    path("labels/<str:code>/back/", labels.back, name="report_back"),
    path("labels/<str:code>/void/", labels.void, name="void_label"),
    path("labels/<str:code>/reissue/", labels.reissue, name="reissue_label"),
    path("papers/<int:pk>/", papers.paper, name="paper"),
    path("papers/<int:pk>/version/", papers.version, name="add_version"),
    path("papers/<int:pk>/change/", papers.change, name="change_document"),
    path("papers/<int:pk>/versions/<int:number>/", papers.download, name="download_document"),
    path("products/", provider.products, name="products"),
    path("products/add/", provider.add_product, name="add_product"),
    path("products/<str:code>/change/", provider.product, name="product"),
    path("gaps/", provider.gaps, name="gaps"),
    path("names/", provider.names, name="names"),
    path("handovers/", handovers.handovers, name="handovers"),
    path("handovers/<str:number>/", handovers.handover, name="handover"),
    path("registrations/<str:number>/hand-over/", handovers.draft, name="draft"),
    path("handovers/<str:number>/offer/", handovers.offer, name="offer"),
    path("handovers/<str:number>/withdraw/", handovers.withdraw, name="withdraw"),
    path("handovers/<str:number>/items/", receiving.items, name="items"),
    path("handovers/<str:number>/accept/", receiving.accept, name="accept"),
    path("handovers/<str:number>/decline/", handovers.decline, name="decline"),
    path("handovers/<str:number>/confirm/", receiving.confirm, name="confirm"),
    path("handovers/<str:number>/refuse/", handovers.refuse_confirmation, name="refuse_confirmation"),
    path("handovers/<str:number>/ask/", handovers.ask, name="ask"),
    path("handovers/<str:number>/questions/<int:pk>/answer/", handovers.answer, name="answer"),
    path("handovers/<str:number>/receipt/", receiving.receipt, name="receipt"),
    path("people/<int:pk>/leave/", people.leave, name="leave"),
    path("registrations/<str:number>/care/", people.take_into_care, name="take_into_care"),
    path("registrations/<str:number>/kit/", people.recovery_kit, name="recovery_kit"),
    path("registrations/<str:number>/certificate/", certificates.issue, name="issue_certificate"),
    path("certificates/<str:serial>/", certificates.certificate, name="certificate"),
    path("certificates/<str:serial>/pdf/", certificates.download, name="certificate_file"),
    path("certificates/<str:serial>/withdraw/", certificates.withdraw_certificate, name="withdraw_certificate"),
    path("verify/", certificates.verify, name="verify"),
    path("verify/<str:code>/", certificates.verify_code, name="verify_code"),
    path("tasks/<int:pk>/finish/", people.finish_task, name="finish_task"),
]
