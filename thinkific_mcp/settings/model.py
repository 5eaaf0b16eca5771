"""All settings as one model."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from thinkific_mcp.settings.fields import Names, Option, is_safe_address, variable
from thinkific_mcp.settings.hosting import SHORTEST_KEY, HostingSettings
from thinkific_mcp.subdomain import is_subdomain

_API_PATH = "/api/public/v1"
_SECRETS = ("api_key", "access_token", "client_secret", "redis_url", "state_keys")


class Settings(HostingSettings):
    """All settings, with their defaults. Descriptions are what the documentation shows."""

    model_config = SettingsConfigDict(
        env_prefix="THINKIFIC_", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    subdomain: str = Field("", description="The school's subdomain: `my-school` of my-school.thinkific.com.")
    api_key: SecretStr | None = Field(None, description="The school's API key, from its settings.")
    api_key_file: Path | None = Field(None, description="A file that holds the API key.")
    access_token: SecretStr | None = Field(None, description="An OAuth access token, in place of both.")
    access_token_file: Path | None = Field(None, description="A file that holds the access token.")
    client_secret: SecretStr | None = Field(
        None, description="Your app's secret; signs site scripts and renews access tokens."
    )
    client_secret_file: Path | None = Field(None, description="A file that holds the app's secret.")
    client_id: str = Field("", description="Your app's id; with its secret it renews access tokens.")
    refresh_token_file: Path | None = Field(
        None, description="The file that holds the app's refresh token for this school; kept up to date."
    )
    base_url: str = Field("", description="Another address of the Admin API: https, or http on this machine.")
    oauth_url: str = Field(
        "", description="Another address of the school's OAuth endpoints: https, or http on this machine."
    )
    sandbox: Annotated[bool, Option()] = Field(
        False, description="Use the embedded demo school; no account is needed or used."
    )
    data: Annotated[Path | None, Option("FILE")] = Field(
        None, description="The file in which the demo school is kept between runs."
    )
    students: Annotated[int, Option("N")] = Field(
        240, ge=1, le=50_000, description="How many students a new demo school has."
    )
    surface: Annotated[Literal["full", "search"], Option("full|search")] = Field(
        "full",
        description="How tools are offered: `full` lists them all, `search` lists three that find and run them.",
    )
    text: Literal["table", "json"] = Field(
        "table", description="How lists are written: as a `table` or as `json`."
    )
    result_limit: int = Field(
        40_000,
        ge=0,
        le=100_000_000,
        description="Bytes of text that a result has at most; whole rows are left out beyond it. 0 is no limit.",
    )
    read_only: Annotated[bool, Option()] = Field(False, description="Offer only tools that change nothing.")
    toolsets: Annotated[Names, Option("A,B")] = Field([], description="Offer these toolsets only.")
    tools: Annotated[Names, Option("A,B")] = Field([], description="Offer these tools, beside any toolsets named.")
    exclude_tools: Annotated[Names, Option("A,B")] = Field([], description="Do not offer these tools.")
    confirm: Annotated[Literal["destructive", "writes", "never"], Option("MODE")] = Field(
        "destructive",
        description="Which changes a person is asked about: `destructive` ones, all `writes`, or `never`.",
    )
    confirm_codes: bool = Field(
        True,
        description="Let a client that cannot ask pass on a code from the preview; off refuses such changes.",
    )
    dry_run: Annotated[bool, Option()] = Field(False, description="Show what each change would do; send none.")
    journal: str = Field(
        "",
        description="The file in which changes are written down for 90 days, or off. By default in the user's "
        "state folder.",
    )
    undo: bool = Field(
        True,
        description="Read what an update changes before it is made, so that it can be undone.",
    )
    requests_per_minute: int = Field(
        120, ge=1, le=1_000_000, description="Requests a minute that Thinkific allows the school; more on Plus."
    )
    max_concurrency: int = Field(10, ge=1, le=10_000, description="Requests under way at once.")
    timeout: float = Field(30, gt=0, le=600, description="Seconds to wait for Thinkific's answer.")
    deadline: float = Field(
        45, ge=0, le=86_400, description="Seconds a call may take, waiting included; 0 is as long as it needs."
    )
    redis_url: SecretStr | None = Field(
        None,
        description="A Redis (6.2 or later) that processes share the request budget, questions and codes in: "
        "`redis://host:6379/0`.",
    )
    redis_url_file: Path | None = Field(None, description="A file that holds the address of Redis.")
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], Option("LEVEL")] = Field(
        "WARNING", description="What is logged to standard error: DEBUG, INFO, WARNING, ERROR or CRITICAL."
    )

    @property
    def has_budget(self) -> bool:
        """Whether requests are held to a budget: all but those to an embedded sandbox for which none is set."""
        return not self.sandbox or bool({"requests_per_minute", "max_concurrency"} & self.model_fields_set)

    @field_validator("subdomain")
    @classmethod
    def _reduce_to_subdomain(cls, value: str) -> str:
        given = value.strip().lower()
        if not given:
            return ""
        # Not urlsplit: what it says of an address that it cannot read repeats the address.
        authority = re.split("[/?#]", re.sub("^[a-z]+://", "", given))[0]
        host = authority.rpartition("@")[2].partition(":")[0]
        subdomain = host.removesuffix(".thinkific.com")
        if not is_subdomain(subdomain):
            raise ValueError("should be the my-school of my-school.thinkific.com")
        return subdomain

    @field_validator("client_id")
    @classmethod
    def _one_plain_word(cls, value: str) -> str:
        client_id = value.strip()
        if not re.fullmatch("[!-9;-~]*", client_id):
            raise ValueError("should be one word of plain characters without a colon")
        return client_id

    @field_validator("base_url", "oauth_url")
    @classmethod
    def _safe_address(cls, value: str) -> str:
        address = value.strip().rstrip("/")
        if address and not is_safe_address(address):
            raise ValueError("should be an https address, or http on this machine only")
        return address

    @field_validator("base_url")
    @classmethod
    def _whole_address(cls, value: str) -> str:
        return value + _API_PATH if value and not urlsplit(value).path else value

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _read_secret_files(self) -> Self:
        for name in _SECRETS:
            path = cast(Path | None, getattr(self, f"{name}_file"))
            secret = cast(SecretStr | None, getattr(self, name))
            if path is not None:
                if secret is not None:
                    raise ValueError(f"set either {variable(name)} or {variable(name)}_FILE")
                try:
                    secret = SecretStr(path.read_text("utf-8"))
                except (OSError, UnicodeDecodeError):
                    raise ValueError(f"{variable(name)}_FILE cannot be read") from None
            if secret is not None:
                text = secret.get_secret_value().strip()
                if not text or not text.isascii() or not text.isprintable():
                    raise ValueError(f"{variable(name)} is not one line of plain characters")
                setattr(self, name, SecretStr(text))
        return self

    @model_validator(mode="after")
    def _strong_keys(self) -> Self:
        keys = self.sealing_keys()
        if any(len(key) < SHORTEST_KEY for key in keys) or len(set(keys)) < len(keys):
            raise ValueError(
                f"{variable('state_keys')} should be different secrets of {SHORTEST_KEY} characters or more, such "
                "as `openssl rand -hex 32` makes"
            )
        return self

    @model_validator(mode="after")
    def _readable_redis_address(self) -> Self:
        if self.redis_url and not re.match("(redis|rediss|unix)://.", self.redis_url.get_secret_value()):
            raise ValueError(f"{variable('redis_url')} should be an address such as redis://host:6379/0")
        return self

    @model_validator(mode="after")
    def _one_identity(self) -> Self:
        kinds = (self.access_token, self.api_key, self.refresh_token_file)
        if not self.sandbox and sum(kind is not None for kind in kinds) > 1:
            raise ValueError(
                "two kinds of credentials are set: keep THINKIFIC_ACCESS_TOKEN, or THINKIFIC_SUBDOMAIN with "
                "THINKIFIC_API_KEY, or THINKIFIC_SUBDOMAIN with THINKIFIC_REFRESH_TOKEN_FILE"
            )
        return self

    @model_validator(mode="after")
    def _all_on_this_machine(self) -> Self:
        # A client of an https address uses proxies, and through one the app's secret would leave in the open.
        if self.oauth_url.startswith("http:") and not self.base_url.startswith("http:"):
            raise ValueError(f"{variable('oauth_url')} is on this machine: {variable('base_url')} has to be too")
        return self
