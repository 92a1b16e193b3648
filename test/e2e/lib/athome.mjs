// A client of the AtHome protocol: a connection for each request, the answer read to the server's end of it.
import assert from 'node:assert/strict';
import net from 'node:net';
import { lights, prepareServer, toml } from './server.mjs';
import { within } from './until.mjs';

// Sends `bytes` (or an array of pieces, one write each) and yields all that comes until the server closes; null if it closed
// without a word. `end`: close our half after sending.
export async function exchange(where, bytes, { ms = 5000, end = false } = {}) {
  const socket = net.connect({ host: where.host, port: where.port, noDelay: true });
  const pieces = [];
  const done = new Promise((resolve, reject) => {
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('close', resolve);
    // A reset after the answer is no loss of it; one before it is seen as no answer.
    socket.on('error', (error) => (['ECONNRESET', 'EPIPE'].includes(error.code) ? resolve() : reject(error)));
  });
  try {
    for (const piece of Array.isArray(bytes) ? bytes : [bytes]) {
      if (Array.isArray(bytes)) await new Promise((sent) => socket.write(piece, () => setImmediate(sent)));
      else socket.write(piece);
    }
    if (end) socket.end();
    await within(ms, 'the answer and the end of the connection', done);
  } finally {
    socket.destroy();
  }
  const answer = Buffer.concat(pieces);
  return answer.length === 0 ? null : answer;
}

// The answer as an object; every answer has the parts that clients rely on.
export function parsed(answer) {
  assert.notEqual(answer, null, 'the server closed without an answer');
  const text = answer.toString('latin1');
  assert.match(text, /^[\x20-\x7e]*$/, 'clients read ASCII only');
  const object = JSON.parse(text);
  assert.equal(typeof object['result-code'], 'number');
  assert.equal(typeof object.message, 'string');
  assert.equal(typeof object['call-sequence'], 'number');
  if (object['result-code'] !== 0) assert.equal(typeof object.error, 'string', 'a failure has words in "error"');
  return object;
}

// One request by name; yields the answer, whatever its result-code.
export async function ask(where, request, args, options) {
  const body = args === undefined ? { request } : { request, args };
  return parsed(await exchange(where, JSON.stringify(body), options));
}

// The same; demands result-code 0.
export async function asked(where, request, args, options) {
  const answer = await ask(where, request, args, options);
  assert.equal(answer['result-code'], 0, `${request}: ${JSON.stringify(answer)}`);
  return answer;
}

// What DefineDevice and UpdateDevice want.
export const definition = (address, more = {}) => ({
  'device-name': address,
  'device-location': 'Test',
  'device-mfg': 'simulated',
  'device-address': address,
  'device-channel': 0,
  'device-color': '#ffffff',
  'device-brightness': 100,
  ...more,
});

// A connection that stays open: says what it is told to, remembers what it hears.
export async function connect(t, where) {
  const socket = net.connect({ host: where.host, port: where.port, noDelay: true });
  t.after(() => socket.destroy());
  const state = { socket, received: Buffer.alloc(0), closed: false };
  socket.on('data', (piece) => { state.received = Buffer.concat([state.received, piece]); });
  state.ended = new Promise((resolve) => socket.on('close', () => { state.closed = true; resolve(); }));
  await within(5000, 'a connection', new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  }));
  socket.on('error', () => {});
  return state;
}

// ---- What every answer must be ------------------------------------------------------------------------------------------

const kFirst = ['request', 'date-time', 'server', 'server-version'];
const kLast = ['message', 'call-sequence'];

// The answer as an object, once it is sound: the order of its keys, and its braces for clients that count them and know no strings.
export function sound(answer) {
  const object = parsed(answer);
  const keys = Object.keys(object);
  assert.deepEqual(keys.slice(0, 4), kFirst, `the first keys of ${answer}`);
  assert.deepEqual(keys.slice(-2), kLast, `the last keys of ${answer}`);
  // The sun's data stand where the original puts them.
  const code = keys.indexOf('result-code');
  assert.equal(code, object.request === 'GetSunData' && 'data' in object ? 5 : 4, `the place of result-code in ${answer}`);
  if (object['result-code'] === 0) assert.equal('error' in object, false, 'a success has no "error"');
  let depth = 0;
  const text = answer.toString('latin1');
  for (let i = 0; i < text.length; ++i) {
    depth += text[i] === '{' ? 1 : text[i] === '}' ? -1 : 0;
    assert.ok(depth > 0 || i === text.length - 1, `a client that counts braces would stop at ${i} in ${text}`);
  }
  return object;
}

