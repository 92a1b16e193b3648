// The peer of relay_bench: the relay's document on Node's sockets, as short as it can be said with them: register, and forward
// by name. Packets end with a line, which is more than the original asks for. usage: node relay_peer.mjs; prints the port.
import { createServer } from 'node:net';

const devices = new Map();  // name: socket

function handle(socket, packet) {
  if (packet.target === 'server') {
    socket.device = packet.payload.device_name;
    devices.set(socket.device, socket);
    return { success: true };
  }
  const to = devices.get(packet.target);
  if (!to) return { success: false, error_message: 'not registered' };
  to.write(`${JSON.stringify({ sender: socket.device, payload: packet.payload })}\n`);
  return { success: true };
}

const server = createServer((socket) => {
  let kept = '';
  socket.setNoDelay(true);
  socket.setEncoding('utf8');
  socket.on('data', (text) => {
    const lines = (kept + text).split('\n');
    kept = lines.pop();
    socket.cork();
    for (const line of lines) socket.write(`${JSON.stringify(handle(socket, JSON.parse(line)))}\n`);
    socket.uncork();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => devices.delete(socket.device));
});
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
