// The bridge: the house as a monitor that users command, and connected monitors as devices that the house commands.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { asked } from './lib/athome.mjs';
import { houseFor, joined, monitor, newId, ours, refused, user } from './lib/socketio.mjs';
import { until, within } from './lib/until.mjs';

const kHouse = 'hearth'.padEnd(32, '0');
const kOk = { reason: 'Command ok' }, kFinish = { reason: 'Command finish' };
const lamps = (...names) => names.map((name) => ({ id: name.replace(/\W/g, ''), name, kind: 'light' }));

// Sends a command and yields its outcome: [name, content].
async function outcome(session, command, ms) {
  session.emit('command send', { command });
  const first = await session.event(ms);
  if (first[0] !== 'command ok') return first;
  assert.deepEqual(first[1], kOk);
  return session.event(ms);
}

describe('the house is a monitor', { concurrency: 8, ...ours }, () => {
  const where = houseFor('socketio', {}, { simulated: { device: [...lamps('Kitchen lamp', 'Hall', 'Spare lamp', 'Küche "1"', 'A b c'),
    { id: 'table', name: 'Table lamp', kind: 'dimmer' }, { id: 'mood', name: 'Mood', kind: 'color' },
    { id: 'moody', name: 'Moody lamp', kind: 'light', failure_rate: 1 },
    { id: 'slow', name: 'Slow lamp', kind: 'light', latency_ms: 400 }] } });
  const state = async (id, capability = 'on_off') => (await where.server.device(`simulated:${id}`)).state[capability]?.reported;
  const done = async (session, command) => assert.deepEqual(await outcome(session, command), ['command finish', kFinish], command);

  test('on, off and toggle switch a device, and finish when it has switched', async (t) => {
    const one = await user(t, where, kHouse);
    for (const [command, on] of [['on Kitchen lamp', true], ['off Kitchen lamp', false], ['toggle Kitchen lamp', true],
      ['toggle Kitchen lamp', false], ['on Kitchen lamp', true], ['on Kitchen lamp', true]]) {
      await done(one, command);
      assert.equal(await state('Kitchenlamp'), on, command);
    }
    for (const name of ['Küche "1"', 'A b c']) await done(one, `on ${name}`);
    assert.equal(await state('Abc'), true);
  });

  test('set sets a capability', async (t) => {
    const one = await user(t, where, kHouse);
    await done(one, 'set Table lamp brightness 40');
    assert.equal(await state('table', 'brightness'), 40);
    await done(one, 'set Mood color #FF8000');
    const { hue, saturation } = await state('mood', 'color');
    assert.ok(Math.abs(hue - 30) <= 1 && Math.abs(saturation - 100) <= 1, `${hue} ${saturation}`);
    await done(one, 'set Spare lamp on_off on');
    assert.equal(await state('Sparelamp'), true);
  });

  test('finish comes when the device has switched, not before', async (t) => {
    const one = await user(t, where, kHouse);
    await done(one, 'on Slow lamp');
    assert.equal(await state('slow'), true);
  });

  test('status tells the devices and what they show, of all or of one', async (t) => {
    const one = await user(t, where, kHouse);
    await done(one, 'on Hall');
    const [all, content] = await outcome(one, 'status');
    assert.equal(all, 'command finish');
    assert.equal(content.reason, 'Command finish');
    for (const name of ['Kitchen lamp', 'Hall', 'Table lamp', 'Moody lamp', 'Küche \\"1\\"'])
      assert.ok(JSON.stringify(content.result).includes(name), `${name} in ${JSON.stringify(content.result)}`);
    const [name, { reason, result }] = await outcome(one, 'status Hall');
    assert.deepEqual([name, reason], ['command finish', 'Command finish']);
    const text = JSON.stringify(result);
    assert.match(text, /Hall/);
    assert.match(text, /true|"on"/);
    assert.doesNotMatch(text, /Kitchen/);
    await done(one, 'off Hall');
    assert.match(JSON.stringify((await outcome(one, 'status Hall'))[1].result), /false|"off"/);
  });

  for (const command of ['fly', 'on', 'on ', 'on Nobody', 'off  ', 'toggle', 'set', 'set Table lamp', 'set Table lamp brightness',
    'set Table lamp brightness 400', 'set Table lamp brightness bright', 'set Kitchen lamp wings 1', 'status Nobody', ' ', '\0',
    'on \ud83c\udfe0',
    'onKitchen lamp', `on ${'x'.repeat(50000)}`, 'set Nobody on_off on', '{"command":"on Hall"}'])
    test(`a command that the house can't do fails in words, and the next one is done: ${JSON.stringify(command.slice(0, 30))}`,
      async (t) => {
      const one = await user(t, where, kHouse);
      const [name, { reason }] = await outcome(one, command);
      assert.equal(name, 'command failed');
      assert.ok(reason.length > 3, reason);
      await done(one, 'on Spare lamp');
    });

  test('a command that a device fails to do fails in words, and is told to no other user', async (t) => {
    const one = await user(t, where, kHouse), other = await user(t, where, kHouse);
    const failing = outcome(one, 'on Moody lamp');
    await done(other, 'on Spare lamp');
    const [name, { reason }] = await failing;
    assert.equal(name, 'command failed');
    assert.ok(reason.length > 3, reason);
  });

  test('nobody else may be the house', async (t) => {
    for (let i = 0; i < 2; ++i) {
      const session = await joined(t, where);
      session.emit('con', { monitor_id: kHouse });
      await refused(session, 'con failed', { reason: 'monitor_id already registered' });
    }
  });

  test('a user that leaves with a command out harms nobody', async (t) => {
    const one = await user(t, where, kHouse);
    one.emit('command send', { command: 'on Slow lamp' });
    await one.hears('command ok', kOk);
    one.link.wire.reset();
    await done(await user(t, where, kHouse), 'on Hall');
  });
});

