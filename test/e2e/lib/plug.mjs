// A simulated TP-Link device on loopback, started and stopped at will, and what it was asked.
import simulator from 'tplink-smarthome-simulator';

export class Plug {
  #sockets = new Set();
  #running = false;

  constructor(options) {
    // The simulator's own default is every interface: always an address.
    this.device = new simulator.Device({ model: 'hs100', address: '127.0.0.1', port: 0, ...options });
    this.requests = [];
    this.device.deviceNetworking.on('data', ({ message }) => this.requests.push(message));
    this.device.deviceNetworking.on('error', () => {});  // a client that goes away is no matter
  }

  get host() { return `${this.device.address}:${this.device.port}`; }
  get sysinfo() { return this.device.data.system.sysinfo; }
  get id() { return `tplink:${this.sysinfo.deviceId}`; }
  get on() { return this.sysinfo.relay_state === 1; }
  // The same of a bulb or a light strip; the latter's sysinfo shows a copy that is older.
  get lit() {
    const strip = this.device.data['smartlife.iot.lightStrip'];
    return (strip ?? this.sysinfo).light_state.on_off === 1;
  }

  async start() {
    await this.device.start();
    this.#running = true;
    this.device.deviceNetworking.server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    return this;
  }

  // Gone from the network; start() brings it back at the same address.
  async stop() {
    if (!this.#running) return;
    this.#running = false;
    const stopped = this.device.stop();
    for (const socket of this.#sockets) socket.destroy();
    await stopped;
  }

  // The hand on the switch: a change behind the server's back.
  press(on) { this.sysinfo.relay_state = on ? 1 : 0; }
}

// The simulator takes any free UDP port, and then the TCP port of that number, which may be somebody's.
async function started(options) {
  for (let left = 10; ; --left) {
    const plug = new Plug(options);
    try {
      return await plug.start();
    } catch (error) {
      plug.device.deviceNetworking.udpSocket?.close();
      if (error.code !== 'EADDRINUSE' || options.port || left === 0) throw error;
    }
  }
}

// A running one, ended with test `t`.
export async function startPlug(t, options = {}) {
  const plug = await started(options);
  t.after(() => plug.stop());
  return plug;
}
