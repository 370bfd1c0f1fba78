"""What somebody wrote in a mail, without quote and signature: by mail program, language and habit."""

import pytest

from chalicelib.mail.reply import reply_of

SAID = "The parcel came, thank you."
QUOTE = "> Has the parcel arrived?\n>\n> Bob\n"


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, 6 May 2024 at 10:12, Bob Miller <bob@example.com> wrote:",
        "On 6 May 2024, at 10:12, Bob <bob@example.com> wrote:",
        "On 06/05/2024 10:12, Bob Miller wrote:",
        "On Mon, May 6, 2024 at 10:12 AM Bob Miller\n<bob@example.com> wrote:",
        "On Mon, May 6, 2024 at 10:12 AM Bob Miller from Parcels and Letters\n<\nbob@example.com>\nwrote:",
        "At 10:12 06/05/2024, you wrote:",
        "Le lun. 6 mai 2024 à 10:12, Bob Miller <bob@example.com> a écrit :",
        "Am 06.05.24 um 10:12 schrieb Bob Miller:",
        "Am Mo., 6. Mai 2024 um 10:12 Uhr schrieb Bob Miller <\nbob@example.com>:",
        "Bob Miller <bob@example.com> schrieb am Mo. 6. Mai 2024 um 10:12:",
        "El lun, 6 may 2024 a las 10:12, Bob Miller (<bob@example.com>) escribió:",
        "Il giorno lun 6 mag 2024 alle ore 10:12 Bob Miller <bob@example.com> ha scritto:",
        "Em seg., 6 de mai. de 2024 às 10:12, Bob Miller <bob@example.com> escreveu:",
        "Op ma 6 mei 2024 om 10:12 schreef Bob Miller <bob@example.com>:",
        "Den mån 6 maj 2024 kl 10:12 skrev Bob Miller <bob@example.com>:",
        "man. 6. maj 2024 kl. 10.12 skrev Bob Miller <bob@example.com>:",
        "pon., 6 maj 2024 o 10:12 Bob Miller <bob@example.com> napisał(a):",
        "po 6. 5. 2024 v 10:12 odesílatel Bob Miller <bob@example.com> napsal:",
        "ma 6. toukok. 2024 klo 10.12 Bob Miller (bob@example.com) kirjoitti:",
        "Bob Miller <bob@example.com> ezt írta (időpont: 2024. máj. 6., H, 10:12):",
        "пн, 6 мая 2024 г. в 10:12, Bob Miller <bob@example.com>:",
        "6 мая 2024 г., в 10:12, Bob Miller <bob@example.com> написал(а):",
        "пн, 6 трав. 2024 р. о 10:12 Bob Miller <bob@example.com> пише:",
        "Bob Miller <bob@example.com>, 6 May 2024 Pzt, 10:12 tarihinde şunu yazdı:",
        "Vào 10:12 6 tháng 5, 2024, Bob Miller <bob@example.com> đã viết:",
        "Pada tanggal Sen, 6 Mei 2024 pukul 10.12 Bob Miller <bob@example.com> menulis:",
        '在2024-05-06 10:12:00，"Bob"<bob@example.com> 写道:',
        "在 2024年5月6日，上午10:12，Bob Miller <bob@example.com> 写道：",
        "2024年5月6日(月) 10:12 Bob Miller <bob@example.com>:",
        "2024년 5월 6일 (월) 오전 10:12, Bob Miller <bob@example.com>님이 작성:",
        "2024-05-06 10:12 GMT+02:00 Bob Miller <bob@example.com>:",
        "---- Bob Miller wrote ----",
        "Monday, 6 May 2024, 10:12 +0200 from bob@example.com <bob@example.com>:",
    ],
)
def test_what_a_program_announces_as_quoted_goes(attribution: str) -> None:
    # With the usual marks, and without any: then all below is quoted
    assert reply_of(f"{SAID}\n\n{attribution}\n\n{QUOTE}") == SAID
    assert reply_of(f"{SAID}\n{attribution}\n{QUOTE}") == SAID
    assert reply_of(f"{SAID}\n\n{attribution}\n\nHas the parcel arrived?\n\nBob\n") == SAID


