// Slow, greedy, mad and many clients of the relay: a good pair beside them exchanges its packets as ever.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { chars, Client, command, houseFor, kList, newName, packet, registered, resident, sized } from './lib/relay.mjs';
import { sanitized } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const kMiB = 1 << 20;
const kMost = sanitized ? Infinity : 64 * kMiB;

describe('attacks', () => {
  const where = houseFor({ max_connections: 5000 });
  const ends = [];
  let a, b, idle;
  before(async () => {
    const life = { after: (end) => ends.push(end) };
    [a, b] = [await registered(life, where, 'good'), await registered(life, where, 'friend')];
    idle = await resident(where);
  });
  after(() => { for (const end of ends) end(); });

  async function exchange(times = 10) {
    for (let i = 0; i < times; ++i) {
      await a.asked(b.name, i);
      await b.hears(a.name, i);
      await b.asked(a.name, { i });
      await a.hears(b.name, { i });
    }
  }
  // Until the attack is over, the pair exchanges packets.
  async function beside(attack) {
    let over = false;
    const ended = attack.finally(() => { over = true; });
    ended.catch(() => {});
    do await exchange(); while (!over);
    return ended;
  }
  const bounded = async (what) => {
    const more = (await resident(where)) - idle;
    assert.ok(more < kMost, `${Math.round(more / kMiB)} MiB more, ${what}`);
  };
  const many = (t, count, options) => Promise.all(Array.from({ length: count }, () => Client.open(t, where, options)));

  // The pair is the one that it was, and a new client is served.
  afterEach(async () => {
    await exchange();
    for (const one of [a, b]) await one.quiet();
    const fresh = await Client.open({ after() {} }, where);
    await fresh.quiet();
    fresh.destroy();
  });

  test('a hundred that send a byte at a time', async (t) => {
    const text = packet('friend', 'slow'), slow = await many(t, 100);
    for (const one of slow) await one.register();
    for (const char of text.slice(0, -1)) {
      for (const one of slow) one.write(char);
      await exchange(1);
    }
    for (const one of slow) one.write(text.at(-1));
    for (const one of slow) assert.deepEqual(await one.answer(), { success: true });
    for (let i = 0; i < slow.length; ++i) assert.equal((await b.packet()).payload, 'slow');
  });

  test('a thousand half-open packets, each answered once it is whole', async (t) => {
    const open = await many(t, 1000), text = sized('nobody', 1023, '漢');
    const halves = open.map((_, i) => Buffer.from(text).subarray(0, 1 + ((i * 37) % (Buffer.byteLength(text) - 1))));
    open.forEach((one, i) => one.write(halves[i]));
    await exchange(50);
    await bounded('for a thousand halves');
    for (const [i, one] of open.entries()) one.write(Buffer.from(text).subarray(halves[i].length));
    for (const one of open) assert.match((await one.answer()).error_message, /must be registered/);
  });

  test('connections that say nothing, and such as are reset at every moment', async (t) => {
    await many(t, 500);
    await beside((async () => {
      const text = packet('good', 'x'.repeat(60));
      for (let i = 0; i <= text.length; ++i) {
        const [one, other] = await many(t, 2);
        one.write(text.slice(0, i));
        one.reset();
        other.write(text.slice(0, i));
        await turn();
        other.reset();
      }
    })());
  });

  // Writes all of it, as fast as it is taken, and reads what comes; the server may end it.
  const flood = (one, pieces) => (async () => {
    one.socket.removeAllListeners('data').resume();
    for (const piece of pieces) {
      if (one.closed || one.socket.destroyed) return;
      await Promise.race([new Promise((sent) => one.socket.write(piece, sent)), new Promise((end) => one.socket.once('close', end))]);
    }
  })();

  const repeat = (text, bytes = kMiB / 4) => [Buffer.from(text.repeat(Math.ceil(bytes / Buffer.byteLength(text))))];
  for (const [what, pieces] of [['random bytes', Array.from({ length: 64 }, () => randomBytes(65536))],
    ['open braces', repeat('{', 4 * kMiB)], ['open brackets', repeat('[', 4 * kMiB)], ['open packets', repeat('{"target":"', 4 * kMiB)],
    ['quotes', repeat('"')], ['escapes', [Buffer.from('{"target":"'), ...repeat('\\"')]], ['closing braces', repeat('}')],
    ['empty objects', repeat('{}')], ['lines of garbage', repeat('x\n')], ['zeros', [Buffer.alloc(4 * kMiB)]],
    ['half characters', repeat('\ufffd').map((bytes) => bytes.map((byte) => (byte === 0xbd ? 0x22 : byte)))],
    ['white space', repeat(' \n', 8 * kMiB)], ['arrays', repeat('[1,2]')], ['HTTP', repeat('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['packets too long', repeat(sized('friend', 4000))], ['packets too deep', repeat(`{"target":"friend","payload":${'['.repeat(400)}`
      + `${']'.repeat(400)}}`)], ['packets to nobody', repeat(packet('nobody', 1))]])
    test(`a flood of ${what}`, async (t) => {
      const all = await many(t, 3);
      await all[0].register();
      await beside(Promise.all(all.map((one) => flood(one, pieces))));
      await bounded(`after ${what}`);
      for (const one of all) one.reset();
    });

  for (const [what, text] of [['lists', kList], ['failures', packet('nobody', 'x')], ['packets to itself', null], ['garbage', 'x\n']])
    test(`a client that sends and never reads its answers isn't read from until it does: ${what}`, async (t) => {
      const one = await registered(t, where), other = await registered(t, where), mine = text ?? packet(one.name, 'x');
      const count = Math.ceil((24 * kMiB) / chars(mine));
      one.socket.pause();
      for (let left = count; left > 0; left -= 10_000) one.write(mine.repeat(Math.min(left, 10_000)));
      await exchange(100);
      for (let i = 0; i < 100; ++i) {
        await other.asked(a.name, i);
        await a.hears(other.name, i);
      }
      assert.ok(one.socket.writableLength > kMiB, `${one.socket.writableLength} bytes are left: the relay reads on`);
      await bounded('for one that doesn\'t read');
      one.reset();
      await until('its name is free', async () => !(await a.devices()).includes(one.name));
    });

  test('once it reads, it gets one answer for each packet', async (t) => {
    const one = await registered(t, where, newName(), { description: 'x'.repeat(512) }), count = 40_000;
    const ask = command('get_device_info', { device_name: one.name }).replace(',', `,${' '.repeat(700)}`);
    one.socket.pause();
    one.write(packet('nobody', 1) + ask.repeat(count));
    await exchange(50);
    assert.ok(one.socket.writableLength > 0, 'the relay reads on');
    one.socket.resume();
    assert.equal((await one.answer(20_000)).success, false);
    assert.ok((await one.outcomes(count, 20_000)).every((success) => success));
    await one.quiet();
  });

  test('twenty receivers that never read', async (t) => {
    const deaf = await many(t, 20);
    for (const one of deaf) {
      await one.register();
      one.socket.pause();
    }
    const senders = await Promise.all(deaf.slice(0, 5).map(() => registered(t, where)));
    await beside(Promise.all(senders.map(async (one, i) => {
      for (const { name } of deaf.slice(i * 4, i * 4 + 4)) {
        let failed = false;
        while (!failed) {
          one.write(packet(name, 'x'.repeat(980)).repeat(100));
          failed = (await one.outcomes(100, 20_000)).includes(false);
        }
      }
    })));
    await bounded('for twenty that never read');
    for (const one of deaf) one.reset();
    await until('their names are free', async () => (await a.devices()).length === 2 + senders.length);
  });

  test('a name that is registered, taken and left by a hundred at once', async (t) => {
    const name = newName(), all = await many(t, 100), claim = { command: 'register', device_name: name };
    await beside((async () => {
      for (let i = 0; i < 5; ++i) {
        for (const one of all) one.send('server', claim);
        const won = await Promise.all(all.map((one) => one.answer()));
        assert.equal(won.filter(({ success }) => success).length, 1);
        for (const one of all) one.send('server', { ...claim, force: true }).send('server', { command: 'unregister' });
        for (const one of all) assert.equal((await one.answer()).success, true);
        for (const one of all) await one.answer();
        assert.equal((await a.devices()).includes(name), false);
      }
    })().then(() => Promise.all(all.map((one) => one.reset()))));
  });

  test('a thousand registered that leave at once', async (t) => {
    const all = await many(t, 1000);
    await Promise.all(all.map((one) => one.register()));
    for (const one of all.slice(0, 500)) one.reset();
    for (const one of all.slice(500)) one.destroy();
    await until('they are gone', async () => (await a.devices()).length === 2);
  });
});

// In, or sent away.
async function enters(t, where, options) {
  const one = await Client.open(t, where, options).catch(() => null);
  const answer = await one?.write(kList).answer(3000).catch(() => null);
  if (!answer) one?.destroy();
  return answer?.success ? one : null;
}

describe('max_connections', () => {
  const where = houseFor({ max_connections: 6 });

  test('one more is not let in; when one leaves there is room', async (t) => {
    const inside = [];
    for (let i = 0; i < 6; ++i) inside.push(await enters(t, where));
    assert.ok(inside.every((one) => one !== null));
    for (let i = 0; i < 3; ++i) assert.equal(await enters(t, where), null);
    for (const one of inside) await one.quiet();
    inside[0].destroy();
    await until('room for one', () => enters(t, where));
    assert.equal(await enters(t, where), null);
  });
});

describe('max_connections_per_address', () => {
  const where = houseFor({ max_connections_per_address: 2 });

  test('one more of an address is not let in, those of others are', async (t) => {
    for (const localAddress of ['127.0.9.3', '127.0.9.4']) {
      for (let i = 0; i < 2; ++i) assert.ok(await enters(t, where, { localAddress }));
      assert.equal(await enters(t, where, { localAddress }), null);
    }
  });
});

describe('allow', () => {
  const where = houseFor({ allow: ['127.0.9.4/32', '10.0.0.0/8'] });

  test('who isn\'t in a network that is allowed is sent away', async (t) => {
    for (const [localAddress, may] of [['127.0.9.4', true], ['127.0.9.3', false], ['127.0.0.1', false]])
      assert.equal((await enters(t, where, { localAddress })) !== null, may, localAddress);
  });
});
