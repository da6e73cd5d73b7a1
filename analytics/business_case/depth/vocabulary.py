"""The words behind the rules: per mark, in several languages. `*` at the end: any ending.

Data, not code: a new word goes into its list, and the rule that uses it finds it.
"""

from __future__ import annotations

#: Mark -> words and phrases, lower case, separated by `;`.
MARKS: dict[str, str] = {
    "cause": """because; since; therefore; thus; hence; so that; which means; that's why; which is why; that is
        why; as a result; due to; caused by; leads to; led to; results in; resulting; otherwise; or
        else; consequence*; consequently; meaning; reason; owing to; thanks to; ends up; end up; forces;
        forced; unless; without it; instead of; never; no longer; nobody; no one; so they; so the; so
        we; so nobody; so it; so each; so every; if it; if they; if the; until then; before that; after
        that; would lose; lose; loses; lost; cannot; can't; miss; missed; misses; w/o; no api; weil;
        deshalb; daher; dadurch; sodass; so dass; wegen; wg; sonst; denn; ohne; solange; damit; darum;
        parce que; car; donc; puisque; tant que; sinon; à cause; du coup; c'est pourquoi; sans; porque;
        por eso; ya que; debido; así que; por lo que; sin; si no; pois; por isso; portanto; senão; até;
        sem; perché; quindi; poiché; perciò; altrimenti; dato che; senza; omdat; daarom; waardoor; dus;
        want; zodat; anders; bo; ponieważ; dlatego; więc; przez to; inaczej; fordi; derfor; eftersom;
        därför""",
    "consequence": """penalt*; fine; fines; fined; fee; overtime; scrap; write-off; written off; churn*; complain*;
        claim; claims; late; delay*; downtime; stops; stopped; stuck; twice; by hand; fail*; breach*;
        expire*; expiry; overdue; rework*; queue*; wait*; shortage; outage*; blocked; blocks; veto*;
        rejected; rejects; costs; cost them; wrong; errors; idle*; returned; refund*; crash*; doubles;
        drops; dropped; over budget; shut*; cut; strafe; verspätet; kosten; kostet; ausfall*; verzöger*;
        retard; coûte; pénalité*; perte; multa; pérdida; cuesta; retraso; atraso; boete; te laat; kara;
        straty; ritardo; perdono""",
    "change": """instead of; compared to; compared with; against; versus; vs; up from; down from; target;
        planned; baseline; the year before; last year; last yr; previous year; benchmark; gegenüber;
        statt; anstatt; au lieu; frente a; rispetto; tegen; zamiast; used to""",
    "role": """cfo; ceo; cio; cto; coo; ciso; cro; cmo; chro; cpo; cdo; dpo; dsi; daf; drh; dg; evp; svp; vp;
        avp; md; gm; fd; head of; director; directors; dir; manager; managers; mgr; mgrs; lead; leader;
        officer; chief; controller; treasurer; president; chair; chairman; chairwoman; partner; owner;
        secretary; superintendent; supt; supervisor; foreman; engineer; architect; coordinator;
        administrator; admin; analyst; buyer; purchaser; counsel; lawyer; attorney; dean; rector;
        provost; bursar; registrar; principal; headteacher; matron; nurse; doctor; surgeon; pharmacist;
        captain; harbour master; mayor; commissioner; councillor; clerk; auditor; accountant; planner;
        dispatcher; founder; trustee*; governor; sponsor; minister; deputy; assistant; advisor;
        consultant; specialist; steward; executive; exec; technician; operator*; editor; producer;
        scientist; librarian; bibliothekar*; inspector; leiter*; leitung; geschäftsführer*; vorstand*;
        abteilungsleiter*; bereichsleiter*; werksleiter*; einkäufer*; betriebsrat*; prokurist*;
        justiziar*; referent*; bürgermeister*; kämmerer*; meister; chefin; chef; inhaber*; directeur;
        directrice; responsable; président; présidente; gérant*; acheteu*; trésori*; maire; adjoint*;
        director*; jefe; jefa; gerente; encargad*; alcalde; presidente; tesorer*; comprador*; diretor*;
        chefe; vereador*; jurista; gestor*; direttore; direttrice; responsabile; capo; sindaco;
        dirigente; titolare; directeur*; hoofd; bestuurder; inkoper; wethouder; kierownik; kierowniczka;
        dyrektor*; prezes; burmistrz; główn*; chef; vd; ekonomichef; produktionschef; inköpschef;
        direktør; sjef; johtaja""",
    "evidence": """mail; mails; mailed; e-mail; e-mails; email; emails; emailed; wrote; writes; letter; memo;
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
        memo; note; protokoll*; bericht*; schreiben; schrieb; zeigte*; gezeigt; bestätig*; sagte;
        gesagt; laut; gemäß; termin; brief; vertrag; besprechung; gespräch; auswertung; liste; tabelle;
        unterlagen; beschluss*; vorgelesen; freigegeben; courriel; compte-rendu; compte; rapport;
        réunion; procès-verbal; pv; montré; confirmé; dit; lettre; tableau; selon; envoyé; signé;
        transmis; extrait; correo; acta; informe; reunión; mostró; enseñó; confirmó; dijo; carta; según;
        envió; contrato; ata; relatório; reunião; mostrou; confirmou; disse; explicou*; enviou; segundo;
        carta; verbale; rapporto; riunione; mostrato; confermato; detto; lettera; secondo; inviato;
        delibera; notulen; verslag; vergadering; liet; bevestigde; zei; gezegd; volgens; stuurde;
        overleg; raadsbesluit; protokół*; raport; spotkanie*; pokazał*; potwierdził*; powiedział*;
        pismo; według; napisał*; møte; referat; möte; visade; skrev; bekräftade; sade; sa""",
    "strong_evidence": """minutes; signed; confirmed in writing; showed us; showed me; showed the; shared the; forwarded
        the; forwarded; sent us; walked us; walked me; read us; told us; told me; counted; board paper;
        board pack; board deck; her mail; his mail; their mail; mail of; mail from; letter of; letter
        from; letter dated; in writing; in the meeting; in our meeting; in our call; on our call; in our
        visit; on the phone; on the call; pulled up; let us see; we saw; i saw; i've seen; seen at;
        literally; by mail; by email; by e-mail; copy of; screenshot; extract; gezeigt; im termin; per
        mail; uns die; nous a; nos la; nos lo; ci ha; ce l'ha; ons de; pokazał*; mostrou-nos; nos
        mostró; nos enseñó""",
    "customer": """team; teams; plant; site; sites; warehouse; factory; lab; laboratory; department; dept;
        division; branch*; store; stores; ward; wards; office; desk; line; lines; fleet; depot;
        terminal; school; faculty; hospital; clinic*; erp; crm; mes; wms; tms; lims; plm; mdm; sap;
        oracle; excel; excels; access; sharepoint; salesforce; jira; servicenow; maximo; workday;
        dynamics; sage; spreadsheet*; interface; database; server*; system; systems; legacy; paper;
        portal; form; forms; template*; invoice*; order; orders; shift; shifts; batch*; onboarding;
        handover; roster*; rota; inventory; stock; stocktake; payroll; billing; claims; permits;
        procurement; purchasing; finance; accounting; treasury; logistics; maintenance; quality; qa; hr;
        legal; compliance; security; it; ot; controlling; audit; questionnaire; dpia; dpa; msa; nda;
        iso; soc; tisax; gdpr; sso; on-prem; firewall; vpn; pen test; works council; tender; rfp;
        framework; customers; patients; drivers; suppliers; farmers; students; nurses; technicians;
        operators; tenants; members; werk; lager; abteilung; filiale*; schicht*; system*; rechnung*;
        auftrag*; betriebsrat; datenschutz*; einkauf; usine; entrepôt; service; atelier; site; magasin*;
        facture*; commande*; hôpital; planta; almacén; fábrica; departamento; facturas; pedidos; turno*;
        armazém; fatura*; encomenda*; stabilimento; magazzino; reparto; ordini; fatture; fabriek;
        magazijn; afdeling; facturen; ploeg*; zakład*; magazyn; dział; zmian*; faktur*; zleceń""",
    "hedge": """think; thinks; hope; hopes; hopefully; should; probably; maybe; perhaps; believe; guess; assume;
        assuming; seems; seem; feel; feels; feeling; might; may; could; expect; confident; sure; likely;
        apparently; as far as; i'd say; i'd expect; suppose; presumably; convinced; impression; rumour;
        understand that; afaik; imo; in my opinion; wahrscheinlich; vermutlich; hoffe; hoffen; glaube;
        denke; sollte; eindruck; gehe davon aus; je pense; probablement; j'espère; creo; probablemente;
        espero; acho; provavelmente; penso; probabilmente; credo; spero; denk; waarschijnlijk; hoop;
        chyba; myślę""",
    "plan": """will; going to; to be; tbc; next step; next steps; will ask; will check; plan to; to do; need
        to; to check; follow-up; follow up; to find out; agenda; booked; scheduled; invite; invited;
        planned for; werden wir; noch zu; klären; à voir; por ver; da vedere; te bepalen""",
    "seller": """our price; our pricing; our platform; our solution; our suite; our product; our tool; our offer;
        our quote; our proposal; our app; our module*; our software; our connector; our deck; our ai;
        our methodology; our customers; our references; our roi; our calculator; we offer; we offered;
        we've offered; we proposed; we presented; we sent; we've sent; we quoted; i sent; i've sent; i
        quoted; quote sent; price sent; offer sent; sent the deck; sent him; sent her; sent them;
        discount; rebate; list price; price list; price sheet; seats; seat; licence; licences; license;
        licenses; named users; bundle; bundles; tier; demo; demos; demoed; poc; proof of concept;
        sandbox; brochure*; one pager; two pagers; references; logos; roadmap; uplift; upsell; starter
        pack; quote; quoted; pricing; proposal; our offer; battle card*; deal desk; our se; presales;
        pre-sales; our ae; roadshow; reference; webinar; pitch*; datasheet*; case study; case studies;
        roi; payback; nps; open rate; our legal; our ciso; soc2; soc 2; trust package; playbook; trial;
        pilot; angebot*; lizenz*; rabatt; unsere lösung; unsere plattform; unser tool; wir bieten;
        präsentation; vorführung; offre; licence*; remise; notre solution; notre plateforme; démo;
        oferta; licencias; descuento; nuestra solución; nuestra plataforma; proposta; licenças;
        desconto; nossa solução; offerta; licenze; sconto; nostra soluzione; offerte; licenties;
        korting; ons platform; oferta; licencj*; rabat""",
    "our": """our; ours; we; we've; we're; i; i've; i'm; my; us; unser*; wir; uns; ich; notre; nos; nous;
        nuestr*; nosotros; nosso; nossa; nostr*; ons; onze; wij; nasz*""",
    "they": """they; they've; they're; their; them; she; he; her; his; she's; he's; he'll; she'll; they'd;
        they'll; sie; ihr*; er; ils; elle; il; leur; leurs; ellos; su; sus; eles; seu; sua; loro; zij;
        ze; hun; oni; ich""",
    "pitch": """efficien*; visibility; transform*; journey; digital*; digitis*; digitiz*; modern*; streamlin*;
        optimi*; best practice*; best-in-class; best-of-breed; silos; innovati*; strategic; strategy;
        value; synerg*; holistic; end-to-end; seamless*; leverage; empower*; game changer; next level;
        scal*; agil*; automat*; productivity; experience; state of the art; future-proof; world class;
        cutting edge; 360; single source of truth; one platform; all-in-one; insight*; growth;
        competitive; competition; better; faster; improve*; improving; improvement; easier; simplif*;
        everything; everyone; everybody; trusted partner; ai; cloud; effizien*; transparen*; besser*;
        modernis*; ganzheitlich*; innovativ*; moderne*; efficac*; améliorer; mejor*; eficien*; melhor*;
        miglior*; efficienz*; beter; efficiënt*; lepsz*; cost savings; save time; save costs; save
        money; reduce cost*; more with less""",
    "enthusiasm": """great; excited; exciting; love; loved; loves; wow; super; huge; massive; strong; happy; awesome;
        excellent; fantastic; positive; engaged; momentum; very; really; definitely; absolutely; 100;
        top; critical; urgent; urgency; asap; yesterday; important; key; must have; must-have; priority;
        prio; nice guy; smiled; smiles; thumbs; green; no blockers; no surprises; smooth; showstopper*;
        nothing serious; the usual; as usual; as always; right people; on board; aligned; buy-in;
        champion; c-level; multithreading; wichtig; dringend; toll; begeistert; sehr gut; importante;
        urgente; belangrijk; ważne; crucial""",
    "activity": """calls; meetings; sessions; workshops; coffee; lunch; dinner; linkedin; trade fair; attendees;
        attended; attendance; participants; mutual action plan; close plan; next call; follow-up;
        invite; invited; stakeholder map; intro; mapped; relationship; connected; agenda; thumbs up;
        requests; crm; forecast; commit; pipeline; stage; opportunity; meddpicc""",
    "generic_cust": """every company; every organisation; every organization; any company; all companies; most
        companies; companies; industry; market; market situation; everyone in; gartner; forrester; idc;
        mckinsey; analyst; analysts; benchmark*; average; on average; typical*; as in every; in general;
        generally; many customers; other customers; like everyone; as usual; jede firma; alle
        unternehmen; todas las empresas; toutes les entreprises""",
    "placeholder": """tbd; tbc; tba; n/a; na; n.a; idk; wip; pending; unknown; later; none; nothing yet; no info; to
        be defined; to be determined; to be confirmed; to be discussed; see notes; see call notes; see
        deck; see crm; see mail; see email; see above; will update; in progress; not known; don't know;
        no idea; ask; waiting; open; same as; copy; as discussed; haven't looked; not yet; offen; noch
        offen; unbekannt; folgt; k.a; keine; siehe; à définir; à compléter; voir; por definir;
        pendiente; ver; a definir; da definire; n.v.t; onbekend; do uzupełnienia; brak""",
    "negation": """no; not; none; never; nobody; nothing; without; w/o; isn't; wasn't; don't; doesn't; didn't;
        hasn't; haven't; won't; cannot; can't; kein*; nicht; niemand; nie; pas; aucun*; jamais; sin;
        ningún; nunca; nadie; não; nenhum*; non; nessun*; niet; geen; nie; żadn*; zero; denied; nope""",
    "quantity_word": """half; a third; a quarter; a fifth; two thirds; most of; twice; double; triple; dozen; dozens;
        hundreds; thousands; every second; once a week; once a quarter; once a month; one day; per day;
        per week; per month; a day; a week; a month; a year; each day; each week; each month; overnight;
        yearly; monthly; weekly; daily; hälfte; drittel; moitié; mitad; metade; metà; helft; połowa;
        season; year-end; deadline; easter; christmas; summer; harvest; next year""",
    "deadline": """by; until; till; before; from; after; expires; ends; end of; starts; start of; as of; due;
        opens; closes; effective; no later than; bis; ab; vor; spätestens; avant; jusqu'au; d'ici; à
        partir; antes; hasta; partir; até; entro; prima; dal; voor; vanaf; tot; do; przed; od""",
}