@pytest.mark.parametrize(
    "head",
    [
        "From: Bob Miller <bob@example.com>\nSent: Monday, May 6, 2024 10:12 AM\nTo: Ada\nSubject: RE: Parcel",
        "*From:* Bob Miller <bob@example.com>\n*Date:* Monday\n*To:* Ada\n*Subject:* Parcel",
        "From: Bob <bob@example.com>\nTo: Ada <ada@example.com>;\n  Cy <cy@example.com>;\n  Dan\nSent: Mon",
        'Gesendet: Montag, 6. Mai 2024 um 10:12 Uhr\nVon: "Bob" <bob@example.com>\nAn: Ada\nBetreff: Paket',
        "De : Bob\nEnvoyé : lundi 6 mai 2024 10:12\nÀ : Ada\nObjet : Colis",
        "De: Bob <bob@example.com>\nEnviado: lunes\n\nPara: Ada\n\nAsunto: Paquete",
        "Da: Bob\nInviato: lunedì\nA: Ada\nOggetto: R: Pacco",
        "Van: Bob\nVerzonden: maandag\nAan: Ada\nOnderwerp: Pakket",
        "Fra: Bob\nSendt: mandag\nTil: Ada\nEmne: Pakke",
        "Od: Bob\nWysłano: poniedziałek\nDo: Ada\nTemat: Paczka",
        "От: Bob\nОтправлено: понедельник\nКому: Ada\nТема: Посылка",
        "发件人: Bob <bob@example.com>\n发送时间: 2024年5月6日\n收件人: Ada\n主题: 包裹",
        "差出人: Bob\n送信日時: 2024年5月6日\n宛先: Ada\n件名: 荷物",
        "Date: Mon, 6 May 2024 10:12:00 +0200\nTo: ada@example.com",
        "From: bob@example.com Date: Mon, 6 May 2024 10:12:00 +0200",
        "-----Original Message-----",
        "-------- Ursprüngliche Nachricht --------",
        "---------- Forwarded message ---------\nFrom: Bob <bob@example.com>\nSubject: Parcel",
        "Begin forwarded message:",
        "--- Mesaĝo ---\nFrom: Bob <bob@example.com>\nTo: Ada",
        "------------------ 原始邮件 ------------------",
        "----- Forwarded by Bob Miller/London on 06/05/2024 10:12 -----",
        "##- Please type your reply above this line -##",
        "> On 6 May 2024, at 10:12, Bob <bob@example.com> wrote:\n>\n> Has it arrived?\n> Has it?",
    ],
)
def test_a_quoted_head_or_marker_ends_the_reply(head: str) -> None:
    below = "" if head.startswith(">") else "\n\nHas the parcel arrived?\n\nBob\n"
    assert reply_of(f"{SAID}\n\n{head}{below}") == SAID
    assert reply_of(f"{SAID}\n\n________________________________\n{head}{below}") == SAID


@pytest.mark.parametrize(
    "text",
    [
        "I travel\n\nFrom: London\nTo: Paris\nDate: 12 May 2024\n\nCan you book it?",
        "Name: Ada\nEmail: ada@example.com\nSubject: refund\nMessage: where is it?",
        "Date: Wednesday 3 May\nTime: 7:00\nAddress: 1 Fox St\n\nIs that right?",
        "On 12 May I wrote to you:\n\nthe box is broken.\n\nPlease answer.",
        "On Monday your colleague Ann wrote that it ships on 5 May.\nIt did not.",
        "On this day\n\nI wrote something",
        "Yesterday I sent:\n- a shirt\n- a hat\nOn 3/4/2024 you sent:\n- nothing",
        "Order 12345 of ada@example.com, 12 May 2024:\n\n2 x shoes",
        "Please answer here:\n\n--------- Your answer ---------\n\nNo.",
        "2024-01-15 14:30:25\n01/15/2024 at 2:30 PM\nare the times of my calls.",
        "To: whom it may concern\nRe: my order\n\nit is late",
        "You wrote my name wrong: it is Ada.",
        f"On {'very ' * 100}long wrote:",
        "From: " + "x" * 2_000,
        "From: bob@example.com\nwrote me that\nit is lost\nand more\nSubject: gone",
    ],
)
def test_what_only_looks_like_an_announcement_stays(text: str) -> None:
    assert reply_of(text).split() == text.split()


