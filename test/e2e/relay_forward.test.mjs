// From client to client: what arrives and how, what is too long to arrive, clients that vanish, clients that don't read.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { chars, Client, houseFor, newName, packet, registered, sized } from './lib/relay.mjs';
import { until } from './lib/until.mjs';

const where = houseFor();
const pair = async (t) => [await registered(t, where), await registered(t, where)];

describe('payloads', () => {
  test('any JSON is a payload', async (t) => {
    const [a, b] = await pair(t);
    for (const payload of [null, true, false, 0, -1.5, '', 'x', [], {}, [[], {}], { a: { b: [1, '2', null] } }, { success: true },
      'é漢🏠"\\\n\u0000\u007f', { command: 'on', color: [128, 0, 255] }, { target: 'server', payload: { command: 'unregister' } }]) {
      assert.deepEqual(await a.ask(b.name, payload), { success: true });
      await b.hears(a.name, payload);
    }
    for (const one of [a, b]) await one.quiet();
  });

  for (const text of ['12345678901234567890123', '-0', '1.10', '1e3', '1E+03', '0.1e-7', '1e400', '10000000000000000.000000001',
    '[1.0,1.00,10e-1]', '{"b":1,"a":2,"10":3,"9":4}', '{"a":1,"a":2,"b":{"a":1,"a":1}}', '{"":0,"__proto__":1}', '"é漢🏠"',
    '[[],{},""]',
    '{"target":"x","payload":1,"target":2}'])
    test(`a payload arrives as it was written: ${text}`, async (t) => {
      const [a, b] = await pair(t);
      // White space between its parts is dropped, nothing else.
      for (const written of [text, ` ${text.replace(/[[\]{},:]/g, ' $&\n\t')}\r\n`]) {
        a.write(`{"target":"${b.name}","payload":${written}}`);
        assert.deepEqual(await a.answer(), { success: true });
        await b.packet();
        assert.equal(b.heard.at(-1), `{"sender":"${a.name}","payload":${text}}`);
      }
    });

  test('white space in a text stays, escapes become UTF-8', async (t) => {
    const [a, b] = await pair(t);
    a.write(`{"target":"${b.name}","payload":["  a \\t ","\\u00e9\\u6f22\\ud83c\\udfe0","\\/","\\u0041","\\u0000\\u001f"]}`);
    await a.answer();
    await b.hears(a.name, ['  a \t ', 'é漢🏠', '/', 'A', '\u0000\u001f']);
    assert.ok(b.heard.at(-1).includes('"é漢🏠"'));
  });

  test('a packet to oneself arrives, then it is answered', async (t) => {
    const me = await registered(t, where);
    for (let i = 0; i < 10; ++i) {
      assert.deepEqual(await me.ask(me.name, i), { success: true });
      await me.hears(me.name, i);
      assert.deepEqual(me.heard.slice(-2).map((line) => line.slice(2, 8)), ['sender', 'succes']);
    }
  });
});

describe('who may send to whom', () => {
  test('a sender without a name is refused, whatever the target', async (t) => {
    const one = await Client.open(t, where), other = await registered(t, where);
    for (const target of [other.name, 'nobody', ''])
      await one.refused(target, 1, /^Device must be registered to send packets to other devices$/);
    await other.quiet();
  });

  test('targets are matched exactly', async (t) => {
    const me = await registered(t, where), other = await registered(t, where, 'Exact é');
    for (const target of ['exact é', 'EXACT É', 'Exact é ', ' Exact é', 'Exact', 'Exact e\u0301', '', 'nobody', `relay:${other.name}`])
      await me.refused(target, 1);
    await other.quiet();
  });

  test('packets of one sender arrive in their order, those of many all', async (t) => {
    const hub = await registered(t, where), count = 200;
    const senders = await Promise.all(Array.from({ length: 10 }, () => registered(t, where)));
    for (const one of senders) one.write(Array.from({ length: count }, (_, i) => packet(hub.name, i)).join(''));
    const next = Object.fromEntries(senders.map(({ name }) => [name, 0]));
    for (let i = 0; i < senders.length * count; ++i) {
      const { sender, payload } = await hub.packet();
      assert.equal(payload, next[sender]++);
    }
    for (const one of senders) assert.ok((await one.outcomes(count)).every((success) => success));
    await hub.quiet();
  });
});

