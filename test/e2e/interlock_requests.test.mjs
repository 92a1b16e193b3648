// CMD, GET and MSG, their answers and their errors, in both transports.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connected, houseFor, Remote } from './lib/interlock.mjs';
import { until } from './lib/until.mjs';

const devices = [{ id: 'hall', name: 'Hall', kind: 'light' }, { id: 'table', name: 'Table lamp', kind: 'dimmer' },
  { id: 'mood', name: 'Mood', kind: 'color' }, { id: 'v2', name: 'lamp.v2', kind: 'light' },
  { id: 'kueche', name: 'Küche "1"', kind: 'light' },
  { id: 'twin1', name: 'Twin', kind: 'light' }, { id: 'twin2', name: 'Twin', kind: 'light' }, { id: 'a.b', name: 'Dotted',
  kind: 'light' },
  { id: 'moody', name: 'Moody', kind: 'light', failure_rate: 1 }, { id: 'slow', name: 'Slow', kind: 'light', latency_ms: 700 },
  { id: 'plug', name: 'Plug', kind: 'plug' }, { id: 'dead', name: 'Dead', kind: 'light', reachable: false }];
const many = { simulated: { device: devices } };
const deep = (levels) => `{"t":"GET","x":${'['.repeat(levels)}${']'.repeat(levels)}}`;
const nested = (levels) => JSON.parse(deep(levels));

