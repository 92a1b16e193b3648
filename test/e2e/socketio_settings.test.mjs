// The settings of the plugin `socketio`: tokens, origins, the length of ids, limits; and its page.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { houseFor, joined, monitor, newId, ours, Polling, refused, Session, socket, user } from './lib/socketio.mjs';
import { Http, once, upgradeRequest, WebSocket } from './lib/socketio_wire.mjs';
import { until } from './lib/until.mjs';

const kPath = '/socket.io/?EIO=4&transport=';
const kPair = ['websocket', 'polling'];

// A CONNECT with this payload is refused, in words, and the connection stays: a right one may follow.
async function refusal(t, where, auth, right) {
  for (const transport of kPair) {
    const session = await Session.open(t, where, { transport });
    session.send(auth === undefined ? '40' : `40${JSON.stringify(auth)}`);
    const answer = await session.next();
    assert.match(answer, /^44\{"message":"[^"]{3,}"/, JSON.stringify(auth));
    await session.connect(right);
  }
}

const con = async (session, id = newId()) => {
  session.emit('con', { monitor_id: id });
  await session.hears('con ok', { reason: 'Connection ok' });
};
const query = async (session, id = newId()) => {
  session.emit('query', { monitor_id: id });
  await session.hears('query ok', { reason: 'Query ok' });
};
const fails = async (session, event) => {
  session.emit(event, { monitor_id: newId() });
  await refused(session, `${event} failed`, { reason: /^.{3,}$/ });
};
const wrong = [{ token: 'guess' }, { token: '' }, { token: 'user-tokenx' }, { token: 'user-toke' }, { token: 5 },
  { token: ['user-token'] },
  { token: { a: 1 } }];

describe('both tokens', { concurrency: 8, ...ours }, () => {
  const where = houseFor('socketio', { user_token: 'user-token', monitor_token: 'monitor-é' });

  test('a wrong token and none at all are refused with CONNECT_ERROR, a right one may follow', async (t) => {
    for (const auth of [...wrong, { token: 'monitor-e' }, undefined, {}, { other: 1 }])
      await refusal(t, where, auth, { token: 'user-token' });
  });

  test('a user\'s token is for query, a monitor\'s for con, and not the other way round', async (t) => {
    const id = newId();
    const holder = await joined(t, where, { auth: { token: 'monitor-é' } });
    const one = await joined(t, where, { auth: { token: 'user-token' } });
    await con(holder, id);
    await query(one, id);
    one.emit('command send', { command: 'x' });
    await holder.hears('command do', { command: 'x' });
    await fails(await joined(t, where, { auth: { token: 'user-token' } }), 'con');
    await fails(await joined(t, where, { auth: { token: 'monitor-é' } }), 'query');
  });
});

for (const [name, may, mayNot] of [['user', con, 'query'], ['monitor', query, 'con']])
  describe(`a ${name} token only`, { concurrency: 8, ...ours }, () => {
    const token = `${name}-token`;
    const where = houseFor('socketio', { [`${name}_token`]: token });

    test('a wrong one is refused', async (t) => {
      for (const auth of [{ token: 'guess' }, { token: `${token}x` }]) await refusal(t, where, auth, { token });
    });

    test(`who gives none may connect, but not ${mayNot}`, async (t) => {
      for (const auth of [undefined, {}]) {
        await may(await joined(t, where, { auth }));
        await fails(await joined(t, where, { auth }), mayNot);
      }
    });

    test(`who gives it may ${mayNot}`, async (t) => {
      await (mayNot === 'query' ? query : con)(await joined(t, where, { auth: { token } }));
    });
  });

describe('the default settings', { concurrency: 8 }, () => {
  const where = houseFor('socketio');

  test('any auth is fine', async (t) => {
    for (const auth of [undefined, {}, { token: 'x' }, { token: 5 }, { a: { b: [] } }]) await query(await joined(t, where, { auth }));
  });

  test('any origin is fine', async () => {
    for (const Origin of ['http://a.example', 'null', 'https://b.example:8443']) {
      const answer = await once(where, 'GET', `${kPath}polling`, { headers: { Origin } });
      assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [200, '*']);
      (await socket(where, { path: '/socket.io/', headers: { Origin } })).destroy();
    }
  });

  test('pings every 25 s, with 20 s for the answer, as npm has it', async () => {
    const ws = await socket(where, { path: '/socket.io/' });
    assert.deepEqual([ws.opened.pingInterval, ws.opened.pingTimeout], [25000, 20000]);
    ws.destroy();
  });

  test('Engine.IO alone is not served, nor is any other path', async () => {
    for (const path of ['/engine.io/?EIO=4&transport=polling', '/favicon.ico', '/socket', '/../etc/passwd', '/x'])
      assert.equal((await once(where, 'GET', path)).status, 404, path);
  });
});

