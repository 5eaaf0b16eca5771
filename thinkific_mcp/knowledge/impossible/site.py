"""What cannot be done about the school as a whole."""

from thinkific_mcp.knowledge.impossible.entry import Impossible

SITE = (
    Impossible(
        "reports",
        "Get reports and statistics",
        "There are no reports or statistics. Add up list_enrollments (progress) or list_orders (sales).",
        ("list_enrollments", "list_orders"),
    ),
    Impossible(
        "site_settings",
        "Change the site, its pages or settings",
        "Pages, design, domain and settings cannot be changed here. Scripts can be added: create_site_script.",
        ("create_site_script",),
    ),
    Impossible(
        "community",
        "Reach communities, comments and live events",
        "Communities, discussions, comments and live lessons are not reachable here.",
        (),
    ),
    Impossible(
        "webhooks",
        "Manage webhooks, apps and keys",
        "Webhooks, apps and API keys are not managed here.",
        (),
    ),
)
