"""What stands on a line of its own above a message that was quoted or forwarded, by language. Data only."""

from chalicelib.mail.phrases import phrases

MARKERS = phrases("""
en: original message, original email, original e-mail, original mail, original appointment, forwarded message
en: forwarded email, forwarded mail, begin forwarded message, start of forwarded message, forwarded conversation
en: reply message, replied message, previous message, previous replies, message from
fr: message d'origine, message original, message initial, message transféré, début du message réexpédié
fr: début du message transféré, courriel original, e-mail d'origine, mail original, message réexpédié
de: ursprüngliche nachricht, originalnachricht, original-nachricht, ursprüngliche mail, ursprüngliche e-mail
de: weitergeleitete nachricht, anfang der weitergeleiteten nachricht, weitergeleitete e-mail
es: mensaje original, mensaje reenviado, inicio del mensaje reenviado, correo original
ca: missatge original, missatge reenviat
it: messaggio originale, messaggio inoltrato, inizio messaggio inoltrato, inizio del messaggio inoltrato
pt: mensagem original, mensagem encaminhada, mensagem reencaminhada, início da mensagem encaminhada
nl: oorspronkelijk bericht, oorspronkelijke bericht, origineel bericht, doorgestuurd bericht
nl: begin doorgestuurd bericht, begin van doorgestuurd bericht
nb: opprinnelig melding, videresendt melding, start på videresendt melding
da: oprindelig meddelelse, oprindelig besked, videresendt meddelelse, videresendt besked
da: start på videresendt besked
sv: ursprungligt meddelande, originalmeddelande, vidarebefordrat meddelande, vidarebefordrat mail
sv: vidarebefordrat brev, vidarebefordrat mejl
fi: alkuperäinen viesti, edelleenlähetetty viesti, välitetty viesti
pl: oryginalna wiadomość, wiadomość oryginalna, pierwotna wiadomość, wiadomość przekazana, przekazana wiadomość
pl: treść przekazanej wiadomości, wiadomość wprowadzona
cs: původní zpráva, původní e-mail, přeposlaná zpráva
sk: pôvodná správa, preposlaná správa
hr: izvorna poruka, originalna poruka, proslijeđena poruka
sl: izvorno sporočilo
hu: eredeti üzenet, továbbított üzenet
ro: mesajul original, mesaj original, mesaj redirecționat
ru: исходное сообщение, пересылаемое сообщение, пересланное сообщение, оригинальное сообщение
ru: начало переадресованного сообщения, первоначальное сообщение, перенаправленное сообщение
uk: вихідне повідомлення, переслане повідомлення, оригінальне повідомлення
el: αρχικό μήνυμα, προωθημένο μήνυμα
tr: özgün ileti, orijinal mesaj, orijinal ileti, iletilen mesaj, yönlendirilen ileti, iletilmiş ileti
he: הודעה מקורית, הודעה שהועברה, הודעה המקורית
ar: الرسالة الأصلية, رسالة معاد توجيهها
vi: thư gốc, tin nhắn gốc, thư đã chuyển tiếp
id: pesan asli, pesan terusan, pesan diteruskan
th: ข้อความต้นฉบับ, ข้อความที่ส่งต่อ
zh: 原始邮件, 原始郵件, 原邮件, 转发的邮件, 轉寄郵件, 转发邮件信息, 转发邮件, 回复邮件, 原始信件, 回复的原邮件
ja: 元のメッセージ, 元のメール, オリジナルメッセージ, 転送メッセージ, 転送されたメッセージ
ko: 원본 메시지, 원본 메일, 원본메시지, 전달된 메시지, 전달된 메일
""")
"""Between dashes, or before a colon."""

FORWARDED_BY = phrases("""
en: forwarded by
fr: transféré par
de: weitergeleitet von
es: reenviado por
it: inoltrato da
pt: encaminhado por
""")
"""Between dashes, with a name and a date behind it (Lotus Notes)."""

REPLY_ABOVE = phrases("""
en: reply above this line, type your reply above, write above this line, respond above this line
en: add your reply above, enter your reply above, reply above the line
de: antworten sie oberhalb dieser linie, antworten sie über dieser linie, bitte antworten sie oberhalb
fr: répondez au-dessus de cette ligne, répondre au-dessus de cette ligne, votre réponse au-dessus
es: responda por encima de esta línea, escriba su respuesta por encima
pt: responda acima desta linha, escreva a sua resposta acima
it: rispondi sopra questa riga, rispondere sopra questa linea
nl: antwoord boven deze lijn, typ uw antwoord boven, reageer boven deze lijn
da: svar over denne linje
nb: svar over denne linjen
sv: svara ovanför denna rad
pl: odpowiedz powyżej tej linii
ru: ответьте выше этой строки
""")
"""What ticket systems write above the message that they send out."""
