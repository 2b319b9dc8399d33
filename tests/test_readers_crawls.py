"""Readers of what crawlers, feeds and agencies keep: WARC, RSS, Atom, NITF, NewsML-G2."""

from __future__ import annotations

import gzip
import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from reuse.model import Article, Problem
from reuse.readers import read

PROSE = (
    "The harbour board will keep the old ferry for another year, its chair said on Tuesday.",
    "“She has never missed a tide,” Ines Calder told the meeting. “Nor will she now.”",
)
TEXT = "\n\n".join(PROSE)
HTML = "".join(f"<p>{paragraph}</p>" for paragraph in PROSE)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, so that paths are given as somebody types them."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(
    name: str, content: str | bytes, *, outlet: str | None = None, max_article: int = 10_000_000
) -> tuple[list[Article], list[Problem]]:
    """The articles and problems of a file of this name and content."""
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    pieces = [*read([name], outlet=outlet, max_article=max_article)]
    return (
        [one for one in pieces if isinstance(one, Article)],
        [one for one in pieces if isinstance(one, Problem)],
    )


# --- WARC ----------------------------------------------------------------------------------------


def page(number: int = 1, head: str = "") -> bytes:
    """A page with an article that differs from the others' by its number."""
    return (
        f"<html lang=en><head><title>Ferry {number} stays</title>{head}</head><body><article>"
        f"<h1>Ferry {number} stays</h1>{HTML}<p>That was meeting number {number} of the board this"
        " year, and the longest.</p></article></body></html>"
    ).encode()


def record(
    body: bytes,
    address: str = "https://www.herald.example/1",
    *,
    kind: str = "response",
    status: str = "200 OK",
    content: str = "text/html",
    more: str = "",
    length: str | None = None,
) -> bytes:
    """One WARC record of an answer over HTTP."""
    http = f"HTTP/1.1 {status}\r\nContent-Type: {content}\r\n{more}\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\n"
        "WARC-Date: 2025-03-05T10:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http) if length is None else length}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def sources(articles: list[Article]) -> list[str]:
    return [one.source for one in articles]


def test_a_page_of_a_crawl_is_an_article_with_its_address() -> None:
    head = '<meta property="article:published_time" content="2025-03-04T08:00:00Z">'
    articles, problems = found("crawl.warc", record(page(head=head)))
    (one,) = articles
    assert problems == []
    assert one.source == "crawl.warc#https://www.herald.example/1"
    assert (one.url, one.outlet) == ("https://www.herald.example/1", "herald.example")
    assert (one.title, one.published) == ("Ferry 1 stays", "2025-03-04T08:00:00Z")
    assert PROSE[1] in one.text


def test_the_day_of_the_crawl_is_no_day_of_publication() -> None:
    (one,), (noted,) = found("crawl.warc", record(page()))
    assert one.published is None
    assert (noted.level, noted.reason[:21]) == ("noted", "1 page without a date")


@pytest.mark.parametrize(
    ("head", "outlet", "expected"),
    [
        ('<meta property="og:site_name" content="The Herald">', "Said", "The Herald"),
        ("", "Said", "Said"),
        ("", None, "herald.example"),
    ],
)
def test_the_outlet_of_a_page_is_what_it_says_then_the_folder_then_the_server(
    head: str, outlet: str | None, expected: str
) -> None:
    (one,), _ = found("crawl.warc", record(page(head=head)), outlet=outlet)
    assert one.outlet == expected


@pytest.mark.parametrize(
    ("address", "outlet"),
    [
        ("https://me@www.Herald.example:8080/a?b#c", "herald.example"),
        ("http://[::1]/a", None),
        ("http://[broken/a", None),
    ],
)
def test_the_server_is_read_from_any_address(address: str, outlet: str | None) -> None:
    (one,), _ = found("crawl.warc", record(page(), address))
    assert one.outlet == outlet


