// npm's socket.io in the place of hearth's plugins `socketio_echo` and `socketio`, to check the tests themselves. Prints its port.
// usage: node socketio_peer.mjs PLUGIN SETTINGS
import http from 'node:http';
import { Server as Engine } from 'engine.io';
import { Server } from 'socket.io';

const [plugin, json] = process.argv.slice(2);
const settings = JSON.parse(json);
const options = {
  pingInterval: settings.ping_interval_ms ?? 25000,
  pingTimeout: settings.ping_timeout_ms ?? 20000,
  maxHttpBufferSize: settings.max_payload ?? 1000000,
  connectTimeout: settings.connect_timeout_ms ?? 45000,
  cors: { origin: '*' },
  destroyUpgrade: false,
};
const server = http.createServer((request, answer) => answer.writeHead(404).end());
server.on('upgrade', (request, link) => {
  link.on('error', () => {});
  if (!/^\/(engine|socket)\.io\//.test(request.url)) link.destroy();
});
const io = new Server(server, options);

function greet(socket) {
  socket.emit('auth', socket.handshake.auth);
  socket.on('message', (...args) => socket.emit('message-back', ...args));
  socket.on('message-with-ack', (...args) => args.pop()(...args));
}

const monitors = new Map(), users = new Map();
const toUsers = (id, ...event) => { for (const [socket, target] of users) if (target === id) socket.emit(...event); };

// The document's flow, as far as npm's own behaviour matters to the tests.
function flow(socket) {
  const object = (value) => (value !== null && typeof value === 'object' ? value : {});
  const answer = (args) => { if (typeof args.at(-1) === 'function') args.at(-1)(); };
  const on = (name, handle) => socket.on(name, (...args) => { handle(object(args[0])); answer(args); });
  const refuse = (name, reason) => { socket.emit(name, { reason }); socket.disconnect(true); };
  const good = (id) => typeof id === 'string' && id.length === 32;
  on('query', ({ monitor_id: id }) => {
    if (!good(id)) return refuse('query failed', 'Invalid monitor_id');
    users.set(socket, id);
    return socket.emit('query ok', { reason: 'Query ok' });
  });
  on('con', ({ monitor_id: id }) => {
    if (!good(id)) return refuse('con failed', 'Invalid monitor_id');
    if (monitors.has(id) && monitors.get(id) !== socket) return refuse('con failed', 'monitor_id already registered');
    if (socket.data.id) monitors.delete(socket.data.id);
    socket.data.id = id;
    monitors.set(id, socket);
    return socket.emit('con ok', { reason: 'Connection ok' });
  });
  on('command send', ({ command }) => {
    const id = users.get(socket);
    if (!id || typeof command !== 'string' || command === '') return socket.emit('command failed', { reason: 'Invalid command' });
    socket.emit('command ok', { reason: 'Command ok' });
    if (!monitors.has(id)) return socket.emit('command failed', { reason: 'monitor not connected' });
    return monitors.get(id).emit('command do', { command });
  });
  on('command done', () => toUsers(socket.data.id, 'command finish', { reason: 'Command finish' }));
  on('command error', ({ reason }) => toUsers(socket.data.id, 'command failed', { reason: String(reason) }));
  socket.on('disconnect', () => {
    users.delete(socket);
    if (socket.data.id) monitors.delete(socket.data.id);
    if (socket.data.id) toUsers(socket.data.id, 'command failed', { reason: 'monitor disconnected' });
  });
}

if (plugin === 'socketio_echo') {
  const engine = new Engine(options);
  engine.attach(server, { path: '/engine.io/', destroyUpgrade: false });
  engine.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
  for (const name of ['/', '/custom']) io.of(name).on('connection', greet);
} else {
  io.on('connection', flow);
}
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
