"""The words behind the rules: per mark, in several languages. `*` at the end of a word: any ending.

Data, not code: a new word goes into its list, and the rule that uses it finds it.
"""

from __future__ import annotations

#: Mark -> words and phrases, lower case, separated by `;`.
MARKS: dict[str, str] = {
    "cause": """
        because; since; therefore; thus; hence; so that; which means; that's why; which is why; that is
        why; as a result; due to; caused by; leads to; led to; results in; resulting; otherwise; or
        else; consequence*; consequently; meaning; reason; owing to; thanks to; instead of; so they; so
        the; so we; so nobody; so it; so each; so every; if it; if they; if the; weil; deshalb; daher;
        dadurch; sodass; so dass; wegen; wg; sonst; denn; ohne; solange; damit; darum; parce que; car;
        donc; puisque; tant que; sinon; à cause; du coup; c'est pourquoi; sans; porque; por eso; ya que;
        debido; así que; por lo que; sin; si no; pois; por isso; portanto; senão; até; sem; perché;
        quindi; poiché; perciò; altrimenti; dato che; senza; omdat; daarom; waardoor; dus; want; zodat;
        anders; bo; ponieważ; dlatego; więc; przez to; inaczej; fordi; derfor; eftersom; därför; bc; as
        nobody; as no one; that is the reason; comes from; goes back to; stems from; since then; ever
        since; only if; only after; only when; not before; nothing until; until; by then; then the; in
        which case; means that; means no; so no; no more; neither; nor; todėl; kadangi; nes; dėl;
        protože; takže; proto; koska; siksi; потому; поэтому;
        因为; 由于; 所以; 导致; 因此; 原因; ため; ので; によって; поэтому; из-за; так как; иначе;
        чтобы; επειδή; διότι; λόγω; άρα; αλλιώς; لأن; بسبب; لذلك; وإلا
    """,
    "consequence": """
        penalt*; fine; fines; fined; fee; overtime; scrap; write-off; written off; churn*; complain*;
        claim; claims; late; delay*; downtime; stops; stopped; stuck; twice; by hand; fail*; breach*;
        expire*; expiry; overdue; rework*; queue*; wait*; shortage; outage*; blocked; blocks; veto*;
        rejected; rejects; costs; cost them; wrong; errors; idle*; returned; refund*; crash*; doubles;
        drops; dropped; over budget; shut*; cut; strafe; verspätet; kosten; kostet; ausfall*; verzöger*;
        retard; coûte; pénalité*; perte; multa; pérdida; cuesta; retraso; atraso; boete; te laat; kara;
        straty; ritardo; perdono; lapse*; lost; losing; dead; die; dies; died; out of; unusable; void;
        invalid; illegal; barred; bars; ban; banned; forbidden; frozen; freeze; postponed; slipped;
        slips; slides; cancelled; canceled; cancels; pulled; killed; kills; stands still; mute;
        stranded; spoiled; thrown away; poured away; walk out; walked out; leave; leaves; left; quit;
        resigned; retires; retire; gone; gaps; short; double; triple; unpaid; unbilled; dispute*;
        bounced; bounce; bounces; stockout*; overrun; overran; underpaid; overpaid; mismatch*;
        misroute*; never; no longer; nobody; no one; would lose; lose; loses; cannot; can't; miss;
        missed; misses; ends up; end up; forces; forced; unless; until then; before that; after that;
        w/o; without it; no api;
        损失; 延迟; 错误; 停机; 失败; 停止; 遅れ; ミス; 損失; 延長; простой*; простаив*; останов*;
        потер*; ошиб*; опозд*; штраф*; просроч*; дважды; σταματ*; απώλ*; λάθ*; καθυστ*; λήγ*; توقف*;
        خسار*; تأخير; خطأ; غرام*
    """,
    "change": """
        instead of; compared to; compared with; against; versus; vs; up from; down from; target;
        planned; baseline; the year before; last year; last yr; previous year; benchmark; gegenüber;
        statt; anstatt; au lieu; frente a; rispetto; tegen; zamiast; used to
    """,
    "role": """
        cfo; ceo; cio; cto; coo; ciso; cro; cmo; chro; cpo; cdo; dpo; dsi; daf; drh; dg; evp; svp; vp;
        avp; md; gm; fd; head of; dir; manager; managers; mgr; mgrs; lead; leader; officer; chief;
        controller; treasurer; president; chair; chairman; chairwoman; partner; owner; secretary;
        superintendent; supt; supervisor; foreman; engineer; architect; coordinator; administrator;
        admin; analyst; buyer; purchaser; counsel; lawyer; attorney; dean; rector; provost; bursar;
        registrar; principal; headteacher; matron; nurse; doctor; surgeon; captain; harbour master;
        mayor; commissioner; councillor; clerk; auditor; accountant; planner; founder; trustee*;
        governor; sponsor; minister; deputy; assistant; advisor; consultant; specialist; steward;
        executive; exec; technician; operator*; editor; producer; scientist; librarian; bibliothekar*;
        inspector; leiter*; leitung; geschäftsführer*; vorstand*; abteilungsleiter*; bereichsleiter*;
        werksleiter*; einkäufer*; betriebsrat*; prokurist*; justiziar*; referent*; bürgermeister*;
        kämmerer*; meister; chefin; chef; inhaber*; directrice; responsable; président; présidente;
        gérant*; acheteu*; trésori*; maire; adjoint*; director*; jefe; jefa; gerente; encargad*;
        alcalde; presidente; tesorer*; comprador*; diretor*; chefe; vereador*; jurista; gestor*;
        direttore; direttrice; responsabile; capo; sindaco; dirigente; titolare; directeur*; hoofd;
        bestuurder; inkoper; wethouder; kierowniczka; dyrektor*; prezes; burmistrz; główn*; vd;
        ekonomichef; produktionschef; inköpschef; direktør; sjef; johtaja; head; heads; gc; pm; dba;
        ex-foreman; concerncontroller; kirkkoherra; talouspäällikkö; puheenjohtaja; kierownik*;
        sihteeri; tuotantojohtaja; agronomist; vet; cellar master; brewer; curator; pastor; bishop;
        judge; notary; colonel; adjutant; commander; commodore; sergeant; major; sheriff; marshal;
        warden; ranger; surveyor; housekeeper; concierge; ombudsman; teacher; professor; prof; lecturer;
        researcher; scheduler; merchandiser; underwriter; actuary; broker; mechanic; electrician;
        welder; fitter; cook; pilot; hrbp; bp; cno; cco; cso; cae; cmio; boss; headmaster;
        stationmaster; toolmaker; metrologist; geologist; physicist; chemist; biologist; pharmacist*;
        radiologist; pathologist; physician; midwife; paramedic; dispatcher*; housemaster; caretaker;
        janitor; prior; abbot; abbess; archivist; proctor; ombudsperson; chancellor; vice-chancellor;
        quartermaster; landlord; secretary general; delegate; envoy; counsellor; dep; superintendant;
        maint; chef de projet; sachbearbeiter*; referatsleiter*; amtsleiter*; schichtleiter*;
        projektleiter*; filialleiter*; pflegedienst*; chefarzt; chefärzt*; oberarzt; hausmeister;
        küchenchef; notaire; infirmi*; médecin; contremaître; comptable; ingénieur*; chef d'atelier;
        enfermer*; médico; ingenier*; contable; encarregad*; enfermeir*; engenheir*; contabilista;
        infermier*; ingegner*; medico; ragionier*; afdelingshoofd; verpleegkundige; boekhouder;
        wachtcommandant; lekarz; księgow*; inżynier; brygadzista; vadov*; direktor*; buhalter*;
        inžinier*; gydytoj*; chefen; förvaltningschef; verksamhetschef; leder; ředitel*; vedoucí;
        inženýr; toimitusjohtaja; päällikkö; директор; руководитель; бухгалтер; начальник;
        总监; 经理; 部长; 主任; 总裁; 主管; 厂长; 院长; 负责人; 部長; 課長; 社長; 取締役; 責任者;
        工場長; директор*; руководител*; бухгалтер*; начальник*; инженер*; менеджер*; финдир*;
        керівник*; διευθυντ*; διευθύντ*; υπεύθυν*; μηχανικ*; προϊστάμεν*; مدير*; المدير*; مديرة; رئيس*;
        الرئيس*; مهندس*; المهندس*
    """,
    "evidence": """
        mail; mails; mailed; e-mail; e-mails; email; emails; emailed; wrote; writes; letter; memo;
        minutes; report; reports; reported; audit; audited; dashboard; slide; slides; deck; ticket;
        contract; contracts; signed; sign-off; signature; confirmed; confirms; confirmation; showed;
        shown; shows; showing; shared; forwarded; fwd; fw; fwd'd; sent us; told; tells; said; says;
        quote; quoted; call; phoned; phone; meeting; visit; workshop; review; kickoff; kick-off; sheet;
        spreadsheet; extract; export; exported; log; logs; logbook; screenshot; photo; print; printout;
        printed; document; doc; paper; page; slack; teams; whatsapp; sms; per; according; presented;
        published; announced; walked us; walked me; read us; read out; pulled up; pulled; opened;
        handed; gave us; gave me; counted; measured; calculated; their own calc; lunch; dinner;
        breakfast; resolution; decision; protocol; circular; notice; plan; org chart; register; po;
        purchase order; requisition; rca; capa; 8d; statement; stats; survey; study; ledger; figures;
        replied; answered; admitted; explained; circled; approved; seen; saw; text; texted; msg; chat;
        note; bericht*; schreiben; schrieb; zeigte*; gezeigt; bestätig*; sagte; gesagt; laut; gemäß;
        termin; brief; vertrag; besprechung; gespräch; auswertung; liste; tabelle; unterlagen;
        beschluss*; vorgelesen; freigegeben; courriel; compte-rendu; compte; rapport; réunion;
        procès-verbal; pv; montré; confirmé; dit; lettre; tableau; selon; envoyé; signé; transmis;
        extrait; correo; acta; informe; reunión; mostró; enseñó; confirmó; dijo; carta; según; envió;
        contrato; ata; relatório; reunião; mostrou; confirmou; disse; explicou*; enviou; segundo;
        verbale; rapporto; riunione; mostrato; confermato; detto; lettera; secondo; inviato; delibera;
        notulen; verslag; vergadering; liet; bevestigde; zei; gezegd; volgens; stuurde; overleg;
        raadsbesluit; protokół*; raport; spotkanie*; pokazał*; potwierdził*; powiedział*; pismo; według;
        napisał*; møte; referat; visade; skrev; bekräftade; sade; sa; dump; puhelimessa; vahvisti;
        e-mailed; over the shoulder; screen share; screen-share; recording; video; calc; calculation;
        xls; xlsx; pdf; csv; ppt; confluence; grafana; power bi; town hall; all-hands; all hands;
        steerco; steering; qbr; stand-up; board call; teams call; zoom; webex; interview; interviews;
        cctv; invoice; invoices; certificate; tracker; chart; graph; annex; appendix; gazette; decree;
        judgment; mins; notes; transcript; mtg; rang; called; mentioned; stressed; revealed; conceded;
        disclosed; took me through; took us through; went through; put on the table; weighed; timed;
        stopwatch; logged; clocked; tallied; timesheets; shift log; walk-through; walkthrough;
        discovery; draft; agenda item; item; post-mortem; exit survey; tally; ring binder; binder;
        catalogue; screen; in front of us; with us; we've a copy; have a copy; got a copy; copy; photo
        of; heard; overheard; wedding; site visit; tour; demo call; town-hall; p&l; heatmap; plan of;
        scope document; annex 14; obs; rueckruf; anruf; vermerk; notiz; aktennotiz; folie; las; vorlas;
        zitat; rief; schickte; teilte; erklärte; gab uns; courrier; mail du; appel; a dit; a écrit; a
        montré; présenté; déclaré; llamada; escrito; escribió; presentó; explicó; comentó; nota;
        ligação; escreveu; apresentou; contou; scritto; spiegato; presentato; telefoon; schreef;
        vertelde; toonde; gaf; zagen; telefon*; pisał; przesłał*; wysłał*; parodė; parašė; sakė;
        patvirtino; atsiuntė; ataskait*; susitikim*; laišk*; protokol*; berättade; möte*; brev; kertoi;
        näytti; sähköposti*; ukázal*; řekl*; napsal*; potvrdil*; schůzk*; dopis*; письмо; показал*;
        сказал*; подтвердил*;
        邮件; 来信; 会议; 报告; 确认; 文件; 合同; 纪要; 展示; 告诉; メール; 会議; 報告; 確認; 資料;
        議事録; 説明; 契約; 見せ; письм*; отчёт*; отчет*; встреч*; протокол*; сообщил*; написал*;
        договор*; по словам; показал*; сказал*; подтвердил*; έγραψ*; έδειξ*; επιβεβαίω*; συνάντησ*;
        έκθεσ*; πρακτικά; είπε; επιστολή; σύμβασ*; بريد; رسالة; اجتماع*; تقرير*; أكد*; قال*; أرسل*;
        أظهر*; كتاب; عقد; محضر
    """,
    "strong_evidence": """
        minutes; signed; confirmed in writing; showed us; showed me; showed the; shared the; forwarded
        the; forwarded; sent us; walked us; walked me; read us; told us; told me; counted; board paper;
        board pack; board deck; her mail; his mail; their mail; mail of; mail from; letter of; letter
        from; letter dated; in writing; in the meeting; in our meeting; in our call; on our call; in our
        visit; on the phone; on the call; pulled up; let us see; we saw; i saw; i've seen; seen at;
        literally; by mail; by email; by e-mail; copy of; screenshot; extract; gezeigt; im termin; per
        mail; uns die; nous a; nos la; nos lo; ci ha; ce l'ha; ons de; pokazał*; mostrou-nos; nos
        mostró; nos enseñó
    """,
    "customer": """
        team; teams; plant; site; sites; warehouse; factory; lab; laboratory; department; dept;
        division; branch*; store; stores; ward; wards; office; desk; line; lines; fleet; depot;
        terminal; school; faculty; hospital; clinic*; erp; crm; mes; wms; tms; lims; plm; mdm; sap;
        oracle; excel; excels; access; sharepoint; salesforce; jira; servicenow; maximo; workday;
        dynamics; sage; spreadsheet*; interface; database; server*; legacy; paper; portal; form; forms;
        template*; invoice*; order; orders; shift; shifts; batch*; onboarding; handover; roster*; rota;
        inventory; stock; stocktake; payroll; billing; claims; permits; procurement; purchasing;
        finance; accounting; treasury; logistics; maintenance; quality; qa; hr; legal; compliance;
        security; it; ot; controlling; audit; questionnaire; dpia; dpa; msa; nda; iso; soc; tisax; gdpr;
        sso; on-prem; firewall; vpn; pen test; works council; tender; rfp; framework; customers;
        patients; drivers; suppliers; farmers; students; nurses; technicians; operators; tenants;
        members; werk; lager; abteilung; filiale*; schicht*; system*; rechnung*; auftrag*; betriebsrat;
        datenschutz*; einkauf; usine; entrepôt; service; atelier; magasin*; facture*; commande*;
        hôpital; planta; almacén; fábrica; departamento; facturas; pedidos; turno*; armazém; fatura*;
        encomenda*; stabilimento; magazzino; reparto; ordini; fatture; fabriek; magazijn; afdeling;
        ploeg*; zakład*; magazyn; dział; zmian*; faktur*; zleceń;
        仓库; 工厂; 部门; 系统; 车间; 倉庫; 工場; 部門; システム; チーム; 伝票; склад*; цех*; завод*;
        отдел*; систем*; касс*; αποθήκ*; εργοστάσι*; τμήμα*; σύστημ*; γραμμή; مستودع; مصنع; قسم; نظام
    """,
    "hedge": """
        think; thinks; hope; hopes; hopefully; should; probably; maybe; perhaps; believe; guess; assume;
        assuming; seems; seem; feel; feels; feeling; might; may; could; expect; confident; sure; likely;
        apparently; as far as; i'd say; i'd expect; suppose; presumably; convinced; impression; rumour;
        understand that; afaik; imo; in my opinion; wahrscheinlich; vermutlich; hoffe; hoffen; glaube;
        denke; sollte; eindruck; gehe davon aus; je pense; probablement; j'espère; creo; probablemente;
        espero; acho; provavelmente; penso; probabilmente; credo; spero; denk; waarschijnlijk; hoop;
        chyba; myślę; i would say; i'd guess; i suppose; gut feeling; my feeling; tells me; should be
        fine; no reason why; don't see; don't expect; doesn't expect; i see no; shouldn't; somehow;
        somewhere; something; sooner or later; as always; as usual; imagine; bet; trust me; must be;
        surely; of course; naturally; obviously; certainly; anyway; sort of; kind of; more or less;
        quite; rather; a bit; a lot; lots; many; various; different; several; certain; some;
        应该; 可能; 大概; 觉得; と思; たぶん; はず; думаю; надеюсь; наверное; кажется; νομίζω; ίσως;
        ελπίζω; أظن; ربما; أعتقد
    """,
    "plan": """
        will; going to; to be; tbc; next step; next steps; will ask; will check; plan to; to do; need
        to; to check; follow-up; follow up; to find out; agenda; booked; scheduled; invite; invited;
        planned for; werden wir; noch zu; klären; à voir; por ver; da vedere; te bepalen
    """,
    "seller": """
        our price; our pricing; our platform; our solution; our suite; our product; our tool; our offer;
        our quote; our proposal; our app; our module*; our software; our connector; our deck; our ai;
        our methodology; our customers; our references; our roi; our calculator; we offer; we offered;
        we've offered; we proposed; we presented; we sent; we've sent; we quoted; i sent; i've sent; i
        quoted; quote sent; price sent; offer sent; sent the deck; sent him; sent her; sent them;
        discount; rebate; list price; price list; price sheet; seats; seat; license; licenses; named
        users; bundle; bundles; tier; demo; demos; demoed; poc; proof of concept; sandbox; brochure*;
        one pager; two pagers; references; logos; roadmap; uplift; upsell; starter pack; quote; quoted;
        pricing; proposal; battle card*; deal desk; our se; presales; pre-sales; our ae; roadshow;
        reference; webinar; pitch*; datasheet*; case study; case studies; roi; payback; nps; open rate;
        our legal; our ciso; soc2; soc 2; trust package; playbook; trial; pilot; angebot*; lizenz*;
        rabatt; unsere lösung; unsere plattform; unser tool; wir bieten; präsentation; vorführung;
        offre; licence*; remise; notre solution; notre plateforme; démo; oferta; licencias; descuento;
        nuestra solución; nuestra plataforma; proposta; licenças; desconto; nossa solução; offerta;
        licenze; sconto; nostra soluzione; offerte; licenties; korting; ons platform; licencj*; rabat;
        our portal; our team; our services; our ps; ps team; hypercare; our standard; our plan; our
        roadmap; our templates; our promo; promo; our implementation; implementation slots; our
        specialists; our consultants; we showed; we've shown; i showed; we demoed; our partner; our
        side; we do; we've done; we have done; our experience; in my experience; in our experience; we
        gave; we've sent over; customers like them; other customers; our other; counter-offer;
        walk-away; uplift capped; list was; price idea; price increase; price was; our trust center; our
        trust centre; pricing shared; priced at; we'd list; we'd deploy; we've proposed; offered; offer;
        kick-off could be; training plan; account plan; action plan; sales plan; winning; win rate;
        compete; competitor x; enterprise pkg; growth bundle; per seat; named user; annual recurring;
        arr; tcv; 1st year free; money back; free trial
    """,
    "our": """
        our; ours; we; we've; we're; i; i've; i'm; my; us; unser*; wir; uns; ich; notre; nos; nous;
        nuestr*; nosotros; nosso; nossa; nostr*; ons; onze; wij; nasz*
    """,
    "they": """
        they; they've; they're; their; them; she; he; her; his; she's; he's; he'll; she'll; they'd;
        they'll; sie; ihr*; er; ils; elle; il; leur; leurs; ellos; su; sus; eles; seu; sua; loro; zij;
        ze; hun; oni; ich
    """,
    "pitch": """
        efficien*; visibility; transform*; journey; digital*; digitis*; digitiz*; modern*; streamlin*;
        optimi*; best practice*; best-in-class; best-of-breed; silos; innovati*; strategic; strategy;
        value; synerg*; holistic; end-to-end; seamless*; leverage; empower*; game changer; next level;
        scal*; agil*; automat*; productivity; experience; state of the art; future-proof; world class;
        cutting edge; 360; single source of truth; one platform; all-in-one; insight*; growth;
        competitive; competition; better; faster; improve*; improving; easier; simplif*; everything;
        everyone; everybody; trusted partner; ai; cloud; effizien*; transparen*; besser*; ganzheitlich*;
        efficac*; améliorer; mejor*; eficien*; melhor*; miglior*; beter; efficiënt*; lepsz*; cost
        savings; save time; save costs; save money; reduce cost*; more with less;
        效率; 数字化; 转型; 提升; 効率; デジタル; 改善; эффективн*; цифров*; улучш*; αποδοτικ*;
        ψηφιακ*; كفاءة; رقمي*; تحسين
    """,
    "enthusiasm": """
        great; excited; exciting; love; loved; loves; wow; super; huge; massive; strong; happy; awesome;
        excellent; fantastic; positive; engaged; momentum; very; really; definitely; absolutely; 100;
        top; critical; urgent; urgency; asap; yesterday; important; key; must have; must-have; priority;
        prio; nice guy; smiled; smiles; thumbs; green; no blockers; no surprises; smooth; showstopper*;
        nothing serious; the usual; as usual; as always; right people; on board; aligned; buy-in;
        champion; c-level; multithreading; wichtig; dringend; toll; begeistert; sehr gut; importante;
        urgente; belangrijk; ważne; crucial
    """,
    "activity": """
        calls; meetings; sessions; workshops; coffee; lunch; dinner; linkedin; trade fair; attendees;
        attended; attendance; participants; mutual action plan; close plan; next call; follow-up;
        invite; invited; stakeholder map; intro; mapped; relationship; connected; agenda; thumbs up;
        requests; crm; forecast; commit; pipeline; stage; opportunity; meddpicc
    """,
    "generic_cust": """
        every company; every organisation; every organization; any company; all companies; most
        companies; companies; industry; market; market situation; everyone in; gartner; forrester; idc;
        mckinsey; analyst; analysts; benchmark*; average; on average; typical*; as in every; in general;
        generally; many customers; other customers; like everyone; as usual; jede firma; alle
        unternehmen; todas las empresas; toutes les entreprises
    """,
    "placeholder": """
        tbd; tbc; tba; n/a; na; n.a; idk; wip; pending; unknown; later; none; nothing yet; no info; to
        be defined; to be determined; to be confirmed; to be discussed; see notes; see call notes; see
        deck; see crm; see mail; see email; see above; will update; in progress; not known; don't know;
        no idea; ask; waiting; open; same as; copy; as discussed; haven't looked; not yet; offen; noch
        offen; unbekannt; folgt; k.a; keine; siehe; à définir; à compléter; voir; por definir;
        pendiente; ver; a definir; da definire; n.v.t; onbekend; do uzupełnienia; brak; dont know;
        dunno; no clue; haven't a clue; havent a clue; haven't asked; havent asked; not asked; didn't
        ask; will ask; need to ask; to ask; asking; ask again; same as above; as above; cf; covered in;
        attached; see attachment; in the deck; refer to; dito; ditto; idem; s.o; skip; xxx; asdf; test;
        nil; null; blank; empty; to complete; to fill; will fill; fill in; fill later; to follow;
        follows; not discussed; not covered; wasn't in; new to the account; good question; good q;
        listen; link; update after; updating; to update; tbu; tbx; forthcoming; coming; soon; next call;
        after the call; wird nachgereicht; reiche nach; weiß nicht; weiss nicht; keine ahnung; noch
        nicht; unklar; je ne sais pas; sais pas; aucune idée; à demander; no sé; ni idea; por confirmar;
        não sei; a confirmar; por preencher; non so; da chiedere; da verificare; weet niet; weet ik; nog
        niet; geen idee; nie wiem; nie wiadomo; jeszcze nie; nežinau; dar ne; dar neklausiau; vėliau; не
        знаю; еще не; уточню; vet inte; vet ej; ved ikke; vet ikke; en tiedä; nevím; doplním; zatím ne;
        not applicable; nothing to report; nothing new; no news; no update; no entry; no answer; no
        input; no comment; no details; not available; not known yet; not sure yet; nothing known; no
        idea yet; see email thread; see thread; see file; see folder; see sharepoint; see slides; see
        recording; see gong;
        待定; 不知道; 未知; 稍后; 未定; 不明; 未確認; позже; нет данных; άγνωστο; θα δούμε; لا أعرف;
        لاحقا; غير معروف
    """,
    "negation": """
        no; not; none; never; nobody; nothing; without; w/o; isn't; wasn't; don't; doesn't; didn't;
        hasn't; haven't; won't; cannot; can't; kein*; nicht; niemand; nie; pas; aucun*; jamais; sin;
        ningún; nunca; nadie; não; nenhum*; non; nessun*; niet; geen; żadn*; zero; denied; nope;
        没有; 不; 无; ない; なし; нет; не; без; никто; δεν; όχι; χωρίς; لا; لم; بدون; ليس
    """,
    "quantity_word": """
        half; a third; a quarter; a fifth; two thirds; most of; twice; double; triple; dozen; dozens;
        hundreds; thousands; every second; once a week; once a quarter; once a month; one day; per day;
        per week; per month; a day; a week; a month; a year; each day; each week; each month; overnight;
        yearly; monthly; weekly; daily; hälfte; drittel; moitié; mitad; metade; metà; helft; połowa;
        season; year-end; deadline; easter; christmas; summer; harvest; next year
    """,
    "contrast": """
        but; however; although; though; yet; still; despite; even though; already; only; not only;
        rather than; whereas; while; aber; jedoch; obwohl; trotz; nur; mais; pourtant; malgré;
        seulement; pero; aunque; sólo; mas; só; ma; però; solo; maar; echter; alleen; ale; jednak;
        tylko; tačiau; tik; men; mutta; jen; но
    """,
    "time_word": """
        by; until; till; before; from; after; expires; ends; end of; starts; start of; as of; due;
        opens; closes; effective; no later than; bis; ab; vor; spätestens; avant; jusqu'au; d'ici; à
        partir; antes; hasta; partir; até; entro; prima; dal; voor; vanaf; tot; do; przed; od
    """,
}

