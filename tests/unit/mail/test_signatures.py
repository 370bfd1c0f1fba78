"""What is not said in a message, and what only looks so."""

import pytest

from chalicelib.mail.added_lines import is_device_line
from chalicelib.mail.signatures import without_signature

SAID = "It came, thank you."


def left_of(text: str) -> str:
    return "\n".join(without_signature(text.split("\n")))


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAda Lovelace\nHead of Engines",
        "--\nAda\n\n" + "A very long line about what the company does, in all its countries and times. " * 3,
        "__\nengines mailing list\nengines@example.org",
        "_______________________________________________\nengines mailing list\nhttps://lists.example.org",
        "—————\nAda Lovelace\nHead of Engines",
        "----------------\n\nAda Lovelace\n\nt. 020 7946 0000",
        "***\nAda\nwww.example.com",
        "Sent from my iPhone",
        "Sent from my phone. Please excuse typos.",
        "-- \nAda\n\nSent from my iPhone\n\n-- \nThe engines list",
        "This email and any attachments are confidential.\nIf you are not Bob, forget them.",
        "----\nCONFIDENTIALITY NOTICE: forget all of it.",
        "________________________________",
    ],
)
def test_a_signature_goes(signature: str) -> None:
    assert left_of(f"{SAID}\n\n{signature}") == SAID


@pytest.mark.parametrize(
    "said",
    [
        "Thanks,\nAda",  # the customer's own words
        "Cheers\n\n-Ada",
        "Items\n-----\nShoes 42\nHat",
        "My details\n\n------\nAda Lovelace\n12 Fox Street",
        "First question\n___\nmy answer is yes.\nSecond question\n___\nno",
        "Above\n\n___\n\nThis line here is a sentence that a person would write in a letter.",
        "Above\n\n====\n" + "x\n" * 50 + "0207 946 0000",
        "The app says\nSent from my iPhone\nand I have none.",
        "This email and any attachments are what I ask about.",
        "a -- b",
    ],
)
def test_what_is_said_stays(said: str) -> None:
    assert left_of(f"\n{said}\n") == said


@pytest.mark.parametrize(
    "line",
    [
        *("Sent from my iPhone", "Sent from my Galaxy", "(sent from a phone)", "Sent from Yahoo Mail on Android"),
        *(
            "Sent via the Samsung Galaxy S10, an AT&T 5G smartphone",
            "Sent from [Mail](https://example.com) for Windows",
        ),
        *(
            "Get Outlook for iOS<https://example.com/o>",
            "Sent with Proton Mail secure email.",
            "--Sent from my iPad",
        ),
        *("Envoyé de mon iPhone", "Envoyé à partir de Outlook pour iOS", "Télécharger Outlook pour Android"),
        *("Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App", "Holen Sie sich Outlook für iOS"),
        *("Enviado desde mi iPhone", "Enviado do meu iPhone", "Inviato da iPhone", "Verstuurd vanaf mijn iPad"),
        *("Skickat från min iPhone", "Sendt fra min iPhone", "Lähetetty iPhonesta", "Wysłane z iPhone'a"),
        *(
            "Отправлено с iPhone",
            "Надіслано з iPhone",
            "iPhoneから送信",
            "나의 iPhone에서 보냄",
            "发自我的 iPhone",
        ),
        *("從我的 iPhone 傳送", "iPhone'umdan gönderildi", "Odesláno z iPhonu", "Gửi từ iPhone của tôi"),
        *("Please excuse my brevity", "Please excuse any typos"),
    ],
)
def test_a_device_line_is_told(line: str) -> None:
    assert is_device_line(line)


@pytest.mark.parametrize(
    "line",
    [
        *("Sent from my desk, is much easier then my mobile phone.", "Sent from the phone shop in Leeds"),
        *(
            "Sent by DHL on Monday",
            "Envoyé par ma femme hier",
            "From my phone I cannot log in",
            "Sorry for the delay",
        ),
        *("Sent from my phone because wifi is down", "Get the phone fixed", "Excuse me, this is wrong", ""),
        "Sent from my iPhone " + "again " * 50,
    ],
)
def test_a_sentence_is_none(line: str) -> None:
    assert not is_device_line(line)
