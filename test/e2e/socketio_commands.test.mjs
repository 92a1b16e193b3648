// Commands between users and monitors, packet by packet: each answer and its words, and all that the document leaves open.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { houseFor, joined, monitor, newId, ours, quiet, Session, user } from './lib/socketio.mjs';

const kOk = { reason: 'Command ok' }, kFinish = { reason: 'Command finish' };
const kWords = { reason: /^.{3,}$/ };
const kPair = ['websocket', 'polling'];

describe('commands', { concurrency: 8 }, () => {
  const where = houseFor('socketio');

  for (const transport of kPair)
    test(`a command: ok, do, done, finish; and error, failed with the reason (${transport})`, async (t) => {
      const id = newId();
      const holder = await monitor(t, where, id, { transport }), one = await user(t, where, id, { transport });
      for (const [packet, name, said] of [['42["command done"]', 'command finish', kFinish],
        ['42["command done",{}]', 'command finish', kFinish], ['42["command done",null]', 'command finish', kFinish],
        ['42["command error",{"reason":"é \\"hot\\""}]', 'command failed', { reason: 'é "hot"' }]]) {
        one.emit('command send', { command: 'set é "x"\n', more: 1 });
        await one.hears('command ok', kOk);
        await holder.hears('command do', { command: 'set é "x"\n' });
        holder.send(packet);
        await one.hears(name, said);
      }
      await quiet(one);
    });

  test('an error without a reason is a failure with words all the same', async (t) => {
    const id = newId();
    const holder = await monitor(t, where, id), one = await user(t, where, id);
    for (const packet of ['42["command error"]', '42["command error",{}]', '42["command error",{"reason":5}]',
      '42["command error",null]']) {
      one.emit('command send', { command: 'x' });
      await one.hears('command ok', kOk);
      await holder.hears('command do');
      holder.send(packet);
      assert.equal(typeof (await one.hears('command failed')).reason, 'string');
    }
  });

  test('a command before query fails, and the connection stays', async (t) => {
    const one = await joined(t, where);
    one.emit('command send', { command: 'x' });
    await one.hears('command failed', kWords);
    await quiet(one);
  });

  for (const [what, args] of Object.entries({ 'none': [{}], 'no argument': [], 'empty': [{ command: '' }], 'a number': [{ command: 5 }],
    'null': [{ command: null }], 'an object': [{ command: { a: 1 } }], 'a list': [{ command: ['x'] }], 'no object': ['x'] }))
    test(`an invalid command fails, and the connection stays: ${what}`, async (t) => {
      const id = newId();
      const holder = await monitor(t, where, id), one = await user(t, where, id);
      one.emit('command send', ...args);
      await one.hears('command failed', { reason: 'Invalid command' });
      one.emit('command send', { command: 'good' });
      await one.hears('command ok', kOk);
      await holder.hears('command do', { command: 'good' });
    });

  test('a command in binary is invalid', async (t) => {
    const one = await user(t, where, newId());
    one.send('451-["command send",{"command":{"_placeholder":true,"num":0}}]', Buffer.from('on'));
    await one.hears('command failed', { reason: 'Invalid command' });
  });

  test('a command to an absent monitor is ok and then fails', async (t) => {
    const one = await user(t, where, newId());
    for (let i = 0; i < 3; ++i) {
      one.emit('command send', { command: 'x' });
      await one.hears('command ok', kOk);
      await one.hears('command failed', { reason: 'monitor not connected' });
    }
  });

  test('finish and failed go to every user of the monitor, asked for or not, and to nobody else', async (t) => {
    const id = newId();
    const holder = await monitor(t, where, id), stranger = await user(t, where, newId());
    const all = await Promise.all(Array.from({ length: 10 }, (_, i) => user(t, where, id, { transport: kPair[i % 2] })));
    all[0].emit('command send', { command: 'x' });
    await all[0].hears('command ok', kOk);
    await holder.hears('command do', { command: 'x' });
    holder.emit('command done').emit('command done').emit('command error', { reason: 'late' });
    for (const one of all) {
      for (let i = 0; i < 2; ++i) await one.hears('command finish', kFinish);
      await one.hears('command failed', { reason: 'late' });
    }
    await quiet(stranger);
  });

  test('done and error of who is no monitor are ignored', async (t) => {
    const id = newId();
    await monitor(t, where, id);
    const one = await user(t, where, id), nobody = await joined(t, where);
    for (const session of [one, nobody]) {
      session.send('427["command done"]');
      assert.equal(await session.next(), '437[]');
      session.send('428["command error",{"reason":"x"}]');
      assert.equal(await session.next(), '438[]');
    }
    await quiet(one, nobody);
  });

  for (const [how, leave, options] of [['disconnects', (s) => s.send('41')], ['closes', (s) => s.send('1'), ours],
    ['is reset', (s) => s.link.wire.reset()]])
    test(`a monitor that ${how} with a command out fails it to those who wait, and its id is free`, options ?? {}, async (t) => {
      const id = newId();
      const holder = await monitor(t, where, id), one = await user(t, where, id), other = await user(t, where, id);
      one.emit('command send', { command: 'x' });
      await one.hears('command ok', kOk);
      await holder.hears('command do');
      leave(holder);
      await one.hears('command failed', kWords);
      if (!ours.skip) await quiet(other);
      await monitor(t, where, id);
    });

  test('a user that leaves with a command out: the monitor goes on, the other users hear its end', async (t) => {
    const id = newId();
    const holder = await monitor(t, where, id), one = await user(t, where, id), other = await user(t, where, id);
    one.emit('command send', { command: 'x' });
    await holder.hears('command do');
    one.link.destroy();
    holder.emit('command done');
    await other.hears('command finish', kFinish);
    other.emit('command send', { command: 'y' });
    await holder.hears('command do', { command: 'y' });
  });

  test('one connection may be both: it gets ok, do and finish', async (t) => {
    const id = newId();
    const both = await monitor(t, where, id);
    both.emit('query', { monitor_id: id });
    await both.hears('query ok', { reason: 'Query ok' });
    both.emit('command send', { command: 'x' });
    const two = [await both.event(), await both.event()];
    assert.deepEqual(two.sort(), [['command do', { command: 'x' }], ['command ok', kOk]]);
    both.emit('command done');
    await both.hears('command finish', kFinish);
  });

  // ---- Acknowledgements, and what is no part of it ----------------------------------------------------------------------

  test('an event with an id is acknowledged with [], after its answer; an unknown one is not', async (t) => {
    const id = newId(), session = await joined(t, where);
    session.send(`421["con",{"monitor_id":"${id}"}]`, '4277["no such event",{}]', `422["query",{"monitor_id":"${id}"}]`,
      '423["command send"]',
      '424["command send",{"command":"x"}]', '425["command done"]', '426["command error",{"reason":"r"}]');
    const seen = Array.from({ length: 14 }, () => '');
    for (const i of seen.keys()) if ((seen[i] = await session.next()) === '436[]') break;
    const at = (text) => seen.findIndex((packet) => packet.startsWith(text));
    for (const [answer, ack] of [['42["con ok"', '431[]'], ['42["query ok"', '432[]'], ['42["command failed",{"reason":"Invalid', '433[]'],
      ['42["command ok"', '434[]'], ['42["command finish"', '435[]'], ['42["command failed",{"reason":"r"', '436[]']])
      assert.ok(at(answer) >= 0 && at(answer) < at(ack), `${answer} before ${ack}: ${JSON.stringify(seen)}`);
    assert.equal(at('4377'), -1);
  });

  test('unknown events are ignored, another namespace is not there', async (t) => {
    const session = await Session.open(t, where);
    session.send('40/custom,');
    assert.equal(await session.next(), '44/custom,{"message":"Invalid namespace"}');
    await session.connect({ any: 'auth' });
    for (const name of ['query ok', 'command do', 'con ok', 'command finish', '', 'Query', 'message'])
      session.emit(name, { monitor_id: newId() });
    await quiet(session);
  });

  test('DISCONNECT frees what the session was; it may join again as another', ours, async (t) => {
    const id = newId(), session = await monitor(t, where, id);
    session.send('41');
    await session.connect();
    const heir = await monitor(t, where, id);
    session.emit('query', { monitor_id: id });
    await session.hears('query ok');
    session.emit('command send', { command: 'x' });
    await heir.hears('command do', { command: 'x' });
  });

  test('thousands of commands of many users come and go in order', async (t) => {
    await Promise.all(Array.from({ length: 10 }, async (_, pair) => {
      const id = newId();
      const holder = await monitor(t, where, id), one = await user(t, where, id);
      for (let i = 0; i < 200; ++i) one.emit('command send', { command: `${pair} ${i}` });
      for (let i = 0; i < 200; ++i) {
        await holder.hears('command do', { command: `${pair} ${i}` });
        holder.emit('command done');
      }
      const names = [];
      while (names.length < 400) names.push((await one.event())[0]);
      assert.equal(names.filter((name) => name === 'command ok').length, 200);
      assert.equal(names.filter((name) => name === 'command finish').length, 200);
    }));
  });
});
