"""The sections of the Hub's README template, and the members of a card that they go to.

Headings are compared in lower case, without emoji, numbers, ``[optional]`` and colons; levels are not trusted.
Template: https://github.com/huggingface/hub-docs/blob/main/modelcard_template.md
"""

import itertools
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from cardwright.interchange.card_places import CUSTOM, key_of
from cardwright.interchange.licences import spdx_identifier
from cardwright.interchange.limits import Path
from cardwright.interchange.markdown_text import Bullet, Part, bullets_of, parts_of, tables_of, unescaped
from cardwright.interchange.source import Source, escaped
from cardwright.interchange.source_file import MOST_VALUES, Unreadable
from cardwright.interchange.transfer import Transfer

DESCRIPTION: Final[Path] = ("model_overview", "model_description")
OWNER: Final[Path] = ("model_overview", "model_owner")
CREATOR: Final[Path] = ("model_overview", "model_creator")
ALGORITHM: Final[Path] = ("model_overview", "algorithm_type")
ARTIFACT: Final[Path] = ("model_overview", "model_artifact")
USES: Final[Path] = ("intended_uses", "intended_uses")
FACTORS: Final[Path] = ("intended_uses", "factors_affecting_model_efficiency")
OBSERVATIONS: Final[Path] = ("training_details", "training_observations")
ETHICS: Final[Path] = ("additional_information", "ethical_considerations")
CAVEATS: Final[Path] = ("additional_information", "caveats_and_recommendations")
EVALUATION: Final[Path] = ("evaluation_observation",)
"""A member of the evaluation job ``README``."""
KEPT_ONLY: Final = "Code and instructions stay in the kept source"
MOST_SECTIONS: Final = 10_000
_JOB = "README"
_LONGEST_HEADING = 200

_IGNORED = re.compile(r"\[optional\]|[^\w\s&,./+'-]|^\s*\d[\d.)]*\s+")
_MISSING = "[More Information Needed]"
_LABEL = re.compile(r"\*\*[^*\n]{1,60}\*\*:?")
_TEMPLATE_SENTENCE = re.compile(
    r"this modelcard aims to be a base template"
    r"|this is the model card of a .{0,3}transformers model that has been pushed"
    r"|^users \(both direct and downstream\) should be made aware of the risks, biases and limitations of the model\."
    r"(?: more information needed for further recommendations\.)?$|^use the code below to get started with the model\.$"
    r"|^carbon emissions can be estimated using the \[machine learning impact calculator\]",
    re.IGNORECASE | re.DOTALL,
)

# One row for each heading: the member that its text goes to. A label is put before a text that shares its member.
_TEXTS: Mapping[str, Path] = {
    "": DESCRIPTION,
    "model details": DESCRIPTION,
    "model description": DESCRIPTION,
    "model summary": DESCRIPTION,
    "description": DESCRIPTION,
    "overview": DESCRIPTION,
    "about": DESCRIPTION,
    "introduction": DESCRIPTION,
    "uses": USES,
    "direct use": USES,
    "downstream use": USES,
    "intended use": USES,
    "intended uses": USES,
    "intended uses & limitations": USES,
    "intended uses and limitations": USES,
    "bias, risks, and limitations": ETHICS,
    "bias, risks and limitations": ETHICS,
    "risks, limitations and biases": ETHICS,
    "limitations": ETHICS,
    "limitations and bias": ETHICS,
    "limitations and biases": ETHICS,
    "bias": ETHICS,
    "ethical considerations": ETHICS,
    "ethical considerations and limitations": ETHICS,
    "recommendations": CAVEATS,
    "caveats and recommendations": CAVEATS,
    "training": OBSERVATIONS,
    "training details": OBSERVATIONS,
    "training data": OBSERVATIONS,
    "training procedure": OBSERVATIONS,
    "training and evaluation data": OBSERVATIONS,
    "training hyperparameters": OBSERVATIONS,
    "hyperparameters": OBSERVATIONS,
    "training results": OBSERVATIONS,
    "preprocessing": OBSERVATIONS,
    "speeds, sizes, times": OBSERVATIONS,
    "evaluation": EVALUATION,
    "evaluation results": EVALUATION,
    "testing data, factors & metrics": EVALUATION,
    "testing data": EVALUATION,
    "metrics": EVALUATION,
    "results": EVALUATION,
    "summary": EVALUATION,
    "factors": FACTORS,
    "model architecture and objective": ALGORITHM,
    "model architecture": ALGORITHM,
    "model card contact": OWNER,
}
DETAILS: Final[Mapping[str, str]] = {
    "out-of-scope use": "cw.out_of_scope",
    "model sources": "hf.sources",
    "model examination": "hf.examination",
    "environmental impact": "hf.environment",
    "technical specifications": "hf.technical",
    "compute infrastructure": "hf.infrastructure",
    "hardware": "hf.hardware",
    "software": "hf.software",
    "framework versions": "hf.framework_versions",
    "citation": "hf.citation",
    "bibtex": "hf.citation.bibtex",
    "apa": "hf.citation.apa",
    "glossary": "hf.glossary",
    "more information": "hf.more",
    "model card authors": "hf.card_authors",
}
OWN_HEADINGS: Final[Mapping[str, Path]] = {
    "purpose of the model": ("intended_uses", "purpose_of_model"),
    "risk rating": ("intended_uses", "risk_rating"),
    "explanation of the risk rating": ("intended_uses", "explanations_for_risk_rating"),
    "business problem": ("business_details", "business_problem"),
    "business stakeholders": ("business_details", "business_stakeholders"),
    "line of business": ("business_details", "line_of_business"),
}
"""Headings of this product for members of a card that the template has no heading for."""
_CODE = frozenset({"how to get started with the model", "how to get started", "how to use", "usage", "quickstart"})
_LABELLED = frozenset({"direct use", "downstream use", "limitations", "bias", "recommendations"})
_BULLETS: Mapping[str, Path | str] = {
    "developed by": CREATOR,
    "funded by": "hf.funded_by",
    "shared by": "hf.shared_by",
    "model type": ALGORITHM,
    "language": "cw.language",
    "languages": "cw.language",
    "language(s)": "cw.language",
    "license": "cw.license",
    "finetuned from model": "cw.base_model.0",
    "repository": ARTIFACT,
    "paper": "hf.paper",
    "demo": "hf.demo",
}
_WITH_BULLETS = frozenset({
    "model details", "model description", "model sources", "environmental impact", "training hyperparameters",
    "hyperparameters",
})  # fmt: skip
_PARAMETERS = frozenset({"training hyperparameters", "hyperparameters"})


