"""What previews say of each kind of write."""

from hashlib import sha256
from typing import Any

import pytest

from .previews import ADA, enrollment, lines, page


async def test_an_update_tells_before_and_after_and_what_stays() -> None:
    arguments = {"user_id": 12, "email": "a@b.example", "last_name": "Lovelace", "bio": None, "company": "Byron"}
    known = ADA | {"last_name": "Lovelace", "bio": "Counts.", "company": None}
    assert (await lines("update_user", arguments, {"get_user": known}))[1:5] == [
        '- email: "ada@example.com" → "a@b.example"',
        '- company: nothing → "Byron"',
        '- bio: "Counts." → nothing',
        "- Stays as it is: last_name.",
    ]


async def test_an_update_of_what_cannot_be_read_tells_that() -> None:
    told = await lines("update_user", {"user_id": 12, "email": "a@b.example"}, {})
    assert told[1] == '- email: → "a@b.example" (what it was is not known)'


async def test_an_update_of_a_field_that_thinkific_left_out_tells_that() -> None:
    told = await lines("update_user", {"user_id": 12, "company": "Byron"}, {"get_user": ADA})
    assert told[1] == '- company: → "Byron" (what it was is not known)'


async def test_texts_that_differ_only_further_on_are_told_to_differ() -> None:
    known = ADA | {"bio": "x" * 300 + "a"}
    told = await lines("update_user", {"user_id": 12, "bio": "x" * 300 + "b"}, {"get_user": known})
    assert told[1].endswith("(they differ in what is not shown)")


async def test_a_password_is_told_to_be_new() -> None:
    told = await lines("update_user", {"user_id": 12, "password": "hunter2"}, {"get_user": ADA})
    assert told[1:3] == ["- password: a new one (not shown)", "- Their present password no longer works."]


async def test_custom_fields_are_told_by_their_labels() -> None:
    field = {"id": 7, "label": "Region", "value": "Oslo", "custom_profile_field_definition_id": 2}
    given = [
        {"custom_profile_field_definition_id": 2, "value": "Bergen"},
        {"custom_profile_field_definition_id": 3, "value": "M"},
    ]
    arguments = {"user_id": 12, "custom_profile_fields": given}
    told = await lines("update_user", arguments, {"get_user": ADA | {"custom_profile_fields": [field]}})
    assert told[1:3] == ['- custom field "Region": "Oslo" → "Bergen"', '- custom field 3: nothing → "M"']


async def test_a_new_role_tells_what_it_allows_and_one_held_already_does_not() -> None:
    answers = {"get_user": ADA | {"roles": ["affiliate"]}}
    told = await lines("update_user", {"user_id": 12, "roles": ["affiliate", "site_admin"]}, answers)
    assert told[1] == '- roles: "affiliate" → "affiliate", "site_admin"'
    assert told[2] == "- The role site_admin: sees and changes everything at the school."
    assert not any(line.startswith(("- The role affiliate", "- They lose")) for line in told)


@pytest.mark.parametrize(
    ("held", "left", "sentence"),
    [
        (["site_admin"], [], "They lose the role site_admin."),
        (["site_admin", "affiliate"], ["affiliate"], "They lose the role site_admin."),
        (["site_admin", "course_admin"], [], "They lose the roles site_admin, course_admin."),
        (['chef"\n- Nothing is lost'], [], 'They lose the role "chef\' - Nothing is lost".'),
    ],
)
async def test_a_role_that_is_taken_away_is_told(held: list[str], left: list[str], sentence: str) -> None:
    told = await lines("update_user", {"user_id": 12, "roles": left}, {"get_user": ADA | {"roles": held}})
    assert f"- {sentence}" in told


@pytest.mark.parametrize("answers", [{}, {"get_user": ADA | {"roles": ["site_admin"]}}])
async def test_where_roles_are_not_known_or_not_given_none_is_told_to_be_lost(answers: dict[str, Any]) -> None:
    given = {} if answers else {"roles": ["affiliate"]}
    told = await lines("update_user", {"user_id": 12, "email": "a@b.example"} | given, answers)
    assert not any("They lose" in line for line in told)


PERSON = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"}


async def test_a_new_user_with_a_role_tells_what_it_allows_and_how_they_learn_of_it() -> None:
    told = await lines("create_user", PERSON | {"roles": ["site_admin"]})
    assert "- The role site_admin: sees and changes everything at the school." in told
    assert "- No welcome email goes out." in told
    assert "- They sign in by an emailed link, as no password is given." in told


