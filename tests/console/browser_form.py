"""A form of a page as a browser reads and sends it, without the browser: what the HTML standard says of both.

https://html.spec.whatwg.org/multipage/parsing.html and form-control-infrastructure.html: null characters become
U+FFFD, an ``input`` holds no line break, a ``textarea`` loses the first one, and what is sent has CR LF.
"""

import re
import urllib.parse
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Control:
    """One input of a form. ``options`` are those of a select, or the values of the radio buttons of one name."""

    name: str
    kind: str
    value: str
    sent: bool = True
    options: list[str] = field(default_factory=list)


class _Form(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__(convert_charrefs=True)
        self.id, self.action, self.controls, self._open = form_id, "", list[Control](), False
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: "" if value is None else value for name, value in attrs}
        if tag == "form":
            self._open = found.get("id") == self.id
            self.action = found["action"] if self._open else self.action
        if not self._open:
            return
        name, value = found.get("name", ""), found.get("value", "")
        if tag == "textarea":
            self.controls.append(Control(name, tag, ""))
            self._text = []
        elif tag == "select":
            self.controls.append(Control(name, tag, ""))
        elif tag == "option":
            select = self.controls[-1]
            if "value" not in found:  # its text is its value, without spaces: enough for words of the page alone
                assert "selected" not in found
                return
            select.value = value if "selected" in found or not select.options else select.value
            select.options.append(value)
        elif tag == "input" and name and found.get("type") == "radio":
            self._radio(name, value, checked="checked" in found)
        elif tag == "input" and name and found.get("type") == "checkbox":
            self.controls.append(Control(name, "checkbox", value, sent="checked" in found, options=[value]))
        elif tag == "input" and name and found.get("type") != "file":
            kind = found.get("type", "text")
            self.controls.append(Control(name, kind, value if kind == "hidden" else re.sub(r"[\r\n]", "", value)))

    def _radio(self, name: str, value: str, *, checked: bool) -> None:
        known = [control for control in self.controls if control.name == name]
        radio = known[0] if known else Control(name, "radio", "", sent=False)
        self.controls += [] if known else [radio]
        radio.options.append(value)
        if checked:
            radio.value, radio.sent = value, True

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            text = "".join(self._text)
            self.controls[-1].value = text.removeprefix("\n")
            self._text = None
        elif tag == "form":
            self._open = False


def multipart(pairs: Iterable[tuple[str, str]]) -> tuple[str, bytes]:
    """The type and the body of a form without files."""
    boundary = "----cardwright-browser-form"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in pairs
    ]
    return f"multipart/form-data; boundary={boundary}", ("".join(parts) + f"--{boundary}--\r\n").encode()


@dataclass
class BrowserForm:
    """A form: where it goes, and its controls in their order."""

    action: str
    controls: list[Control]

    def encoded(self, do: str, kind: str) -> tuple[str, bytes]:
        """The type and the body of the request that a press of a button sends, as one of the two encodings."""
        pairs = [(control.name, _sent(control.value)) for control in self.controls if control.sent] + [("do", do)]
        if kind == "urlencoded":
            return "application/x-www-form-urlencoded", urllib.parse.urlencode(pairs).encode()
        return multipart(pairs)


def form_of(page: str, form_id: str = "wizard") -> BrowserForm:
    """The form of a page."""
    parser = _Form(form_id)
    parser.feed(re.sub(r"\r\n?", "\n", page).replace("\x00", "\ufffd"))
    parser.close()
    return BrowserForm(parser.action, parser.controls)


def _sent(value: str) -> str:
    return re.sub(r"\r\n|\r|\n", "\r\n", value)
