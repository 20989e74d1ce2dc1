"""Code names under which a donor knows a child: drawn at random, another for every pair."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.pledges import Match
from services.vault import vault
from vocabulary.refs import choose

PLACES = (
    "河边", "山坡上", "湖畔", "坡下", "林间", "泉边", "草甸上", "沟口", "岭上", "桥头",
    "井旁", "路旁", "谷中", "滩头", "岸上", "坳里", "垭口", "溪边", "沙地上", "台地上",
)  # fmt: skip
PLANTS = (
    "白桦", "沙棘", "樟子松", "落叶松", "兴安杜鹃", "山丁子", "稠李", "榛子", "柳兰", "金莲花",
    "芍药", "野百合", "马兰", "黄花", "针茅", "羊草", "山杏", "榆树", "云杉", "红柳",
    "沙枣", "胡杨", "柠条", "锦鸡儿", "蓝莓", "红豆", "山楂", "野玫瑰", "火绒草", "石竹",
)  # fmt: skip


def new_code_name(session: Session, pledge_id: int) -> str:
    """Draw a name that the donor of this pledge does not know yet, from any pledge of his."""
    own = vault.pledges_beside(session, pledge_id)
    used = set(session.scalars(select(Match.code_name).where(Match.pledge_id.in_(own))))
    while True:
        name = f"{choose('code_name', PLACES)}的{choose('code_name', PLANTS)}"
        if name not in used:
            return name
