"""How admins ask about anything: by the first word of a tool's title, `{}` for the rest of it."""

EVERYWHERE = {
    "Get": (
        "get a {}",
        "show {} 1234",
        "details of a {}",
        "tell me about a {}",
        "info on a single {}",
        "what is {} 1234",
        "open {} 1234",
    ),
    "List": (
        "list all {}",
        "which {} do we have",
        "how many {} are there",
        "show me our {}",
        "overview of the {}",
        "export every {}",
    ),
    "Create": (
        "create a {}",
        "add a new {}",
        "make another {}",
        "set up a {}",
        "we need a {}",
    ),
    "Update": (
        "change a {}",
        "edit {} 1234",
        "update a {}",
        "correct the {}",
    ),
    "Delete": (
        "delete a {}",
        "remove {} 1234",
        "get rid of an old {}",
        "we no longer need the {}",
    ),
}
