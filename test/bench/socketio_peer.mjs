// The peer of socketio_bench: users and monitors of the document on npm's socket.io, as short as it can be said with it.
// usage: node socketio_peer.mjs; prints the port. The modules are those of test/e2e.
import { createRequire } from 'node:module';
import { createServer } from 'node:http';

const require = createRequire(new URL('../e2e/package.json', import.meta.url));
const { Server } = require('socket.io');

const http = createServer();
const server = new Server(http, { cors: { origin: '*' } });
const monitors = new Map();  // monitor_id: socket
const users = new Map();     // monitor_id: sockets that are bound to it

const valid = (id) => typeof id === 'string' && id.length === 32;

server.on('connection', (socket) => {
  let target, self;

  socket.on('query', (data) => {
    if (!valid(data?.monitor_id)) return socket.emit('query failed', { reason: 'Invalid monitor_id' });
    users.get(target)?.delete(socket);
    target = data.monitor_id;
    if (!users.has(target)) users.set(target, new Set());
    users.get(target).add(socket);
    socket.emit('query ok', { reason: 'Query ok' });
  });
  socket.on('con', (data) => {
    if (!valid(data?.monitor_id)) return socket.emit('con failed', { reason: 'Invalid monitor_id' });
    if (monitors.has(data.monitor_id)) return socket.emit('con failed', { reason: 'monitor_id already registered' });
    monitors.delete(self);
    self = data.monitor_id;
    monitors.set(self, socket);
    socket.emit('con ok', { reason: 'Connection ok' });
  });
  socket.on('command send', (data) => {
    const command = data?.command;
    if (!target || typeof command !== 'string' || command === '')
      return socket.emit('command failed', { reason: 'Invalid command' });
    socket.emit('command ok', { reason: 'Command ok' });
    monitors.get(target)?.emit('command do', { command });
  });
  socket.on('command done', () => {
    for (const user of users.get(self) ?? []) user.emit('command finish', { reason: 'Command finish' });
  });
  socket.on('disconnect', () => {
    users.get(target)?.delete(socket);
    if (monitors.get(self) === socket) monitors.delete(self);
  });
});

// A long backlog: ten thousand connect at once.
http.listen(0, '127.0.0.1', 4096, () => console.log(`listening on ${http.address().port}\n`));
