// Plugins as files and as processes: where the built ones are, how one gets into a folder, how one is hurt.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { asked } from './athome.mjs';
import { build, pluginDir } from './server.mjs';
import { patience, until } from './until.mjs';

export const exampleDir = path.join(build, 'lib/hearth/examples');
const badDir = path.join(build, 'test/bad_plugins/so');

// The built file of a plugin, of the packaged folder.
export const packaged = (id) => path.join(pluginDir, `${id}.so`);

// A plugin that is wrong on purpose. They are built with the unit tests.
export const bad = (name) => path.join(badDir, `${name}.so`);

// The options of a test that needs these.
export function needsBad(...names) {
  const missing = names.filter((name) => !existsSync(bad(name)));
  return missing.length === 0 ? {} : { skip: `not in this build: ${missing.join(', ')}` };
}

// The options of several conditions: the first reason to skip counts.
export const all = (...options) => options.find((o) => o.skip) ?? {};

// The folder of local plugins of a server.
export function localDir(server) {
  const folder = path.join(server.stateDir, 'plugins');
  mkdirSync(folder, { recursive: true });
  return folder;
}

const bytesOf = (content) => (typeof content === 'string' ? readFileSync(content) : content);

// As dpkg and rsync do: written beside it, then renamed into place. `content`: a file to copy, or bytes. Yields where it is.
export function putWhole(folder, content, name = path.basename(content)) {
  const place = path.join(folder, name);
  writeFileSync(`${place}.new`, bytesOf(content));
  renameSync(`${place}.new`, place);
  return place;
}

// As cp does: written in place.
export function putInPlace(folder, content, name = path.basename(content)) {
  const place = path.join(folder, name);
  writeFileSync(place, bytesOf(content));
  return place;
}

// The row of a file of which perhaps no id is known.
export const rowOf = async (server, file) => (await server.ctl.json('plugins')).find((row) => row.file === file);

// Waits for a plugin's row that fits.
export const rowThat = (server, id, what, fits, ms) =>
  until(`${id}: ${what}`, async () => {
    const row = await server.plugin(id);
    return row && fits(row) && row;
  }, ms);

export const running = (server, id, ms) => rowThat(server, id, 'running', (row) => row.state === 'running', ms);

// The same, waiting for the row of a file.
export const fileThat = (server, file, what, fits, ms) =>
  until(`${path.basename(file)}: ${what}`, async () => {
    const row = await rowOf(server, file);
    return row && fits(row) && row;
  }, ms);

// Is this process there, and not a zombie?
export function alive(pid) {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

// Waits for the end of these processes.
export const gone = (...pids) => until(`the end of ${pids.join(' ')}`, () => !pids.some(alive));

// ---- Files that differ from a right plugin in a few bytes ---------------------------------------------------------------

// The file's bytes with `from` become `to`, which is as long.
export function altered(file, from, to) {
  const bytes = readFileSync(file), at = bytes.indexOf(from);
  if (at < 0 || Buffer.byteLength(from) !== Buffer.byteLength(to)) throw new Error(`cannot alter '${from}' in ${file}`);
  bytes.write(to, at);
  return bytes;
}

// The file's bytes with another version in the manifest.
export const ofVersion = (file, version) => altered(file, '"version": "0.1.0"', `"version": "${version}"`);

// The file's bytes, saying that they were built for another major of the ABI. The note: sizes 7 and 8, type 4, "hearth", the numbers.
export function ofAbi(file, major) {
  const bytes = readFileSync(file);
  const note = Buffer.from([7, 0, 0, 0, 8, 0, 0, 0, 4, 0, 0, 0, ...Buffer.from('hearth\0\0')]);
  const at = bytes.indexOf(note);
  if (at < 0) throw new Error(`no ABI in ${file}`);
  bytes.writeUInt32LE(major, at + note.length);
  return bytes;
}

// ---- Those who must notice nothing --------------------------------------------------------------------------------------

const kSlow = 500;  // ms: no answer may take longer

// Clients of two protocols that ask all the while, an answer after the other: AtHome for every device, hearthctl for the server's
// status. unharmed() ends them and demands that each answer came, in time.
export async function onlookers(t, server) {
  const athome = await server.listen('athome');
  const clients = {
    AtHome: () => asked(athome, 'QueryDevices', {}, { ms: 10000 }),
    hearthctl: () => server.ctl.text('status'),
  };
  let over = false;
  const failures = [];
  const slowest = {}, answers = {};
  const go = async ([name, ask]) => {
    slowest[name] = answers[name] = 0;
    while (!over) {
      const begin = performance.now();
      try {
        await ask();
        ++answers[name];
        slowest[name] = Math.max(slowest[name], performance.now() - begin);
      } catch (error) {
        failures.push(`${name}: ${error.message}`);
        if (failures.length > 10) return;
      }
      await pause(10);  // they are there to notice, not to load the machine
    }
  };
  const running = Promise.all(Object.entries(clients).map(go));
  t.after(() => { over = true; return running; });
  return {
    async unharmed() {
      await until('a few answers', () => failures.length > 0 || Object.values(answers).every((n) => n >= 3));
      over = true;
      await running;
      assert.deepEqual(failures, []);
      for (const [name, ms] of Object.entries(slowest))
        assert.ok(ms < kSlow * patience, `an answer to ${name} took ${Math.round(ms)} ms, of ${answers[name]}`);
    },
  };
}
