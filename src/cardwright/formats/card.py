"""Builds the outline of a card. All printers share this walk; it keeps every value of the content."""

import datetime
from typing import TypeGuard

from cardwright.core.field_names import field_label
from cardwright.core.fields import COLUMNS, SECTIONS, FieldKind, FieldRule, SectionRule
from cardwright.core.json_value import JsonObject, object_at, text_at, value_at
from cardwright.core.text_format import is_markdown
from cardwright.formats.leftovers import flat_table, scalar, scalars, unknown_members
from cardwright.formats.literals import parse_literally
from cardwright.formats.metric_groups import metric_section, metric_table
from cardwright.formats.outline import (
    Block,
    Column,
    Field,
    Fields,
    Metric,
    Missing,
    Note,
    Outline,
    Prose,
    RichProse,
    Section,
    Table,
    Value,
    VersionLine,
)
from cardwright.formats.record import ApprovalEntry, ApproverEntry, CardRecord, PolicyEntry
from cardwright.formats.rich_text import plain_text, rich_text
from cardwright.formats.values import Number, Text, code_of, text_of

STATUS_TEXTS = {
    "Draft": "Draft",
    "PendingReview": "Pending review",
    "Approved": "Approved",
    "Archived": "Archived",
}
_WARNINGS = {
    "Draft": "This card is a draft. It has not been reviewed or approved.",
    "PendingReview": "This card is waiting for review. It has not been approved.",
    "Archived": "This card is archived. It is kept for the record and no longer maintained.",
}
_LONG = 120  # a longer TEXT field is printed as prose


def outline_of(record: CardRecord) -> Outline:
    """Build the outline of a card.

    Raises:
        ContentInvalid: the content is not JSON.
    """
    content = parse_literally(record.content)
    members: dict[str, object] = content if isinstance(content, dict) else {}
    sections: list[Section] = []
    missing: list[Missing] = []
    details = value_at(members, "additional_information", "custom_details")
    markdown = is_markdown(details, otherwise=record.markdown)
    for rule in SECTIONS:
        section, gaps = _section(rule, members.get(rule.name), markdown=markdown)
        sections += [section] if section else []
        missing += gaps
    sections += _unknown_sections(content) + _limitations(record)
    sections += [] if record.approval is None else [_approval(record.approval)]
    status_text = STATUS_TEXTS.get(record.status, record.status)
    overview = object_at(members, "model_overview")
    model = next(_texts(overview, "model_name", "model_id"), None)
    rating = value_at(members, "intended_uses", "risk_rating")
    described = text_at(overview, "model_description") or ""
    return Outline(
        title=f"Model card: {record.name}, version {record.version}",
        name=record.name,
        arn=record.arn,
        version=record.version,
        status=record.status,
        status_text=status_text,
        warning=_WARNINGS.get(record.status),
        risk_rating=rating if _is_text(rating) else None,
        model=None if model is None else text_of(model),
        lead=() if markdown else _paragraphs(described),
        rich_lead=rich_text(described) if markdown else (),
        facts=tuple(_facts(record, members)),
        content_digest=record.content_digest,
        versions=tuple(
            VersionLine(
                entry.number, STATUS_TEXTS.get(entry.status, entry.status), _stamp(entry.modified_at), entry.author,
                entry.note,
            )
            for entry in record.versions
        ),
        sections=tuple(sections),
        missing=tuple(missing),
        content=record.content,
        modified_at=record.modified_at,
        authors=tuple(dict.fromkeys(_texts(overview, "model_owner", "model_creator"))),
    )  # fmt: skip


