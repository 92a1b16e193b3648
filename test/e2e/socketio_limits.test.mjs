// What is too large, and what is no HTTP or no WebSocket: refused with the right number, counted while it is read.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { echoes, houseFor, ours, Polling, socket } from './lib/socketio.mjs';
import { closing, frame, Http, kBinary, kClose, kPing, kPong, kText, once, request } from './lib/socketio_wire.mjs';

const kMax = 2000;

describe('limits', { concurrency: 8 }, () => {
  const where = houseFor('socketio_echo', { max_payload: kMax });

  // ---- Bodies -----------------------------------------------------------------------------------------------------------

  // Refused with 413; the session goes on.
  async function tooLarge(send) {
    const one = await Polling.open(where);
    await send(one.poster.wire, one);
    const answer = await one.poster.answer();
    assert.equal(answer.status, 413);
    if (!ours.skip) assert.equal(answer.headers['access-control-allow-origin'], '*');
    const first = one.poster;
    one.poster = await Http.open(where);  // on the first one the rest of the body may be due
    await one.say('4alive');
    assert.deepEqual(await one.packets(), ['4alive']);
    first.wire.destroy();
    one.destroy();
  }

  test('a body of just the limit is taken', async () => {
    const one = await Polling.open(where);
    const text = `4${'x'.repeat(kMax - 1)}`;
    await one.say(text);
    assert.deepEqual(await one.packets(), [text]);
    one.destroy();
  });

  test('a body of a byte more is refused with 413', () =>
    tooLarge((wire, one) => wire.write(request('POST', one.target, { body: `4${'x'.repeat(kMax)}` }))));

  test('bytes count, not characters', () =>
    tooLarge((wire, one) => wire.write(request('POST', one.target, { body: `4${'é'.repeat(kMax / 2)}` }))));

  test('a body that is announced too long is refused before it comes', ours, () =>
    tooLarge((wire, one) =>
      wire.write(request('POST', one.target, { headers: { 'Content-Length': 1e12, 'Content-Type': 'text/plain' } }))));

  test('a body in chunks is counted while it comes', () => tooLarge(async (wire, one) => {
    wire.write(request('POST', one.target, { headers: { 'Transfer-Encoding': 'chunked', 'Content-Type': 'text/plain' } }));
    for (let i = 0; i < 30 && !wire.closed; ++i) {
      wire.write(`64\r\n${'4'.repeat(100)}\r\n`);
      await turn();
    }
  }));

  test('a chunk that is announced too long is refused before it comes', ours, () => tooLarge((wire, one) =>
    wire.write(`POST ${one.target} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n`)));

  // ---- HTTP -------------------------------------------------------------------------------------------------------------

  const kGet = '/engine.io/?EIO=4&transport=polling';
  const post = (...lines) => `POST ${kGet} HTTP/1.1\r\nHost: x\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
  const bad = {
    'a text': 'hello\r\n\r\n',
    'zeros': Buffer.alloc(64),
    'TLS': Buffer.from('16030100a5010000a10303', 'hex'),
    'a preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'a version without a number': `GET ${kGet} HTTP/x\r\nHost: x\r\n\r\n`,
    'no path': 'GET  HTTP/1.1\r\nHost: x\r\n\r\n',
    'a header without a colon': `GET ${kGet} HTTP/1.1\r\nHost: x\r\nnothing\r\n\r\n`,
    'a header with a blank in its name': `GET ${kGet} HTTP/1.1\r\nHost: x\r\na b: c\r\n\r\n`,
    'a zero byte in a header': `GET ${kGet} HTTP/1.1\r\nHost: x\r\na: b\0c\r\n\r\n`,
    'a length that is a word': post('Content-Length: abc'),
    'a negative length': post('Content-Length: -1'),
    'two lengths': `${post('Content-Length: 1', 'Content-Length: 2')}4a`,
    'a length that no number holds': post(`Content-Length: ${'9'.repeat(40)}`),
    'both a length and chunks': `${post('Content-Length: 3', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    'a chunk size that is a word': `${post('Transfer-Encoding: chunked')}xyz\r\n`,
    'a negative chunk size': `${post('Transfer-Encoding: chunked')}-1\r\n`,
    'a chunk size that no number holds': `${post('Transfer-Encoding: chunked')}${'f'.repeat(40)}\r\n`,
    'a chunk that goes on too long': `${post('Transfer-Encoding: chunked')}1\r\n4444\r\n`,
    'a long header': `GET ${kGet} HTTP/1.1\r\nHost: x\r\na: ${'x'.repeat(1 << 20)}\r\n\r\n`,
    'many headers': `GET ${kGet} HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(100000)}\r\n`,
    'a long path': `GET ${kGet}&${'x'.repeat(1 << 20)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  };
  for (const [what, bytes] of Object.entries(bad))
    test(`HTTP with ${what} is refused, and the connection closes`, async () => {
      const http = await Http.open(where);
      http.wire.write(bytes);
      // A reset may overtake the answer when there was more to read.
      const answer = await http.answer().catch((error) => (http.wire.error ?? http.wire.closed ? null : Promise.reject(error)));
      if (answer !== null) assert.ok([400, 411, 413, 414, 431, 501, 505].includes(answer.status), `${answer.status} ${answer.text}`);
      else assert.ok(bytes.length > 1000 || ours.skip, 'closed without an answer');
      await http.wire.gone();
      assert.equal((await once(where, 'GET', kGet)).status, 200);
    });

  test('an endless header is cut off', async () => {
    const http = await Http.open(where);
    http.wire.write(`GET ${kGet} HTTP/1.1\r\nHost: x\r\n`);
    let sent = 0;
    for (; !http.wire.closed && sent < 16 << 20; sent += 65536) {
      http.wire.write(`a${sent}: ${'x'.repeat(65536)}\r\n`);
      await turn();
    }
    await http.wire.gone();
    assert.ok(sent < 16 << 20, 'it was read on and on');
  });

  // ---- WebSocket --------------------------------------------------------------------------------------------------------

  test('a message of just the limit is taken, in one frame and in several', async () => {
    const ws = await socket(where);
    await echoes(ws, `4${'x'.repeat(kMax - 1)}`);
    ws.wire.write(Buffer.concat([frame(kText, '4', { fin: false }), frame(0, 'y'.repeat(kMax - 2), { fin: false }), frame(0, 'z')]));
    assert.equal(await ws.message(), `4${'y'.repeat(kMax - 2)}z`);
    ws.send(Buffer.alloc(kMax, 7));
    assert.deepEqual(await ws.message(), Buffer.alloc(kMax, 7));
    ws.destroy();
  });

  const many = Array.from({ length: 25 }, (_, i) => frame(i === 0 ? kText : 0, '4'.repeat(100), { fin: false }));
  const large = {
    'in text': frame(kText, `4${'x'.repeat(kMax)}`),
    'in bytes': frame(kBinary, Buffer.alloc(kMax + 1)),
    'in fragments': Buffer.concat(many),
    'by its header alone': frame(kText, '4', { size: kMax + 1 }),
    'by its header alone, of 2^40': frame(kText, '4', { size: 2 ** 40 }),
    'by its header alone, of 2^62': frame(kBinary, '4', { size: 2 ** 62 }),
    'with fragments of which the last is announced too long': Buffer.concat([many[0], frame(0, 'x', { size: kMax })]),
  };
  for (const [what, bytes] of Object.entries(large))
    test(`a message too large ${what} closes with 1009`, async () => {
      const ws = await socket(where);
      ws.wire.write(bytes);
      await ws.refused(1009);
    });

  test('fragments, with a ping between them, are one message; the ping is answered with what it said', async () => {
    const ws = await socket(where);
    const text = Buffer.from('4é漢𝕏');
    const parts = [...text].map((byte, i) => frame(i === 0 ? kText : 0, Buffer.from([byte]), { fin: i === text.length - 1 }));
    parts.splice(3, 0, frame(kPing, 'are you there'));
    for (const part of parts) {
      ws.wire.write(part);
      await turn();
    }
    const pong = await ws.frame();
    assert.deepEqual([pong.opcode, pong.payload.toString()], [kPong, 'are you there']);
    assert.equal(await ws.message(), text.toString());
    for (const payload of ['', Buffer.alloc(125, 0xff)]) {
      ws.wire.write(frame(kPing, payload));
      assert.deepEqual((await ws.frame()).payload, Buffer.from(payload));
    }
    ws.wire.write(frame(kPong, 'unasked'));
    ws.wire.write(frame(kText, '', { fin: false }));
    ws.wire.write(frame(0, '4end'));
    assert.equal(await ws.message(), '4end');
    ws.destroy();
  });

  const violations = {
    'no mask': [1002, frame(kText, '4a', { mask: false })],
    'reserved bit 1': [1002, frame(kText, '4a', { rsv: 4 })],
    'reserved bit 2': [1002, frame(kText, '4a', { rsv: 2 })],
    'reserved bit 3': [1002, frame(kText, '4a', { rsv: 1 })],
    'opcode 3': [1002, frame(3, '4a')],
    'opcode 7': [1002, frame(7, '4a')],
    'opcode 11': [1002, frame(11, '')],
    'opcode 15': [1002, frame(15, '')],
    'a ping in fragments': [1002, frame(kPing, 'a', { fin: false })],
    'a ping of 126 bytes': [1002, frame(kPing, Buffer.alloc(126))],
    'a close of 126 bytes': [1002, frame(kClose, Buffer.concat([closing(1000), Buffer.alloc(124, 97)]))],
    'a continuation of nothing': [1002, frame(0, '4a')],
    'a message inside of another': [1002, Buffer.concat([frame(kText, '4a', { fin: false }), frame(kText, '4b')])],
    'a close of one byte': [1002, frame(kClose, 'a')],
    'close code 0': [1002, frame(kClose, closing(0))],
    'close code 999': [1002, frame(kClose, closing(999))],
    'close code 1004': [1002, frame(kClose, closing(1004))],
    'close code 1005': [1002, frame(kClose, closing(1005))],
    'close code 1006': [1002, frame(kClose, closing(1006))],
    'close code 1015': [1002, frame(kClose, closing(1015))],
    'close code 5000': [1002, frame(kClose, closing(5000))],
    'a close whose words are no UTF-8': [1007, frame(kClose, closing(1000, Buffer.from([0xff])))],
    'text that is no UTF-8': [1007, frame(kText, Buffer.from([0x34, 0xff]))],
    'text that ends in a character': [1007, frame(kText, Buffer.from([0x34, 0xe6, 0xbc]))],
    'an overlong character': [1007, frame(kText, Buffer.from([0x34, 0xc0, 0x80]))],
    'a surrogate': [1007, frame(kText, Buffer.from([0x34, 0xed, 0xa0, 0x80]))],
    'a character beyond the last': [1007, frame(kText, Buffer.from([0x34, 0xf4, 0x90, 0x80, 0x80]))],
    'fragments of text that are no UTF-8': [1007, Buffer.concat([frame(kText, '4', { fin: false }), frame(0, Buffer.from([0x80]))])],
  };
  for (const [what, [code, bytes]] of Object.entries(violations))
    test(`${what} closes with ${code}`, async () => {
      const ws = await socket(where), other = await socket(where);
      ws.wire.write(bytes);
      await ws.refused(code);
      await echoes(other);
      other.destroy();
    });

  for (const [what, payload, code] of [['a code', closing(1000, 'bye'), 1000], ['a code of its own', closing(4321), 4321],
    ['no code', '', 1005]])
    test(`a close with ${what} is answered with it, and the connection ends`, async () => {
      const ws = await socket(where);
      ws.wire.write(frame(kClose, payload));
      await ws.refused(code);
    });

  test('frames byte by byte, and many frames in one piece, are the same', async () => {
    const ws = await socket(where);
    for (const byte of frame(kText, '4slow')) {
      ws.wire.write(Buffer.from([byte]));
      await turn();
    }
    assert.equal(await ws.message(), '4slow');
    ws.wire.write(Buffer.concat(Array.from({ length: 200 }, (_, i) => frame(kText, `4${i}`))));
    for (let i = 0; i < 200; ++i) assert.equal(await ws.message(), `4${i}`);
    ws.destroy();
  });

  test('an empty frame of text closes the session', async () => {
    const ws = await socket(where);
    ws.send('');
    await ws.gone();
  });

  for (const text of ['7', '9', 'x', '-1', ' 4'])
    test(`a packet that is none closes the WebSocket: ${text}`, async () => {
      const ws = await socket(where);
      ws.send(text);
      await ws.gone();
    });
});
