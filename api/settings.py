"""What an operator may set, read from `ELIGIBILITY_*` in the environment; secrets come from there or from files."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from api.words import Identity
from eligibility.errors import EligibilityError, Fault, did_you_mean
from eligibility.patient.record import MAX_DOCUMENT_BYTES

PREFIX = "ELIGIBILITY_"
Words = Annotated[tuple[str, ...], NoDecode]
Identities = Annotated[tuple[Identity, ...], NoDecode]
Seconds = Annotated[float, Field(gt=0, le=3600)]
Count = Annotated[int, Field(ge=1)]
# Only signatures: with a shared secret, or none, whoever can check a token can make one.
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"]
_EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - named to be refused
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


class SettingsError(EligibilityError):
    """A setting that cannot be used; names the setting, never what it was set to."""

    code = "settings_invalid"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


class Settings(BaseSettings):
    """Every setting of the service with its default, which is a service for this machine alone."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    host: str = "127.0.0.1"
    """Address to listen on. Any but a loopback address needs `IDENTITY`."""
    port: int = Field(8000, ge=0, le=65535)
    """Port to listen on."""
    workers: int = Field(1, ge=1, le=64)
    """Processes that answer requests. Rate and concurrency limits hold in each of them."""
    trusted_hosts: Words = ()
    """Names by which the service is called (the `Host` header), with commas. This machine's own always hold."""
    time_zone: str = "UTC"
    """By which clock it is today for a request that names no day, and by which pages tell times beside UTC; written
    like `Asia/Shanghai` (IANA)."""
    shutdown_seconds: Seconds = 20
    """How long running requests may take to finish once the service is told to stop."""

    database_url: SecretStr | None = None
    """Database of the API keys: `sqlite:////var/lib/eligibility/keys.db`, `postgresql://user@host/name`."""
    database_url_file: Path | None = None
    """File that holds `DATABASE_URL`, for a password that must not stand in the environment."""

    data_folder: Path = Path("eligibility-data")
    """Folder of the batches, and of the screening log with key and checkpoints unless `LOG_...` name others."""
    log_database: SecretStr | None = None
    """Database of the screening log, written like `DATABASE_URL`. Unset: `screening-log.db` in `DATA_FOLDER`."""
    log_database_file: Path | None = None
    """File that holds `LOG_DATABASE`, for a password that must not stand in the environment."""
    log_key_file: Path | None = None
    """Key that signs the log. Unset: `log.key` in `DATA_FOLDER`, made at the first start."""
    log_checkpoints: Path | None = None
    """File of checkpoints, best elsewhere. Unset: `checkpoints.txt` in `DATA_FOLDER`; with `LOG_DATABASE` none."""
    log_keep_profiles: bool = False
    """Whether the profiles of decisions are kept, with the screening ids in them; else only their hashes."""
    log_keep_explanations: bool = False
    """Whether full explanations are kept, with values and screening ids, for all of the site; else only hashes."""
    log_keep_screening_ids: bool = False
    """Whether entries keep screening ids as they are; else a keyed hash, by which who knows one finds its entries."""
    log_retention_days: int | None = Field(None, ge=1, le=36_500)
    """Days after which kept profiles and explanations are deleted; entries stay. Unset: never."""
    log_queue_size: Count = 2000
    """Entries that may wait to be written, per worker; more are refused as busy."""
    log_batch_size: int = Field(256, ge=1, le=10_000)
    """Entries that one commit writes at most."""
    log_wait_seconds: Seconds = 2
    """How long a lock that another program holds on the log is waited for."""
    log_checkpoint_entries: Count = 1000
    """Entries after which the log's end is written to the checkpoints."""
    log_checkpoint_seconds: Seconds = 30
    """Time after which a new end is written there in any case."""

    batch_processes: int = Field(2, ge=1, le=64)
    """Batches that are screened at the same time, by all workers together; others wait in order."""
    batch_max_bytes: Count = 1 << 30
    """Largest table that is taken, with its mapping."""
    batch_max_waiting: Count = 100
    """Batches that may wait or run at the same time, half of them of one site; more are answered 503."""
    batch_uploads: Count = 4
    """Tables that one worker takes in at the same time, half of them from one site; more are answered 503."""
    batch_bytes_per_second: Count = 1024
    """Pace below which an upload is given up; it may be as long as it likes."""
    batch_site_bytes: Count = 50 << 30
    """Most bytes of tables and results that are kept for one site; more tables are answered 507. Tables that come in
    at the same time do not count against each other."""
    disk_reserve_bytes: int = Field(512 << 20, ge=0)
    """Bytes that must stay free on the disk of `DATA_FOLDER`; tables that would take them are answered 507."""
    batch_retention_days: int | None = Field(30, ge=1, le=36_500)
    """Days after its end on which a batch is deleted, table, results and all: they are patients' data. At least 1."""

    identity: Identities = ()
    """Who is let in: `keys` (API keys), `oidc` (bearer tokens), or `keys,oidc`. Unset: this machine alone."""
    session_key_file: Path | None = None
    """Key that signs the sessions of the pages. Unset: `session.key` in `DATA_FOLDER`, made at the first start."""
    session_seconds: float = Field(12 * 3600, gt=0, le=7 * 24 * 3600)
    """How long a person who signed in on a page stays so at most."""
    session_idle_seconds: float = Field(30 * 60, gt=0, le=24 * 3600)
    """Time without a page after which she signs in again."""
    identity_seconds: Seconds = 5
    """Time in which it must be settled who asks; then the answer is 503, and nobody is let in."""
    key_cache_seconds: float = Field(5, ge=0, le=60)
    """How long a key is believed before it is read again; a revoked key works no longer than this."""
    oidc_issuer: str | None = None
    """The `iss` a token must have."""
    oidc_audience: str | None = None
    """The `aud` a token must have."""
    oidc_jwks: str | None = None
    """The issuer's public keys (JWKS): a file, or an `https://` address; only then is anything fetched."""
    oidc_jwks_seconds: Seconds = 600
    """How long fetched public keys are used before they are fetched again."""
    oidc_algorithms: Annotated[tuple[Algorithm, ...], NoDecode] = ("RS256", "ES256")
    """Signatures accepted, with commas."""
    oidc_leeway_seconds: float = Field(30, ge=0, le=300)
    """How far the clocks of issuer and service may differ."""
    oidc_roles_claim: str = "eligibility_roles"
    """Claim that lists the roles of a person."""
    oidc_sites_claim: str = "eligibility_sites"
    """Claim that lists the sites of a person; `*` is every site."""

    max_body_bytes: Count = MAX_DOCUMENT_BYTES
    """Longest body of a request."""
    max_header_bytes: Count = 16_384
    """Longest request line and headers together."""
    max_headers: Count = 100
    """Most headers of a request."""
    max_target_bytes: Count = 8_192
    """Longest path and query of a request."""
    max_parameters: Count = 32
    """Most query parameters of a request."""
    receive_seconds: Seconds = 5
    """Time in which a request must have arrived, and a connection must have sent one."""
    min_bytes_per_second: Count = 65_536
    """A longer request gets another second for each so many bytes that have arrived."""
    send_seconds: Seconds = 30
    """Time after which a client that does not read its answer is cut off."""
    send_bytes_per_second: Count = 16_384
    """A longer answer may keep waiting for its reader another second for each so many bytes of it."""
    handle_seconds: Seconds = 30
    """Time in which a request must be answered."""
    max_connections: Count = 1000
    """Most open connections per worker."""
    max_concurrent: Count = 64
    """Most requests worked on at once per worker; more are answered 503. One key or person gets a quarter of them."""
    requests_per_second: float = Field(100, gt=0, le=1e6)
    """Requests per second of one key or person, per worker; more are answered 429."""
    request_burst: Count = 200
    """Requests that may come at once before the rate counts."""
    refusals_per_second: float = Field(1, gt=0, le=1e6)
    """Wrong credentials per second from one address, per worker; more are answered 429."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least important log line that is written."""

    @field_validator("trusted_hosts", "identity", "oidc_algorithms", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, name: str) -> str:
        zone_of(name)
        return name

    @model_validator(mode="after")
    def _together(self) -> Self:
        missing = [
            *self._missing_for_identity(),
            *self._missing_for_log(),
            *self._missing_for_host(),
        ]
        if missing:
            raise ValueError("; ".join(missing))
        return self

    def _missing_for_identity(self) -> Iterator[str]:
        if self.database_url and self.database_url_file:
            yield "set DATABASE_URL or DATABASE_URL_FILE, not both"
        if Identity.KEYS in self.identity and not (self.database_url or self.database_url_file):
            yield "IDENTITY=keys needs DATABASE_URL or DATABASE_URL_FILE"
        given = (self.oidc_issuer, self.oidc_audience, self.oidc_jwks)
        if Identity.OIDC in self.identity and not all(given):
            yield "IDENTITY=oidc needs OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS"
        if self.oidc_jwks and "://" in self.oidc_jwks and not is_fetchable(self.oidc_jwks):
            yield "OIDC_JWKS is a file or an https:// address"

    def _missing_for_log(self) -> Iterator[str]:
        if self.log_database and self.log_database_file:
            yield "set LOG_DATABASE or LOG_DATABASE_FILE, not both"
        if (self.log_database or self.log_database_file) and not self.log_key_file:
            yield (
                "LOG_DATABASE needs LOG_KEY_FILE; `eligibility log create-key FILE` writes a new one"
            )

    def _missing_for_host(self) -> Iterator[str]:
        if not self.identity and not is_loopback(self.host):
            yield (
                "a HOST beyond this machine needs IDENTITY=keys or IDENTITY=oidc: without it"
                " anybody who reaches the address could read and screen"
            )
        if self.host in _EVERY_ADDRESS and not self.trusted_hosts:
            yield "a HOST of every address needs TRUSTED_HOSTS, the names it is called by"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given in code only: `load_settings` alone reads an environment."""
        return (init_settings,)

    def hosts(self) -> frozenset[str]:
        """Names that a `Host` header may hold, in lower case."""
        named = self.trusted_hosts or (self.host,)
        return frozenset(map(str.lower, (*_LOOPBACK_NAMES, *named)))

    def database(self) -> str | None:
        """The address of the keys' database, read from its file if it stands in one."""
        return _secret(self.database_url, self.database_url_file, "database_url_file")

    def named_log(self) -> str | None:
        """The address of the screening log's database; None for the embedded one."""
        return _secret(self.log_database, self.log_database_file, "log_database_file")


