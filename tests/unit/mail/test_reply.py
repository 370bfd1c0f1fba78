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
