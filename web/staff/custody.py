"""The custodian reads the record of what was done on the donors' side. Nothing here changes it."""

from flask import Blueprint, render_template, request

from privacy.permissions import Act
from services.custody import custody
from services.gate import Card
from vocabulary.enums import CustodyReason
from web.core import requests
from web.core.access import current_viewer, may
from web.core.labels import label

# What the chain's codes say in words; a code that is not here stands as it is.
ACTS = {
    "statement.book": "流水入账",
    "statement.discard": "流水没有入账",
    "statement.layout": "认银行流水的列",
    "statement.read": "读银行流水",
    "pledge.offer": "提出认捐",
    "pledge.said_paid": "说已付款",
    "pledge.pause": "暂停认捐",
    "pledge.resume": "恢复认捐",
    "pledge.terms": "改认捐",
    "pledge.stop": "停止认捐",
    "pledge.undo": "撤回改动",
    "pledge.take_over": "接手认捐",
    "pledge.read": "看自己的认捐",
    "earmark.answer": "答复改用途的询问",
    "pledge.naming": "改称呼",
    "pledge.remind": "改提前几天告诉",
    "pledge.one_child": "给一个孩子存一笔",
    "pledge.giver": "写单位、集体的名称",
    "pledge.members": "改一起捐的名单",
    "pledge.forget_member": "删掉名单上的一个名字",
    "pledge.member_link": "给名单上的一位发、停他自己的链接",
    "donor.other_contact": "联系人去世，替集体问另一位联系人",
    "successor.name": "写下集体的新联系人",
    "successor.agree": "再写一遍，一样：同意集体的新联系人",
    "successor.take_back": "撤回集体的新联系人",
    "successor.lapse": "集体的新联系人没人核对，过期",
    "pledge.contact": "换了一份集体认捐的联系人",
    "donor.own_part": "集体里的一位看自己的一份",
    "donor.members": "看一起捐的名单",
    "pledge.gift": "另加一份",
    "pledge.gift_undo": "撤回另加的一份",
    "gifts.give": "给出另加的一份",
    "pledge.ask_payer": "请人接着付",
    "pledge.undo_ask": "撤回请人接着付",
    "pledge.accept": "愿意接着付",
    "pledge.decline": "不接着付",
    "pledges.move": "换付款人",
    "donor.end_links": "让专用链接都打不开，换一条新的",
    "donor.forget": "要求忘记自己",
    "donor.forget_again": "恢复备份后再次忘记",
    "death.note": "登记捐赠人去世",
    "death.agree": "同意去世登记",
    "death.take_back": "撤回去世登记",
    "custody.donors": "看去世登记和票据记录",
    "keys.rotate": "换密钥",
    "outbox.read": "在服务器上看没接通的消息",
    "donor.enter": "打开专用链接",
    "earmark.read": "看限定用途",
    "donor.home": "看自己的认捐",
    "donor.match": "看一个孩子的明细",
    "donor.entries": "看每一笔的校验码",
    "certificate.issue": "开捐赠证书",
    "certificate.void": "捐赠证书作废",
    "fiscal_receipt.record": "登记捐赠票据",
    "fiscal_receipt.void": "捐赠票据作废",
    "fiscal_receipts.list": "看捐赠票据的清单",
    "fiscal_receipts.name": "看票据开给谁",
    "fiscal_receipts.file": "下载捐赠票据",
    "receipt_wish.keep": "说要不要捐赠票据",
    "unit.join": "让单位代收",
    "unit.leave": "退出单位代收",
    "donor.papers": "看对账单和证书的清单",
    "donor.statement": "看年度对账单",
    "donor.certificate": "看捐赠证书",
    "custody.read": "看这份记录",
    "custody.ask": "申请看身份",
    "custody.agree": "同意看身份",
    "custody.decline": "没有同意看身份",
    "custody.show": "看了身份",
    "custody.lapse": "身份申请过期",
    "custody.list": "看身份申请的清单",
    "custody.detail": "看一件身份申请",
    "custody.paper": "看法律文书",
    "notices.read": "看消息",
    "donor.sign_in": "打开专用链接",
    "receipt.record": "登记到账",
    "payment.place": "线上付款下单",
    "payment.show": "看自己的线上付款",
    "payout.explain": "说明支付平台的结算",
    "receipt.assign": "对上付款编号",
    "receipt.take_back": "冲销到账",
    "unclaimed.ask": "提出处理没有人认领的到账",
    "unclaimed.agree": "同意处理没有人认领的到账",
    "unclaimed.pay": "记下退回付款账户的日子",
    "unclaimed.bounce": "退回付款账户的钱被银行退了回来",
    "unclaimed.turn_down": "没有人认领的到账先不处理",
    "rests.set_apart": "停捐余下的钱另放，问捐赠人",
    "rest.read": "看停捐余下的钱",
    "rest.answer": "定停捐余下的钱怎么用",
    "rest.end_ask": "提出没有人能答的余款给哪里",
    "rest.end_agree": "同意没有人能答的余款给哪里",
    "rest.end_turn_down": "没有人能答的余款接着放着",
    "pay_back.make": "填余款退回的账户",
    "pay_back.agree": "核对余款退回的账户",
    "pay_back.turn_down": "清掉余款退回的账户",
    "pay_back.order": "打开退款单",
    "pay_back.pay": "余款退回了",
    "pay_back.bounce": "退回的余款被银行退了回来",
    "receipt_move.ask": "提出改一笔到账的付款编号",
    "receipt_move.agree": "同意改一笔到账的付款编号",
    "receipt_move.turn_down": "到账的付款编号先不改",
    "line_tie.ask": "提出一笔进账不是捐款",
    "line_tie.turn_down": "一笔进账先不定是什么",
    "payment.bill": "对支付平台的账单",
    "gift.fund": "一次性的钱到账",
    "stipends.fund": "用到账的钱付助学金",
    "stipends.unfund": "到账改了，还没拨出的先放回等到账",
    "surgeries.fund": "付手术的钱",
    "stipends.bridge": "用备用金垫付助学金",
    "matches.dry": "标出很久没到账的认捐",
    "letter.write": "写信",
    "letters.read": "看信",
    "reveal.ask": "想认识孩子家",
    "reveal.answer": "回答想不想认识",
    "reveal.take_back": "收回想认识的话",
    "reveal.setting": "改要不要被问起",
    "reveal.read": "看互相认识",
    "reveal.release": "两边愿意，让双方认识",
    "honey.plant": "放下一份警戒记录",
    "honey.opened": "有人打开警戒记录",
    "incident.enter": "登记安全事件",
    "incident.step": "记安全事件的进展",
    "incident.close": "结束安全事件",
    "incident.affected": "查安全事件牵连谁",
    "incident.read": "看安全事件",
    "access.refused": "点了打不开的一页",
    "account.proof_refused": "没能证明是本人",
}

