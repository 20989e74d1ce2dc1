"""What people call the columns of the three lists. Patterns match a whole folded label."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

LONGEST_LABEL = 60
IGNORED, SERIAL = "ignored", "serial"


@dataclass(frozen=True)
class Columns:
    """Fields in the order they are tried, each with its patterns from the best to the last resort.

    `essential`: what people call it, and the fields of which one must be there.
    `telling`: fields that make a row a record and not a footer.
    """

    patterns: Sequence[tuple[str, Sequence[str]]]
    essential: Sequence[tuple[str, Sequence[str]]]
    telling: Sequence[str]
    examples: Sequence[str]

    def field_of(self, label: str) -> tuple[str, int] | None:
        """Return the field a folded label names, and how far down its patterns it was found."""
        if len(label) > LONGEST_LABEL:
            return None
        for field, rank, matches in self._ranked:
            if matches(label):
                return field, rank
        return None

    @cached_property
    def _ranked(self) -> list[tuple[str, int, Callable[[str], object]]]:
        return [
            (field, rank, re.compile(pattern).fullmatch)
            for field, patterns in self.patterns
            for rank, pattern in enumerate(patterns)
        ]


REASON_LABEL = "未导入原因（改好后再上传，这一列不读）"
ROW_LABEL = "原表行号"

_OURS = (r"未导入原因.*", r"原表行号", r"退回原因|错误原因|校验结果|问题")
_SERIAL = (r"序|序号|编号|号|no|行号|顺序号?|serial(?:no|number)?|index",)
_OTHERS = (
    r"班主任|老师|教师|校长|填表|填报|经办|村干部|儿童主任|督导员"
    r"|资助人|捐赠|爱心|志愿|结对|帮扶人|帮扶责任|紧急"
)
_CARE = r"照料|照护|看护"
_KIN = rf"监护|家长|抚养|{_CARE}|联系人|户主|父|母"
# No guardian stands in such a label: whoever looks after the child is a carer, who cannot consent.
_CARER_ONLY = rf"(?!.*(?:监护|家长|抚养|父|母)).*(?:{_CARE})"
_TELEPHONE = r"电话|手机|联系方式|联系号码"
_PAPERS = (
    rf".*(?:{_OTHERS}).*(?:姓名|{_TELEPHONE}|身份证|单位).*",
    r".*(?:复印件|照片|证件类型|证件种类|有效期).*",
)
_ID = (
    r"(?:公民|居民)?身份(?:证|证件)?(?:号|号码)|证件号码?|身份证",
    r"(?!.*(?:残疾|学籍|低保|特困|户口簿号|户号|出生证|准考|姓名))"
    r"(?:(?!监护|家长|父|母|抚养|照料|照护|看护|户主).)*(?:身份证|身份号|证件号|证号).*",
    r"身份证(?:户口[簿本]|或户口[簿本])号?码?",
    r"(?:child'?s?|student'?s?|national|resident|citizen)*id(?:entity)?(?:号|no|num|number|card)*",
)
_SEX = (rf"(?:(?!{_KIN}).)*性[别別]", r"男/?女|sex|gender|m/?f")
_PLACE = (
    r"(?:(?!类型|性质|类别|本).)*(?:户籍|户口)(?:(?!类型|性质|类别|本).)*",
    r".*(?:家庭住址|家庭地址|现住址|住址|居住|现居|地址|住所).*",
    r"籍贯|所在地|区域|地区",
)
_BANNER = (r"(?:所在|所属)?(?:旗县|旗县市区|旗县区|旗县市|县区|区县|市县|旗|县|旗区)(?:名称|区)?",)
_TOWNSHIP = (
    r"(?:所在|所属)?(?:乡镇|苏木|苏木乡镇|乡镇苏木|苏木镇|街道|镇|乡|乡镇街道|苏木乡镇街道)(?:名称)?",
)
_VILLAGE = (r"(?:所在|所属)?(?:嘎查村?|村|社区|嘎查村社区|村社区|村嘎查|居委会|村居)(?:名称)?",)
_LANGUAGES = (r".*(?:语言|语种).*", r"languages?")
_ENGLISH_PHONE = (
    r"(?:guardian'?s?|parent'?s?|contact)*(?:tele|cell|mobile)?(?:phone|tel|mobile)(?:no|number)?s?"
)

CHILDREN = Columns(
    patterns=(
        (IGNORED, (*_OURS, *_PAPERS, rf".*(?:{_KIN}).*(?:身份证|证件|证号|身份号).*")),
        (SERIAL, _SERIAL),
        (IGNORED, (rf"{_CARER_ONLY}.*(?:同意|知情|授权|承诺|签[字名]).*",)),
        (
            "consent",
            (
                r"(?!.*公示).*同意.*",
                r".*(?:知情|授权书|承诺书).*",
                r".*(?:监护人|家长).*(?:签[字名]|意见|授权|承诺).*",
                r"(?:guardian'?s?|parental|written)*consent(?:form|date|signed)*",
            ),
        ),
        ("carer_phone", (rf"{_CARER_ONLY}.*(?:{_TELEPHONE}).*",)),
        ("carer_relation", (rf"{_CARER_ONLY}.*(?:关系|称谓).*",)),
        (
            "phone",
            (
                rf".*(?:监护|抚养).*(?:{_TELEPHONE}).*",
                rf".*家长.*(?:{_TELEPHONE}).*",
                rf"(?:(?!儿童|学生|孩子|本人|学校).)*(?:{_TELEPHONE})(?:号|号码)?(?:(?!备用|二).)*",
                rf"(?:(?!学校).)*(?:{_TELEPHONE}).*",
                _ENGLISH_PHONE,
            ),
        ),
        ("id_number", _ID),
        ("relation", (r".*关系.*", r"称谓", r"relation\w*")),
        (
            "workplace",
            (rf"(?!.*(?:被监护|姓名|名字|{_TELEPHONE})).*(?:监护|抚养|家长)人?\w{{0,4}}单位.*",),
        ),
        ("sex", _SEX),
        ("ethnicity", (rf"(?:(?!{_KIN}).)*(?:民族|族别)", r"ethnic\w*|nationality")),
        (
            "birth",
            (
                rf"(?:(?!{_KIN}|出生地|证明).)*出生(?:年|日|时).*",
                r".*生日|.*生年月日?",
                r"出生|(?:dateof)?birth\w*|dob",
            ),
        ),
        (
            "name",
            (
                r"\w*(?:儿童|学生|孩子|对象|受助人|本人)\w{0,4}(?:姓名|名字)",
                r"姓名|名字|(?:full|child'?s?|student'?s?)*name|nameof(?:the)?(?:child|student)",
                rf"(?:(?!{_KIN}|{_OTHERS}|学校|曾用|拼音|现任).)*(?:姓名|名字)|被监护人姓名",
                r"(?:困境|受助|资助|帮扶|困难)?(?:儿童|学生|孩子|对象)(?:名称|名)?|名称",
            ),
        ),
        (
            "carer",
            (
                rf"{_CARER_ONLY}(?:人|者)?\w{{0,4}}(?:姓名|名字|名称)",
                rf"(?!.*监护)(?:实际|现|主要|日常|受|委托|临时)*(?:{_CARE})(?:人|者)(?:信息|情况)?",
            ),
        ),
        (
            "guardian",
            (
                r"(?!.*被监护).*(?:监护|抚养)人?\w{0,4}(?:姓名|名字|名称)",
                r".*监护人(?:信息|情况)?|.*监护人.*照[料护]人",
                r".*抚养人(?:姓名)?",
                r"家长(?:姓名)?",
                r"联系人(?:姓名)?|户主(?:姓名)?",
                r".*(?:父亲|母亲|父母)(?:姓名)?",
                r"(?:guardian|parent)'?s?(?:name)?",
            ),
        ),
        (
            "school",
            (
                rf"(?!.*(?:{_TELEPHONE}|类型|类别|性质|地址|所在地|位置|联系人|负责人|校长|毕业))"
                r"(?:(?!阶段|学段).)*(?:学校|校名|院校|幼儿园).*",
                r"就读(?:情况|单位|学籍|地点)?|就学(?:单位|地点)|在读(?:情况|单位)?|(?:name)?(?:of)?school(?:name)?",
                r"(?:就学|上学|入学|在校|读书|念书)(?:的)?(?:情况|状况|地点|地方)",
            ),
        ),
        ("grade", (r".*年级.*", r".*(?:班级|学段|阶段)", r"班|grade|class|gradeclass")),
        (
            "amount",
            (r"(?!.*(?:享受|低保|收入|已)).*(?:金额|补助标准|资助标准|元/月|元/年|元每月).*",),
        ),
        (
            "times",
            (
                r"(?:孩子|儿童|家里|家庭)?(?:可以?|方便|适合|希望|能)\w{0,4}(?:陪伴|探访|探望|上门|走访|辅导|服务)?的?(?:时间|时段).*",
                r"(?:陪伴|探访|探望|辅导)(?:的)?(?:时间|时段).*",
            ),
        ),
        (IGNORED, (r".*(?:帮扶|结对|包联)(?:责任)?(?:人|干部|单位|时间|日期|措施).*",)),
        ("needs", (r".*(?:帮扶|需求|诉求|心愿|需要).*", r"needs?")),
        (
            "category",
            (
                r".*(?:困境|困难|儿童|对象|人员|保障|家庭).*(?:类型|类别|种类|情形|原因|情况)",
                r"类型|类别|致困.*|致贫.*",
            ),
        ),
        ("languages", _LANGUAGES),
        ("place", _PLACE),
        ("banner", _BANNER),
        ("township", _TOWNSHIP),
        ("village", _VILLAGE),
        ("remark", (r"备注.*", r"说明|其他.*|其它.*|remarks?|notes?|comments?")),
    ),
    essential=(("姓名", ("name",)), ("身份证号码（或出生日期）", ("id_number", "birth"))),
    telling=("id_number", "birth", "sex", "school", "phone", "carer_phone"),
    examples=("姓名", "身份证号码", "就读学校"),
)

VOLUNTEERS = Columns(
    patterns=(
        (IGNORED, (*_OURS, r".*(?:紧急|家属|推荐人|介绍人).*", r".*(?:复印件|照片|证件类型).*")),
        (SERIAL, _SERIAL),
        ("phone", (r".*(?:手机|移动电话).*", rf".*(?:{_TELEPHONE}).*", _ENGLISH_PHONE)),
        ("checked", (r".*(?:犯罪|违法).*", r".*(?:背景审查|查询).*")),
        ("trained", (r".*(?:培训|证书|上岗).*",)),
        ("id_number", _ID),
        ("sex", (r".*性别", r"sex|gender")),
        ("name", (r"姓名|名字|name", r".*姓名", r"志愿者|爱心妈妈|申请人")),
        (
            "capacity",
            (r".*(?:结对|可帮|服务)\w*(?:人数|数量|名额|个数|数|几[个人名]).*", r".*人数.*"),
        ),
        ("availability", (r".*时间.*", r".*时段.*")),
        ("languages", _LANGUAGES),
        ("skills", (r".*(?:特长|技能|专长|擅长|爱好).*",)),
        ("occupation", (r".*(?:职业|单位|工作|职务).*",)),
        ("place", (r".*(?:居住|住址|地址|住所).*", r".*(?:户籍|户口|所在|地区|区域|服务地).*")),
        ("remark", (r"备注.*", r"说明|其他.*")),
    ),
    essential=(("姓名", ("name",)), ("手机号", ("phone",))),
    telling=("id_number", "phone", "sex"),
    examples=("姓名", "身份证号", "手机号"),
)

SCHOOLS = Columns(
    patterns=(
        (IGNORED, (*_OURS, r".*(?:照片|复印件).*")),
        (SERIAL, _SERIAL),
        ("bank", (r".*(?:开户行|开户银行|银行名称).*", r"银行")),
        ("account_name", (r".*(?:账户名|帐户名|户名|收款单位|收款人|账户名称|帐户名称).*",)),
        ("account_number", (r".*(?:账号|帐号|卡号|账户|帐户).*",)),
        ("phone", (rf".*(?:{_TELEPHONE}).*",)),
        ("banner", (r".*(?:旗县|县区|区县|市县|旗区).*", *_BANNER)),
        ("township", (r".*(?:乡镇|苏木|街道).*", *_TOWNSHIP)),
        ("contact", (r".*(?:联系人|资助专干|专干|经办人).*", r".*(?:负责人|校长).*")),
        ("name", (r"(?:学校|校|单位|院校)(?:名称|全称)|校名|学校", r".*学校.*名.*", r"名称")),
        ("place", _PLACE),
        ("remark", (r"备注.*", r"说明|其他.*")),
    ),
    essential=(("学校名称", ("name",)), ("所在旗县", ("banner", "place", "township"))),
    telling=("phone", "banner", "township", "contact", "bank"),
    examples=("学校名称", "所在旗县", "联系电话"),
)
