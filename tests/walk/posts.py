"""What is typed into each form: a valid body for those who may."""

import uuid
from typing import Any

from handover.models import HandoverItem, Registration
from tests.cast import Cast
from tests.walk.sides import Side

Data = dict[str, Any]

# What somebody without an account types: one right answer, and codes that are not right.
PUBLIC_POSTS: dict[str, Data] = {
    "recovery:question": {"capacity": "customer"},
    "recovery:status": {"number": "C-0000-000-000", "tracking": "ABCDE-FGHJK"},
    "recovery:object_to": {"code": "ABCD-ABCDE-FGHJK", "words": ""},
}


def desk_posts(cast: Cast) -> dict[str, Data]:
    """What the desk types."""
    token = str(uuid.uuid4())
    return {
        "desk:close_alarm": {"words": "研修中の確認"},
        "desk:explanation": {"outcome": "again", "minutes": 3, "text": "不在", "token": token},
        "desk:note_contact": {
            "direction": "in",
            "channel": "phone",
            "party": "claimant",
            "minutes": 3,
            "text": "進み具合のご質問",
            "token": token,
        },
        "desk:hold": {
            "reason": "call_back",
            "owner": cast.agent.pk,
            "next_action": "call",
            "promised_from": "2026-11-24T15:00",
            "promised_until": "2026-11-24T17:00",
            "wish": "折り返しの電話",
            "token": token,
        },
        "recovery:take_call": {
            "name": "渡邉 翔",
            "own_phone": "090-1234-5678",
            "organisation_name": "(株)青葉商亊",
            "capacity": "customer",
            "answer_by": "phone",
            "language": "ja",
            "token": token,
        },
        "recovery:collect": {"code": "O3", "token": token},
        "recovery:correct_mail": {"mail": "watanabe@new.example"},
    }


def own_posts(cast: Cast, ours: Side) -> dict[str, Data]:
    day = "2026-11-30"
    profile = {"display_name": "別名 別人", "kana": "ベツメイ", "department": "", "language": "ja"}
    texts = {
        f"{part}_{language}": "新しい文"
        for part in ("name", "what", "where", "stops", "bill", "whom")
        for language in ("ja", "en")
    }
    # A registration cannot be missing: it is in the portal.
    marks = {
        f"mark-{item.pk}": "received" if item.kind == HandoverItem.Kind.REGISTRATION else "missing"
        for item in ours.running.items.all()
    }
    password = {"password": "a longer passphrase 1", "again": "a longer passphrase 1"}
    handover: dict[str, Data] = {
        "add_contact_point": {"kind": "mail", "value": "new@aoba.example", "purposes": ["procedure"]},
        "end_contact_point": {},
        "add_alias": {"alias": "別館"},
        "add_document": {"kind": "contract", "title": "新しい書類", "token": str(uuid.uuid4())},
        "add_version": {"token": str(uuid.uuid4())},
        "make_label": {"document": ours.paper.pk, "name": "箱 3", "place": "", "token": str(uuid.uuid4())},
        "print_labels": {"labels": ours.label.pk},
        "ask_explanation": {"phone": "03-1234-5678", "hours": "any"},
        "answer_explanation": {"clear": "yes"},
        "start_bulk": {
            "scope": "chosen",
            "n": "R-5",
            "act": "take_into_care",
            "count": 1,
            "token": str(uuid.uuid4()),
        },
        "bulk_labels": {"scope": "chosen", "n": "R-1"},
        "export_list": {"scope": "chosen", "n": "R-1"},
        "change_document": {"title": "別の名前", "original_at": "金庫"},
        "download_document": {"reason": "checking"},
        "look_at_paper": {"reason": "checking"},
        "add_product": {"code": "NEW-1", **texts},
        "product": texts,
        "draft": {"successor": cast.jiro.pk, "effective_on": day},
        "items": marks,
        "decline": {"reason": "担当外"},
        "withdraw": {"reason": "取りやめ"},
        "refuse_confirmation": {"reason": "別の者へ"},
        "ask": {"text": "いつからですか"},
        "answer": {"text": "来週です"},
        "open_package": {"kind": "leaves", "last_day": "2026-12-10", "effective_on": day},
        "assign": {"registration": Registration.objects.get(number="R-8").pk, "successor": cast.jiro.pk},
        "change_package": {"last_day": "2026-12-15", "effective_on": day},
        "withdraw_package": {"reason": "取りやめ"},
        "add_item": {
            "kind": "envelope",
            "registration_pk": ours.main.pk,
            "name": "設定パスワードの封書",
            "place": "金庫",
        },
        "raise_objection": {"text": "聞いていません"},
        "settle_objection": {"text": "部長が決めました"},
        "issue_certificate": {"language": "en"},
        "export_package": {"reason": "checking"},
        "verify": {"code": ours.certificate.check_code},
    }
    accounts: dict[str, Data] = {
        "invitation": {**profile, **password},
        "profile": profile,
        "invite": {"email": "other@new.example", "roles": ["member"], "language": "ja"},
        "invite_into": {"email": "first@new.example", "roles": ["administrator"], "language": "ja"},
        "create": {"kind": "customer", "legal_name": "新宿商会", "kana": "シンジュクショウカイ"},
    }
    return {f"handover:{name}": data for name, data in handover.items()} | {
        f"accounts:{name}": data for name, data in accounts.items()
    }
