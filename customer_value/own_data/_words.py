"""What columns are called in English, German, French, Dutch and Spanish."""

import re
import unicodedata

_CAMEL = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Ý])|(?<=[A-Z])(?=[A-Z][a-z])")

# Of a role: words that name it, words that make it likelier beside one of those, and words that speak against it.
# A word with a star may begin or end a longer one, as German and Dutch put words together.
_NAMES: dict[str, tuple[str, str, str]] = {
    "customer": (
        "customer* client* cliente* kunde* kunden* klant* klanten* kund* member* shopper buyer* besteller* kaufer*"
        " acheteur comprador debitor* debiteur* mitglied* lid lidnummer adherent socio card* karte*"
        " subscriber* abonnent*"
        " abonne account* konto* user* guest patient patron donor spender* household",
        "id nr nummer number no num code key kennung numero number uid ref hash",
        "name vorname nachname type typ segment group gruppe since seit city ort country land email mail status rating"
        " age alter gender service group note notes phone count zahl anzahl nombre",
    ),
    "date": (
        "date* datum* *datum *date fecha jour tag day dag dia time* timestamp* zeit* *zeitpunkt zeitpunkt"
        " heure hora tijd"
        " *tijdstip created* ordered* purchased* placed* erstellt* bestellt* am",
        "order* invoice* purchase* transaction* sale* rechnung* bestell* kauf* beleg* commande achat facture bestelling"
        " aankoop factuur compra venta pedido factura buchung*",
        "birth* geburt* update* modified* geandert* due falligkeit* lieferung* liefer* delivery* shipping"
        " ship* versand*"
        " naissance nacimiento expiry ablauf* zone lead",
    ),
    "amount": (
        "amount* betrag* *betrag umsatz* *umsatz revenue* sales* total* *total *summe summe* value* wert*"
        " *wert warenwert"
        " montant* chiffre* ca bedrag* omzet* *omzet importe* monto* ventas venta* valeur* valor* turnover* subtotal*"
        " gesamt* payment* erlos* *erlos spend* ttc ht gmv",
        "net netto* net_ eur usd gbp chf euro line zeile order excl exkl zzgl ohne",
        "tax* vat mwst* ust steuer* tva btw iva discount* rabatt* remise korting descuento shipping"
        " versand* cost* kosten*"
        " quantity menge id nr code margin marge count anzahl date datum tax_",
    ),
    "quantity": (
        "quantity* qty* menge* *menge anzahl* stuck* stueck* stk units* pieces* pcs quantite* qte nombre"
        " aantal* cantidad*"
        " unidades count hoeveelheid* items",
        "ordered sold bestellt verkauft",
        "price preis prix prijs precio id date stock* bestand",
    ),
    "price": (
        "price* *price preis* *preis prix* prijs* *prijs precio* unitprice einzelpreis* stuckpreis* stueckpreis*"
        " unitario tarif* rate",
        "unit* einzel* stuck* per each unitaire stuks eenheid unidad unitario item artikel net netto",
        "total gesamt* list* id date",
    ),
    "order": (
        "order* invoice* rechnung* *rechnung bestell* *bestellung beleg* *beleg transaction* commande*"
        " facture* bestelling*"
        " factuur* pedido* factura* receipt* bon* ticket* auftrag* vorgang* document* voucherno"
        " bestelnummer* sale booking"
        " basket *bon",
        "id nr nummer number no num code key kennung numero ref uid",
        "date* datum* *datum time* zeit* status value wert betrag* total* line* zeile position type typ source channel"
        " currency customer* kunde* user* klant* client* quantity* amount* country",
    ),
    "product": (
        "product* produkt* *produkt artikel* *artikel item* sku* stock* stockcode article* articulo* producto* produit*"
        " ean gtin asin ware* isbn material*",
        "id nr nummer number no code key ref",
        "name description bezeichnung beschreibung price* preis* quantity menge category kategorie group"
        " gruppe count text",
    ),
    "return_marker": (
        "return* retour* retoure* refund* gutschrift* credit* storno* cancel* *storno avoir rembours* devolucion* abono"
        " type* typ art belegart transactiontype documenttype status* statut estado vorzeichen* kind is_return soort",
        "order document transaction beleg sales",
        "payment* zahlung* customer* kunde* date* datum* amount* betrag* quantity* reason* grund* product*"
        " produkt* card",
    ),
    "country": (
        "country* land* *land pays pais region* *region bundesland nation* markt market staat state state_ province"
        " kanton",
        "code iso name billing rechnungs customer",
        "id status landing postal",
    ),
    "channel": (
        "channel* kanal* *kanal canal* kanaal* source* quelle* shop* store* filiale* magasin* tienda* winkel* verkoop*"
        " medium vertriebsweg* vertriebskanal* outlet* branch* site* device* place",
        "sales verkaufs vertriebs vente name",
        "date datum amount price website",
    ),
    "start": (
        "start* begin* beginn* *beginn *start von from since seit debut* inicio* started* signup* join*"
        " joined* eintritt*"
        " aanvang* ingangsdatum activation activated* abschluss* vertragsbeginn valid",
        "date datum on at contract* vertrag* subscription* abo* fecha date_ van",
        "end* ende* until bis fin",
    ),
    "end": (
        "end* ende* *ende bis to until fin* einde* ended* cancel* cancelled* canceled* churn* kundigung* kuendigung*"
        " gekundigt* left* austritt* stop* terminated* termination* resiliation* resilie* baja opzegging* vertragsende"
        " abgang* *ende expired",
        "date datum on at contract* vertrag* subscription* abo* fecha",
        "start* begin* beginn* reason* grund* user gender spend send calendar trend vendor pending recommend legend",
    ),
    "plan": (
        "plan* tarif* abo* tariff* package* paket* contract* vertrag* formule* abonnement* suscripcion* subscription*"
        " product* produkt*",
        "type name art",
        "id nr start* end* date* price* preis* beginn* ende*",
    ),
}
ROLES = tuple(_NAMES)
_INSTEAD_OF_AN_ID = ("email", "mail", "phone", "telefon", "mobile")


