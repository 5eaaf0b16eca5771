"""What a sandbox carries out, counted where a second time would leave no trace in its state."""

from thinkific_mcp.sandbox import Sandbox

_KEPT = {
    ("INSERT", "promotions"): "new.name",
    ("UPDATE", "coupons"): "new.id",
    ("DELETE", "groups"): "old.id",
}


class Ledger:
    """The promotions created, coupons updated and groups deleted, each time it happens.

    Args:
        sandbox: where it happens.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._school = sandbox.school
        self._school.db.execute("CREATE TEMP TABLE ledger (what)")
        for (act, table), what in _KEPT.items():
            self._school.db.execute(
                f"CREATE TEMP TRIGGER note_{table} AFTER {act} ON {table} "
                f"BEGIN INSERT INTO ledger VALUES ('{table} ' || {what}); END"
            )

    @property
    def entries(self) -> list[str]:
        """What was carried out, oldest first: the table, and a promotion's name or the row's id."""
        return self._school.values("SELECT what FROM ledger ORDER BY rowid")

    def clear(self) -> None:
        """Forget everything."""
        self._school.db.execute("DELETE FROM ledger")