@pytest.mark.parametrize(
    ("more", "pack"),
    [
        ("", lambda body: body),
        ("Content-Encoding: gzip\r\n", gzip.compress),
        (
            "Transfer-Encoding: chunked\r\n",
            lambda body: b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
        ),
    ],
)
@pytest.mark.parametrize("name", ["crawl.warc", "crawl.warc.gz"])
def test_a_page_is_unpacked_as_it_was_sent(
    name: str, more: str, pack: Callable[[bytes], bytes]
) -> None:
    written = (record(pack(page()), more=more), record(page(2), "https://herald.example/2"))
    pieces = map(gzip.compress, written) if name.endswith(".gz") else written
    articles, problems = found(name, b"".join(pieces))
    assert sources(articles) == [
        f"{name}#https://www.herald.example/1", f"{name}#https://herald.example/2",
    ]  # fmt: skip
    assert all(PROSE[1] in one.text for one in articles)
    assert [one.level for one in problems] == ["noted"]


def test_the_server_says_the_encoding() -> None:
    body = page().replace(b"utf-8", b"").decode().encode("cp1252")
    (one,), _ = found("crawl.warc", record(body, content="text/html; charset=windows-1252"))
    assert PROSE[1] in one.text


def test_what_is_no_page_is_left_out_and_counted() -> None:
    whole = b"".join(
        [
            record(b"", kind="request"),
            record(b"\x89PNG", content="image/png"),
            record(b"\x89PNG", content="image/png"),
            record(b"Gone", status="404 Not Found"),
            record(b"", kind="revisit"),
            record(page()),
        ]
    )
    articles, problems = found("crawl.warc", whole)
    assert len(articles) == 1
    assert [(one.level, one.reason) for one in problems[:2]] == [
        ("noted", "1 response left out: HTTP status 404"),
        ("noted", "2 responses left out: no HTML (image/png)"),
    ]


def test_the_same_page_fetched_twice_is_one_article() -> None:
    articles, problems = found("crawl.warc", record(page()) + record(page()))
    assert len(articles) == 1
    assert "kept once" in problems[0].reason


@pytest.mark.parametrize(
    ("broken", "place", "reason"),
    [
        (
            b"junk\r\nmore junk\r\n",
            "after record 1, https://www.herald.example/1",
            "17 bytes that are no record",
        ),
        (
            record(page(2), "https://x.example/2", length="1500"),
            "record 2, https://x.example/2",
            "its length is wrong: it runs into the next record",
        ),
        (
            record(page(2), "https://x.example/2").replace(b"Content-Length", b"Content-Lxngth"),
            "record 2, https://x.example/2",
            "no length: ''",
        ),
        (
            record(b"<html></html>", "https://x.example/2"),
            "record 2, https://x.example/2",
            "no article in its HTML",
        ),
        (
            record(b"<p>a" * 5000, "https://x.example/2"),
            "record 2, https://x.example/2",
            "over the limit of 10,000 bytes",
        ),
        (
            record(gzip.compress(bytes(1 << 26)), "https://x.example/2",
                   more="Content-Encoding: gzip\r\n"),
            "record 2, https://x.example/2",
            "over the limit of 10,000 bytes",
        ),
    ],
)  # fmt: skip
def test_a_broken_record_costs_only_itself_and_is_named(
    broken: bytes, place: str, reason: str
) -> None:
    whole = record(page()) + broken + record(page(3), "https://x.example/3") * 3
    articles, problems = found("crawl.warc", whole, max_article=10_000)
    assert sources(articles)[0] == "crawl.warc#https://www.herald.example/1"
    assert sources(articles)[-1] == "crawl.warc#https://x.example/3"
    skipped = [one for one in problems if one.level == "skipped"]
    assert skipped
    assert all(one.source == "crawl.warc" and one.place for one in skipped)
    assert any(one.place == place and reason in one.reason for one in skipped), skipped


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"\x00\x01 nothing of the kind \n" * 100, "no WARC record in it"),
        (record(page())[:300], "the archive ends in the middle of it"),
    ],
)
def test_an_archive_that_is_none_or_is_cut_says_so(content: bytes, reason: str) -> None:
    _, problems = found("crawl.warc", content)
    assert reason in [one.reason for one in problems if one.level == "skipped"]


# --- RSS and Atom ---------------------------------------------------------------------------------


def escaped(markup: str) -> str:
    return markup.replace("&", "&amp;").replace("<", "&lt;")


ITEM = f"""<item>
  <title>Ferry &amp;amp; board</title><link>https://herald.example/1</link><guid>h-1</guid>
  <pubDate>Tue, 04 Mar 2025 09:00:00 +0100</pubDate><dc:creator>Jo Bee</dc:creator>
  <media:title>Another</media:title><description>Short.</description>
  <content:encoded><![CDATA[{HTML}<script>no words</script>]]></content:encoded>
</item>"""
NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:wp="http://wordpress.org/export/1.2/"'
)


