import csv
from pathlib import Path

import pytest

from services.rosters import index_regions, resolve

REGIONS = Path(__file__).parents[3] / "data" / "regions.csv"


@pytest.fixture(scope="module")
def index():
    with REGIONS.open(encoding="utf-8") as lines:
        rows = [(r["code"], r["name"], r["level"], r["parent_code"]) for r in csv.DictReader(lines)]
    return index_regions(rows)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("鄂伦春自治旗大杨树镇", "150723101000"),
        ("根河市得耳布尔镇", "150785104000"),
        ("根河市金河镇", "150785101000"),
        ("内蒙古自治区呼伦贝尔市鄂伦春自治旗阿里河镇某路3号", "150723100000"),
        ("鄂伦春旗 吉文镇", "150723103000"),
        ("大杨树", "150723101000"),
        ("根河市", "150785000000"),
        ("鄂温克族自治旗", "150724000000"),
        ("金河镇", None),
        ("额尔古纳市大杨树镇", None),
        ("自治旗", None),
        ("北京市朝阳区", None),
        ("", None),
    ],
)
def test_a_place_is_resolved_only_beyond_doubt(index, text, code):
    assert resolve(text, index) == code