SUBJECTS = {
    "statement": "银行流水",
    "layout": "流水的列",
    "pledge": "认捐",
    "redirection": "改用途的询问",
    "rest": "停捐余下的钱",
    "rests": "停捐余下的钱",
    "pay_back": "余款退回",
    "receipt_move": "改付款编号",
    "line_tie": "不是捐款的进账",
    "receipt": "到账",
    "payment": "线上付款",
    "payout": "支付平台结算",
    "certificate": "捐赠证书",
    "fiscal_receipt": "捐赠票据",
    "fiscal_receipts": "捐赠票据",
    "reference": "付款编号",
    "gift": "一次性的钱",
    "gift_wish": "另加的一份",
    "payer_move": "换付款人",
    "day": "一天",
    "stipends": "一批助学金",
    "stipend": "助学金",
    "donor": "捐赠人",
    "match": "结对",
    "key": "密钥",
    "letters": "信件",
    "letter": "信件",
    "reveal": "互相认识",
    "honey": "警戒记录",
    "incident": "安全事件",
    "custody": "身份申请",
    "outbox": "没接通的消息",
    "page": "一页",
    "account": "帐号",
}
# Why, where the chain keeps a code; what a person wrote stands as it is.
WHYS = {one.value: label(one) for one in CustodyReason} | {
    "400": "表单不全或过期",
    "403": "没有这个权限",
    "404": "没有这一页",
    "405": "没有这个办法",
    "blocked": "试得太多",
    "wrong": "密码或验证码不对",
}
MANY = " records"  # how web/core/requests.py sums up a page that showed several
ACTORS = {"account": "帐号", "donor": "捐赠人", "engine": "定时任务", "console": "服务器上的命令"}

bp = Blueprint("custody", __name__, url_prefix="/custody")


@bp.get("/")
@may(Act.SEE_CUSTODY)
def index() -> str:
    """List the chain, newest first."""
    session, viewer = requests.session(), current_viewer()
    before, checks = request.args.get("before", type=int), "check" in request.args
    found = custody.entries(session, viewer, before=before)
    shown = found[: custody.PAGE]
    return render_template(
        "staff/custody/index.html",
        title="保密记录",
        entries=[_in_words(card) for card in shown],
        total=custody.count(session, viewer),
        checked=checks,
        broken=custody.first_broken(session, viewer) if checks else None,
        is_first=before is None,
        older=shown[-1]["seq"] if len(found) > custody.PAGE else None,
    )


def _in_words(card: Card) -> Card:
    kind, _, ref = card["actor"].partition(":")
    subject, _, subject_ref = card["subject"].partition(":")
    if subject.endswith(MANY):
        subject = f"{subject.removesuffix(MANY)} 条"
    return card.and_also(
        act_words=ACTS.get(card["act"], card["act"]),
        actor_words=ACTORS.get(kind, kind),
        actor_ref="" if kind == "engine" else ref,
        subject_words=SUBJECTS.get(subject, subject),
        subject_ref=subject_ref,
        why_words=WHYS.get(card["why"], card["why"]),
    )
