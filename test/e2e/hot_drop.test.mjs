// A file that appears in a plugin folder runs, a changed one takes the old one's place, a removed one goes; a wrong one is told why.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, truncateSync, writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { asked } from './lib/athome.mjs';
import { needs } from './lib/offered.mjs';
import {
  all, bad, exampleDir, fileThat, localDir, needsBad, ofAbi, ofVersion, onlookers, packaged, putInPlace, putWhole, rowOf, rowThat, running,
} from './lib/plugins.mjs';
import { lights, prepareServer } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const dice = path.join(exampleDir, 'dice.so');
const offered = needs('hot-drop');

// A server with AtHome and lights of its own, and the folder in which to drop things.
async function house(t, sections = {}, options) {
  const server = prepareServer(t, { ...lights('a'), ...sections }, options);
  const folder = localDir(server);
  return { server: await server.start(), folder };
}

// The same where `simulated` isn't packaged: a folder with nothing but AtHome is.
async function emptyHouse(t, isolation) {
  const server = prepareServer(t, {});
  const athomeOnly = path.join(server.folder, 'packaged');
  mkdirSync(athomeOnly);
  putWhole(athomeOnly, packaged('athome'));
  const content = lights({ id: 'a', name: 'Lamp' }, 'b');
  if (isolation) content.simulated.isolation = isolation;
  server.write(content);
  server.args = ['--plugin-dir', athomeOnly];
  const folder = localDir(server);
  return { server: await server.start(), folder };
}

const inServer = { dice: { isolation: 'none' } };
const version = (server, file, wanted) => fileThat(server, file, `version ${wanted}`, (r) => r.version === wanted && r.state === 'running');
const noRow = (server, file) => until(`no row of ${path.basename(file)}`, async () => (await rowOf(server, file)) === undefined);
const refused = (server, file) => fileThat(server, file, 'refused', (row) => row.state === 'refused' && row.reason);

// ---- Appearing ----------------------------------------------------------------------------------------------------------

for (const isolation of ['none', undefined])
  test(`a driver is copied into the folder of local plugins: its devices are there (isolation ${isolation ?? 'left to the server'})`,
    all(offered, isolation ? {} : needs('isolation')), async (t) => {
      const { server, folder } = await emptyHouse(t, isolation);
      assert.deepEqual(await server.ctl.json('devices'), []);
      const clients = await onlookers(t, server);
      putInPlace(folder, packaged('simulated'));
      const row = await running(server, 'simulated');
      assert.equal(row.isolation, isolation ?? 'process');
      assert.equal(row.pid === null, isolation === 'none');
      const device = await until('its lamp', () => server.device('simulated:a'));
      await asked(await server.listen('athome'), 'On', { 'device-id': device.number });
      assert.equal((await server.device('simulated:a')).state.on_off.reported, true);
      await clients.unharmed();
    });

test('a file that is renamed into place runs, as dpkg and rsync do it', offered, async (t) => {
  const { server, folder } = await house(t, inServer);
  const file = putWhole(folder, dice);
  assert.equal((await running(server, 'dice')).file, file);
  await server.ctl.text('dice', 'roll');
  assert.equal(await rowOf(server, `${file}.new`), undefined, 'what is not called .so has no row');
});

test('a folder that is made after the start is watched too', offered, async (t) => {
  const server = prepareServer(t, { ...lights('a'), ...inServer });
  await server.start();
  putWhole(localDir(server), dice);
  await running(server, 'dice');
});

test('a file that is there at the start runs like one that is dropped in', offered, async (t) => {
  const server = prepareServer(t, { ...lights('a'), ...inServer });
  putWhole(localDir(server), dice);
  await server.start();
  assert.equal((await server.plugin('dice')).state, 'running');
});

test('half a file is not judged while it is written, refused when it was closed, and runs once it is whole', offered, async (t) => {
  const { server, folder } = await house(t, inServer);
  const clients = await onlookers(t, server);
  const bytes = readFileSync(dice), half = bytes.length >> 1, file = path.join(folder, 'dice.so');
  let fd = openSync(file, 'w');
  writeSync(fd, bytes, 0, half);
  await refused(server, putWhole(folder, Buffer.from('a text'), 'later.so'));
  const open = await rowOf(server, file);
  assert.ok(open === undefined || open.state === 'discovered', `what came later is judged, and this is ${JSON.stringify(open)}`);
  writeSync(fd, bytes, half, 100);
  closeSync(fd);
  assert.match((await refused(server, file)).reason, /cut off/);
  fd = openSync(file, 'a');
  writeSync(fd, bytes, half + 100);
  closeSync(fd);
  await running(server, 'dice');
  await server.ctl.text('dice', 'roll');
  await clients.unharmed();
});