async def test_a_welcome_email_is_told() -> None:
    told = await lines("create_user", PERSON | {"send_welcome_email": True, "password": "hunter2"})
    assert "- A welcome email goes out." in told
    assert not any("emailed link" in line for line in told)


async def test_an_enrollment_without_a_start_is_told_to_be_a_free_trial() -> None:
    told = await lines("create_enrollment", {"user_id": 7, "course_id": 1})
    assert told[3] == (
        "- A free trial, preview lessons only, as activated_at is left out: "
        'user "Denise Farrow" (id 7, denise@example.com), course "Sourdough Foundations" (id 1), without end.'
    )


async def test_a_bundle_enrollment_tells_the_access_and_the_courses() -> None:
    arguments = {"bundle_id": 2, "user_id": 7, "activated_at": "2026-01-15"}
    told = await lines("create_bundle_enrollment", arguments)
    assert told[0] == 'Create bundle enrollment: bundle "The Pastry Path" (id 2)'
    assert told[3].startswith("- Full access from 2026-01-15, 00:00 UTC without end: user ")
    assert "courses (" in told[3]


async def test_ending_access_tells_whose_to_what_and_when() -> None:
    told = await lines("update_enrollment", {"enrollment_id": 3, "expiry_date": "2026-01-15"})
    assert told[0] == 'Update enrollment of "Ingrid Sørlie" in "Buttercream Cake Decorating" (id 3)'
    assert told[1] == "- expiry_date: nothing → 2026-01-15, 00:00 UTC"
    assert told[2] == "- Access ends 2026-01-15, 00:00 UTC; at once where that has passed."


async def test_the_same_moment_in_other_words_is_unchanged() -> None:
    answers = {"get_enrollment": enrollment("Drawing", expiry_date="2026-01-15T01:00:00.000+01:00")}
    told = await lines("update_enrollment", {"enrollment_id": 3, "expiry_date": "2026-01-15"}, answers)
    assert told[1] == "- Stays as it is: expiry_date."


async def test_ending_access_to_a_bundle_tells_the_courses() -> None:
    rows = [enrollment(name, user_name="Ada", expiry_date=None) for name in ("Drawing", "Painting")]
    answers = {"list_bundle_enrollments": page(*rows), "get_bundle": {"id": 2, "name": "Arts"}}
    told = await lines(
        "update_bundle_enrollment", {"bundle_id": 2, "user_id": 12, "expiry_date": "2026-01-15"}, answers
    )
    assert told[1:3] == [
        "- expiry_date: nothing → 2026-01-15, 00:00 UTC",
        '- Changes for user "Ada" (id 12) in bundle "Arts" (id 2) the courses: "Drawing", "Painting".',
    ]


ENDS = {"bundle_id": 2, "user_id": 3, "expiry_date": "2026-01-15"}


async def test_a_bundle_without_enrollments_of_the_student_tells_that_nothing_may_change() -> None:
    answers = {"list_bundle_enrollments": page(), "get_bundle": {"id": 2, "name": "Arts"}}
    assert (await lines("update_bundle_enrollment", ENDS, answers))[2] == (
        '- No enrollment of user 3 through bundle "Arts" (id 2) is found: this may change nothing.'
    )


async def test_a_bundle_whose_enrollments_cannot_be_read_tells_that() -> None:
    told = await lines("update_bundle_enrollment", ENDS, {})
    assert told[2] == "- Changes for user 3 in bundle 2 the courses that are not known."


async def test_enrollments_that_differ_are_not_told_to_have_been_one_thing() -> None:
    rows = [enrollment(day, expiry_date=f"2026-02-0{day}T00:00:00Z") for day in ("1", "2")]
    answers = {"list_bundle_enrollments": page(*rows)}
    told = await lines(
        "update_bundle_enrollment", {"bundle_id": 2, "user_id": 12, "expiry_date": "2026-01-15"}, answers
    )
    assert told[1].endswith("(what it was is not known)")


async def test_money_is_told_with_who_pays_for_what() -> None:
    transaction = {"amount": 1999, "currency": "JPY"}
    arguments = {"payment_provider": "Till", "user_id": 8, "product_id": 3, "order_type": "one-time"}
    told = await lines("create_external_order", arguments | {"transaction": transaction})
    assert told[5:8] == [
        "- transaction: 1999 JPY (1999 in the smallest unit)",
        '- Paid by user "Callum Reid" (id 8, callum.reid@example.org) for product "Sourdough Foundations" (id 3).',
        "- Bookkeeping only: it charges nobody, and enrolls nobody.",
    ]


