"""No test talks to anyone but this machine: whoever tries fails at once, with the address."""

import ipaddress
import socket

_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_sendto = socket.socket.sendto
_getaddrinfo = socket.getaddrinfo


class OutsideNetworkError(RuntimeError):
    """Not an OSError, so that no retry and no `except OSError` hides it."""


def _is_address(host):
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_here(host):
    if host in {"", "localhost", None}:
        return True
    return _is_address(host) and ipaddress.ip_address(host.partition("%")[0]).is_loopback


def _refuse(host):
    message = f"a test reached for {host!r}: only loopback is open, use a fake gateway"
    raise OutsideNetworkError(message)


def _check(sock, address):
    if sock.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address[0]):
        _refuse(address[0])


def _guarded_connect(self, address):
    _check(self, address)
    return _connect(self, address)


def _guarded_connect_ex(self, address):
    _check(self, address)
    return _connect_ex(self, address)


def _guarded_sendto(self, data, *flags_and_address):
    _check(self, flags_and_address[-1])
    return _sendto(self, data, *flags_and_address)


def _guarded_getaddrinfo(host, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else host
    # An address needs no resolver; connecting to it is refused above.
    if not (_is_here(name) or _is_address(name)):
        _refuse(name)
    return _getaddrinfo(host, *args, **kwargs)


def pytest_configure():
    """Guard the session for good: a fixture would leave collection and other fixtures open."""
    socket.socket.connect = _guarded_connect
    socket.socket.connect_ex = _guarded_connect_ex
    socket.socket.sendto = _guarded_sendto
    socket.getaddrinfo = _guarded_getaddrinfo