describe('monitors are devices', { concurrency: 4, ...ours }, () => {
  const where = houseFor('socketio');
  const ctl = () => where.server.ctl;
  const device = (id, what, fits = () => true) => until(`socketio:${id} ${what}`, async () => {
    const found = await where.server.device(`socketio:${id}`);
    return found && fits(found) && found;
  });
  const there = (id) => device(id, 'reachable', ({ reachable }) => reachable);

  // Runs hearthctl while the monitor hears this command and answers it with `say`.
  async function commanded(holder, wanted, say, ...args) {
    const running = ctl().run('device', ...args);
    await holder.hears('command do', { command: wanted });
    say(holder);
    return within(15000, 'the end of hearthctl', running);
  }
  const kDone = (holder) => holder.emit('command done');

  test('a connected monitor is a device with a command and a switch', async (t) => {
    const id = newId();
    await monitor(t, where, id);
    const shown = await there(id);
    assert.equal(shown.plugin, 'socketio');
    const capabilities = JSON.stringify(shown);
    for (const name of ['"command"', '"on_off"']) assert.ok(capabilities.includes(name), `${name} in ${capabilities}`);
  });

  test('hearthctl sends it commands, and their end is its end', async (t) => {
    const id = newId(), holder = await monitor(t, where, id);
    await there(id);
    const done = await commanded(holder, 'set pump 1', kDone, 'set', `socketio:${id}`, 'command', 'set pump 1');
    assert.equal(done.code, 0, done.stderr);
    const error = (h) => h.emit('command error', { reason: 'the pump is dry' });
    const failed = await commanded(holder, 'set pump 2', error, 'set', `socketio:${id}`, 'command', 'set pump 2');
    assert.equal(failed.code, 1);
    assert.match(failed.stdout + failed.stderr, /the pump is dry/);
  });

  test('its switch sends on and off', async (t) => {
    const id = newId(), holder = await monitor(t, where, id);
    await there(id);
    for (const [word, on] of [['on', true], ['off', false], ['on', true]]) {
      const { code, stderr } = await commanded(holder, word, kDone, word, `socketio:${id}`);
      assert.equal(code, 0, stderr);
      await device(id, word, ({ state }) => state.on_off?.reported === on);
    }
    const failed = await commanded(holder, 'off', (h) => h.emit('command error', { reason: 'stuck' }), 'off', `socketio:${id}`);
    assert.equal(failed.code, 1);
    assert.match(failed.stdout + failed.stderr, /stuck/);
    assert.equal((await where.server.device(`socketio:${id}`)).state.on_off.reported, true, 'facts, no echo of the wish');
  });

  test('AtHome switches it like any device', async (t) => {
    const id = newId(), holder = await monitor(t, where, id);
    const { number } = await there(id);
    const switching = asked(await where.server.listen('athome'), 'On', { 'device-id': number }, { ms: 10000 });
    await holder.hears('command do', { command: 'on' });
    holder.emit('command done');
    await switching;
  });

  test('a monitor that is away is unreachable; back, it is the device that it was', async (t) => {
    const id = newId(), holder = await monitor(t, where, id);
    const { number } = await there(id);
    holder.link.destroy();
    await device(id, 'unreachable', ({ reachable }) => !reachable);
    assert.ok((await ctl().fails(1, 'device', 'on', `socketio:${id}`)).length > 5);
    const heir = await monitor(t, where, id);
    assert.equal((await there(id)).number, number);
    assert.equal((await commanded(heir, 'on', kDone, 'on', `socketio:${id}`)).code, 0);
  });

  test('a monitor that goes away with a command out fails it', async (t) => {
    const id = newId(), holder = await monitor(t, where, id);
    await there(id);
    const { code } = await commanded(holder, 'x', (h) => h.link.wire.reset(), 'set', `socketio:${id}`, 'command', 'x');
    assert.equal(code, 1);
  });

  test('a monitor that takes another id leaves the first device unreachable', async (t) => {
    const [old, fresh] = [newId(), newId()], holder = await monitor(t, where, old);
    await there(old);
    holder.emit('con', { monitor_id: fresh });
    await holder.hears('con ok');
    await there(fresh);
    await device(old, 'unreachable', ({ reachable }) => !reachable);
  });

  test('ids of odd characters break nothing', async (t) => {
    for (const char of ['/', ' ', '"', '\\', ':', 'é', '\n', '*', '#', '{', '.', '\u0001']) {
      const holder = await monitor(t, where, char.repeat(32));
      const one = await user(t, where, char.repeat(32));
      one.emit('command send', { command: 'x' });
      await holder.hears('command do', { command: 'x' });
      assert.ok(Array.isArray(await ctl().json('devices')), JSON.stringify(char));
    }
  });
});

for (const [what, settings, id] of [['ids of any length', { monitor_id_length: 0 }, 'hearth'], ['ids of 8',
  { monitor_id_length: 8 }, 'hearth00'], ['a name of its own', { local_monitor: 'c'.repeat(32) }, 'c'.repeat(32)]])
  describe(`the house's id with ${what}`, ours, () => {
    const where = houseFor('socketio', settings, { simulated: { device: lamps('Hall') } });

    test(`is ${id}`, async (t) => {
      assert.deepEqual(await outcome(await user(t, where, id), 'on Hall'), ['command finish', kFinish]);
    });
  });
