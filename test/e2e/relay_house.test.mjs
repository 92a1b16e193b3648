// The relay and the house: its devices as targets of packets.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Client, houseFor, packet, registered } from './lib/relay.mjs';
import { toml } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const lamp = (id, more = {}) => ({ id, kind: 'light', ...more });
const kDevices = [lamp('hall', { name: 'Hall lamp' }), lamp('bare'), lamp('dark'), lamp('t1', { name: 'Twin' }),
  lamp('t2', { name: 'Twin' }),
  { id: 'table', name: 'Küche "1"', kind: 'dimmer' }, { id: 'mood', name: 'Mood', kind: 'color' }, { id: 'fridge', name: 'Fridge',
    kind: 'plug' },
  lamp('moody', { name: 'Moody', failure_rate: 1 }), lamp('dead', { name: 'Dead', reachable: false }),
  ...['dead2', 'dead3', 'dead4', 'dead5'].map((id) => lamp(id, { reachable: false })),
  lamp('slow', { name: 'Slow', latency_ms: 300 }), lamp('slow2', { latency_ms: 300 }), lamp('many'),
  { id: 'wide', name: 'w'.repeat(128), kind: 'color' }];
const kIds = kDevices.map(({ id }) => `simulated:${id}`);
const kNames = kDevices.map(({ id, name }) => (name === 'Twin' ? `simulated:${id}` : name ?? id));
const kUnnamed = /^Device must be registered to send packets to other devices$/;

// What a device has reported, as hearthctl tells it.
const shown = async (house, id) => {
  const { state } = await house.server.device(`simulated:${id}`);
  return Object.fromEntries(Object.entries(state).map(([name, { reported }]) => [name, reported]));
};

// What all answers of devices are.
function answered(answer, id, name) {
  assert.equal(answer.success, true, JSON.stringify(answer));
  assert.deepEqual(Object.keys(answer.response), ['id', 'name', 'reachable', 'states']);
  assert.deepEqual([answer.response.id, answer.response.name], [id, name]);
  assert.equal(typeof answer.response.reachable, 'boolean');
  return answer.response.states;
}