class _Part:
    """The blocks, sections and missing fields found so far in one object."""

    def __init__(self, section_id: str, level: int, *, markdown: bool = False) -> None:
        self.id = section_id
        self.level = level
        self.markdown = markdown
        self.blocks: list[Block] = []
        self.sections: list[Section] = []
        self.missing: list[Missing] = []

    def field(self, label: Text, values: tuple[Value, ...], path: str) -> None:
        """Add a field to the last list of fields, or start a new list."""
        row = Field(label, values, path)
        if self.blocks and isinstance(self.blocks[-1], Fields):
            self.blocks[-1] = Fields((*self.blocks[-1].rows, row))
        else:
            self.blocks.append(Fields((row,)))

    def below(self, name: str, title: str, block: Block, path: str) -> None:
        """Add a subsection with one block."""
        section_id = f"{self.id}-{name.replace('_', '-')}"
        self.sections.append(Section(section_id, self.level + 1, Text(title), (block,), (), None, path))

    def section(self, title: Text, path: str, stored_name: Text | None = None) -> Section:
        return Section(self.id, self.level, title, tuple(self.blocks), tuple(self.sections), stored_name, path)

    def walk(self, rules: tuple[FieldRule, ...], members: dict[str, object], path: str) -> None:
        """Add the members in the order of the rules, then unknown members in their stored order."""
        for rule in rules:
            stored = members.get(rule.name)
            here = f"{path}.{rule.name}"
            if stored is None or stored in ("", [], {}):
                self.missing += [] if rule.quiet else [Missing(rule.label, here)]
            elif not self._known(rule, stored, here):
                self._unknown({rule.name: stored}, path)
        known = {rule.name for rule in rules}
        self._unknown({name: stored for name, stored in members.items() if name not in known}, path)

    def _known(self, rule: FieldRule, stored: object, path: str) -> bool:
        """Add a member as its rule says. Returns False when its value has another type."""
        if rule.kind is FieldKind.PART and isinstance(stored, dict):
            self.walk(rule.parts, stored, path)
            return True
        if rule.kind in {FieldKind.METRICS, FieldKind.ROWS, FieldKind.PAIRS}:
            block = _as_block(rule.kind, stored)
            if block is not None:
                self.below(rule.name, rule.label, block, path)
            return block is not None
        if isinstance(stored, str) and _is_prose(rule.kind, stored):
            if rule.kind is not FieldKind.LEAD:
                self.blocks.append(self._prose(rule.label, stored, path))
            return True
        if self.markdown and rule.kind is FieldKind.TEXT and isinstance(stored, str):
            stored = plain_text(stored)
        values = scalars(stored)
        if not values:
            return False
        code = rule.kind is FieldKind.CODE
        self.field(Text(rule.label), tuple(_as_code(v) if code else v for v in values), path)
        return True

    def _prose(self, label: str, stored: str, path: str) -> Prose | RichProse:
        if self.markdown:
            return RichProse(Text(label), rich_text(stored), path)
        return Prose(Text(label), _paragraphs(stored), path)

    def _unknown(self, members: dict[str, object], path: str) -> None:
        fields, tables = unknown_members(members, path)
        for field in fields:
            self.field(field.label, field.values, field.path)
        self.blocks += tables


def _section(rule: SectionRule, stored: object, *, markdown: bool) -> tuple[Section | None, list[Missing]]:
    if stored is None or stored in ("", [], {}):
        return None, [] if rule.quiet else [Missing(rule.title, rule.name)]
    part = _Part(rule.id, 1, markdown=markdown)
    if rule.name == "evaluation_details" and isinstance(stored, list):
        part.sections = [
            _evaluation(rule.fields, evaluation, f"{rule.id}-{number}", f"{rule.name}.{number - 1}", markdown=markdown)
            for number, evaluation in enumerate(stored, 1)
        ]
    elif rule.name != "evaluation_details" and isinstance(stored, dict):
        part.walk(rule.fields, stored, rule.name)
    else:
        part.blocks.append(flat_table(rule.name, stored))
    section = part.section(Text(rule.title), rule.name)
    return (section if section.blocks or section.sections else None), part.missing


