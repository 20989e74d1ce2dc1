"""Accounts by which one could be found elsewhere: WeChat, QQ, other platforms, mail, links."""

# A pattern is read in one piece, its look-alikes are meant, its sizes are those of the number.
# ruff: noqa: E501, RUF001

import re
from collections.abc import Iterator

from privacy.screening.folding import WALL, Page, latin
from privacy.screening.kinds import Found, Kind

_NUM = r"[0-9](?:[ .·•,、_*~/|—…-]{0,2}[0-9]){4,12}"
_ID = r"[a-z0-9_][a-z0-9_.-]{3,24}"
_FILLER = (
    r"(?:[^\w\n]|的|号码?|账号|帐号|id|是|为|就是|我的|我|吧|哦|哈|呀|呢|啊|搜索?|名字|昵称|叫"
    r"|加|一下|这个|这里|在|写|就|下|你|您|可以|给|发|群|还是|也|同号|下面)"
)
_S = r"[^\w\n]{0,3}"
_WECHAT = (
    rf"(?:[微威薇维卫徽溦唯]{_S}(?:信号?|xin(?![a-z]))|卫{_S}星号?|we{_S}chat|wei{_S}xing?|(?<![a-z])(?:v{_S}信|w{_S}x|v{_S}x|vivi|vei|wei|weix|vchat)(?![a-z])|(?<![a-z])v(?=[^\w\n]{{1,4}}[a-z0-9_]{{5}})|[微威薇维](?=[^\w\n]{{1,4}}[a-z0-9_]{{5}})"
    r"|(?<![a-z])w ?信|加 ?个?我? ?[v薇微威维卫]|\+ ?我? ?[v薇微威维]|[薇威]号|小?绿泡泡|绿色软件|绿色聊天软件|(?<![a-z])v[:是号](?![a-z])|(?<![a-z])vv?(?= ?[:是号])"
    r"|我的[v薇微](?![a-z])|[薇威][:是]|微(?=[:是 ]))"
)
_QQ = rf"(?:(?<![a-z])q{_S}q(?!糖|音乐|飞车|炫舞|农场|星|弹|爱|软糖)(?![a-z])|扣{_S}扣|扣(?:我?[一1]下我?|我)?(?=[:是号])|叩叩|抠抠|口口|企鹅(?:号|账号)?|球球|秋秋|丘丘|蔻蔻|(?<![a-z])q ?号|加 ?我? ?q(?![a-z])|(?<![a-z])q(?![a-z]))"
_PLATFORM = r"(?:抖 ?音|快 ?手|小 ?红 ?书|微博|b站|哔哩哔哩|知乎|贴吧|豆瓣|instagram|(?<![a-z])ins|telegram|(?<![a-z])tg|facebook|twitter|支付宝|钉钉|陌陌|soul|探探|视频号|公众号|西瓜视频|西瓜|火山|虎牙|斗鱼|全民k歌|唱吧|剪映|steam|qq空间|空间|好友码|红薯|王者|王者荣耀|吃鸡|和平精英|原神|蛋仔|蛋仔派对|迷你世界|我的世界|游戏|百度网盘|网盘|腾讯会议|skype|line|whatsapp|最右|skr|淘宝|闲鱼)"
_NOT_ID = re.compile(
    r"(?:pay|paid|app|happy|hello|read|thanks?|thank|love|good|email|wechat|weixin|video|apps|line|nice)(?![a-z0-9_])"
)
_ASSIGNED = (
    (re.compile(rf"{_WECHAT}(?!支付|付款|转账|红包|钱包|零钱|步数|运动|群|扫码|收款|扫一扫|小程序|朋友圈|公众号|视频|里|上|付){_FILLER}{{0,8}}((?:{_NUM})|[a-z]{{2,12}} [0-9]{{2,12}}(?: [a-z]{{2,12}})?|{_ID})"), Kind.WECHAT, "像微信号"),
    (re.compile(rf"{_QQ}{_FILLER}{{0,8}}({_NUM})"), Kind.QQ, "像 QQ 号"),
    # QQ 36O5 l829 4O
    (re.compile(rf"{_QQ}{_FILLER}{{0,8}}((?=(?:[ .·-]{{0,2}}[oil]{{0,3}}[ .·-]{{0,2}}[0-9]){{5}})[0-9oil](?:[ .·-]{{0,2}}[0-9oil]){{4,12}})(?![a-z0-9])"), Kind.QQ, "像 QQ 号"),
    # 你有扣扣没？我的是…
    (re.compile(rf"(?:{_WECHAT}|{_QQ}|绿色那个|企鹅)[^0-9\n。{WALL}]{{0,14}}(?:[我俺他她]|[爸妈哥姐弟妹姨舅姑叔爷奶]|家)(?:的?号码?|的|叫)(?:名字?)?(?:就?是|叫|为)?[ :,]{{0,2}}((?:{_NUM})|(?=[a-z_-]{{0,20}}[0-9_-])[a-z][a-z0-9_-]{{4,24}})"), Kind.WECHAT, "信里说是账号"),
    (re.compile(rf"({_NUM}|(?<![a-z0-9_-])(?=[a-z_-]{{0,20}}[0-9_-])[a-z0-9_-]{{5,20}})[ ,]?\(?(?:这个?)?(?:就|也)?是?(?:(?:我|我家|我妈|我爸|俺)的?)?(?:微信|威信|薇信|v信|vx|wx|qq|扣扣|微|薇|v|号|企鹅|账号|加我|搜我|私我|加好友|备注)"), Kind.WECHAT, "信里说是账号"),
    (re.compile(rf"{_PLATFORM}的?(?:账号|帐号|号|(?=:)|id|uid|昵称|名字|名|主页|会议号)(?:[ :=是为叫搜,“\"'「我的]){{0,4}}((?:[0-9]{{5,16}})|{_ID}|[\u4e00-\u9fffa-z0-9_·-]{{2,12}})"), Kind.ACCOUNT, "像别处的账号"),
    (re.compile(rf"{_PLATFORM}(?:上|里|那边)?(?:可以|就|直接|能)?(?:搜索?|找我|关注|加我|叫|关注我)(?:[ :=是叫,“\"'「的我]|就行){{0,4}}((?:[0-9]{{5,16}})|{_ID}|[\u4e00-\u9fffa-z0-9_·-]{{2,12}})"), Kind.ACCOUNT, "像别处的账号"),
    (re.compile(r"(?:微信|威信|薇信|v信|vx|wx|qq|网)(?:名字?|昵称)(?:[ :=是叫,“\"'「]){1,3}([\u4e00-\u9fffa-z0-9_·-]{2,12})"), Kind.ACCOUNT, "像网名"),
    (re.compile(r"(?:id|uid|昵称|主页|关注|搜|名叫|叫)[ :是为]{0,3}((?=[a-z_.-]{0,20}[0-9])[a-z][a-z0-9]{1,12}(?:[-_.][a-z0-9]{2,16}){1,3})(?![a-z0-9@])"), Kind.ACCOUNT, "像别处的账号"),
    (re.compile(r"(?:群|二维码|好友码|加群)[^0-9\n。]{0,12}([0-9](?:[ .·-]{0,2}[0-9]){6,12})(?![0-9]|[人元块个])"), Kind.QQ, "像群号"),
    (re.compile(r"搜(?:索|一下|我|这个|[: ]){0,3}([a-z][a-z0-9_-]{4,20})"), Kind.ACCOUNT, "像别处的账号"),
    (re.compile(r"(?<![a-z0-9_.])@((?!所有|全体|大家|符号|这个|那个|号|的|就|是|念|叫|读|像|在|键|和)[\u4e00-\u9fffa-z0-9_][\u4e00-\u9fffa-z0-9_.-]{1,24})"), Kind.ACCOUNT, "像别处的账号"),
    (re.compile(rf"(?:我的id|我id|用户名|账号|帐号)(?:[ :=是为]){{1,3}}({_ID})"), Kind.ACCOUNT, "信里说是账号"),
    (re.compile(r"(?:找我|联系我|加我|加我好友|加好友|私聊我|私我|搜我)(?:[ :=,。、!]|的?号|搜|用|就|吧){0,3}((?=[a-z_.-]{0,20}[0-9_])[a-z0-9_][a-z0-9_-]{4,20})"), Kind.ACCOUNT, "像别处的账号"),
    (re.compile(r"(?:邮箱|信箱|e-?mail|邮件|mail)(?:地址|号|账号)?(?:[ :=是为到,我的发给在]){0,5}(?!there|here|from|today|every|again|with|your|this|that)([a-z0-9][a-z0-9_.-]{4,30})(?![a-z0-9_.-])"), Kind.MAIL, "像邮箱"),
    (re.compile(rf"(?:邮箱|信箱|e-?mail)(?:地址|号)?(?:[ :=是为]){{0,3}}({_NUM})"), Kind.MAIL, "像邮箱"),
)  # fmt: skip
_HANDLE = re.compile(
    r"(?<![a-z0-9_@./-])(?=[a-z0-9_]{0,20}[a-z][a-z0-9_]{0,20}[a-z])(?=[a-z0-9_]{0,20}(?:[0-9][a-z_]{0,20}[0-9]|_))[a-z][a-z0-9_]{5,20}(?![a-z0-9_@./])"
)
_MODEL = re.compile(
    r"(?:iphone|ipad|windows|win|covid|mate|nova|redmi|huawei|xiaomi|galaxy|office|python|scratch|unit|lesson|class|grade|page|level|part|module|test|day|week|room|step|question|year|month|top|season|size|type|model)_?[0-9]+[a-z]{0,4}$"
)
# CA1102次航班, K7091次列车: what one rides is everybody's.
_A_RIDE = re.compile(r" ?(?:次|号?航班|班机|列车|火车|高铁|动车|公交|路车|型|式|系列)")
_AT = r"(?:[ _]?(?:[@＠]{1,3}|#|&|\*|艾特|爱特|圈a|a圈|圈|小老鼠|花a|\(at\)|\[at\]|【at】|_at_|\(a\)|♯|井号?)[ _]?| at |(?<=[0-9])at(?=[0-9q]))"
_DOT = r"(?:[ _]?(?:\.|点|dot|。|·|,|\(dot\)|\[dot\]|、|句号|小数点)[ _]?)"
_SLASH = r"(?: ?(?:/|斜杠|斜线|反斜杠) ?)"
_TLD = (
    r"(?:com|cn|net|org|edu|gov|cc|me|tv|top|vip|xyz|club|io|co|info|site|shop|ltd|fun|康姆|抗母)"
)
_PROVIDER = r"(?:qq|扣扣|163|126|139|189|gmail|谷歌|sina|新浪|sohu|搜狐|outlook|hotmail|foxmail|yeah|icloud|aliyun|阿里云|网易|vip)"
_MAIL = re.compile(
    rf"[a-z0-9][a-z0-9_.+-]{{1,40}}{_AT}(?:[a-z0-9-]{{1,20}}|{_PROVIDER})(?:{_DOT}(?:[a-z0-9-]{{2,12}}|{_TLD})(?![a-z0-9])){{1,3}}"
    rf"|[a-z0-9][a-z0-9_.+-]{{2,40}}{_AT}{_PROVIDER}(?![a-z0-9])"
    rf"|[a-z0-9][a-z0-9_.+-]{{4,40}}(?:在|的) ?{_PROVIDER}(?:邮箱|{_DOT}com)"
)
# We eat at seven. My mother cooks: an English sentence, and the next.
_SENTENCE = re.compile(rf"[a-z] at [a-z]+ ?[.,] ?(?!{_TLD}\b)(?:[a-z]+|[0-9]+)$")
_URL = re.compile(
    # w w w . x . c o m, http : // a . b . com / c, 三个w点x点com
    rf"(?:h ?t ?t ?p ?s? ?: ?/ ?/ ?)?(?:w ?w ?w ?|(?:三|3)个w|(?:哒布溜|达不溜|打不溜|大不溜|大不六){{3}}){_DOT}[a-z0-9-]{{1,40}}(?:{_DOT}(?:c ?o ?m|n ?e ?t|o ?r ?g|c ?n|t ?o ?p|[a-z0-9-]{{1,30}})(?![a-z0-9])){{1,4}}(?:{_SLASH}[a-z0-9./_?=&%#-]{{1,80}}){{0,6}}"
    rf"|h ?t ?t ?p ?s? ?(?::|冒号) ?/ ?/ ?[a-z0-9-]{{1,30}}(?:{_DOT}[a-z0-9-]{{1,30}}){{1,4}}(?: ?/ ?[a-z0-9._?=&%#-]{{1,80}}){{0,6}}"
    rf"|(?:h(?:tt|xx|\*\*)ps? ?(?::|冒号)? ?(?:/ ?){{1,2}}|www{_DOT})[a-z0-9][a-z0-9./_?=&%#:+~ -]{{0,120}}[a-z0-9/]"
    rf"|(?<![a-z0-9])[a-z0-9][a-z0-9-]{{0,40}}(?:{_DOT}[a-z0-9-]{{1,30}}){{0,3}}(?: ?\. ?|点| ?点 ?| ?dot ?| ?。 ?)(?:com|cn|net|org|top|vip|xyz|club|cc|info|site|shop|fun|ltd|康姆|抗母|靠母|肯母)(?![a-z])(?:{_SLASH}[a-z0-9./_?=&%#-]{{1,80}}){{0,6}}"
    rf"|(?<![a-z0-9])[a-z0-9-]{{1,30}}{_DOT}(?:[a-z0-9-]{{1,20}}{_DOT})?(?:{_TLD}|tv|me|ly|gl|im|gg|be|cn|to){_SLASH}[a-z0-9][a-z0-9_./-]{{2,60}}(?:{_SLASH}[a-z0-9_./-]{{1,60}}){{0,6}}"
)
_NICK_STOP = re.compile(
    r"(?:视频|音乐|游戏|作业|知识|什么|怎么|自己|一个|一些|老师|很多|我们|他们|它|他|她|你|了|不|好看|好玩)"
)


def find(page: Page) -> Iterator[Found]:
    """Yield accounts, addresses and links."""
    text = latin(page.text).lower()
    views = {text, latin(page.numerals().text)}
    for form, kind, why in _ASSIGNED:
        for view in views:
            for one in form.finditer(view):
                if not _is_word(one[1]):
                    yield Found(*one.span(1), kind, why)
    for view in views:
        yield from (
            Found(*one.span(), Kind.MAIL, "像邮箱")
            for one in _MAIL.finditer(view)
            if not _SENTENCE.search(one[0])
        )
    yield from (
        Found(*one.span(), Kind.ACCOUNT, "像账号")
        for one in _HANDLE.finditer(text)
        if not (_MODEL.match(one[0]) or _A_RIDE.match(text, one.end()))
    )
    yield from (Found(*one.span(), Kind.LINK, "像链接") for one in _URL.finditer(text))


def _is_word(name: str) -> bool:
    return bool(_NOT_ID.match(name) or _NICK_STOP.match(name))
