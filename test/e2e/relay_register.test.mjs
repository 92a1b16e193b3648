// Names on the relay: who may have which, and who loses it when.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chars, Client, command, houseFor, newName, packet, registered } from './lib/relay.mjs';
import { until } from './lib/until.mjs';

const where = houseFor();
const open = (t) => Client.open(t, where);
const register = (device_name, more = {}) => ({ command: 'register', device_name, ...more });
const listed = async (one, name) => (await one.devices()).includes(name);
const free = (one, name) => until(`${name} is free`, async () => !(await listed(one, name)));

// The device that had this name has lost it.
async function robbed(one, name) {
  const { sender, payload } = await one.packet();
  assert.equal(sender, 'server');
  assert.deepEqual(Object.keys(payload), ['event', 'device_name', 'reason']);
  assert.deepEqual([payload.event, payload.device_name], ['unregistered', name]);
  assert.ok(payload.reason.length > 3);
}

describe('register', () => {
  test('a name is registered with the command, or without it as in the document', async (t) => {
    for (const payload of [register(newName()), { device_name: newName() }]) {
      const one = await open(t);
      one.send('server', payload);
      assert.deepEqual(await one.answer(), { success: true });
      assert.ok(await listed(one, payload.device_name));
      assert.deepEqual(await one.info(payload.device_name), { name: payload.device_name });
    }
  });

  test('what a client tells of itself is told to others, but for what is empty', async (t) => {
    const one = await open(t);
    const all = { description: 'A "strip"\n漢', version: '1.0.1', interface: 'https://a.example/é' };
    for (const more of [all, {}, { description: '', version: '2', interface: '' }, { interface: 'i' }, { description: 'd' }]) {
      const name = newName('é"\\');
      await registered(t, where, name, more);
      const told = Object.entries(all).map(([key]) => [key, more[key]]).filter(([, value]) => value);
      const { response } = await one.ask('server', { command: 'get_device_info', device_name: name });
      assert.deepEqual(Object.entries(response), [['name', name], ...told], 'these keys, in this order');
      assert.deepEqual(await one.info(name), (await one.ask('Gerald', { command: 'device_info', device_name: name })).response);
    }
  });

  for (const name of ['server', 'Server', 'SERVER', 'sErVeR', 'gerald', 'Gerald', 'GERALD', '', 'x'.repeat(129), '漢'.repeat(129),
    '🏠'.repeat(129), 5, null, true, ['x'], { name: 'x' }])
    test(`nobody is called ${JSON.stringify(name).slice(0, 20)}`, async (t) => {
      const one = await open(t);
      for (const more of [{}, { force: true }]) await one.refused('server', register(name, more));
      await one.refused('server', { device_name: name });
      // It has no name still: it may have one.
      await one.register();
    });

  for (const name of [' ', 'a b', 'x'.repeat(128), '漢'.repeat(128), '🏠'.repeat(128), '"\\/', 'servers', 'line\nfeed', '\u0000',
    '__proto__', 'success', '{"target":"server"}'])
    test(`somebody may be called ${JSON.stringify(name).slice(0, 20)}`, async (t) => {
      const me = await registered(t, where, name), other = await registered(t, where);
      assert.ok(await listed(other, name));
      assert.deepEqual(await other.info(name), { name });
      assert.equal(await other.asked(name, 1), undefined);
      await me.hears(other.name, 1);
      assert.equal(await me.asked(other.name, { a: 1 }), undefined);
      await other.hears(name, { a: 1 });
    });

  test('a name of 10,000 characters is refused, and harms nobody else', async (t) => {
    const one = await open(t), other = await registered(t, where);
    one.write(command('register', { device_name: 'x'.repeat(10_000) }));
    assert.equal((await one.answer()).success, false);
    await one.gone();
    await other.quiet();
  });

  test('names differ by their capitals', async (t) => {
    const lower = newName('case');
    const a = await registered(t, where, lower);
    await until('its device in the house', () => where.server.device(`relay:${lower}`));
    const b = await registered(t, where, lower.toUpperCase());
    await b.asked(lower, 'to a');
    await a.hears(b.name, 'to a');
    await a.refused(lower.replace('c', 'C'), 1);
  });

  test('a taken name and a second name are refused, with words that say which', async (t) => {
    const name = newName('taken');
    const me = await registered(t, where, name), one = await open(t);
    const taken = await one.refused('server', register(name));
    await one.register();
    const second = await me.refused('server', register(newName()));
    assert.ok(taken.includes(name), taken);
    assert.notEqual(taken, second.replaceAll(me.name, name));
    await me.refused('server', register(name));
    for (const force of [false, null, 0]) assert.equal((await one.ask('server', register(name, { force }))).success, false);
    await me.quiet();
    await me.asked(name, 'mine still');
    await me.hears(name, 'mine still');
  });

  for (const key of ['description', 'version', 'interface'])
    test(`${key} is a string of at most 512 characters`, async (t) => {
      const one = await open(t), name = newName();
      for (const value of ['x'.repeat(513), '漢'.repeat(513), 5, true, [], {}, ['x']])
        await one.refused('server', register(name, { [key]: value }));
      assert.equal(await listed(one, name), false);
      await one.register(name, { [key]: '漢'.repeat(512) });
      assert.deepEqual(await one.info(name), { name, [key]: '漢'.repeat(512) });
    });

  test('a register as long as may be is told to others whole', async (t) => {
    const name = newName(), me = await open(t);
    const payload = { device_name: name, description: '', version: 'é'.repeat(250), interface: '漢'.repeat(250) };
    payload.description = '🏠'.repeat(1023 - chars(packet('server', payload)));
    assert.equal(chars(packet('server', payload)), 1023);
    assert.equal(await me.asked('server', payload), undefined);
    const { device_name, ...rest } = payload;
    assert.deepEqual(await me.info(name), { name: device_name, ...rest });
  });

  test('force that is no boolean takes nothing from anybody', async (t) => {
    const me = await registered(t, where), one = await open(t);
    for (const force of ['true', 1, [], {}]) await one.refused('server', register(me.name, { force }));
    await me.quiet();
    await one.asked('server', register(newName()));
  });
});

