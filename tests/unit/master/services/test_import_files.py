"""Files of other programs: whatever the bytes are, rows or a sentence, and soon."""

import time

import pytest

from master.errors import Invalid
from master.services.import_files import name_of, rows_of
from master.services.import_texts import MAX_LINES, decode, form_of

TABLE = "platform;name;group;url\nfeed;一;新闻;https://a.example\n"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TABLE.encode(), "utf-8"),
        (TABLE.encode("utf-8-sig"), "utf-8"),
        (TABLE.encode("gbk"), "gb18030"),
        (TABLE.encode("utf-16"), "utf-16-le"),
        (TABLE.encode("utf-16-le"), "utf-16-le"),
        (TABLE.encode("utf-16-be"), "utf-16-be"),
        (("\ufeff" + TABLE).encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_encodings_are_found(raw, encoding):
    content, found = decode(raw)
    assert (content, found) == (TABLE, encoding)
    (row,) = rows_of(content, form_of(content))
    assert (row.line, row.platform, row.name, row.group) == (2, "feed", "一", "新闻")
    assert row.cells == {"url": "https://a.example"}


@pytest.mark.parametrize("raw", [b"", b" \n\t", b"PK\x03\x04\x00\x00\xff\xd8\xff", b"a\0" * 3 + b"\xd8\xd8"])
def test_what_is_no_text_is_refused(raw):
    with pytest.raises(Invalid) as caught:
        decode(raw)
    assert "file" in caught.value.fields


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_in_any_order_and_quoted_cells_over_lines(delimiter):
    table = f'URL{delimiter}notes{delimiter}Platform\nhttps://a{delimiter}"two\nlines ; , ""x"""{delimiter}FEED\nhttps://b{delimiter}{delimiter}feed\n'
    first, second = rows_of(table, form_of(table))
    assert (first.line, first.platform, first.cells) == (2, "feed", {"URL": "https://a", "notes": 'two\nlines ; , "x"'})
    assert (second.line, second.cells) == (4, {"URL": "https://b"})


@pytest.mark.parametrize(
    ("table", "name", "code"),
    [
        ("name,url\na,b\n", "platform", "import_no_platform"),
        ("platform,url,url\nfeed,a,b\n", "url", "import_column_twice"),
        ('platform,url\nfeed,"open\n', "file", "import_csv"),
        ("platform,url\n", "file", "import_empty"),
        ("platform,url\n" + "feed,x\n" * (MAX_LINES + 1), "file", "import_too_long"),
    ],
)
def test_tables_that_are_none(table, name, code):
    with pytest.raises(Invalid) as caught:
        rows_of(table, "csv")
    assert caught.value.fields[name].code == code


def test_a_line_with_too_many_cells_is_wrong_alone():
    wrong, right = rows_of("platform,url\nfeed,a,b,c\nfeed,d,,\n", "csv")
    assert wrong.fault.code == "import_cells"
    assert right.cells == {"url": "d"}


def test_a_hundred_thousand_lines_are_refused_at_once():
    began = time.process_time()
    with pytest.raises(Invalid) as caught:
        rows_of("\n".join(f"https://f{n}.example/" for n in range(100_000)), "lines")
    assert "10000" in caught.value.fields["file"].message
    assert time.process_time() - began < 2


OPML = """<?xml version="1.0" encoding="gbk"?>
<opml version="2.0"><body>
<outline text="News"><outline text="Tech">
<outline type="rss" title="A &amp; B" xmlUrl="https://a.example/feed"/></outline>
<outline text="" xmlUrl="https://www.b.example/x/"/></outline>
<outline text="Alone" XMLURL="https://c.example"/>
</body></opml>"""


def test_subscriptions_with_their_folders():
    rows = rows_of(OPML, form_of(OPML))
    assert [(row.line, row.name, row.group, row.cells["url"]) for row in rows] == [
        (4, "A & B", "Tech", "https://a.example/feed"),
        (5, "b.example/x", "News", "https://www.b.example/x/"),
        (6, "Alone", "", "https://c.example"),
    ]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><opml><outline text="&b;" xmlUrl="x"/></opml>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><outline text="&a;" xmlUrl="x"/></opml>'


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (BOMB, "import_doctype"),
        (OUTSIDE, "import_doctype"),
        ("<opml><body>", "import_xml"),
        ("<html><outline xmlUrl='x'/></html>", "import_no_opml"),
        ("<opml>" + "<outline>" * 100 + "</outline>" * 100 + "</opml>", "import_deep"),
        ("<opml/>", "import_empty"),
    ],
)
def test_lists_that_are_none(document, code):
    with pytest.raises(Invalid) as caught:
        rows_of(document, "opml")
    assert caught.value.fields["file"].code == code


@pytest.mark.parametrize(
    ("line", "platform", "cells"),
    [
        ("https://a.example/feed", "feed", {"url": "https://a.example/feed"}),
        ("  a.example  ", "feed", {"url": "https://a.example"}),
        ("you@example.org", "imap", {"username": "you@example.org"}),
        ("<you@example.org>", "imap", {"username": "you@example.org"}),
        ("webpage https://a.example", "webpage", {"url": "https://a.example"}),
    ],
)
def test_lines_of_addresses(line, platform, cells):
    (row,) = rows_of(f"# mine\n\n{line}\n", "lines")
    assert (row.line, row.platform, row.cells, row.fault) == (3, platform, cells, None)


@pytest.mark.parametrize(
    "line", ["nonsense", "ftp://a.example", "a@b", "@you@server.example", "two words here", "http://[x", "a.b;c.d"]
)
def test_lines_that_are_none(line):
    (row,) = rows_of(line, "lines")
    assert row.fault.code == "import_line"


def test_names_are_short():
    assert name_of("https://www.example.org/news/") == "example.org/news"
    assert len(name_of("https://example.org/" + "x" * 100)) == 50
