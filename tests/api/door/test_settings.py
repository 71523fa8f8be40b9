"""Settings come from the environment alone; a wrong one ends the start with its name, never its value."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import PREFIX, Settings, SettingsError, load_settings

SECRET = "Canary-Secret-77"
OIDC = {
    "IDENTITY": "oidc",
    "OIDC_ISSUER": "https://i.example.org",
    "OIDC_AUDIENCE": "e",
    "OIDC_JWKS": "/etc/jwks.json",
}
KEYS = {"IDENTITY": "keys", "DATABASE_URL": f"sqlite:///{SECRET}"}


def load(**given: str) -> Settings:
    return load_settings({PREFIX + name: value for name, value in given.items()})


def test_nothing_set_is_a_service_for_this_machine() -> None:
    settings = load_settings({"PATH": "/bin", "HOME": "/"})

    assert (settings.host, settings.identity) == ("127.0.0.1", ())
    assert settings.hosts() == {"localhost", "127.0.0.1", "[::1]"}


def test_lists_are_written_with_commas() -> None:
    settings = load(TRUSTED_HOSTS="a.example.org, B.example.org", OIDC_ALGORITHMS="ES256")

    assert settings.hosts() >= {"a.example.org", "b.example.org", "localhost"}
    assert settings.oidc_algorithms == ("ES256",)


def test_the_environment_of_the_process_is_not_read_unasked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ELIGIBILITY_PORT", "1")

    assert Settings().port == load_settings({}).port == 8000


WRONG: dict[str, tuple[dict[str, str], str]] = {
    "an unknown one": ({"PROT": SECRET}, "ELIGIBILITY_PROT"),
    "a port": ({"PORT": SECRET}, "ELIGIBILITY_PORT"),
    "no time zone": ({"TIME_ZONE": SECRET}, "ELIGIBILITY_TIME_ZONE"),
    "a path as time zone": ({"TIME_ZONE": "../etc/passwd"}, "ELIGIBILITY_TIME_ZONE"),
    "a negative limit": ({"MAX_BODY_BYTES": "-1"}, "ELIGIBILITY_MAX_BODY_BYTES"),
    "no number": ({"RECEIVE_SECONDS": "nan"}, "ELIGIBILITY_RECEIVE_SECONDS"),
    "an endless time": ({"HANDLE_SECONDS": "inf"}, "ELIGIBILITY_HANDLE_SECONDS"),
    "an unknown identity": ({"IDENTITY": SECRET}, "ELIGIBILITY_IDENTITY"),
    "an unsafe algorithm": ({**OIDC, "OIDC_ALGORITHMS": "none"}, "ELIGIBILITY_OIDC_ALGORITHMS"),
    "a shared secret": ({**OIDC, "OIDC_ALGORITHMS": "HS256"}, "ELIGIBILITY_OIDC_ALGORITHMS"),
    "keys without a database": ({"IDENTITY": "keys"}, "DATABASE_URL"),
    "two databases": ({**KEYS, "DATABASE_URL_FILE": SECRET}, "not both"),
    "a log without a key": ({"LOG_DATABASE": f"sqlite:///{SECRET}"}, "LOG_KEY_FILE"),
    "two logs": (
        {"LOG_DATABASE": "sqlite:///x", "LOG_DATABASE_FILE": SECRET, "LOG_KEY_FILE": SECRET},
        "not both",
    ),
    "a retention of nothing": ({"LOG_RETENTION_DAYS": "0"}, "ELIGIBILITY_LOG_RETENTION_DAYS"),
    "half an issuer": ({"IDENTITY": "oidc", "OIDC_ISSUER": SECRET}, "OIDC_AUDIENCE"),
    "keys over plain HTTP": ({**OIDC, "OIDC_JWKS": f"http://{SECRET}.org/"}, "OIDC_JWKS"),
    "keys by another scheme": ({**OIDC, "OIDC_JWKS": f"file://{SECRET}"}, "OIDC_JWKS"),
    "an open host": ({"HOST": "192.0.2.1"}, "IDENTITY"),
    "every address": ({"HOST": "0.0.0.0"}, "IDENTITY"),
    "every address, no names": ({**KEYS, "HOST": "::"}, "TRUSTED_HOSTS"),
    "a name for an address": ({"HOST": "localhost.example.org"}, "IDENTITY"),
}


@pytest.mark.parametrize(("given", "named"), WRONG.values(), ids=WRONG)
def test_a_wrong_setting_is_named_and_not_repeated(given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(**given)

    assert named in str(caught.value)
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_needs_no_identity(host: str) -> None:
    assert load(HOST=host).host == host


def test_with_identity_any_host_will_do() -> None:
    assert load(**KEYS, HOST="0.0.0.0", TRUSTED_HOSTS="e.example.org").workers == 1
    assert load(**OIDC, HOST="192.0.2.1").hosts() >= {"192.0.2.1"}


def test_secrets_are_never_printed(tmp_path: Path) -> None:
    settings = load(**KEYS, LOG_DATABASE=f"postgresql://x:{SECRET}@host/log", LOG_KEY_FILE="key")
    file = tmp_path / "url"
    file.write_text(f"sqlite:///{SECRET}\n", encoding="utf-8")

    assert (
        SECRET
        not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    )
    assert (
        settings.database() == load(DATABASE_URL_FILE=str(file)).database() == f"sqlite:///{SECRET}"
    )


def test_a_secret_file_that_is_not_there_is_said() -> None:
    with pytest.raises(SettingsError) as caught:
        load(DATABASE_URL_FILE="/nowhere/url").database()

    assert "ELIGIBILITY_DATABASE_URL_FILE" in str(caught.value)