def _evaluation(rules: tuple[FieldRule, ...], stored: object, section_id: str, path: str, *, markdown: bool) -> Section:
    part = _Part(section_id, 2, markdown=markdown)
    if not isinstance(stored, dict):
        part.blocks.append(flat_table("Evaluation", stored))
        return part.section(Text("Evaluation"), path)
    named = _is_text(stored.get("name"))
    members = {key: value for key, value in stored.items() if not (key == "name" and named)}
    groups = members.pop("metric_groups", None)
    part.walk(rules, members, path)
    for number, group in enumerate(groups if isinstance(groups, list) else [], 1):
        here = f"{path}.metric_groups.{number - 1}"
        section = metric_section(group, f"{section_id}-{number}", 3, here)
        part.sections.append(
            section
            or Section(
                f"{section_id}-{number}", 3, Text("Metric group"), (flat_table("Metric group", group),), path=here
            )
        )
    if groups is not None and not isinstance(groups, list):
        part.blocks.append(flat_table("metric_groups", groups))
    return part.section(text_of(stored["name"]) if named else Text("Evaluation"), path)


def _limitations(record: CardRecord) -> list[Section]:
    """Return the section of known limitations, which are findings on the card and no content."""
    if not record.limitations:
        return []
    blocks: list[Block] = [Note("Findings of the kind limitation on this card. They are not part of its content.")]
    for one in record.limitations:
        found = f"Found {_stamp(one.found_at)[:10]} in version {one.version}."
        paragraphs = (*(_paragraphs(one.text) if one.text else ()), (Text(found),))
        blocks.append(Prose(text_of(one.title), paragraphs))
    return [Section("known-limitations", 1, Text("Known limitations"), tuple(blocks))]


def _unknown_sections(content: object) -> list[Section]:
    """Sections for members that the schema does not define. Content that is not an object becomes one section."""
    if not isinstance(content, dict):
        return [Section("other-1", 1, Text("Content"), (flat_table("Content", content),))]
    known = {rule.name for rule in SECTIONS}
    sections: list[Section] = []
    for name, stored in content.items():
        if name in known:
            continue
        part = _Part(f"other-{len(sections) + 1}", 1)
        if isinstance(stored, dict) and stored:
            part.walk((), stored, name)
        else:
            part.walk((), {name: stored}, "")
        sections.append(part.section(text_of(name), name))
    return sections


def _is_prose(kind: FieldKind, stored: str) -> bool:
    return kind in {FieldKind.LEAD, FieldKind.PROSE} or (
        kind is FieldKind.TEXT and (len(stored) > _LONG or "\n" in stored)
    )


def _as_block(kind: FieldKind, stored: object) -> Block | None:
    if kind is FieldKind.PAIRS:
        return _pairs(stored)
    if not isinstance(stored, list) or not all(isinstance(item, dict) and _flat(item) for item in stored):
        return None
    if kind is FieldKind.METRICS and all(_is_metric(item) for item in stored):
        return metric_table(
            [Metric(text_of(item["name"]), item["value"], _optional(item.get("notes"))) for item in stored]
        )
    names = list(dict.fromkeys(name for item in stored for name in item))
    columns = tuple(
        Column(COLUMNS.get(name, name), weight=2 if name in {"value", "notes", "model_data_url"} else 1)
        for name in names
    )
    rows = tuple(tuple(_cell(name, item) for name in names) for item in stored)
    return Table(columns, rows)


def _pairs(stored: object) -> Table | None:
    if not isinstance(stored, dict) or not _flat(stored):
        return None
    rows = tuple((text_of(name), scalar(value)) for name, value in stored.items())
    return Table((Column("Name"), Column("Value", weight=2)), rows)


def _cell(name: str, item: dict[str, object]) -> Value | None:
    if name not in item:
        return None
    value = scalar(item[name])
    return _as_code(value) if value is not None and name not in {"name", "notes"} else value


def _flat(members: dict[str, object]) -> bool:
    return all(scalar(value) is not None for value in members.values())


def _is_metric(item: dict[str, object]) -> bool:
    return (
        item.keys() <= {"name", "value", "notes"}
        and isinstance(item.get("name"), str)
        and isinstance(item.get("value"), Number)
        and isinstance(item.get("notes", ""), str)
    )


def _is_text(stored: object) -> TypeGuard[str]:
    return isinstance(stored, str) and bool(stored)


