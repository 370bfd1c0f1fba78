"""How mail programs announce what they quote, by language. Data only; all is compared without regard to case.

Known from what Outlook, Apple Mail, Gmail, Thunderbird, Yahoo, Zimbra, Samsung and Lotus write.
"""

from chalicelib.mail.phrases import phrases

OPENERS = phrases("""
en: on, at, in article, in message, quoting
fr: le
de: am, zitat von
es: el, mensaje citado por, citando, a
ca: el dia, missatge de
it: il, in data
pt: em, no dia, a
nl: op
nb: den, på, kl.
da: den, d.
sv: den, på, kl.
pl: w dniu, dnia
cs: dne
sk: dňa
hr: dana
sl: dne, v
ro: pe, la data de, în data de, în
fi: klo
el: στις
ru: от, в
uk: від
bg: на
tr: tarihinde
vi: vào, vào lúc, lúc, ngày
id: pada
he: בתאריך, ב
ar: في
th: เมื่อ
""")
UNSPACED_OPENERS = "在于於"
"""What may stand before the date or the name in "On 1 May 2024, Ada wrote:"."""

VERBS = phrases("""
en: wrote, writes, has written, a wrote
fr: a écrit, écrivait
de: schrieb, schrieben, schreibt, hat geschrieben, geschrieben
es: escribió, escribio, ha escrito, escribía
ca: ha escrit, va escriure
it: ha scritto, scrisse, scriveva
pt: escreveu, escreveram
nl: schreef, heeft geschreven, geschreven, schreven
nb: skrev, skrev følgende, følgende
da: skrev, skrev følgende
sv: skrev, skrev följande, följande
pl: napisał(a), napisał, napisała, napisali, pisze
cs: napsal(a), napsal, napsala, píše
sk: napísal(a), napísal, napísala
hr: je napisao, je napisala, napisao, napisala, je napisao/la, piše
sl: je napisal, je napisala, je napisal/-a
ro: a scris
hu: írta, ezt írta, a következőt írta
fi: kirjoitti
et: kirjutas
lv: rakstīja
lt: rašė
is: skrifaði
el: έγραψε
ru: написал, написала, написал(а), писал, писала, пишет
uk: написав, написала, написав(ла), пише
bg: написа
tr: yazdı, şunu yazdı, şunları yazdı
vi: đã viết, viết
id: menulis
he: כתב, כתבה, כתב/ה
ar: كتب, كتبت
th: เขียน, เขียนว่า
""")
"""What is said of the author."""

UNSPACED_VERBS = phrases("""
zh: 写道, 寫道, 写了, 撰寫
ja: のメール, さんは書きました, 書きました, のメッセージ, さんからのメール
ko: 작성, 님이 작성, 님이 작성한 메시지, 썼습니다, 님이 쓴 글
""")
"""The same where no space stands between words."""

HEADER_LABELS = {
    "from": phrases("""
        en: from, sender
        fr: de, expéditeur
        de: von, absender
        es: de, remitente
        it: da, mittente
        pt: de, remetente
        nl: van, afzender
        nb: fra, avsender
        da: fra, afsender
        sv: från, avsändare
        pl: od, nadawca
        cs: od, odesílatel
        hr: šalje, od, pošiljatelj
        ro: de la, expeditor
        hu: feladó
        fi: lähettäjä
        et: saatja
        lt: nuo
        lv: no
        el: από
        ru: от, от кого, отправитель
        uk: від, від кого, відправник
        tr: kimden, gönderen
        vi: từ, người gửi
        id: dari
        he: מאת
        ar: من
        th: จาก
        zh: 发件人, 發件人, 寄件者, 寄件人, 发送人, 发信人
        ja: 差出人, 送信者, 送信元
        ko: 보낸 사람, 보낸사람, 발신
    """),
    "sent": phrases("""
        en: sent, date sent, sent at, sent on
        fr: envoyé, envoyé le, envoyée, message du, date d'envoi
        de: gesendet, gesendet am, gesendet um
        es: enviado, enviado el, fecha de envío
        ca: enviat, enviat el
        it: inviato, inviato il
        pt: enviado, enviada, enviado em, enviada em
        nl: verzonden, verzonden op
        nb: sendt
        da: sendt
        sv: skickat, skickades
        pl: wysłano, wysłane, data wysłania
        cs: odesláno
        sk: odoslané
        hr: poslano, poslato
        ro: trimis
        hu: elküldve, küldve
        fi: lähetetty
        et: saadetud
        el: εστάλη, στάλθηκε
        ru: отправлено
        uk: надіслано
        tr: gönderilme, gönderildi, gönderme tarihi
        vi: đã gửi
        id: terkirim, dikirim
        he: נשלח
        ar: تم الإرسال
        th: ส่ง
        zh: 发送时间, 发送日期, 寄件日期, 傳送時間, 已发送
        ja: 送信日時, 送信日
        ko: 보낸 날짜, 보낸날짜
    """),
    "date": phrases("""
        en: date
        de: datum
        es: fecha
        it: data
        nb: dato
        pl: data i godzina
        hu: dátum
        fi: päivämäärä, päiväys
        et: kuupäev
        el: ημερομηνία
        ru: дата
        tr: tarih
        vi: ngày
        id: tanggal
        he: תאריך
        ar: التاريخ
        th: วันที่
        zh: 日期, 时间, 時間
        ja: 日付, 日時
        ko: 날짜
    """),
    "to": phrases("""
        en: to
        fr: à, a, destinataire, pour
        de: an, empfänger
        es: para, a, destinatario
        it: a, per, destinatario
        pt: para, destinatário
        nl: aan
        nb: til
        sv: till
        pl: do, adresat
        cs: komu
        sk: komu, pre
        hr: prima, za, kome
        ro: către, catre
        hu: címzett
        fi: vastaanottaja
        et: saaja
        el: προς
        ru: кому
        tr: kime, alıcı
        vi: tới, đến, người nhận
        id: kepada, ke
        he: אל
        ar: إلى
        th: ถึง
        zh: 收件人, 收件者
        ja: 宛先
        ko: 받는 사람, 받는사람, 수신
    """),
    "cc": phrases("""
        en: cc, bcc
        fr: copie, copie à, cci, pour info
        de: kopie, kopie an
        es: con copia a, con copia, cco
        it: copia
        pt: cópia
        nb: kopi
        sv: kopia, kopi till
        pl: dw, do wiadomości
        hu: másolat
        fi: kopio
        el: κοιν., κοινοποίηση
        ru: копия
        uk: копія
        tr: bilgi
        zh: 抄送, 副本
        ko: 참조
    """),
    "subject": phrases("""
        en: subject, re
        fr: objet, sujet
        de: betreff, betr
        es: asunto
        ca: assumpte
        it: oggetto
        pt: assunto
        nl: onderwerp
        nb: emne
        sv: ämne
        pl: temat
        cs: předmět
        sk: predmet
        hr: naslov
        sl: zadeva
        ro: subiect
        hu: tárgy
        fi: aihe
        et: teema
        el: θέμα
        ru: тема
        tr: konu
        vi: chủ đề, tiêu đề
        id: perihal, subjek
        he: נושא
        ar: الموضوع
        th: หัวเรื่อง, เรื่อง
        zh: 主题, 主旨, 主題
        ja: 件名, 題名
        ko: 제목
    """),
    "reply_to": phrases("""
        en: reply-to, reply to
        fr: répondre à
        de: antwort an, antworten an
        es: responder a
        it: rispondi a
        nb: svar til
        sv: svara till
        nl: antwoord aan
    """),
}
"""The fields of a quoted message's head, by what they hold."""