// ---- A house, and AtHome in front of it ---------------------------------------------------------------------------------

const section = (name, keys) => [`[${name}]`, ...Object.entries(keys).map(([key, v]) => `${key} = ${JSON.stringify(v)}`), '',
  ''].join('\n');

export class House {
  constructor(server) { this.server = server; }

  // Its port is another one after each start.
  async open() {
    this.where = await this.server.listen('athome');
    return this;
  }

  async restart() {
    await this.server.restart();
    return this.open();
  }

  // One request by name; the answer is sound, whatever its result-code.
  async ask(request, args, options) {
    const body = args === undefined ? { request } : { request, args };
    return sound(await exchange(this.where, JSON.stringify(body), options));
  }

  // The same; demands result-code 0.
  async asked(request, args, options) {
    const answer = await this.ask(request, args, options);
    assert.equal(answer['result-code'], 0, `${request} ${JSON.stringify(args)}: ${JSON.stringify(answer)}`);
    return answer;
  }

  // The same; demands this result-code, and words.
  async refused(code, request, args, options) {
    const answer = await this.ask(request, args, options);
    assert.equal(answer['result-code'], code, `${request} ${JSON.stringify(args)}: ${JSON.stringify(answer)}`);
    assert.ok(answer.error.length > 3 && answer.message.length > 3, `words of ${JSON.stringify(answer)}`);
    return answer;
  }

  // All devices, programs, groups, as AtHome shows them.
  async devices() { return (await this.asked('QueryDevices', {})).devices; }
  async programs() { return (await this.asked('QueryPrograms', {})).programs; }
  async groups() { return (await this.asked('QueryActionGroups', {})).groups; }
  async shown(number) { return (await this.asked('QueryDevices', { 'device-id': number })).device; }

  // The number of a simulated device; what it has reported, as hearthctl tells it; undefined if there is none.
  async number(id) { return (await this.server.device(`simulated:${id}`)).number; }
  async seen(id) {
    const device = await this.server.device(`simulated:${id}`);
    if (!device) return undefined;
    const { on_off, brightness, color } = device.state;
    return { on: on_off?.reported, brightness: brightness?.reported, color: color?.reported, since: Date.parse(on_off?.since) };
  }
  async on(id) { return (await this.seen(id))?.on; }

  // Numbers of several: {a: 1, b: 2}.
  async numbers() {
    const devices = (await this.server.ctl.json('devices')).filter((d) => d.plugin === 'simulated');
    return Object.fromEntries(devices.map((d) => [d.id.slice('simulated:'.length), d.number]));
  }
}

// What a house's configuration says. `devices`: as lights() takes them. `home`: keys of [home]. `plugins`: sections besides.
export function houseText(devices, { home = {}, plugins = {} } = {}) {
  const rest = toml({ ...lights(...devices), ...plugins });
  return Object.keys(home).length > 0 ? section('home', home) + rest : rest;
}

// A running house of these simulated devices.
export async function house(t, devices, options) {
  const server = prepareServer(t, houseText(devices, options));
  await server.start();
  return new House(server).open();
}

// What DefineProgram and UpdateProgram want.
export const program = (name, more = {}) => ({
  name,
  'day-mask': 'MTWTFSS',
  'trigger-method': 'clock-time',
  time: '12:00',
  offset: 0,
  command: 'on',
  randomize: 0,
  'randomize-amount': 0,
  color: '#ffffff',
  brightness: 100,
  ...more,
});

// ---- Clocks -------------------------------------------------------------------------------------------------------------

// What the clock on the wall of `zone` shows at an instant (milliseconds): {date, time, weekday: 0 is Monday}.
export function wallClock(zone, at) {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', weekday: 'short', year: 'numeric', month: '2-digit',
    day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return { date: `${part.year}-${part.month}-${part.day}`, time: `${part.hour}:${part.minute}:${part.second}`,
    weekday: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part.weekday) };
}

// The offset of `zone` from UTC at an instant, as ISO 8601 writes it.
export function zoneOffset(zone, at) {
  const { date, time } = wallClock(zone, at);
  const minutes = Math.round((Date.parse(`${date}T${time}Z`) - at) / 60000);
  const two = (n) => String(n).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

// An instant as hearth writes it, in milliseconds; it is told in the time of `zone`.
export function instant(text, zone) {
  assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$/, 'ISO 8601 with an offset');
  const at = Date.parse(text);
  assert.equal(text.slice(-6), zoneOffset(zone, at), `the offset of ${zone} in ${text}`);
  return at;
}
