#!/usr/bin/env python3
"""make_seeds.py: writes the seeds under corpus/ that nobody can write by hand: databases, messages, ELF files, frames."""
import json
import pathlib
import sqlite3
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE / 'corpus'
SCHEMAS = HERE.parent.parent / 'schemas' / 'messages'


# ---- athome_import: the original's tables as they are named in its documents, in pages of 512 bytes ---------------------

TABLES = """
CREATE TABLE SchemaVersion (Version TEXT, updatetime TEXT);
CREATE TABLE ManagedDevices (id INTEGER PRIMARY KEY, name TEXT, location TEXT, mfg TEXT, address TEXT, channel INTEGER, color TEXT,
  brightness INTEGER, updatetime TEXT);
CREATE TABLE Programs (id INTEGER PRIMARY KEY, name TEXT, daymask TEXT, triggermethod TEXT, time TEXT, offset INTEGER,
  randomize INTEGER, randomizeamount INTEGER, command TEXT, color TEXT, brightness INTEGER);
CREATE TABLE ActionGroups (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE ProgramAssignments (id INTEGER PRIMARY KEY, program_id INTEGER, device_id INTEGER);
CREATE TABLE ActionGroupDevices (id INTEGER PRIMARY KEY, group_id INTEGER, device_id INTEGER);
"""
ROWS = """
INSERT INTO SchemaVersion VALUES ('5.2.0.0', '2021-01-01');
INSERT INTO ManagedDevices VALUES (1, 'Lamp', 'Hall', 'TPLink', '192.0.2.5', 0, '#ff8000', 60, '');
INSERT INTO ManagedDevices VALUES (7, 'Strip', '', 'meross', 'abc', '2', '00aa11', 'full', '');
INSERT INTO ManagedDevices VALUES (9, '', NULL, 'acme', '', -1, 112233, 101, '');
INSERT INTO Programs VALUES (1, 'Evening', 'MTWTFSS', 'sunset', '', -30, 1, 15, 'on', '#ffffff', 100);
INSERT INTO Programs VALUES (2, 'Night', '.....SS', 'clock-time', '23:30', 0, 0, 0, 'off', '', '');
INSERT INTO ActionGroups VALUES (1, 'All');
INSERT INTO ProgramAssignments VALUES (1, 1, 1), (2, 2, 7), (3, 2, 99);
INSERT INTO ActionGroupDevices VALUES (1, 1, 1), (2, 1, 7);
"""


def database(name, script):
    target = CORPUS / 'athome_import' / name
    target.unlink(missing_ok=True)
    with sqlite3.connect(target) as db:
        db.executescript('PRAGMA page_size = 512; PRAGMA encoding = "UTF-8";' + script)
    db.close()


def databases():
    database('whole.db', TABLES + ROWS)
    database('empty.db', TABLES + "INSERT INTO SchemaVersion VALUES ('5.2.1.0', '');")
    database('other_version.db', TABLES + "INSERT INTO SchemaVersion VALUES ('4.0.0.0', '');")
    database('not_ours.db', 'CREATE TABLE SchemaVersion (Other TEXT);')
    loop = TABLES.replace('CREATE TABLE ActionGroups (id INTEGER PRIMARY KEY, name TEXT);',
                          'CREATE VIEW ActionGroups AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n LIMIT 30)'
                          ' SELECT id, printf("%d", id) AS name FROM n;')
    database('view.db', loop + "INSERT INTO SchemaVersion VALUES ('5.2.0.0', '');")


# ---- message_bodies: the place of a type, then the message as flatc makes it of JSON ----------------------------------------