describe('commands', { concurrency: 8 }, () => {
  const house = houseFor({}, { simulated: { device: kDevices } });
  // Tests run side by side: each has its own lamp.
  const told = async (one, target, payload) => answered(await one.ask(target, payload), one.id, one.title);
  const panel = async (t, id, name) => Object.assign(await registered(t, house), { id: `simulated:${id}`, title: name });

  test('on, off, toggle and get, by name and by id, are answered when it is done', async (t) => {
    const one = await panel(t, 'hall', 'Hall lamp');
    for (const target of ['Hall lamp', 'simulated:hall'])
      for (const [name, on] of [['on', true], ['get', true], ['off', false], ['get', false], ['toggle', true], ['toggle', false],
        ['toggle', true], ['on', true], ['off', false], ['off', false]]) {
        assert.deepEqual(await told(one, target, { command: name }), { on_off: on }, name);
        assert.equal((await shown(house, 'hall')).on_off, on, name);
      }
    assert.deepEqual(await told(one, 'Hall lamp', { command: 'set', on_off: true }), { on_off: true });
    await one.quiet();
  });

  test('set sets what it names, on and off may do so too', async (t) => {
    const one = await panel(t, 'table', 'Küche "1"');
    for (const [payload, wanted] of [[{ command: 'set', brightness: 40 }, { brightness: 40 }],
      [{ command: 'on', brightness: 70 }, { on_off: true, brightness: 70 }], [{ command: 'set', on_off: false, brightness: 1 },
        { on_off: false, brightness: 1 }], [{ command: 'off', brightness: 9 }, { on_off: false, brightness: 9 }]]) {
      const states = await told(one, 'Küche "1"', payload), real = await shown(house, 'table');
      for (const [name, value] of Object.entries(wanted)) assert.deepEqual([states[name], real[name]], [value, value], name);
    }
  });

  test('a colour has three forms', async (t) => {
    const one = await panel(t, 'mood', 'Mood');
    for (const [color, hue, saturation] of [[[255, 128, 0], 30, 100], ['#0000FF', 240, 100], ['#00ff00', 120, 100],
      [{ hue: 300, saturation: 50 }, 300, 50], [[255, 255, 255], null, 0], [[128, 0, 255], 270, 100]]) {
      const states = await told(one, 'Mood', { command: 'set', color });
      const real = (await shown(house, 'mood')).color;
      assert.ok(Math.abs(real.saturation - saturation) <= 1, JSON.stringify([color, real]));
      if (hue !== null) assert.ok(Math.abs(real.hue - hue) <= 1, JSON.stringify([color, real]));
      assert.ok('color' in states);
    }
    await told(one, 'Mood', { command: 'on', brightness: 20, color: '#ff0000' });
    const { on_off, brightness, color } = await shown(house, 'mood');
    assert.deepEqual([on_off, brightness, Math.round(color.hue) % 360], [true, 20, 0]);
    await told(one, 'Mood', { command: 'set', color_temperature: 3000 });
    assert.equal((await shown(house, 'mood')).color_temperature, 3000);
  });

  for (const [target, payload] of [['Mood', { command: 'fly' }], ['Mood', {}], ['Mood', 'on'], ['Mood', null], ['Mood', ['on']],
    ['Mood', { command: 5 }], ['Mood', { brightness: 5 }], ['Mood', { command: 'set', wings: 1 }], ['Mood', { command: 'on', wings: 1 }],
    ['bare', { command: 'set', brightness: 5 }], ...[101, -1, 'bright', null, [], {}, true].map(
      (brightness) => ['Mood', { command: 'set', brightness }]), ...[[256, 0, 0], [1, 2], [1, 2, 3, 4], ['a', 0, 0], [-1, 0, 0], 'red',
      '#12', '#gggggg', '', {}, { hue: 1 }, { hue: 400, saturation: 5 }, { hue: 4, saturation: 101 }, 5, null].map(
      (color) => ['Mood', { command: 'set', color }]), ['Mood', { command: 'set', color_temperature: 100 }],
    ['Mood', { command: 'set', on_off: 'perhaps' }], ['Fridge', { command: 'set', power: 5 }], ['Moody', { command: 'on' }]])
    test(`this fails in words: ${packet(target, payload)}`, async (t) => {
      const one = await registered(t, house);
      await one.refused(target, payload);
      await one.quiet();
    });

  test('a name that two devices share is refused with both ids; by id each does as told', async (t) => {
    const one = await panel(t, 't1', 'Twin');
    for (const name of ['on', 'get']) {
      const words = await one.refused('Twin', { command: name });
      for (const id of ['simulated:t1', 'simulated:t2']) assert.ok(words.includes(id), words);
    }
    await one.refused('server', { command: 'get_device_info', device_name: 'nobody' });
    await told(one, 'simulated:t1', { command: 'on' });
    assert.deepEqual([(await shown(house, 't1')).on_off, (await shown(house, 't2')).on_off], [true, false]);
  });

  test('names and ids are matched exactly', async (t) => {
    const one = await registered(t, house);
    for (const target of ['hall lamp', 'HALL LAMP', 'Hall lamp ', 'Hall', 'hall', 'Simulated:hall', 'simulated:HALL', 'simulated:', '1'])
      await one.refused(target, { command: 'get' });
  });

  test('only who has a name may command, and ask', async (t) => {
    const one = await Client.open(t, house);
    for (const name of ['on', 'get', 'set']) for (const target of ['dark', 'simulated:dark']) await one.refused(target, { command: name },
      kUnnamed);
    assert.equal((await shown(house, 'dark')).on_off, false);
  });

  test('nobody may take the name or the id of a device, by force neither', async (t) => {
    const one = await Client.open(t, house);
    for (const device_name of ['Hall lamp', 'bare', 'Twin', ...kIds])
      for (const force of [undefined, true]) await one.refused('server', { command: 'register', device_name, force });
    await one.register();
    for (const device_name of ['Hall lamp', 'simulated:hall']) await one.refused('server', { device_name, force: true });
    await one.asked(one.name, 1);
    await one.hears(one.name, 1);
  });

  test('they are listed behind the clients, and tell what they can do', async (t) => {
    const one = await registered(t, house), names = await one.devices();
    assert.deepEqual(names.slice(-kNames.length).sort(), [...kNames].sort());
    assert.ok(names.indexOf(one.name) < names.length - kNames.length && !names.some((name) => name.startsWith('relay:')));
    for (const name of [...kNames, ...kIds]) {
      const info = await one.info(name);
      assert.deepEqual(Object.keys(info), ['name', 'description', 'interface'], name);
      assert.ok(info.interface.length > 3);
    }
    assert.match((await one.info('Mood')).description, /brightness/);
    assert.doesNotMatch((await one.info('bare')).description, /brightness/);
    assert.equal((await one.info('simulated:hall')).name, 'Hall lamp');
  });

  test('what follows a slow command waits, so that answers stay in order', async (t) => {
    const one = await panel(t, 'slow', 'Slow');
    one.write(packet('Slow', { command: 'on' }) + packet('server', { command: 'get_devices' }) + packet('Slow', { command: 'off' })
      + packet('Slow', { command: 'get' }) + packet('nobody', 1));
    assert.deepEqual(answered(await one.answer(), one.id, 'Slow'), { on_off: true });
    assert.ok(Array.isArray((await one.answer()).response));
    for (let i = 0; i < 2; ++i) assert.deepEqual(answered(await one.answer(), one.id, 'Slow'), { on_off: false });
    assert.equal((await one.answer()).success, false);
    await one.quiet();
  });

  test('a hundred commands in one piece are done one by one', async (t) => {
    const one = await panel(t, 'many', 'many');
    one.write(Array.from({ length: 100 }, (_, i) => packet('many', i % 10 === 9 ? { command: 'fly' } : { command: 'toggle' })).join(''));
    for (let i = 0, on = false; i < 100; ++i) {
      const answer = await one.answer();
      if (i % 10 === 9) assert.equal(answer.success, false);
      else assert.deepEqual(answered(answer, one.id, 'many'), { on_off: (on = !on) });
    }
    await one.quiet();
  });

  test('who closes its half behind a command gets the answer', async (t) => {
    const one = await panel(t, 'slow2', 'slow2');
    one.socket.end(packet('slow2', { command: 'on' }) + packet('slow2', { command: 'get' }));
    for (let i = 0; i < 2; ++i) assert.deepEqual(answered(await one.answer(), one.id, 'slow2'), { on_off: true });
    await one.gone();
  });

  test('a dead device costs who asked for it a while, the others nothing', async (t) => {
    const [one, other] = [await registered(t, house), await registered(t, house)];
    let over = false;
    const first = one.ask('Dead', { command: 'on' }, 12_000).finally(() => { over = true; });
    first.catch(() => {});
    one.write(packet(other.name, 'behind it') + packet('server', { command: 'get_devices' }));
    for (let i = 0; i < 50; ++i) {
      await other.asked('bare', { command: 'toggle' });
      await other.asked(one.name, i);
      await one.hears(other.name, i);
    }
    await other.refused('nobody', 1);
    assert.equal(over, false, 'the others were answered before the dead device was given up');
    assert.equal((await first).success, false);
    await other.hears(one.name, 'behind it');
    assert.deepEqual(await one.outcomes(2), [true, true]);
    await one.quiet();
  });

  for (const [what, device, rest] of [['', 'dead2', ''], [' and packets behind it', 'dead3', packet('nobody', 1).repeat(5)]])
    test(`who leaves with a command out${what} harms nobody, and has no name any more`, async (t) => {
      const gone = await registered(t, house), other = await registered(t, house), first = await registered(t, house);
      let over = false;
      const ended = first.ask('dead5', { command: 'on' }, 12_000).finally(() => { over = true; });
      ended.catch(() => {});
      await gone.pieces([packet(`simulated:${device}`, { command: 'on' }), rest]);
      gone.reset();
      await until('its name is free', async () => !(await other.devices()).includes(gone.name));
      assert.equal(over, false, 'at once, not when a command of that time was given up');
      await registered(t, house, gone.name);
      await other.asked('bare', { command: 'get' });
      await ended;
    });

  test('who loses the name with a command out is told at once, and gets its answer', async (t) => {
    const one = await registered(t, house), other = await registered(t, house);
    one.send('simulated:dead4', { command: 'on' });
    await other.register(one.name, { force: true });
    assert.equal((await one.packet()).payload.event, 'unregistered');
    assert.equal((await one.answer(12_000)).success, false);
    await one.quiet();
  });
});