def rss(*items: str) -> str:
    channel = "<title>Herald: News</title><language>en-GB</language>"
    return f'<rss version="2.0" {NAMESPACES}><channel>{channel}{"".join(items)}</channel></rss>'


RSS_1 = f"""<rdf:RDF xmlns="http://purl.org/rss/1.0/" {NAMESPACES}
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <channel rdf:about="x"><title>Herald: News</title><dc:language>en</dc:language></channel>
  <item rdf:about="h-1"><title>Ferry &amp; board</title><link>https://herald.example/1</link>
  <dc:date>2025-03-04T09:00:00+01:00</dc:date><dc:creator>Jo Bee</dc:creator>
  <description>{escaped(HTML)}</description></item></rdf:RDF>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Herald: News</title>
  <entry><id>h-1</id><title type="html">Ferry &amp;amp; board</title>
  <link rel="self" href="https://herald.example/self"/><link href="https://herald.example/1"/>
  <updated>2025-03-09T08:00:00Z</updated><published>2025-03-04T08:00:00Z</published>
  <author><name>Jo Bee</name></author>{content}</entry></feed>"""
XHTML = f'<div xmlns="http://www.w3.org/1999/xhtml">{HTML}</div>'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("news.rss", rss(ITEM)),
        ("news.xml", rss(ITEM)),
        ("news.rss.gz", gzip.compress(rss(ITEM).encode())),
        ("news.xml", RSS_1),
        ("news.atom", ATOM.format(content=f'<content type="html">{escaped(HTML)}</content>')),
        ("news.atom", ATOM.format(content=f'<content type="xhtml">{XHTML}</content>')),
        ("news.atom", ATOM.format(content=f"<content>{TEXT}</content>")),
        ("news.xml", ATOM.format(content=f'<summary type="html">{escaped(HTML)}</summary>')),
        ("news.xml", rss(ITEM).encode("utf-16")),
    ],
)
def test_an_entry_of_a_feed_is_the_same_article_in_every_format(
    name: str, content: str | bytes
) -> None:
    articles, problems = found(name, content)
    assert problems == []
    assert [
        (one.outlet, one.title, one.byline, one.url, one.published, one.language)
        for one in articles
    ] == [
        (
            "Herald: News", "Ferry & board", "Jo Bee", "https://herald.example/1",
            "2025-03-04T08:00:00Z", "en",
        )
    ]  # fmt: skip
    assert [(one.source, one.text) for one in articles] == [(f"{name}#h-1", TEXT)]


@pytest.mark.parametrize(
    ("more", "said", "outlet"),
    [
        ("", None, "Herald: News"),
        ("", "herald", "herald"),
        ('<source url="https://post.example">The Post</source>', "herald", "The Post"),
    ],
)
def test_an_entry_names_its_outlet_better_than_the_folder_and_that_better_than_the_feed(
    more: str, said: str | None, outlet: str
) -> None:
    item = ITEM.replace("</item>", more + "</item>")
    (one,), _ = found("news.rss", rss(item), outlet=said)
    assert one.outlet == outlet


def test_the_day_of_an_update_is_no_day_of_publication() -> None:
    content = ATOM.format(content=f"<content>{TEXT}</content>")
    (one,), _ = found("a.atom", content.replace("<published>2025-03-04T08:00:00Z</published>", ""))
    assert one.published is None


