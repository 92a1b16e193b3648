// The configuration: what is wrong is said with file, line and key; what is broken costs only its plugin.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { asked, connect } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';
import { hearthd, lights, pluginDir, prepareServer, startServer } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const check = (server) => new Promise((resolve) => {
  const args = ['--check', '--config', server.config, '--state-dir', server.stateDir, '--runtime-dir', server.runtimeDir,
    '--plugin-dir', pluginDir];
  execFile(hearthd, args, { timeout: 10000 }, (error, stdout, stderr) => resolve({ code: error ? error.code : 0, words: stdout + stderr }));
});

test('--check accepts a good configuration with status 0', async (t) => {
  const { code, words } = await check(prepareServer(t, lights('a')));
  assert.equal(code, 0, words);
});

// What is written; the line and the words that must be told.
const wrong = [
  ['a value of the wrong type', '[plugin.simulated]\nreport_s = "ten"\n', 2, 'report_s'],
  ['a value out of range', '[plugin.simulated]\nreport_s = -1\n', 2, 'report_s'],
  ['an unknown key, with the nearest known one', '[plugin.simulated]\n\nreprot_s = 3\n', 3, 'reprot_s', 'report_s'],
  ['an unknown key in a table', '[[plugin.simulated.device]]\nid = "a"\nkind = "light"\ncolour = 1\n', 4, 'colour'],
  ['a word that is none of those known', '[[plugin.simulated.device]]\nid = "a"\nkind = "toaster"\n', 3, 'kind', 'dimmer'],
  ['a missing key', '[[plugin.simulated.device]]\nid = "a"\n', 1, 'kind'],
  ['no TOML', '[server]\nname = "x"\n[plugin.simulated\n', 3],
  ['a key twice', '[server]\nname = "x"\nname = "y"\n', 3, 'name'],
  ["an unknown key of the server's", '[server]\nnmae = "x"\n', 2, 'nmae', 'name'],
];
for (const [what, text, line, ...words] of wrong)
  test(`--check tells file, line and key of ${what}, with status 1`, async (t) => {
    const server = prepareServer(t, text);
    const result = await check(server);
    assert.equal(result.code, 1, result.words);
    assert.match(result.words, new RegExp(`hearth\\.toml:${line}\\b`), result.words);
    for (const word of words) assert.ok(result.words.includes(word), `"${word}" in: ${result.words}`);
  });

test('--check tells all errors at once', async (t) => {
  const { words } = await check(prepareServer(t, '[plugin.simulated]\nreport_s = "x"\nfoo = 1\n'));
  assert.match(words, /hearth\.toml:2/);
  assert.match(words, /hearth\.toml:3/);
});

test('a file that is not there is an error with its name', async (t) => {
  const server = prepareServer(t, '');
  server.config = path.join(server.folder, 'nothing.toml');
  const { code, words } = await check(server);
  assert.equal(code, 1);
  assert.match(words, /nothing\.toml/);
});

test('conf.d beside the file is read after it, and its own names stand in errors', async (t) => {
  const server = prepareServer(t, lights('a'));
  const folder = path.join(server.folder, 'conf.d');
  mkdirSync(folder);
  writeFileSync(path.join(folder, '10-more.toml'), '[plugin.simulated]\nreport_s = 7\n');
  assert.equal((await check(server)).code, 0);
  writeFileSync(path.join(folder, '20-bad.toml'), '\n[plugin.simulated]\nreport_s = "x"\n');
  const { code, words } = await check(server);
  assert.equal(code, 1);
  assert.match(words, /20-bad\.toml:3/);
});

test('a plugin that is not there is a warning, not an error', async (t) => {
  const server = await startServer(t, { ...lights('a'), nosuch: { key: 1 } });
  assert.equal((await check(server)).code, 0);
  assert.match(server.log, /nosuch/);
});

test('a broken section stops its plugin, not the server', async (t) => {
  const server = await startServer(t, { ...lights('a'), tplink: { poll_s: 'often' } });
  await asked(await server.listen('athome'), 'QueryDevices', {});
  const tplink = await server.plugin('tplink');
  assert.notEqual(tplink.state, 'running');
  assert.match(tplink.reason, /poll_s/);
  assert.match(tplink.reason, /hearth\.toml:\d+/);
  assert.equal((await server.plugin('simulated')).state, 'running');
});

test('SIGHUP restarts only the plugin whose part has changed', async (t) => {
  const content = lights('a', 'b');
  const server = await startServer(t, content);
  const athome = await server.listen('athome');
  const { number } = await server.device('simulated:a');
  await asked(athome, 'On', { 'device-id': number });
  const client = await connect(t, athome);

  content.tplink = { poll_s: 9 };
  server.reload(content);
  await until('tplink with its new section', async () => (await server.plugin('tplink')).state === 'running');
  content.athome.max_connections = 50;
  server.reload(content);
  await client.ended;
  await until('AtHome again', async () => {
    const { notes, state } = await server.plugin('athome');
    return state === 'running' && asked({ host: '127.0.0.1', port: Number(notes.listen.split(':')[1]) }, 'StatusRequest');
  });
  // A simulated light forgets its state when its plugin restarts: this one didn't.
  assert.equal((await server.device('simulated:a')).state.on_off.reported, true);
});

test('SIGHUP with a changed device list changes the devices, and clients of others stay connected', async (t) => {
  const server = await startServer(t, lights('a'));
  const client = await connect(t, await server.listen('athome'));
  server.reload(lights('a', 'b'));
  await until('the new device', () => server.device('simulated:b'));
  assert.equal(client.closed, false);
});

test('SIGHUP with a broken file changes nothing and says so', async (t) => {
  const server = await startServer(t, lights('a'));
  const client = await connect(t, await server.listen('athome'));
  server.reload('[plugin.simulated\n');
  await server.logged(/hearth\.toml:1/);
  assert.equal(client.closed, false);
  assert.equal((await server.plugin('simulated')).state, 'running');
});

test('enabled = false keeps a plugin from starting', async (t) => {
  const content = lights('a');
  content.simulated.enabled = false;
  const server = await startServer(t, content);
  assert.equal((await server.plugin('simulated')).state, 'disabled');
  assert.deepEqual(await server.ctl.json('devices'), []);
});

test('an isolated plugin does its work in a process of its own', needs('isolation'), async (t) => {
  const content = lights('a');
  content.simulated.isolation = 'process';
  const server = await startServer(t, content);
  const plugin = await server.plugin('simulated');
  assert.equal(plugin.isolation, 'process');
  assert.ok(plugin.pid > 0 && plugin.pid !== server.pid);
  const { number } = await until('the device', () => server.device('simulated:a'));
  await asked(await server.listen('athome'), 'On', { 'device-id': number });
  assert.equal((await server.device('simulated:a')).state.on_off.reported, true);
});
