"""What cannot be done about the school as a whole."""

from thinkific_mcp.knowledge.impossible.entry import Impossible

SITE = (
    Impossible(
        "reports",
        "Get reports and statistics",
        "There are no reports or statistics. Add up list_enrollments (progress) or list_orders (sales).",
        ("list_enrollments", "list_orders"),
        (
            "analytics dashboard",
            "visitors and page views of the site",
            "conversion rate of the landing page",
            "video watch statistics",
            "student engagement report",
            "abandoned carts",
            "website traffic",
        ),
    ),
    Impossible(
        "site_settings",
        "Change the site, its pages or settings",
        "Pages, design, domain and settings cannot be changed here. Scripts can be added: create_site_script.",
        ("create_site_script",),
        (
            "edit the landing page",
            "change the theme, logo or colours of the site",
            "set up a custom domain",
            "change the site's settings",
            "edit the menu or the footer",
            "write a blog post",
            "change the text of the checkout page",
            "configure single sign-on",
            "set up payments with Stripe",
            "change the email templates",
        ),
    ),
    Impossible(
        "community",
        "Reach communities, comments and live events",
        "Communities, discussions, comments and live lessons are not reachable here.",
        (),
        (
            "post in the community",
            "list the discussions of a course",
            "answer a comment under a lesson",
            "delete a community post",
            "schedule a live event or webinar",
            "who attended the live lesson",
            "add a member to the community",
            "remove a comment in a discussion",
            "forum posts",
        ),
    ),
    Impossible(
        "webhooks",
        "Manage webhooks, apps and keys",
        "Webhooks, apps and API keys are not managed here.",
        (),
        ("create a webhook", "list webhooks", "connect zapier", "install an app", "make a new api key"),
    ),
)
