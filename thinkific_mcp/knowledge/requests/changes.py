"""How admins ask about what was changed through this server."""

CHANGES = {
    "list_changes": (
        "what was changed recently",
        "list the changes made here",
        "history of what you did",
        "journal or audit log of actions",
        "what have you done today",
        "which changes can be taken back",
        "who changed the promotion and when",
        "show the last edits made by the assistant",
        "did the last change go through",
        "log of our actions",
        "what did we change yesterday",
        "show me what you have done so far",
    ),
    "undo_change": (
        "undo the last change",
        "take back what you just did",
        "revert a change",
        "roll back an edit",
        "restore what was deleted before",
        "put it back as it was",
        "that was a mistake, undo it",
        "reverse the last action",
        "bring back the previous state",
        "oops, undo",
        "undo change 1234",
        "that was wrong, take it back",
        "restore the promotion I just deleted",
    ),
}