describe('origins', { concurrency: 8, ...ours }, () => {
  const where = houseFor('socketio', { origins: ['http://a.example', 'https://b.example:8443'] });
  const kOthers = ['http://c.example', 'https://a.example', 'http://a.example.evil', 'null', 'http://sub.a.example'];

  test('another origin is forbidden, on every request', async (t) => {
    const one = await Polling.open(where, { path: '/socket.io/' });
    t.after(() => one.destroy());
    for (const Origin of kOthers) {
      for (const [method, target, body] of [['GET', `${kPath}polling`], ['POST', one.target, '40'], ['GET', `${kPath}polling&sid=`]]) {
        const answer = await once(where, method, target, { headers: { Origin }, body });
        assert.deepEqual([answer.status, JSON.parse(answer.text)], [403, { code: 4, message: 'Forbidden' }], `${method} '${Origin}'`);
        assert.match(answer.headers['content-type'], /^application\/json/);
      }
      const http = await Http.open(where);
      http.wire.write(upgradeRequest(`${kPath}websocket`, { Origin }));
      assert.equal((await http.answer()).status, 403, `upgrade '${Origin}'`);
      http.wire.destroy();
    }
  });

  test('a listed one is fine, and named', async () => {
    for (const Origin of ['http://a.example', 'https://b.example:8443']) {
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await once(where, method, `${kPath}polling`, { headers: { Origin } });
        assert.equal(answer.headers['access-control-allow-origin'], Origin, method);
      }
      (await WebSocket.open(where, `${kPath}websocket`, { headers: { Origin } })).destroy();
    }
  });

  test('who says no origin is fine', async (t) => {
    for (const transport of kPair) await query(await joined(t, where, { transport }));
  });
});

describe('ids of any length', { concurrency: 8, ...ours }, () => {
  const where = houseFor('socketio', { monitor_id_length: 0 });

  test('an id of any length is taken, none and no text are not', async (t) => {
    for (const id of ['a', '漢字', 'x'.repeat(31), 'x'.repeat(200)]) {
      await monitor(t, where, id);
      await user(t, where, id);
    }
    for (const id of [undefined, null, 5, []]) {
      const session = await joined(t, where);
      session.emit('query', { monitor_id: id });
      await refused(session, 'query failed', { reason: 'Invalid monitor_id' });
    }
  });
});

describe('ids of another length', { concurrency: 8, ...ours }, () => {
  const where = houseFor('socketio', { monitor_id_length: 8 });

  test('just this length is taken', async (t) => {
    await monitor(t, where, 'abcdefgh');
    for (const id of ['abcdefg', 'abcdefghi', 'x'.repeat(32)]) {
      const session = await joined(t, where);
      session.emit('con', { monitor_id: id });
      await refused(session, 'con failed', { reason: 'Invalid monitor_id' });
    }
  });
});

