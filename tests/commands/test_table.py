from thinkific_mcp.commands.table import record, table

NAME, SHOWN = "a\x1b[2J\u202e\u061cb", "a [2J b"


def test_no_name_of_a_field_commands_the_terminal() -> None:
    assert record({NAME: 1}).split("  ")[0] == SHOWN
    assert table([{NAME: 1}], width=80).splitlines()[0] == SHOWN
    assert f"(not shown: {SHOWN};" in table([{"id": 1, NAME: 1}], width=3)