def words(name: str) -> list[str]:
    """A column's name in lower-case words without accents: "RechnungsDatum" → rechnungs, datum."""
    spaced = _CAMEL.sub(" ", str(name).replace("ß", "ss"))
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(letter))
    return [word for word in re.split(r"[^a-z0-9]+", plain.lower()) if word]


def name_score(name: str, role: str) -> tuple[float, str]:
    """How far a name speaks for a role, from 0 to 1, and the word that does."""
    found = words(name)
    # German and Dutch names are one long word, so they are looked at in one piece, too.
    naming, helping, against = (_NAMES[role][at].split() for at in range(3))
    best = next((word for word in found if any(_fits(word, pattern) for pattern in naming)), None)
    if best is None:
        weak = next((word for word in found if role == "customer" and word.startswith(_INSTEAD_OF_AN_ID)), "")
        return (0.5 if weak else 0.0), weak
    rest = [word for word in found if word != best]
    score = 0.7
    if any(_fits(word, pattern) for word in rest for pattern in helping) or any(
        best != pattern.strip("*") and len(pattern.strip("*")) > 1 and best.endswith(pattern.strip("*"))
        for pattern in helping
    ):
        score += 0.3
    elif not rest and len(best) <= 12:
        score += 0.2
    bad = [word for word in rest if any(_fits(word, pattern) for pattern in against)]
    tail = [pattern for pattern in against if len(pattern.strip("*")) > 2 and best.endswith(pattern.strip("*"))]
    if bad or (tail and not any(best == pattern.strip("*") for pattern in naming)):
        score -= 0.55
    return max(score, 0.0), best


def _fits(word: str, pattern: str) -> bool:
    stem = pattern.strip("*")
    if pattern.startswith("*"):
        return word.endswith(stem) and len(stem) > 2
    if pattern.endswith("*"):
        return word.startswith(stem) and (len(stem) > 2 or word == stem)
    return word == stem


RETURN_VALUES = re.compile(
    r"(?i)^(is[_ ]?)?(return|returned|refund|refunded|retour|retoure|gutschrift|credit( ?note)?|storno|storniert|"
    r"voided|erstattet|retourniert|annul[ée]e?|geannuleerd|terugbetaald|cancelad[oa]|anulad[oa]|remboursée|devuelta|"
    r"cancel+ed|cancel+ation|cancel|avoir|remboursement|rembours[ée]|devoluci[oó]n|devuelto|abono|teruggave|creditnota|"
    r"cr|sr|rma|reversal|chargeback|void)s?$"
)
"""Entries that mark a return or a cancelled sale."""

VOID_VALUES = re.compile(
    r"(?i)^(returned|refunded|cancel+ed|void(ed)?|storniert|erstattet|retourniert|annul[ée]e?|rembours[ée]e?|geannuleerd|"
    r"terugbetaald|cancelad[oa]|anulad[oa]|devuelt[oa])$"
)
"""Those of them that are said of the sale itself: its own row is undone, and no other row need follow."""

TEST_VALUES = re.compile(
    r"(?i)(^|[^a-z])(test|tests|dummy|muster|mustermann|prueba|essai|sample|demo|fake|xxx+)([^a-z]|$)"
)
"""Ids and codes that look like tests or samples."""
