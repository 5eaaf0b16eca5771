"""What cannot be done about enrollments."""

from thinkific_mcp.knowledge.impossible.entry import Impossible

ENROLLMENTS = (
    Impossible(
        "unenroll",
        "Unenroll a student",
        "An enrollment cannot be deleted. End it (update_enrollment, or update_bundle_enrollment): set its "
        "expiry_date to today.",
        ("update_enrollment", "update_bundle_enrollment", "list_enrollments"),
    ),
    Impossible(
        "enrollments_by_group",
        "List enrollments by group",
        "Enrollments cannot be filtered by group: keep those of the members, whom list_users tells with group_id.",
        ("list_enrollments", "list_users", "list_groups"),
    ),
    Impossible(
        "coming_expiry",
        "List enrollments that expire soon",
        "Coming expiry cannot be filtered: read all pages of list_enrollments and compare expiry_date.",
        ("list_enrollments", "list_bundle_enrollments"),
    ),
)