MESSAGES = [
    (0, 'device', 'DeviceDeclared', {
        'device': 'a:b', 'number': 1, 'name': 'N', 'location': 'L', 'address': 'A', 'kind': 'bulb', 'reachable': True,
        'capabilities': [{'name': 'brightness', 'unit': '%', 'min': 0, 'max': 100, 'writable': True}]}),
    (8, 'command', 'Command', {'device': 'a:b', 'capability': 'on_off', 'value_type': 'Flag', 'value': {'value': True}}),
    (8, 'command', 'Command', {'device': 'a:b', 'capability': 'pattern', 'value_type': 'Text', 'value': {'value': 'x'}}),
    (9, 'command', 'CommandDone', {'device': 'a:b', 'capability': 'on_off', 'outcome': 'timeout', 'words': 'late'}),
    (10, 'state', 'StateChanged', {
        'device': 'a:b', 'capability': 'color', 'value_type': 'Color', 'value': {'hue': 1.5, 'saturation': 20}}),
    (12, 'home', 'GroupDefined', {'number': 1, 'name': 'G', 'devices': ['a:b', 'c:d']}),
    (16, 'home', 'StorePut', {'data': [1, 2, 3]}),
    (20, 'system', 'VerbCall', {'word': 'athome', 'verb': 'import', 'args': ['--dry-run']}),
    (23, 'program', 'ProgramDefined', {
        'number': 1, 'program': {'name': 'P', 'days': 'MTWTFSS', 'trigger': 'sunset', 'offset_min': -30, 'command': 'on'},
        'devices': ['a:b']}),
    (31, 'program', 'SunTimes', {'sunrise_us': 1, 'polar': 'day'}),
    (33, 'home', 'HouseImport', {
        'devices': [{'number': 1, 'driver': 'd', 'address': 'a'}], 'groups': [{'number': 1, 'name': 'G', 'devices': [0]}],
        'programs': [{'number': 1, 'program': {'name': 'P', 'days': '-------'}, 'devices': [0]}]}),
]
VENDOR = 'namespace vendor; table Name { a: [string]; b: ubyte; c: [Name]; } root_type Name;'