def test_a_reply_below_the_quote_is_found() -> None:
    assert reply_of(f"On 6 May 2024, Bob wrote:\n{QUOTE}\n{SAID}\n") == SAID
    assert reply_of(f"Hello,\n\nOn 6 May 2024, Bob wrote:\n{QUOTE}\n{SAID}") == f"Hello,\n\n{SAID}"


def test_answers_between_quotes_keep_what_they_answer() -> None:
    text = "Hi\n\nOn 6 May 2024, Bob wrote:\n> Blue?\n\nYes.\n\n> Large?\n\nNo.\n\n> Bob\n"
    assert reply_of(text) == "Hi\n\n> Blue?\n\nYes.\n\n> Large?\n\nNo."


def test_a_long_answer_below_a_quote_keeps_it() -> None:
    answer = "\n".join(f"Point {n}: no." for n in range(7))
    assert reply_of(f"Hi\n\nBob wrote:\n> All of it?\n\n{answer}") == f"Hi\n\n> All of it?\n\n{answer}"


def test_what_the_writer_quoted_stays_above_what_the_program_quoted() -> None:
    own = "You say:\n\n> two days"
    assert reply_of(f"{own}\n\nOn 6 May 2024, Bob wrote:\n> It takes two days.\n") == own


def test_a_quote_without_a_reply_is_kept_whole() -> None:
    assert reply_of("> only this") == "> only this"
    forwarded = "---------- Forwarded message ---------\nFrom: Bob <bob@example.com>\n\nHere it is."
    assert reply_of(forwarded) == forwarded
    assert reply_of("Sent from my iPhone") == "Sent from my iPhone"
    assert reply_of("") == ""


def test_an_unquoted_message_below_its_announcement_is_what_is_said() -> None:
    assert reply_of(f"On 6 May 2024, Bob wrote:\n\n{SAID}") == SAID


def test_a_quote_goes_on_where_a_program_wrapped_it_out_of_its_marks() -> None:
    assert (
        reply_of(f"{SAID}\n\nBob wrote:\n> a long line\nthat goes on\n> and on\n (https://example.com) >\n> x")
        == SAID
    )
    assert reply_of("Bob wrote:\n> Large?\nNo.\n> Blue?\nYes.") == "> Large?\n\nNo.\n\n> Blue?\n\nYes."


def test_a_reply_may_share_the_line_of_the_announcement() -> None:
    assert reply_of("Yes On Wed, Apr 4, 2012 at 3:59 PM, bob@example.com wrote:\n> Hi") == "Yes"
    assert reply_of("Yes--- On Wed, Apr 4, 2012 at 3:59 PM, bob@example.com wrote:\n> Hi") == "Yes"
    unquoted = "Yes On Wed, Apr 4, 2012 at 3:59 PM, bob@example.com wrote:\nHi"
    assert reply_of(unquoted) == unquoted


@pytest.mark.parametrize(
    "weak",
    ["Bob wrote:", "Quoting Bob <bob@example.com>:", "Bob wrote on 6 May 2024:", "bob@example.com (Bob) writes:"],
)
def test_a_weak_announcement_counts_where_a_quote_follows(weak: str) -> None:
    assert reply_of(f"{SAID}\n\n{weak}\n{QUOTE}\nBye") == f"{SAID}\n\nBye"


def test_an_announcement_may_have_a_blank_line_before_the_address() -> None:
    assert reply_of(f"{SAID}\n\nOn 6 May 2024 Bob\n\n<bob@example.com> wrote:\n\nHas it?") == SAID
    assert reply_of(f"{SAID}\n\nOn 6 May 2024\n\nit came.") == f"{SAID}\n\nOn 6 May 2024\n\nit came."


def test_empty_pages_are_closed_up() -> None:
    assert reply_of("One" + "\n" * 300 + "Two") == "One\n\n\nTwo"


def test_only_so_much_of_a_text_is_read() -> None:
    assert len(reply_of("word " * 100_000)) <= 100_000