describe('from a process of its own', () => {
  const house = houseFor({ isolation: 'process' }, { simulated: { device: [lamp('hall', { name: 'Hall lamp' })] } });

  test('the relay does what it does in the server', async (t) => {
    assert.equal((await house.server.plugin('relay')).isolation, 'process');
    const one = await registered(t, house, 'one', { interface: 'i' }), other = await registered(t, house, 'other');
    assert.deepEqual(await one.devices(), ['one', 'other', 'Hall lamp']);
    for (let i = 0; i < 100; ++i) {
      await one.asked('other', i);
      await other.hears('one', i);
    }
    for (const on of [true, false]) {
      const answer = await one.ask('Hall lamp', { command: 'toggle' });
      assert.deepEqual(answered(answer, 'simulated:hall', 'Hall lamp'), { on_off: on });
      assert.equal((await shown(house, 'hall')).on_off, on);
    }
    await one.refused('Hall lamp', { command: 'fly' });
    await until('the device', async () => (await house.server.device('relay:one'))?.state['relay.interface']?.reported === 'i');
    await house.server.ctl.text('device', 'set', 'relay:one', 'payload', '{"a":1}');
    await one.hears('server', { a: 1 });
    one.reset();
    await until('it is unreachable', async () => !(await house.server.device('relay:one')).reachable);
  });
});

