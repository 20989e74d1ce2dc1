"""Trees over leaf hashes, against the published vectors of Certificate Transparency."""

import hashlib

import pytest

from vocabulary import merkle

# The test vectors of google/certificate-transparency (merkle_tree_test.cc), known from RFC 6962.
ENTRIES = [bytes.fromhex(e) for e in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
HEADS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]


@pytest.mark.parametrize("count", range(1, 9))
def test_heads_are_those_of_the_published_vectors(count) -> None:
    assert merkle.head(LEAVES[:count]).hex() == HEADS[count - 1]


def test_an_empty_tree_is_the_hash_of_nothing() -> None:
    assert merkle.head([]) == hashlib.sha256(b"").digest()


@pytest.mark.parametrize("place", range(8))
def test_a_path_leads_to_the_head_and_no_other_leaf_does(place) -> None:
    found = other = None
    for leaf in (LEAVES[place], LEAVES[place - 1]):
        at, found, other = place, leaf, found
        for beside in merkle.path(LEAVES, place):
            pair = beside + found if at & 1 else found + beside
            found, at = hashlib.sha256(b"\x01" + pair).digest(), at >> 1

    assert other.hex() == HEADS[7]
    assert found.hex() != HEADS[7]


def test_a_node_is_never_taken_for_a_leaf() -> None:
    assert merkle.leaf_hash(LEAVES[0] + LEAVES[1]) != merkle.head(LEAVES[:2])


def test_trees_are_filled_up_to_powers_of_two() -> None:
    assert [merkle.padded(n, least=4) for n in (0, 1, 4, 5, 8, 9, 1025)] == [
        4, 4, 4, 8, 8, 16, 2048,
    ]  # fmt: skip
