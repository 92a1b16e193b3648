// Databases of the original server, as a household would bring them, and what of a house an import may change.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { house, program } from './athome.mjs';

// The tables of schema 5.2. `color` and `brightness` have other types in a database that was converted from an older one.
export const tables = (color = 'integer', brightness = 'text') => `
CREATE TABLE SchemaVersion (Version text, updatetime timestamp);
CREATE TABLE Programs (id integer PRIMARY KEY, name text, daymask text, triggermethod text, time timestamp, offset integer,
  randomize integer, randomizeamount integer, command text, color text, brightness integer, updatetime timestamp);
CREATE TABLE ManagedDevices (id integer PRIMARY KEY, name text, location text, mfg text, address text, channel integer, color ${color},
  brightness ${brightness}, updatetime timestamp);
CREATE TABLE ProgramAssignments (id integer PRIMARY KEY, device_id integer NOT NULL REFERENCES ManagedDevices(id) ON DELETE CASCADE,
  program_id integer NOT NULL REFERENCES Programs(id) ON DELETE CASCADE, UNIQUE(device_id, program_id));
CREATE TABLE ActionGroups (id integer PRIMARY KEY, name text);
CREATE TABLE ActionGroupDevices (id integer PRIMARY KEY, group_id integer REFERENCES ActionGroups(id) ON DELETE CASCADE,
  device_id integer REFERENCES ManagedDevices(id) ON DELETE CASCADE, UNIQUE(group_id, device_id));
`;
export const version = (text = '5.2.0.0') => `INSERT INTO SchemaVersion VALUES ('${text}', '2024-01-02 03:04:05.678901');\n`;

const quoted = (v) => (v === null ? 'NULL' : typeof v === 'number' ? String(v) : `'${String(v).replaceAll("'", "''")}'`);
export const insert = (table, ...rows) => rows.map((row) => `INSERT INTO ${table} VALUES (${row.map(quoted).join(', ')});\n`).join('');
const when = '2024-05-06 07:08:09.101112';

// A row of ManagedDevices and one of Programs, in the order of the columns; `more` takes the place of what is usual.
export function aDevice(id, name, more = {}) {
  const usual = { name, location: 'Hall', mfg: 'dummy', address: `lamp-${id}`, channel: 0, color: '#ffffff', brightness: 100, when };
  return [id, ...Object.values({ ...usual, ...more })];
}
export function aProgram(id, name, more = {}) {
  const usual = { name, daymask: 'MTWTFSS', triggermethod: 'clock-time', time: '1900-01-01 06:30:00', offset: 0, randomize: 0,
    randomizeamount: 0, command: 'on', color: '#ffffff', brightness: 100, when };
  return [id, ...Object.values({ ...usual, ...more })];
}

// A household: 3 devices, 5 programs, 2 groups with 5 members, 4 assignments of programs.
export const household = insert('ManagedDevices', aDevice(3, "Sofa table's"),
  aDevice(7, 'Küche {1}', { location: 'Konyha', color: '#12AB34', brightness: '55' }),
  aDevice(12, 'Porch', { mfg: 'meross', address: '1907226943690825185048e1e901c0b7', channel: 2 }))
  + insert('Programs', aProgram(2, 'Dusk', { triggermethod: 'sunset', offset: -45, color: '#0000ff', brightness: 35 }),
    aProgram(4, 'Night', { daymask: 'mtwtf--', time: '1900-01-01 23:55:00', command: 'off' }),
    aProgram(5, 'Random {é}', { randomize: 1, randomizeamount: 15, triggermethod: 'sunrise', offset: 30 }),
    aProgram(8, 'Low', { command: 'dim', brightness: 10 }), aProgram(9, 'Never', { triggermethod: 'none', command: 'none' }))
  + insert('ActionGroups', [4, 'Downstairs'], [6, 'Downstairs'])
  + insert('ProgramAssignments', [1, 3, 2], [2, 3, 4], [5, 7, 2], [9, 12, 5])
  + insert('ActionGroupDevices', [1, 4, 3], [2, 4, 7], [5, 4, 12], [6, 6, 7], [8, 6, 12]);

// A database of these statements; gone with test `t`.
export function database(t, ...sql) {
  const folder = mkdtempSync(path.join(tmpdir(), 'hearth-e2e-import-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'AtHomePowerlineServer.sqlite3');
  execFileSync('sqlite3', ['-bail', file], { input: `PRAGMA foreign_keys=OFF;\nBEGIN;\n${sql.join('')}COMMIT;\n` });
  return file;
}

// ---- The house it comes to ----------------------------------------------------------------------------------------------

// Everything that an import may change, without times.
export async function everything(home) {
  const bare = ({ updatetime, on, ...rest }) => rest;
  const devices = await home.devices();
  const groups = await home.groups(), members = [], plans = [];
  for (const { id } of groups)
    members.push((await home.asked('QueryActionGroupDevices', { 'group-id': id })).devices.map((d) => d.id).sort());
  for (const { id } of devices) plans.push((await home.asked('QueryDevicePrograms', { 'device-id': id })).programs.map((p) => p.id).sort());
  return { devices: devices.map(bare), programs: (await home.programs()).map(bare), groups, members, plans };
}

export const importing = (home, file, ...options) => home.server.ctl.text('athome', 'import', file, ...options);

// A house with three lights, a group and a program, whose numbers are taken.
export async function inhabited(t) {
  const home = await house(t, ['a', 'b', 'c']);
  const { a } = await home.numbers();
  const { 'group-id': group } = await home.asked('DefineActionGroup', { 'group-name': 'Mine' });
  await home.asked('AssignDevice', { 'group-id': group, 'device-id': a });
  const { id: plan } = await home.asked('DefineProgram', program('Mine', { 'device-id': a }));
  return { home, a, group, plan };
}
