"""What contracts and reports call the things that people ask for: the one list of expansions.

A topic is named by words of the question (`asked`) and shows in a text as `signs`, patterns with weights; a
text whose signs add up to 1 speaks fully about it. `search_words` are added to a search. The list is general
vocabulary, not the wording of any one document; to add a topic, add an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..domain.words import content_words, raw_words, stem
from .asked_for import IS_IT

DOCUMENT_WORDS = frozenset({"agreement", "contract", "document", "lease", "deal", "paper", "report", "article", "book"})
"""What people call the whole document; such a word of a question hardly tells where its answer stands."""
DOCUMENT_STEMS = frozenset(map(stem, DOCUMENT_WORDS))

OTHER_DEFINITION_FACTOR = 0.5
"""What the definition of another word ("“Quarter” means ...") says of a topic counts so much."""
_DEFINITION = re.compile(r"\W*(?:\d[\d.]*\s+)?[“\"]([^“”\"]{2,60})[”\"]\s+(?:means|shall mean|has the meaning)\b")


@dataclass(frozen=True, slots=True)
class Topic:
    """One expansion; see the module. The groups of `asked` are gaps, which may hold any words. `front` is added for a
    text near the beginning of its document.
    """

    asked: re.Pattern[str]
    search_words: str
    signs: tuple[tuple[re.Pattern[str], float], ...]
    front: float

    def match(self, text: str, near_front: bool) -> float:
        """How fully `text` speaks about the topic, from 0 to 1."""
        found = sum(weight for sign, weight in self.signs if sign.search(text))
        defined = _DEFINITION.match(text)
        if defined and not self.asked.search(defined[1]):
            found *= OTHER_DEFINITION_FACTOR
        return min(1.0, found + (self.front if near_front and found else 0.0))

    def words(self, question: str) -> set[str]:
        """The stems of the words that the topic stands for: those that name it in `question`, and `search_words`."""
        named = " ".join(part for found in self.asked.finditer(question) for part in _without_gaps(found))
        return {stem(word) for word in raw_words(f"{named} {self.search_words}")}


def _without_gaps(found: re.Match[str]) -> Iterator[str]:
    start = found.start()
    for gap in range(1, found.re.groups + 1):
        if found.start(gap) >= 0:
            yield found.string[start : found.start(gap)]
            start = found.end(gap)
    yield found.string[start : found.end()]


def _topic(asked: str, search_words: str, *signs: tuple[str, float], front: float = 0.0) -> Topic:
    compiled = tuple((re.compile(sign, re.IGNORECASE | re.DOTALL), weight) for sign, weight in signs)
    with_gaps = re.compile(asked.replace(".*", "(.*)"), re.IGNORECASE)
    return Topic(with_gaps, search_words, compiled, front)


_SPAN = (
    r"\b(?:\d+|one|two|three|four|five|six|seven|ten|twelve)\W+(?:\(\d+\)\W*)?(?:\w+ )?(?:days?|months?|years?)\b"
    r"|\banniversary\b"
)
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DATE = rf"\b(?:{_MONTHS})\b.{{0,9}}\d{{4}}"
_SOME_DAY = rf"\b.{{0,60}}?(?:\b(?:into|as of|on|this|day)\b|{_DATE})"
_CONCLUDED = rf"\b(?:made|entered|dated|executed){_SOME_DAY}"
_MADE = rf"\b(?:made|entered|dated|executed|effective){_SOME_DAY}"
_THIS = r"\b(?:this|the) (?:\w+ )?(?:agreement|contract|lease)\b"
_MONEY = r"[$€£¥]\s?\d|\b\d[\d,.]*\s?(?:%|percent|dollars|euros?|pounds|usd|eur|gbp)"
_COMPANY = (
    r"\b(?:inc|corp|corporation|company|limited|ltd|llc|l\.l\.c|llp|l\.p|partnership|gmbh|plc|ag|n\.v|s\.a|trust)\b"
)

TOPICS: tuple[Topic, ...] = (
    _topic(
        r"\bgoverning law|\bgoverned by|\b(?:which|what|whose|under|govern\w*|countr\w*|state'?s?|appl\w*)\b.*\blaws?\b"
        r"|\blaws?\b.*\b(?:govern|appl|countr|state|interpret)\w*|\bjurisdiction\b.*\b(?:appl|govern)\w*",
        "governing law governed govern construed accordance laws state country apply",
        (r"\bgovern(?:ed|s|ing)?\b", 0.3),
        (r"\blaws?\b.{0,20}\b(?:of|in force)\b|\b(?:english|federal|\w+ state) laws?\b", 0.3),
        (r"\b(?:construed|interpreted|enforced)\b", 0.2),
        (r"\bin (?:accordance|conformity) with\b|\bunder\b|\bby\b", 0.1),
        (_THIS, 0.1),
    ),
    _topic(
        r"\bexpir\w*|\b(?:when|what date)\b.*\b(?:end|terminate|run out)|\bhow long\b(?:.*\b(?:last|run|valid)\b)?"
        r"|\buntil when\b(?:.*\bvalid\b)?|\bduration\b|\b(?:initial )?term\b",
        "term expire expires expiration date commence continue until initial effective years anniversary duration",
        (r"\bexpir(?:e|es|ation|y|ing)\b", 0.15),
        (
            r"\bterm[\"”]?\W*(?:of (?:this|the)|shall|will|is\b|begins?|commenc)|\b(?:initial|original) term\b"
            r"|\((?:the )?[“\"](?:\w+ )?term[”\"]\)",
            0.2,
        ),
        (
            r"\b(?:shall|will|to) (?:\w+ )?(?:commence|begin|continue|remain|expire|terminate|extend|end|be(?:come)?"
            r" (?:effective|in (?:full )?(?:force|effect)))"
            r"|(?<!failure )(?<!breach )(?<!default )\b(?:commences|begins|continues|expires|ends|terminates)\b",
            0.25,
        ),
        (r"\b(?:until|through|so long as|for (?:a|an) .{0,20}(?:term|period)|for a period|thereafter|unless)\b", 0.15),
        (rf"{_SPAN}|{_DATE}|\beffective date\b|\b(?:force and|in) effect\b", 0.15),
        (_THIS, 0.15),
    ),
    _topic(
        r"\bpart(?:y|ies)\b|\b(?:between|among) whom\b.*|\b(?:who|which|what|whose)\b.*\b(?:signed|entered|between)\b",
        "agreement entered made between among parties party",
        (r"\b(?:between|among|amongst)\b.*\band\b|\bundersigned\b|\bone part\b", 0.25),
        (_MADE, 0.2),
        (r"[\"“”'][^\"“”]{2,60}[\"”']\W{0,2}\)|\bhereinafter\b", 0.15),
        (rf"{_COMPANY}.*{_COMPANY}", 0.15),
        (r"\bparties\W+\(?1\b", 0.2),
        (r"\(1\).{20,400}\(2\)", 0.2),
        (_THIS, 0.1),
        front=0.2,
    ),
    _topic(
        r"\b(?:name|title|kind|type|sort)\b.{0,12}\b(?:agreement|contract|lease|deed)\b"
        r"|\bwhat (?:agreement|contract) is (?:this|it)\b",
        "agreement entered made dated",
        (
            r"\b(?:this|the) (?:[\w&-]+ ){1,6}(?:agreement|contract|lease|deed)\b[\s,]*(?:\(|is\b|dated|entered)"
            r"|(?<!this )\b(?:agreement|contract|lease|deed)\b[^.;]{0,60}?\((?:the |this )?[“\"]"
            r"(?:agreement|contract|lease|deed)\b",
            0.5,
        ),
        (_MADE, 0.2),
        front=0.3,
    ),
    _topic(
        r"\beffective date|\bstart date|\b(?:when|what date)\b.*\b(?:start|begin|commence|effective)\w*",
        "effective date dated entered made commence",
        (rf"{_MADE}|[\"“]effective date[\"”]", 0.25),
        (r"\beffective\b", 0.1),
        (rf"{_DATE}|\bday of\b", 0.3),
        (rf"{_THIS}|\bbetween\b", 0.15),
        front=0.2,
    ),
    _topic(
        r"\b(?:when|what date)\b.*\b(?:sign|dated|made|enter|conclude)\w*"
        r"|(?<!ation )(?<!expiry )(?<!end )(?<!effective )(?<!start )\bdate of|\bagreement date",
        "effective date dated entered made signed",
        (rf"{_CONCLUDED}|\beffective (?:as of|on)\b", 0.3),
        (rf"{_DATE}|\bday of\b", 0.3),
        (rf"{_THIS}|\bbetween\b", 0.15),
        front=0.25,
    ),
    _topic(
        r"\brenew\w*|\bextend\w*|\bextension\w*|\bprolong\w*",
        "renew renewal renewed extend extension extended successive automatically additional term periods",
        (r"\brenew|\bexten(?:d|sion)", 0.4),
        (r"\bsuccessive|\badditional|\bfurther|\bautomatic", 0.25),
        (rf"\bterms?\b|\bperiods?\b|{_SPAN}", 0.25),
        (_THIS, 0.1),
    ),
    _topic(
        r"\bterminat|\bcancel|\bend (?:this|the) ",
        "terminate termination terminated notice breach cure insolvency convenience",
        (r"\bterminat|\bcancel", 0.5),
        (r"\b(?:may|right to|entitled to|upon)\b", 0.2),
        (rf"\bnotice\b|\bbreach|{_SPAN}", 0.3),
    ),
    _topic(
        r"\bfees?\b|\bprice|\bpay(?:s|able|ment|ments)?\b|\bcost|\bcharge"
        r"|\bhow much (?:is|are|does|do|will|must|has|have)\b"
        r"|\bcompensation|\bsalary|\brent\b",
        "fee fees pay payment payable price amount invoice compensation",
        (r"\bfees?\b|\bprices?\b|\bpay|\bcharges?\b|\bcompensation|\bcosts?\b|\bsalary|\brent\b|\bamount", 0.5),
        (_MONEY, 0.35),
        (r"\bshall\b|\bwill\b|\bper\b|\bequal to\b", 0.15),
    ),
    _topic(
        r"\bnotices?\b",
        "notice notices writing written address days prior",
        (r"\bnotices?\b|\bnotif", 0.5),
        (r"\bwrit(?:ing|ten)\b|\baddress", 0.25),
        (rf"{_SPAN}|\bdeliver|\bsent\b", 0.25),
    ),
    _topic(
        r"\bliabilit\w*\W+(?:is )?(?:cap|limit|ceiling)\w*"
        r"|\b(?:cap|limit|ceiling|maximum)\w*\W+(?:(?:on|of|to) )?(?:(?:the|its) )?liabilit\w*",
        "total aggregate liability limited maximum cap exceed charges fees paid payable",
        (r"\bliab\w*.{0,200}?(?:\bexceed|(?<!not )\blimited to\b|\bcapped\b)", 0.6),
        (rf"{_MONEY}|\b(?:fees|charges|amounts?|sums?)\b.{{0,40}}\b(?:paid|payable|received)\b", 0.3),
        (r"\btotal\b|\baggregate\b|\bmaximum\b|\bno event\b|\beach party|\ba party", 0.1),
    ),
    _topic(
        r"\bliab|\bindemn|\bdamages\b",
        "liability liable limit limited maximum cap exceed damages indemnify aggregate consequential",
        (r"\bliab|\bindemn|\bdamages\b", 0.6),
        (r"\bexceed|\baggregate|\bin no event|\bhold harmless|\blimit", 0.4),
    ),
    _topic(
        r"\barbitrat|\bcourts?\b|\bdisputes?\b|\bvenue\b",
        "disputes arbitration courts jurisdiction venue resolved",
        (r"\bdisputes?\b|\bcontrovers|\bclaims?\b", 0.3),
        (r"\barbitrat|\bcourts?\b|\bjurisdiction\b|\bvenue\b|\bmediat", 0.5),
        (r"\bexclusive|\bresolv|\bsubmit|\bsettle", 0.2),
    ),
)


def topics_of(question: str) -> tuple[Topic, ...]:
    """The topics that a question asks about."""
    return tuple(topic for topic in TOPICS if topic.asked.search(question))


def is_topic_alone(question: str) -> bool:
    """Whether a question asks for a topic and nothing besides, as "When does this agreement expire?" does. What may be
    answered by yes or no asks for more than the clause."""
    topics = topics_of(question)
    rest = question
    known = set(DOCUMENT_STEMS)
    for topic in topics:
        rest = topic.asked.sub(" ", rest)
        known |= topic.words(question)
    says_no_more = set(content_words(rest)) <= DOCUMENT_STEMS and set(content_words(question)) <= known
    return bool(topics) and not IS_IT.match(question) and says_no_more


def expanded(question: str) -> str:
    """The question with the words that a document may use instead of its own, for a word search."""
    return " ".join([question, *(topic.search_words for topic in topics_of(question))])