def test_drafts_and_menus_of_a_wordpress_export_are_left_out_and_counted() -> None:
    def of(kind: str, status: str) -> str:
        more = (
            f"<wp:post_type>{kind}</wp:post_type><wp:status>{status}</wp:status>"
            "<wp:post_date_gmt>2025-03-04 08:30:00</wp:post_date_gmt></item>"
        )
        return ITEM.replace("</item>", more).replace("h-1", f"{kind}-{status}")

    written = rss(
        of("post", "publish"), of("post", "draft"),
        of("nav_menu_item", "publish"), of("nav_menu_item", "publish"),
    )  # fmt: skip
    (one,), problems = found("wordpress.xml", written)
    assert (one.source, one.published) == ("wordpress.xml#post-publish", "2025-03-04T08:30:00Z")
    assert [one.reason for one in problems] == [
        "1 record left out: in WordPress as draft, not published",
        "2 records left out: in WordPress as nav_menu_item, no post",
    ]
    assert {one.level for one in problems} == {"noted"}


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One\n two<br>three</p>four<div>five</div>", "One two\nthree\n\nfour\n\nfive"),
        ("Words of their own.\n\nAnd more.", "Words of their own.\n\nAnd more."),
        ("a &amp; b &lt; c", "a & b < c"),
        ("<ul><li>one<li>two</ul><style>p {}</style>", "one\n\ntwo"),
        ("<p>so <b>much</b>, so <i>far</i>.<!-- no -->", "so much, so far."),
        ("<b>" * 200 + "deep", "deep"),
    ],
)
def test_html_becomes_the_text_that_a_reader_sees(markup: str, text: str) -> None:
    item = f"<item><description><![CDATA[{markup}]]></description></item>"
    (one,), _ = found("a.rss", rss(item))
    assert one.text == text


def test_letters_that_html_names_are_read_in_xml() -> None:
    (one,), problems = found("a.rss", rss("<item><description>f&uuml;r alle</description></item>"))
    assert (one.text, problems) == ("für alle", [])


def test_entities_are_not_expanded_and_no_file_is_opened() -> None:
    Path("secret.txt").write_text("a secret")
    written = (
        '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY f SYSTEM "secret.txt">]>'
    ) + rss("<item><description>Words &c; and &f;.</description></item>")
    (one,), _ = found("a.rss", written)
    assert one.text == "Words  and ."


# --- NITF and NewsML-G2 ---------------------------------------------------------------------------

NITF = f"""<nitf xml:lang="en"><head><title>Other title</title><docdata>
  <doc-id id-string="n-7"/><date.issue norm="20250304T083000Z"/></docdata>
  <pubdata name="The Herald" ex-ref="https://herald.example/7" date.publication="20250304T000000"/>
  </head><body><body.head><hedline><hl1>Ferry stays</hl1></hedline><byline>By Jo Bee</byline>
  </body.head><body.content>{{lead}}<block class="full_text">{HTML}
  <media><media-caption>A ship</media-caption></media></block></body.content></body></nitf>"""
NEWSML = """<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>
  <newsItem guid="tag:1" version="{version}" xml:lang="en"><itemMeta>
  <itemClass qcode="ninat:text"/><provider literal="The Herald"/>
  <versionCreated>2025-03-04T08:30:00Z</versionCreated>{first}
  <pubStatus qcode="stat:{status}"/></itemMeta>
  <contentMeta><by>Jo Bee</by><headline>Ferry stays</headline></contentMeta>
  <contentSet>{content}</contentSet></newsItem></itemSet></newsMessage>"""
INLINE = f"""<inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>
  <body>{HTML}</body></html></inlineXML>"""


def newsml(version: str = "1", first: str = "", status: str = "usable", content: str = "") -> str:
    return NEWSML.format(version=version, first=first, status=status, content=content or INLINE)


def test_nitf_gives_its_article() -> None:
    expected = Article(
        source="a.nitf#n-7", text=TEXT, outlet="The Herald", title="Ferry stays", byline="Jo Bee",
        url="https://herald.example/7", published="2025-03-04T08:30:00Z", language="en",
    )  # fmt: skip
    lead = f'<block class="lead_paragraph">{HTML}</block>'
    for content in (NITF.format(lead=""), NITF.format(lead=lead)):
        assert found("a.nitf", content) == ([expected], [])
    undated = NITF.format(lead="").replace('<date.issue norm="20250304T083000Z"/>', "")
    assert found("a.nitf", undated)[0][0].published == "2025-03-04"


@pytest.mark.parametrize("content", [INLINE, "<inlineXML>" + NITF.format(lead="") + "</inlineXML>"])
def test_newsml_gives_its_articles(content: str) -> None:
    (one,), problems = found("a.xml", newsml(content=content))
    assert problems == []
    assert (one.source, one.text) == ("a.xml#tag:1", TEXT)
    assert (one.outlet, one.title, one.byline) == ("The Herald", "Ferry stays", "Jo Bee")
    assert one.published == "2025-03-04T08:30:00Z"