def flatc(*arguments):
    subprocess.run(['flatc', *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def messages():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for number, (place, schema, table, value) in enumerate(MESSAGES):
            source = folder / 'message.json'
            source.write_text(json.dumps(value))
            flatc('-b', '-o', folder, '--root-type', f'hearth.wire.{table}', SCHEMAS / f'{schema}.fbs', source)
            body = (folder / 'message.bin').read_bytes()
            (CORPUS / 'message_bodies' / f'{number:02}_{table}').write_bytes(bytes([place]) + body)
        (folder / 'vendor.fbs').write_text(VENDOR)
        flatc('-b', '--schema', '-o', folder, folder / 'vendor.fbs')
        (CORPUS / 'message_bodies' / 'schema').write_bytes(b'\xff' + (folder / 'vendor.bfbs').read_bytes())


# ---- elf_notes: a header, one program header, its notes (elf(5)) --------------------------------------------------------------

def note(kind, content, owner=b'hearth\0'):
    pad = lambda text: text + bytes(-len(text) % 4)
    return struct.pack('<III', len(owner), len(content), kind) + pad(owner) + pad(content)


def elf(notes, machine=62, count=1, at=None):
    at = 64 + 56 * count if at is None else at
    ident = b'\x7fELF' + bytes([2, 1, 1]) + bytes(9)
    header = ident + struct.pack('<HHIQQQIHHHHHH', 3, machine, 1, 0, 64, 0, 0, 64, 56, count, 64, 0, 0)
    segment = struct.pack('<IIQQQQQQ', 4, 4, at, at, at, len(notes), len(notes), 4)
    return header + segment * count + notes


def elves():
    manifest = note(1, b'{"id":"dice","kind":"driver","version":"1.0"}')
    whole = manifest + note(2, b'{"type":"object"}') + note(3, b'BFBS') + note(4, struct.pack('<II', 1, 0))
    files = {
        'whole': elf(whole),
        'foreign_note': elf(note(1, b'GNU stuff', b'GNU\0') + whole),
        'two_manifests': elf(manifest + whole),
        'other_machine': elf(whole, machine=40),
        'beyond_the_end': elf(whole, at=1 << 40),
        'long_note': elf(struct.pack('<III', 7, 0xfffffff0, 1) + b'hearth\0\0'),
        'many_segments': elf(whole, count=9),
        'short': elf(whole)[:60],
        'script': b'#!/bin/sh\n',
    }
    for name, content in files.items():
        (CORPUS / 'elf_notes' / name).write_bytes(content)


# ---- websocket_frames: a byte of options, one that seeds cuts and masks, frames (RFC 6455, section 5) -----------------------

FROM_CLIENT, FROM_SERVER, SMALL = 0x40, 0x41, 2


def frame(opcode, payload=b'', mask=None, last=True, form=None):
    """`form`: how many bytes the length takes, where that isn't the shortest."""
    size = len(payload)
    form = form if form is not None else 0 if size < 126 else 2 if size < 65536 else 8
    start = size if form == 0 else 126 if form == 2 else 127
    header = bytes([(0x80 if last else 0) | opcode, start | (0x80 if mask else 0)]) + (size.to_bytes(form, 'big') if form else b'')
    return header + (mask + bytes(c ^ mask[i % 4] for i, c in enumerate(payload)) if mask else payload)


def frames():
    key = b'\x37\xfa\x21\x3d'
    files = {
        'text': (FROM_SERVER, frame(1, 'caf\u00e9 \U0001f600'.encode()) + frame(1)),
        'masked_text': (FROM_CLIENT, frame(1, b'Hello', key) + frame(2, bytes(9), bytes(4))),
        'fragments': (FROM_SERVER, frame(1, b'\xc3', last=False) + frame(9, b'ping') + frame(0, b'\xa9x', last=False) + frame(0)),
        'masked_fragments': (FROM_CLIENT, frame(2, b'abc', key, last=False) + frame(10, b'', key) + frame(0, b'defgh', key)),
        'ping_pong': (FROM_CLIENT, frame(9, b'x' * 125, key) + frame(10, b'y', key)),
        'close': (FROM_CLIENT, frame(8, b'\x03\xe8bye', key)),
        'close_without_code': (FROM_SERVER, frame(8)),
        'half_close_code': (FROM_SERVER, frame(8, b'\x03')),
        'close_code_1005': (FROM_SERVER, frame(8, b'\x03\xed')),
        'two_byte_length': (FROM_SERVER, frame(2, bytes(range(200)))),
        'eight_byte_length': (FROM_SERVER, frame(2, b'z' * 300, form=8)),
        'longer_than_needed': (FROM_SERVER, frame(2, b'zz', form=2)),
        'endless': (FROM_SERVER, b'\x82\x7f' + b'\xff' * 8 + b'zz'),
        'too_big': (FROM_SERVER | SMALL, frame(2, b'0123456789', last=False) + frame(0, b'0123456')),
        'not_utf8': (FROM_SERVER, frame(1, b'\xed\xa0\x80') + frame(1, b'never read')),
        'beyond_unicode': (FROM_SERVER, frame(1, b'\xf4\x8f\xbf\xbf', last=False) + frame(0, b'\xf4\x90\x80\x80')),
        'overlong': (FROM_SERVER, frame(1, b'\xe0\xa0\x80\xf0\x90\x80\x80') + frame(1, b'\xf0\x8f\xbf\xbf')),
        'half_a_character': (FROM_SERVER, frame(1, b'\xe2\x82')),
        'unmasked': (FROM_CLIENT, frame(1, b'x')),
        'reserved_bit': (FROM_SERVER, b'\xc1\x01x'),
        'fragmented_ping': (FROM_SERVER, frame(9, b'x', last=False)),
        'continuation_of_nothing': (FROM_SERVER, frame(0, b'x')),
        'message_in_message': (FROM_SERVER, frame(1, b'x', last=False) + frame(1, b'y')),
        'large': (FROM_SERVER | 8, frame(1, b'repeated')),
        'very_large': (FROM_CLIENT | 24, frame(1, b'repeated', key)),
    }
    for name, (options, stream) in files.items():
        (CORPUS / 'websocket_frames' / name).write_bytes(bytes([options, 0x73]) + stream)


if __name__ == '__main__':
    databases()
    messages()
    elves()
    frames()