#: Words that say yes or no and nothing else.
BARE = """yes; yep; yeah; yup; y; no; nope; nah; n; ok; okay; sure; right; confirmed; exactly; definitely;
    absolutely; of; course; correct; ja; jep; jo; nein; nee; oui; non; sí; si; sim; não; sì; tak; nie; taip;
    ne; ano; kyllä; ei; nej; да; нет; так; ні; ναι; όχι; نعم; لا; evet; hayır; 是; 有; 对; 否; 没;
    は; い; え"""

#: Capitalised words that are no names of persons.
NOT_NAMES = """Access; Act; Action; All; Also; Am; And; Apr; April; Ask; Asked; At; Audit; Aug; August; Bank;
    Because; Berlin; Best; Black; Board; Both; Budget; Business; But; Buyer; By; Call; Cause; Chain;
    Champion; Chief; Christmas; City; Committee; Company; Compelling; Competitor; Contract; Council;
    County; Customer; Cyber; Das; Data; Day; De; Dec; December; Decision; Der; Des; Di; Die; Digital;
    Directive; Director; Each; East; Easter; Economic; Een; Ein; Eine; El; En; Es; Essentials; Event;
    Every; Everyone; Everything; Excel; Feb; February; Finance; For; Frankfurt; Friday; From; Für; Gli;
    Good; Google; Got; Great; Group; Had; Has; Have; He; Head; Her; Het; His; Hospital; How; Human; If;
    Il; Ils; Im; Impact; In; Industry; Insurance; It; Its; Jan; January; Jira; Jul; July; Jun; June;
    Just; Kingdom; La; Las; Law; Le; Lead; Legal; Les; License; Lo; London; Los; Lost; Lyon; Madrid;
    Mail; Manager; Mar; March; Market; Marketing; May; Met; Microsoft; Mit; Monday; Month; Munich;
    Mutual; New; No; Nobody; North; Not; Nothing; Nous; Nov; November; Oct; October; Office; Officer;
    Old; On; Only; Operations; Or; Oracle; Our; Outlook; Owner; Para; Paris; Phase; Plan; Plant; Por;
    Power; Practice; President; Price; Pricing; Problem; Procurement; Program; Programme; Project;
    Purchasing; Quality; Quarter; Resources; Root; Sage; Sales; Salesforce; Sat; Saturday; Security;
    Senior; Sep; Sept; September; Service; Sharepoint; She; Shift; Sie; Since; Site; Slack; So; Some;
    South; Spoke; Sponsor; Stakeholders; State; States; Strong; Su; Sunday; Supply; Teams; Technical;
    That; The; Their; Then; There; These; They; This; Those; Thursday; Tuesday; Un; Una; Und; Une;
    United; University; Very; Vice; Vienna; Von; Waiting; We; Wednesday; Week; West; What; When; Where;
    Which; While; Who; Why; Windows; Wir; With; Without; Workday; Works; Year; Yes; Ze; Zur; Zurich"""

#: Words that stay as they are in the pattern of a text, besides all of up to three letters.
COMMON = """been; could; from; have; should; that; their; them; they; this; were; when; will; with; would"""
