// Commands that plugins bring: hearthctl WORD VERB.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleDir } from './lib/plugins.mjs';
import { pluginDir, startServer } from './lib/server.mjs';

const withDice = (t) => startServer(t, {}, { pluginDirs: [pluginDir, exampleDir] });

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
