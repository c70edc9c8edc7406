"""Carries names and numbers into a card: evaluation jobs, their metrics, hyperparameters, metrics of the training."""

from collections.abc import Sequence

from cardwright.core.json_value import objects_at
from cardwright.interchange.card_places import PARAMETERS, TRAINING_METRICS, key_of, write_at
from cardwright.interchange.growing_card import FULL, GrowingCard
from cardwright.interchange.limits import Path, lengths, most_items, shortened, shown
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.numbers import read_number
from cardwright.interchange.source import Source, escaped, joined

PARAMETER_TEXT = 255
JOB_NAME = 63
METRIC_NAME = 255
METRIC_TEXT = 63
NOTES = 1024


class NumberTransfer(GrowingCard):
    """Carries jobs, metrics and parameters into a card."""

    def job(self, name: str, *sources: Source) -> Path:
        """Add an evaluation job and return its path. ``sources`` are the leaves that its name has.

        A job of that name that is there already is returned.
        """
        jobs = objects_at(self.card, "evaluation_details")
        cut = shortened(name, JOB_NAME) or "Evaluation"
        place = next((index for index, one in enumerate(jobs) if one["name"] == cut), len(jobs))
        path: Path = ("evaluation_details", place)
        if place == len(jobs) and not self._set((*path, "name"), cut):
            return ()
        for source in sources:
            kept = source.value == cut
            shorter = cut != name
            outcome = Outcome.KEPT if kept else Outcome.SHORTENED if shorter else Outcome.CHANGED
            detail = "" if kept else lengths(name, cut, JOB_NAME) if shorter else "Part of the name"
            self.claim(source, (*path, "name"), outcome, detail)
        return path

    def group(self, job: Path, name: str, *sources: Source) -> Path:
        """Add a metric group to a job and return its path; a group of that name is returned."""
        if not job:
            return ()
        groups = objects_at(self.get(job), "metric_groups")
        cut = shortened(name, JOB_NAME) or "metrics"
        place = next((index for index, one in enumerate(groups) if one["name"] == cut), len(groups))
        path = (*job, "metric_groups", place)
        if place == len(groups):
            if not self._set((*path, "name"), cut):
                return ()
            write_at(self.card, (*path, "metric_data"), [])
        for source in sources:
            kept = source.value == cut
            detail = "" if kept else f"The name of a metric group: {shown(cut)}"
            self.claim(source, (*path, "name"), Outcome.KEPT if kept else Outcome.CHANGED, detail)
        return path

    def metric(self, group: Path, name: str, value: Source, notes: str = "", used: Sequence[Source] = ()) -> bool:
        """Add a metric to a group: a number, a boolean or a short text, as ``read_number`` reads it.

        Args:
            name: the metric's name, from the source.
            value: the leaf with the value.
            notes: more words about it, from the source.
            used: the leaves that the name and the notes have.

        Returns:
            Whether the group has the metric; a value that is not a finite number is reported as dropped.
        """
        if not value.exists:
            return False
        if not group:
            return self.drop(value, FULL)
        if isinstance(value.value, (list, dict)):
            return self.drop(value, "A metric has one number, text or truth value")
        found = read_number(value.value)
        if found.fault:
            for source in used:
                self.drop(source, "Its value was dropped")
            return self.drop(value, found.fault)
        words = "; ".join(part for part in (found.note, notes) if part)
        title = shortened(name, METRIC_NAME) or "value"
        metric: dict[str, object] = {"name": title, "type": found.kind, "value": found.value}
        if found.kind == "string" and len(str(found.value)) > METRIC_TEXT:
            words = "; ".join(part for part in (str(found.value), notes) if part)
            metric["value"] = shortened(str(found.value), METRIC_TEXT)
        if words:
            metric["notes"] = shortened(words, NOTES)
        place: Path = (*group, "metric_data", self.count((*group, "metric_data")))
        if not self._set(place, metric):
            return self.drop(value, FULL)
        same = found.value == value.value and type(found.value) is type(value.value)
        self.claim(value, (*place, "value"), Outcome.KEPT if same else Outcome.CHANGED, found.change)
        for source in used:
            whole = source.value == title
            target = (*place, "name" if source.text in title else "notes")
            self.claim(
                source, target, Outcome.KEPT if whole else Outcome.CHANGED, "" if whole else f"Part of the {target[-1]}"
            )
        return True

    def infer_metric(self, job: str, group: str, name: str, column: str, cell: str, source: Source) -> None:  # noqa: PLR0913, PLR0917 - the parts of a cell
        """Add a number from a table in prose, with a line of its own in the report. Other cells are left out."""
        found = read_number(cell)
        if found.kind != "number" or not name:
            return
        path = self.group(self.job(job), group)
        leaf = Source(f"{source.pointer}/{escaped(name)}/{escaped(column)}", cell)
        if path and self.infer(leaf):
            self.metric(path, name, leaf, column)
            self.mark_inferred(leaf, "Read from a table")

    def parameter(self, name: str, value: Source, key: str) -> bool:
        """Add a hyperparameter of the user; where the list is full, a custom detail below ``key``.

        Returns:
            Whether the card has the value as a hyperparameter.
        """
        if not value.exists or isinstance(value.value, (list, dict)):
            return self.move(f"{key}.{key_of(name)}", value) and False
        if self._is_placeholder(value):
            return False
        known = self.count(PARAMETERS)
        if known >= (most_items(PARAMETERS) or 100):
            return self.move(f"{key}.{key_of(name)}", value) and False
        text = value.text
        cut = shortened(text, PARAMETER_TEXT)
        outcome = Outcome.SHORTENED if cut != text else Outcome.KEPT if text == value.value else Outcome.CHANGED
        detail = {
            Outcome.SHORTENED: lengths(text, cut, PARAMETER_TEXT),
            Outcome.CHANGED: f"Written as text: {shown(text)}",
        }.get(outcome, "")
        place = (*PARAMETERS, known)
        if not self._set(place, {"name": shortened(name, METRIC_NAME) or "value", "value": cut}):
            return self.drop(value, FULL)
        return self.claim(value, (*place, "value"), outcome, detail)

    def training_metric(self, name: str, value: Source, key: str, notes: str = "") -> bool:
        """Add a metric of the training; where the list is full or the value is not a number, a custom
        detail below ``key``.

        Returns:
            Whether the card has the value as a training metric.
        """
        found = read_number(value.value) if value.exists else None
        if found is not None and found.fault:
            return self.drop(value, found.fault)
        known = self.count(TRAINING_METRICS)
        if found is None or found.kind != "number" or known >= (most_items(TRAINING_METRICS) or 50):
            return self.move(f"{key}.{key_of(name)}", value) and False
        metric: dict[str, object] = {"name": shortened(name, METRIC_NAME) or "value", "value": found.value}
        words = joined((found.note, notes), "; ")
        if words:
            metric["notes"] = shortened(words, NOTES)
        place = (*TRAINING_METRICS, known)
        if not self._set(place, metric):
            return self.drop(value, FULL)
        return self.claim(value, (*place, "value"), Outcome.CHANGED if found.change else Outcome.KEPT, found.change)
