// A tablet without a browser: pairs, signs its requests, sends batches; and can be made to misbehave.
import { webcrypto } from 'node:crypto';

const { subtle } = webcrypto;
export const base64 = (bytes) => Buffer.from(bytes).toString('base64url');
export const sha256 = async (bytes) => Buffer.from(await subtle.digest('SHA-256', bytes)).toString('hex');

export class Tablet {
  constructor(server, now) {
    this.server = server;
    this.now = now; /* () => ms, what it believes to be the server's time */
    this.n = 0;
  }
  async pair(code) {
    this.keys = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    const key = base64(await subtle.exportKey('raw', this.keys.publicKey));
    const answer = await this.plain('POST', '/tablet/pair', { code, key, agent: 'test' });
    if (answer.status === 200) {
      this.id = answer.body.data.id;
      this.box = answer.body.data.box;
    }
    return answer;
  }
  async plain(method, path, json, headers = {}) {
    const answer = await fetch(this.server.url + path, { method, headers: { accept: 'application/json', 'content-type': 'application/json', ...headers }, body: json === undefined ? undefined : JSON.stringify(json) });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: text && /json/.test(answer.headers.get('content-type')) ? JSON.parse(text) : text };
  }
  async signature(method, path, body, time, nonce, key = this.keys.privateKey) {
    const text = `tuoyu-device-1\n${method}\n${path}\n${time}\n${nonce}\n${await sha256(body)}`;
    return base64(await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(text)));
  }
  /* `more` replaces parts of a good request: time, nonce, key, path (that is signed), headers. */
  async send(method, path, body = '', more = {}) {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const time = String(more.time ?? this.now()), nonce = more.nonce ?? webcrypto.randomUUID();
    const headers = {
      accept: 'application/json', 'content-type': 'application/json', 'x-device': this.id, 'x-device-time': time, 'x-device-nonce': nonce,
      'x-device-clock': String(more.clock ?? time), 'x-device-signature': await this.signature(method, more.path ?? path, more.body ?? bytes, time, nonce, more.key), ...more.headers,
    };
    const answer = await fetch(this.server.url + path, { method, headers, body: method === 'GET' ? undefined : bytes });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: text && /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text };
  }
  day(known) { return this.send('GET', '/tablet/day', '', known ? { headers: { 'if-none-match': known } } : {}); }
  /* A record of now, numbered and keyed. */
  record(form, fields, more = {}) {
    const n = ++this.n;
    const day = new Date(this.now() + 8 * 3600000).toISOString().slice(0, 10);
    return { key: `k${webcrypto.randomUUID()}`, n, form, op: 'create', at: this.now(), v: day, fields, ...more };
  }
  step(form, step, fields, more) { return this.record(form, fields, { op: 'step', step, ...more }); }
  async sync(records) {
    const answer = await this.send('POST', '/sync', { records });
    if (answer.status !== 200) throw new Error(`sync: ${answer.status} ${answer.text}`);
    return answer.body.data;
  }
  /* The outcome of each record, by its place in `records`. */
  async outcomes(records) {
    const { results } = await this.sync(records);
    return records.map((one) => results.filter((result) => result.key === one.key).at(-1)?.result);
  }
  /* Sealed to the server: only it can read what is in it. */
  async seal(text) {
    const server = Buffer.from(this.box, 'base64url');
    const theirs = await subtle.importKey('raw', server, { name: 'ECDH', namedCurve: 'P-256' }, false, []);
    const mine = await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
    const point = Buffer.from(await subtle.exportKey('raw', mine.publicKey));
    const shared = Buffer.from(await subtle.deriveBits({ name: 'ECDH', public: theirs }, mine.privateKey, 256));
    const digest = await subtle.digest('SHA-256', Buffer.concat([shared, point, server]));
    const key = await subtle.importKey('raw', digest, 'AES-GCM', false, ['encrypt']);
    const iv = webcrypto.getRandomValues(new Uint8Array(12));
    const sealed = Buffer.from(await subtle.encrypt({ name: 'AES-GCM', iv }, key, Buffer.from(text)));
    return base64(Buffer.concat([Buffer.from([1]), point, iv, sealed]));
  }
  /* The file that a tablet saves when no line comes back. */
  async file(records) {
    const body = JSON.stringify({ records });
    const signature = base64(await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, this.keys.privateKey, Buffer.from(body)));
    return JSON.stringify({ box: await this.seal(JSON.stringify({ device: this.id, body, signature })) });
  }
}

/* The head makes a device and the tablet is paired. */
export const pairTablet = async (server, head, now, fields = {}) => {
  const id = await head.make('device', { name: '试验平板', covers: 'all', posts: ['care', 'health'], ...fields });
  const tablet = new Tablet(server, now);
  const { pair_code: code } = (await head.get(`/device/${id}.json`)).body.data;
  const answer = await tablet.pair(code);
  if (answer.status !== 200) throw new Error(`pair: ${answer.status} ${answer.text}`);
  return tablet;
};