describe('the end', () => {
  const house = houseFor({}, { simulated: { device: [lamp('dead', { reachable: false })] } });

  test('comes in time with a command out, packets half sent, and packets that wait for who doesn\'t read', async (t) => {
    const [one, deaf, half] = [await registered(t, house), await registered(t, house), await registered(t, house)];
    deaf.socket.pause();
    for (let full = false; !full; full = (await half.outcomes(100)).includes(false))
      half.write(packet(deaf.name, 'x'.repeat(900)).repeat(100));
    await half.pieces(['{"target":"ser']);
    one.send('dead', { command: 'on' });
    await one.pieces([packet('dead', { command: 'off' })]);
    await house.server.stop();
    for (const client of [one, half]) await until('the end', () => client.closed);
  });
});

describe('a client and a device of one name', () => {
  const house = houseFor({}, { simulated: { device: [lamp('hall')] } });

  test('the client was there first: its packets are its own, the device is there by id', async (t) => {
    const desk = await registered(t, house, 'Desk'), one = await registered(t, house);
    house.server.reload(toml({ relay: { listen: '127.0.0.1:0' }, simulated: { device: [lamp('hall'), lamp('desk', { name: 'Desk' })] } }));
    await until('the new device', () => house.server.device('simulated:desk'));
    await until('its place in the list', async () => (await one.devices()).includes('simulated:desk'));
    await one.asked('Desk', { command: 'on' });
    await desk.hears(one.name, { command: 'on' });
    assert.equal((await shown(house, 'desk')).on_off, false);
    answered(await one.ask('simulated:desk', { command: 'on' }), 'simulated:desk', 'Desk');
    assert.equal((await shown(house, 'desk')).on_off, true);
    // When the client has gone the name is the device's alone.
    desk.destroy();
    await until('Desk is the lamp', async () => (await one.ask('Desk', { command: 'get' })).response?.id === 'simulated:desk');
    await (await Client.open(t, house)).refused('server', { command: 'register', device_name: 'Desk', force: true });
  });
});
