"""Who speaks. Outlets count, not feeds: a text credited to an agency is the agency's, whoever prints it."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from streams.model import Article
from streams.tagging.folding import fold

_CREDIT = re.compile(r"\A[^\n()]{0,80}\(([^\W\d_][^\n()]{1,40})\) ?[-–—:]")
"""How a dateline credits an agency: `TROMSØ (Harbour Wire) -`."""

_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?([^/:?#\s]+\.[^/:?#\s.]{2,})(?:[:/?#].*)?", re.DOTALL)
_EDITIONS = frozenset({"amp", "edition", "eu", "en", "m", "mobile", "news", "rss", "uk", "us", "usa", "www"})
_UNDER_COUNTRIES = frozenset({"ac", "co", "com", "gov", "net", "org"})
_AGGREGATORS = frozenset({"bing", "facebook", "feedburner", "google", "msn", "t", "twitter", "x", "yahoo"})
"""Hosts that print what others wrote; then the source's name says more."""

_SPOKEN = re.compile(r"^the |[^\w]+")
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("ap", "apnews", "associatedpress"), "associated press"),
        **dict.fromkeys(("afp", "agencefrancepresse"), "afp"),
        **dict.fromkeys(("bbc", "bbcnews", "bbcworld"), "bbc"),
        **dict.fromkeys(("cnn", "cnnphilippines", "cnnworld"), "cnn"),
        **dict.fromkeys(("dailymail", "mailonline", "mailonsunday", "thisismoney"), "daily mail"),
        **dict.fromkeys(("fox", "foxnews", "foxbusiness"), "fox news"),
        **dict.fromkeys(("ft", "financialtimes"), "financial times"),
        **dict.fromkeys(("guardian", "observer", "theguardian"), "guardian"),
        **dict.fromkeys(("huffingtonpost", "huffpost", "hpo"), "huffpost"),
        **dict.fromkeys(("newyorktimes", "nyt", "nytimes", "internationalnewyorktimes"), "new york times"),
        **dict.fromkeys(("reuters", "thomsonreuters", "reutersuk", "reutersus"), "reuters"),
        **dict.fromkeys(("sun", "thesun", "thescottishsun", "theirishsun", "sunonsunday"), "the sun"),
        **dict.fromkeys(("telegraph", "dailytelegraph", "sundaytelegraph"), "telegraph"),
        **dict.fromkeys(("times", "thetimes", "sundaytimes", "thesundaytimes"), "the times"),
        **dict.fromkeys(("wapo", "washingtonpost"), "washington post"),
        **dict.fromkeys(("wsj", "wallstreetjournal"), "wall street journal"),
    }
)
"""Names under which one newsroom goes."""


def voice_of(article: Article) -> str | None:
    """Whose words an article is in: the agency it credits, else the outlet by its address or its name."""
    if credit := _CREDIT.match(article.body):
        return _voice(credit[1])
    host = _host(article.url or "") or _host(article.source or "")
    if host and host not in _AGGREGATORS:
        return _voice(host)
    return _voice(article.source) if article.source else None


def _voice(name: str) -> str:
    key = _SPOKEN.sub("", fold(_host(name) or name))
    return _NAMES.get(key, key)[:64]


def _host(address: str) -> str | None:
    """The name in an address: `nytimes` of `https://www.nytimes.com/2026/11/09/`."""
    found = _HOST.fullmatch(address.strip().lower())
    if not found:
        return None
    labels = found[1].split(".")[:-1]
    if len(labels) > 1 and labels[-1] in _UNDER_COUNTRIES:
        labels.pop()
    while len(labels) > 1 and labels[0] in _EDITIONS:
        labels.pop(0)
    return labels[-1]
