// Commands that plugins bring: hearthctl WORD VERB.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, closeSync, openSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { hearthctl } from './lib/ctl.mjs';
import { exampleDir } from './lib/plugins.mjs';
import { pluginDir, startServer } from './lib/server.mjs';
import { until } from './lib/until.mjs';

const withDice = (t) => startServer(t, { dice: {} }, { pluginDirs: [pluginDir, exampleDir] });

test('a verb answers a person in text, and tells its progress beside the answer', async (t) => {
  const server = await withDice(t);
  const { code, stdout, stderr } = await server.ctl.run('dice', 'roll');
  assert.equal(code, 0);
  assert.match(stdout, /^[1-6]\n$/);
  assert.equal(stderr, 'rolling a die of 6 sides\n');
});

test('a verb takes arguments and answers a program in JSON', async (t) => {
  const server = await withDice(t);
  for (const sides of [2, 20, 1000]) {
    const answer = await server.ctl.json('dice', 'roll', String(sides));
    assert.deepEqual(Object.keys(answer).sort(), ['rolled', 'sides']);
    assert.equal(answer.sides, sides);
    assert.ok(Number.isInteger(answer.rolled) && answer.rolled >= 1 && answer.rolled <= sides, JSON.stringify(answer));
  }
});

test('a wrong argument is refused in words, with status 1', async (t) => {
  const server = await withDice(t);
  for (const sides of ['1', '0', '-6', '1001', 'six', '6.5', '6 ', '', '99999999999999999999', '--six', 'Ω'])
    assert.match(await server.ctl.fails(1, 'dice', 'roll', sides), /whole number from 2 to 1000/, JSON.stringify(sides));
  assert.match(await server.ctl.fails(1, 'dice', 'roll', '6', '6'), /one die/);
});

test('a verb that nobody brings has status 2 and names the nearest', async (t) => {
  const server = await withDice(t);
  assert.match(await server.ctl.fails(2, 'dice', 'rol'), /'dice' has no verb 'rol'.*roll/);
  assert.match(await server.ctl.fails(2, 'dic', 'roll'), /dice/);
});

test('the help of a word lists its verbs with their arguments', async (t) => {
  const server = await withDice(t);
  const help = await server.ctl.text('dice', '--help');
  assert.match(help, /roll\s+\[SIDES\]\s+rolls a die/);
  assert.match(await server.ctl.fails(2, 'dice'), /roll\s+\[SIDES\]/);
});

test('ten callers at once get an answer each, with their own progress only', async (t) => {
  const server = await withDice(t);
  const sides = Array.from({ length: 10 }, (_, i) => i + 2);
  const answers = await Promise.all(sides.map((n) => server.ctl.run('dice', 'roll', String(n), '--json')));
  answers.forEach(({ code, stdout, stderr }, i) => {
    assert.equal(code, 0, stderr);
    assert.equal(JSON.parse(stdout).sides, sides[i]);
    assert.equal(stderr, `rolling a die of ${sides[i]} sides\n`);
  });
});

test('the verbs of a plugin go with it and come back with it', async (t) => {
  const server = await withDice(t);
  await server.ctl.text('plugins', 'disable', 'dice');
  await server.ctl.fails(2, 'dice', 'roll');
  await server.ctl.text('plugins', 'enable', 'dice');
  await server.ctl.text('dice', 'roll');
});

// ---- Files ----------------------------------------------------------------------------------------------------------------------

// Both ways, whatever the others are run with.
const bothWays = (name, body) => {
  for (const isolation of ['none', 'process'])
    test(`${name} (isolation = ${isolation})`, async (t) => {
      const server = await startServer(t, { dice: { isolation } }, { pluginDirs: [pluginDir, exampleDir] });
      await body(server, (name, content) => {
        const file = path.join(server.folder, name);
        writeFileSync(file, content);
        return file;
      });
    });
};

bothWays('a verb is given a file that it has no right to', async (server, put) => {
  // Nothing in the folder of the test is granted to an isolated plugin; root alone could read the file by its path.
  const file = put('sides', '20\n');
  chmodSync(file, 0o400);
  assert.equal((await server.ctl.json('dice', 'roll-from', file)).sides, 20);
  // The server has another working directory.
  const { stdout } = await promisify(execFile)(hearthctl, ['--runtime-dir', server.runtimeDir, 'dice', 'roll-from', 'sides', '--json'],
    { cwd: server.folder });
  assert.equal(JSON.parse(stdout).sides, 20);
});

bothWays('a file reads on after it was deleted', async (server, put) => {
  // Opened here, and nameless when hearthctl opens it once more through its descriptor.
  const file = put('sides', '12');
  const fd = openSync(file, 'r');
  try {
    unlinkSync(file);
    assert.equal((await server.ctl.json('dice', 'roll-from', `/proc/${process.pid}/fd/${fd}`)).sides, 12);
  } finally {
    closeSync(fd);
  }
});

bothWays('what is no file is refused before anybody is asked, with status 2', async (server, put) => {
  const fifo = path.join(server.folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  assert.match(await server.ctl.fails(2, 'dice', 'roll-from', path.join(server.folder, 'missing')), /missing: No such file or directory/);
  assert.match(await server.ctl.fails(2, 'dice', 'roll-from', server.folder), /is a folder/);
  assert.match(await server.ctl.fails(2, 'dice', 'roll-from', fifo), /fifo is no regular file/);
  assert.match(await server.ctl.fails(2, 'dice', 'roll-from', '/dev/null'), /no regular file/);
  assert.match(await server.ctl.fails(2, 'dice', 'roll-from', path.join(put('sides', '6'), 'x')), /Not a directory/);
});

bothWays('what stands in a file is the plugin\'s to judge, with status 1', async (server, put) => {
  assert.match(await server.ctl.fails(1, 'dice', 'roll-from', put('empty', '')), /whole number from 2 to 1000/);
  assert.match(await server.ctl.fails(1, 'dice', 'roll-from', put('words', 'six')), /whole number from 2 to 1000/);
  assert.match(await server.ctl.fails(1, 'dice', 'roll-from', put('large', '6'.repeat(1 << 20))), /longer than 64 bytes/);
  assert.match(await server.ctl.fails(1, 'dice', 'roll-from'), /a file is missing/);
  assert.match(await server.ctl.fails(1, 'dice', 'roll-from', '--no-file'), /argument 0/);
});

bothWays('after many files nothing is open that wasn\'t before', async (server, put) => {
  const file = put('sides', '6');
  const descriptors = async () => {
    const { pid } = await server.plugin('dice');
    return [server.pid, pid ?? server.pid].map((each) => readdirSync(`/proc/${each}/fd`).length).join(' ');
  };
  await server.ctl.text('dice', 'roll-from', file);
  const before = await descriptors();
  // Some answered, some refused by the plugin with the file taken, some with none.
  await Promise.all(Array.from({ length: 24 }, (_, i) =>
    i % 3 === 0 ? server.ctl.fails(1, 'dice', 'roll', 'x', file) : server.ctl.text('dice', 'roll-from', file)));
  await until('the descriptors that there were', async () => (await descriptors()) === before);
});

test('the help shows a file as the plugin names it', async (t) => {
  const server = await withDice(t);
  assert.match(await server.ctl.text('dice', '--help'), /roll-from\s+FILE\s+rolls a die/);
});
