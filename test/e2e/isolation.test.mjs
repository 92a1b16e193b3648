// Plugins in processes of their own: they do what they do in the server, and whatever becomes of one, the others don't notice.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ask, asked } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';
import { startPlug } from './lib/plug.mjs';
import {
  alive, all, bad, exampleDir, fileThat, gone, localDir, needsBad, onlookers, putWhole, rowThat, running,
} from './lib/plugins.mjs';
import { pluginDir, prepareServer, startServer } from './lib/server.mjs';
import { patience, until } from './lib/until.mjs';

const process_ = { isolation: 'process' };

// AtHome in the server, for the onlookers; the simulated devices in a process.
const house = (...devices) => ({
  athome: { listen: '127.0.0.1:0', isolation: 'none' },
  simulated: { ...process_, device: devices.map((d) => ({ kind: 'light', ...(typeof d === 'string' ? { id: d } : d) })) },
});

const kill = (row, signal = 'SIGKILL') => process.kill(row.pid, signal);
const reachable = (server, id, yes) =>
  until(`${id} ${yes ? '' : 'un'}reachable`, async () => (await server.device(id))?.reachable === yes, 12000);
const identities = async (server) => (await server.ctl.json('devices')).map((d) => [d.number, d.id, d.name]).sort();
const parentOf = (pid) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^PPid:\s+(\d+)$/m)[1]);

// Another process has taken this one's place.
const replaced = (server, id, old, ms = 20000) =>
  rowThat(server, id, 'a process in the place of the other', (row) => row.state === 'running' && row.pid !== old.pid, ms);

test('the main job with every plugin in a process of its own', needs('isolation'), async (t) => {
  const plug = await startPlug(t, { alias: 'Fridge' });
  const server = await startServer(t, {
    athome: { listen: '127.0.0.1:0', ...process_ },
    tplink: { poll_s: 0.5, device: [{ host: plug.host }], ...process_ },
    simulated: { device: [{ id: 'lamp', kind: 'dimmer' }], ...process_ },
  });
  const athome = await server.listen('athome');
  await reachable(server, plug.id, true);
  const numbers = { plug: (await server.device(plug.id)).number, lamp: (await server.device('simulated:lamp')).number };
  const shown = async (number) => (await asked(athome, 'QueryDevices', { 'device-id': number })).device;

  await asked(athome, 'On', { 'device-id': numbers.plug });
  assert.equal(plug.on, true);
  assert.equal((await shown(numbers.plug)).on, true);
  await asked(athome, 'Off', { 'device-id': numbers.plug });
  assert.equal(plug.on, false);
  await asked(athome, 'On', { 'device-id': numbers.lamp, 'device-brightness': 40 });
  const { state } = await server.device('simulated:lamp');
  assert.deepEqual([state.on_off.reported, state.brightness.reported], [true, 40]);
  plug.press(true);
  await until('the hand on the switch', async () => (await shown(numbers.plug)).on === true);
  await server.ctl.text('device', 'toggle', 'simulated:lamp');
  assert.equal((await shown(numbers.lamp)).on, false);
});

test('hearthctl plugins shows what is isolated: its process, its memory', needs('isolation'), async (t) => {
  const server = await startServer(t, {
    athome: { listen: '127.0.0.1:0', ...process_ }, tplink: { ...process_ }, simulated: { isolation: 'none' },
  });
  const rows = [];
  for (const id of ['athome', 'tplink']) {
    const row = await rowThat(server, id, 'its memory', (r) => Number(r.memory_kb) > 0);
    assert.equal(row.state, 'running');
    assert.equal(row.isolation, 'process');
    assert.equal(row.restarts, 0);
    assert.equal(row.stalled_since, null);
    assert.equal(parentOf(row.pid), server.pid);
    for (const key of ['cpu_ms', 'queue', 'longest_callback_ms']) assert.equal(typeof row[key], 'number', key);
    rows.push(row);
  }
  assert.notEqual(rows[0].pid, rows[1].pid);
  const inside = await server.plugin('simulated');
  assert.deepEqual([inside.isolation, inside.pid, inside.memory_kb], ['none', null, null]);

  await server.stop();
  await gone(...rows.map((row) => row.pid));
});

test('a local plugin is isolated unless its section says otherwise, a packaged one is not', needs('isolation'), async (t) => {
  const server = prepareServer(t, house('a'));
  putWhole(localDir(server), `${exampleDir}/dice.so`);
  await server.start();
  assert.equal((await running(server, 'dice')).isolation, 'process');
  await server.ctl.text('dice', 'roll');
  assert.equal((await server.plugin('tplink')).isolation, 'none');
});