test('a file that drips in by pieces over many writers ends up running', offered, async (t) => {
  const { server, folder } = await house(t, inServer);
  const bytes = readFileSync(dice), file = path.join(folder, 'dice.so');
  const step = Math.ceil(bytes.length / 20);
  for (let at = 0; at < bytes.length; at += step) {
    const fd = openSync(file, 'a');
    writeSync(fd, bytes, at, Math.min(step, bytes.length - at));
    closeSync(fd);
  }
  await running(server, 'dice');
});

// ---- Changing -----------------------------------------------------------------------------------------------------------

for (const [how, put] of [['cp over it', putInPlace], ['a rename over it', putWhole]])
  test(`a live plugin is replaced by ${how}, while it is used and others notice nothing`, offered, async (t) => {
    const { server, folder } = await house(t, inServer);
    const file = put(folder, dice);
    await version(server, file, '0.1.0');
    const clients = await onlookers(t, server);
    for (const next of ['0.1.1', '0.1.2', '0.1.3']) {
      const bytes = ofVersion(dice, next);
      const busy = server.ctl.run('dice', 'roll');
      put(folder, bytes, 'dice.so');
      const { code, stderr } = await busy;
      assert.ok(code === 0 || stderr.length > 3, 'answered, or refused in words');
      await version(server, file, next);
      await server.ctl.text('dice', 'roll');
    }
    await clients.unharmed();
  });

test('a changed file that is refused leaves the running one, with the reason; a right one takes over', offered, async (t) => {
  const { server, folder } = await house(t, inServer);
  const file = putWhole(folder, dice);
  await version(server, file, '0.1.0');
  for (const [what, bytes] of [['a text', Buffer.from('not a plugin at all\n'.repeat(20))], ['another ABI', ofAbi(dice, 99)]]) {
    putInPlace(folder, bytes, 'dice.so');
    const row = await fileThat(server, file, `the reason, of ${what}`, (r) => r.reason !== null);
    assert.equal(row.state, 'running', what);
    assert.equal(row.version, '0.1.0');
    await server.ctl.text('dice', 'roll');
    putWhole(folder, dice);
    await fileThat(server, file, 'no reason any more', (r) => r.reason === null && r.state === 'running');
  }
  putWhole(folder, ofVersion(dice, '0.1.1'), 'dice.so');
  assert.equal((await version(server, file, '0.1.1')).reason, null);
});

test('the file of a live plugin is truncated: the plugin goes on', offered, async (t) => {
  const { server, folder } = await house(t, inServer);
  const file = putWhole(folder, dice);
  await running(server, 'dice');
  const clients = await onlookers(t, server);
  for (const size of [4096, 64, 0]) {
    truncateSync(file, size);
    const row = await fileThat(server, file, 'the reason', (r) => r.reason !== null);
    assert.equal(row.state, 'running', `truncated to ${size}`);
    await server.ctl.text('dice', 'roll');
  }
  await clients.unharmed();
});

test('hearthctl plugins reload keeps ids, numbers, names and what was wished for; the others notice nothing', offered, async (t) => {
  const { server } = await house(t);
  const before = await server.device('simulated:a');
  await server.ctl.text('device', 'on', 'simulated:a');
  const clients = await onlookers(t, server);
  for (let i = 0; i < 5; ++i) {
    await server.ctl.text('plugins', 'reload', 'simulated');
    const after = await until('the device', async () => {
      const found = await server.device('simulated:a');
      return found.reachable && found;
    });
    assert.deepEqual([after.number, after.name], [before.number, before.name]);
    assert.equal(after.state.on_off.desired, true);
  }
  await clients.unharmed();
});

test('a changed file lifts a quarantine', { ...all(offered, needs('isolation', 'supervision')), timeout: 120000 }, async (t) => {
  const { server, folder } = await house(t);
  const file = putWhole(folder, dice);
  let row = await running(server, 'dice');
  for (let end = 1; end <= 5; ++end) {
    process.kill(row.pid, 'SIGKILL');
    const killed = row.pid;
    const next = (r) => (end === 5 ? r.state === 'quarantined' : r.state === 'running' && r.pid !== killed);
    row = await rowThat(server, 'dice', `what follows end ${end}`, next, 20000);
  }
  putWhole(folder, ofVersion(dice, '0.1.1'), 'dice.so');
  await version(server, file, '0.1.1');
  await server.ctl.text('dice', 'roll');
});

// ---- Going --------------------------------------------------------------------------------------------------------------

