"""Lines and rows: a broken line is refused alone, everything else is read, and every row knows its line."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("body", "ids", "refused"),
    [
        # a quote that is never closed, with no other quote after it: everything would be one value
        (b'id,name\n1,"abc\n2,x\n3,de\n4,y\n', "234", [2]),
        # closed by the opening quote of a later value
        (b'id,name\n1,"abc\n2,x\n3,"def"\n4,"y"\n', "234", [2]),
        (b'id,name\n1,"abc\n2,x\n3,"def\n4,y\n5,"ok"\n6,z\n', "2456", [2, 4]),
        # text behind the closing quote
        (b'id,name\n1,"a"b\n2,x\n', "2", [2]),
        # three lines that are rows of the file, swallowed by one value
        (b'id,name,currency\n1,"abc\n2,x,EUR\n3,y,EUR\n4,z,EUR\n5,def",EUR\n6,w,EUR\n', "2346", [2, 6]),
        # a text of several lines is a text of several lines
        (b'id,name,currency\n1,"one, two\nthree, four\nfive",EUR\n2,x,EUR\n', "12", []),
        (b'id,name\n1,"a ""quoted"" word,\n\nand more"\n2,x\n', "12", []),
        # quotes inside an unquoted value are part of it
        (b'id,name\n1,5" pipe\n2,x"y"\n3, "q,r" \n', "123", []),
        # empty lines, and none
        (b"id,name\n1,a\n\n2,b\n\n\n", "12", []),
        (b"\n\nid,name\n1,a\n2,b", "12", []),
        (b"id\n1\n2\n\n", "12", []),
        (b"id,name\n", "", []),
        # too few and too many values; a delimiter at the end is neither
        (b"id,name\n1\n2,b,c\n3,c,\n4,d\n", "34", [2, 3]),
        # line ends of three kinds
        (b"id,name\r\n1,a\n2,b\r3,c\r\n", "123", []),
        (b"id,name\r1,a\r2,b\r", "12", []),
        (b'id,name\r\n1,"a\nb"\r\n2\r\n3,c\r\n', "13", [4]),
        # damaged characters and NUL bytes
        (b"id,name\n1,caf\xc3\xa9\n2,caf\xc3\n3,\xe2\x82\xac\n4,a\0b\n5,ok\n", "135", [3, 5]),
    ],
)
def test_only_broken_lines_are_refused(read, body, ids, refused):
    found = read(body)
    assert found.column("id") == list(ids)
    assert [row.line for row in found.refused] == refused


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"id,name\n1,a\n2,b\n", [2, 3]),
        (b"id,name\n1,a\n2\n3,c\n4\n5\n6,d\n", [2, 4, 7]),
        (b'id,name\n1,"a\nb"\n2,c\n\n3,d\n', [2, 4, 6]),
        (b"sep=;\nid;name\n1;a\n", [3]),
        (b"\xef\xbb\xbfid,name\r\n1,a\r\n2\r\n3,b\r\n", [2, 4]),
        (b'id,"na\nme"\n1,a\n2,b\n', [3, 4]),
    ],
)
def test_lines_are_those_an_editor_shows(read, body, lines):
    assert read(body).lines == lines


def test_skipped_lines_count(read):
    found = read(b'Report "X\nof today\nid,name\n1,a\n2\n3,b\n', entry="skip = 2")
    assert found.column("id") == ["1", "3"]
    assert found.lines == [4, 6]
    assert found.refusals == [(5, "ragged")]


def test_a_file_without_header_is_named_by_the_map(read):
    found = read(b"1,a\n2,b\n", entry='header = ["id", "name"]')
    assert found.rows == [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}]
    assert found.lines == [1, 2]


def test_refused_lines_far_into_a_large_file_have_their_numbers(read):
    lines = [f'{number},"text {number}"' for number in range(200_000)]
    for number in (77, 99_999, 199_999):
        lines[number] = "broken"
    found = read(("id,name\n" + "\n".join(lines) + "\n").encode())
    assert [row.line for row in found.refused] == [79, 100_001, 200_001]
    assert [row.raw for row in found.refused] == ["broken"] * 3
    assert found.lines[77] == 80
    assert len(found.rows) == 199_997


def test_a_long_row_is_read_and_a_monstrous_one_refused(read):
    found = read(b"id,name\n1," + b"x" * 5_000_000 + b"\n2,b\n")
    assert [len(str(name)) for name in found.column("name")] == [5_000_000, 1]


def test_the_last_row_that_was_cut_off_is_refused(read):
    assert read(b"id,name,currency\n1,a,EUR\n2,b").refusals == [(3, "ragged")]
