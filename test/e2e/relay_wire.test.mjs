// The relay on the wire: a stream of JSON objects, however TCP cuts it; one answer for each; what is no packet, what is too long.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { chars, Client, command, houseFor, kList, newName, packet, RecvClient, registered, sized, split } from './lib/relay.mjs';

const where = houseFor();
const open = (t) => Client.open(t, where);
const kScripts = ['x', 'é', '漢', '🏠'];  // one to four bytes

// Writes `bytes` and a packet for the server in one piece: how many answers come before the packet's own, all of them failures.
async function failures(one, bytes) {
  one.write(Buffer.concat([Buffer.from(bytes), Buffer.from(kList)]));
  for (let count = 0; ; ++count) {
    const { success, response } = await one.answer();
    if (!success) continue;
    assert.ok(Array.isArray(response));
    return count;
  }
}

// Writes a packet that asks for the list in its own way, and gets it.
async function lists(one, text) { assert.ok(Array.isArray((await one.write(text).answer()).response), text); }

describe('pieces', () => {
  test('a packet in fifty segments, and in as many as it has bytes', async (t) => {
    const me = await registered(t, where, newName('é漢🏠'));
    for (const payload of ['é漢🏠'.repeat(9), { '漢"\\': ['🏠', '{', '}', ' ', { a: null }] }]) {
      const bytes = Buffer.from(packet(me.name, payload));
      for (const count of [50, bytes.length]) {
        await me.pieces(split(bytes, count));
        await me.hears(me.name, payload);
        assert.deepEqual(await me.answer(), { success: true });
      }
    }
    await me.quiet();
  });

  test('a packet cut at each of its bytes', async (t) => {
    const me = await registered(t, where);
    const payload = { 'é"}': '漢\\"{', n: [-1.5e3] }, bytes = Buffer.from(packet(me.name, payload));
    for (let at = 1; at < bytes.length; ++at) {
      await me.pieces([bytes.subarray(0, at), bytes.subarray(at)]);
      await me.hears(me.name, payload);
      assert.deepEqual(await me.answer(), { success: true });
    }
    await me.quiet();
  });

  for (const [what, gap] of [['nothing', ''], ['a newline', '\n'], ['all kinds of white space', ' \r\n\t \n']])
    test(`two hundred packets in one piece, with ${what} between them, are answered in their order`, async (t) => {
      const names = Array.from({ length: 10 }, () => newName('in order'));
      for (const name of names) await registered(t, where, name);
      const one = await open(t);
      const asked = Array.from({ length: 200 }, (_, i) => (i % 7 === 3 ? 'nobody at all' : names[(i * 3) % 10]));
      one.write(asked.map((device_name) => command('get_device_info', { device_name })).join(gap) + gap);
      for (const name of asked) {
        const { success, response } = await one.answer();
        assert.deepEqual([success, response?.name], name === 'nobody at all' ? [false, undefined] : [true, name]);
      }
      await one.quiet();
    });

  test('white space is no packet, however much of it', async (t) => {
    const one = await open(t);
    for (const space of [' ', '\n', '\r\n', '\t', ' \n'.repeat(50_000)]) assert.equal(await failures(one, space), 0);
    await one.quiet();
  });

  test('the end of one packet and the beginning of the next in one segment', async (t) => {
    const one = await open(t);
    const stream = Array.from({ length: 30 }, () => kList).join('\n');
    for (const count of [7, 31, 59]) {
      await one.pieces(split(stream, count));
      for (let i = 0; i < 30; ++i) assert.ok(Array.isArray((await one.answer()).response));
    }
    await one.quiet();
  });

  test('who closes its half after a packet is answered before the end', async (t) => {
    for (const rest of ['', '\n', '{"target":"ser']) {
      const one = await open(t);
      one.socket.end(kList + rest);
      assert.equal((await one.answer()).success, true);
      if (rest !== '{"target":"ser') await one.gone();
    }
  });
});