class Section(NamedTuple):
    """One part of the README with its leaves.

    Attributes:
        known: the normal form of the nearest heading above or at the part that the template has; empty if none is.
        heading: the words of its own heading.
        text: the leaf of its text.
        bullets: a label and a leaf for each bullet that names a fact.
    """

    known: str
    heading: str
    text: Source
    bullets: tuple[tuple[str, Source], ...]


class Prose(NamedTuple):
    """The Markdown of a README.

    Attributes:
        title: the leaf of the first heading, if it is the only one of level 1.
        sections: in the order of the file.
    """

    title: Source | None
    sections: tuple[Section, ...]

    @property
    def leaves(self) -> list[Source]:
        """Every leaf: the title, texts and bullets."""
        found = [] if self.title is None else [self.title]
        for section in self.sections:
            found += [section.text] if section.text.value else []
            found += [source for _, source in section.bullets]
        return found

    @property
    def has_template_headings(self) -> bool:
        """Whether at least two headings are those of the template, or the title calls it a model card."""
        known = {section.known for section in self.sections} - {""}
        return len(known) > 1 or (self.title is not None and "model card" in self.title.text.casefold())


def prose_of(markdown: str) -> Prose:
    """Return a Markdown text as sections, with a pointer for each leaf.

    Raises:
        Unreadable: it has more than ``MOST_SECTIONS`` headings, or too many lines.
    """
    if markdown.count("\n") > MOST_VALUES:
        raise Unreadable(f"The text has more than {MOST_VALUES:,} lines")
    parts = list(itertools.islice(parts_of(markdown), MOST_SECTIONS + 1))
    if len(parts) > MOST_SECTIONS:
        raise Unreadable(f"The text has more than {MOST_SECTIONS:,} headings")
    title = next((part for part in parts if part.level), None)
    is_title = title is not None and title.level == 1 and sum(part.level == 1 for part in parts) == 1
    taken: dict[str, int] = {}
    sections = tuple(_section(part, title if is_title else None, taken) for part in parts)
    leaf = Source("#", unescaped(title.heading)) if is_title and title is not None and title.heading else None
    return Prose(leaf, sections)


def carry_prose(transfer: Transfer, prose: Prose, *, infer: bool = False) -> None:
    """Carry the sections into a card. With ``infer``, tables of results also become metrics."""
    for section in prose.sections:
        for label, source in section.bullets:
            _bullet(transfer, section, label, source)
        if section.text.value:
            _text(transfer, section)
            if infer and _TEXTS.get(section.known) == EVALUATION:
                _infer_metrics(transfer, section)


