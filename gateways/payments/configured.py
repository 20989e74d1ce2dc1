"""The ways to pay of this installation, from one file a provider. Without a file there is none."""

import importlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from gateways.keyfiles import refuse
from gateways.payments.protocol import Provider
from vocabulary.enums import PaymentProvider

_BASIS = 10_000
_OTHERS = 0o077
_NEEDS = "pip install -r requirements-payments.txt"


@dataclass(frozen=True, slots=True)
class Way:
    """One provider, and its fee in parts of ten thousand (60 is 0.6 %)."""

    provider: Provider
    fee: int = 0


Ways = Mapping[PaymentProvider, Way]
_MODULES = {
    PaymentProvider.WECHAT: ("gateways.payments.wechat", "WeChatPay", "WeChatFacts"),
    PaymentProvider.ALIPAY: ("gateways.payments.alipay", "Alipay", "AlipayFacts"),
}


def ways(files: Mapping[PaymentProvider, Path], *, public_url: str, is_production: bool) -> Ways:
    """Build each provider that has a file. Raises BadSettings with the remedy."""
    return {
        kind: _way(kind, path, public_url=public_url, is_production=is_production)
        for kind, path in files.items()
    }


def _way(kind: PaymentProvider, path: Path, *, public_url: str, is_production: bool) -> Way:
    said = _read(path, is_production=is_production)
    fee = said.pop("fee_per_10000", 0)
    if not isinstance(fee, int) or not 0 <= fee < _BASIS // 10:
        refuse(f"{path}: fee_per_10000 is a whole number, 60 for 0.6 %")
    where, name, facts_name = _MODULES[kind]
    try:
        module = importlib.import_module(where)
    except ImportError:
        refuse(f"{path} asks for {kind.value}, whose library is not installed: {_NEEDS}")
    facts = _facts(getattr(module, facts_name), said, path)
    notify_url = f"{public_url}/api/payments/{kind.value}"
    try:
        return Way(getattr(module, name)(facts, notify_url=notify_url), fee)
    except Exception:  # the libraries raise bare ones, some with the key in their text
        refuse(f"{path}: a key in it cannot be read; give the PEM files as the provider did")


def _read(path: Path, *, is_production: bool) -> dict[str, Any]:
    try:
        if is_production and path.stat().st_mode & _OTHERS:
            refuse(f"{path} can be read by others; chmod 600 it")
        return tomllib.loads(path.read_text())
    except (OSError, ValueError):
        refuse(f"{path} cannot be read as TOML; docs/deploy.md shows one")


def _facts(kind: Any, said: Mapping[str, Any], path: Path) -> Any:
    """Fill the facts; `x_file` names a file beside this one that holds x."""
    wanted = [one.name for one in fields(kind)]
    found: dict[str, str] = {}
    for name in wanted:
        if f"{name}_file" in said:
            found[name] = _text(path.parent / os.fspath(said[f"{name}_file"]))
        elif name in said:
            found[name] = str(said[name])
    lacking = [name for name in wanted if not found.get(name)]
    known = {*wanted, *(f"{name}_file" for name in wanted)}
    if lacking:
        refuse(f"{path} lacks {', '.join(lacking)}")
    if strange := sorted(said.keys() - known):
        refuse(f"{path} says {', '.join(strange)}, which means nothing here")
    return kind(**found)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError):
        refuse(f"{path} cannot be read")
