"""What a stranger relies on: the README's commands, one version, a valid entry for the registry."""

import json
import os
import re
import tomllib
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from thinkific_mcp.settings import HostingSettings, Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def shell_blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)\n```$", README, flags=re.M | re.S)


def server_json() -> dict[str, Any]:
    return json.loads((ROOT / "server.json").read_text("utf-8"))


def test_the_readme_has_two_shell_blocks_of_one_command_each() -> None:
    first, second = shell_blocks()
    assert first == "pip install . && thinkific-mcp call list_courses --sandbox"
    assert second == "pip install -c constraints.txt -e '.[test]' && python -m pytest"


def test_ci_runs_the_readme_s_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "README.md" in script
    assert "pytest" not in script.replace("PYTEST_ADDOPTS", "")


def test_the_version_is_the_same_everywhere() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    entry = server_json()
    changelog = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.M)
    packages = (package["version"] for package in entry["packages"])
    assert {version("thinkific-mcp"), entry["version"], *packages, changelog[0]} == {stated}


def test_the_registry_finds_its_name_in_the_readme() -> None:
    assert f"<!-- mcp-name: {server_json()['name']} -->" in README


def test_every_variable_of_the_registry_entry_is_a_setting() -> None:
    local, hosted = (package["environmentVariables"] for package in server_json()["packages"])
    of_http = [f"THINKIFIC_{name.upper()}" for name in HostingSettings.model_fields]
    every = [f"THINKIFIC_{name.upper()}" for name in Settings.model_fields]
    assert [variable["name"] for variable in local] == [name for name in every if name not in of_http]
    assert {variable["name"] for variable in hosted} == set(every)
    secret = {variable["name"] for variable in hosted if variable.get("isSecret")}
    assert secret == {
        "THINKIFIC_API_KEY",
        "THINKIFIC_ACCESS_TOKEN",
        "THINKIFIC_CLIENT_SECRET",
        "THINKIFIC_REDIS_URL",
        "THINKIFIC_STATE_KEYS",
    }


def test_the_registry_entry_is_valid() -> None:
    """By the registry's schema of 2025-12-11, which the linter skillsaw carries."""
    try:
        package = resources.files("skillsaw")
    except ModuleNotFoundError:
        if os.environ.get("CI"):
            raise
        pytest.skip("needs skillsaw, which is in thinkific-mcp[dev]")
    schema = package / "schemas" / "mcp_registry" / "v2025_12_11" / "server.schema.json"
    jsonschema.validate(server_json(), json.loads(schema.read_text("utf-8")))
