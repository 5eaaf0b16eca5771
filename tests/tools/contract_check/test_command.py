import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from thinkific_mcp.sandbox.contract import published_contract
from tools.contract_check.command import main

from .conftest import GONE, altered

SCRIPT = Path(__file__).parents[3] / "tools" / "check_contract.py"
PUBLISHED = published_contract()


def written(folder: Path, document: Any) -> str:
    file = folder / "newer"
    file.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return str(file)


def checked(folder: Path, document: Any, output: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main([written(folder, document)])
    printed = output.readouterr()
    return status, printed.out, printed.err


def test_the_check_has_nothing_to_say_of_our_own_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, printed, _ = checked(tmp_path, PUBLISHED, capsys)
    assert (status, [line.rpartition(": ")[2] for line in printed.splitlines()]) == (0, ["none"] * 3)


def test_prose_and_examples_are_no_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    newer = altered(
        PUBLISHED, "components", "schemas", "UpdateCoupon", "properties", "quantity_used", "example", to="3"
    )
    newer = altered(
        newer, "components", "schemas", "UpdateCoupon", "properties", "note", "description", to="A note."
    )
    newer = altered(newer, "paths", "/courses", "get", "summary", to="All courses")
    assert checked(tmp_path, newer, capsys)[0] == 0


def test_a_field_whose_name_is_a_word_of_the_format_is_no_prose(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = altered(PUBLISHED, "components", "schemas", "CollectionRequest", "properties", "description", to=GONE)
    _, printed, _ = checked(tmp_path, newer, capsys)
    assert "POST /collections body description: only in our copy" in printed


def test_a_description_in_yaml_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unquoted = yaml.safe_dump(PUBLISHED).replace("'200':", "200:")
    assert checked(tmp_path, unquoted, capsys)[0] == 0


def test_parameters_that_are_shared_or_referred_to_are_no_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = published_contract()
    path = newer["paths"]["/groups/{id}"]
    newer["components"]["parameters"] = {"Id": path["get"].pop("parameters")[0]}
    del path["delete"]["parameters"]
    path["parameters"] = [{"$ref": "#/components/parameters/Id"}]
    assert checked(tmp_path, newer, capsys)[0] == 0


def test_a_newer_description_is_reported_in_three_parts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = altered(
        PUBLISHED, "components", "schemas", "CreateEnrollmentRequest", "required", to=["course_id", "email"]
    )
    status, printed, _ = checked(tmp_path, newer, capsys)
    assert (status, printed.splitlines()) == (
        1,
        [
            "Changed upstream: 1",
            "  POST /enrollments body course_id: optional in our copy, required upstream",
            "Amendments that no longer apply: 1",
            "  /components/schemas/CreateEnrollmentRequest/required is not published as null",
            "Differences with our operation classes: 1",
            "  POST /enrollments body user_id: optional in the contract, required here",
        ],
    )


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("{", "is neither JSON nor YAML"),
        ("hello", "is not an OpenAPI 3 description"),
        ({"swagger": "2.0", "paths": {}}, "at the top, 'openapi' is a required property"),
        ({**PUBLISHED, "paths": {"/courses": {"get": {}}}}, "at paths//courses/get, 'responses' is a required"),
        (
            {**PUBLISHED, "paths": {"/courses": {"parameters": [{"$ref": "#/components/parameters/Gone"}]}}},
            "has a reference that leads nowhere",
        ),
    ],
)
def test_a_file_that_is_no_description_is_refused(
    document: Any, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, printed, error = checked(tmp_path, document, capsys)
    assert (status, printed) == (2, "")
    assert complaint in error


def test_a_file_that_is_missing_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "missing")]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_the_script_runs_from_anywhere(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), written(tmp_path, PUBLISHED)]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0
