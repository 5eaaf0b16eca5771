"""What cannot be done about users and groups."""

from thinkific_mcp.knowledge.impossible.entry import Impossible

PEOPLE = (
    Impossible(
        "search_by_name",
        "Search users by name",
        "Users cannot be searched by name. Find them by exact email, or read all pages of list_users.",
        ("list_users",),
    ),
    Impossible(
        "remove_from_group",
        "Take a user out of a group",
        "Nobody can be taken out of a group here, only in Thinkific itself. They can be added to another group.",
        ("add_user_to_groups", "list_groups", "get_group"),
    ),
    Impossible(
        "rename_group",
        "Rename a group",
        "A group cannot be changed. Create another, and add the members to that one.",
        ("list_groups", "create_group", "list_users", "add_user_to_groups"),
    ),
    Impossible(
        "analyst_names",
        "List analysts by name",
        "Analysts are told as user ids only: list_group_analysts, then get_user for each name.",
        ("list_group_analysts", "get_user"),
    ),
    Impossible(
        "groups_of_user",
        "Tell which groups a user or an analyst has",
        "The groups of a user or analyst are not told: list the groups, then the members or analysts of each.",
        ("list_groups", "list_users"),
    ),
    Impossible(
        "merge_users",
        "Merge two users",
        "Accounts cannot be merged. Enroll the one to keep in the other's courses; progress does not move.",
        ("list_enrollments", "create_enrollment", "delete_user"),
    ),
    Impossible(
        "suspend_user",
        "Suspend or log out a user",
        "A user cannot be blocked. End the access to each course (update_enrollment), or delete the user.",
        ("update_enrollment", "list_enrollments", "delete_user"),
    ),
    Impossible(
        "login_activity",
        "See logins and activity",
        "Logins and time spent are not told. The nearest: progress and dates of enrollments.",
        ("list_enrollments",),
    ),
    Impossible(
        "impersonate",
        "Log in as a student",
        "Nobody can be impersonated here, and passwords cannot be read; update_user sets a new one.",
        ("update_user",),
    ),
    Impossible(
        "edit_custom_fields",
        "Change the profile questions",
        "The questions themselves can only be listed; answers are changed with update_user.",
        ("list_custom_profile_fields", "update_user"),
    ),
    Impossible(
        "resend_welcome",
        "Resend the welcome email or a password link",
        "Only create_user sends a welcome email, once, and no tool sends links. update_user can set a password.",
        ("list_users", "update_user"),
    ),
    Impossible(
        "send_mail",
        "Send mail or messages",
        "Nothing here sends mail, but the welcome email of create_user. List the addresses, write elsewhere.",
        ("list_enrollments", "list_users"),
    ),
)
