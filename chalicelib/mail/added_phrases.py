"""What programs and legal departments add to a message, by language. Data only."""

from chalicelib.mail.phrases import phrases

SENT_FROM = phrases("""
en: sent from, sent via, sent with, sent by, sent using
fr: envoyé de, envoyé depuis, envoyé à partir de, envoyé par, envoyé via, envoyé avec, envoyé d'un, expédié depuis
de: von meinem, von meiner, gesendet von, gesendet mit, gesendet aus, gesendet über, gesendet vom, verschickt mit
de: diese nachricht wurde von meinem, diese e-mail wurde von meinem
es: enviado desde, enviado con, enviado a través de, enviado de
ca: enviat des
gl: enviado dende
pt: enviado do, enviada do, enviado por, enviado via, enviado pelo, enviado a partir do
it: inviato da, inviato dal, inviato con, inviata da
nl: verzonden vanaf, verzonden met, verzonden via, verstuurd vanaf, verstuurd met, verstuurd via, vanaf mijn
nb: sendt fra, sendt med, sendt via
sv: skickat från, skickat med, skickat via, skickades från
fi: lähetetty
pl: wysłane z, wysłano z, wysłane przez, wysłane za pomocą
cs: odesláno z, odesláno ze
sk: odoslané z, odoslané zo
hr: poslano s, poslano sa, poslato sa, poslano iz
ro: trimis de pe, trimis din, trimis de la
hu: küldve, elküldve
ru: отправлено с, отправлено из, послано с, отправлено от
uk: надіслано з, надіслано від, відправлено з
el: στάλθηκε από, εστάλη από
et: saadetud minu
lt: išsiųsta iš
lv: nosūtīts no
id: dikirim dari
vi: được gửi từ, gửi từ, đã gửi từ
he: נשלח מה, נשלח מ
ar: أرسلت من, مرسل من
zh: 發自我的, 发自我的, 发自, 從我的, 从我的, 來自我的
en: sent via the, sent on the, get outlook for, get [outlook for, download outlook for
fr: télécharger outlook pour, obtenez outlook pour, obtenir outlook pour, provenance :
de: holen sie sich outlook für, laden sie outlook für, outlook für
es: obtener outlook para
pt: obtenha o outlook para, obter o outlook para
it: ottieni outlook per, scarica outlook per
nl: outlook voor, download outlook voor
nb: skaff deg outlook for, hent outlook til
sv: hämta outlook för
pl: pobierz outlook dla, uzyskaj outlook dla
ru: скачать outlook для, загрузить outlook для
""")
"""How the line begins."""

SENT_LAST = phrases("""
de: gesendet, verschickt, beziehen, herunterladen
zh: 傳送, 发送, 寄出
ja: から送信, より送信
ko: 에서 보냄, 에서 전송
tr: gönderildi
hu: küldve, küldött
""")
"""How it ends where the verb is last."""

PRODUCTS = phrases("""
device: iphone, iphonu, ipad, ios, ipod, android, blackberry, galaxy, samsung, htc, huawei, nokia, xperia, pixel
device: oneplus, xiaomi, redmi, alcatel, lenovo, motorola, fairphone, nexus, kindle, windows phone, windows 10
device: windows 11, windows 8, macbook, smartphone, mobile, mobile device, handy, tablet, phone, cell, device
device: mobil, mobiltelefon, mobilgerät, mobieltje, mobiel, telefon, téléphone, teléfono, móvil, celular, telemóvel
device: cellulare, puhelimesta, puhelimestani, iphonesta, ipadista, телефона, смартфона, portable, appareil
app: outlook, yahoo mail, yahoo, windows mail, mailbox, airmail, protonmail, proton mail, gmail, aol mail, gmx
app: k-9 mail, spark, sparrow, thunderbird, zimbra, mail.ru, posteo, tutanota, superhuman, polymail, mailspring
app: web.de, bluemail, blue mail, apple mail, mail, newton, fastmail
""")
"""What it was sent from."""

EXCUSES = phrases("""
en: please excuse, excuse, please forgive, forgive, please pardon, pardon, apologies for, sorry for
fr: veuillez excuser, excusez, merci d'excuser, désolé pour
de: bitte entschuldigen sie, bitte entschuldige, bitte verzeihen sie
es: disculpe, disculpa, perdone
it: scusate, mi scuso per
nl: excuses voor
""")
SHORTCOMINGS = phrases("""
en: typo, brevity, autocorrect, auto-correct, spelling, short reply, terse
fr: brièveté, fautes de frappe
de: kürze, tippfehler
es: brevedad
it: brevità
nl: beknoptheid, typefouten
""")
"""What follows it, and for what."""

DISCLAIMERS = phrases("""
en: confidentiality notice, confidentiality note, confidential notice, disclaimer, legal disclaimer, legal notice
en: this email and any, this e-mail and any, this message and any, this e-mail (including, this email (including
en: this email is confidential, this e-mail is confidential, this message is confidential, this email message is
en: this email is intended, this e-mail is intended, this message is intended, this message is for the
en: this communication is, this communication and, this communication may, this transmission
en: this email may contain, this e-mail may contain, this message may contain, this message contains
en: this email contains, this e-mail contains, the information contained in this, the information in this
en: the contents of this, the content of this, information contained in this, if you are not the intended
en: if you have received this email in error, please consider the environment, think before you print, virus-free
fr: ce message et, ce courriel, ce message est confidentiel, ce message est destiné, l'information contenue
fr: les informations contenues, avant d'imprimer, pensez à l'environnement
fr: avis de confidentialité, garanti sans virus
de: diese e-mail enthält, diese email enthält, diese e-mail ist, diese nachricht enthält, diese nachricht ist
de: der inhalt dieser, die information in dieser, virenfrei, vertraulichkeitshinweis
de: bitte denken sie an die umwelt
es: este mensaje y, este mensaje contiene, este mensaje va dirigido, este correo electrónico y, este correo y
es: aviso legal, aviso de confidencialidad, libre de virus, la información contenida
pt: esta mensagem e, esta mensagem contém, esta mensagem pode, este e-mail e, este email e, aviso legal
pt: aviso de confidencialidade, as informações contidas
it: questo messaggio e, questo messaggio contiene, le informazioni contenute, questa e-mail, avvertenza
nl: dit bericht is, dit bericht en, dit e-mailbericht, deze e-mail is, deze e-mail en, de informatie in
da: denne e-mail er, denne e-mail og
nb: denne e-posten, denne meldingen er
sv: detta meddelande är, detta meddelande och, detta e-postmeddelande
pl: ta wiadomość jest, ta wiadomość i, niniejsza wiadomość, treść tej wiadomości, informacje zawarte
ru: это сообщение и, настоящее сообщение, это электронное сообщение
ja: この電子メール, 本メールは, このメールは
zh: 本邮件及, 此邮件及, 本邮件包含, 此電子郵件
""")
"""How the paragraph begins that tells what a stranger may not do with the message."""
