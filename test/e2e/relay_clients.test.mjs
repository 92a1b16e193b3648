// The relay's clients as devices of the house: hearthctl sees them and sends them payloads.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Client, houseFor, newName, packet, registered } from './lib/relay.mjs';
import { until } from './lib/until.mjs';

const house = houseFor();
const ctl = () => house.server.ctl;
const device = (name, what, fits) => until(`relay:${name} ${what}`, async () => {
  const found = await house.server.device(`relay:${name}`);
  return found && fits(found) && found;
});
const there = (name) => device(name, 'reachable', ({ reachable }) => reachable);
const gone = (name) => device(name, 'unreachable', ({ reachable }) => !reachable);
const known = async (t, name, more) => {
  const one = await registered(t, house, name, more);
  await there(one.name);
  return one;
};
const give = (name, text) => ctl().text('device', 'set', `relay:${name}`, 'payload', text);

test('a registered client is a device with a payload and with what it tells of itself', async (t) => {
  const all = { description: 'A "strip" 漢', version: '1.0.1', interface: 'https://a.example/strip.md' };
  for (const more of [all, { interface: 'x' }, {}]) {
    const one = await known(t, newName('strip '), more), shown = await there(one.name);
    assert.deepEqual([shown.id, shown.name, shown.plugin, shown.kind], [`relay:${one.name}`, one.name, 'relay', 'client']);
    const capabilities = Object.fromEntries(shown.capabilities.map(({ name, type, writable }) => [name, `${type} ${writable}`]));
    const told = Object.keys(more).map((key) => `relay.${key}`);
    assert.deepEqual(capabilities, { payload: 'text true', ...Object.fromEntries(told.map((name) => [name, 'text false'])) });
    for (const [key, value] of Object.entries(more))
      await device(one.name, key, ({ state }) => state[`relay.${key}`]?.reported === value);
  }
});

test('hearthctl sends it a payload: JSON as it is, any other text as a text', async (t) => {
  const one = await known(t);
  for (const [text, payload] of [['{"a":1}', '{"a":1}'], ['hello', '"hello"'], ['[1.10,12345678901234567890123,1e3]', undefined],
    ['é漢🏠 "x"', '"é漢🏠 \\"x\\""'], ['"quoted"', undefined], ['null', undefined], ['{"a" : [ 1 ,2 ] }', '{"a":[1,2]}'],
    ['{"a":', '"{\\"a\\":"'],
    ['{"a":1,"a":2}', undefined],
    ['{"command":"on","color":[128,0,255]}', undefined]]) {
    await give(one.name, text);
    await one.packet();
    assert.equal(one.heard.at(-1), `{"sender":"server","payload":${payload ?? text}}`);
  }
  await one.quiet();
});

test('a payload that would be 1024 characters or more with its sender is refused with words', async (t) => {
  const one = await known(t), around = '{"sender":"server","payload":""}'.length;
  await give(one.name, '漢'.repeat(1023 - around));
  await one.hears('server', '漢'.repeat(1023 - around));
  for (const count of [1024 - around, 2000])
    assert.ok((await ctl().fails(1, 'device', 'set', `relay:${one.name}`, 'payload', '漢'.repeat(count))).length > 5);
  await one.quiet();
});

for (const [how, end] of [['is reset', (one) => one.reset()], ['closes', (one) => one.destroy()],
  ['unregisters', (one) => one.asked('server', { command: 'unregister' })],
  ['takes another name', (one) => one.register(newName(), { force: true })]])
  test(`a client that ${how} is an unreachable device; back, it is the one that it was`, async (t) => {
    const one = await known(t, newName(), { interface: 'kept' }), { name } = one, { number } = await there(name);
    await end(one);
    assert.equal((await gone(name)).number, number);
    assert.ok((await ctl().fails(1, 'device', 'set', `relay:${name}`, 'payload', 'x')).length > 5);
    const heir = await known(t, name, { interface: 'new' });
    assert.equal((await device(name, 'told anew', ({ state }) => state['relay.interface']?.reported === 'new')).number, number);
    await give(name, 'back');
    await heir.hears('server', 'back');
    if (!one.closed) await one.quiet();
  });

test('a name taken by force stays one device: payloads go to who has it', async (t) => {
  const one = await known(t), heir = await registered(t, house, one.name, { force: true, version: '2' });
  await one.packet();
  await device(one.name, 'of the heir', ({ reachable, state }) => reachable && state['relay.version']?.reported === '2');
  await give(one.name, 'x');
  await heir.hears('server', 'x');
  await one.quiet();
});

