// A server that keeps falling over starts without what strangers brought, and says so.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { asked } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';
import { exampleDir, localDir, putWhole, rowOf, running } from './lib/plugins.mjs';
import { lights, prepareServer } from './lib/server.mjs';
import { patience, until } from './lib/until.mjs';

const kLoop = 3;  // so many starts without an orderly stop
const dice = path.join(exampleDir, 'dice.so');

// A server, not yet started, with packaged plugins and a local one; the latter in the server, so that these tests tell of one thing.
function house(t) {
  const server = prepareServer(t, { ...lights('a'), dice: { isolation: 'none' } });
  return { server, file: putWhole(localDir(server), dice) };
}

const starts = (server) => path.join(server.stateDir, 'starts');
const safe = async (server) => (await server.ctl.json('status')).safe_mode;

async function crash(server, times = 1) {
  for (let i = 0; i < times; ++i) {
    await server.start();
    await server.kill9();
  }
}

test('the fourth start after three that were killed is in safe mode: local plugins wait, the house works', needs('safe-mode'),
  async (t) => {
    const { server, file } = house(t);
    for (let i = 0; i < kLoop; ++i) {
      await server.start();
      assert.equal(await safe(server), false, `start ${i + 1}`);
      await running(server, 'dice');
      await server.kill9();
    }
    await server.start();
    const status = await server.ctl.json('status');
    assert.equal(status.safe_mode, true);
    assert.match(await server.ctl.text('status'), /safe mode.*enable --all/s);
    assert.match(server.launchLog, /safe mode/);

    const row = await rowOf(server, file);
    assert.notEqual(row.state, 'running');
    assert.match(row.reason, /safe mode/);
    await server.ctl.fails(2, 'dice', 'roll');
    for (const id of ['simulated', 'athome']) assert.equal((await server.plugin(id)).state, 'running');
    const { number } = await server.device('simulated:a');
    await asked(await server.listen('athome'), 'On', { 'device-id': number });
  });

test('hearthctl plugins enable --all ends the safe mode', needs('safe-mode'), async (t) => {
  const { server } = house(t);
  await crash(server, kLoop);
  await server.start();
  assert.equal(await safe(server), true);
  await server.ctl.text('plugins', 'enable', '--all');
  assert.equal(await safe(server), false);
  await running(server, 'dice');
  await server.ctl.text('dice', 'roll');
  assert.match(server.launchLog, /safe mode has ended/);
});

test('what is dropped in during the safe mode waits too', needs('safe-mode', 'hot-drop'), async (t) => {
  const { server, file } = house(t);
  rmSync(file);
  await crash(server, kLoop);
  await server.start();
  putWhole(localDir(server), dice);
  const row = await until('its row', () => rowOf(server, file));
  assert.match(row.reason ?? '', /safe mode/);
  await server.ctl.text('plugins', 'enable', '--all');
  await running(server, 'dice');
});

test('an orderly stop between the crashes begins the count anew', needs('safe-mode'), async (t) => {
  const { server } = house(t);
  await crash(server, kLoop - 1);
  await server.start();
  await server.stop();
  await crash(server, kLoop);
  await server.start();
  assert.equal(await safe(server), true);
  await server.restart();
  assert.equal(await safe(server), false, 'so does the one that ends the safe mode');
});

test('a crash in safe mode leads to safe mode again', needs('safe-mode'), async (t) => {
  const { server } = house(t);
  await crash(server, kLoop + 1);
  await server.start();
  assert.equal(await safe(server), true);
});

test('twenty orderly starts in a row are no crash loop, and leave no record', needs('safe-mode'), async (t) => {
  const { server } = house(t);
  await server.start();
  for (let i = 0; i < 20; ++i) {
    await server.restart();
    assert.equal(await safe(server), false);
  }
  await server.stop();
  assert.ok(!existsSync(starts(server)) || readFileSync(starts(server)).length === 0);
});

test('starts of another boot are no crash loop: three power cuts', needs('safe-mode'), async (t) => {
  const { server } = house(t);
  await crash(server, kLoop);
  const record = readFileSync(starts(server), 'utf8');
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  assert.ok(record.includes(boot));
  writeFileSync(starts(server), record.replace(boot, boot.replace(/[0-9a-f]/g, '0')));
  await server.start();
  assert.equal(await safe(server), false);
});

test('a damaged record counts as empty, and one that cannot be written stops nobody', needs('safe-mode'), async (t) => {
  const { server } = house(t);
  await crash(server, kLoop);
  for (const damage of [Buffer.alloc(1 << 20, 0x31), Buffer.from([0xff, 0, 0xfe]), Buffer.from('nonsense\n1\n2\n3\n')]) {
    writeFileSync(starts(server), damage);
    await server.start();
    assert.equal(await safe(server), false);
    await server.kill9();
  }
  rmSync(starts(server));
  mkdirSync(path.join(starts(server), 'in the way'), { recursive: true });
  await server.start();
  assert.equal(await safe(server), false);
  assert.match(server.launchLog, /starts/);
});

test('safe mode costs no time: ready at once', needs('safe-mode'), async (t) => {
  const { server } = house(t);
  await crash(server, kLoop);
  await server.start();
  assert.ok(server.readyMs < 1000 * patience, `${server.readyMs} ms`);
});

test('--all goes with enable only', needs('safe-mode'), async (t) => {
  const { server } = house(t);
  await server.start();
  for (const args of [['disable', '--all'], ['--all'], ['enable', 'dice', '--all'], ['list', '--all']])
    assert.match(await server.ctl.fails(2, 'plugins', ...args), /--all/);
  await server.ctl.text('plugins', 'disable', 'dice');
  await server.ctl.text('plugins', 'enable', '--all');
  await running(server, 'dice');
});
