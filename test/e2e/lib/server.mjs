// A hearthd for one test: folders of its own, a generated configuration, and an orderly end that is checked.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ctl } from './ctl.mjs';
import { until, within } from './until.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
export const build = path.resolve(process.env.HEARTH_BUILD ?? path.join(here, '../../../build'));
// Was it built with sanitizers? Then it is slow, and keeps what it has freed.
export const sanitized = /^HEARTH_SANITIZE\w*:\w+=.+$/m.test(
  existsSync(path.join(build, 'CMakeCache.txt')) ? readFileSync(path.join(build, 'CMakeCache.txt'), 'utf8') : '');
export const hearthd = path.join(build, 'bin/hearthd');
export const pluginDir = path.join(build, 'lib/hearth/plugins');
const protocols = path.join(here, '../../../protocols');

let starting = Promise.resolve();
const kReady = /hearthd ready in (\d+) ms/;
const kSanitizer = /ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:/;

// A TOML value: enough for what tests write.
function value(v) {
  if (Array.isArray(v)) return `[${v.map(value).join(', ')}]`;
  return typeof v === 'string' ? JSON.stringify(v) : String(v);
}

// With HEARTH_ISOLATION=process every packaged plugin runs in a process of its own, unless a test says where: the same tests, the other
// mode.
function placed(plugins) {
  const isolation = process.env.HEARTH_ISOLATION;
  if (!isolation) return plugins;
  const packaged = readdirSync(pluginDir).filter((file) => file.endsWith('.so')).map((file) => path.basename(file, '.so'));
  const ids = [...new Set([...packaged, ...Object.keys(plugins)])];
  return Object.fromEntries(ids.map((id) => [id, { isolation, ...plugins[id] }]));
}

// {athome: {listen: "127.0.0.1:0"}, simulated: {device: [{id: "a", ...}]}} as TOML.
export function toml(plugins) {
  const lines = [];
  for (const [id, section] of Object.entries(placed(plugins))) {
    lines.push(`[plugin.${id}]`);
    const isTables = ([, v]) => Array.isArray(v) && typeof v[0] === 'object';
    for (const [key, v] of Object.entries(section).filter((e) => !isTables(e))) lines.push(`${key} = ${value(v)}`);
    for (const [key, tables] of Object.entries(section).filter(isTables))
      for (const table of tables) {
        lines.push('', `[[plugin.${id}.${key}]]`);
        for (const [k, v] of Object.entries(table)) lines.push(`${k} = ${value(v)}`);
      }
    lines.push('');
  }
  return lines.join('\n');
}

// Plugins that listen, by their schemas.
const listeners = readdirSync(protocols).filter((id) => {
  const schema = path.join(protocols, id, 'config.schema.json');
  return existsSync(schema) && readFileSync(schema, 'utf8').includes('"listen"');
});

