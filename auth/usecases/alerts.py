"""Tell a person what happened to their account (安全提醒), by text message and beside it.

The channel is another one than that which was used: whoever got into the account reads no text
message on the owner's phone. When the phone itself changes, the former one is told. What cannot
wait for somebody to read messages also goes to WeChat and wakes browsers (``waking``).
"""

from datetime import datetime
from typing import Literal

from auth.models import people
from backend.kernel import clock, db, outbox
from backend.kernel.errors import outside_down
from backend.kernel.outbox import GiveUp, Job
from backend.outside.sms.client import Sms
from backend.outside.wire import Down

What = Literal[
    "new_device", "password_set", "passkey_added", "passkey_removed", "passkey_copied", "pin_set",
    "pin_removed", "pin_resting",
    "phone_changed", "recovery_code_set", "recovery_started",
    "recovery_stopped", "recovery_done",
    "wechat_linked", "wechat_unlinked", "link_replayed", "merged", "parted",
    "rep_begun", "rep_ended", "rep_over",
    "wechat_untied", "wechat_retied",
]  # fmt: skip
Change = Literal["merged", "parted", "wechat_untied", "wechat_retied"]
"""What officers change about an account at a window."""

WORDS: dict[What, str] = {
    "new_device": "在新设备上登录了",
    "password_set": "设置了新密码",
    "passkey_added": "添加了通行密钥",
    "passkey_removed": "删除了通行密钥",
    "passkey_copied": "的通行密钥可能被复制，已拒绝登录",
    "pin_set": "设置了六位数字密码",
    "pin_removed": "取消了六位数字密码",
    "pin_resting": "的数字密码连续输错，已暂停使用",
    "phone_changed": "更换了手机号码",
    "recovery_code_set": "生成了新的找回码",
    "recovery_started": "正在被申请找回",
    "recovery_stopped": "的找回申请已撤销",
    "recovery_done": "已通过找回换绑手机号码",
    "wechat_linked": "绑定了一个微信",
    "wechat_unlinked": "解除了一个微信的绑定",
    "wechat_untied": "在窗口解除了一个微信的绑定",
    "wechat_retied": "在窗口恢复了一个微信的绑定",
    "merged": "与您的另一个账号合并了",
    "parted": "与另一个账号重新分开了",
    "link_replayed": "的登录链接被用了两次，已退出登录",
    "rep_begun": "可以由家人代办了",
    "rep_ended": "的家人代办结束了",
    "rep_over": "的一项代办结束了",
}


def telling(
    person_id: str, what: What, *, device: str = "", phone: str = "", once: str = ""
) -> db.Statement:
    """Announce something in the caller's ``db.write``.

    Args:
        device: on which device; of a representation, with whom (masked).
        phone: where to, if not to the present one.
        once: what makes several announcements one.
    """
    at = clock.now().astimezone(clock.CITY_ZONE)
    payload = {
        "person_id": person_id,
        "phone": phone,
        "params": {
            "what": WORDS[what] + (f"（{device}）" if device else ""),
            "time": f"{at.month}月{at.day}日 {at:%H:%M}",
        },
    }
    return outbox.row_for("auth.alert", key=f"auth.alert:{once or db.new_id()}", payload=payload)


def waking(
    person_id: str,
    what: Literal["window_asks", "recovery_started", "recovery_done", "phone_changed"] | Change,
    *,
    until: datetime,
    once: str = "",
    openid: str = "",
) -> db.Statement:
    """Announce something that a person should see now, in the caller's ``db.write``.

    Whoever reaches them carries it out (outbox ``person.told``).

    Args:
        until: after which it is of no use.
        once: what makes several announcements one.
        openid: the WeChat account to tell, if it is no longer the person's.
    """
    payload = {
        "person_id": person_id,
        "what": what,
        "openid": openid,
        "until": until.isoformat(),
    }
    return outbox.row_for("person.told", key=f"person.told:{once or db.new_id()}", payload=payload)


async def send(job: Job) -> None:
    """Outbox handler.

    Raises:
        GiveUp: the gateway will never take the message, or the person is gone.
        Refusal: ``sms_down``; the outbox tries again.
    """
    phone = job.payload["phone"]
    if not phone:
        identity = await people.find_identity(job.payload["person_id"])
        if identity is None:
            raise GiveUp("person_gone")
        phone = identity.phone
    if not phone:  # somebody who is only represented
        return
    try:
        await Sms.from_settings().send(
            phone=phone, template="security_notice", params=job.payload["params"], key=job.key
        )
    except Down as down:
        if down.permanent:
            raise GiveUp(down.detail or down.reason) from None
        raise outside_down("sms_down", retry_after=down.retry_after) from None