describe('limits of the monitor', ours, () => {
  const where = houseFor('socketio', { max_connections: 6, max_payload: 3000, connect_timeout_ms: 500, ping_interval_ms: 7000,
    ping_timeout_ms: 6000 });

  test('the open packet tells the settings', async () => {
    const { opened, ...ws } = await socket(where, { path: '/socket.io/' });
    assert.deepEqual([opened.pingInterval, opened.pingTimeout, opened.maxPayload], [7000, 6000, 3000]);
    ws.wire.destroy();
  });

  test('max_payload counts for commands', async (t) => {
    const id = newId();
    const holder = await monitor(t, where, id), one = await user(t, where, id);
    one.emit('command send', { command: 'x'.repeat(2900) });
    await holder.hears('command do', { command: 'x'.repeat(2900) });
    await one.hears('command ok');
    one.emit('command send', { command: 'x'.repeat(3000) });
    await one.gone();
  });

  test('who doesn\'t CONNECT in time is closed', async (t) => {
    const session = await Session.open(t, where);
    await session.gone(3000);
  });

  test('a client more than max_connections is not let in; when one leaves there is room', async (t) => {
    const enter = async () => {
      const http = await Http.open(where);
      http.wire.write(upgradeRequest(`${kPath}websocket`));
      const answer = await http.answer(2000).catch(() => null);
      if (answer?.status === 101) {
        http.wire.write(Buffer.from('8182000000003430', 'hex'));  // 40, its mask of zeros
        t.after(() => http.wire.destroy());
        return http.wire;
      }
      http.wire.destroy();
      return null;
    };
    const inside = await until('an empty house', async () => {
      const all = [];
      for (let i = 0; i < 6; ++i) all.push(await enter());
      if (all.every((wire) => wire !== null)) return all;
      for (const wire of all) wire?.destroy();
      return null;
    }, 10000);
    for (let i = 0; i < 3; ++i) assert.equal(await enter(), null);
    inside[0].destroy();
    await until('room for one', enter);
  });
});

for (const [allow, may] of [['127.0.0.0/8', true], ['10.0.0.0/8', false]])
  describe(`allow ${allow}`, ours, () => {
    const where = houseFor('socketio', { allow: [allow] });

    test(`a client of this machine may${may ? '' : ' not'} come in`, async () => {
      const answer = await once(where, 'GET', `${kPath}polling`).catch(() => null);
      assert.equal(answer?.status === 200, may);
    });
  });

describe('the page', ours, () => {
  const where = houseFor('socketio');

  // The number that stands beside a word.
  const count = (text, word) => {
    const plain = text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    const found = plain.match(new RegExp(`\\b${word}s?\\b\\W*(\\d+)`, 'i')) ?? plain.match(new RegExp(`(\\d+)\\W*${word}s?\\b`, 'i'));
    assert.ok(found, `no number of ${word}s in: ${plain}`);
    return Number(found[1]);
  };
  const page = async () => {
    const answer = await once(where, 'GET', '/');
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-type'], /^text\/(html|plain)/);
    return answer.text;
  };

  test('GET / tells how many users, monitors and commands there are', async (t) => {
    const before = await page();
    assert.deepEqual([count(before, 'user'), count(before, 'monitor')], [0, 0]);
    const id = newId();
    const holder = await monitor(t, where, id), one = await user(t, where, id);
    await user(t, where, id);
    one.emit('command send', { command: 'x' });
    await holder.hears('command do');
    const during = await page();
    assert.deepEqual([count(during, 'user'), count(during, 'monitor'), count(during, 'command')], [2, 1, 1]);
    holder.link.destroy();
    one.link.destroy();
    await until('their end on the page', async () => count(await page(), 'user') === 1 && count(await page(), 'monitor') === 0);
  });

  test('it tells no ids, and takes HEAD', async (t) => {
    const id = newId();
    await monitor(t, where, id);
    assert.equal((await page()).includes(id), false);
    const http = await Http.open(where);
    http.wire.write('HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await http.wire.gone();
  });
});