// `text` with port 0 for each of them that it gives no port: servers run side by side here.
function withFreePorts(text) {
  for (const id of listeners) {
    const head = `[plugin.${id}]\n`;
    const at = text.startsWith(head) ? 0 : text.indexOf(`\n${head}`) + 1;
    if (at === 0 && !text.startsWith(head)) {
      text += `\n${head}listen = "127.0.0.1:0"\n`;
    } else {
      const body = text.slice(at + head.length).split(/^\[/m)[0];
      if (!/^\s*listen\s*=/m.test(body)) text = `${text.slice(0, at + head.length)}listen = "127.0.0.1:0"\n${text.slice(at + head.length)}`;
    }
  }
  return text;
}

export class Server {
  #events = new EventEmitter();
  #child = null;
  #ended = null;

  // `pluginDirs`: what counts as packaged. `env`: variables besides the present ones.
  constructor(folder, { args = [], pluginDirs = [pluginDir], env = {} } = {}) {
    this.folder = folder;
    this.args = [...pluginDirs.flatMap((dir) => ['--plugin-dir', dir]), ...args];
    this.packaged = pluginDirs.includes(pluginDir);
    this.env = { ...process.env, ...env };
    this.config = path.join(folder, 'hearth.toml');
    this.stateDir = path.join(folder, 'state');
    this.runtimeDir = path.join(folder, 'run');
    this.log = '';
    mkdirSync(this.stateDir, { recursive: true });
    mkdirSync(this.runtimeDir, { recursive: true });
    this.ctl = new Ctl(this.runtimeDir);
    this.#events.setMaxListeners(0);
  }

  get pid() { return this.#child?.pid; }
  get running() { return this.#child !== null; }

  // `content`: TOML text, or an object for toml(). No packaged plugin listens on its usual port.
  write(content) {
    const text = typeof content === 'string' ? content : toml(content);
    writeFileSync(this.config, this.packaged ? withFreePorts(text) : text);
  }

  // Starts it without waiting for anything.
  launch() {
    assert.equal(this.#child, null, 'the server runs already');
    const options = ['--config', this.config, '--state-dir', this.stateDir, '--runtime-dir', this.runtimeDir,
      ...this.args];
    const child = spawn(hearthd, options, { stdio: ['ignore', 'pipe', 'pipe'], env: this.env });
    this.#child = child;
    this.launchLog = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        this.log += text;
        this.launchLog += text;
        this.#events.emit('log');
      });
    }
    // 'close', not 'exit': all of its log has been read then.
    this.#ended = new Promise((resolve) => {
      child.on('close', (code, signal) => {
        this.#child = null;
        this.#events.emit('log');
        resolve({ code, signal });
      });
      child.on('error', (error) => resolve({ error }));
    });
  }

  // Starts it and waits for its word that every plugin is running or refused.
  // One at a time in a test file: each loads every plugin, and has two seconds for one.
  async start() {
    const begun = starting.then(async () => {
      this.launch();
      const ready = await this.logged(kReady, 10000);
      this.readyMs = Number(ready[1]);
    });
    starting = begun.catch(() => {});
    await begun;
    return this;
  }

  // Waits until this start's log matches.
  async logged(pattern, ms = 5000) {
    const look = () => this.launchLog.match(pattern);
    const wait = async () => {
      for (let found = look(); ; found = look()) {
        if (found) return found;
        if (!this.#child) throw new Error(`the server has ended before it said ${pattern}`);
        await once(this.#events, 'log');
      }
    };
    try {
      return await within(ms, `a log line like ${pattern}`, wait());
    } catch (error) {
      throw new Error(`${error.message}; its log:\n${this.launchLog}`);
    }
  }

  // Where a plugin listens: {host, port}.
  async listen(plugin) {
    const address = await until(`the address of ${plugin}`, async () => (await this.plugin(plugin))?.notes?.listen);
    const [, host, port] = address.match(/^(.*):(\d+)$/);
    return { host, port: Number(port) };
  }

  async plugin(id) { return (await this.ctl.json('plugins')).find((entry) => entry.id === id); }

  async device(id) { return (await this.ctl.json('devices')).find((entry) => entry.id === id); }

  signal(name) { this.#child.kill(name); }

  // Waits for its end: {code, signal}.
  async ended(ms = 5000) { return within(ms, 'the end of the server', this.#ended); }

  // An orderly end: status 0 within 3 s. Yields how long it took.
  async stop() {
    const begin = Date.now();
    this.signal('SIGTERM');
    const { code, signal } = await this.ended();
    const took = Date.now() - begin;
    assert.equal(signal, null, `it ended by ${signal}:\n${this.launchLog}`);
    assert.equal(code, 0, `exit status ${code}:\n${this.launchLog}`);
    await within(3000, 'an orderly end', took <= 3000 ? true : new Promise(() => {}));
    return took;
  }

  // The power cut.
  async kill9() {
    this.signal('SIGKILL');
    await this.ended();
  }

  async restart() {
    await this.stop();
    return this.start();
  }

  // A new configuration, told to the running server.
  reload(content) {
    this.write(content);
    this.signal('SIGHUP');
  }

  checkLog() {
    const found = this.log.match(kSanitizer);
    assert.equal(found, null, `a sanitizer complains:\n${this.log.slice(found?.index ?? 0).slice(0, 4000)}`);
  }
}

// A server that isn't started yet; at the end of test `t` it is stopped and its log looked through.
export function prepareServer(t, content, options = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'hearth-e2e-'));
  const server = new Server(folder, options);
  server.write(content);
  t.after(async () => {
    try {
      if (server.running) await server.stop();
      server.checkLog();
    } finally {
      if (server.running) server.signal('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  });
  return server;
}

// A running server.
export const startServer = (t, content, options) => prepareServer(t, content, options).start();

// A light, a dimmer and so on, and AtHome in front of them.
export const lights = (...devices) => ({
  athome: { listen: '127.0.0.1:0' },
  simulated: { device: devices.map((d) => ({ kind: 'light', ...(typeof d === 'string' ? { id: d } : d) })) },
});