FIRST = "<firstCreated>2025-03-03T10:00:00Z</firstCreated>"


@pytest.mark.parametrize(
    ("version", "first", "published"),
    [
        ("1", "", "2025-03-04T08:30:00Z"),
        ("3", FIRST, "2025-03-03T10:00:00Z"),
        ("3", "", None),
    ],
)
def test_a_later_version_does_not_say_when_the_first_came(
    version: str, first: str, published: str | None
) -> None:
    (one,), _ = found("a.xml", newsml(version, first))
    assert one.published == published


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (newsml(status="canceled"), "1 record left out: canceled by its agency"),
        (newsml(content='<remoteContent href="x.jpg"/>'), "1 record left out: without text (text)"),
    ],
)
def test_what_an_agency_took_back_or_sent_without_text_is_left_out(
    content: str, reason: str
) -> None:
    articles, problems = found("a.xml", content)
    assert (articles, [one.reason for one in problems]) == ([], [reason])


# --- broken XML -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("<item><title>a & b</title><description>Some words.</description></item>", "mended"),
        ("<item><description>Some <b>words</description></item>", "mended"),
        ("<item><title>No text</title></item>", "no text"),
        ("<item><description>!</description></item>", "no words in it"),
    ],
)
def test_a_broken_item_costs_at_most_itself_and_is_named(broken: str, reason: str) -> None:
    articles, problems = found("a.rss", rss(ITEM, broken, ITEM.replace("h-1", "h-2")))
    assert {"a.rss#h-1", "a.rss#h-2"} <= set(sources(articles))
    assert any(reason in one.reason and one.place for one in problems)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xml", "", "empty file"),
        (
            "a.xml",
            "<urlset/>",
            "no article in it: an XML document of <urlset>, which no reader knows",
        ),
        ("a.rss", rss(), "no article in it"),
        ("a.rss", b"\x89PNG\r\n\x1a\n", "not text: PNG image"),
        ("a.rss", "no markup at all", "no article in it"),
        (
            "a.rss",
            rss("<item>" + "<a>x</a>" * 9000 + "</item>"),
            "a record over the limit of 4 x 1,000 bytes",
        ),
    ],
)
def test_a_document_without_an_article_says_why(
    name: str, content: str | bytes, reason: str
) -> None:
    articles, problems = found(name, content, max_article=1000)
    assert articles == []
    assert reason in problems[-1].reason or "broken XML" in problems[-1].reason


def test_a_feed_is_read_item_by_item() -> None:
    written = rss(*(ITEM.replace("h-1", f"h-{n}") for n in range(2000)))
    articles, problems = found("a.rss", written, max_article=20_000)
    assert (len(articles), problems) == (2000, [])


# --- laws -----------------------------------------------------------------------------------------

WHOLE = {
    "warc": record(page()) + record(page(2), "https://x.example/2"),
    "rss": rss(ITEM, ITEM.replace("h-1", "h-2")).encode(),
    "atom": ATOM.format(content=f'<content type="xhtml">{XHTML}</content>').encode(),
    "nitf": NITF.format(lead="").encode(),
    "xml": newsml().encode(),
}
PIECES = (
    *b"< > </item> <item> &x; ]]> <![CDATA[ <!DOCTYPE WARC/1.0 Content-Length: //[ \0 \xff".split(),
    *(b"\r\n\r\n", b"\xed\xa0\x80"),
)


@pytest.mark.parametrize("format", WHOLE)
def test_what_was_damaged_gives_articles_and_problems_and_nothing_else(format: str) -> None:
    rng = random.Random(1)
    for _ in range(60):
        raw = bytearray(WHOLE[format])
        for _ in range(rng.randint(1, 5)):
            at = rng.randrange(len(raw))
            change = rng.randrange(3)
            if change == 0:
                raw[at] = rng.randrange(256)
            elif change == 1:
                raw[at:at] = rng.choice(PIECES)
            else:
                del raw[at : at + rng.randint(1, 100)]
        for one in read(["-"], stdin=io.BytesIO(bytes(raw)), format=format):
            assert isinstance(one, Article | Problem)
            for said in (one.source, getattr(one, "text", ""), getattr(one, "reason", "")):
                assert "\0" not in said
                said.encode()
