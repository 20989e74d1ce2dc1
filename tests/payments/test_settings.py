"""A provider is set up by one file, or is not there; what is wrong with the file is one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

import config
from gateways.keyfiles import BadSettings
from gateways.payments import configured
from tests.payments import merchants
from tests.payments.worlds import ALIPAY, WECHAT

PUBLIC = "https://weiguang.example.org"
WORDS = {
    "appid": merchants.APPID,
    "mchid": merchants.MCHID,
    "serial": "51",
    "private_key_file": "own.pem",
    "apiv3_key": merchants.APIV3,
    "public_key_id": merchants.PUBLIC_KEY_ID,
    "public_key_file": "theirs.pem",
}


def wechat_file(folder: Path, **more: object) -> Path:
    (folder / "own.pem").write_text(merchants.private_pem("merchant"))
    (folder / "theirs.pem").write_text(merchants.public_pem("wechat"))
    said = {k: v for k, v in (WORDS | more).items() if v is not None}
    lines = [f'{k} = "{v}"' if isinstance(v, str) else f"{k} = {v}" for k, v in said.items()]
    file = folder / "wechat.toml"
    file.write_text("\n".join(lines))
    file.chmod(0o600)
    return file


def ways(file: Path, *, is_production: bool = False) -> configured.Ways:
    return configured.ways({WECHAT: file}, public_url=PUBLIC, is_production=is_production)


def refusal(file: Path, *, is_production: bool = False) -> str:
    with pytest.raises(BadSettings) as said:
        ways(file, is_production=is_production)
    return str(said.value)


def test_a_file_sets_a_provider_up_with_its_fee(tmp_path: Path) -> None:
    found = ways(wechat_file(tmp_path, fee_per_10000=60), is_production=True)

    assert {kind: way.fee for kind, way in found.items()} == {WECHAT: 60}
    assert found[WECHAT].provider.kind is WECHAT


def test_alipay_is_set_up_by_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "own.pem").write_text(merchants.private_pem("merchant"))
    (tmp_path / "theirs.pem").write_text(merchants.public_pem("alipay"))
    file = tmp_path / "alipay.toml"
    file.write_text(
        f'appid = "{merchants.ALIPAY_APP}"\nprivate_key_file = "own.pem"\n'
        'alipay_public_key_file = "theirs.pem"'
    )

    found = configured.ways({ALIPAY: file}, public_url=PUBLIC, is_production=False)

    assert found[ALIPAY].provider.kind is ALIPAY


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"mchid": None}, "lacks mchid"),
        ({"colour": "red"}, "says colour"),
        ({"fee_per_10000": -1}, "fee_per_10000"),
        ({"fee_per_10000": 5000}, "fee_per_10000"),
        ({"public_key_file": "nowhere.pem"}, "cannot be read"),
        ({"private_key_file": "wechat.toml"}, "a key in it cannot be read"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, more: dict, says: str) -> None:
    assert says in refusal(wechat_file(tmp_path, **more))


def test_a_file_that_others_read_is_refused_in_production(tmp_path: Path) -> None:
    file = wechat_file(tmp_path)
    file.chmod(0o644)

    assert "chmod 600" in refusal(file, is_production=True)
    assert ways(file).keys() == {WECHAT}


def test_a_missing_file_and_one_that_is_no_toml_are_named(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("= =")

    assert "cannot be read as TOML" in refusal(tmp_path / "nowhere")
    assert "cannot be read as TOML" in refusal(tmp_path / "x")


def test_a_provider_without_its_library_names_the_remedy(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delitem(sys.modules, "gateways.payments.wechat", raising=False)
    monkeypatch.setitem(sys.modules, "wechatpayv3", None)

    assert "requirements-payments.txt" in refusal(wechat_file(tmp_path))


def test_the_house_starts_without_any_of_their_libraries() -> None:
    absent = "wechatpayv3", "alipay", "requests", "OpenSSL", "Cryptodome"
    lines = f"import sys; sys.modules.update(dict.fromkeys({absent!r})); import app"

    root = Path(config.__file__).parent
    done = subprocess.run([sys.executable, "-c", lines], cwd=root, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr.decode()


def test_the_environment_names_the_files(tmp_path: Path) -> None:
    env = {"INSTANCE_DIR": str(tmp_path), "WECHAT_PAY": "/etc/weiguang/wechat.toml"}

    assert config.from_environment(env).payments == {WECHAT: Path("/etc/weiguang/wechat.toml")}
    assert config.from_environment({"INSTANCE_DIR": str(tmp_path)}).payments == {}
