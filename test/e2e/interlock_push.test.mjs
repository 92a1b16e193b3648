// push_state: what changes in the house is told to the server, once it is connected.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { House } from './lib/athome.mjs';
import { connected, Remote } from './lib/interlock.mjs';

const sections = { athome: { listen: '127.0.0.1:0' }, simulated: { device: [{ id: 'hall', name: 'Hall', kind: 'light' },
  { id: 'table', name: 'Table lamp', kind: 'dimmer' }, { id: 'other', name: 'Other', kind: 'light' },
  { id: 'moody', name: 'Moody', kind: 'light', failure_rate: 1 }] } };

describe('push_state', { concurrency: 2 }, () => {
  for (const transport of ['websocket', 'socketio'])
    describe(transport, { concurrency: 4 }, () => {
      const start = async (t, settings = { push_state: true }) => {
        const remote = await Remote.start(t, { transport });
        return { remote, ...await connected(t, remote, settings, sections) };
      };
      // The first push, past or to come, that fits.
      const pushed = (session, what, fits) => session.remote.seen(what, () => session.pushes.find(fits));
      const about = (session, id) => session.pushes.filter(({ m }) => m.id === `simulated:${id}`);

      test('each change is told, whoever has made it', async (t) => {
        const { server, session } = await start(t);
        const home = await new House(server).open(), number = await home.number('hall');
        const shows = (on) => ({ m }) => m.id === 'simulated:hall' && m.states.on_off === on;
        await home.asked('On', { 'device-id': number });
        const push = await pushed(session, 'the lamp is on', shows(true));
        assert.deepEqual(push, { t: 'MSG', mt: 'state', m: { id: 'simulated:hall', i: number, name: 'Hall', reachable: true,
          states: { on_off: true } } });
        assert.deepEqual(Object.keys(push), ['t', 'mt', 'm']);
        assert.deepEqual(Object.keys(push.m), ['id', 'i', 'name', 'reachable', 'states']);
        session.pushes.length = 0;
        await server.ctl.text('device', 'off', 'simulated:hall');
        await pushed(session, 'it is off', shows(false));
        session.pushes.length = 0;
        assert.equal((await session.ask({ t: 'CMD', c: 'Hall.on' })).s, 2000);
        await pushed(session, 'it is on again, by Interlock\'s own command', shows(true));
        assert.deepEqual(about(session, 'other'), [], 'who hasn\'t changed is not told');
      });

      test('several capabilities that change together', async (t) => {
        const { server, session } = await start(t);
        await session.ask({ t: 'CMD', c: 'Table lamp.set', a: { on_off: true, brightness: 35 } });
        const last = await pushed(session, 'both', ({ m }) => m.states.on_off === true && m.states.brightness === 35);
        assert.equal(last.m.i, (await server.device('simulated:table')).number);
        assert.deepEqual(await session.ask({ t: 'GET', i: last.m.i }).then(({ r }) => r), last.m, 'as GET shows it');
      });

      test('nothing is told of what was before, nor after a new connection', async (t) => {
        const { remote, server, session } = await start(t);
        assert.equal(await session.settled(), 0);
        await server.ctl.text('device', 'on', 'simulated:hall');
        await pushed(session, 'the lamp', ({ m }) => m.states.on_off === true);
        session.wire.terminate();
        const next = await remote.session();
        await server.ctl.text('device', 'on', 'simulated:other');
        await pushed(next, 'the other', ({ m }) => m.id === 'simulated:other');
        assert.deepEqual(about(next, 'hall'), []);
        assert.deepEqual(about(next, 'table'), []);
      });

      test('what changes while nobody is connected is not told later, and GET knows it', async (t) => {
        const { remote, server, session } = await start(t);
        await remote.vanish();
        await session.ended();
        await server.ctl.text('device', 'on', 'simulated:hall');
        await remote.appear();
        const next = await remote.session();
        const { r } = await next.ask({ t: 'GET', i: (await server.device('simulated:hall')).number });
        assert.equal(r.states.on_off, true);
        await server.ctl.text('device', 'on', 'simulated:other');
        await pushed(next, 'the other', ({ m }) => m.id === 'simulated:other');
        assert.deepEqual(about(next, 'hall'), []);
      });

      test('a command that fails changes nothing, and nothing is told', async (t) => {
        const { server, session } = await start(t);
        assert.equal((await session.ask({ t: 'CMD', c: 'Moody.on' })).s, 4100);
        await server.ctl.text('device', 'on', 'simulated:other');
        await pushed(session, 'the other', ({ m }) => m.id === 'simulated:other');
        for (const { m } of about(session, 'moody')) assert.equal(m.states.on_off, false);
      });

      test('what follows quickly ends with the last state', async (t) => {
        const { session } = await start(t);
        for (let i = 1; i <= 100; ++i) session.send({ t: 'CMD', i, c: 'Table lamp.set', a: { brightness: i % 2 === 0 ? 20 : 80 } });
        for (let i = 1; i <= 100; ++i) await session.answer();
        await session.ask({ t: 'CMD', c: 'Table lamp.set', a: { brightness: 61 } });
        await pushed(session, 'the last', ({ m }) => m.states.brightness === 61);
        assert.ok(session.pushes.length <= 101, `${session.pushes.length} pushes`);
      });

      test('a server that answers them, or writes nonsense back, is no trouble', async (t) => {
        const { server, session } = await start(t);
        await server.ctl.text('device', 'on', 'simulated:hall');
        await pushed(session, 'the lamp', ({ m }) => m.states.on_off === true);
        for (const answer of [{ t: 'MSG', s: 2000 }, { t: 'MSG', s: 4100, e: 'no' }]) session.send(answer);
        await session.ask({ t: 'GET' });
        session.answers.length = 0;
        await server.ctl.text('device', 'off', 'simulated:hall');
        await pushed(session, 'the lamp again', ({ m }) => m.states.on_off === false);
        assert.equal(session.open, true);
      });

      test('by default nothing is pushed', async (t) => {
        const { server, session } = await start(t, {});
        await server.ctl.text('device', 'on', 'simulated:hall');
        const { number } = await server.device('simulated:hall');
        assert.equal((await session.ask({ t: 'GET', i: number })).r.states.on_off, true);
        assert.equal(await session.settled(), 0);
      });
    });
});
