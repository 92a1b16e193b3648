// Clients of the packet relay: one that reads lines, one that takes each recv for a packet as the original's do; and houses for them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, before } from 'node:test';
import { prepareServer } from './server.mjs';
import { within } from './until.mjs';

// A house for all tests of a file (or of a describe): {host, port, server}, filled in when it runs. `settings`: the relay's section;
// `sections`: those of other plugins.
export function houseFor(settings = {}, sections = {}) {
  const place = {}, ends = [];
  before(async () => {
    const content = { relay: { listen: '127.0.0.1:0', ...settings }, ...sections };
    const server = prepareServer({ after: (end) => ends.push(end) }, content);
    await server.start();
    Object.assign(place, await server.listen('relay'), { server });
  });
  after(async () => { for (const end of ends) await end(); });
  return place;
}

// The memory that the plugin's process holds, in bytes.
export async function resident(where) {
  const pid = (await where.server.plugin('relay')).pid ?? where.server.pid;
  return Number(readFileSync(`/proc/${pid}/status`, 'latin1').match(/VmRSS:\s+(\d+) kB/)[1]) * 1024;
}

// ---- Packets ------------------------------------------------------------------------------------------------------------

export const packet = (target, payload) => JSON.stringify({ target, payload });
export const command = (name, more = {}) => packet('server', { command: name, ...more });
export const kList = command('get_devices');
export const chars = (text) => [...text].length;

// A packet of just this many characters. `pad`: what its payload, a text, is filled with.
export function sized(target, length, pad = 'x') {
  const head = `{"target":${JSON.stringify(target)},"payload":"`, tail = '"}';
  const left = length - chars(head) - chars(tail), whole = Math.floor(left / chars(pad));
  return head + 'x'.repeat(left - whole * chars(pad)) + pad.repeat(whole) + tail;
}

