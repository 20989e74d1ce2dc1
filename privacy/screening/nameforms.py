"""The shapes of names: Han, Mongolian in Chinese characters, joined by a dot, and who says them."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501

import re
from functools import cache

from privacy.screening.folding import HAN
from privacy.screening.lists import any_of, words

TITLES = (
    "老师|校长|主任|班长|教练|医生|大夫|护士|书记|村长|院长|院士|局长|镇长|旗长|处长|科长|科员|经理|老板|总|先生|女士|小姐|太太|夫人|师傅|叔叔|叔|阿姨|姨|伯伯|大伯|大爷|大娘|大妈|大叔|大哥"
    "|大姐|爷爷|奶奶|哥哥|姐姐|弟弟|妹妹|哥|姐|弟|妹|伯父|伯母|婶婶|婶|姑姑|舅舅|舅妈|姥姥|姥爷|额吉|阿爸|额么格|爸爸|妈妈|同学|同志|队长|会长|秘书长|秘书|律师|教授|博士|工程师|警官|所长|厂长|站长|干事|专干|委员|部长|理事|嫂子|嫂"
)
KIN = (
    "爸爸|妈妈|爷爷|奶奶|姥姥|姥爷|外公|外婆|哥哥|姐姐|弟弟|妹妹|叔叔|阿姨|伯伯|姑姑|姑妈|姑父|舅舅|舅妈|婶婶|婶子|大爷|大娘|大伯|大姐|大哥|二哥|二姐|小弟|小妹|表哥|表姐|表弟|表妹|堂哥|堂姐|堂弟|堂妹"
    "|爸|妈|老爸|老妈|父亲|母亲|额吉|阿爸|阿布|儿子|女儿|孙子|孙女|外孙|外孙女|老公|老婆|丈夫|妻子|爱人|媳妇|监护人|家长|同桌|同学|室友|舍友|朋友|好朋友|闺蜜|伙伴|邻居|班主任|老师|校长|班长|组长|教练|主任|书记|村长|儿童主任"
    "|资助人|捐赠人|志愿者|医生|大夫|同事|领导|老板|队长|继父|继母|养父|养母|后妈|后爸|孩子|联系人|村支书|嘎查达|嘎查长"
)
_CALLED = r"(?:的名字叫|的名字是|名字叫做?|名字是|名字就?叫|名叫|全名是?|本名是?|真名是?|大名是?|小名叫?是?|姓名(?:是|[: ]|为)|名字[: ]|(?:署名|落款|收件人|收款人|户名|开户名|联系人)(?=[: 是为叫]))"
SELF = rf"(?:我(?:的名字)?(?:就|也|是)?叫做?|俺叫|本人叫?|叫我|{_CALLED})"
OTHER = (
    rf"(?:(?:{KIN}|他|她|名字|人|姐|哥|弟|妹|叔|姨)(?:的?(?:名字|大名))?(?:都|也|就|是|现在)?叫做?)"
)
AFTER = (
    r"(?=$|[^\w]|[a-z0-9]|今年|今天|明天|昨天|今|是|在|来自|住|读|上|的|和|跟|与|同|及|家|我|他|她|你|您|有|也|就|都|很|最|会|要|想|给|对|从|比|被|把|让|写|呢|啊|吧|呀|吗|了|着|过|这|那|每|常|总|经常|带|陪|教|帮|送|借|告诉|打"
    r"|去|来|到|已|还|没|不|又|一|两|三|四|五|六|七|八|九|十|生病|病|考|得|获|当|做|学|跑|唱|跳|身|个子|长|出|喜欢|爱|姓|名|年|岁|说|问|笑|看|听|拿|买|吃|喝|走|坐|站|等|找|请|叫|因|但|所以|以前|以后|后来|前|现在|正|刚|才|可|能|用|请|敬|写|收|转|号|等|们|"
    + TITLES
    + ")"
)
BEFORE = (
    r"(?:^|(?<=[^\w])|(?<=[a-z0-9的和跟与给找问是叫向对请让像被把了到有说爱想着见过去来告陪帮送谢由同及从为替带陪着、等当班里在上天家队组区村级生们友爷奶妈爸姨哥姐妹弟桌员长师手人士工])|(?<=亲爱)|(?<=感谢)|(?<=还有)|(?<=认识)|(?<=遇见)|(?<=同桌)|(?<=朋友)|(?<=同学)|(?<=班长)|(?<=组长)|(?<=主任)|(?<=老师)"
    r"|(?<=喜欢)|(?<=昨天)|(?<=今天)|(?<=明天)|(?<=后来)|(?<=知道)|(?<=告诉)|(?<=听说)|(?<=记得)|(?<=就是)|(?<=只有)|(?<=邻居)|(?<=村里)|(?<=班里)|(?<=班上)|(?<=那时)|(?<=时候)|(?<=因为)|(?<=还是)|(?<=如果)|(?<=但是)|(?<=我们)|(?<=你们)|(?<=咱们))"
)
NOT_AFTER_CALLED = re.compile(
    r"(?:他|她|它|你|您|妈|爸|爷|奶|姥|了|人|大家|大声|起|上|来|去|做什么|什么|啥|一|老师|同学|自己|我|的|着|到|出|卖|车|醒|苦|好|不|他们|叔叔|阿姨|哥|姐|弟|妹|谁|作|得|个|这|那|和|及|与|由|把|看|记|写|填|用|基金|学校|妇联|单位|平台|同上|必须|信息|处|栏|家长|全|所有|医生|救护|外卖|声|座|哪|某|小朋友|小孩|孩子|个不停|姑|舅|婶|伯|姨|同桌|朋友|几|两|三|大伙|宝贝|同志|小明同学|先生|先|大人|又|也|都|在|就)"
)
THINGS = re.compile(
    r"(?:狗|猫|羊|马|牛|骆驼|兔|鸟|鱼|鸡|鸭|鹅|驴|骡|驹|犊|娃娃|书|歌|游戏|电影|动画|故事|课文|篇|首|部|本|节目|花|草|树|湖|山|河|菜|糖|糕|饭|饼|节|病|药|舞|曲|诗|地方|景点|宠物|玩具|熊|物|只|匹|头|条|动物|品种|星|球|车|字|词|成语|东西|它|船|运动|比赛|活动|奶|肉|食|茶|酒|布|石|词语|方法|现象|人生|作文|主题|软件|昆虫|虫|角色|主角|主人公|品牌|牌子|公司|单位|厂|学校|店)[^,。!?;\n]{0,6}$"
)


@cache
def surname() -> str:
    """Return the family names, compound ones first, as an alternation."""
    return any_of(words("surnames"))


@cache
def given() -> str:
    """Return a character class of what children are named with."""
    return "[" + "".join(sorted(words("given"))) + "]"


@cache
def mongol() -> str:
    """Return the pattern of a Mongolian name that needs no words around it."""
    sure, parts = words("mongol"), words("mongol_parts")
    one = any_of(sure)
    both = any_of(sure | parts)
    block = r"(?!朗|牧骑|浩特|察布|布统|巴托|毛都|木伦|郭勒|淖尔|诺尔|草原|大草原|族|湖|山|河|旗|镇|市|沙漠|沟|盟|区|苏木|嘎查|县|语|帝国|银行|机场|火车站|陵|路)"
    return rf"(?:(?:{one})(?:{both}){{0,3}}|(?:{any_of(parts)})(?:{one})(?:{both}){{0,2}}){block}"


@cache
def mongol_told() -> str:
    """Return the same for a place where the sentence says that a person is meant."""
    every = words("mongol") | words("mongol_parts")
    long, both = any_of(one for one in every if len(one) > 1), any_of(every)
    return rf"(?:(?:{both})?(?:{long})(?:{both}){{0,3}})"


@cache
def han_told() -> str:
    """Return a Han name where the sentence says so: any characters may follow the surname."""
    return rf"(?:{surname()}) {{0,4}}[{HAN}]{{1,2}}?"


@cache
def han_sure() -> str:
    """Return a Han name whose every character is one that people are named with."""
    return rf"(?:{surname()}) {{0,4}}(?:{given()}{{2}}|{given()})"