def _texts(members: JsonObject, *names: str) -> "filter[str]":
    return filter(_is_text, (members.get(name) for name in names))


def _optional(stored: str | None) -> Text | None:
    return text_of(stored) if stored else None


def _as_code(value: Value) -> Value:
    return code_of(value.text) if isinstance(value, Text) and value.link is None else value


def _is_empty(line: str) -> bool:
    """Whether a line is blank. Python counts the controls U+001C to U+001F as space; the page shows them."""
    return all(character.isspace() and not "\x1c" <= character <= "\x1f" for character in line)


def _paragraphs(stored: str) -> tuple[tuple[Text, ...], ...]:
    """Split a text at empty lines. Each line gets its own language, because texts mix languages."""
    paragraphs: list[list[Text]] = [[]]
    for line in stored.replace("\r\n", "\n").split("\n"):
        if not _is_empty(line):
            paragraphs[-1].append(text_of(line))
        elif paragraphs[-1]:
            paragraphs.append([])
    return tuple(tuple(lines) for lines in paragraphs if lines)


def _approval(approval: ApprovalEntry) -> Section:
    """Return who approved which content under which policy."""
    rows = [
        ("Approved", Text(f"{_stamp(approval.approved_at)} UTC")),
        ("Content SHA-256", code_of(approval.content_digest)),
        ("Review policy", Text(_named(approval.policy))),
    ]
    if not approval.approvers:
        rows.insert(0, ("Approved by", Text("No person: the policy requires none")))
    if approval.policy is not None:
        rows.append(("Policy SHA-256", code_of(approval.policy.digest)))
    if approval.review_by is not None:
        rows.append(("Next review by", Text(f"{_utc(approval.review_by):%Y-%m-%d}")))
    fields = Fields(tuple(Field(Text(label), (value,)) for label, value in rows))
    people = (("Approved by", approval.approvers), ("Also approved by", approval.others))
    tables = tuple(_approvers(title, found) for title, found in people if found)
    return Section("approval-by-review", 1, Text("Approval"), (*tables, fields))


def _approvers(title: str, people: tuple[ApproverEntry, ...]) -> Table:
    """Return what each person approved, when, and under which policy."""
    columns = (Column(title), Column("Time (UTC)"), Column("Review policy"), Column("Content SHA-256", weight=2))
    rows = tuple(
        (text_of(one.name), Text(_stamp(one.approved_at)), Text(_named(one.policy)), code_of(one.content_digest))
        for one in people
    )
    return Table(columns, rows)


def _named(policy: PolicyEntry | None) -> str:
    return "No policy" if policy is None else f"{policy.name}, version {policy.version}"


def _facts(record: CardRecord, members: dict[str, object]) -> list[Field]:
    overview, business = object_at(members, "model_overview"), object_at(members, "business_details")
    of_card = [
        ("model_overview.model_owner", overview.get("model_owner")),
        ("business_details.line_of_business", business.get("line_of_business")),
        ("model_overview.problem_type", overview.get("problem_type")),
        ("model_overview.algorithm_type", overview.get("algorithm_type")),
    ]
    from_record = [
        ("Created", Text(_event(record.created_at, record.created_by))),
        ("Last changed", Text(_event(record.modified_at, record.modified_by))),
        ("Note on this version", _optional(record.note)),
        ("Card ARN", code_of(record.arn)),
        ("Content SHA-256", code_of(record.content_digest)),
    ]
    return [
        *(
            Field(Text(field_label(path)), (text_of(stored),), path)
            for path, stored in of_card
            if stored and _is_text(stored)
        ),
        *(Field(Text(label), (value,)) for label, value in from_record if value is not None),
    ]


def _event(moment: int, who: str | None) -> str:
    at = _utc(moment)
    return f"{at.day} {at:%B %Y, %H:%M} UTC" + (f" by {who}" if who else "")


def _stamp(moment: int) -> str:
    return f"{_utc(moment):%Y-%m-%d %H:%M:%S}"


def _utc(moment: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(moment // 1000, datetime.UTC)
