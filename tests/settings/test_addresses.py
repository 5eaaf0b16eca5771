import pytest

from thinkific_mcp.settings import load_settings

from .conftest import refusal


@pytest.mark.parametrize(
    "given",
    [
        "my-school",
        " My-School ",
        "my-school.thinkific.com",
        "my-school.thinkific.com/manage/courses",
        "https://my-school.thinkific.com",
        "https://my-school.thinkific.com/manage/settings?tab=api#key",
        "http://user:word@my-school.thinkific.com:443/",
    ],
)
def test_a_pasted_address_is_reduced_to_its_subdomain(given: str) -> None:
    assert load_settings({"subdomain": given}).subdomain == "my-school"


@pytest.mark.parametrize(
    "given",
    ["school.example.com", "-school", "a" * 64, "my school", "a\r\nb", "https://", "https://[a", "https://a℀b"],
)
def test_what_is_no_subdomain_is_refused(environment: pytest.MonkeyPatch, given: str) -> None:
    environment.setenv("THINKIFIC_SUBDOMAIN", given)
    assert refusal() == "THINKIFIC_SUBDOMAIN: should be the my-school of my-school.thinkific.com"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://example.com", "https://example.com/api/public/v1"),
        ("https://example.com/", "https://example.com/api/public/v1"),
        ("https://example.com/thinkific/v1/", "https://example.com/thinkific/v1"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/public/v1"),
        ("http://localhost:8080", "http://localhost:8080/api/public/v1"),
        ("http://[::1]:8080", "http://[::1]:8080/api/public/v1"),
    ],
)
def test_the_path_of_the_api_is_added_to_an_address_without_one(given: str, used: str) -> None:
    assert load_settings({"base_url": given}).base_url == used


@pytest.mark.parametrize(
    "given",
    [
        "http://example.com",
        "http://192.168.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "ftp://127.0.0.1",
        "example.com",
        "https://",
        "https://user:word@example.com",
        "https://:word@example.com",
        "https://@example.com",
        "https://example.com?",
        "https://example.com/v1#",
        "https://example.com/?a=b",
        "https://example.com/#a",
        "https://[::1",
        "https://example.com:port",
        "https://user:wo/rd@example.com",
        "https://exam\r\nple.com",
        "https://exam ple.com",
    ],
)
def test_an_address_that_would_carry_secrets_in_the_open_is_refused(
    environment: pytest.MonkeyPatch, given: str
) -> None:
    environment.setenv("THINKIFIC_BASE_URL", given)
    message = refusal()
    assert message.startswith("THINKIFIC_BASE_URL: ") and "word" not in message


@pytest.mark.parametrize("given", ["http://example.com", "https://user:word@example.com", "ftp://127.0.0.1"])
def test_an_oauth_address_that_would_carry_secrets_in_the_open_is_refused(
    environment: pytest.MonkeyPatch, given: str
) -> None:
    environment.setenv("THINKIFIC_OAUTH_URL", given)
    message = refusal()
    assert message.startswith("THINKIFIC_OAUTH_URL: ") and "word" not in message


def test_oauth_endpoints_on_this_machine_go_with_an_api_on_it(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_OAUTH_URL", "http://127.0.0.1:8080/")
    assert refusal() == "THINKIFIC_OAUTH_URL is on this machine: THINKIFIC_BASE_URL has to be too"
    environment.setenv("THINKIFIC_BASE_URL", "http://127.0.0.1:8080")
    assert load_settings({}).oauth_url == "http://127.0.0.1:8080"
