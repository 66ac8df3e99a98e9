"""The PDF's structure, finished: WeasyPrint tags page by page, readers need one tree.

In: WeasyPrint's document and the PDF before it is written. Out: the same PDF, its structure as
ISO 14289-1 (PDF/UA-1) and ISO 32000-1, 14.8 want it:

- what a page break tore apart is one element again, and so are the parts of a split table;
- running titles, page numbers, repeated heads and marks for paper only are artifacts;
- header cells say what they head, and cells name their headers (WeasyPrint's issue 2508);
- lists hold items only, contents are a TOC, code is Code, foreign words name their language;
- links say in words where they lead, pictures lie where they are drawn.

WeasyPrint keeps no record of which tag it made for which box, so one is kept while it tags.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

Node: TypeAlias = Any
"""A structure element: a dictionary of pydyf, with the box it was made for."""

_SPANS = frozenset({"em", "strong", "b", "i", "u", "s", "sup", "sub", "time", "small", "mark",
                    "del", "ins", "abbr", "kbd", "q", "cite"})  # fmt: skip
_MARKS = frozenset({"link-number", "page-of"})
"""Classes of marks for paper: a link itself leads on, so nobody need hear its number."""

_PIXEL = 0.75
"""Points in a pixel of CSS."""


@contextmanager
def finisher() -> Iterator[Callable[[Any, Any], None]]:
    """A finisher for `write_pdf`, which must be called inside the block."""
    from weasyprint.pdf import tags

    build = tags._build_box_tree  # noqa: SLF001 - its one function that sees box and tag together
    boxes: dict[int, Any] = {}

    def recorded(box: Any, *rest: Any) -> Iterator[Node]:
        for element in build(box, *rest):
            boxes.setdefault(element.number, getattr(box, "_box", box))
            yield element

    tags._build_box_tree = recorded  # noqa: SLF001
    try:
        yield lambda _document, pdf: _Finisher(pdf, boxes).run()
    finally:
        tags._build_box_tree = build  # noqa: SLF001


class _Finisher:
    """One PDF's structure, while it is put right."""

    def __init__(self, pdf: Any, boxes: dict[int, Any]) -> None:
        self.pdf = pdf
        self.boxes = boxes
        self.objects = {o.reference: o for o in pdf.objects if hasattr(o, "number")}
        self.root = self.objects[pdf.catalog["StructTreeRoot"]]
        self.document = self.objects[self.root["K"][0]]
        self.parents = self.objects[self.root["ParentTree"]]["Nums"]
        """Numbers and owners by turns: of each page's content first, then of each annotation."""
        self.language = str(getattr(pdf.catalog.get("Lang"), "string", ""))
        self.dropped: dict[bytes, dict[int, str]] = {}

    def run(self) -> None:
        """Everything, in an order in which each step finds what it needs."""
        self._drop_orphans()
        self._merge(self.document)
        for node in self._walk(self.document):
            self._join(node)
        nodes = list(self._walk(self.document))
        for node in nodes:
            self._rename(node)
            self._raise_links(node)
        for node in nodes:
            self._describe(node)
            if node["S"] == "/Table":
                self._relate(node)
        self._write_ids()
        self._write_artifacts()

    # The tree.

    def _kids(self, node: Node) -> list[Node]:
        """The structure elements right below one."""
        found = (self.objects.get(k) for k in node["K"] if isinstance(k, bytes))
        return [kid for kid in found if kid is not None and kid.get("Type") == "/StructElem"]

    def _walk(self, node: Node) -> Iterator[Node]:
        yield node
        for kid in self._kids(node):
            yield from self._walk(kid)

    def _box(self, node: Node) -> Any:
        return self.boxes.get(node.number)

    def _source(self, node: Node) -> Any:
        """The HTML element that a tag was made for, if it was made for one."""
        box = self._box(node)
        return None if box is None else box.element

    def _name(self, node: Node) -> str:
        """The HTML element's name, with the pseudo-element's where it is one."""
        box = self._box(node)
        return "" if box is None or box.element is None else str(box.element_tag)

    def _classes(self, node: Node) -> set[str]:
        source = self._source(node)
        return set() if source is None else set(source.get("class", "").split())

    def _adopt(self, parent: Node, kids: list[Any], page: bytes) -> None:
        """Put children of another element behind those of one, which owns their content now."""
        import pydyf

        for kid in kids:
            if isinstance(kid, int):
                self._owners(self.objects[page]["StructParents"])[kid] = parent.reference
                reference = {"Type": "/MCR", "Pg": page, "MCID": kid}
                parent["K"].append(kid if page == parent["Pg"] else pydyf.Dictionary(reference))
                continue
            node = self.objects.get(kid) if isinstance(kid, bytes) else None
            if node is not None and node["Type"] == "/OBJR":
                self.parents[2 * self.objects[node["Obj"]]["StructParent"] + 1] = parent.reference
            elif node is not None:
                node["P"] = parent.reference
            parent["K"].append(kid)

    def _owners(self, number: int) -> list[Any]:
        """Whose the content of a page is, by the number of the page's parents."""
        found: list[Any] = self.parents[2 * number + 1]
        return found

    # What is not said.

    def _drop_orphans(self) -> None:
        """Margin boxes are tagged, and stand in no tree."""
        known = {node.number for node in self._walk(self.document)}
        for node in self.objects.values():
            is_element = isinstance(node, dict) and node.get("Type") == "/StructElem"
            if is_element and node.number not in known:
                self._drop_content(node, "/Pagination")

    def _drop(self, parent: Node, node: Node, artifact: str) -> None:
        """Take an element out of the tree; what it shows becomes an artifact."""
        parent["K"].remove(node.reference)
        for inner in self._walk(node):
            self._drop_content(inner, artifact)

    def _drop_content(self, node: Node, artifact: str) -> None:
        numbers = {kid: artifact for kid in node["K"] if isinstance(kid, int)}
        self.dropped.setdefault(node["Pg"], {}).update(numbers)

    def _is_silent(self, node: Node) -> bool:
        """Whether an element is for the eye on paper only."""
        if node["S"] == "/Figure":
            return not node.get("Alt")
        return self._name(node) == "span" and bool(_MARKS & self._classes(node))

    def _links(self, node: Node) -> bool:
        return any(inner["S"] == "/Link" for inner in self._walk(node))

    # What a page break tore apart.

    def _merge(self, node: Node) -> None:
        last: Node = None
        head: Node = None
        for kid in self._kids(node):
            if self._is_repeated(kid, head):
                self._drop(node, kid, "/Pagination")
            elif self._is_silent(kid):
                self._drop(node, kid, "/Layout")
            elif last is not None and self._is_rest(kid, last):
                node["K"].remove(kid.reference)
                self._adopt(last, kid["K"], kid["Pg"])
            else:
                last, head = kid, kid if kid["S"] == "/THead" else head
        for kid in self._kids(node):
            self._merge(kid)

    def _is_repeated(self, node: Node, head: Node) -> bool:
        """Whether an element is a table's head on a page that is not its first."""
        return node["S"] == "/THead" and head is not None and not self._links(node)

    def _is_rest(self, node: Node, before: Node) -> bool:
        """Whether an element goes on with the one before it."""
        source = self._source(node)
        if source is None or node["S"] != before["S"]:
            return False
        return source is self._source(before) and self._name(node) == self._name(before)

    def _join(self, node: Node) -> None:
        """Make the parts that a wide table was split into one table again."""
        whole: list[Node] = []
        for kid in self._kids(node):
            source = self._source(kid) if kid["S"] == "/Table" else None
            part = None if source is None else source.get("data-part")
            if part == "0":
                whole = [row for row, _in_head in self._rows(kid)]
            elif part is not None:
                for (row, _in_head), first in zip(self._rows(kid), whole, strict=True):
                    criterion, *cells = self._kids(row)
                    self._drop(row, criterion, "/Pagination")
                    self._adopt(first, [cell.reference for cell in cells], row["Pg"])
                node["K"].remove(kid.reference)

    # What it is.

    def _rename(self, node: Node) -> None:
        name = self._name(node)
        if name in _SPANS:
            node["S"] = "/Span"
        elif name == "code":
            node["S"] = "/Code"
        elif name == "pre":
            node["S"] = "/P"
        elif name in ("header", "nav"):
            node["S"] = "/Sect"
        if node["S"] == "/L":
            self._list(node)
        elif node["S"] == "/LI":
            self._item(node)

    def _raise_links(self, node: Node) -> None:
        """Give the annotations of what stands in a link, as a foreign word, to the link itself."""
        kids = [kid for kid in node["K"] if isinstance(kid, bytes)]
        held = [kid for kid in kids if self.objects[kid]["Type"] == "/OBJR"]
        link = node
        while held and link["S"] != "/Link" and link is not self.document:
            link = self.objects[link["P"]]
        if held and link is not node and link is not self.document:
            for kid in held:
                node["K"].remove(kid)
            self._adopt(link, held, node["Pg"])

    def _item(self, node: Node) -> None:
        """An item holds a label and a body; what stands beside them belongs into the body."""
        import pydyf

        loose = [k for k in self._kids(node) if k["S"] not in ("/Lbl", "/LBody")]
        if not loose:
            return
        body = next((k for k in self._kids(node) if k["S"] == "/LBody"), None)
        if body is None:
            values = {"Type": "/StructElem", "S": "/LBody", "K": pydyf.Array()}
            body = pydyf.Dictionary({**values, "Pg": node["Pg"], "P": node.reference})
            self.pdf.add_object(body)
            self.objects[body.reference] = body
            node["K"].append(body.reference)
        for kid in loose:
            node["K"].remove(kid.reference)
            self._adopt(body, [kid.reference], kid["Pg"])

    def _list(self, node: Node) -> None:
        parent = self.objects[node["P"]]
        is_contents = "contents" in self._classes(parent)
        if is_contents:
            node["S"] = "/TOC"
        for kid in self._kids(node):
            if kid["S"] == "/Span":
                self._drop(node, kid, "/Page")  # spaces between items on one line
            elif kid["S"] in ("/Div", "/NonStruct") and self._name(node) == "dl":
                self._group(kid)
            elif is_contents and kid["S"] == "/LI":
                kid["S"] = "/TOCI"
                for inner in self._kids(kid):
                    inner["S"] = "/Reference" if inner["S"] == "/LBody" else inner["S"]

    def _group(self, node: Node) -> None:
        """A `div` with a term and what is said of it: one item, the term its label."""
        node["S"] = "/LI"
        body: Node = None
        for item in self._kids(node):
            for part in self._kids(item):
                node["K"][node["K"].index(item.reference)] = part.reference
                part["P"] = node.reference
                if self._name(part) == "dt":
                    part["S"] = "/Lbl"
                elif body is None:
                    body = part
                else:
                    node["K"].remove(part.reference)
                    self._adopt(body, part["K"], part["Pg"])

    def _describe(self, node: Node) -> None:
        import pydyf

        source = self._source(node)
        if source is None:
            return
        language = source.get("lang")
        if language and language != self.language:
            node["Lang"] = pydyf.String(language)
        if node["S"] == "/Link":
            words = source.get("aria-label") or " ".join("".join(source.itertext()).split())
            pictures = " ".join(filter(None, (p.get("alt") for p in source.iter("img"))))
            for reference in node["K"]:
                target = self.objects.get(reference) if isinstance(reference, bytes) else None
                if target is not None and target.get("Type") == "/OBJR" and (words or pictures):
                    self.objects[target["Obj"]]["Contents"] = pydyf.String(words or pictures)
        elif node["S"] == "/Figure":
            height = self.objects[node["Pg"]]["MediaBox"][3]
            left, top, right, bottom = (_PIXEL * x for x in node["A"]["BBox"])
            box = (left, height - bottom, right, height - top)
            node["A"]["BBox"] = pydyf.Array([round(x, 3) for x in box])

    # Tables.

    def _rows(self, table: Node) -> Iterator[tuple[Node, bool]]:
        for group in self._kids(table):
            if group["S"] == "/TR":
                yield group, False
            for row in self._kids(group):
                if row["S"] == "/TR":
                    yield row, group["S"] == "/THead"

    def _relate(self, table: Node) -> None:
        """Say of each header whether it heads its column or its row, and of each cell by which."""
        import pydyf

        columns: dict[int, list[Any]] = {}
        heights: dict[int, int] = {}
        for i, (row, in_head) in enumerate(self._rows(table)):
            heading: list[Any] = []
            column = 0
            for cell in self._kids(row):
                while heights.get(column, 0):
                    heights[column] -= 1
                    column += 1
                width = int(cell["A"].get("ColSpan", 1))
                span = range(column, column + width)
                if cell["S"] == "/TH":
                    key = pydyf.String(f"t{table.number}-{i}-{column}")
                    cell["ID"] = key
                    source = self._source(cell)
                    scope = None if source is None else source.get("scope")
                    is_row = scope in ("row", "rowgroup") or (scope is None and not in_head)
                    cell["A"]["Scope"] = "/Row" if is_row else "/Column"
                    if is_row:
                        heading.append(key)
                    else:
                        for at in span:
                            columns.setdefault(at, []).append(key)
                else:
                    heads = [key for at in span for key in columns.get(at, [])]
                    cell["A"]["Headers"] = pydyf.Array([*heading, *heads])
                    if not cell["A"]["Headers"]:
                        del cell["A"]["Headers"]
                for at in span:
                    heights[at] = int(cell["A"].get("RowSpan", 1)) - 1
                column += width

    def _write_ids(self) -> None:
        """The tree of names that must stand where elements have names (ISO 32000-1, 14.7.2)."""
        import pydyf

        named = {n["ID"].string: n for n in self._walk(self.document) if "ID" in n}
        if not named:
            return
        pairs: list[Any] = []
        for name in sorted(named):
            pairs += [pydyf.String(name), named[name].reference]
        limits = pydyf.Array([pairs[0], pairs[-2]])
        leaf = pydyf.Dictionary({"Limits": limits, "Names": pydyf.Array(pairs)})
        self.pdf.add_object(leaf)
        tree = pydyf.Dictionary({"Kids": pydyf.Array([leaf.reference])})
        self.pdf.add_object(tree)
        self.root["IDTree"] = tree.reference

    # Content.

    def _write_artifacts(self) -> None:
        """Mark what was dropped as artifacts, and forget whose content it was."""
        import pydyf

        for page, numbers in self.dropped.items():
            owners = self._owners(self.objects[page]["StructParents"])
            for number in numbers:
                owners[number] = "null"
            stream = self.objects[self.objects[page]["Contents"]].stream
            for i, item in enumerate(stream):
                if isinstance(item, pydyf.Dictionary) and item.get("MCID") in numbers:
                    stream[i - 1] = "/Artifact"
                    stream[i] = pydyf.Dictionary({"Type": numbers[item["MCID"]]})
                    if numbers[item["MCID"]] == "/Layout":
                        _silence(stream, i + 1)


def _silence(stream: list[Any], at: int) -> None:
    """Let nobody who copies words or searches for them meet the marked ones.

    They get another text (ISO 32000-1, 14.9.4). Programs take an empty one for none, so it is a
    space without width.
    """
    stream[at] = b"BDC /Span <</ActualText <FEFF200B>>> BDC"
    depth = 1
    while depth:
        at += 1
        depth += {b"BDC": 1, b"BMC": 1, b"EMC": -1}.get(stream[at], 0)
    stream[at] = b"EMC EMC"