// As Python's json.dumps writes it: blanks behind commas and colons, ASCII only.
export function dumps(value) {
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value).map(([key, v]) => `${dumps(key)}: ${dumps(v)}`).join(', ')}}`;
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

// A name of its own for each call.
let names = 0;
export const newName = (stem = 'n') => `${stem}${++names}`;

// Bytes in `count` pieces.
export function split(bytes, count) {
  const all = Buffer.from(bytes), at = (i) => Math.floor((i * all.length) / count);
  return Array.from({ length: count }, (_, i) => all.subarray(at(i), at(i + 1)));
}

const kShapes = ['success', 'success,response', 'success,response,next', 'success,error_message', 'sender,payload'];

// A line from the relay as an object, once it is sound: compact, short, its keys in order, no text escaped that needn't be.
export function sound(line) {
  const object = JSON.parse(line);
  assert.ok(chars(line) < 1024, `${chars(line)} characters: ${line}`);
  assert.doesNotMatch(line.replace(/"(\\.|[^"\\])*"/g, '""'), /\s/, `compact: ${line}`);
  assert.doesNotMatch(line.replace(/\\\\/g, ''), /\\u(?!00[01]|007f)/i, `UTF-8 where it may be: ${line}`);
  const keys = Object.keys(object).join();
  assert.ok(kShapes.includes(keys), `the keys of ${line}`);
  if ('sender' in object) {
    assert.equal(typeof object.sender, 'string');
    return object;
  }
  assert.equal(object.success, !keys.includes('error_message'), line);
  if (!object.success) assert.ok(typeof object.error_message === 'string' && object.error_message.length > 3, `words in ${line}`);
  if ('next' in object) assert.ok(Number.isInteger(object.next) && object.next > 0, line);
  return object;
}

// ---- Clients ------------------------------------------------------------------------------------------------------------

async function connected(t, { host, port }, { localAddress } = {}) {
  const socket = net.connect({ host, port, localAddress, noDelay: true });
  t.after(() => socket.destroy());
  await within(5000, 'a connection', new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  }));
  return socket.on('error', () => {});
}

// First in, first out, for many.
class Queue {
  #items = [];
  #head = 0;
  get length() { return this.#items.length - this.#head; }
  push(item) { this.#items.push(item); }
  shift() {
    const item = this.#items[this.#head++];
    if (this.#head > 4096) this.#items.splice(0, this.#head), this.#head = 0;
    return item;
  }
}

// Reads lines: answers and packets from others are told apart, and each is checked.
export class Client {
  #rest = [];
  #wakes = [];
  #answers = new Queue();
  #packets = new Queue();

  // `t`: the test with which it ends. `localAddress`: which of this machine's it comes from.
  static async open(t, where, options) {
    const self = new Client();
    Object.assign(self, { socket: await connected(t, where, options), closed: false, heard: [], name: undefined });
    self.socket.on('data', (piece) => self.#take(piece));
    self.socket.on('close', () => { self.closed = true; self.#wake(); });
    return self;
  }

  #wake() { for (const wake of this.#wakes.splice(0)) wake(); }

  #take(piece) {
    let from = 0;
    for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, from)) {
      const bytes = Buffer.concat([...this.#rest.splice(0), piece.subarray(from, end)]);
      from = end + 1;
      try {
        const line = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), object = sound(line);
        this.heard.push(line);
        ('sender' in object ? this.#packets : this.#answers).push(object);
      } catch (error) {
        this.unsound ??= error;
      }
    }
    if (from < piece.length) this.#rest.push(piece.subarray(from));
    this.#wake();
  }

  async #next(what, queue, ms) {
    const wait = async () => {
      while (queue.length === 0) {
        if (this.unsound) throw this.unsound;
        if (this.closed) throw new Error(`the server closed before ${what}`);
        await new Promise((resolve) => this.#wakes.push(resolve));
      }
      return queue.shift();
    };
    // No timer for what is there already: some tests read a hundred thousand.
    return queue.length > 0 ? queue.shift() : within(ms, what, wait());
  }

  // What comes next of each kind.
  answer(ms = 5000) { return this.#next('an answer', this.#answers, ms); }
  packet(ms = 5000) { return this.#next('a packet', this.#packets, ms); }

  // As many answers: true, or false, for each.
  async outcomes(count, ms) {
    const all = [];
    while (all.length < count) all.push((await this.answer(ms)).success);
    return all;
  }

  write(bytes) { this.socket.write(bytes); return this; }
  send(target, payload) { return this.write(packet(target, payload)); }

  // Each of these in a segment of its own, as far as a sender can tell.
  async pieces(all) { for (const piece of all) await new Promise((sent) => this.socket.write(piece, () => setImmediate(sent))); }

  // Sends and yields the answer; what it holds, if it is a success; its words, if it is none.
  async ask(target, payload, ms) { return this.send(target, payload).answer(ms); }
  async asked(target, payload, ms) {
    const answer = await this.ask(target, payload, ms);
    assert.equal(answer.success, true, `${packet(target, payload)}: ${JSON.stringify(answer)}`);
    return answer.response;
  }
  async refused(target, payload, words = /./, ms = 5000) {
    const answer = await this.ask(target, payload, ms);
    assert.equal(answer.success, false, `${packet(target, payload)}: ${JSON.stringify(answer)}`);
    assert.match(answer.error_message, words);
    return answer.error_message;
  }

  async register(name = newName(), more = {}) {
    assert.equal(await this.asked('server', { command: 'register', device_name: name, ...more }), undefined, 'a register has no response');
    this.name = name;
    return this;
  }
  info(name) { return this.asked('server', { command: 'get_device_info', device_name: name }); }

  // Everybody's names, as many packets as it takes.
  async devices() {
    const all = [];
    for (let offset; ;) {
      const { success, response, next } = await this.ask('server', { command: 'get_devices', offset });
      assert.ok(success && Array.isArray(response));
      all.push(...response);
      if (next === undefined) return all;
      assert.equal(next, all.length, 'the next offset');
      offset = next;
    }
  }

  // The next packet is this one.
  async hears(sender, payload) { assert.deepEqual(await this.packet(), { sender, payload }); }

  // All that the relay has said was read: a list is the next answer, and there is no more.
  async quiet() {
    const { response } = await this.write(kList).answer();
    assert.ok(Array.isArray(response), `an answer too many: ${JSON.stringify(this.heard.slice(-3))}`);
    assert.deepEqual([this.#answers.length, this.#packets.length], [0, 0], JSON.stringify(this.heard.slice(-3)));
  }

  // The server closes, without another word.
  async gone(ms = 5000) {
    await within(ms, 'the end', (async () => { while (!this.closed) await new Promise((resolve) => this.#wakes.push(resolve)); })());
    if (this.unsound) throw this.unsound;
    assert.deepEqual([this.#answers.length, this.#packets.length, this.#rest.length], [0, 0, 0]);
  }

  reset() { this.socket.resetAndDestroy(); }
  destroy() { this.socket.destroy(); }
}

// One with a name.
export const registered = async (t, where, name, more) => (await Client.open(t, where)).register(name, more);

// As the original's clients do it: no newline, and whatever one recv(1024) yields is a packet.
export class RecvClient {
  #pieces = [];
  #wake = () => {};

  static async open(t, where) {
    const self = new RecvClient();
    self.socket = await connected(t, where);
    self.socket.on('data', (piece) => { self.#pieces.push(piece); self.#wake(); });
    return self;
  }

  send(object) { this.socket.write(dumps(object)); return this; }

  async recv() {
    const wait = async () => { while (this.#pieces.length === 0) await new Promise((resolve) => { this.#wake = resolve; }); };
    await within(5000, 'something to recv', wait());
    return JSON.parse(this.#pieces.shift().toString());
  }
}