def normal(heading: str) -> str:
    """Return a heading as the tables here have it: lower case, without emoji, numbers, ``[optional]`` and colons."""
    words = _IGNORED.sub("", heading[:_LONGEST_HEADING].replace("*", "").replace("`", "").strip()).strip().casefold()
    return " ".join(words.split()).rstrip(":").strip()


def _section(part: Part, title: Part | None, taken: dict[str, int]) -> Section:
    path = part.path
    if title is not None and path[:1] == (title.heading,):
        path = path[1:] or path
    known = next(
        (name for name in map(normal, reversed(path)) if name in _TEXTS or name in DETAILS or name in _CODE), ""
    )
    if part is title:
        path = path or ("",)
    pointer = _free("#" + "/".join(escaped(words) for words in path), taken)
    text, found = part.text, list[Bullet]()
    if known in _WITH_BULLETS or part is title:
        text, found = bullets_of(part.text, plain=known in _PARAMETERS)
    bullets = tuple(
        (unescaped(one.label), Source(_free(f"{pointer}/{escaped(one.label)}", taken), unescaped(one.text)))
        for one in found
    )
    if _TEXTS.get(known) in {OWNER, ALGORITHM}:  # a name, which pages do not show as Markdown
        text = unescaped(text)
    heading = part.heading if part is not title else ""
    return Section("" if part is title else known, heading, Source(pointer, text), bullets)


def _free(pointer: str, taken: dict[str, int]) -> str:
    taken[pointer] = taken.get(pointer, 0) + 1
    return pointer if taken[pointer] == 1 else f"{pointer}[{taken[pointer]}]"


def _bullet(transfer: Transfer, section: Section, label: str, source: Source) -> None:
    if section.known in _PARAMETERS:
        transfer.parameter(label, source, "hf.parameter")
        return
    name = normal(re.sub(r"\(.*?\)", "", label)) or normal(label)
    target = _BULLETS.get(name)
    if section.known == "environmental impact":
        transfer.move(f"hf.environment.{key_of(name)}", source)
    elif target == "cw.license":
        _license(transfer, source)
    elif isinstance(target, str):
        is_taken = transfer.get((*CUSTOM, target)) is not None
        transfer.move(f"hf.{key_of(name)}" if is_taken else target, source)
    elif target == ARTIFACT:
        transfer.add(target, source)
    elif target is None or not transfer.keep(target, source):
        transfer.move(f"hf.{key_of(name)}", source)


def _license(transfer: Transfer, source: Source) -> None:
    known = spdx_identifier(source.text)
    if known is None or transfer.get((*CUSTOM, "cw.license")) is not None:
        transfer.move("hf.license_text", source)
    else:
        transfer.move("cw.license", source, known)


def _text(transfer: Transfer, section: Section) -> None:
    source, name = section.text, section.known
    own = normal(section.heading)
    if source.is_placeholder or _says_nothing(source.text):
        transfer.drop(source, "A sentence or placeholder of the template: it says nothing")
    elif own in OWN_HEADINGS and transfer.restore(OWN_HEADINGS[own], source):
        pass
    elif name in _CODE:
        transfer.drop(source, KEPT_ONLY)
    elif name in DETAILS:
        key = DETAILS[name]
        transfer.move(key if own == name else f"{key}.{key_of(own)}", source)
        if name == "out-of-scope use" and transfer.fits(CAVEATS, source, section.heading):
            transfer.keep(CAVEATS, source, section.heading)
    elif not name and own:
        transfer.move(f"hf.section.{key_of(own)}", source)
    else:
        label = section.heading if own in _LABELLED or own != name else ""
        transfer.keep_or_move(_target(transfer, _TEXTS[name]), source, f"hf.section.{key_of(own or 'text')}", label)


def _says_nothing(text: str) -> bool:
    """Whether a text is a sentence of the template, or labels whose information is missing."""
    if _TEMPLATE_SENTENCE.search(text):
        return True
    return _MISSING in text and not _LABEL.sub("", text.replace(_MISSING, "")).strip()


def _target(transfer: Transfer, target: Path) -> Path:
    if target != EVALUATION:
        return target
    job = transfer.job(_JOB)
    return (*job, *target) if job else CAVEATS


def _infer_metrics(transfer: Transfer, section: Section) -> None:
    """Read tables of a name and a number in each row as metrics. They are not in the report of the text."""
    for table in tables_of(section.text.text):
        for row in table.rows:
            for head, cell in zip(table.heads[1:], row[1:], strict=False):
                transfer.infer_metric(_JOB, section.heading or "Results", row[0], head, cell, section.text)
