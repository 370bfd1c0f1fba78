"""Whatever bytes come: one mail, no exception, nothing said that was not sent, in bounded time."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.charsets import decode
from chalicelib.mail.html_text import text_of_html
from chalicelib.mail.parse import parse
from chalicelib.mail.reply import reply_of

TOKENS = (
    *(
        "From: a@b.example\n",
        "Subject: =?utf-8?q?=C3=BC?=\n",
        "To: ",
        "<a@b.example>",
        "\n",
        "\n\n",
        "\r\n",
        " ",
        ":",
    ),
    *(
        "Content-Type: multipart/mixed; boundary=b\n",
        "Content-Type: multipart/alternative; boundary=c\n",
        "--b",
        "--c",
    ),
    *("--b--", "Content-Type: text/html; charset=utf-16\n", "Content-Type: message/rfc822\n", "text", "=?gbk?b?"),
    *("Content-Transfer-Encoding: base64\n", "Content-Transfer-Encoding: x-uuencode\n", "begin 644 x\n", "end\n"),
    *(
        "Content-Disposition: attachment; filename*0*=utf-8''%C3",
        "; name*1=",
        "é",
        "\0",
        "\udcff",
        "(",
        '"',
        "<",
        ">",
    ),
    *(
        "On 1 May 2024, Ada wrote:\n",
        "> quoted\n",
        "-- \n",
        "Sent from my iPhone\n",
        "From: x@y.example\n",
        "___\n",
    ),
    *("Authentication-Results: amazonses.com; dkim=pass header.d=", "Received: x\n", "Date: 31 Dec 9999 -1400\n"),
)
MARKUP = (
    *(
        "<div>",
        "</div>",
        "<blockquote>",
        "</blockquote>",
        "<p>",
        "<br>",
        "<table>",
        "<td>",
        "<pre>",
        "</pre>",
        "text",
    ),
    *(
        "<b a=1>",
        "<style>",
        "<!--",
        "-->",
        "&lt;",
        "<div class=gmail_quote>",
        "<div id=divRplyFwdMsg>",
        "\n",
        "&nbsp;",
    ),
    *(
        "<div class=gmail_signature>",
        "<svg>",
        "<template>",
        "<",
        ">",
        "'",
        "<blockquote style='border:none'>",
        "\0",
    ),
)
PROSE = st.lists(st.sampled_from(TOKENS), max_size=40).map("".join)


@given(st.one_of(PROSE.map(lambda text: text.encode("utf-8", "surrogateescape")), st.binary(max_size=400)))
def test_any_bytes_are_one_mail(raw: bytes) -> None:
    mail = parse(raw)
    assert mail.outcome in {"interaction", "reject"}
    assert mail.label
    for text in (mail.text, mail.subject, mail.reply_text, *(one.name for one in mail.attachments)):
        text.encode()  # no surrogate is left: everything can be stored


@given(PROSE.map(lambda text: text.replace("\udcff", "")))
def test_a_reply_says_nothing_that_the_mail_does_not_and_is_final(text: str) -> None:
    reply = reply_of(text)
    lines = iter(line.strip() for line in text.split("\n"))
    assert all(line.strip() == "" or any(line.strip() in other for other in lines) for line in reply.split("\n"))
    assert bool(reply.strip()) == bool(text.strip())


@given(st.lists(st.sampled_from(MARKUP), max_size=60).map("".join))
def test_any_markup_is_text(html: str) -> None:
    assert "\0" not in text_of_html(html)
    text_of_html(html, signatures=False).encode()


@given(
    st.binary(max_size=200), st.sampled_from(("utf-8", "utf-16", "gbk", "iso-2022-jp", "utf-7", "hz", "x", None))
)
def test_any_bytes_are_text_in_any_charset(content: bytes, declared: str | None) -> None:
    decode(content, declared).encode()