test('a client that doesn\'t read makes the command fail as busy', async (t) => {
  const one = await known(t), sender = await registered(t, house), pad = 'x'.repeat(900);
  one.socket.pause();
  let taken = 0;
  for (let batch = 1; batch > 0; taken += batch) {
    sender.write(packet(one.name, pad).repeat(100));
    batch = (await sender.outcomes(100)).filter((success) => success).length;
  }
  assert.match(await ctl().fails(1, 'device', 'set', `relay:${one.name}`, 'payload', 'x'), /not reading/);
  one.socket.resume();
  for (let i = 0; i < taken; ++i) await one.packet();
  await give(one.name, 'again');
  await one.hears('server', 'again');
});

test('long names and those with control characters are no devices, odd ones are', async (t) => {
  const without = ['漢'.repeat(43), 'x'.repeat(127) + 'é', 'line\nfeed', '\u0000', 'a\u007f', 'a\u001b[31m', 'tab\t'];
  const others = ['x'.repeat(128), '漢'.repeat(42), 'a b', '"', '\\', '/', ':', '#1', 'é', '🏠', '-x', '.', '*', '{', 'relay:x'];
  const one = await registered(t, house), all = new Map([[one.name, one]]);
  for (const name of [...without, ...others]) all.set(name, await registered(t, house, name));
  await there((await known(t)).name);
  for (const name of others) {
    await there(name);
    await give(name, 'x');
    await all.get(name).hears('server', 'x');
  }
  for (const name of without) {
    assert.equal(await house.server.device(`relay:${name}`), undefined, JSON.stringify(name));
    await one.asked(name, 'a client all the same');
    await all.get(name).hears(one.name, 'a client all the same');
  }
});

test('the house\'s devices that are clients are no targets by id', async (t) => {
  const [one, other] = [await known(t), await known(t)];
  await one.refused(`relay:${other.name}`, { command: 'get' });
  other.destroy();
  await gone(other.name);
  await one.refused(`relay:${other.name}`, { command: 'get' });
  await one.refused(other.name, { command: 'get' });
  assert.equal((await one.devices()).some((name) => name.includes(other.name)), false);
});

test('two at once get what is theirs', async (t) => {
  const all = await Promise.all(Array.from({ length: 8 }, () => known(t)));
  await Promise.all(all.map(({ name }) => give(name, `for ${name}`)));
  for (const one of all) await one.hears('server', `for ${one.name}`);
});

describe('those that have gone', () => {
  const other = houseFor();

  test('64 of them stay, the longest gone are withdrawn', async (t) => {
    const one = await registered(t, other, 'stays');
    const devices = async () => (await other.server.ctl.json('devices')).filter(({ plugin }) => plugin === 'relay');
    for (let i = 0; i < 70; ++i) {
      const guest = await registered(t, other, `g${i}`);
      await guest.asked('server', { command: 'unregister' });
      guest.destroy();
    }
    const wanted = ['relay:stays', ...Array.from({ length: 64 }, (_, i) => `relay:g${i + 6}`)].sort();
    let ids;
    await until('64 that have gone', async () => {
      const rows = await devices();
      ids = rows.map(({ id }) => id).sort();
      return ids.length === 65 && rows.filter(({ reachable }) => reachable).length === 1;
    }).catch(() => {});
    assert.deepEqual(ids, wanted);
    // A withdrawn one may come again.
    const again = await registered(t, other, 'g0');
    await until('g0 again', async () => (await other.server.device('relay:g0'))?.reachable);
    await other.server.ctl.text('device', 'set', 'relay:g0', 'payload', 'x');
    await again.hears('server', 'x');
    await one.quiet();
  });
});

describe('a token keeps strangers out of the house', () => {
  const guarded = houseFor({ token: 'x' });

  test('who doesn\'t give it is no device', async (t) => {
    const stranger = await Client.open(t, guarded), one = await registered(t, guarded, 'one', { token: 'x' });
    await stranger.refused('server', { command: 'register', device_name: 'stranger' });
    const { state } = await until('the device', () => guarded.server.device('relay:one'));
    assert.equal(await guarded.server.device('relay:stranger'), undefined);
    assert.deepEqual(Object.keys(state).filter((name) => name !== 'payload'), []);
    await one.quiet();
  });
});
