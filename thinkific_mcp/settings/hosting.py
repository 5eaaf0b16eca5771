"""Settings of `thinkific-mcp http`; no other command heeds them."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode

from thinkific_mcp.settings.fields import Names, is_safe_address, variable
from thinkific_mcp.subdomain import is_subdomain

ANY = "any"
Scope = Literal["read", "write", "destructive"]
SCOPES: frozenset[Scope] = frozenset(get_args(Scope))
SHORTEST_KEY = 32


def _pairs(value: object) -> object:
    if not isinstance(value, str):
        return value
    pairs = [pair.partition("=") for pair in value.split(",") if pair.strip()]
    return {theirs.strip(): ours.strip() for theirs, _, ours in pairs}


class HostingSettings(BaseSettings):
    """Who may call over HTTP, and what a caller may ask of us."""

    sites: Names = Field(
        [], description="Schools whose callers bring their own API key, to /sites/SUBDOMAIN/mcp; or `any`."
    )
    http_tokens_file: Path | None = Field(
        None, description="The file of callers' bearer tokens: a line for each, with name, SHA-256 and scopes."
    )
    jwt_issuer: str = Field("", description="The identity provider whose JWTs are taken, as their `iss` has it.")
    jwt_audience: str = Field("", description="What their `aud` has to be.")
    jwks_url: str = Field(
        "", description="Where the identity provider's keys are: https, or http on this machine."
    )
    jwt_scope_claim: str = Field("scope", description="The claim that holds a caller's scopes.")
    jwt_scopes: Annotated[dict[str, str], NoDecode, BeforeValidator(_pairs)] = Field(
        {}, description="Which of its values stands for which scope: `staff=read,editors=write`."
    )
    public_url: str = Field(
        "", description="The address of /mcp as callers see it; tells clients where to get a JWT."
    )
    allowed_hosts: Names = Field([], description="Names, beside localhost, by which this server may be called.")
    allowed_origins: Names = Field([], description="Web origins whose pages may call: `https://app.example.com`.")
    trusted_proxies: Names = Field(
        [], description="Addresses of proxies whose X-Forwarded-For is believed: `10.0.0.0/8`."
    )
    state_keys: SecretStr | None = Field(
        None,
        description="Secrets of 32 characters or more, the same in all processes: questions are sealed with the "
        "first, answers opened with any.",
    )
    state_keys_file: Path | None = Field(None, description="A file that holds these secrets.")
    http_requests_per_minute: int = Field(
        600, ge=1, le=1_000_000, description="HTTP requests a minute that one caller may make of one process."
    )
    http_body_limit: int = Field(1_000_000, ge=1000, le=100_000_000, description="Bytes that a request may have.")
    http_timeout: float = Field(
        30,
        gt=0,
        le=600,
        description="Seconds a client may take to send a request, or to take a piece of an answer.",
    )
    http_connections: int = Field(1000, ge=1, le=100_000, description="Connections to one process at once.")
    http_sessions: bool = Field(
        False,
        description="Give clients of 2025 a session, so that they can be asked; they must come back to the same "
        "process.",
    )

    @field_validator("sites")
    @classmethod
    def _subdomains(cls, value: list[str]) -> list[str]:
        sites = [site.lower().removesuffix(".thinkific.com") for site in value]
        if sites != [ANY] and not all(site != ANY and is_subdomain(site) for site in sites):
            raise ValueError("should be subdomains, such as my-school,other-school; or any")
        return sites

    @field_validator("jwks_url", "public_url", "jwt_issuer")
    @classmethod
    def _safe(cls, value: str) -> str:
        address = value.strip()
        if address and not is_safe_address(address):
            raise ValueError("should be an https address, or http on this machine only")
        return address

    @field_validator("jwt_scopes")
    @classmethod
    def _known_scopes(cls, value: dict[str, str]) -> dict[str, str]:
        if not all(theirs and ours in SCOPES for theirs, ours in value.items()):
            raise ValueError(
                f"should be like staff=read,editors=write; our scopes are {', '.join(get_args(Scope))}"
            )
        return value

    @field_validator("allowed_hosts")
    @classmethod
    def _host_names(cls, value: list[str]) -> list[str]:
        if not all(re.fullmatch(r"(\[[0-9a-fA-F:]+\]|[\w.-]+)(:(\d+|\*))?", host) for host in value):
            raise ValueError("should be host names, such as mcp.example.com, with :PORT where that is not usual")
        return value

    @field_validator("allowed_origins")
    @classmethod
    def _web_origins(cls, value: list[str]) -> list[str]:
        if not all(re.fullmatch(r"https?://[^\s/*]+(:\*)?", origin) for origin in value):
            raise ValueError("should be origins without a path, such as https://app.example.com")
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for address in value:
            try:
                ip_network(address)
            except ValueError:
                raise ValueError("should be addresses or networks, such as 10.0.0.5 or 10.0.0.0/8") from None
        return value

    @model_validator(mode="after")
    def _whole_jwt(self) -> Self:
        given = {name: bool(getattr(self, name)) for name in ("jwt_issuer", "jwt_audience", "jwks_url")}
        if any(given.values()) and not all(given.values()):
            missing = " and ".join(variable(name) for name, is_set in given.items() if not is_set)
            raise ValueError(f"JWTs cannot be checked without {missing}")
        return self

    def sealing_keys(self) -> list[str]:
        """Return the keys that questions are sealed with, the present one first; none where none are set."""
        text = self.state_keys.get_secret_value() if self.state_keys else ""
        return [key.strip() for key in text.split(",") if key.strip()]