def load_settings(environment: Mapping[str, str]) -> Settings:
    """The settings an environment holds; raises SettingsError for a wrong or unknown one."""
    faults = _unknown(environment)
    source = _Environment(Settings, environment)
    try:
        settings = Settings(**source())
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        for each in found:
            name = str(each["loc"][0]) if each["loc"] else ""
            messages = each["msg"].removeprefix("Value error, ").split("; ")
            faults += [_fault(name, message) for message in messages]
    else:
        if not faults:
            return settings
    raise SettingsError(faults)


@lru_cache
def zone_of(name: str) -> tzinfo:
    """The clock of this name; raises ValueError where there is none."""
    if name == "UTC":
        return UTC  # also on a machine without the table of time zones
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        message = "no time zone of this machine has this name; write it like Asia/Shanghai"
        raise ValueError(message) from None


def _secret(given: SecretStr | None, file: Path | None, name: str) -> str | None:
    """What is given, or what the file of this setting holds."""
    if given is not None:
        return given.get_secret_value()
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingsError([_fault(name, "the file cannot be read")]) from None


class _Environment(EnvSettingsSource):
    """Reads a given mapping in the place of the process's environment."""

    def __init__(self, settings: type[BaseSettings], environment: Mapping[str, str]) -> None:
        self._given = {key.lower(): value for key, value in environment.items()}
        super().__init__(settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._given


def _unknown(environment: Mapping[str, str]) -> list[Fault]:
    names = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return [
        Fault(name, "unknown_setting", "there is no such setting", did_you_mean(name, names))
        for name in sorted(environment)
        if name.upper().startswith(PREFIX) and name.upper() not in names
    ]


def _fault(name: str, message: str) -> Fault:
    return Fault(f"{PREFIX}{name.upper()}" if name else "settings", "setting_invalid", message)


@lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_fetchable(address: str) -> bool:
    """Whether keys may be fetched from an address: only where nobody on the way can change them."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