describe('no packets', () => {
  for (const [garbage, runs] of [['42\n', 1], ['hello\n', 1], ['hello', 1], ['42', 1], ['true false  1e5\n', 1], ['"text"\n', 1],
    ['null', 1], ['a\nb\r\n\nc\n', 3], ['a\nb', 2], ['}', 1], [']\n', 1], [':,', 1], ['\0\x01\x02\n', 1], ['é漢🏠\n', 1], ['\ufeff', 1],
    ['[1,2]\n', 1], ['[1,2]', 1], ['[]', 1], ['[1,\n2,\n3]\n', 1], ['["]"]\n', 1], ['[[],[[1]]]', 1], [`[${kList}]\n`, 1],
    [`[${kList},\n${kList}]`, 1], ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', 2], [Buffer.from('fffec080ed0a', 'hex'), 1],
    [`a${kList.replace('get_devices', 'fly')}b`, 3]])
    test(`garbage between packets is answered once for each run: ${JSON.stringify(garbage.toString())}`, async (t) => {
      const one = await open(t);
      assert.equal(await failures(one, garbage), runs);
      await one.quiet();
    });

  test('garbage that nothing follows is answered at once', async (t) => {
    const one = await open(t);
    for (const garbage of ['hello', '42', '"text"', 'null\n', '[1,2]', '[{"a":1}]\n', '}']) {
      assert.equal((await one.write(garbage).answer()).success, false, garbage);
      await one.quiet();
    }
  });

  test('an array in pieces is one run, whatever is in it', async (t) => {
    const one = await open(t);
    for (const array of ['[1,[2,"x"],3]', `[${kList},${kList}]`]) {
      for (const piece of split(array, 9)) {
        one.write(piece);
        await turn();
      }
      assert.equal(await failures(one, ''), 1, array);
    }
    await one.quiet();
  });

  const list = '{"command":"get_devices"}';
  for (const text of ['{}', '{"a":1}', '{"target":"server"}', `{"payload":${list}}`, ...['5', 'null', 'true', '["server"]', '{}'].map(
    (target) => `{"target":${target},"payload":${list}}`), '{bad}', `{'target':'server','payload':${list}}`,
  `{"target":"server","payload":${list},}`, `{"target":"server" "payload":${list}}`, `{"target":"server","payload":${list},"x":01}`,
  `{"target":"server","payload":${list},"x":NaN}`, `{"target":"server","payload":${list},"x":tru}`,
  `{"target":"server","payload":${list},"x":.5}`, `{"target":"server","payload":${list},7:8}`, `{"target":"server","payload":${list},"x"}`,
  `{"target":"server","payload":${list},"x":"\n"}`, `{"target":"server","payload":${list},"x":"\t"}`,
  `{"target":"server","payload":${list},"x":"\\x"}`, `{"target":"server","payload":${list},"x":"\\u12"}`,
  `{/**/"target":"server","payload":${list}}`, `{"target":"server","target":"server","payload":${list}}`,
  `{"target":"server","payload":${list},"payload":${list}}`, `{"targ\\u0065t":"x","target":"server","payload":${list}}`,
  `{"x":1,"target":"server","payload":${list},"x":1}`])
    test(`an object that is no packet is refused, and the stream goes on behind it: ${JSON.stringify(text)}`, async (t) => {
      const one = await open(t);
      for (const gap of ['', '\n']) assert.equal(await failures(one, text + gap), 1);
      assert.equal((await one.write(text).answer()).success, false);
      await one.quiet();
    });

  for (const payload of ['x', '', 5, null, true, [], [1], {}, { command: 5 }, { command: null }, { command: '' }, { command: 'fly' },
    { command: ['get_devices'] }, { device: 'x' }])
    test(`the server can't do this, and says so: ${JSON.stringify(payload)}`, async (t) => {
      const one = await open(t);
      for (const target of ['server', 'gerald']) await one.refused(target, payload);
      await one.quiet();
    });

  test('keys in any order, other keys, escapes and white space within a packet are fine', async (t) => {
    const one = await open(t);
    for (const text of [`{"payload":${list},"target":"server"}`, `{"x":{"target":5},"target":"server","id":7,"payload":${list}}`,
      `{"t\\u0061rget":"ser\\u0076er","payload":{"comm\\u0061nd":"get\\u005fdevices"}}`,
      ' {\r\n\t"target" : "server" ,\n"payload" : { "command" : "get_devices" } } '])
      await lists(one, text);
    await one.quiet();
  });

  for (const hex of ['80', 'ff', 'c080', 'c3', 'e6bc', 'f09f8f', 'eda080', 'edb080', 'f4908080', 'f5808080', 'f8', 'c328', 'e228a1', 'fe'])
    test(`bad UTF-8 is refused: ${hex}`, async (t) => {
      const me = await registered(t, where), bad = Buffer.from(hex, 'hex');
      const around = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));
      for (const bytes of [around(`{"target":"${me.name}","payload":"a`, bad, 'b"}'),
        around(`{"target":"${me.name}`, bad, '","payload":"b"}'), around(`{"target":"${me.name}","payload":{"`, bad, '":1}}'),
        around(`{"target":"${me.name}","payload":"`, bad, '"}')])
        assert.equal(await failures(me, bytes), 1);
      await me.quiet();
    });

  test('half of a surrogate pair is refused, a whole one is a character', async (t) => {
    const me = await registered(t, where);
    for (const half of ['\\ud800', '\\udfe0', '\\ud83cx', '\\ud83c\\ud83c', '\\udfe0\\ud83c', '\\ud83c\\n'])
      for (const text of [`{"target":"${me.name}","payload":"${half}"}`, `{"target":"${me.name}","payload":{"${half}":[]}}`])
        assert.equal(await failures(me, text), 1, text);
    me.write(`{"target":"${me.name}","payload":"\\ud83c\\udfe0"}`);
    await me.hears(me.name, '🏠');
    assert.deepEqual(await me.answer(), { success: true });
  });
});

