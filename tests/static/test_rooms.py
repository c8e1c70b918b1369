"""rooms.py finds what it is there to find, each in a house of two floors that has nothing else wrong."""
import pathlib
import tempfile
import unittest

import rooms

TABLE = "| 2 | `up/` | what leads |\n| 1 | `down/` | what is led |\n| 1 | `beside/` | another one |\n"
HOUSE = {
    "include/websocket.h": "",
    "src/README.md": TABLE,
    "src/up/top.h": '#include "down/floor.h"\n#include "websocket.h"\n',
    "src/up/top.c": '#include "up/top.h"\n',
    "src/down/floor.h": "#include <stdint.h>\n",
    "src/beside/wall.h": "",
    "tests/unit/up/test_top_of_all.c": "",
}


class House(unittest.TestCase):
    def faults(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in {**HOUSE, **changes}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return rooms.check(root)

    def assert_found(self, words, changes):
        found = self.faults(changes)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_a_sound_house(self):
        self.assertEqual(self.faults({}), [])

    def test_an_include_that_leads_up(self):
        self.assert_found("down/ must not know up/", {"src/down/other.c": '#  include "up/top.h"\n'})

    def test_an_include_of_another_room_on_the_same_floor(self):
        self.assert_found("down/ must not know beside/", {"src/down/other.c": '#include "beside/wall.h"\n'})

    def test_an_include_that_names_no_room(self):
        self.assert_found("no file of a room", {"src/up/top.c": '#include "top.h"\n'})

    def test_headers_in_a_circle(self):
        self.assert_found("in a circle: down/a.h, down/b.h, down/a.h",
                          {"src/down/a.h": '#include "down/b.h"\n', "src/down/b.h": '#include "down/a.h"\n'})

    def test_a_source_in_no_room(self):
        self.assert_found("no row in the table", {"src/stray.c": ""})

    def test_a_room_that_is_not_in_the_table(self):
        self.assert_found("src/cellar/ has sources", {"src/cellar/wine.c": ""})

    def test_a_row_without_a_room(self):
        self.assert_found("attic/ is in the table", {"src/README.md": TABLE + "| 3 | `attic/` | nothing |\n"})

    def test_a_unit_test_in_another_room(self):
        self.assert_found("another room than its subject", {"tests/unit/down/test_top.c": ""})


unittest.main()
