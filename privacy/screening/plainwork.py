"""What a place of work is by itself: 健身房, 火锅店, 光伏电站, 粮油加工厂. It tells of nobody.

Made of what is dealt in, what is done with it and what such a house is called: three short lists
instead of one of all the houses there are.
"""

# A pattern is read in one piece.
# ruff: noqa: E501

import re
from functools import cache, lru_cache

from privacy.screening.lexicon import is_word, split
from privacy.screening.lists import any_of, words
from privacy.screening.stem import is_place

# What is dealt in, in one character.
STUFF = "金银铜铁锡铝钢硅锰镁锌铅锂土石砂沙煤炭焦油气水电热光木竹柴草纸布棉麻毛绒皮革线纱丝糖盐酱醋酒茶肉奶乳蛋粉面米粮豆菜果饼糕鞋帽衣服袜被门窗胶瓷砖瓦灰肥药机车船轮胎灯羊猪鸡鸭鹅兔鱼种花书饭洗货烟"
DONE = "加工|制造|制作|制品|修理|维修|回收|处理|销售|批发|零售|养殖|种植|屠宰|冷藏|冷冻|储运|铸造|锻造|焊接|电石|稀土|石料|采石|淀粉|罐头|奶粉|地毯|门窗|矿泉水|纯净水|污水|垃圾|废品|二手车?|硅铁|硅锰|铁合金|光伏|风电|风力|火力|水力|变电|输电|调度|客服|呼叫|售楼|物流|快运|彩票|按摩|足疗|推拿|健身|台球|瑜伽|游泳|滑雪|射箭|马术|早教|月子|托管|小饭桌|补习|辅导|培训|考研|会计|律师|审计|评估|翻译|劳务|外包|中介|房产|殡葬|殡仪|丧葬|婚庆|摄影|喷绘|复印|彩印|干洗|洗衣|裁缝|修鞋|开锁|汽配|汽修|补胎|公交|长途|短途|出租|网约|外卖|配送|分拣|中转|转运|仓储|检测|检验|化验|勘探|测绘|设计|监理|施工|工程|绿化|园林|市政|露天|井下"
_SIZE = "[大小新旧好本茅]|旧时|老(?![马牛羊])|个体|私人|私营|国营|国有|民营|集体|外资|合资|连锁|大型|小型|正规|当地|本地|外地|附近|镇上|镇里|县城|县里|旗里|城里|市里|村里|乡里|街上|路边|楼下|对面|隔壁|南方|北方|东北|沿海|农村|城市|乡镇|苏木|嘎查|社区|蒙古族|民族|特色|清真|蒙餐|露天|那种|什么"
HOUSE = r"集团|大学|学院|(?:民政|教育|财政|卫生|税务|公安|气象|统计|交通)局|[厂矿场院站所店馆社行段队部库园城坊铺吧屋楼房室庄棚仓号点井窑池圈][里上]?|园区|基地|中心|公司|工地|工区|工厂|厂子|车间|食堂|后厨|合作社|银行|支行|信用社|营业厅|分理处|剧团|报社|超市|市场|商场|网吧|流水线|生产线|门市|摊|摊位|档口|柜台|小卖部|大厅|驿站|养老院|敬老院|学校|医院|机关|单位|企业|事业单位|监狱|法院|检察院|看守所|派出所|幼儿园|诊所|牙科|律所|便利店|电视台|居委会|村委会|街道办|[旗县市区盟]?(?:妇联|残联)|武装部|项目部|服务区|农商行|邮局|养路段|[\u4e00-\u9fff]{2}班|[\u4e00-\u9fff]{2}[厅室]|KTV|苗圃|景区|乌兰牧骑|牧区|大集|马场|牛场|马厩|牛棚"


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(
        rf"(?:{any_of(words('trades'))}|{DONE}|{_SIZE}|[{STUFF}])*(?:{HOUSE})?(?:里|上|那边|那儿|那里)?"
    )


@lru_cache(maxsize=2048)
def names_nothing(name: str) -> bool:
    """Say whether it tells only what kind of work is done there, for whoever it is."""
    if name in words("firms") or name.startswith("草原") or _of_a_town(name):
        return False
    if _plain().fullmatch(name):
        return True
    ends = split(name)
    last = name[ends[-2] :]
    before = name[: ends[-2]]
    house = len(last) > 1 and is_word(last) and bool(_ENDS.search(last))
    return house and last not in words("proud_words") and bool(_plain().fullmatch(before))


def _of_a_town(name: str) -> bool:
    return any(is_place(name[:size]) for size in range(2, min(len(name), _LONGEST_TOWN)))


_LONGEST_TOWN = 6
_ENDS = re.compile(rf"(?:{HOUSE})$")