test('a verb works from another process: text, JSON, progress, refusals', needs('isolation'), async (t) => {
  const server = await startServer(t, { dice: process_ }, { pluginDirs: [pluginDir, exampleDir] });
  const { code, stdout, stderr } = await server.ctl.run('dice', 'roll', '20', '--json');
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).sides, 20);
  assert.equal(stderr, 'rolling a die of 20 sides\n');
  assert.match(await server.ctl.fails(1, 'dice', 'roll', 'six'), /whole number/);
});

test('a killed plugin costs its devices a moment and nobody else anything', needs('isolation', 'supervision'), async (t) => {
  const server = await startServer(t, house('a', { id: 'slow', latency_ms: 60000 }));
  const athome = await server.listen('athome');
  const before = await server.plugin('simulated'), identity = await identities(server);
  const slow = await server.device('simulated:slow');
  const clients = await onlookers(t, server);

  const open = ask(athome, 'On', { 'device-id': slow.number }, { ms: 20000 });
  await until('the command', async () => (await server.device('simulated:slow')).state.on_off?.desired === true);
  const killed = Date.now();
  kill(before);
  const answer = await open;
  assert.ok(Date.now() - killed < 1000 * patience, `the open command took ${Date.now() - killed} ms to end`);
  assert.notEqual(answer['result-code'], 0);
  await reachable(server, 'simulated:a', false);
  assert.ok((await server.device('simulated:a')).reason.length > 3);

  const after = await replaced(server, 'simulated', before);
  assert.equal(after.restarts, 1);
  assert.equal(after.reason, null);
  await reachable(server, 'simulated:a', true);
  assert.deepEqual(await identities(server), identity);
  await server.ctl.text('device', 'on', 'simulated:a');
  await clients.unharmed();
});

test('an open command of a killed plugin ends as unreachable, once', needs('isolation', 'supervision'), async (t) => {
  const server = await startServer(t, house({ id: 'slow', latency_ms: 60000 }));
  const bus = server.ctl.follow(t, 'bus');
  await bus.find('the device', (m) => m.type === 'DeviceDeclared');
  const open = server.ctl.run('device', 'on', 'simulated:slow');
  await bus.find('the command', (m) => m.type === 'Command');
  kill(await server.plugin('simulated'));
  const done = await bus.find('its end', (m) => m.type === 'CommandDone');
  assert.match(JSON.stringify(done), /unreachable/i);
  const { code, stderr } = await open;
  assert.equal(code, 1);
  assert.ok(stderr.length > 3);
  await running(server, 'simulated');
  assert.equal(bus.messages.filter((m) => m.type === 'CommandDone').length, 1);
});

test('a killed protocol listens again and knows the house in full', needs('isolation', 'supervision'), async (t) => {
  const server = await startServer(t, { ...house('a'), athome: { listen: '127.0.0.1:0', ...process_ } });
  const before = await server.plugin('athome');
  kill(before);
  await server.ctl.text('device', 'on', 'simulated:a');
  await replaced(server, 'athome', before);
  const { devices } = await asked(await server.listen('athome'), 'QueryDevices', {});
  assert.deepEqual(devices.map((d) => [d.name, d.on]), [['a', true]]);
});

test('a driver of real devices is killed: they are driven again afterwards', needs('isolation', 'supervision'), async (t) => {
  const plug = await startPlug(t);
  const server = await startServer(t, {
    athome: { listen: '127.0.0.1:0' }, tplink: { poll_s: 0.5, device: [{ host: plug.host }], ...process_ },
  });
  await reachable(server, plug.id, true);
  const clients = await onlookers(t, server);
  const before = await server.plugin('tplink'), { number } = await server.device(plug.id);
  kill(before);
  await replaced(server, 'tplink', before);
  await reachable(server, plug.id, true);
  await asked(await server.listen('athome'), 'On', { 'device-id': number });
  assert.equal(plug.on, true);
  await clients.unharmed();
});