#: Question -> the words by which an answer to it is recognised.
SLOTS: dict[str, str] = {
    "problem": """problem*; issue*; pain; struggle*; manual*; by hand; paper; excel; today; currently; error*;
        mistake*; wrong; slow; late; lost; missing; type*; retype*; copy; copied; no-shows; backlog;
        complaint*; find; fix; help*; can't see; can't tell; workaround; spreadsheet*; phone;
        duplicate*; double; papier; handmatig; à la main; a mano; à mão; ręcznie; von hand""",
    "root_cause": """root; cause*; because; since; reason*; why; origin*; legacy; never; nobody; migration; merger;
        acquisition; inherited; designed; built; rebuilt; old; interface; owner; owns; master data;
        training; incentive*; turnover; left; config*; firmware; ursache*; grund; liegt; weil; cause;
        causa; raíz; omdat; oorzaak; przyczyn*; field; tool; tools; process; keyed; typed; handover""",
    "impact": """impact; matter*; cost*; lose; loses; losing; lost; loss*; margin; revenue; penalt*; fine*;
        churn; customer*; risk; save*; saving*; hour*; overtime; insurer; premium; premiums; claim*;
        reputation; turnover; profit; ebit; safety; patients; complain*; sla; credit*; quota; target;
        board; bonus; per year; each; pro jahr; par an; al año; por ano; wichtig; coûte; kostet; cuesta;
        affects; hit; feels; suffers""",
    "budget": """budget*; fund*; funding; capex; opex; approved; approval; allocated; allocat*; money; finance*;
        financ*; reserve*; grant*; cost centre; cost center; ring-fenced; line; pot; pots; po; purchase
        order; spend*; spent; invest*; paid; pays; pay; fiscal; fy25; fy26; fy27; keur; ceiling; afford;
        wirtschaftsplan; haushalt*; mittel; etat; freigegeben; partida; presupuesto; verba; cabiment*;
        orçamento; enveloppe; crédits; stanziat*; bilancio; begroting; potje; budżet*; put aside; set
        aside; earmarked; carry-over; carryover; cfo; released; tranche; levy; subsid*; donor; treasur*;
        price; quote""",
    "stakeholders": """stakeholder*; sponsor; champion; decide*; decides; decision; decision-maker*; decider*; talk*;
        talking; speak*; speaking; contact*; contacts; met; meet; know; knows; signs; sign; signature;
        signatory; approve*; veto; vote*; votes; board; committee; recommends; coach; eb; economic
        buyer; user; users; right people; buying centre; influence*; reports to; org chart; reorg;
        successor; left; deputy; introduced; introduce; intro; involved; access; person; people; head
        of; director; manager; vp; cio; cto; entscheid*; ansprechpartner; kontakt; décide*; décideur*;
        interlocut*; decide; decisor*; firma; decyd*; beslis*; overruled; authority; delegation;
        mandate; purchasing; buyer; loop; cc""",
    "gotchas": """security; audit*; gdpr; dpia; dpa; dpo; privacy; data protection; legal; lawyer*; liability;
        cap; msa; nda; procurement; tender*; rfp; pen test; pentest; questionnaire; works council;
        betriebsrat; union*; on-prem; on-premise; cloud; residency; hosting; sso; firewall; iso; soc2;
        soc 2; tisax; certificate*; cert; certified; validation; gxp; veto; freeze; block*; blocker*;
        slow*; delay; risk*; weeks; wks; wk; takes; approval; infosec; ciso; compliance; export; itar;
        atex; red flag*; blackout; insurance; vendor*; supplier; onboarding; datenschutz*; avv; vergabe;
        ausschreibung; rgpd; marché; appel d'offres; lgpd; gara; aanbesteding; przetarg; rodo; keys;
        encryption; admin rights; gotcha*; surprise*; showstopper*; competitor*; questions""",
    "compelling_event": """deadline; by; before; until; date; expires; expire*; expiry; ends; end of; go-live; live;
        launch; opens; opening; start; starts; season; law; regulation*; regulator; directive; audit;
        inspection*; renew*; renewal; contract; lease; termination; terminat*; merger; ipo; retire*;
        eol; end of life; end of support; support ends; january; february; march; april; may; june;
        july; august; september; october; november; december; jan; feb; mar; apr; jun; jul; aug; sep;
        sept; oct; nov; dec; q1; q2; q3; q4; year-end; quarter; urgency; urgent; event; driver;
        compelling; momentum; asap; move; moves; cutover; campaign; cut-over; bis; ab; stichtag; frist;
        gesetz; avant; échéance; loi; antes; plazo; ley; prazo; lei; entro; scadenza; legge; voor;
        deadline; termin; ustawa; now; timeline; timetable""",
}


def phrases(text: str) -> list[str]:
    """The words and phrases of one list."""
    return [phrase for phrase in (" ".join(part.split()) for part in text.split(";")) if phrase]
