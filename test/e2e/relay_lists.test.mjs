// Whom the relay lists, a thousand characters at a time; what it tells with a token only.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chars, Client, houseFor, kList, newName, registered } from './lib/relay.mjs';
import { until } from './lib/until.mjs';

const register = (device_name, more = {}) => ({ command: 'register', device_name, ...more });

describe('get_devices', () => {
  const empty = houseFor();

  test('lists names in the order of their registration', async (t) => {
    const one = await Client.open(t, empty);
    assert.deepEqual(await one.ask('server', { command: 'get_devices' }), { success: true, response: [] });
    const all = [];
    for (const name of ['z', 'a', '漢', 'Z', 'm', '10', '9']) all.push(await registered(t, empty, name));
    assert.deepEqual(await one.asked('server', { command: 'get_devices' }), ['z', 'a', '漢', 'Z', 'm', '10', '9']);
    await all[1].asked('server', { command: 'unregister' });
    await all[1].register('a');
    assert.deepEqual(await one.devices(), ['z', '漢', 'Z', 'm', '10', '9', 'a']);
    for (const client of all) client.destroy();
    await until('nobody', async () => (await one.devices()).length === 0);
  });

  for (const [what, stem] of [['short', 'n'], ['long', 'x'.repeat(120)], ['of wide characters', '漢'.repeat(120)],
    ['that need escapes', '"'.repeat(120)]])
    test(`names that are ${what} come in as many answers as they need, each as full as may be`, async (t) => {
      const one = await Client.open(t, empty), wanted = Array.from({ length: 200 }, (_, i) => `${stem}${i}`);
      const all = await Promise.all(wanted.map(() => Client.open(t, empty)));
      for (const [i, client] of all.entries()) await client.register(wanted[i]);
      assert.deepEqual(await one.devices(), wanted);
      const pages = one.heard.filter((line) => line.includes('"response"'));
      assert.ok(pages.length > 1);
      // One more name wouldn't have fitted.
      for (const page of pages.slice(0, -1)) assert.ok(chars(page) + JSON.stringify(`${stem}000`).length >= 1000, page);
      for (const client of all) client.destroy();
      await until('nobody', async () => (await one.devices()).length === 0);
    });

  test('an offset that is no whole number is refused', async (t) => {
    const one = await Client.open(t, empty);
    for (const offset of [-1, 1.5, 'x', [], {}, true]) await one.refused('server', { command: 'get_devices', offset });
    assert.deepEqual(await one.asked('server', { command: 'get_devices', offset: 0 }), []);
  });

  test('get_device_info wants the name of a device', async (t) => {
    const one = await Client.open(t, empty);
    for (const device_name of [undefined, 'nobody', '', 5, null, [], {}, 'server', 'gerald', 'x'.repeat(700)])
      await one.refused('server', { command: 'get_device_info', device_name });
    await one.quiet();
  });
});

describe('a token', () => {
  const guarded = houseFor({ token: 'a "secret" 漢' });
  const token = 'a "secret" 漢';

  test('without it nothing is answered with success', async (t) => {
    const inside = await Client.open(t, guarded), one = await Client.open(t, guarded), name = newName();
    await inside.register(newName(), { token });
    const guesses = ['', 'a', `${token} `, token.toUpperCase(), 5, null, [token], { token }];
    const tries = guesses.map((guess) => register(name, { token: guess }));
    for (const payload of [{ command: 'get_devices' }, { command: 'get_devices', token }, register(name), { device_name: name },
      register(inside.name, { force: true }), { command: 'unregister' },
      { command: 'get_device_info', device_name: inside.name }, ...tries]) {
      const words = await one.refused('server', payload);
      assert.equal(words.includes('secret'), false, words);
    }
    await one.refused(inside.name, 1);
    one.write('garbage\n{}[]\n');
    assert.deepEqual(await one.outcomes(3), [false, false, false]);
    await inside.quiet();
    await one.register(name, { token });
    assert.ok(Array.isArray((await one.write(kList).answer()).response));
    await one.asked(inside.name, 1);
    await inside.hears(name, 1);
  });

  test('it is told to nobody', async (t) => {
    const one = await registered(t, guarded, newName(), { token, description: 'd' });
    assert.deepEqual(await one.info(one.name), { name: one.name, description: 'd' });
    const heir = await registered(t, guarded, one.name, { token, force: true });
    assert.equal((await one.packet()).payload.device_name, heir.name);
    assert.equal(one.heard.some((line) => line.includes('secret')), false);
  });
});
