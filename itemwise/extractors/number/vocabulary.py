"""Word lists that tell the number a sentence is about from those it mentions in passing."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HEDGING = """
about approximately roughly around exactly only just nearly almost the a of total indeed still also therefore thus so
be would should is are was were at least most to simply then now either equals up between 约 共 有 了 就 应 该 大 为 是 即 得
"""
_REASONING = "because since where given assuming when if as who whose wenn weil porque parce если 因"
_CONCLUDING = "therefore so thus hence altogether"
_PASSING = """
in after for by than per at from every on within during before since with next first last these those the all both over
under step day week part question problem out of another between into each
en por durante después cada con para pendant après par chaque dans pour avec nach pro jeden jeder während mit für von den der nächsten
за в на по для каждый через от
"""
_SAYING = """
is are was were be has have had need needs needed cost costs make makes made earn earns earned pay pays paid get gets got
took take takes spend spends spent save saves saved leaves left total totals equal be sum there gives give yields becomes 共 有
es son cuesta gana gasta paga necesita tiene est sont coûte gagne paie ist sind kostet hat haben verdient beträgt bezahlt
"""
_AMOUNTS = """
total sum amount cost profit average price number distance speed age remainder maximum minimum
suma cantidad costo precio beneficio somme montant coût prix bénéfice summe gesamtbetrag gewinn
"""
_MONTHS = "january february april june july august september october november december jan feb apr jun jul aug sep sept oct nov dec"

HEDGES = _words(_HEDGING)  # may stand between an announcement and its number
REASONS = _words(_REASONING)  # after these the sentence explains
CONCLUSIONS = _words(_CONCLUDING)  # after these the sentence says what follows
PASSING = _words(_PASSING)  # a number right behind these is mentioned in passing
SAYING = _words(_SAYING)  # a number right behind these is what the sentence says
AMOUNTS = _words(_AMOUNTS)  # "a total of 18" says 18, "out of 20" does not say 20
OF = _words("of de von")  # of an amount or in passing
PURPOSES = _words("чтобы um para pour afin")  # after these the sentence says what for
COPULAS = _words("is are was were equals becomes makes gives means leaves totals")
GIVING = _words("takes took take costs cost gives gave leaves left saves saved earns earned pays paid")  # with whom: "takes Ann 5"
OBLIGING = _words("has have had need needs needed will must going want wants able")  # with "to": "has to pay 18"
CONDITIONS = _words("between with at for from when where if")  # with "x = 3": a value that the answer holds for
REACHING = _words(
    "equal comes amounts up sums adds rounds leads rounded close reduced increased rises falls rose fell drops dropped due"
)  # with "to"
VAGUE = _words(
    "a about approximately roughly around exactly only just nearly almost remaining same other whole his her their its my our"
)  # change nothing of what a number is
DENIALS = _words("not n't isn't 非 不")
MONTHS = _words(_MONTHS)  # beside these a number is a day; may and march are words as well