describe('lengths after wrapping', () => {
  for (const [from, to] of [['x'.repeat(100), 'b'], ['漢'.repeat(100), 'b'], ['a', 'x'.repeat(100)], ['"'.repeat(40), 'b']])
    test(`what the receiver gets has fewer than 1024 characters: from ${from.length} times ${from[0]} to ${to.length}`, async (t) => {
      const sender = newName(from), target = newName(to);
      const a = await registered(t, where, sender), b = await registered(t, where, target);
      const more = chars(JSON.stringify(sender)) - chars(JSON.stringify(target));
      // Of the packet, so that the wrapped one has this many.
      for (const wrapped of [1022, 1023, 1024, 1025]) {
        const text = sized(target, wrapped - more, 'é'), { payload } = JSON.parse(text);
        const answer = await a.write(text).answer();
        assert.equal(answer.success, wrapped < 1024 && chars(text) < 1024, `${wrapped} ${JSON.stringify(answer)}`);
        if (!answer.success) continue;
        await b.hears(sender, payload);
        assert.equal(chars(b.heard.at(-1)), wrapped);
      }
      await b.quiet();
    });

  test('what shrinks on the way may be longer before it', async (t) => {
    const a = await registered(t, where, newName('a'.repeat(120))), b = await registered(t, where);
    a.write(sized(b.name, 1020, '\\u6f22'));
    assert.deepEqual(await a.answer(), { success: true });
    assert.ok((await b.packet()).payload.endsWith('漢漢'));
  });
});

describe('clients that vanish', () => {
  for (const [how, end] of [['closes', (one) => one.destroy()], ['resets', (one) => one.reset()]])
    test(`a sender that ${how} in mid-packet has sent nothing, and one whose packets were taken has sent them`, async (t) => {
      const [, b] = await pair(t), a = await registered(t, where);
      a.write(Array.from({ length: 500 }, (_, i) => packet(b.name, i)).join(''));
      await a.outcomes(500);
      const half = packet(b.name, 'half').slice(0, -1);
      await a.pieces([half]);
      end(a);
      for (let i = 0; i < 500; ++i) await b.hears(a.name, i);
      await until('its name is free', async () => !(await b.devices()).includes(a.name));
      await b.quiet();
    });

  test('a sender that closes its half right behind its packets has sent them all', async (t) => {
    const [a, b] = await pair(t);
    a.socket.end(Array.from({ length: 500 }, (_, i) => packet(b.name, i)).join(''));
    for (let i = 0; i < 500; ++i) await b.hears(a.name, i);
    assert.ok((await a.outcomes(500)).every((success) => success));
    await a.gone();
  });

  for (const [how, end] of [['closes', (one) => one.destroy()], ['resets', (one) => one.reset()]])
    test(`a receiver that ${how} in mid-packet is no target any more, and its heir gets no packet of its time`, async (t) => {
      const [a, b] = await pair(t), other = await registered(t, where), text = packet(b.name, 'late');
      await a.pieces([text.slice(0, 20)]);
      end(b);
      await until('its name is free', async () => !(await other.devices()).includes(b.name));
      assert.equal((await a.write(text.slice(20)).answer()).success, false);
      const heir = await registered(t, where, b.name);
      await heir.quiet();
      await a.asked(b.name, 'new');
      await heir.hears(a.name, 'new');
    });

  test('each packet to a receiver that resets meanwhile is answered once', async (t) => {
    for (let i = 0; i < 20; ++i) {
      const [a, b] = await pair(t);
      a.write(Array.from({ length: 300 }, (_, n) => packet(b.name, n)).join(''));
      for (let n = 0; n < i; ++n) await turn();
      b.reset();
      const outcomes = await a.outcomes(300), lost = outcomes.indexOf(false);
      assert.ok(lost === -1 || outcomes.slice(lost).every((success) => !success), 'once it is gone it is gone');
      await a.quiet();
    }
  });
});

// ---- Receivers that don't read ------------------------------------------------------------------------------------------

const kPad = 'x'.repeat(900);