test('a removed plugin stops, its devices stay, unreachable, and come back with id, number and name', offered, async (t) => {
  const { server, folder } = await emptyHouse(t, 'none');
  const file = putWhole(folder, packaged('simulated'));
  const device = await until('the lamp', () => server.device('simulated:a'));
  const clients = await onlookers(t, server);
  rmSync(file);
  await until('the end of the plugin', async () => (await server.plugin('simulated'))?.state !== 'running');
  const left = await until('the lamp, unreachable', async () => {
    const found = await server.device('simulated:a');
    return found.reachable === false && found;
  });
  assert.deepEqual([left.number, left.name], [device.number, device.name]);
  await server.ctl.fails(1, 'device', 'on', 'simulated:a');

  putWhole(folder, packaged('simulated'));
  await running(server, 'simulated');
  const back = await until('the lamp, reachable', async () => {
    const found = await server.device('simulated:a');
    return found.reachable && found;
  });
  assert.deepEqual([back.number, back.name], [device.number, device.name]);
  assert.equal((await server.ctl.json('devices')).length, 2);
  await clients.unharmed();
});

test('appearing and going twenty times in a row ends where it should', offered, async (t) => {
  const { server, folder } = await house(t, inServer);
  const clients = await onlookers(t, server);
  const file = path.join(folder, 'dice.so');
  for (let i = 0; i < 20; ++i) {
    putWhole(folder, dice);
    if (i % 2 === 0) await running(server, 'dice');
    rmSync(file);
  }
  await until('its end', async () => (await server.plugin('dice'))?.state !== 'running');
  putWhole(folder, dice);
  await running(server, 'dice');
  await clients.unharmed();
});

// ---- What is no plugin --------------------------------------------------------------------------------------------------

const oddities = {
  'a folder': (file) => mkdirSync(file),
  'a FIFO': (file) => execFileSync('mkfifo', [file]),
  'a link to itself': (file) => symlinkSync(file, file),
  'a link to nothing': (file) => symlinkSync(`${file}.nowhere`, file),
  'a file that may not be read': (file) => {
    putWhole(path.dirname(file), Buffer.alloc(100), path.basename(file));  // who is root reads it, and finds nothing good either
    chmodSync(file, 0);
  },
  'an empty file': (file) => closeSync(openSync(file, 'w')),
  'a text': (file) => putInPlace(path.dirname(file), Buffer.from('#!/bin/sh\n'.repeat(50)), path.basename(file)),
};
for (const [what, make] of Object.entries(oddities))
  test(`${what} called x.so has a row with the reason, and loses it when it goes`, offered, async (t) => {
    const { server, folder } = await house(t);
    const file = path.join(folder, 'x.so');
    make(file);
    const row = await refused(server, file);
    assert.equal(row.id, null);
    assert.ok(row.reason.length > 5, row.reason);
    rmSync(file, { recursive: true });
    await noRow(server, file);
    assert.equal((await server.plugin('simulated')).state, 'running');
  });

test('what was no plugin and becomes one runs', offered, async (t) => {
  const { server, folder } = await house(t, inServer);
  const file = path.join(folder, 'dice.so');
  mkdirSync(file);
  await refused(server, file);
  rmSync(file, { recursive: true });
  putWhole(folder, dice);
  await running(server, 'dice');
});

test('of two files with one id the second is refused and told who has it; it runs when the first goes', offered, async (t) => {
  const { server, folder } = await house(t, inServer);
  const first = putWhole(folder, dice);
  await running(server, 'dice');
  const second = putWhole(folder, dice, 'twin.so');
  assert.match((await refused(server, second)).reason, /dice\.so/);
  await server.ctl.text('dice', 'roll');
  rmSync(first);
  await fileThat(server, second, 'running', (row) => row.state === 'running');
});

test('a plugin of another ABI is refused, and not a line of it has run, its constructors included', all(offered, needsBad('marker')),
  async (t) => {
    const place = mkdtempSync(path.join(tmpdir(), 'hearth-mark-'));
    t.after(() => rmSync(place, { recursive: true }));
    const mark = path.join(place, 'mark');
    const { server, folder } = await house(t, { marker: { isolation: 'none' } }, { env: { HEARTH_TEST_MARK: mark } });
    const file = putWhole(folder, ofAbi(bad('marker'), 99), 'marker.so');
    assert.match((await refused(server, file)).reason, /ABI 99/);
    assert.equal(existsSync(mark), false);
    putWhole(folder, bad('marker'));
    await running(server, 'marker');
    assert.equal(existsSync(mark), true, 'it would have been seen');
  });

test('wrong files in numbers cost nobody anything', offered, async (t) => {
  const { server, folder } = await house(t);
  const clients = await onlookers(t, server);
  const bytes = readFileSync(dice);
  const files = [];
  for (let i = 0; i < 50; ++i) files.push(putInPlace(folder, bytes.subarray(0, Math.floor((bytes.length * i) / 50)), `part${i}.so`));
  for (const file of files) await refused(server, file);
  for (const file of files) rmSync(file);
  for (const file of files) await noRow(server, file);
  await clients.unharmed();
});