describe('requests', { concurrency: 4 }, () => {
  // Each form in which a request comes and its answer goes.
  for (const [form, transport, ack] of [['websocket', 'websocket', false], ['Socket.IO, acknowledged', 'socketio', true],
    ['Socket.IO, event response', 'socketio', false]])
    describe(form, { concurrency: 1 }, () => {
      const place = houseFor({ transport }, {}, many);
      const ask = (object) => place.session.ask(object, { ack });
      const device = (id) => place.server.device(`simulated:${id}`);
      const state = async (id, capability = 'on_off') => (await device(id)).state[capability]?.reported;

      // A success: its keys in their order, what it echoes. Yields `r`.
      async function done(request) {
        const answer = await ask(request), type = request.t.toUpperCase();
        assert.equal(answer.s, 2000, JSON.stringify(answer));
        assert.deepEqual(Object.keys(answer), ['t', ...('i' in request ? ['i'] : []), 's', ...(type === 'MSG' ? [] : ['r'])]);
        assert.deepEqual([answer.t, answer.i], [type, request.i]);
        return answer.r;
      }

      // A failure: its keys in their order, its words. The connection stays. Yields the words.
      async function fails(request) {
        const answer = await ask(request), said = JSON.stringify(request).slice(0, 200);
        assert.equal(answer.s, 4100, `${said}: ${JSON.stringify(answer)}`);
        const type = typeof request?.t === 'string' ? request.t : undefined;
        const echoed = Number.isInteger(request?.i) && Object.hasOwn(answer, 'i') ? ['i'] : [];
        assert.deepEqual(Object.keys(answer), [...(type === undefined ? [] : ['t']), ...echoed, 's', 'e'], said);
        assert.equal(answer.t?.toUpperCase(), type?.toUpperCase());
        if (Number.isSafeInteger(request?.i)) assert.equal(answer.i, request.i, said);
        assert.ok(answer.e.length > 3, answer.e);
        assert.equal(place.session.open, true);
        return answer.e;
      }

      // What a device is to Interlock.
      async function sound(shown, id) {
        const { number, name, reachable } = await device(id);
        assert.deepEqual(Object.keys(shown), ['id', 'i', 'name', 'reachable', 'states']);
        assert.deepEqual([shown.id, shown.i, shown.name, shown.reachable], [`simulated:${id}`, number, name, reachable]);
        return shown.states;
      }

      test('CMD: on, off and toggle, by id and by name, in any capitals; the answer shows the device', async () => {
        for (const [c, on] of [['Hall.on', true], ['Hall.off', false], ['simulated:hall.toggle', true], ['simulated:hall.TOGGLE', false],
          ['Hall.On', true], ['Hall.on', true], ['Hall.OFF', false]]) {
          assert.equal((await sound(await done({ t: 'CMD', c }), 'hall')).on_off, on, c);
          assert.equal(await state('hall'), on, c);
        }
      });

      test('CMD: names with spaces, quotes, umlauts and dots; ids with dots', async () => {
        for (const [target, id] of [['Table lamp', 'table'], ['Küche "1"', 'kueche'], ['lamp.v2', 'v2'], ['simulated:a.b', 'a.b']])
          for (const [verb, on] of [['on', true], ['off', false]]) {
            assert.equal((await sound(await done({ t: 'CMD', c: `${target}.${verb}` }), id)).on_off, on);
            assert.equal(await state(id), on, target);
          }
      });

      test('CMD: t in any capitals is answered in capitals, i is echoed, other keys are ignored, a may be there', async () => {
        for (const t of ['CMD', 'cmd', 'Cmd', 'cMD']) await done({ t, c: 'Hall.on' });
        for (const i of [0, 1, -5, 123456, 2 ** 40]) await done({ t: 'CMD', i, c: 'Hall.off' });
        await done({ t: 'CMD', c: 'Hall.on', a: {}, x: [1, { y: null }], s: 'z', e: 1, r: 2, m: 5, mt: [] });
        await done({ a: {}, c: 'Hall.off', t: 'CMD' });
      });

      test('CMD set: each capability, alone and together', async () => {
        await done({ t: 'CMD', c: 'Table lamp.set', a: { brightness: 40 } });
        assert.equal(await state('table', 'brightness'), 40);
        const states = await sound(await done({ t: 'CMD', i: 3, c: 'simulated:table.SET', a: { brightness: 55, on_off: true } }), 'table');
        assert.deepEqual([states.brightness, states.on_off], [55, true]);
        assert.deepEqual([await state('table'), await state('table', 'brightness')], [true, 55]);
        await done({ t: 'CMD', c: 'Mood.set', a: { color_temperature: 4000, on_off: false } });
        assert.equal(await state('mood', 'color_temperature'), 4000);
      });

      test('CMD set: a colour in each way of saying it', async () => {
        for (const color of [[255, 0, 0], '#00ff00', '#0000FF', { hue: 30, saturation: 100 }, [255, 255, 0],
          { hue: 200.5, saturation: 50 }]) {
          assert.ok('color' in await sound(await done({ t: 'CMD', c: 'Mood.set', a: { color } }), 'mood'));
          const { hue, saturation } = await state('mood', 'color'), said = JSON.stringify(color);
          const wanted = { '[255,0,0]': [0, 100], '"#00ff00"': [120, 100], '"#0000FF"': [240, 100], '[255,255,0]': [60, 100] }[said]
            ?? [color.hue, color.saturation];
          assert.ok(Math.abs(hue - wanted[0]) <= 1 && Math.abs(saturation - wanted[1]) <= 1, `${said}: ${hue} ${saturation}`);
        }
      });

      test('CMD errors: what is no command', async () => {
        for (const more of [{}, { c: null }, { c: 5 }, { c: ['Hall.on'] }, { c: { Hall: 'on' } }, { c: '' }, { c: '.' }, { c: 'Hall' },
          { c: 'on' }, { c: 'Hall.' }, { c: '.on' }, { c: 'Hall.fly' }, { c: 'Hall on' }, { c: 'Hall.on.' }, { c: 'Hall.on ' },
          { c: 'Nobody.on' }, { c: 'simulated:nobody.on' }, { c: `${'x'.repeat(50000)}.on` }, { c: `Hall.${'x'.repeat(50000)}` },
          { c: 'Hall\0.on' }, { c: 'device.fly' }, { c: 'device.on' }, { c: 'device.set', a: { on_off: true } }, { c: 'Hall.on', a: [] },
          { c: 'Hall.on', a: 5 }, { c: 'Hall.on', a: 'x' }, { c: 'Hall.off', a: true }])
          await fails({ t: 'CMD', i: 7, ...more });
        await done({ t: 'CMD', c: 'Hall.off' });
      });

      test('CMD set errors: capabilities and values', async () => {
        for (const [target, a] of [['Hall', undefined], ['Hall', null], ['Hall', []], ['Hall', 'on_off'], ['Hall', 5],
          ['Hall', { wings: 1 }], ['Hall', { brightness: 5 }], ['Hall', { on_off: 'on and on' }], ['Hall', { on_off: null }],
          ['Hall', { on_off: [] }], ['Table lamp', { brightness: 101 }], ['Table lamp', { brightness: -1 }],
          ['Table lamp', { brightness: 'bright' }], ['Table lamp', { brightness: {} }], ['Table lamp', { brightness: 1e300 }],
          ['Table lamp', { '': 1 }], ['Mood', { color: [256, 0, 0] }], ['Mood', { color: [1, 2] }], ['Mood', { color: [1, 2, 3, 4] }],
          ['Mood', { color: ['a', 'b', 'c'] }], ['Mood', { color: '#12345' }], ['Mood', { color: '#gggggg' }],
          ['Mood', { color: 'red-ish' }], ['Mood', { color: { hue: 400, saturation: 5 } }], ['Mood', { color: { hue: 5 } }],
          ['Mood', { color: { hue: 'a', saturation: 'b' } }], ['Mood', { color: 5 }], ['Mood', { color_temperature: 1 }],
          ['Plug', { power: 5 }], ['Plug', { [`${'x'.repeat(40000)}`]: 5 }]])
          await fails({ t: 'CMD', i: 8, c: `${target}.set`, ...(a === undefined ? {} : { a }) });
        await done({ t: 'CMD', c: 'Table lamp.set', a: { brightness: 1 } });
      });

      test('CMD: a name that two devices have is told with the ids of both; nothing is switched', async () => {
        const words = await fails({ t: 'CMD', c: 'Twin.on' });
        for (const id of ['simulated:twin1', 'simulated:twin2']) assert.ok(words.includes(id), words);
        assert.deepEqual([await state('twin1'), await state('twin2')], [false, false]);
        await done({ t: 'CMD', c: 'simulated:twin2.on' });
      });

      test('CMD: what a device fails to do is told in words', async () => {
        await fails({ t: 'CMD', i: 1, c: 'Moody.on' });
        await fails({ t: 'CMD', i: 2, c: 'Moody.set', a: { on_off: true } });
        assert.equal(await state('moody'), false, 'facts, no echo of the wish');
      });

      test('CMD: the answer comes when it is done; one that waits holds up no other', async () => {
        const slow = ask({ t: 'CMD', i: 1, c: 'Slow.toggle' });
        if (ack) {
          let ready = false;
          slow.then(() => { ready = true; });
          await done({ t: 'CMD', i: 2, c: 'Hall.on' });
          assert.equal(ready, false);
          assert.equal((await slow).s, 2000);
        } else {
          place.session.send({ t: 'CMD', i: 2, c: 'Hall.on' });
          const answers = [await slow, await place.session.answer()];
          assert.deepEqual(answers.map(({ i, s }) => [i, s]), [[2, 2000], [1, 2000]]);
        }
        await until('it has switched', async () => typeof (await state('slow')) === 'boolean');
      });

      test('CMD: 64 at most are under way; more are refused at once, and the 64 are done', async () => {
        const answers = [];
        const all = Array.from({ length: 70 }, (_, i) => ({ t: 'CMD', i, c: 'Slow.on' }));
        if (ack) {
          await Promise.all(all.map(async (request) => { answers.push(await ask(request)); }));
        } else {
          for (const request of all) place.session.send(request);
          while (answers.length < 70) answers.push(await place.session.answer());
        }
        const refused = answers.filter(({ s }) => s === 4100), well = answers.filter(({ s }) => s === 2000);
        assert.deepEqual([refused.length, well.length], [6, 64], JSON.stringify(answers).slice(0, 1000));
        assert.deepEqual(answers.slice(0, 6), refused, 'at once');
        assert.deepEqual(refused.map(({ i }) => i), [64, 65, 66, 67, 68, 69]);
        assert.ok(refused[0].e.length > 3);
        await done({ t: 'CMD', c: 'Hall.off' });
      });

      test('device.shutdown and device.restart are refused in words, as nothing else is configured', async () => {
        for (const c of ['device.shutdown', 'device.restart', 'device.SHUTDOWN'])
          for (const a of [undefined, {}, { timeout: 0 }, { timeout: 100 }])
            assert.match(await fails({ t: 'CMD', i: 5, c, ...(a && { a }) }), /shutdown|restart|configur/i);
        assert.equal(place.server.running, true);
      });

      test('GET: one device by its number', async () => {
        await done({ t: 'CMD', c: 'Table lamp.set', a: { on_off: true, brightness: 70 } });
        const { number } = await device('table');
        for (const t of ['GET', 'get', 'Get']) {
          const states = await sound(await done({ t, i: number }), 'table');
          assert.deepEqual([states.on_off, states.brightness], [true, 70]);
        }
      });

      test('GET: a device that is away is shown as such', async () => {
        const { number, reachable } = await device('dead');
        assert.equal(reachable, false);
        await sound(await done({ t: 'GET', i: number }), 'dead');
      });

      test('GET: everything, with i 0 and without', async () => {
        for (const request of [{ t: 'GET' }, { t: 'GET', i: 0 }, { t: 'get', c: 5, a: 6 }]) {
          const all = await done(request);
          assert.deepEqual(Object.keys(all), ['status', 'devices']);
          assert.deepEqual(Object.keys(all.status), ['code', 'class', 'name', 'since']);
          assert.deepEqual([all.status.code, all.status.class, all.status.name], [2000, 'SUCCESS', 'OK']);
          assert.ok(Date.parse(all.status.since) <= Date.now());
          assert.deepEqual(all.devices.map(({ id }) => id).sort(), devices.map(({ id }) => `simulated:${id}`).sort());
          for (const one of all.devices) await sound(one, one.id.slice('simulated:'.length));
        }
      });

      test('GET errors: numbers that nobody has, and what is no number', async () => {
        for (const i of [9999, -1, 2 ** 31, 2 ** 32, 2 ** 53, 1.5, '1', '', 'x', null, true, [], [1], {}, 1e300])
          await fails({ t: 'GET', i });
        assert.ok((await done({ t: 'GET' })).devices.length > 0);
      });

      test('MSG is told on the bus and in the log, in one line', async (t) => {
        const bus = place.server.ctl.follow(t, 'bus');
        await bus.find('the plugins', (m) => m.type === 'PluginState');
        await place.server.ctl.json('devices');
        for (const [mt, kind, m] of [['warning', 'warning', `dinner ${form}`], [undefined, 'info', `one\nmore ${form}`],
          ['x.y/ü', 'x.y/ü', `"quoted" € 😀 ${form}`]]) {
          await done({ t: 'MSG', i: 4, m, ...(mt && { mt }) });
          const heard = await bus.find(m, (message) => message.name === 'interlock.Message' && message.body.text === m);
          assert.deepEqual([heard.body.kind, heard.retained], [kind, false]);
        }
        await place.server.logged(new RegExp(`interlock.*dinner ${form}`));
        assert.equal(/^more/m.test(place.server.launchLog), false);
        for (const t2 of ['MSG', 'msg', 'Msg']) await done({ t: t2, m: 'x' });
        await done({ t: 'MSG', m: 'x'.repeat(30000) });
        const only = place.server.ctl.follow(t, 'bus', '--type', 'interlock.Message');
        await until('a message', async () => {
          await done({ t: 'MSG', m: 'by type' });
          return only.messages.some(({ body }) => body.text === 'by type');
        });
      });

      test('MSG errors', async () => {
        for (const more of [{}, { m: null }, { m: 5 }, { m: [] }, { m: { a: 1 } }, { m: true }, { m: 'x', mt: 5 }, { m: 'x', mt: null },
          { m: 'x', mt: ['info'] }, { m: 'x', mt: {} }])
          await fails({ t: 'MSG', i: 6, ...more });
      });

      test('what is no request at all is answered, and the connection stays', async () => {
        for (const request of [{}, { t: null }, { t: 5 }, { t: true }, { t: ['CMD'] }, { t: {} }, { t: '' }, { t: 'FLY' }, { t: 'CMDS' },
          { t: ' GET' }, { i: 3 }, { c: 'Hall.on' }, { t: 'x'.repeat(1000) }, { t: 'GET\0' }, { T: 'GET' }])
          await fails(request);
        for (const other of [[], [{ t: 'GET' }], 'GET', 5, null, true]) await fails(other);
        await done({ t: 'GET' });
      });

      test('an i that is no integer is not echoed', async () => {
        for (const i of ['7', 1.5, null, [], {}, true]) {
          const answer = await ask({ t: 'CMD', i, c: 'Hall.on' });
          assert.equal('i' in answer, false, JSON.stringify([i, answer]));
        }
      });

      // Thousands are too deep for Socket.IO itself: see interlock_hostile.
      test('32 levels are fine, more are refused; the connection stays', async () => {
        await done(nested(31));
        for (const levels of [32, 40, ...(transport === 'websocket' ? [100, 1000] : [])]) {
          const answer = await ask(nested(levels));
          assert.deepEqual([answer.s, typeof answer.e], [4100, 'string'], `${levels} levels`);
        }
        await done({ t: 'GET' });
      });

      test('all of it came on one connection', () => {
        assert.equal(place.remote.attempts.length, 1);
        assert.deepEqual(place.session.strange, []);
        assert.deepEqual(place.session.pushes, [], 'push_state is off');
      });
    });

  describe('frames', { concurrency: 1 }, () => {
    const place = houseFor({}, {}, many);
    const said = async (text) => place.session.send(text).answer();

    test('a text that is no JSON is answered with s and e alone', async () => {
      for (const text of ['', ' ', 'hello', '{', '{"t":"GET"', '{"t":"GET"}}', '{"t":"GET"}{"t":"GET"}', '{\'t\':\'GET\'}', '{"t":"GET",}',
        '\0',
        '{"t":"GET","i":01}', '{"t":NaN}', '[', '"', 'nul', '\ufeff{"t":"GET"}', '{"t":"\\ud800"}', '{"t":"G\nET"}', deep(10000),
        '['.repeat(60000)]) {
        const answer = await said(text);
        assert.equal(answer.s, 4100, text.slice(0, 30));
        assert.ok(Object.keys(answer).every((key) => ['t', 's', 'e'].includes(key)) && answer.e.length > 3, JSON.stringify(answer));
      }
    });

    test('white space and escapes are JSON', async () => {
      for (const text of [' {"t":"GET"} ', '{\n"t"\t:\r\n"GET"}', '{"\\u0074":"\\u0047ET"}']) assert.equal((await said(text)).s, 2000,
        text);
    });

    test('binary frames are refused in words, and the connection stays', async () => {
      for (const bytes of [Buffer.from('{"t":"GET"}'), Buffer.alloc(0), Buffer.alloc(60000, 255)]) {
        const answer = await place.session.send(bytes).answer();
        assert.deepEqual(Object.keys(answer), ['s', 'e']);
        assert.equal(answer.s, 4100);
      }
      assert.equal((await said('{"t":"GET"}')).s, 2000);
    });

    test('a request in fragments is one request', async () => {
      const { wire } = place.session;
      for (const part of ['{"t":', '"GE', 'T"', '']) wire.send(part, { fin: false });
      wire.ping('between');
      wire.send('}');
      assert.equal((await place.session.answer()).s, 2000);
    });

    test('64 KiB are a frame, one byte more closes with 1009, and the house comes back', async () => {
      const sized = (size) => {
        const text = JSON.stringify({ t: 'GET', x: '' });
        return text.replace('""', `"${'x'.repeat(size - text.length)}"`);
      };
      assert.equal((await said(sized(65536))).s, 2000);
      place.session.send(sized(65537));
      assert.equal((await place.session.ended()).code, 1009);
      place.session = await place.remote.session();
      assert.equal((await said('{"t":"GET"}')).s, 2000);
    });

    test('a thousand requests in a row are answered, each', async () => {
      for (let i = 1; i <= 1000; ++i) place.session.send({ t: 'MSG', i, m: `${i}` });
      for (let i = 1; i <= 1000; ++i) assert.deepEqual(await place.session.answer(), { t: 'MSG', i, s: 2000 });
    });
  });

  test('commands that are under way when the connection ends harm nobody', async (t) => {
    const remote = await Remote.start(t);
    const { server, session } = await connected(t, remote, {}, many);
    for (let i = 0; i < 10; ++i) session.send({ t: 'CMD', i, c: 'Slow.toggle' });
    await until('the command', async () => (await server.device('simulated:slow')).state.on_off?.desired === true);
    session.wire.terminate();
    const next = await remote.session();
    assert.equal((await next.ask({ t: 'CMD', c: 'Hall.on' })).s, 2000);
    await until('the end of the commands', async () => typeof (await server.device('simulated:slow')).state.on_off.reported === 'boolean');
    assert.equal((await next.ask({ t: 'GET' })).s, 2000, 'no answers to what another connection asked');
    assert.deepEqual(next.answers, []);
  });
});
