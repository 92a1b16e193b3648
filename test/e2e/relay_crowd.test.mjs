// Ten thousand connections to the relay at once, a hundred of them talking.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import net from 'node:net';
import { describe, test } from 'node:test';
import { Client, command, houseFor, packet } from './lib/relay.mjs';
import { until, within } from './lib/until.mjs';

const kWanted = 10_000, kAtOnce = 200, kTalkers = 100, kRounds = 100;
// From an address of their own: ten thousand ports of 127.0.0.1 are missed by others.
const kFrom = { localAddress: '127.0.9.2' };

// As small as a client can be. Asks, and yields the answer.
function ask(socket, text) {
  return new Promise((resolve, reject) => {
    let heard = '', failed;
    const fail = (error) => { failed = error; };
    const read = (bytes) => {
      heard += bytes;
      if (!heard.endsWith('\n')) return;
      socket.off('data', read).off('error', fail).off('close', lost);
      resolve(JSON.parse(heard));
    };
    const lost = () => reject(failed ?? new Error(`closed after: ${heard}`));
    socket.on('data', read).on('error', fail).on('close', lost).write(text);
  });
}

async function join(where, text) {
  const socket = net.connect({ port: where.port, host: where.host, ...kFrom }).setEncoding('utf8').on('error', () => {});
  return { socket, answer: await ask(socket, text) };
}

describe('a crowd', () => {
  const where = houseFor({ max_connections: 20_000 });

  test('ten thousand are served and stay, a hundred of them talk, and all may leave at once', async (t) => {
    const pid = (await where.server.plugin('relay')).pid ?? where.server.pid;
    const limit = Number(execFileSync('prlimit', ['--pid', String(pid), '--nofile', '--noheadings', '-o', 'SOFT'], { encoding: 'utf8' }));
    const count = Math.min(kWanted, limit - 500);
    assert.ok(count >= 500, `a limit of ${limit} descriptors`);

    const talkers = [];
    for (let i = 0; i < kTalkers; ++i) talkers.push(await (await Client.open(t, where, kFrom)).register(`talker ${i}`));
    const sockets = [], question = command('get_device_info', { device_name: 'talker 7' });
    t.after(() => sockets.forEach((socket) => socket.resetAndDestroy()));
    await within(60_000, 'all of them to come', (async () => {
      while (sockets.length < count - kTalkers) {
        const batch = Math.min(kAtOnce, count - kTalkers - sockets.length);
        for (const { socket, answer } of await Promise.all(Array.from({ length: batch }, () => join(where, question)))) {
          sockets.push(socket);
          assert.deepEqual(answer, { success: true, response: { name: 'talker 7' } });
        }
      }
    })());

    // Each sends to every other in turn.
    for (const one of talkers)
      one.write(Array.from({ length: kRounds }, (_, i) => packet(`talker ${(talkers.indexOf(one) + i) % kTalkers}`, i)).join(''));
    for (const one of talkers) {
      assert.ok((await one.outcomes(kRounds, 20_000)).every((success) => success));
      const senders = new Set();
      for (let i = 0; i < kRounds; ++i) senders.add((await one.packet(20_000)).sender);
      assert.equal(senders.size, kTalkers, 'one packet from each');
      await one.quiet();
    }

    assert.equal(sockets.filter((socket) => socket.destroyed).length, 0, 'nobody was sent away');
    const answers = await within(60_000, 'an answer for everybody', Promise.all(sockets.map((socket) => ask(socket, question))));
    assert.ok(answers.every(({ response }) => response.name === 'talker 7'));
    // By resets: their ports are free at once.
    for (const socket of sockets.splice(0)) socket.resetAndDestroy();
    for (const one of talkers.slice(2)) one.reset();
    await until('two are left', async () => (await talkers[0].devices()).length === 2);
    await talkers[0].asked('talker 1', 'alone');
    await talkers[1].hears('talker 0', 'alone');
  });
});
