"""The plugin that keeps tests at home."""

import re
import socket
import urllib.request

import pytest

from tests.plugins.no_network import OutsideNetworkError


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("10.0.0.1", 25)])
def test_no_test_can_connect_to_an_outside_address(address):
    with socket.socket() as sock, pytest.raises(OutsideNetworkError, match=re.escape(address[0])):
        sock.connect(address)


def test_no_test_can_resolve_an_outside_name():
    with pytest.raises(OutsideNetworkError, match=r"example\.com"):
        urllib.request.urlopen("https://example.com")


def test_no_test_can_send_a_datagram_outside():
    with (
        socket.socket(type=socket.SOCK_DGRAM) as sock,
        pytest.raises(OutsideNetworkError, match=r"192\.0\.2\.1"),
    ):
        sock.sendto(b"x", ("192.0.2.1", 53))


def test_a_test_can_talk_to_a_server_on_this_machine():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with socket.create_connection(("localhost", port)), server.accept()[0] as heard:
            assert heard.getpeername()[0] == "127.0.0.1"
