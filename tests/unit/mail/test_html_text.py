"""HTML as a reader sees it, and what mail programs mark as quoted or as a signature."""

import pytest

from chalicelib.mail.html_text import text_of_html
from chalicelib.mail.reply import reply_of


def reply_in(html: str) -> str:
    return reply_of(text_of_html(html, signatures=False))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>Three</p>", "One\n\nTwo\nThree"),
        ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
        ("One <b>and</b>\n  <i>a&nbsp;half</i>", "One and a half"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><th>c</th></tr></table>", "a b\nc"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<head><title>t</title><style>s</style></head><body><script>x</script>seen</body>", "seen"),
        ("<div style='display:none'>preheader</div><p hidden>x</p>seen", "seen"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<p>a<!-- comment -->b</p>", "ab"),
        ("<blockquote>all of it</blockquote>", "all of it"),
        ("<p>me</p><blockquote>you<blockquote>me before</blockquote></blockquote>", "me\n\n> you\n>> me before"),
        ("<p>me</p><blockquote style='border:none;margin:0 0 0 40px'>indented</blockquote>", "me\n\nindented"),
        ("a\0b \u200b c", "ab c"),
        ("", ""),
        ("no markup & <unclosed", "no markup &"),
    ],
)
def test_html_is_text(html: str, text: str) -> None:
    assert text_of_html(html) == text


@pytest.mark.parametrize(
    "quote",
    [
        '<div class="gmail_quote">On Mon, Ada wrote:<br><blockquote class="gmail_quote">Q</blockquote></div>',
        '<div class="gmail_quote"><div class="gmail_attr">Някой каза:</div><blockquote>Q</blockquote></div>',
        '<div>On 6 May 2024, at 10:12, Ada wrote:</div><blockquote type="cite">Q</blockquote>',
        '<hr><div id="divRplyFwdMsg"><b>Kush:</b> Ada<br><b>Kur:</b> e hene</div><div>Q</div>',
        '<div id="x_divRplyFwdMsg"><b>From:</b> Ada</div><div>Q</div>',
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><b>Kush:</b></div>Q',
        '<div id="ydp12ab_yahoo_quoted" class="ydp12ab_yahoo_quoted"><div>Q</div></div>',
        '<div class="protonmail_quote">Q</div>',
        '<div class="moz-cite-prefix">Le 6 mai, Ada a &eacute;crit :</div><blockquote type="cite">Q</blockquote>',
        '<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__QUOTED_TEXT__">Q</div>',
        "<hr>Date: Fri, 23 Mar 2012 12:35:31 -0600<br>To: <a>b@example.com</a><br>From: a@example.com<br><br>Q",
        "<p><b>From:</b> Ada<br><b>Sent:</b> Monday<br><b>To:</b> Bob<br><b>Subject:</b> Q</p><p>Q</p>",
    ],
)
def test_what_a_program_marks_as_quoted_is_no_reply(quote: str) -> None:
    assert reply_in(f"<div>I say</div>{quote}") == "I say"


def test_a_reply_below_a_marked_quote_is_found() -> None:
    announced = (
        '<div class="moz-cite-prefix">On 6 May 2024, Ada wrote:</div><blockquote type="cite">Q</blockquote>'
    )
    assert reply_in(f"{announced}<p>I say</p>") == "I say"
    gmail = '<div class="gmail_quote">On 6 May 2024, Ada wrote:<br><blockquote>Q</blockquote></div>'
    assert reply_in(f"{gmail}<div>I say</div>") == "I say"


@pytest.mark.parametrize(
    "signature",
    [
        '<div>--&nbsp;<br><div class="gmail_signature">Ada<br>Engines Ltd</div></div>',
        '<div class="moz-signature">-- <br>Ada</div>',
        '<div id="Signature"><p>Ada</p><p>Engines Ltd</p></div>',
        '<div data-smartmail="gmail_signature">Ada</div>',
    ],
)
def test_a_marked_signature_ends_where_the_program_says(signature: str) -> None:
    html = f"<div>I say</div>{signature}<div>and one more thing</div>"
    assert reply_in(html) == "I say\nand one more thing"
    assert "Ada" in text_of_html(html)


def test_a_tree_that_no_program_makes_is_read_without_its_structure() -> None:
    assert text_of_html("<div>" * 100_000 + "x &lt;y") == "x <y"
    assert text_of_html("<div>" * 2_000 + "<p>x" + "</div>" * 2_001).split() == ["x"]
