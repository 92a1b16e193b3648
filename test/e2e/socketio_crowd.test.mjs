// Ten thousand clients at once.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import net from 'node:net';
import { describe, test } from 'node:test';
import { houseFor, monitor, newId, ours, user } from './lib/socketio.mjs';
import { frame, kText, upgradeRequest } from './lib/socketio_wire.mjs';
import { patience, within } from './lib/until.mjs';

const kWanted = 10_000, kAtOnce = 200;
const kHandshake = upgradeRequest('/socket.io/?EIO=4&transport=websocket'), kConnect = frame(kText, '40'), kPong = frame(kText, '3');

// As small as a client can be: it joins, answers pings, and waits. Yields its socket.
function join(where) {
  return new Promise((resolve, reject) => {
    // From an address of its own: ten thousand ports of 127.0.0.1 are missed by others.
    const socket = net.connect({ port: where.port, host: where.host, localAddress: '127.0.9.1' });
    let heard = '', joined = false;
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`closed after: ${heard.slice(-200)}`)));
    socket.on('connect', () => socket.write(kHandshake));
    socket.on('data', (bytes) => {
      if (joined) return bytes.includes('\x812', 0, 'latin1') ? socket.write(kPong) : undefined;
      heard += bytes.toString('latin1');
      if (heard.includes('"maxPayload"') && !heard.endsWith('asked')) {
        heard = 'asked';
        socket.write(kConnect);
      } else if (heard.includes('40{"sid"')) {
        joined = true;
        heard = '';
        resolve(socket);
      }
      return undefined;
    });
  });
}

describe('a crowd', ours, () => {
  const where = houseFor('socketio', { max_connections: 20_000 });

  test('thousands join and stay, users and monitors meet among them as ever, and all may leave at once', async (t) => {
    const limit = Number(execFileSync('prlimit', ['--pid', String(where.pid), '--nofile', '--noheadings', '-o', 'SOFT'], { encoding: 'utf8' }));
    const count = Math.min(kWanted, limit - 500);
    assert.ok(count >= 500, `a limit of ${limit} descriptors`);
    const sockets = [];
    t.after(() => sockets.forEach((socket) => socket.destroy()));
    await within(60_000, 'all of them to join', (async () => {
      while (sockets.length < count)
        sockets.push(...await Promise.all(Array.from({ length: Math.min(kAtOnce, count - sockets.length) }, () => join(where))));
    })());
    const id = newId();
    const holder = await monitor(t, where, id), one = await user(t, where, id);
    const begun = performance.now();
    for (let i = 0; i < 20; ++i) {
      one.emit('command send', { command: 'set pump 1' });
      await holder.hears('command do', { command: 'set pump 1' });
      holder.emit('command done');
      await one.hears('command ok');
      await one.hears('command finish');
    }
    assert.ok(performance.now() - begun < 2000 * patience, 'twenty commands among the crowd');
    const closed = sockets.filter((socket) => socket.destroyed).length;
    assert.equal(closed, 0, 'nobody was sent away');
    for (const socket of sockets.splice(0)) socket.removeAllListeners('close').destroy();
    one.emit('command send', { command: 'set pump 0' });
    await one.hears('command ok');
    await holder.hears('command do', { command: 'set pump 0' });
  });
});
