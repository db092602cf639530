"""What columns of other programs' files are called: words for the columns of canonical tables, beside their own names."""

from __future__ import annotations

#: Words for what a table is of: by the name that its key begins with.
THINGS = {
    "account": "account customer client company organisation organization org tenant business kunde kunden firma firmen unternehmen mandant mandanten",
    "subscription": "subscription abo abonnement line item", "contract": "contract agreement vertrag",
    "person": "person contact user people member kontakt ansprechpartner", "csm": "csm owner manager successmanager betreuer agent rep",
    "ticket": "ticket case issue conversation anfrage vorgang", "invoice": "invoice bill rechnung", "product": "product sku produkt",
    "touchpoint": "touchpoint activity meeting engagement interaction call termin", "opportunity": "opportunity deal chance",
    "answer": "answer response antwort", "usage": "event usage", "milestone": "milestone", "payment": "payment zahlung",
    "requester": "requester submitter", "assignee": "assignee agent", "parent": "parent parentaccount", "manager": "manager lead vorgesetzter",
}  # fmt: skip
#: What makes a number or a name of a thing of it.
IDS = "id ids no nr number nummer num key code ref reference uuid guid".split()
NAMES = "name title label bezeichnung".split()
#: Words for columns, whatever table has them.
COLUMNS = {
    "name": "name fullname displayname label bezeichnung", "domain": "domain website webseite url homepage",
    "segment": "segment size companysize kundensegment", "tier": "tier level class klasse supportlevel",
    "industry": "industry sector vertical branche", "region": "region territory area gebiet", "country": "country land countrycode billingcountry",
    "language": "language locale sprache", "currency": "currency currencycode currencyisocode waehrung währung",
    "lifecycle": "lifecycle lifecyclestage stage status phase", "created_at": "created createdat createdate createddate createdon creationdate opened openedat angelegt erstellt",
    "email": "email mail emailaddress mailadresse", "title": "title jobtitle position", "role": "role function rolle",
    "last_seen_at": "lastseen lastlogin lastloginat lastactive", "team": "team group department abteilung",
    "plan": "plan planname tarif package paket edition", "quantity": "quantity seats licenses licences units qty menge anzahl",
    "amount": "amount total price betrag mrr monthlyamount monthlyprice monthlyfee monthlyrevenue recurringrevenue summe value", "unit_amount": "unitamount unitprice listprice einzelpreis",
    "interval": "interval billingperiod billinginterval billingfrequency frequency cycle period turnus",
    "started_at": "start started startdate startsat begin beginn begins validfrom effectivedate activatedat von",
    "ended_at": "end ended enddate endsat expires expiry expirationdate ende cancelledat canceledat bis validto letztertag",
    "value": "value amount contractvalue acv tcv total wert", "auto_renew": "autorenew autorenewal renewsautomatically", "notice_by": "notice noticedate kuendigungsfrist",
    "issued_at": "issued issuedat invoicedate issuedate date datum rechnungsdatum", "due_at": "due duedate faellig fällig",
    "status": "status state zustand", "priority": "priority severity urgency prioritaet priorität", "channel": "channel via type medium kanal",
    "category": "category type topic kategorie", "subject": "subject title summary betreff",
    "first_reply_at": "firstreply firstresponse firstresponseat firstreplytime", "solved_at": "solved resolved resolvedat resolutiondate geloest gelöst",
    "closed_at": "closed closedat closedate geschlossen", "valid_from": "validfrom from since assignedat startdate von seit",
    "valid_to": "validto to until enddate bis", "occurred_at": "occurred occurredat date datum time timestamp when activitydate eventdate",
    "minutes": "minutes duration durationminutes dauer", "text": "text comment comments notes description body feedback notiz kommentar",
    "score": "score rating nps csat npsscore csatscore points punkte bewertung", "survey": "survey surveyname umfrage", "answered_at": "answered answeredat responsedate submittedat completedat date datum",
    "sent_at": "sent sentat senddate", "stage": "stage dealstage phase", "probability": "probability likelihood wahrscheinlichkeit",
    "expected_close": "closedate expectedclose expectedclosedate", "kind": "kind type art", "day": "day date datum tag",
    "feature": "feature featurename event eventname", "active_users": "activeusers users dau", "events": "events count clicks", "outcome": "outcome result ergebnis",
    "reason": "reason grund", "merged_into": "mergedinto masterrecordid",
}  # fmt: skip
