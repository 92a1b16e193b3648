// Socket.IO v5, packet by packet, on both transports: namespaces, events, acknowledgements, binary, and all that closes a session.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { houseFor, ours, Session } from './lib/socketio.mjs';

const kHole = (num) => ({ _placeholder: true, num });
const kAuth = '42["auth",{}]';
const kPair = ['websocket', 'polling'];

describe('Socket.IO packets', { concurrency: 8 }, () => {
  const where = houseFor('socketio_echo');
  const open = (t, transport) => Session.open(t, where, { transport });

  // Joined to `/`, its first event read.
  async function joined(t, transport) {
    const session = await open(t, transport);
    await session.connect();
    assert.equal(await session.next(), kAuth);
    return session;
  }

  const both = (what, options, run) => {
    for (const transport of kPair) test(`${what} (${transport})`, run ? options : {}, (t) => (run ?? options)(t, transport));
  };

  // Nothing else was on its way: the answer to a marker comes next.
  async function alive(session) {
    session.emit('message', 'mark');
    assert.equal(await session.next(), '42["message-back","mark"]');
  }

  // ---- Namespaces -------------------------------------------------------------------------------------------------------

  both('CONNECT is answered with a sid, and auth comes back', async (t, transport) => {
    const session = await open(t, transport);
    await session.connect({ token: 'a"b', more: [1, null, { x: 'é𝕏' }] });
    assert.equal(await session.next(), '42["auth",{"token":"a\\"b","more":[1,null,{"x":"é𝕏"}]}]');
  });

  for (const packet of ['40/custom', '40/custom,'])
    both(`${packet} joins the namespace, apart from /`, async (t, transport) => {
      const session = await open(t, transport);
      session.send(packet);
      assert.match(await session.next(), /^40\/custom,\{"sid":"[^"]+"\}$/);
      assert.equal(await session.next(), '42/custom,["auth",{}]');
      session.send('42/custom,["message","x"]');
      assert.equal(await session.next(), '42/custom,["message-back","x"]');
      const first = await session.connect();
      assert.equal(await session.next(), kAuth);
      assert.ok(first);
      await alive(session);
      session.send('41/custom,');
      await alive(session);
      session.send('42/custom,["message","x"]');
      await session.gone();
    });

  test('the sids of two namespaces differ', async (t) => {
    const session = await open(t);
    const one = await session.connect();
    await session.next();
    assert.notEqual(one, await session.connect(undefined, '/custom'));
  });

  for (const nsp of ['/nope', '/customs', '/custom/', '/é'])
    both(`an unknown namespace is refused, the connection stays: ${nsp}`, async (t, transport) => {
      const session = await joined(t, transport);
      session.send(`40${nsp},{"a":1}`);
      assert.equal(await session.next(), `44${nsp},{"message":"Invalid namespace"}`);
      await alive(session);
    });

  test('an unknown namespace is refused as the first CONNECT too, and another may follow', async (t) => {
    const session = await open(t);
    session.send('40/nope');
    assert.equal(await session.next(), '44/nope,{"message":"Invalid namespace"}');
    await session.connect();
    await session.next();
    await alive(session);
  });

  both('DISCONNECT is not answered, and CONNECT may follow with another sid', ours, async (t, transport) => {
    const session = await open(t, transport);
    const sids = new Set();
    for (let i = 0; i < 3; ++i) {
      sids.add(await session.connect({ i }));
      assert.equal(await session.next(), `42["auth",{"i":${i}}]`);
      await alive(session);
      session.send('41');
    }
    assert.equal(sids.size, 3);
  });

  both('an event after DISCONNECT closes', ours, async (t, transport) => {
    const session = await joined(t, transport);
    session.send('41').send('42["message","x"]');
    await session.gone();
  });

  // ---- Events and acknowledgements --------------------------------------------------------------------------------------

  for (const args of ['', ',1', ',"a",2.5,true,null', ',{"a":{"b":[[],{}]}}', ',"\\u0000\\n\\"é𝕏"', ',[["deep",[[[1]]]]]', ',""',
    ',{"__proto__":1,"constructor":{"prototype":2}}', ',{"_placeholder":false,"num":0}'])
    both(`message comes back: ${args}`, async (t, transport) => {
      const session = await joined(t, transport);
      session.send(`42["message"${args}]`);
      const wanted = JSON.stringify(JSON.parse(`["message-back"${args}]`));
      assert.deepEqual(JSON.parse((await session.next()).slice(2)), JSON.parse(wanted));
    });

  both('an event with an id is acknowledged with it', async (t, transport) => {
    const session = await joined(t, transport);
    for (const [id, args] of [['0', ['a']], ['1', []], ['456', [{ x: 1 }, null]], ['9007199254740991', [1]]]) {
      session.send(`42${id}${JSON.stringify(['message-with-ack', ...args])}`);
      assert.equal(await session.next(), `43${id}${JSON.stringify(args)}`);
    }
    await session.connect(undefined, '/custom');
    await session.next();
    session.send('42/custom,12["message-with-ack","x"]');
    assert.equal(await session.next(), '43/custom,12["x"]');
  });

  test('an id beyond 64 bits is bounded: the session ends, or no other id is acknowledged', async (t) => {
    for (const id of ['18446744073709551616', '9'.repeat(30), '1'.repeat(5000)]) {
      const session = await joined(t);
      session.send(`42${id}["message-with-ack","x"]`);
      const answer = await session.next().catch(() => null);
      if (!ours.skip) assert.ok(answer === null || answer === `43${id}["x"]`, `${answer}`);
    }
  });

  both('unknown events and acknowledgements of nothing are ignored', async (t, transport) => {
    const session = await joined(t, transport);
    for (const packet of ['42["nobody"]', '42["nobody",{"a":1}]', '42["auth",{}]', '42[""]', '430[]', '431["x"]', '43999999[{"a":1}]',
      '429["nobody"]'])
      session.send(packet);
    await alive(session);
  });

  test('many events in a row come back in order', async (t) => {
    for (const transport of kPair) {
      const session = await joined(t, transport);
      session.send(...Array.from({ length: 300 }, (_, i) => `42["message",${i}]`));
      for (let i = 0; i < 300; ++i) assert.equal(await session.next(), `42["message-back",${i}]`);
    }
  });

  // ---- Binary -----------------------------------------------------------------------------------------------------------

  const a = Buffer.from([1, 2, 3]), b = Buffer.from([]), c = Buffer.alloc(2000, 0xee);

  both('a binary event comes back with its attachments', async (t, transport) => {
    const session = await joined(t, transport);
    session.send(`451-["message",${JSON.stringify(kHole(0))}]`, a);
    assert.equal(await session.next(), '451-["message-back",{"_placeholder":true,"num":0}]');
    assert.deepEqual(await session.next(), a);
    await alive(session);
  });

  both('attachments anywhere, one empty, in a namespace, with an acknowledgement', async (t, transport) => {
    const session = await open(t, transport);
    await session.connect(undefined, '/custom');
    await session.next();
    const args = [{ x: [kHole(0), 'text'], y: { z: kHole(1) } }, kHole(2), 'é'];
    session.send(`453-/custom,7${JSON.stringify(['message-with-ack', ...args])}`, a, b, c);
    const answer = await session.next();
    assert.match(answer, /^463-\/custom,7\[/);
    const heard = [await session.next(), await session.next(), await session.next()];
    // The server may number the attachments in an order of its own.
    const fill = (value, from) => JSON.stringify(value, (_, v) => (v?._placeholder ? from[v.num].toString('hex') : v));
    assert.equal(fill(JSON.parse(answer.slice(answer.indexOf('['))), heard), fill(args, [a, b, c]));
  });

  both('ten attachments are taken', async (t, transport) => {
    const session = await joined(t, transport);
    const ten = Array.from({ length: 10 }, (_, i) => Buffer.from([i]));
    session.send(`4510-${JSON.stringify(['message', ...ten.map((_, i) => kHole(i))])}`, ...ten);
    assert.match(await session.next(), /^4510-\["message-back"/);
    for (const bytes of ten) assert.deepEqual(await session.next(), bytes);
  });

  both('a binary acknowledgement of nothing is ignored', async (t, transport) => {
    const session = await joined(t, transport);
    session.send(`461-7[${JSON.stringify(kHole(0))}]`, a);
    await alive(session);
  });

  // ---- What closes ------------------------------------------------------------------------------------------------------

  const hole = JSON.stringify(kHole(0));
  const closes = {
    'an event that is no array': ['42{}', '42{"0":"message"}', '42"message"', '42null', '427', '42true'],
    'an event without a name': ['42[]', '42[null]', '42[{}]', '42[["message"]]', '42[true]'],
    'a reserved name': ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']
      .map((name) => `42["${name}"]`),
    'JSON that is none': ['42[', '42["message"', '42["message",]', "42['message']", '42[message]', '42["message",01]',
      '42["message","\u0001"]',
      '42["message",NaN]', '42["\\x"]', '42["message",{"a":1}}]'],
    'junk after the JSON': ['42["message"]x', '42["message"][]', '42["message"]]', '40/custom,{}x', '431[]x'],
    'a namespace that is not joined': ['42/custom,["message"]', '42/nope,["message"]', '43/custom,1[]', '42/["message"]'],
    'an acknowledgement that is no array': ['431{}', '431"x"', '431null', '437x[]'],
    'a second CONNECT': ['40', '40{}', '40{"a":1}'],
    'a CONNECT whose payload is no object': ['40/custom,[]', '40/custom,"x"', '40/custom,null', '40/custom,{'],
    'a DISCONNECT with a payload': ['41{}', '41["x"]'],
    'a CONNECT_ERROR of the client': ['44', '44{"message":"x"}', '44"x"'],
    'an unknown type': ['47', '48["x"]', '49', '4x', '4-1', '4 2["x"]', '4[', '4é'],
    'no type': ['4'],
    'attachments without a number': ['45-["message"]', `45["message",${hole}]`, '45', '45x-["message"]', '451["message"]', '451',
      `451x-["message",${hole}]`],
    'no attachments': ['450-["message"]'],
    'more than ten attachments': ['4511-["message"]', '4599999999999999999999-["message"]'],
    'a binary event that is no array': ['451-{}', '451-"x"', '451-[]', '451-', '451-["connect"]'],
    'binary without a header': [a, b],
    'text in place of an attachment': [[`451-["message",${hole}]`, '42["message"]'], [`452-["message",${hole}]`, a, '42["message"]'],
      [`451-["message",${hole}]`, `451-["message",${hole}]`]],
    'a binary frame too many': [[`451-["message",${hole}]`, a, a]],
    'a placeholder without an attachment': [['451-["message",{"_placeholder":true,"num":1}]', a],
      ['451-["message",{"_placeholder":true,"num":-1}]', a], ['451-["message",{"_placeholder":true,"num":99999999999}]', a],
      ['451-["message",{"_placeholder":true,"num":"0"}]', a], ['451-["message",{"_placeholder":true}]', a]],
  };
  const npmTakes = ['427', '451-'];  // as it takes a bare 42
  for (const [what, rows] of Object.entries(closes))
    both(`${what} closes`, async (t, transport) => {
      const wrong = [];
      await Promise.all(rows.map(async (row) => {
        if (ours.skip && npmTakes.includes(row)) return;
        const session = await joined(t, transport), packets = Array.isArray(row) ? row : [row];
        session.send(...packets);
        // A session may answer what was right before the wrong part.
        const answers = [];
        const end = await session.next(3000).then(async (first) => {
          answers.push(first);
          for (;;) answers.push(await session.next(3000));
        }).catch((error) => error.message);
        if (end !== 'the session has ended') wrong.push(`${JSON.stringify(packets)}: ${end}`);
        const right = what === 'a binary frame too many' ? 2 : 0;
        if (answers.length > right) wrong.push(`${JSON.stringify(packets)} was answered: ${JSON.stringify(answers)}`);
        if (transport === 'polling' && end === 'the session has ended') await session.link.gone(2000);
      }));
      assert.deepEqual(wrong, []);
    });

  for (const row of ['42["message"]', '41', '43', '431[]', '44{}', `451-["message",${hole}]`, '42/custom,["message"]', '4', 'b', a])
    both(`before CONNECT it closes: ${JSON.stringify(row)}`, `${row}`.startsWith('45') ? ours : {}, async (t, transport) => {
      const session = await open(t, transport);
      session.send(row);
      await session.gone();
    });

  for (const row of ['40[]', '40"x"', '40null', '40true', '40{', '40{}x', '40{"a":}'])
    both(`a first CONNECT whose payload is no object closes: ${row}`, async (t, transport) => {
      const session = await open(t, transport);
      session.send(row);
      await session.gone();
    });

  both('bare 42 closes', ours, async (t, transport) => {
    const session = await joined(t, transport);
    session.send('42');
    await session.gone();
  });
});
