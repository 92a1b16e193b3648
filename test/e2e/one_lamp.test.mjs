// One lamp, four protocols: whoever switches it, each of the others sees so by its own means.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { House } from './lib/athome.mjs';
import { connected, lamp, Remote } from './lib/interlock.mjs';
import { registered } from './lib/relay.mjs';
import { user } from './lib/socketio.mjs';
import { until } from './lib/until.mjs';

const kHouse = 'hearth'.padEnd(32, '0');
const loopback = { listen: '127.0.0.1:0' };

for (const transport of ['websocket', 'socketio'])
  for (const isolation of ['none', 'process'])
    describe(`Interlock over ${transport}, protocols ${isolation === 'none' ? 'in the server' : 'in processes of their own'}`, () => {
      test('AtHome, the relay, Interlock and Socket.IO switch one lamp, and each sees it', async (t) => {
        const remote = await Remote.start(t, { transport });
        const { server, session } = await connected(t, remote, { push_state: true, isolation },
          { athome: { ...loopback, isolation }, relay: { ...loopback, isolation }, socketio: { ...loopback, isolation } });
        const athome = await new House(server).open();
        const number = await athome.number('hall');
        const relay = await registered(t, await server.listen('relay'), 'switch');
        const monitor = await user(t, await server.listen('socketio'), kHouse);
        const statusOfMonitor = async () => {
          monitor.emit('command send', { command: `status ${lamp.name}` });
          for (let event = await monitor.event(); ; event = await monitor.event())
            if (event[0] === 'command finish') return event[1].result.devices[0].states.on_off;
        };

        const switches = {
          AtHome: (on) => athome.asked(on ? 'On' : 'Off', { 'device-id': number }),
          relay: (on) => relay.asked(lamp.name, { command: on ? 'on' : 'off' }),
          Interlock: async (on) => assert.equal((await session.ask({ t: 'CMD', c: `${lamp.name}.${on ? 'on' : 'off'}` })).s, 2000),
          SocketIO: async (on) => {
            monitor.emit('command send', { command: `${on ? 'on' : 'off'} ${lamp.name}` });
            while ((await monitor.event())[0] !== 'command finish');
          },
        };
        const views = {
          AtHome: async () => (await athome.shown(number)).on,
          relay: async () => (await relay.asked(lamp.name, { command: 'get' })).states.on_off,
          Interlock: async () => session.pushes.findLast(({ m }) => m.id === 'simulated:hall')?.m.states.on_off,
          SocketIO: statusOfMonitor,
        };
        let on = false;
        for (const [by, switched] of Object.entries(switches))
          for (let twice = 0; twice < 2; ++twice) {
            on = !on;
            await switched(on);
            for (const [who, sees] of Object.entries(views))
              await until(`${who} sees that ${by} has switched it ${on ? 'on' : 'off'}`, async () => (await sees()) === on);
          }
      });
    });
