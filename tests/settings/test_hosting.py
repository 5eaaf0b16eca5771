import pytest

from thinkific_mcp.settings import load_settings

from .conftest import SECRET, refusal

KEYS = [f"{letter}-{SECRET}-{SECRET}" for letter in "abc"]
JWT = {
    "THINKIFIC_JWT_ISSUER": "https://idp.example.com/",
    "THINKIFIC_JWT_AUDIENCE": "thinkific",
    "THINKIFIC_JWKS_URL": "https://idp.example.com/keys",
}


def test_an_identity_provider_is_set_with_its_issuer_audience_and_keys(environment: pytest.MonkeyPatch) -> None:
    for name, value in JWT.items():
        environment.setenv(name, value)
    settings = load_settings({})
    assert [settings.jwt_issuer, settings.jwt_audience, settings.jwks_url] == list(JWT.values())


@pytest.mark.parametrize("missing", JWT)
def test_a_part_of_an_identity_provider_is_refused(environment: pytest.MonkeyPatch, missing: str) -> None:
    for name, value in JWT.items():
        environment.setenv(name, "" if name == missing else value)
    assert refusal() == f"JWTs cannot be checked without {missing}"


def test_scopes_of_an_identity_provider_stand_for_ours(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_JWT_SCOPES", "staff=read, school:edit = write")
    assert load_settings({}).jwt_scopes == {"staff": "read", "school:edit": "write"}


@pytest.mark.parametrize("wrong", ["staff", "staff=", "=read", "staff=all"])
def test_scopes_that_we_do_not_have_are_refused(environment: pytest.MonkeyPatch, wrong: str) -> None:
    environment.setenv("THINKIFIC_JWT_SCOPES", wrong)
    assert refusal().startswith("THINKIFIC_JWT_SCOPES: should be like staff=read")


@pytest.mark.parametrize("given", ["any", "my-school", "My-School.thinkific.com,other"])
def test_schools_are_named_by_subdomain_or_all_at_once(given: str) -> None:
    expected = [name.lower().removesuffix(".thinkific.com") for name in given.split(",")]
    assert load_settings({"sites": given}).sites == expected


@pytest.mark.parametrize("wrong", ["any,my-school", "a.b", "evil.com/", "*", "my school"])
def test_what_is_no_subdomain_is_refused(wrong: str) -> None:
    assert refusal(sites=wrong) == "--sites: should be subdomains, such as my-school,other-school; or any"


def test_keys_for_sealing_are_told_in_their_order(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("THINKIFIC_STATE_KEYS", ", ".join(KEYS))
    assert load_settings({}).sealing_keys() == KEYS


@pytest.mark.parametrize("wrong", ["short", f"{KEYS[0]},short", f"{KEYS[0]},{KEYS[0]}"])
def test_keys_that_are_weak_or_the_same_are_refused_without_showing_them(
    environment: pytest.MonkeyPatch, wrong: str
) -> None:
    environment.setenv("THINKIFIC_STATE_KEYS", wrong)
    said = refusal()
    assert said.startswith("THINKIFIC_STATE_KEYS should be different secrets of 32 characters or more")
    assert SECRET not in said


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("jwks_url", "http://idp.example.com/keys"),
        ("jwt_issuer", "http://idp.example.com"),
        ("public_url", "mcp.example.com/mcp"),
        ("allowed_hosts", "https://mcp.example.com"),
        ("allowed_origins", "app.example.com"),
        ("allowed_origins", "https://app.example.com/page"),
        ("allowed_origins", "*"),
        ("trusted_proxies", "*"),
        ("trusted_proxies", "proxy.example.com"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(
    environment: pytest.MonkeyPatch, name: str, wrong: str
) -> None:
    environment.setenv(f"THINKIFIC_{name.upper()}", wrong)
    assert refusal().startswith(f"THINKIFIC_{name.upper()}: should be ")