test('five ends within ten minutes are quarantine; plugins enable lifts it',
  { ...needs('isolation', 'supervision'), timeout: 240000 }, async (t) => {
    const server = await startServer(t, house('a'));
    const identity = await identities(server);
    const clients = await onlookers(t, server);
    let row = await running(server, 'simulated');
    for (let end = 1; end < 5; ++end) {  // restarted after 1, 2, 4 and 8 s
      kill(row);
      row = await replaced(server, 'simulated', row);
      assert.equal(row.restarts, end);
    }
    kill(row);
    const quarantined = await rowThat(server, 'simulated', 'quarantined', (r) => r.state === 'quarantined');
    assert.equal(quarantined.pid, null);
    assert.ok(quarantined.reason.length > 3, quarantined.reason);
    await reachable(server, 'simulated:a', false);
    await server.ctl.fails(1, 'device', 'on', 'simulated:a');

    await server.ctl.text('plugins', 'enable', 'simulated');
    await running(server, 'simulated');
    await reachable(server, 'simulated:a', true);
    assert.deepEqual(await identities(server), identity);
    await server.ctl.text('device', 'on', 'simulated:a');
    await clients.unharmed();
  });

test('a plugin that stands still is named within about a second, and replaced after ten',
  { ...needs('isolation', 'supervision'), timeout: 120000 }, async (t) => {
    const server = await startServer(t, house('a'));
    const athome = await server.listen('athome');
    const { number } = await server.device('simulated:a');
    const before = await server.plugin('simulated');
    const clients = await onlookers(t, server);
    t.after(() => { if (alive(before.pid)) kill(before, 'SIGCONT'); });
    kill(before, 'SIGSTOP');
    const stood = Date.now();
    const open = ask(athome, 'On', { 'device-id': number }, { ms: 15000 });
    const stalled = await rowThat(server, 'simulated', 'named as stalled', (row) => row.stalled_since !== null, 2000);
    assert.equal(stalled.pid, before.pid);
    assert.ok(Number.isFinite(Date.parse(stalled.stalled_since)), `${stalled.stalled_since}`);
    await server.logged(/simulated.*(stall|busy|hang|return)/i);
    assert.notEqual((await open)['result-code'], 0);

    const after = await replaced(server, 'simulated', before, 20000);
    assert.ok(Date.now() - stood > 8000, `it had its 10 s: ${Date.now() - stood} ms`);
    assert.equal(after.restarts, 1);
    assert.equal(after.stalled_since, null);
    assert.equal(alive(before.pid), false);
    await asked(athome, 'On', { 'device-id': number });
    await clients.unharmed();
  });

test('a stopped plugin that goes on in time is left alone', needs('isolation', 'supervision'), async (t) => {
  const server = await startServer(t, house('a'));
  const before = await server.plugin('simulated');
  kill(before, 'SIGSTOP');
  t.after(() => { if (alive(before.pid)) kill(before, 'SIGCONT'); });
  const open = server.ctl.run('device', 'on', 'simulated:a');
  await rowThat(server, 'simulated', 'named as stalled', (row) => row.stalled_since !== null, 3000);
  kill(before, 'SIGCONT');
  assert.equal((await open).code, 0);
  const after = await rowThat(server, 'simulated', 'well again', (row) => row.stalled_since === null);
  assert.deepEqual([after.pid, after.restarts, after.state], [before.pid, 0, 'running']);
});

test('processes end with the server, however that ends', needs('isolation'), async (t) => {
  const server = await startServer(t, { simulated: process_, tplink: process_ });
  for (const end of ['stop', 'kill9']) {
    const pids = await Promise.all(['simulated', 'tplink'].map(async (id) => (await running(server, id)).pid));
    await server[end]();
    await gone(...pids);
    await server.start();
  }
});

test('a process that stands still does not keep the server from ending in time', needs('isolation'), async (t) => {
  const server = await startServer(t, house('a'));
  const row = await running(server, 'simulated');
  kill(row, 'SIGSTOP');
  await server.stop();
  await gone(row.pid);
});

// ---- Plugins that are wrong on purpose, each dropped among the local ones, so in a process ------------------------------------

// A server with these, once it is ready.
async function withBad(t, names) {
  const server = prepareServer(t, house('a'));
  const files = Object.fromEntries(names.map((name) => [name, putWhole(localDir(server), bad(name))]));
  await server.start();
  assert.ok(server.readyMs < 4000 * patience, `ready after ${server.readyMs} ms`);
  return { server, files };
}

async function serves(server) {
  await server.ctl.text('device', 'toggle', 'simulated:a');
}

const refusals = {
  no_entry: /hearth_plugin_entry/,
  null_entry: /not built for this ABI/,
  undefined_symbol: /a_function_that_nobody_has/,
  create_throws: /there is no such chip/,
  start_throws: /port 7 is taken/,
};