describe('sizes', () => {
  for (const pad of [...kScripts, '\\u00e9', '\\"'])
    test(`1023 characters pass, 1024 don't, whatever they are in bytes: ${pad}`, async (t) => {
      const me = await registered(t, where);
      for (const length of [1022, 1023]) {
        const text = sized(me.name, length, pad);
        assert.equal(chars(text), length);
        for (const pieces of [1, 5]) {
          await me.pieces(split(text, pieces));
          await me.hears(me.name, JSON.parse(text).payload);
          assert.deepEqual(await me.answer(), { success: true });
        }
      }
      for (const length of [1024, 1025, 2000, 4000, 4095, 4096]) {
        assert.equal(await failures(me, sized(me.name, length, pad)), 1, `${length}`);
        await me.pieces(split(sized(me.name, length, pad), 9));
        assert.equal((await me.answer()).success, false);
      }
      await me.quiet();
    });

  test('white space within a packet counts', async (t) => {
    const one = await open(t);
    const wide = (length) => kList.replace(',', `,${' '.repeat(length - kList.length)}`);
    await lists(one, wide(1023));
    for (const length of [1024, 1500, 4096]) assert.equal(await failures(one, wide(length)), 1);
    await one.quiet();
  });

  for (const pad of kScripts)
    test(`a packet that is still open after 4096 characters ends the connection: ${pad}`, async (t) => {
      for (const text of [sized('x', 4097, pad).slice(0, -1), `{"${pad.repeat(4094)}`, `{"a":${' '.repeat(4091)}`]) {
        assert.equal(chars(text), 4096);
        const one = await open(t);
        one.write(`${text}\n`);
        assert.equal((await one.answer()).success, false);
        await one.gone();
      }
    });

  for (const [open_, close] of [['[', ']'], ['{"a":', '}']])
    test(`32 levels of ${open_} are fine, 33 and more are not`, async (t) => {
      const me = await registered(t, where);
      // The packet itself is the first level.
      const nested = (depth) => `{"target":"${me.name}","payload":${open_.repeat(depth - 1)}0${close.repeat(depth - 1)}}`;
      for (const depth of [2, 31, 32]) {
        const text = nested(depth);
        me.write(text);
        await me.hears(me.name, JSON.parse(text).payload);
        assert.deepEqual(await me.answer(), { success: true });
      }
      for (const depth of [33, 34, 100, 150]) assert.equal(await failures(me, nested(depth)), 1, `${depth}`);
      await me.quiet();
    });
});

test('whatever comes, there is one answer for each packet, in their order', async (t) => {
  const me = await registered(t, where);
  const parts = [[kList, true], ['garbage\n', false], [sized(me.name, 1024), false], [`{"target":"${me.name}","payload":1}`, true],
    [`{"target":"x","payload":${'['.repeat(40)}${']'.repeat(40)}}`, false], [kList, true], ['{"target":"\\ud800","payload":1}', false],
    ['{"target":"server"}', false], ['[1]\n', false], [kList, true], [packet('nobody', 1), false], [packet('server', {}), false],
    [packet('Gerald', { command: 'get_devices' }), true], ['{}', false], ['null\n', false], [sized(me.name, 1023), true]];
  const stream = parts.map(([text]) => text).join(''), wanted = parts.map(([, success]) => success);
  for (let i = 0; i < 5; ++i) assert.deepEqual(await me.write(stream).outcomes(parts.length), wanted);
  for (let i = 0; i < 10; ++i) await me.packet();
  await me.quiet();
});

test('a client that takes each recv for a packet gets along', async (t) => {
  const [a, b] = [await RecvClient.open(t, where), await RecvClient.open(t, where)];
  const [switch_, strip] = [newName('smart_switch_'), newName('led_strip')];
  const say = async (one, object) => one.send(object).recv();
  // The document's own examples.
  assert.deepEqual(await say(a, { target: 'server', payload: { device_name: strip, description: 'A simple commandable LED strip.',
    version: '1.0.1' } }), { success: true });
  assert.deepEqual(await say(b, { target: 'Server', payload: { command: 'register', device_name: switch_ } }), { success: true });
  assert.deepEqual(await say(b, { target: 'server', payload: { command: 'device_info', device_name: strip } }),
    { success: true, response: { name: strip, description: 'A simple commandable LED strip.', version: '1.0.1' } });
  for (const payload of [{ command: 'on', color: [128, 0, 255] }, 'é漢🏠', null, 'x'.repeat(900)]) {
    assert.deepEqual(await say(b, { target: strip, payload }), { success: true });
    assert.deepEqual(await a.recv(), { sender: switch_, payload });
  }
  assert.equal((await say(a, { target: 'nobody', payload: 1 })).success, false);
  assert.deepEqual(await say(a, { target: 'server', payload: { command: 'unregister' } }), { success: true });
  assert.equal((await say(b, { target: strip, payload: 1 })).success, false);
});
