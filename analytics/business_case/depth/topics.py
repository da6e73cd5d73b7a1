"""The words that show which of the seven questions a text answers. `*` at the end of a word: any ending."""

from __future__ import annotations

#: Question -> words and phrases, lower case, separated by `;`. A word may stand under several questions.
TOPICS: dict[str, str] = {
    "problem": """
        problem*; pain*; issue is; challenge*; struggle*; struggling; trouble; nightmare; can't see;
        can't find; can't tell; can't trace; can't track; can't prove; cannot see; cannot find; cannot
        trace; cannot prove; don't know which; don't know where; no way to; no overview; no idea where;
        nobody knows; nobody sees; hard to find; retype*; retyping; rekey*; re-key*; re-enter*;
        re-type*; typed twice; type it; types it; typing; by hand; on paper; paper forms; paper form;
        ring binder; binder*; folders; whiteboard; white board; post-it*; sticky notes; walkie talkie;
        walkie-talkie; fax*; notebook; in excel; excel sheet*; excel file*; spreadsheet*; access db;
        copy-paste; copy paste; by phone; phoning; by e-mail; by email; by post; carbon copy; double
        entry; double work; duplicate*; doublons; dubletten; double-booked; double booked; mismatch*;
        get lost; gets lost; got lost; lost on; missing; misplaced; wrong part; wrong pick*; mispick*;
        stockout*; out of stock; no-show*; backlog; queue*; search*; reconcile*; reconciliation; walk
        to; walks to; print*; scribble*; at the moment; today they; today it's; currently; nowadays;
        these days; how they work; works like this; what they want; they want; they'd like; they would
        like; want to get rid; looking for; replace; help with; deal with; dealing with; fight with;
        fights with; von hand; händisch; auf papier; doppelt; abgetippt; getippt; zettel*; suchen; à la
        main; sur papier; ressaisi*; double saisie; a mano; en papel; à mão; em papel; su carta; met de
        hand; op papier; overtypen; ręcznie; na papierze; ranka; popieri*; käsin; för hand; ručně;
        issue*; manual*; paper; excel; today; error*; mistake*; wrong; slow; late; lost; type*; copy;
        copied; complaint*; find; fix; help*; workaround; phone; double; papier; handmatig;
        问题; 手工; 错误; 纸质; 問題; 手書き; ミス; проблем*; вручную; ошиб*; на бумаге; πρόβλημα*;
        προβλήμα*; χειροκίνητ*; λάθ*; مشكل*; يدوي*; خطأ; ورق*
    """,
    "root_cause": """
        root cause*; root of it; the root; cause is; cause of; cause was; the cause; caused by; the
        reason*; reason why; reason is; reason for; real reason; that's why; is why; comes from; stems
        from; goes back to; it goes back; origin of; result of; down to; due to; because; since the;
        ever since; as nobody; as no one; nobody owns; no owner; no one owns; without owner; owns it;
        never been; never was; never set up; never trained; never updated; was never; were never; has
        never; nobody told; nobody trained; not trained; untrained; wasn't; weren't; was built; was
        designed; built for; designed for; built by; written by; was written; hard-coded; hardcoded;
        hard coded; config*; parameter*; setting; settings; misconfig*; default; firmware; driver bug;
        bug; script; macro; batch job; nightly; interface between; interface; middleware; integration;
        no interface; no api; edi; master data; data model; material numbers; inherited; legacy; old
        system; outdated; since the merger; after the merger; merger; acquisition*; acquired; carve-out;
        migration; migrated; reorg; reorganisation; was cut; were cut; cut from; had been cut; switched
        off; removed; dropped; outsourced; outsourcing; staff turnover; turnover of; left the; who left;
        has left; knowledge left; incentive*; bonus plan; comp plan; paid on; paid per; paid by; kpi is;
        measured on; silo*; mindset; culture; change management; lack of; no training; missing training;
        skill*; understaffed; post-mortem; rca; five whys; 5 whys; 5 why; ishikawa; fishbone; pareto;
        8d; log files; analysis; traced; trace it back; ursache*; grund; liegt an; liegt daran; weil;
        seit der; seitdem; la cause; cause racine; parce que; vient de; à cause de; depuis que; depuis
        la; causa; raíz; porque; se debe; desde que; viene de; vem de; desde a; deriva da; perché; dal
        momento; oorzaak; komt doordat; omdat; sinds; przyczyn*; bo; ponieważ; od kiedy; priežast*; nes;
        orsak*; beror på; årsag*; syy; příčin*; protože; root; cause*; since; reason*; why; origin*;
        never; nobody; designed; built; rebuilt; old; owner; owns; training; turnover; left; liegt;
        field; tool; tools; process; keyed; typed; handover;
        原因; 根源; 因为; 由于; ため; причин*; потому; из-за; после слияния; αιτία; οφείλεται; επειδή;
        سبب; لأن; بسبب
    """,
    "impact": """
        impact*; matter*; doesn't matter; matters to; matters because; it hurts; hurts; hurting; cost
        of; costs them; cost them; costs us; costs about; costs around; costs the; each costs; lose;
        loses; losing; they lost; loss of; lost sales; lost revenue; revenue; turnover; margin*; ebit*;
        profit*; p&l; cash; penalt*; fine of; credit of; sla credit*; refund*; compensation; demurrage;
        overtime; temps; agency staff; agency; premium; insurer; lawsuit*; sued; liable; churn*;
        cancel*; customers leave; customers left; walk away; going to; complain*; nps; csat; trustpilot;
        reputation; in the press; press; newspapers; brand; image; delisted; listing; lose the; rating;
        stars; market share; quota; bonus; scorecard; kpi*; okr*; target*; board looks; reports to the
        board; board report; ceo asks; his goal; her goal; career; priority; prio; worth; value;
        saving*; would save; gain*; uplift; payback; roi; business case; benefit*; per year; a year; a
        month; per month; per week; a day; per day; per shift; each year; every year; every month;
        annually; p.a.; half a million; patient safety; safety; harm; accident*; injur*; deaths; sick
        leave; burnout; quit; resign*; attrition; morale; affected; affects; affect; who feels; feels
        it; feel it; touched; touches; suffer*; important for; important to; makes a difference;
        consequences; write-off*; written off; scrap; waste; wasted; poured away; thrown away; idle;
        downtime; standstill; a minute; an hour; kostet; kosten sie; verlieren; verlust*; strafe*;
        umsatz; marge; wichtig; betrifft; spürt; coûte*; perdent; perd; pertes; pénalité*; chiffre
        d'affaires; concerne; important pour; cuesta; pierden; pérdida*; multa*; facturación; importa;
        custa; perdem; perda*; importante; perdono; perdita; fatturato; kost hen; verliezen; omzet;
        boete*; belangrijk; kosztuje; tracą; strat*; kary; kainuoja; praranda; kostar; förlorar; taber;
        koster; stojí; cost*; lost; loss*; fine*; customer*; risk; save*; hour*; premiums; claim*;
        patients; sla; credit*; board; each; pro jahr; par an; al año; por ano; hit; feels;
        损失; 成本; 影响; 客户; 收入; 停机; 損失; コスト; 影響; 顧客; 売上; потер*; стоит; убыт*;
        клиент*; простой*; простоя; выручк*; κόστος; κοστίζει; απώλ*; πελάτ*; έσοδα; خسار*; تكلف*;
        عملاء; إيرادات
    """,
    "budget": """
        budget*; capex; opex; unfunded; not funded; ring-fenced; ringfenced; ring fenced; earmarked; set
        aside; put aside; cost centre*; cost center*; cost-centre; budget line; line of; line for; own
        line; approved list; po; purchase order; purchase requisition; requisition; unspent; underspend;
        left over; leftover*; still open; remaining; subsid*; levy; foundation; donor*; donation*;
        legacy; pays for; would pay; will pay; who pays; pays it; comes from; comes out of; come out of;
        come from; paid from; paid out of; out of the; financ*; leas*; money*; reserve*; appropriat*;
        provision; allocat*; allowance; pot; pots; purse; kitty; wbs; released; release of; tranche*;
        frozen; spend freeze; freeze on spend; afford; can spend; spend on; spent; in the plan; in the
        forecast; rolling forecast; fiscal year; fy24; fy25; fy26; fy27; business plan; approved;
        approval of the; signed off; sanctioned; green light; expensed; depreciat*; invoice*; our price;
        price; quote*; discount*; instalment*; prepay*; payment*; tax; controller; controlling; bursar;
        cfo; finance bp; expenditure; investment plan; investment list; project list; covers; covered
        by; own funds; co-funded; eu; credit line; bank; loan; afe; ask for money; cheap; expensive;
        deep pockets; bant; wirtschaftsplan; haushalt*; mittel; etat; freigegeben; kostenstelle;
        bewilligt; genehmigt; fördermittel; förderung; geld; kohle; presupuesto*; partida; fondos;
        dinero; asignad*; aprobad*; orçament*; verba*; rubrica; dinheiro; cabiment*; aprovad*;
        enveloppe; crédit*; ligne; argent; subvention; budgété; bilancio; stanziat*; fondi; soldi;
        delibera*; capitolo; finanziament*; begroting; begroot; potje; budżet*; środki; pieniądze;
        dotacj*; biudžet*; lėš*; finansavim*; budjet*; rozpoč*; peníze; anslag; medel; fund*; approval;
        grant*; cost centre; cost center; line; spend*; invest*; paid; pays; pay; fiscal; keur; ceiling;
        carry-over; carryover; treasur*;
        预算; 资金; 批准; 拨款; 费用; 予算; 承認; 費用; 資金; бюджет*; средств*; финансир*; утвержд*;
        деньги; προϋπολογισμ*; κονδύλι*; εγκρίθηκ*; εγκεκριμέν*; χρήματα; ميزانية; اعتماد; تمويل;
        الموافقة; مخصص*
    """,
    "stakeholders": """
        stakeholder*; sponsor*; champion*; economic buyer; eb; technical buyer; coach; detractor; enemy;
        ally; allies; decision maker*; decision-maker*; decision group; decision team; decision process;
        deciding; who decides; final say; last word; has a say; a say; vote*; voting; veto; signs; sign;
        signatory; signature*; signs up; signing limit; signing authority; authority; delegation;
        mandate; power of attorney; reports to; report to; org chart; organigram*; raci; steering;
        steerco; committee; board; executive committee; panel; jury; quorum; met; never met; not met;
        haven't met; have met; meet; seen; spoken; spoke; talk to; in touch; introduced; introduce;
        introduction; intro; access; access to; no access; in the loop; on copy; in cc; involved; not
        involved; consulted; right person; right people; right level; wrong person; wrong people; wrong
        level; wrong side; wrong floor; contact*; main contact; counterpart; buying centre; buying
        center; influence*; neutral; sceptic*; skeptic*; against us; for us; on our side; supportive;
        supports; likes us; recommend*; delegate; deputy; successor; predecessor; left the company; has
        left; leaves; new boss; new head; new cio; new cfo; took over; takes over; retire*; acting;
        interim; owner family; who's who; who is who; user side; users; key user*; procurement;
        purchasing; buyer; c-level; c level; exec*; relationship*; connected; multi-threaded;
        multithreaded; know him; know her; know them; knows; attends; attend; attended; sits in; sit in;
        in the call; joined; joins; in the room; counsel; head of; director; manager; vp; chief; cio;
        cto; coo; ceo; md; owner; partner; entscheid*; ansprechpartner*; unterschreib*; zeichnet;
        zeichnungs*; einkauf; kennen; gesprochen; eingebunden; vorstand; leiter*; décid*; interlocut*;
        signe; signataire; rencontré*; décision; parle; firma; firman; hablamos; conocemos; decisor*;
        assina; falamos; conhecemos; decisione; parliamo; conosciamo; beslis*; tekent; gesproken;
        spreken; decyd*; podpis*; rozmawia*; zarząd; sprendži*; pasiraš*; kalbam*; bestäm*; beslutar;
        beslutter; päättä*; rozhod*; decide*; decision; talk*; speak*; know; approve*; user; reorg;
        left; person; people; kontakt; overruled; loop; cc;
        决定; 审批; 采购; 签字; 负责人; 联系; 決定; 決裁; 担当; 購買; решен*; решает; подпис*; закупк*;
        переговор*; αποφασ*; υπογράφ*; قرار*; يوقع; المشتريات
    """,
    "gotchas": """
        security review; security audit; security questionnaire*; security; questionnaire*; pen test*;
        pentest*; penetration test; infosec; cyber*; ciso; dpo; dpia; dpa; gdpr; privacy; data
        protection; data residency; data retention; personal data; sub-processor*; subprocessor*;
        sub-contractor*; msa; nda; ndas; redline*; liability; indemn*; jurisdiction; governing law;
        legal; lawyer*; counsel; terms and conditions; t&cs; clause*; contract review; procurement;
        purchasing; vendor onboarding; vendor registration; vendor risk; vendor form; vendor portal;
        supplier portal; supplier form; supplier registration; supplier code; code of conduct; ariba;
        coupa; third-party risk; third party risk; tprm; tier 1; tier 2; tier 3; caiq; sig lite; soc 2;
        soc2; soc; iso; iso 27001; tisax; hds; hipaa; fedramp; pci; certificat*; certified; cert;
        hosting; hosted; on-prem; on premise; on-premise; cloud; cloud ban; tenant; firewall; vpn;
        ports; sso; saml; adfs; azure ad; mfa; encryption; keys; admin rights; remote access;
        air-gapped; network; wifi; change freeze; change window; change advisory; cab; freeze; blackout;
        works council; betriebsrat; company agreement; ethics; type approval; atex; ce mark; export
        control; itar; customs; escrow; public tender; tender law; tender*; threshold; framework; rfp;
        three offers; three quotes; architecture board; architecture; approval process; lead time;
        delivery time; insurance certificate; insurance; risk*; stopper*; showstopper*; gotcha*; red
        flag*; surprise*; hurdle*; obstacle*; hiccup*; stumbling; slow*; delay*; drag*; takes; weeks;
        wks; slot; validation; gxp; csv; iq/oq; fat; site acceptance; compliance; compliant; audit*;
        review*; policy; sign-off by; exit plan; bridge letter; outsourcing register; regulator*; bafin;
        holiday; vacation; on leave; strike; sabotage; competitor*; language; translat*; reference*;
        background check; safety induction; badge; no risk; low risk; nothing that; nothing special; the
        usual; datenschutz*; sicherheit*; fragebogen; auftragsverarbeit*; avv; vergabe*; ausschreibung*;
        personalrat; freigabe*; prüf*; haftung; rgpd; sécurité; juridique; appel d'offres; marché
        public; hébergement; seguridad; cuestionario; licitación; jurídic*; protección de datos;
        segurança; questionário; licitação; lgpd; sicurezza; gara; legale; questionario; beveiliging;
        vragenlijst; aanbesteding; ondernemingsraad; ar; juridisch; bezpiecze*; ankiet*; przetarg*;
        rodo; prawn*; saugum*; konkurs*; bdar; säkerhet*; upphandling; tietoturva; bezpečnost*; cap; pen
        test; union*; residency; veto; block*; wk; approval; export; vendor*; supplier; onboarding;
        marché; questions;
        安全; 审查; 合规; 法务; 招标; セキュリティ; 審査; 法務; 入札; безопасност*; аудит*; юрист*;
        тендер*; провер*; ασφάλεια*; έλεγχο*; νομικ*; διαγωνισμ*; أمن*; تدقيق; قانون*; مناقص*
    """,
    "compelling_event": """
        deadline*; expir*; runs out; run out; ends on; ends in; contract ends; ends; end of support; end
        of life; end of maintenance; eol; eos; sunset; switched off; switch-off; shut down; shutdown;
        shuts; go-live; go live; goes live; going live; be live; live by; live before; must be; has to
        be; have to be; needs to be; need it; needed by; needs it; in place by; ready by; ready for; in
        before; done by; before the; before that; new law; law; laws; act; directive; decree; mandate;
        mandatory; obligatory; in force; into force; takes effect; effective; from that day;
        inspection*; inspector*; re-certif*; recertif*; accredit*; audit in; surveillance audit;
        opening; opens; open in; launch*; season; harvest; campaign; peak; black friday; christmas;
        ramadan; easter; summer; winter; world cup; olympics; festival; election*; relocat*; moves;
        moving; move to; new building; new site; new plant; new hall; new line; merger; ipo; carve-out;
        divest*; spin-off; sale of; renew*; auto-renew*; notice; gave notice; terminat*; cancelled by;
        handover; hand over; lapse*; permit*; licence ends; concession*; cutover; cut-over; migration
        to; roll-out; rollout; wave; milestone; kick-off; penalty from; lease ends; lease; maternity;
        ramp-up; quarter end; year-end; year end; end of year; eoq; q1; q2; q3; q4; discount until;
        price increase; prices go up; valid until; urgen*; asap; as soon as possible; close date;
        timeline; timetable; time plan; schedule; event; driver; compelling; momentum; slip*; postpone*;
        pushed; no date; no deadline; no pressure; no rush; no hurry; nothing hard; nice-to-have; nice
        to have; nis2; dora; csrd; e-invoicing; einvoicing; s/4; windows 10; tender date; po by; order
        by; sign by; signature by; decision by; start on; starts; start of; first day; backwards; count
        back; stichtag; frist*; gesetz*; verordnung; tritt in kraft; läuft aus; laufzeit; gekündigt;
        umzug; eröffn*; bis zum; spätestens; muss bis; échéance*; loi; entre en vigueur; avant le;
        d'ici; résili*; ouverture; déménag*; plazo*; ley; entra en vigor; vence; antes del; apertura;
        mudanza; prazo*; lei; entra em vigor; até; abertura; scadenza; scade; legge; entro; in vigore;
        wet; loopt af; vervalt; vóór; verhuiz*; termin; ustaw*; wygasa; wchodzi w życie; przed;
        otwarcie; terminas; įstatym*; baigiasi; iki; lag; träder i kraft; löper ut; zákon; končí; laki;
        päättyy; by; before; until; date; end of; live; start; regulation*; regulator; audit; contract;
        retire*; support ends; january; february; march; april; may; june; july; august; september;
        october; november; december; jan; feb; mar; apr; jun; jul; aug; sep; sept; oct; nov; dec;
        quarter; move; bis; ab; avant; antes; voor; now;
        截止; 到期; 期限; 上线; 之前; 终止; 終了; までに; 稼働; срок*; истека*; заканчива*; до конца;
        договор*; запуск*; προθεσμία; λήγ*; έως; μέχρι; مهلة; ينتهي; موعد; انتهاء
    """,
}