describe('the end of a name', () => {
  test('who unregisters is gone, and may have another name, or the same', async (t) => {
    const me = await registered(t, where), one = await registered(t, where), name = me.name;
    assert.deepEqual(await me.ask('server', { command: 'unregister' }), { success: true });
    assert.equal(await listed(one, name), false);
    await one.refused(name, 1);
    await one.refused('server', { command: 'get_device_info', device_name: name });
    await me.refused(one.name, 1, /^Device must be registered to send packets to other devices$/);
    await me.refused('server', { command: 'unregister' });
    await me.register();
    await me.asked('server', { command: 'unregister' });
    await me.register(name);
    await one.asked(name, 'again');
    await me.hears(one.name, 'again');
  });

  test('who never had a name can\'t unregister', async (t) => {
    await (await open(t)).refused('server', { command: 'unregister' });
  });

  for (const [how, end] of [['closed', (one) => one.socket.end()], ['reset', (one) => one.reset()],
    ['closed in mid-packet', (one) => one.socket.end('{"target":"serv')], ['reset in mid-packet', (one) => one.write('{"tar').reset()]])
    test(`a connection that is ${how} leaves its name to others at once`, async (t) => {
      const me = await registered(t, where), one = await registered(t, where);
      end(me);
      await free(one, me.name);
      await one.refused(me.name, 1);
      const heir = await registered(t, where, me.name);
      await one.asked(me.name, 'heir');
      await heir.hears(one.name, 'heir');
      await one.quiet();
    });

  test('a name comes and goes many times', async (t) => {
    const one = await open(t), name = newName();
    for (let i = 0; i < 100; ++i) one.send('server', register(name)).send('server', { command: 'unregister' });
    assert.ok((await one.outcomes(200)).every((success) => success));
    assert.equal(await listed(one, name), false);
    for (let i = 0; i < 20; ++i) {
      const me = await registered(t, where, name);
      me.destroy();
      await free(one, name);
    }
  });
});

describe('force', () => {
  test('takes the name from another connection, which is told and stays', async (t) => {
    const old = await registered(t, where, newName(), { description: 'old' }), other = await registered(t, where), name = old.name;
    const heir = await registered(t, where, name, { force: true, version: '2' });
    await robbed(old, name);
    assert.deepEqual(await other.info(name), { name, version: '2' });
    await other.asked(name, 1);
    await heir.hears(other.name, 1);
    await old.quiet();
    await old.refused(other.name, 1, /must be registered/);
    await old.refused('server', { command: 'unregister' });
    await old.register(name, { force: true });
    await robbed(heir, name);
    await other.asked(name, 2);
    await old.hears(other.name, 2);
    await heir.quiet();
  });

  test('of a name that nobody has is a register', async (t) => {
    const one = await registered(t, where, newName(), { force: true });
    await one.asked(one.name, 1);
    await one.hears(one.name, 1);
  });

  test('renames a connection that has a name', async (t) => {
    const me = await registered(t, where), other = await registered(t, where), old = me.name;
    await me.register(newName('fresh'), { force: true, description: 'renamed' });
    assert.deepEqual([await listed(other, old), await listed(other, me.name)], [false, true]);
    assert.deepEqual(await other.info(me.name), { name: me.name, description: 'renamed' });
    await other.refused(old, 1);
    await me.asked(other.name, 'new name');
    await other.hears(me.name, 'new name');
    await registered(t, where, old);
    await me.quiet();
  });

  test('on a connection that has a name takes another one\'s, and leaves its own', async (t) => {
    const a = await registered(t, where), b = await registered(t, where), [was, name] = [a.name, b.name];
    await a.register(name, { force: true });
    await robbed(b, name);
    await b.register(was);
    await b.asked(name, 'swapped');
    await a.hears(was, 'swapped');
    await a.quiet();
  });

  test('of one\'s own name robs nobody', async (t) => {
    const me = await registered(t, where);
    await me.register(me.name, { force: true, version: '2' });
    await me.quiet();
    assert.equal((await me.devices()).filter((name) => name === me.name).length, 1);
  });

  test('two that fight for a name have it by turns, and each loss is told once', async (t) => {
    const pair = [await open(t), await open(t)], name = newName();
    for (let i = 0; i < 100; ++i) {
      await pair[i % 2].register(name, { force: true });
      if (i > 0) await robbed(pair[1 - (i % 2)], name);
    }
    for (const one of pair) await one.quiet();
  });
});
