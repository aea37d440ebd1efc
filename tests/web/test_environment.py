"""Settings that fail name the variable and say what would do."""

from pathlib import Path

import pytest

from studio.web import environment
from studio.web.environment import WrongSetting


def read(tmp_path: Path, **variables: str) -> environment.Environment:
    return environment.read({"FIRSTCUT_DATA": str(tmp_path), **variables})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "sqlite:///x.db"),
        ("VALKEY_URL", "amqp://localhost"),
        ("STORAGE_URL", "/srv/media"),
        ("FIRSTCUT_URL", "studio.example"),
        ("FIRSTCUT_WORKERS", "many"),
        ("FIRSTCUT_DEBUG", "yes"),
        ("FIRSTCUT_PREVIS_GL", "maybe"),
        ("FIRSTCUT_ROLE", "root"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=variable) as caught:
        read(tmp_path, **{variable: value})
    assert value in str(caught.value)


def test_the_application_and_the_owner_are_two_roles_of_one_database(tmp_path: Path) -> None:
    app, owner = read(tmp_path).database, read(tmp_path, FIRSTCUT_ROLE="owner").database
    assert (app["USER"], owner["USER"]) == ("firstcut_app", "firstcut_owner")
    assert app["NAME"] == owner["NAME"] == "firstcut"


def test_hosts_and_origins_follow_from_the_public_address(tmp_path: Path) -> None:
    env = read(tmp_path, FIRSTCUT_URL="https://studio.example:8443/", FIRSTCUT_BIND="0.0.0.0")
    assert env.secure and env.url == "https://studio.example:8443"
    assert "studio.example" in env.hosts and "0.0.0.0" not in env.hosts
    assert env.origins[0] == "https://studio.example:8443"


def test_mail_is_from_who_the_server_knows_or_from_our_own_host(tmp_path: Path) -> None:
    ours = {"EMAIL_URL": "smtp://studio%40mail.example:secret@smtp.example", "FIRSTCUT_URL": "https://studio.example"}
    assert read(tmp_path, **ours, EMAIL_FROM="Firstcut <films@a.example>").email_from == "Firstcut <films@a.example>"
    assert read(tmp_path, **ours).email_from == "studio@mail.example"
    assert read(tmp_path, **{**ours, "EMAIL_URL": "smtp://smtp.example"}).email_from == "firstcut@studio.example"
    assert read(tmp_path, FIRSTCUT_URL="http://127.0.0.1:8000").email_from == "firstcut@localhost"


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    first, second = environment.secret_key(tmp_path), environment.secret_key(tmp_path)
    assert first == second and len(first) > 60
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_long_clone_path_still_gives_short_sockets() -> None:
    data = Path("/" + "/".join(["a-very-long-folder-name"] * 12)) / "data"
    assert len(str(environment.socket_folder(data) / ".s.PGSQL.5432.lock")) < 108
