// hearthctl: what a person types, what a script reads, and the exit status of each.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { asked, definition } from './lib/athome.mjs';
import { hearthctl, speaksOf } from './lib/ctl.mjs';
import { needs } from './lib/offered.mjs';
import { lights, pluginDir, startServer } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const house = (t) => startServer(t, lights({ id: 'hall', name: 'Hall light' }, { id: 'mood', name: 'Mood light', kind: 'color' },
  { id: 'kettle', kind: 'plug' }, { id: 'moody', failure_rate: 1.0 }));
const on = async (server, id) => (await server.device(`simulated:${id}`)).state.on_off.reported;

test('devices: an object for each, in full', async (t) => {
  const server = await house(t);
  const devices = await server.ctl.json('devices');
  assert.equal(devices.length, 4);
  for (const d of devices) {
    assert.match(d.id, /^simulated:/);
    assert.ok(Number.isInteger(d.number) && d.number > 0);
    assert.equal(d.plugin, 'simulated');
    assert.equal(d.reachable, true);
    assert.equal(d.address, d.id.slice('simulated:'.length));
    assert.ok(Array.isArray(d.capabilities) && d.capabilities.length > 0);
    for (const state of Object.values(d.state)) assert.ok('reported' in state && 'desired' in state && 'since' in state);
  }
  assert.equal(new Set(devices.map((d) => d.number)).size, 4);
  const text = await server.ctl.text('devices');
  assert.match(text, /Hall light/);
});

test('device on, off and toggle, by id, number and name', async (t) => {
  const server = await house(t);
  const { number } = await server.device('simulated:hall');
  await server.ctl.text('device', 'on', 'simulated:hall');
  assert.equal(await on(server, 'hall'), true);
  await server.ctl.text('device', 'off', String(number));
  assert.equal(await on(server, 'hall'), false);
  await server.ctl.text('device', 'toggle', 'Hall light');
  assert.equal(await on(server, 'hall'), true);
  await server.ctl.text('device', 'toggle', 'Hall light');
  assert.equal(await on(server, 'hall'), false);
});

test('device set and get, every type of value', async (t) => {
  const server = await house(t);
  const set = async (capability, value, expected) => {
    await server.ctl.text('device', 'set', 'simulated:mood', capability, value);
    assert.deepEqual((await server.device('simulated:mood')).state[capability].reported, expected);
    const got = await server.ctl.json('device', 'get', 'simulated:mood', capability);
    assert.ok(JSON.stringify(got).includes(JSON.stringify(expected)), JSON.stringify(got));
  };
  await set('on_off', 'on', true);
  await set('brightness', '40', 40);
  await set('color_temperature', '4000', 4000);
  await set('color', '#0000FF', { hue: 240, saturation: 100 });
});

test('a command that its device fails has status 1 and the words of the driver', async (t) => {
  const server = await house(t);
  assert.match(await server.ctl.fails(1, 'device', 'on', 'simulated:moody'), /simulated failure/);
});

test('what home refuses has status 1 and says why', async (t) => {
  const server = await house(t);
  assert.match(await server.ctl.fails(1, 'device', 'on', 'simulated:nobody'), /nobody/);
  assert.match(await server.ctl.fails(1, 'device', 'set', 'simulated:mood', 'brightness', '101'), /100/);
  assert.match(await server.ctl.fails(1, 'device', 'set', 'simulated:mood', 'brightness', 'bright'), /brightness/);
  assert.match(await server.ctl.fails(1, 'device', 'set', 'simulated:hall', 'brightness', '5'), /brightness/);
  assert.match(await server.ctl.fails(1, 'device', 'set', 'simulated:kettle', 'power', '5'), /power/);
});

test('a name that fits several devices is refused with the candidates', async (t) => {
  const server = await startServer(t, lights({ id: 'a', name: 'Lamp' }, { id: 'b', name: 'Lamp' }));
  const words = await server.ctl.fails(1, 'device', 'on', 'Lamp');
  assert.match(words, /simulated:a/);
  assert.match(words, /simulated:b/);
});

test('groups: made, listed with their members, switched, taken away', async (t) => {
  const server = await house(t);
  assert.deepEqual(await server.ctl.json('groups'), []);
  await server.ctl.text('groups', 'set', 'Evening', 'simulated:hall', 'Mood light');
  const [listed] = await server.ctl.json('groups');
  assert.equal(listed.name, 'Evening');
  assert.deepEqual([...listed.devices].sort(), ['simulated:hall', 'simulated:mood']);
  await server.ctl.text('groups', 'on', 'Evening');
  assert.deepEqual([await on(server, 'hall'), await on(server, 'mood'), await on(server, 'kettle')], [true, true, false]);
  await server.ctl.text('groups', 'remove', 'Evening');
  assert.deepEqual(await server.ctl.json('groups'), []);
  assert.equal((await server.ctl.json('devices')).length, 4, 'its devices stay');
});

test('plugins: what each is, where its file is, how it does', async (t) => {
  const server = await house(t);
  const plugins = await server.ctl.json('plugins');
  assert.deepEqual((await server.ctl.json('plugins', 'list')).map((p) => p.id), plugins.map((p) => p.id));
  const simulated = plugins.find((p) => p.id === 'simulated');
  assert.equal(simulated.kind, 'driver');
  assert.equal(simulated.state, 'running');
  assert.equal(simulated.reason, null);
  assert.equal(simulated.isolation, 'none');
  assert.equal(simulated.pid, null);
  assert.equal(simulated.restarts, 0);
  assert.equal(simulated.stalled_since, null);
  assert.match(simulated.version, /^\d+\.\d+\.\d+/);
  assert.match(simulated.file, /simulated\.so$/);
  for (const key of ['cpu_ms', 'memory_kb', 'queue', 'longest_callback_ms']) assert.ok(key in simulated, key);
});

