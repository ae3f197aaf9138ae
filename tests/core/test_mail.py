"""Mail: posted with a transaction, delivered by the job, in three languages."""

from __future__ import annotations

from email import message_from_bytes, policy

from openpartner.core.mail.models import MailState, OutgoingMail
from openpartner.core.mail.outbox import post
from openpartner.core.mail.sinks import folder
from openpartner.core.mail.templates import Template
from openpartner.worker.run import Worker


def test_it_is_posted_and_delivered(db: None) -> None:
    values = {"name": "Dora", "account": "dora_account", "minutes": 30, "link": "https://x.example/reset/abc"}
    post(Template.PASSWORD_RESET, values, to="dora@example.com", language="zh-hans")
    assert Worker().once() == 1
    mail = OutgoingMail.objects.everything(reason="test").get()
    assert (mail.state, mail.text, mail.attempts) == (MailState.SENT, "", 1)
    (file,) = folder().glob("*.eml")
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert read["Subject"] == "重置密码"
    assert "https://x.example/reset/abc" in read.get_content()