test('plugins that cannot be loaded, created or started are refused in their own words',
  all(needs('isolation'), needsBad(...Object.keys(refusals))), async (t) => {
    const { server, files } = await withBad(t, Object.keys(refusals));
    const clients = await onlookers(t, server);
    for (const [name, words] of Object.entries(refusals)) {
      const row = await fileThat(server, files[name], 'refused', (r) => r.state === 'refused');
      assert.match(row.reason, words, name);
      assert.deepEqual([row.isolation, row.pid], ['process', null], name);
    }
    await serves(server);
    await clients.unharmed();
  });

for (const name of ['create_hangs', 'start_hangs'])
  test(`${name}: it is told why it doesn't run, its process ends, the house is ready in time`,
    all(needs('isolation', 'supervision'), needsBad(name)), async (t) => {
      const { server, files } = await withBad(t, [name]);
      const clients = await onlookers(t, server);
      const row = await fileThat(server, files[name], 'its reason', (r) => r.reason !== null);
      assert.notEqual(row.state, 'running');
      assert.match(row.reason, /longer than 2 s/);
      await serves(server);
      await clients.unharmed();
    });

test('apply_throws: its command fails in words, and it goes on', all(needs('isolation'), needsBad('apply_throws')), async (t) => {
  const { server } = await withBad(t, ['apply_throws']);
  const row = await running(server, 'apply_throws');
  for (let i = 0; i < 3; ++i) assert.match(await server.ctl.fails(1, 'device', 'on', 'Broken lamp'), /the relay is welded/);
  assert.equal((await server.plugin('apply_throws')).pid, row.pid);
  await serves(server);
});

test("stop_hangs, worker_stuck: what doesn't stop is killed, and can be loaded again",
  all(needs('isolation', 'supervision'), needsBad('stop_hangs', 'worker_stuck')), async (t) => {
    const { server, files } = await withBad(t, ['stop_hangs', 'worker_stuck']);
    const clients = await onlookers(t, server);
    for (const id of ['stop_hangs', 'worker_stuck']) {
      const { pid } = await running(server, id);
      await server.ctl.run('plugins', 'unload', id);
      await gone(pid);
      assert.equal((await server.plugin(id)).state, 'unloaded', id);
      await server.ctl.text('plugins', 'load', files[id]);
      await running(server, id);
    }
    await serves(server);
    await clients.unharmed();
    await server.stop();
  });

// Crashes of every kind. Those that a build doesn't have are skipped by name.
for (const name of ['create_aborts', 'start_aborts', 'start_exits', 'start_spins', 'thread_throws', 'apply_aborts', 'apply_exits',
  'allocates', 'closes_descriptors', 'floods'])
  test(`${name}: it is not running or was restarted, and only it`, all(needs('isolation', 'supervision'), needsBad(name)), async (t) => {
    const { server, files } = await withBad(t, [name]);
    const clients = await onlookers(t, server);
    if (name.startsWith('apply')) {
      const device = (await server.ctl.json('devices')).find((d) => d.plugin === name);
      await server.ctl.fails(1, 'device', 'on', device.id);
    }
    const ill = (row) => row.restarts > 0 || row.reason !== null || Object.values(row.counters ?? {}).some((n) => n > 0);
    const row = await fileThat(server, files[name], 'a sign of its illness', ill, 15000);
    assert.ok(row.reason !== null || row.state === 'running', JSON.stringify(row));
    assert.equal((await server.plugin('simulated')).restarts, 0);
    await serves(server);
    await clients.unharmed();
  });

test('many plugins fall at once and all come back', needs('isolation', 'supervision'), async (t) => {
  const server = await startServer(t, { ...house('a'), tplink: process_, dice: process_ }, { pluginDirs: [pluginDir, exampleDir] });
  const clients = await onlookers(t, server);
  const rows = await Promise.all(['simulated', 'tplink', 'dice'].map((id) => running(server, id)));
  for (const row of rows) kill(row);
  for (const row of rows) await replaced(server, row.id, row);
  await server.ctl.text('dice', 'roll');
  await clients.unharmed();
});

test('a crash is logged once, in words that name the plugin and the signal', needs('isolation', 'supervision'), async (t) => {
  const server = await startServer(t, house('a'));
  const before = await running(server, 'simulated');
  kill(before, 'SIGABRT');
  const words = /simulated.*(signal 6|SIGABRT|abort)/i;
  await server.logged(words);
  await replaced(server, 'simulated', before);
  assert.equal(server.launchLog.split('\n').filter((line) => words.test(line)).length, 1, server.launchLog);
});
