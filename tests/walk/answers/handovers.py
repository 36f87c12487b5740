"""Answers about what is done with it: explanations, many at once, first codes, handovers, packages, certificates."""

HANDOVERS: dict[str, tuple[str, str]] = {
    "handover:product_card": ("200~ administrator custodian successor former | 404 rest", "405 rest"),
    "handover:ask_explanation": (
        "200 administrator custodian successor former | 404 rest",
        ">handover:explanation! administrator custodian successor former | 404 rest",
    ),
    "handover:explanation": ("200 custodian | 404 rest", "405 rest"),
    "handover:withdraw_explanation": ("405 rest", ">handover:explanation! custodian | 404 rest"),
    "handover:answer_explanation": ("405 rest", ">handover:explanation! custodian | 404 rest"),
    "handover:bulk": ("200 customers | 403 rest", "405 rest"),
    "handover:start_bulk": (
        "405 rest",
        ">handover:job! administrator | >handover:bulk stranger_administrator | 403 rest",
    ),
    "handover:bulk_labels": ("405 rest", "200 administrator custodian | >handover:bulk customers | 403 rest"),
    "handover:export_list": ("405 rest", "200~ readers | >handover:bulk customers | 403 rest"),
    "handover:jobs": ("200 rest", "405 rest"),
    "handover:job": ("200 administrator | 404 rest", "405 rest"),
    "handover:cancel_bulk": ("405 rest", ">handover:job! administrator | 404 rest"),
    "handover:products": ("200 operator | 403 rest", "405 rest"),
    "handover:add_product": ("200 operator | 403 rest", ">handover:products! operator | 403 rest"),
    "handover:product": ("200 operator | 403 rest", ">handover:products! operator | 403 rest"),
    "handover:imports": ("200 operator | 403 rest", "405 rest"),
    "handover:activations": ("200 deciding | 403 rest", "405 rest"),
    "handover:order_activations": ("405 rest", ">handover:activations! operator | 403 rest"),
    "handover:order_activation": ("200 operator | 403 rest", ">handover:activation! operator | 403 rest"),
    "handover:activation_letters": ("200 operator | 403 rest", "405 rest"),
    "handover:print_activations": ("405 rest", "200! operator | 403 rest"),
    "handover:activation": ("200 deciding | 403 rest", "405 rest"),
    "handover:return_activation": ("405 rest", ">handover:activation! operator | 403 rest"),
    "handover:announce_activation_call": ("405 rest", ">handover:check_activation! operator | 403 rest"),
    "handover:check_activation": ("200~ operator | 403 rest", ">handover:activation! operator | 403 rest"),
    "handover:approve_activation": ("200 approving | 403 rest", ">handover:activation! approving | 403 rest"),
    "handover:refuse_activation": ("405 rest", ">handover:activation! deciding | 403 rest"),
    "handover:activate": ("200 rest", "200 rest"),
    "handover:activate_sent": ("200 rest", "405 rest"),
    "handover:confirm_activation": ("200 rest", "200! rest"),
    "handover:gaps": ("200 operator | 403 rest", "405 rest"),
    "handover:names": ("200 operator | 403 rest", "405 rest"),
    "handover:attestation": (
        "403 staff contractor | 200 rest",
        "403 staff contractor | >handover:attestation! custodian | >handover:attestation rest",
    ),
    "handover:season": ("200 administrator stranger_administrator | 403 rest", "405 rest"),
    "handover:notice_letters": ("200 operator | 403 rest", "405 rest"),
    "handover:print_notices": ("405 rest", "200! operator | 403 rest"),
    "handover:notice_returned": ("405 rest", ">handover:notice_letters! operator | 403 rest"),
    "handover:handovers": ("200 rest", "405 rest"),
    "handover:handover": ("200 administrator custodian successor | 404 rest", "405 rest"),
    "handover:draft": (
        "200 administrator custodian | 404 rest",
        ">handover:offer! administrator custodian | 404 rest",
    ),
    "handover:offer": (
        "200 administrator custodian | 404 rest",
        ">handover:handover! administrator custodian | 404 rest",
    ),
    "handover:withdraw": (
        "200 administrator custodian | 403 successor | 404 rest",
        ">handover:handover! administrator custodian | 403 successor | 404 rest",
    ),
    "handover:pack": ("403 administrator custodian | 200~ successor | 404 rest", "405 rest"),
    "handover:items": (
        "403 administrator custodian | 200 successor | 404 rest",
        "403 administrator custodian | >handover:items! successor | 404 rest",
    ),
    "handover:accept": (
        "403 administrator custodian | 200 successor | 404 rest",
        "403 administrator custodian | >handover:handover! successor | 404 rest",
    ),
    "handover:decline": (
        "403 administrator custodian | 200 successor | 404 rest",
        "403 administrator custodian | >handover:handover! successor | 404 rest",
    ),
    "handover:confirm": (
        "200 administrator | 403 custodian successor | 404 rest",
        ">handover:handover! administrator | 403 custodian successor | 404 rest",
    ),
    "handover:refuse_confirmation": (
        "200 administrator | 403 custodian successor | 404 rest",
        ">handover:handover! administrator | 403 custodian successor | 404 rest",
    ),
    "handover:ask": ("405 rest", "403 administrator custodian | >handover:handover! successor | 404 rest"),
    "handover:answer": ("405 rest", "403 administrator successor | >handover:handover! custodian | 404 rest"),
    "handover:receipt": ("200 readers | 404 rest", "405 rest"),
    "handover:add_item": (
        "200 administrator custodian | 403 successor | 404 rest",
        ">handover:add_item! administrator custodian | 403 successor | 404 rest",
    ),
    "handover:drop_item": ("405 rest", ">handover:add_item! administrator custodian | 404 rest"),
    "handover:countersign": (
        "403 administrator custodian | 200 former | 404 rest",
        "403 administrator custodian | >handover:handover! former | 404 rest",
    ),
    "handover:raise_objection": (
        "403 administrator successor | 200 custodian | 404 rest",
        "403 administrator successor | >handover:handover! custodian | 404 rest",
    ),
    "handover:settle_objection": (
        "200 administrator | 403 custodian successor | 404 rest",
        ">handover:handover! administrator | 403 custodian successor | 404 rest",
    ),
    "handover:reopen_overlap": (
        "405 rest",
        ">handover:handover! administrator custodian | 403 former | 404 rest",
    ),
    "handover:packages": ("200 rest", "405 rest"),
    "handover:open_package": (
        "200 customers | 403 rest",
        # Who holds nothing has nothing to hand over; somebody whose package is open changes that one.
        ">handover:package! custodian stranger bystander | 409 former | 200 customers | 403 rest",
    ),
    "handover:package": ("200 administrator former | 404 rest", "405 rest"),
    "handover:assign": ("405 rest", ">handover:package! administrator former | 404 rest"),
    "handover:offer_package": ("405 rest", ">handover:package! administrator former | 404 rest"),
    "handover:extend_package": ("405 rest", ">handover:package! administrator former | 404 rest"),
    "handover:change_package": (
        "200 administrator former | 404 rest",
        ">handover:package! administrator former | 404 rest",
    ),
    "handover:withdraw_package": (
        "200 administrator former | 404 rest",
        ">handover:package! administrator former | 404 rest",
    ),
    "handover:leave": (
        "403 custodian successor former editor auditor | 404 outsiders | 200 rest",
        ">accounts:people! deciding administrator | >home! bystander | 404 outsiders | 403 rest",
    ),
    "handover:take_into_care": ("405 rest", ">handover:registration! administrator | 404 rest"),
    "handover:recovery_kit": (
        "403 administrator former | 200 custodian | 404 rest",
        "403 administrator former | 200! custodian | 404 rest",
    ),
    "handover:export_package": (
        "200 administrator custodian | 403 former | 404 rest",
        # The person in charge is told of what an administrator takes.
        "200! administrator | 200~ custodian | 403 former | 404 rest",
    ),
    "handover:issue_certificate": (
        "200 administrator custodian | 403 former | 404 rest",
        ">handover:certificate! administrator custodian | 403 former | 404 rest",
    ),
    "handover:certificate": ("200 readers | 404 rest", "405 rest"),
    "handover:certificate_file": ("200~ readers | 404 rest", "405 rest"),
    "handover:withdraw_certificate": (
        "405 rest",
        ">handover:certificate! administrator custodian | 403 former | 404 rest",
    ),
    "handover:verify": ("200 rest", ">handover:verify_code rest"),
    "handover:verify_code": ("200 rest", "405 rest"),
    "handover:finish_task": ("405 rest", ">handover:registration! custodian | 404 rest"),
}