// Sends numbered packets, so many at a time, until all of a hundred are refused: then the receiver's sockets are full, and what may wait
// does. Yields the numbers of those that were taken.
async function fill(sender, target, { from = 0, batch = 100 } = {}) {
  const taken = [];
  let refused = 0;
  for (let n = from, most = from + 200_000; n < most; n += batch) {
    sender.write(Array.from({ length: batch }, (_, i) => packet(target, [n + i, kPad])).join(''));
    for (let i = 0; i < batch; ++i) {
      const { success, error_message } = await sender.answer();
      if (success) taken.push(n + i);
      else assert.equal(error_message, `device ${target} is not reading`);
      refused = success ? 0 : refused + 1;
    }
    if (refused >= 100) return taken;
  }
  throw new Error('the relay takes all that nobody reads');
}

// Bytes that the kernel holds of what `port` sends to this client.
function underWay(port, client) {
  const hex = (n) => n.toString(16).toUpperCase().padStart(4, '0');
  const [ours, its] = [`0100007F:${hex(client.socket.localPort)}`, `0100007F:${hex(port)}`];
  const rows = readFileSync('/proc/net/tcp', 'latin1').split('\n').map((line) => line.trim().split(/\s+/));
  const queue = (from, to, which) => parseInt(rows.find((row) => row[1] === from && row[2] === to)[4].split(':')[which], 16);
  return queue(its, ours, 0) + queue(ours, its, 1);
}

const hearsAll = async (client, sender, numbers) => { for (const n of numbers) await client.hears(sender, [n, kPad]); };

describe('receivers that don\'t read', () => {
  for (const batch of [1, 100])
    test(`64 packets wait for one, sent ${batch} at a time; it gets all that were taken, in order`, async (t) => {
      const [a, b] = await pair(t), [c, d] = await pair(t);
      const before = b.socket.bytesRead;
      b.socket.pause();
      const taken = await fill(a, b.name, { batch });
      const bytes = taken.reduce((sum, n) => sum + packet(a.name, [n, kPad]).length + 1, 0), each = bytes / taken.length;
      let waiting;
      await until('64 waiting', () => {
        waiting = (bytes - (b.socket.bytesRead - before) - underWay(where.port, b)) / each;
        return waiting >= 63 && waiting <= 65;
      }).catch((error) => assert.fail(`${error.message}: ${waiting} wait`));
      // It is registered, and nobody else is affected.
      assert.ok((await a.devices()).includes(b.name));
      for (let i = 0; i < 200; ++i) {
        await c.asked(d.name, i);
        await d.hears(c.name, i);
        await a.asked(c.name, i);
        await c.hears(a.name, i);
      }
      await d.refused(b.name, 1, /not reading/);
      b.socket.resume();
      await hearsAll(b, a.name, taken);
      await b.quiet();
      await a.asked(b.name, 'at last');
      await b.hears(a.name, 'at last');
    });

  test('it may stop and go on often', async (t) => {
    const [a, b] = await pair(t);
    for (let i = 0; i < 3; ++i) {
      b.socket.pause();
      const taken = await fill(a, b.name, { from: i * 1e6 });
      b.socket.resume();
      await hearsAll(b, a.name, taken);
    }
    await b.quiet();
  });

  test('what was taken arrives though the sender has gone', async (t) => {
    const [a, b] = await pair(t);
    b.socket.pause();
    const taken = await fill(a, b.name);
    a.reset();
    b.socket.resume();
    await hearsAll(b, a.name, taken);
    await b.quiet();
  });

  test('one that loses its name gets what was taken before, and its heir nothing of it', async (t) => {
    const [a, b] = await pair(t);
    b.socket.pause();
    const taken = await fill(a, b.name);
    const heir = await registered(t, where, b.name, { force: true });
    await a.asked(b.name, 'new');
    await heir.hears(a.name, 'new');
    await heir.quiet();
    b.socket.resume();
    await hearsAll(b, a.name, taken);
    assert.equal((await b.packet()).payload.event, 'unregistered');
    await b.quiet();
  });

  test('one that resets leaves a free name, and its heir gets nothing of what waited', async (t) => {
    const [a, b] = await pair(t);
    b.socket.pause();
    await fill(a, b.name);
    b.reset();
    await until('its name is free', async () => !(await a.devices()).includes(b.name));
    const heir = await registered(t, where, b.name);
    await heir.quiet();
    await a.asked(b.name, newName());
    assert.equal((await heir.packet()).sender, a.name);
  });
});