test('plugins inspect tells what is in a file without running it', async (t) => {
  const server = await house(t);
  const inspected = await server.ctl.json('plugins', 'inspect', path.join(pluginDir, 'simulated.so'));
  assert.ok(speaksOf(inspected, 'simulated', 'driver'));
  await server.ctl.fails(1, 'plugins', 'inspect', hearthctl);
});

test('plugins unload and load: its devices go unreachable and come back with the same numbers', async (t) => {
  const server = await house(t);
  const before = await server.device('simulated:hall');
  await server.ctl.text('plugins', 'unload', 'simulated');
  await until('the end of the plugin', async () => (await server.plugin('simulated')).state === 'unloaded');
  assert.equal((await server.device('simulated:hall')).reachable, false);
  await server.ctl.fails(1, 'device', 'on', 'simulated:hall');
  await server.ctl.text('plugins', 'load', path.join(pluginDir, 'simulated.so'));
  await until('the device', async () => (await server.device('simulated:hall')).reachable);
  assert.equal((await server.device('simulated:hall')).number, before.number);
  await server.ctl.text('device', 'on', 'simulated:hall');
});

test('plugins reload starts it anew and leaves the others alone', async (t) => {
  const server = await house(t);
  const listen = await server.listen('athome');
  await server.ctl.text('device', 'on', 'simulated:hall');
  await server.ctl.text('plugins', 'reload', 'simulated');
  await until('a fresh light', async () => (await server.plugin('simulated')).state === 'running' && (await on(server, 'hall')) === false);
  assert.deepEqual(await server.listen('athome'), listen);
});

test('plugins disable and enable, the first over a restart', async (t) => {
  const server = await house(t);
  await server.ctl.text('plugins', 'disable', 'simulated');
  await until('its end', async () => (await server.plugin('simulated')).state === 'disabled');
  await server.restart();
  assert.equal((await server.plugin('simulated')).state, 'disabled');
  await server.ctl.text('plugins', 'enable', 'simulated');
  await until('it runs', async () => (await server.plugin('simulated')).state === 'running');
  await server.ctl.text('device', 'on', 'simulated:hall');
});

test('a plugin that is not there has status 1', async (t) => {
  const server = await house(t);
  for (const verb of ['load', 'unload', 'reload', 'enable', 'disable']) await server.ctl.fails(1, 'plugins', verb, 'nosuch');
});

test('bus: the standing facts, then what happens, each with its type', async (t) => {
  const server = await house(t);
  const bus = server.ctl.follow(t, 'bus');
  await bus.find('a device', (m) => m.type === 'DeviceDeclared' && speaksOf(m, 'simulated:hall'));
  await server.ctl.text('device', 'on', 'simulated:hall');
  await bus.find('the end of the command', (m) => m.type === 'CommandDone' && speaksOf(m, 'simulated:hall'));
  const only = server.ctl.follow(t, 'bus', '--type', 'StateChanged');
  await only.find('a state', (m) => speaksOf(m, 'simulated:hall'));
  assert.deepEqual([...new Set(only.messages.map((m) => m.type))], ['StateChanged']);
});

test('log: what was said, newest included', async (t) => {
  const server = await house(t);
  const entries = await server.ctl.json('log');
  assert.ok(Array.isArray(entries) && entries.length > 0);
  assert.match(await server.ctl.text('log'), /simulated|athome|ready/);
});

test('status says that the house is well', async (t) => {
  const server = await house(t);
  assert.equal(typeof (await server.ctl.json('status')), 'object');
  assert.ok((await server.ctl.text('status')).length > 0);
});

test('programs are a list', needs('programs'), async (t) => {
  const server = await house(t);
  assert.ok(Array.isArray(await server.ctl.json('programs')));
});

test('wrong usage has status 2, with words', async (t) => {
  const server = await house(t);
  for (const args of [['nonsense'], ['device'], ['device', 'on'], ['device', 'explode', 'hall'], ['plugins', 'explode'], ['--nonsense'],
    ['devices', 'and', 'more']])
    assert.ok((await server.ctl.fails(2, ...args)).length > 3, args.join(' '));
});

test('without a server the status is 2 and the words name the socket', async (t) => {
  const server = await house(t);
  await server.stop();
  assert.match(await server.ctl.fails(2, 'devices'), /control\.sock/);
});

test('HEARTH_RUNTIME_DIR tells where the server is', async (t) => {
  const server = await house(t);
  const env = { ...process.env, HEARTH_RUNTIME_DIR: server.runtimeDir };
  const stdout = await new Promise((resolve, reject) => {
    execFile(hearthctl, ['devices', '--json'], { env }, (error, out) => (error ? reject(error) : resolve(out)));
  });
  assert.equal(JSON.parse(stdout).length, 4);
});

test('a device keeps the name that a person gave it, over reload and restart', async (t) => {
  const server = await house(t);
  const athome = await server.listen('athome');
  await asked(athome, 'DefineDevice', definition('hall', { 'device-name': 'Entrance' }));
  await server.ctl.text('plugins', 'reload', 'simulated');
  await until('the device', async () => (await server.device('simulated:hall')).reachable);
  assert.equal((await server.device('simulated:hall')).name, 'Entrance');
  await server.restart();
  assert.equal((await server.device('simulated:hall')).name, 'Entrance');
});
