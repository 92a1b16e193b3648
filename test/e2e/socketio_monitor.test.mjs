// Who is a user of what, who is which monitor: `query`, `con`, wrong ids, and two monitors with one id.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { houseFor, joined, monitor, newId, ours, quiet, refused, user } from './lib/socketio.mjs';
import { patience, until } from './lib/until.mjs';

const kInvalid = { reason: 'Invalid monitor_id' }, kTaken = { reason: 'monitor_id already registered' };
const kOk = { reason: 'Command ok' }, kFinish = { reason: 'Command finish' };
const kWords = { reason: /^.{3,}$/ };
const kPair = ['websocket', 'polling'];

describe('users and monitors', { concurrency: 8 }, () => {
  const where = houseFor('socketio');

  // ---- query and con ----------------------------------------------------------------------------------------------------

  const wrongIds = { 'none': [{}], 'no argument': [], 'null': [null], 'text': ['x'.repeat(32)], 'a list': [['x'.repeat(32)]],
    'empty': [{ monitor_id: '' }], 'of 31': [{ monitor_id: 'x'.repeat(31) }], 'of 33': [{ monitor_id: 'x'.repeat(33) }],
    'a number': [{ monitor_id: 12345678901234567890123456789012 }], 'a list in it': [{ monitor_id: Array(32).fill('x') }],
    'null in it': [{ monitor_id: null }], 'true': [{ monitor_id: true }], 'an object': [{ monitor_id: { length: 32 } }],
    'of 16 characters in 32 bytes': [{ monitor_id: 'é'.repeat(16) }], 'by another name': [{ id: 'x'.repeat(32) }] };
  for (const transport of kPair)
    for (const name of ['query', 'con'])
      test(`${name} with a wrong monitor_id: failed, DISCONNECT, the end (${transport})`, async (t) => {
        for (const args of Object.values(wrongIds)) {
          const session = await joined(t, where, { transport });
          session.emit(name, ...args);
          await refused(session, `${name} failed`, kInvalid);
        }
      });

  test('after query failed on polling the GET carries the answer and DISCONNECT, the one after it the end', async (t) => {
    const session = await joined(t, where, { transport: 'polling' });
    session.emit('query', {});
    await session.hears('query failed', kInvalid);
    assert.equal(await session.next(), '41');
    await until('the end', () => session.over);
    await session.link.gone();
  });

  test('an id may have any 32 characters', async (t) => {
    for (const char of ['é', '漢', ' ', '"', '\u0001'].concat(ours.skip ? [] : ['𝕏'])) {
      await monitor(t, where, char.repeat(32));
      await user(t, where, char.repeat(32));
    }
  });

  test('query for a monitor that is not there is ok', async (t) => {
    await quiet(await user(t, where, newId()));
  });

  test('query again replaces the target', async (t) => {
    const [a, b] = [newId(), newId()];
    const first = await monitor(t, where, a), second = await monitor(t, where, b);
    const one = await user(t, where, a);
    one.emit('query', { monitor_id: b });
    await one.hears('query ok', { reason: 'Query ok' });
    one.emit('command send', { command: 'x' });
    await one.hears('command ok', kOk);
    await second.hears('command do', { command: 'x' });
    first.send('421["command done"]');
    assert.equal(await first.next(), '431[]');
    await quiet(one);
    second.emit('command done');
    await one.hears('command finish', kFinish);
  });

  test('con again with the same id is ok, and still counts once', async (t) => {
    const id = newId();
    const session = await monitor(t, where, id);
    session.emit('con', { monitor_id: id });
    await session.hears('con ok', { reason: 'Connection ok' });
    const one = await user(t, where, id);
    one.emit('command send', { command: 'once' });
    await session.hears('command do', { command: 'once' });
    session.send('421["command done"]');
    assert.equal(await session.next(), '431[]');
    await one.hears('command ok', kOk);
    await one.hears('command finish', kFinish);
    await quiet(one);
  });

  test('con with another id is ok, and the old one is free', async (t) => {
    const [old, fresh] = [newId(), newId()];
    const session = await monitor(t, where, old);
    session.emit('con', { monitor_id: fresh });
    await session.hears('con ok', { reason: 'Connection ok' });
    const heir = await monitor(t, where, old);
    for (const [id, holder] of [[old, heir], [fresh, session]]) {
      const one = await user(t, where, id);
      one.emit('command send', { command: id });
      await holder.hears('command do', { command: id });
    }
    session.link.destroy();
    await until('the other id is free too', async () => {
      const next = await joined(t, where);
      next.emit('con', { monitor_id: fresh });
      return (await next.event())[0] === 'con ok';
    });
  });

  // ---- Of two monitors with one id --------------------------------------------------------------------------------------

  for (const transport of kPair) {
    test(`a duplicate id is refused while the first answers, and the first stays (${transport})`, async (t) => {
      const id = newId();
      const first = await monitor(t, where, id, { transport });
      for (let i = 0; i < 2; ++i) {
        const second = await joined(t, where);
        second.emit('con', { monitor_id: id });
        await refused(second, 'con failed', kTaken);
      }
      const one = await user(t, where, id);
      one.emit('command send', { command: 'still you' });
      await first.hears('command do', { command: 'still you' });
    });

    test(`a duplicate id is taken over when the first is silent; its user is told (${transport})`, ours, async (t) => {
      const id = newId();
      const dead = await monitor(t, where, id, { transport, pong: false });
      const one = await user(t, where, id);
      one.emit('command send', { command: 'lost' });
      await one.hears('command ok', kOk);
      await dead.hears('command do', { command: 'lost' });
      const begin = Date.now();
      const second = await joined(t, where);
      second.emit('con', { monitor_id: id });
      await second.hears('con ok', { reason: 'Connection ok' }, 8000);
      assert.ok(Date.now() - begin < 6000 * patience, 'long before a ping timeout');
      await one.hears('command failed', kWords);
      if (transport === 'polling') {
        await dead.link.get();  // whatever it is told: it was dead
        await dead.link.gone();
      } else await until('the end of the first', () => dead.over, 8000);
      one.emit('command send', { command: 'again' });
      await second.hears('command do', { command: 'again' });
    });
  }

  test('of many who want one id at once one gets it', async (t) => {
    const id = newId();
    const all = await Promise.all(Array.from({ length: 10 }, () => joined(t, where)));
    for (const session of all) session.emit('con', { monitor_id: id });
    const answers = await Promise.all(all.map((session) => session.event(8000)));
    assert.equal(answers.filter(([name]) => name === 'con ok').length, 1);
    for (const [name, content] of answers) if (name !== 'con ok') assert.deepEqual([name, content], ['con failed', kTaken]);
  });

  test('of two who want the id of a silent one, one gets it', ours, async (t) => {
    const id = newId();
    await monitor(t, where, id, { pong: false });
    const both = [await joined(t, where), await joined(t, where)];
    for (const session of both) session.emit('con', { monitor_id: id });
    const names = (await Promise.all(both.map((session) => session.event(10000)))).map(([name]) => name);
    assert.deepEqual(names.sort(), ['con failed', 'con ok']);
  });
});
