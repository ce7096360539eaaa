"""Values put back into the parts of a reply, whichever protocol it has.

What no reply map names is left as it came: right or untouched.
"""

from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.body import MAX_DEPTH
from curtilage.gateway.wire.facts import ReplyStats
from curtilage.shield.held import Held, Sink
from curtilage.shield.restore import Form, StreamRestorer, restore_text


def find_sink(tool: Any, outbound_tools: Collection[str]) -> Sink:
    """Where the arguments of a tool of the caller go. One without a name may be any."""
    if not outbound_tools:
        return Sink.ARGUMENTS
    is_known = type(tool) is str and tool and tool not in outbound_tools
    return Sink.ARGUMENTS if is_known else Sink.NONE


class ReplyRestorer:
    """Restores the places of one whole reply, and counts.

    `outbound_tools` names tools of the caller that send data out: their arguments
    keep their tokens.
    """

    __slots__ = ("_joined", "changed", "held", "outbound_tools", "stats")

    def __init__(self, held: Held, stats: ReplyStats, outbound_tools: Collection[str] = ()) -> None:
        self.held = held
        self.stats = stats
        self.outbound_tools = outbound_tools
        self.changed = False
        self._joined: StreamRestorer | None = None

    def joined(self, container: dict[str, Any], key: str) -> None:
        """Restore one of several texts that callers join: each begins where the last ended."""
        text = container.get(key)
        if type(text) is not str:
            return
        restorer = StreamRestorer(self.held, sink=Sink.TEXT, form=Form.TEXT, after=self._joined)
        self._joined = restorer
        whole = restorer.feed(text) + restorer.close()
        self.stats.count(restorer)
        if whole != text:
            container[key] = whole
            self.changed = True

    def text(
        self, container: Any, key: Any, *, sink: Sink = Sink.TEXT, form: Form = Form.TEXT
    ) -> None:
        """Restore the string at `container[key]`, if one is there."""
        text = container[key] if type(container) is list else container.get(key)
        if type(text) is not str or not (self.held.may_hold(text) or self.held.may_meet(text)):
            return
        restored = restore_text(text, self.held, sink=sink, form=form)
        self.stats.count(restored)
        if restored.text != text:
            container[key] = restored.text
            self.changed = True

    def sink_of(self, tool: Any) -> Sink:
        """Where the arguments of a tool of the caller go."""
        return find_sink(tool, self.outbound_tools)

    def arguments(self, container: dict[str, Any], key: str, *, sink: Sink) -> None:
        """Restore arguments: a JSON document in a string, or the document itself."""
        value = container.get(key)
        if type(value) is str:
            self.text(container, key, sink=sink, form=Form.JSON)
        elif value is not None and sink is not Sink.NONE:
            self.value(container, key, sink=sink)

    def value(self, container: Any, key: Any, *, sink: Sink, depth: int = 0) -> None:
        """Restore every string and key inside a JSON value, as deep as a request may be."""
        value = container[key]
        if type(value) is str:
            self.text(container, key, sink=sink)
        elif depth == MAX_DEPTH:
            return
        elif type(value) is list:
            for index in range(len(value)):
                self.value(value, index, sink=sink, depth=depth + 1)
        elif type(value) is dict:
            for name in list(value):
                self.value(value, name, sink=sink, depth=depth + 1)
            self._names(value, sink)

    def _names(self, value: dict[str, Any], sink: Sink) -> None:
        """Restore the keys of an object, unless two would become one."""
        names = {}
        for name in value:
            lone = [name]
            self.text(lone, 0, sink=sink)
            names[name] = lone[0]
        if any(old != new for old, new in names.items()) and len(set(names.values())) == len(names):
            items = [(names[name], item) for name, item in value.items()]
            value.clear()
            value.update(items)
