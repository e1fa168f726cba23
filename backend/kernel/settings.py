"""Settings from the environment, typed and complete before anything opens.

Every key starts with ``YIMEN_`` but ``HOST`` and ``PORT``. An unknown ``YIMEN_`` key, a value of
the wrong type or a missing key stops the start with a sentence, since a typing error in a
deployment file must not become a silent default.
"""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

PREFIX = "YIMEN_"
OUTSIDE_SYSTEMS = (
    "population",
    "social_security",
    "education",
    "housing_fund",
    "real_estate",
    "operators",
    "bank",
    "immigration",
    "market",
    "sms",
    "wechat",
    "webpush",
    "antivirus",
)
BY_HTTP = tuple(system for system in OUTSIDE_SYSTEMS if system != "antivirus")


_CREDENTIALS = (
    *(f"{system}_token" for system in BY_HTTP if system not in ("wechat", "webpush")),
    "wechat_oa_secret", "wechat_oa_token", "wechat_oa_aes_key", "wechat_mp_secret",
)  # fmt: skip


class SettingsError(Exception):
    """The environment cannot be used; the message says which key and what to do."""


class Settings(BaseModel):
    """All that differs between two deployments of the same code.

    Durations are seconds, sizes bytes. ``*_url`` of an outside system is the address of the real
    system, or ``sandbox`` for the simulator that ships with Yimen; ``antivirus_url`` is the
    socket of clamd, empty for a city without a scanner.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    base_url: str = ""
    issuer: str = ""
    city_name: str = "佛山"
    city_code: str = "440600"
    demo: bool = False
    sandboxes: bool = False
    state_dir: Path = Path(".yimen")
    keys_file: Path | None = None
    database_url: str = ""
    database_pool: int = 8
    redis_url: str = "memory://"
    blobs_url: str = ""
    worker: Literal["inside", "outside"] = "inside"
    pwa_dir: Path = Path("pwa/dist")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    metrics_token: str = ""
    trust_proxy: bool = False
    budget_factor: int = Field(1, ge=1)

    session_idle: int = 900
    session_absolute: int = 12 * 3600
    staff_session_idle: int = 900
    signing_keys: str = "sealed"
    audit_checkpoint: int = Field(300, ge=1)
    signing_rotation: int = Field(30 * 86400, ge=2 * 3600)
    staff_second_factor: bool | None = None
    passkey_domain: str = ""
    high_profile_only: bool = False
    recovery_delay: int = Field(3 * 86400, ge=0)

    population_url: str = "sandbox"
    population_token: str = "sandbox"
    social_security_url: str = "sandbox"
    social_security_token: str = "sandbox"
    education_url: str = "sandbox"
    education_token: str = "sandbox"
    housing_fund_url: str = "sandbox"
    housing_fund_token: str = "sandbox"
    real_estate_url: str = "sandbox"
    real_estate_token: str = "sandbox"
    operators_url: str = "sandbox"
    operators_token: str = "sandbox"
    bank_url: str = "sandbox"
    bank_token: str = "sandbox"
    immigration_url: str = "sandbox"
    immigration_token: str = "sandbox"
    market_url: str = "sandbox"
    market_token: str = "sandbox"
    sms_url: str = "sandbox"
    sms_token: str = "sandbox"
    wechat_url: str = "sandbox"
    wechat_authorize_url: str = ""
    wechat_oa_appid: str = "wx0000000000demo01"
    wechat_oa_secret: str = "sandbox"
    wechat_oa_token: str = "sandboxtoken"
    wechat_oa_aes_key: str = "sandboxsandboxsandboxsandboxsandboxsandbox0"
    wechat_oa_template: str = "demo-case-progress"
    wechat_mp_appid: str = "wx0000000000demo02"
    wechat_mp_secret: str = "sandbox"
    webpush_url: str = "sandbox"
    webpush_contact: str = "mailto:service@yimen.example"
    webpush_hosts: str = ""
    antivirus_url: str = "sandbox"
    outside_timeout: float = 5.0
    parts_timeout: float = Field(10.0, gt=0)
    outbox_lease: int = 30

    @model_validator(mode="after")
    def _complete(self) -> Self:
        fill = object.__setattr__
        if not self.base_url:
            fill(self, "base_url", f"http://localhost:{self.port}")
        if not self.issuer:
            fill(self, "issuer", f"{self.base_url}/auth")
        if not self.database_url:
            fill(self, "database_url", f"sqlite://{self.state_dir / 'yimen.db'}")
        if not self.blobs_url:
            fill(self, "blobs_url", f"file://{(self.state_dir / 'blobs').absolute()}")
        if self.keys_file is None:
            fill(self, "keys_file", self.state_dir / "keys.json")
        if self.staff_second_factor is None:
            # the demo's clerks have one password for all, printed on its first page
            fill(self, "staff_second_factor", not self.demo)
        given = self.model_fields_set
        if not self.sandboxes and "antivirus_url" not in given:
            fill(self, "antivirus_url", "")  # a city may do without; it says so when it opens
        _check_socket(self.antivirus_url)
        if not self.sandboxes:
            wanting = [s for s in OUTSIDE_SYSTEMS if self.address(s) == "sandbox"]
            if wanting:
                raise ValueError(
                    f"{PREFIX}{wanting[0].upper()}_URL must name the real system: "
                    f"sandboxes are off. Set it, or set {PREFIX}SANDBOXES=1 for a trial."
                )
            if unset := [name for name in _CREDENTIALS if name not in given]:
                raise ValueError(
                    f"{PREFIX}{unset[0].upper()} must be the credential that the real system gave "
                    "to this city."
                )
            if plain := next(self._plain_wires(), None):
                raise ValueError(
                    f"{PREFIX}{plain}, so that nothing crosses a network in the clear. Set it, "
                    f"or set {PREFIX}SANDBOXES=1 for a trial."
                )
        return self

    def _plain_wires(self) -> Iterator[str]:
        """Whatever would be sent unencrypted beyond this machine, and what to write instead."""
        if not self.secure:
            yield "BASE_URL must begin with https://"
        for system in OUTSIDE_SYSTEMS:
            if self.address(system).startswith("http://") and _beyond(self.address(system)):
                yield f"{system.upper()}_URL must begin with https://"
        if self.antivirus_url.startswith("tcp://") and _beyond(self.antivirus_url):
            yield "ANTIVIRUS_URL must begin with tls://"
        database = urlsplit(self.database_url)
        sealed = "ssl" in parse_qs(database.query)
        if database.scheme.startswith("postgres") and _beyond(self.database_url) and not sealed:
            yield "DATABASE_URL must end with ?ssl=1"
        if self.redis_url.startswith("redis://") and _beyond(self.redis_url):
            yield "REDIS_URL must begin with rediss://"

    def address(self, system: str) -> str:
        """The address of an outside system, or ``sandbox``."""
        return str(getattr(self, f"{system}_url"))

    @property
    def secure(self) -> bool:
        """Whether citizens reach the city by https (decides the cookie's Secure flag and HSTS)."""
        return self.base_url.startswith("https://")


def _check_socket(address: str) -> None:
    """Refuse what is no address of a virus scanner."""
    parts = urlsplit(address)
    usable = parts.path if parts.scheme == "unix" else parts.scheme in ("tcp", "tls") and parts.port
    if address not in ("", "sandbox") and not usable:
        raise ValueError(
            f"{PREFIX}ANTIVIRUS_URL must be unix:///path, tcp://localhost:port or "
            "tls://host:port, or empty for no scanner."
        )


def _beyond(url: str) -> bool:
    """Whether an address lies on another machine."""
    return urlsplit(url).hostname not in ("localhost", "127.0.0.1", "::1")


def load(environ: Mapping[str, str]) -> Settings:
    """Read settings from an environment.

    Raises:
        SettingsError: an unknown key, a wrong value or a missing one, in one sentence each.
    """
    values: dict[str, str] = {}
    for key, value in environ.items():
        if key in ("HOST", "PORT"):
            values[key.lower()] = value
        elif key.startswith(PREFIX):
            name = key.removeprefix(PREFIX).lower()
            if name not in Settings.model_fields or name in ("host", "port"):
                near = difflib.get_close_matches(name, Settings.model_fields, n=1)
                hint = f" Did you mean {PREFIX}{near[0].upper()}?" if near else ""
                raise SettingsError(f"{key} is not a setting of Yimen.{hint}")
            values[name] = value
    if values.get("demo", "") in ("1", "true"):
        values.setdefault("sandboxes", "1")
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:
            raise SettingsError(str(first["msg"]).removeprefix("Value error, ")) from None
        name = str(first["loc"][0])
        key = name.upper() if name in ("host", "port") else PREFIX + name.upper()
        raise SettingsError(f"{key} has a value that cannot be used: {first['msg']}.") from None


_current: Settings | None = None


def current() -> Settings:
    """The settings in force. Set by ``parts.opened`` alone."""
    if _current is None:
        raise RuntimeError("settings are read before parts.opened()")
    return _current


def use(settings: Settings | None) -> None:
    """Put settings in force (``None`` takes them back). For ``parts`` only."""
    global _current
    _current = settings
