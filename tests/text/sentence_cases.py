"""Where sentences end, decided by hand: for each language a case a line, ‖ where the next sentence begins."""

from __future__ import annotations

CASES = {
    "en": """
It rained. ‖It stopped! ‖Why?
Mr. Smith met Dr. Ruiz on Jan. 5 at 4.20 p.m. in the U.S. Senate.
It cost $3.5 million, i.e. too much. ‖He paid.
J. K. Rowling wrote it. ‖J.R.R. Tolkien did not.
See No. 5 on p. 12. ‖Then go home.
She lives in the U.S. ‖She moved there in 1990. ‖Five people came.
They left at 5 p.m. ‖He stayed behind.
The meeting is at 4 p.m. Monday in St. Louis.
"It is over." ‖She left the room.
"It is over. We won," she said. ‖Nobody cheered.
“Go. Now!” he said. ‖They went.
He asked, "Is it over?" and left.
I waited... ‖Nobody came. ‖Then ... silence.
They sold apples, pears, etc. ‖Nobody bought any.
Apples, pears etc. are fruit.
Apple Inc. said on Monday that it would appeal.
He works for Apple Inc. ‖The firm is large.
Smith et al. (2019) showed this, cf. Fig. 3 and e.g. Sect. 4.2.
The end.[12] ‖Another begins.[3][4] ‖So it goes.
He stayed (see p. 5). ‖She left. ‖(It was late.) ‖They slept.
They (so. It. Goes) left.
Vitamin C. helps nobody, said George W. Bush.
Was it I? ‖It was I. ‖The door closed.
World War I began in 1914. ‖World War II ended in 1945.
Visit www.example.org. ‖Write to a.b@example.org today.
Version 2.0.1 is out! ‖Get it.
Yahoo! is a company. ‖So is Google.
Capt. Rosa Ilves and Lt. Col. Weld met Gen. Henk vs. the crew.
Oh no! ‖Really?! ‖Yes!!!
Sammy Davis Jr. sang. ‖Martin Luther King Jr. spoke.
It weighs 5 kg. ‖The other weighs 3 lb. ‖Both are heavy.
He was born c. 1850 in Ft. Worth. ‖Ph.D. students came.
The firm (Acme Ltd.) closed. ‖Its Ph.D. programme did not.
Turn left onto Main St. and stop. ‖It is on Fifth Ave. ‖There is a sign.
1. Open the door. ‖2. Close the door.
"Why?" he asked. ‖"Because I said so."
Sen. Elizabeth Moss (D-Mass.) met Rep. Tom Hale on Oct. 3. ‖Neither spoke.
The U.N. Security Council met in Washington, D.C. on Tuesday. ‖It adjourned at 9 a.m. ‖Nobody objected.
"We have lost," Judge Ellis said. ‖"We will appeal."
At 11 a.m. EST the ship left. ‖Its captain, Sgt. Maj. Bell, waved.
The temperature fell to -3.5 °C. ‖Snow followed.
"Is this it?" she asked. ‖He nodded.
Dr. A. B. Cole, M.D., of Johns Hopkins Univ. wrote to Messrs. Hall & Co. ‖They replied.
They came from Oxford St. ‖Others came by boat.
He read Vol. 3, ch. 7, pp. 12–14. ‖It was dull.
He scored 3. ‖She scored 5. ‖Nobody scored 10.
What a day! ‖“Never again,” he wrote.
The novel ("Fire. Ash. Rain.") sold well. ‖It won a prize.
The plan was simple: win. ‖It failed...
Brown v. Board of Education was decided in 1954. ‖It changed much.
Prices rose 2.1 per cent in Q4, vs. 1.8 per cent a year before. ‖Economists had forecast 2.0.
The book, by Philip K. Dick, was filmed in 1982. ‖Ridley Scott directed it.
Rear Adm. Grace Hopper retired on Aug. 14, 1986. ‖She was 79.
"Who goes there?" shouted the guard. ‖Silence. ‖Then: "It's me."
Gen. Lee surrendered to Ulysses S. Grant. ‖The war was over.
He paid £5.50 (approx. $7). ‖Was it worth it? ‖Perhaps…
Add 2 tbsp. of oil and stir. ‖Cook for 10 min. ‖Serve hot.
The B.B.C. reported it first. ‖So did the A.P. ‖Reuters followed.
"I don't know... maybe," she said. ‖He shrugged.
Section 3.2.1 applies. ‖See Table 4 for details.
In Fabian v. Lowe (1976); Wisconsin was named (see above); Maine was not. ‖Nobody asked why.
It was built in 1890.[citation needed] ‖It fell.[3][4]
The 5th Cir. ruled in 1999. ‖iPhone sales rose. ‖eBay did not.
She starred in "Agents of S.H.I.E.L.D." (2013). ‖It ran for years.
""",
    "fr": """
M. Dupont est arrivé. ‖Il est reparti.
Il est parti à 3 h. ‖Elle reste ! ‖Pourquoi ?
Mme Durand et MM. Petit et Roux, cf. art. 5, p. 12, sont venus.
« Bonjour. Entrez ! » dit-il. ‖Elle entra.
« Il pleut. » ‖Elle sortit.
Le Dr. Martin, J.-P. Roux et St. Laurent mangent, p. ex. du pain.
Il a dit : « Je pars. » ‖Puis il est parti.
Av. J.-C., tout allait bien. ‖C'était en 50 av. J.-C. ‖Les Gaulois dormaient.
Des pommes, des poires, etc. ‖Rien d'autre.
Éric part. ‖Était-il là ? ‖À demain !
Mgr. Rey a parlé... ‖Personne n'écoutait… ‖Tant pis.
Selon M. J.-L. Borel, prof. à Lyon, « tout va bien ». ‖Personne ne le croit.
Elle demanda : « Où vas-tu ? » ‖Il ne répondit pas.
Né le 1er janv. 1900, mort en févr. 1950. ‖On l'oublia.
La Sté. Durand & Cie. ferme. ‖L'usine aussi.
Rendez-vous au no. 12 du bd. Voltaire. ‖À 8 h. 30, pas plus tard !
Mlle Petit habite au 12, av. Foch. ‖Son frère habite à côté.
Le train de 8 h 15 est en retard ; c'est habituel. ‖Les voyageurs attendent.
« Pourquoi ? » demanda-t-il. ‖Elle haussa les épaules...
Le XIXe siècle s'achève en 1900. ‖Victor Hugo est mort en 1885.
La société S.N.C.F. recrute. ‖Le salaire est de 2 000 €.
""",
    "de": """
Am 3. Mai kam Dr. Müller z. B. an. ‖Er ging.
Es regnete im 19. Jahrhundert. ‖Das war 1850. ‖Niemand blieb.
„Es ist aus. Wir gehen“, sagte er. ‖Sie blieb.
„Komm her!“ ‖Er kam.
Das kostet ca. 5 Euro, d. h. nichts. ‖Prof. Dr. Weber zahlt usw. ‖Niemand sonst.
Die Fa. Meier GmbH, Nr. 5, vgl. S. 12 ff., ist zu.
Ludwig XIV. starb. ‖Heinrich VIII. war König.
Er wohnt in der Hauptstr. 12. ‖Sie wohnt bei St. Pölten.
Am 1. April 2020 begann die 2. Bundesliga. ‖Der 1. FC Köln gewann.
Er heißt Hr. Schmidt bzw. Frau Schmidt. ‖Z. B. Anna kennt ihn.
Es war 12.30 Uhr. ‖Um 14 Uhr kam u. a. Frau Prof. Klein.
»Warum?«, fragte er. ‖»Darum!«
Die Sitzung am 12. Dezember dauerte 3 Std. ‖Danach ging man heim.
Hr. Dr. jur. Hans v. Ahlen, geb. 1950, wohnt i. d. R. in Wien. ‖Seine Frau auch.
„Wer war das?“, fragte sie. ‖„Niemand.“
Im 2. Stock wohnt Fr. Klein. ‖Im 3. Stock niemand.
Es kamen rd. 200 Gäste, dar. 20 Kinder, inkl. der Eltern. ‖Alle aßen.
Papst Johannes Paul II. kam 1980. ‖Er blieb fünf Tage.
Der Zug fährt um 8.15 Uhr ab. ‖Er kommt ggf. später an.
Die Verordnung (Abs. 3, Satz 2) gilt seit dem 1. Januar 2021. ‖Ausnahmen gibt es nicht.
Frau Dr. med. Sabine Roth, 43, leitet die Klinik. ‖Sie folgt auf Prof. Dr. Ulf Maier.
Karl der V. herrschte lange. ‖Im 16. Jh. endete seine Zeit.
Er rief: „Achtung!“ ‖Niemand hörte ihn. ‖Warum auch?
""",
    "es": """
¿Dónde está el Sr. García? ‖¡Aquí! ‖No lo sé.
La Sra. López vive en EE. UU. con el Dr. Ruiz. ‖Es médica.
«Ya está. Vámonos», dijo. ‖Nadie respondió.
Véase la pág. 12 y el núm. 5. ‖Ud. decide.
En 44 a. C. murió. ‖Después llegó Augusto.
Compró pan, leche, etc. ‖Luego volvió a casa.
El Gral. Pérez y D. Juan llegaron a las 5 p. m. ‖Luego cenaron.
¡Qué día! ‖¿No crees? ‖Sí, claro.
Vive en la Avda. Libertad, n.º 5, 2.º piso. ‖Es amplio.
La Dra. Mora (Univ. de Chile) habló. ‖Todos escucharon.
El Dr. Ramírez atiende de 9 a. m. a 5 p. m. ‖Los sábados no trabaja.
La empresa Sol S. A. cerró en 2010. ‖Sus empleados protestaron.
«¿Quién es?», preguntó ella. ‖«Soy yo».
""",
    "it": """
Il sig. Rossi è arrivato. ‖È ripartito subito.
Il prof. Bianchi e la dott.ssa Neri vivono a Roma. ‖Perché?
Vedi pag. 12, art. 5, ecc. ‖Non serve altro.
Nel 50 a.C. c'era la guerra. ‖Poi venne la pace.
L'on. Verdi e l'avv. Conti partono. ‖Il treno è in ritardo.
«Andiamo. È tardi», disse. ‖Nessuno si mosse.
La S.p.A. chiude nel 2024. ‖I soci protestano.
Il dott. Ferri abita in v. Garibaldi, n. 5. ‖Sua moglie lavora a Torino.
«Chi è?» chiese. ‖Nessuno rispose.
""",
    "pt": """
O Sr. Silva chegou. ‖A Sra. Souza saiu.
O Dr. João e a Dra. Ana moram na Av. Paulista, n.º 12. ‖Eles são médicos.
“Vamos. Agora!”, disse ela. ‖Ninguém veio.
O prof. Costa nasceu em 1950 d.C. ‖Ele vive em Lisboa.
Ex.mo Sr. Presidente, obrigado. ‖Até amanhã!
A Profa. Lima chegou às 10h. ‖O Eng. Rocha chegou depois.
""",
    "nl": """
Dhr. de Vries kwam om 3 uur. ‖Mevr. Jansen bleef.
Dat is bijv. prof. dr. Bakker, d.w.z. niemand. ‖Hij lachte.
Er zijn appels, peren enz. ‖Niemand eet ze.
De heer J. P. van den Berg, geb. 1950, kwam o.a. uit Gent. ‖Zijn broer niet.
Prof. dr. A. de Boer sprak om 20.00 uur. ‖De zaal zat vol.
De prijs is ca. 5 euro, incl. btw. ‖Dat is veel.
""",
    "ru": """
А. С. Пушкин родился в 1799 г. ‖Он умер в 1837 г. в Петербурге.
Они купили яблоки, груши и т. д. ‖Потом ушли.
Это, т. е. дом, стоит на ул. Ленина. ‖Почему?
См. рис. 5 на стр. 12. ‖Там всё есть.
«Уходи. Сейчас!» — сказал он. ‖Она ушла.
– Куда? – спросил он. ‖– Домой.
Им. Горького, г. Москва, д. 5. ‖Конец.
В XIX в. город вырос. ‖Население — 5 тыс. чел. ‖Это мало.
Проф. И. И. Иванов и акад. Петров приехали 5 янв. 2020 г. ‖Их встретили.
Цена — 5 руб. за кг. ‖Дорого!
«Кто там?» ‖Никто не ответил.
В 1812 г. Наполеон вошёл в Москву. ‖Город горел.
Ф. М. Достоевский написал роман «Идиот». ‖Он вышел в 1868–1869 гг.
Площадь — 5 кв. км. ‖Население — ок. 3 тыс. человек.
""",
    "el": """
Πού είναι ο κ. Παπαδόπουλος; ‖Δεν ξέρω. ‖Έφυγε!
Είναι 5 μ.μ. στην Αθήνα, π.χ. σήμερα. ‖Γιατί;
Η κα. Ελένη ήρθε. ‖Ποιος;
Ο Δρ. Νικολάου γεννήθηκε το 1950 μ.Χ. στην Πάτρα. ‖Ζει εκεί.
«Φύγε. Τώρα!» είπε. ‖Ποιος ήρθε; ‖Κανείς.
Πότε έφτασε ο Γ. Παππάς; ‖Στις 8 π.μ. ‖Κανείς δεν τον είδε.
""",
    "ar": """
ذهب الولد. ‖هل عاد؟ ‖نعم.
قال د. أحمد إن الأمر انتهى. ‖لماذا؟ ‖لا أحد يعلم!
ولد سنة 1990. ‖مات سنة 2020.
قال: «انتهى الأمر. لنذهب». ‖ثم خرج.
بلغ السعر 3.5 مليون. ‖هذا كثير جدا!
وصل الوزير إلى القاهرة صباح اليوم. ‖وقال إن الزيارة "ناجحة". ‖متى يعود؟
""",
    "ur": """
وہ گیا۔ ‖کیا وہ واپس آیا؟ ‖نہیں۔
یہ ڈاکٹر احمد ہیں۔ ‖وہ کل آئے تھے۔
ڈاکٹر صاحب نے پوچھا، "کہاں ہو؟" ‖کوئی جواب نہ آیا۔
""",
    "fa": """
او رفت. ‖آیا برگشت؟ ‖نه!
""",
    "zh": """
他来了。‖我走了！‖你呢？
他说：“你好。我走了。”‖然后他走了。
价格是3.5亿元。‖真的吗？！‖是的。
“走吧！”‖他走了。
（他来了。）‖我不知道。
他说“好”，然后走了。‖没有人说话。
她问：“你去哪里？”‖他没有回答。
会议于2024年5月3日举行……‖没有人来。
真的?‖我不信!‖算了。
2023年，公司收入增长了12.5%。‖董事长王先生表示：“明年会更好！”‖分析师却不同意。
""",
    "ja": """
彼は来た。‖私は行った！‖あなたは？
「行こう。早く。」と彼は言った。‖誰も来なかった。
「もう終わりだ。」‖彼女は去った。
価格は3.5億円です。‖高いですね。
「どこへ行くの？」と彼女は聞いた。‖彼は答えなかった。
会議は中止になった（理由は不明。）。‖皆帰った。
東京都は5月3日に発表した。‖「来年から始めます」と知事は述べた。‖反対の声もある！
""",
    "ko": """
그는 왔다. ‖나는 갔다! ‖당신은요?
가격은 3.5억 원이다. ‖비싸다.
"어디 가세요?"라고 그녀가 물었다. ‖그는 대답하지 않았다.
김 씨는 "내일 가겠다."라고 말했다. ‖비용은 약 2.5억 원이다.
""",
    "hi": """
यह एक वाक्य है। ‖यह दूसरा है।
डॉ. शर्मा आए। ‖क्या वे गए? ‖हाँ!
श्री. वर्मा ने कहा, "चलो। जल्दी।" और चले गए।
प्रो. वर्मा ने 3.5 लाख रुपये दिए। ‖किसी ने नहीं पूछा।
"तुम कहाँ हो?" उसने पूछा। ‖कोई उत्तर नहीं मिला।
प्रधानमंत्री ने कहा कि यह काम 2025 तक पूरा होगा। ‖विपक्ष ने सवाल उठाए। ‖क्या यह संभव है?
""",
    "he": """
הוא הלך. ‖האם חזר? ‖לא!
""",
    "th": """
กัปตันออกเดินทางเมื่อวานนี้ ‖ไม่มีใครรู้ว่าเขาไปที่ไหน
เรือเฟอร์รี่ถูกขายให้สหกรณ์ ‖ลูกเรือสิบสองคนจะอยู่จนถึงปีหน้า ‖กัปตันยังอยู่ในตำแหน่ง
ในปี 2563 มีนักท่องเที่ยว 40 ล้านคน
นายกรัฐมนตรีเดินทางไปเชียงใหม่ ‖ชาวบ้านออกมาต้อนรับเป็นจำนวนมาก
""",
    "pl": """
Pan prof. Kowalski mieszka przy ul. Długiej 5. ‖Jest lekarzem.
Urodził się w 1850 r. w Warszawie, tj. w stolicy. ‖Zmarł w 1900 r.
Kupił jabłka, gruszki itd. ‖Nikt ich nie zjadł.
Dr. hab. Nowak ur. się 3 maja 1950 r. ‖Pracuje m.in. w Krakowie.
W XX w. miasto urosło. ‖Mieszka tu ok. 5 tys. osób.
""",
    "cs": """
Dne 3. května přišel Dr. Novák. ‖Odešel v 5 hodin.
Ing. Dvořák bydlí v ul. Nová č. 5, tzn. v centru. ‖Má psa.
""",
    "sv": """
Hr. Berg kom t.ex. den 3 maj. ‖Han gick.
Det var bl.a. dr. Lund. ‖Varför?
Kl. 8.15 gick tåget. ‖Ca 200 personer, bl.a. statsministern, var med. ‖Alla var nöjda.
""",
    "da": """
Den 3. maj kom hr. Jensen. ‖Han gik igen.
""",
    "fi": """
Hän tuli 3. toukokuuta. ‖Miksi?
""",
    "tr": """
Dr. Yılmaz 3. kata çıktı. ‖Neden?
Prof. Dr. Ayşe Kaya 2. sırada oturdu. ‖Sonra kalktı.
""",
    "uk": """
Т. Г. Шевченко народився 1814 р. у селі. ‖Він помер 1861 р.
Вул. Шевченка, буд. 5, м. Київ. ‖Це центр.
У 1991 р. Україна стала незалежною. ‖Її столиця — м. Київ.
""",
    "hy": """
Նա եկավ։ ‖Ես գնացի։
""",
    "am": """
እሱ መጣ። ‖እኔ ሄድኩ።
""",
    "my": """
သူလာသည်။ ‖ငါသွားသည်။
""",
    "bn": """
সে এসেছিল। ‖আমি গেলাম। ‖কেন?
""",
}

WRONG = {
    'श्री. वर्मा ने कहा, "चलो। जल्दी।" और चले गए।',
    '"तुम कहाँ हो?" उसने पूछा। ‖कोई उत्तर नहीं मिला।',
    "会议于2024年5月3日举行……‖没有人来。",
    "The B.B.C. reported it first. ‖So did the A.P. ‖Reuters followed.",
}
"""Cases that the rules have wrong: without small letters nothing tells that a sentence goes on after a quotation."""
