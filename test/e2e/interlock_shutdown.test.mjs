// device.shutdown and device.restart: commands of the configuration, run after the answer.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { connected, Remote, works } from './lib/interlock.mjs';
import { until } from './lib/until.mjs';

// A script that writes its arguments, a line each, into a file: {script, file, lines()}.
function scriptIn(server, name) {
  const script = path.join(server.folder, `${name}.sh`), file = path.join(server.folder, `${name}.txt`);
  writeFileSync(script, `#!/bin/sh\nprintf '%s\\n' "$@" > '${file}.new' && mv '${file}.new' '${file}'\n`);
  chmodSync(script, 0o755);
  return { script, file, lines: () => until(file, () => existsSync(file) && readFileSync(file, 'utf8').split('\n').slice(0, -1)) };
}

// A house with these commands. `commands`: what follows the script's name, by the setting's word.
async function start(t, { transport = 'websocket', commands = { shutdown: [], restart: [] }, ...settings } = {}) {
  const remote = await Remote.start(t, { transport });
  const house = await connected(t, remote, settings);
  const scripts = {}, more = {};
  for (const [word, args] of Object.entries(commands)) {
    scripts[word] = scriptIn(house.server, word);
    more[`${word}_command`] = [scripts[word].script, ...args];
  }
  house.server.reload({ ...house.content, interlock: { ...house.content.interlock, ...more } });
  await house.trail.to(2000);
  return { ...house, remote, scripts, session: await remote.session() };
}

describe('shutdown and restart', { concurrency: 4 }, () => {
  for (const transport of ['websocket', 'socketio'])
    for (const word of ['shutdown', 'restart'])
      test(`device.${word} answers, then runs its command, and only that (${transport})`, async (t) => {
        const { server, session, scripts } = await start(t, { transport });
        const answer = await session.ask({ t: 'CMD', i: 5, c: `device.${word}` });
        assert.deepEqual([answer.t, answer.i, answer.s], ['CMD', 5, 2000], JSON.stringify(answer));
        assert.deepEqual(await scripts[word].lines(), ['']);
        assert.equal(existsSync(scripts[word === 'restart' ? 'shutdown' : 'restart'].file), false);
        await works(server);
      });

  test('arguments go to the program as they are, no shell sees them', async (t) => {
    const args = ['a b', '$HOME', '; exit 1', '*', '"q"', '\\', 'ü'];
    const { session, scripts } = await start(t, { commands: { shutdown: args } });
    assert.equal((await session.ask({ t: 'cmd', c: 'device.SHUTDOWN' })).s, 2000);
    assert.deepEqual(await scripts.shutdown.lines(), args);
  });

  test('a.timeout: answered at once, run when it is over', async (t) => {
    const { session, scripts } = await start(t);
    assert.equal((await session.ask({ t: 'CMD', c: 'device.shutdown', a: { timeout: 300 } })).s, 2000);
    await scripts.shutdown.lines();
    assert.equal((await session.ask({ t: 'CMD', c: 'device.restart', a: { timeout: 0 } })).s, 2000);
    await scripts.restart.lines();
  });

  test('a.timeout of another type, below 0 or above an hour is refused', async (t) => {
    const { session, scripts } = await start(t);
    for (const timeout of [-1, 3600001, 1e300, '100', null, true, [], {}, [100]]) {
      const answer = await session.ask({ t: 'CMD', i: 1, c: 'device.shutdown', a: { timeout } });
      assert.equal(answer.s, 4100, `${JSON.stringify(timeout)}: ${JSON.stringify(answer)}`);
      assert.ok(answer.e.length > 3);
    }
    for (const a of [[], 'now', 5]) assert.equal((await session.ask({ t: 'CMD', c: 'device.shutdown', a })).s, 4100, JSON.stringify(a));
    assert.equal((await session.ask({ t: 'CMD', c: 'device.shutdown', a: { timeout: 3600000 } })).s, 2000);
    assert.equal((await session.ask({ t: 'GET' })).s, 2000);
    assert.equal(existsSync(scripts.shutdown.file), false);
  });

  test('one that waits for its time doesn\'t keep the server from ending', async (t) => {
    const { server, session, scripts } = await start(t);
    assert.equal((await session.ask({ t: 'CMD', c: 'device.shutdown', a: { timeout: 3600000 } })).s, 2000);
    await server.stop();
    assert.equal(existsSync(scripts.shutdown.file), false);
  });

  test('refused in words by default, and where only the other one is configured', async (t) => {
    const { session, scripts } = await start(t, { commands: { restart: [] } });
    const answer = await session.ask({ t: 'CMD', i: 9, c: 'device.shutdown' });
    assert.deepEqual(Object.keys(answer), ['t', 'i', 's', 'e']);
    assert.deepEqual([answer.t, answer.i, answer.s], ['CMD', 9, 4100]);
    assert.match(answer.e, /shutdown/);
    assert.equal((await session.ask({ t: 'CMD', c: 'device.restart' })).s, 2000);
    await scripts.restart.lines();
  });

  for (const [what, command] of [['that is not there', ['/nowhere/program']], ['that may not be run', ['/etc/passwd']],
    ['that fails', ['/bin/false']]])
    test(`a program ${what} is told in the log, and all goes on`, async (t) => {
      const { server, session } = await connected(t, await Remote.start(t), { shutdown_command: command });
      const answer = await session.ask({ t: 'CMD', c: 'device.shutdown' });
      if (answer.s !== 2000) assert.ok(answer.s === 4100 && answer.e.length > 3, JSON.stringify(answer));
      else await server.logged(new RegExp(`interlock.*(${command[0]}|shutdown)`));
      assert.equal((await session.ask({ t: 'GET' })).s, 2000);
      await works(server);
    });

  test('in a process of its own: done, or refused in words', async (t) => {
    const { server, session, scripts } = await start(t, { isolation: 'process' });
    assert.equal((await server.plugin('interlock')).isolation, 'process');
    assert.equal((await session.ask({ t: 'CMD', c: 'Hall.on' })).s, 2000);
    const answer = await session.ask({ t: 'CMD', i: 1, c: 'device.shutdown' });
    if (answer.s === 2000) {
      await scripts.shutdown.lines();
    } else {
      assert.equal(answer.s, 4100);
      assert.ok(answer.e.length > 10, answer.e);
      assert.equal(existsSync(scripts.shutdown.file), false);
    }
    await works(server);
  });
});