async def test_a_refund_is_told_not_to_end_access() -> None:
    told = await lines("refund_external_order", {"external_order_id": 2, "amount": 1900, "currency": "USD"})
    assert told[:3] == [
        "Refund external order (id 2)",
        "- amount: 19.00 USD (1900 in the smallest unit)",
        "- Bookkeeping only: it charges nobody, moves no money and does not end access.",
    ]


async def test_an_answer_to_publish_tells_the_product_and_who_asked() -> None:
    told = await lines(
        "approve_publish_request", {"publish_request_id": 3, "user_id": 1, "notify_requester": True}
    )
    assert told[3:5] == [
        '- Goes public: product "Wood-Fired Oven Baking" (id 17).',
        '- Asked for by user "Tomás Echeverría" (id 2, tomas@example.com); an email goes to them.',
    ]


async def test_codes_in_bulk_tell_how_many_for_which_discount() -> None:
    told = await lines("create_coupons_in_bulk", {"promotion_id": 4, "bulk_quantity": 300})
    assert told[0] == 'Create coupons in bulk: promotion "Founding bakers" (id 4)'
    assert told[2:4] == [
        "- Makes 300 codes: 50 % off with each, to be used without limit.",
        "- They can be removed only one by one.",
    ]


async def test_giving_access_to_data_tells_whose_to_whom_and_who_lacks_the_role() -> None:
    told = await lines("add_analysts_to_group", {"group_id": 4, "user_ids": [8, 7]})
    assert told[2] == (
        '- Will see the data of the members of group "Founding Bakers" (id 4): '
        'user "Callum Reid" (id 8, callum.reid@example.org), user 7.'
    )
    assert told[3] == "- Without the role group_analyst, which it takes: 7."


async def test_one_person_is_named_without_the_role_too() -> None:
    told = await lines("add_analysts_to_group", {"group_id": 4, "user_ids": [7]})
    assert told[2].endswith('user "Denise Farrow" (id 7, denise@example.com).')
    assert told[3] == "- Without the role group_analyst, which it takes: 7."


async def test_one_person_who_holds_the_role_is_not_told_to_lack_it() -> None:
    told = await lines("add_analysts_to_group", {"group_id": 4, "user_ids": [8, 8]})
    assert told[2].endswith('user "Callum Reid" (id 8, callum.reid@example.org).')
    assert not any("Without the role" in line for line in told)


async def test_of_more_analysts_than_one_page_tells_nobody_is_told_to_lack_the_role() -> None:
    answers = {"list_users": page({"id": 8, "full_name": "Callum Reid"}, total=300)}
    told = await lines("add_analysts_to_group", {"group_id": 4, "user_ids": [8, 7]}, answers)
    assert told[2].endswith('user "Callum Reid" (id 8), user 7.')
    assert not any("Without the role" in line for line in told)


@pytest.mark.parametrize("users", [[7], [7, 8]])
async def test_nobody_who_cannot_be_read_is_told_to_lack_a_role(users: list[int]) -> None:
    told = await lines("add_analysts_to_group", {"group_id": 4, "user_ids": users}, {})
    assert not any("Without the role" in line for line in told)


SCRIPT = {"name": "Snow", "description": "Snows.", "category": "marketing", "page_scopes": ["checkout"]}


async def test_a_script_is_told_by_length_hash_and_first_lines() -> None:
    content = 'a("\u201d");\n\nb();\n- Cannot be undone\nd();\ne();'
    told = await lines("create_site_script", SCRIPT | {"content": content})
    assert told[5:10] == [
        f"- content: 42 characters, sha256 {sha256(content.encode()).hexdigest()[:16]}, begins:",
        "    \"a(''');\"",
        '    "b();"',
        '    "- Cannot be undone"',
        "    and 2 more lines",
    ]


async def test_a_script_by_address_is_told_to_be_changeable_by_others() -> None:
    told = await lines("create_site_script", SCRIPT | {"src": "https://cdn.example.com/snow.js"})
    assert '- src: "https://cdn.example.com/snow.js"' in told
    assert '- Runs for every visitor of: "checkout".' in told
    assert "- Whoever holds its address can change later what it does." in told
