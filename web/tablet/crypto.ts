// The browser's own cryptography: the device's key never leaves it, the numbers that people say are checked slowly, and
// what only the server may read is sealed to it.
const { subtle } = crypto;
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

export const base64 = (buffer: ArrayBuffer | Uint8Array): string => {
  const bytes = buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer);
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
};
export const unbase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
export const hex = (buffer: ArrayBuffer): string => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, '0')).join('');
export const sha256 = async (bytes: BufferSource): Promise<string> => hex(await subtle.digest('SHA-256', bytes));
export const newKey = (): string => base64(crypto.getRandomValues(new Uint8Array(15)));

const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
export const makeKeys = async (): Promise<CryptoKeyPair> => (await subtle.generateKey(P256, false, ['sign', 'verify'])) as CryptoKeyPair;
export const publicPoint = async (keys: CryptoKeyPair): Promise<string> => base64(await subtle.exportKey('raw', keys.publicKey));
export const sign = async (keys: CryptoKeyPair, text: string): Promise<string> => base64(await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keys.privateKey, bytesOf(text)));

const slow = async (secret: string, salt: string, iterations: number): Promise<string> => {
  const key = await subtle.importKey('raw', bytesOf(secret), 'PBKDF2', false, ['deriveBits']);
  return hex(await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: bytesOf(salt), iterations }, key, 256));
};
export const pinFits = async (pin: string, staff: string, check: string, salt: string, rounds: number): Promise<boolean> => {
  const hashed = await slow(pin, staff, rounds);
  const key = await subtle.importKey('raw', bytesOf(salt), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return hex(await subtle.sign('HMAC', key, bytesOf(hashed))) === check;
};

/* 1 ‖ ephemeral point ‖ IV ‖ AES-GCM; the key is SHA-256(shared ‖ ephemeral point ‖ server point). */
export const seal = async (text: string, server: string): Promise<string> => {
  const point = unbase64(server), curve = { name: 'ECDH', namedCurve: 'P-256' };
  const theirs = await subtle.importKey('raw', point, curve, false, []);
  const mine = (await subtle.generateKey(curve, false, ['deriveBits'])) as CryptoKeyPair;
  const own = new Uint8Array(await subtle.exportKey('raw', mine.publicKey));
  const shared = new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: theirs }, mine.privateKey, 256));
  const digest = await subtle.digest('SHA-256', new Uint8Array([...shared, ...own, ...point]));
  const key = await subtle.importKey('raw', digest, 'AES-GCM', false, ['encrypt']);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv }, key, bytesOf(text)));
  const box = new Uint8Array(1 + own.length + iv.length + sealed.length);
  box[0] = 1;
  box.set(own, 1);
  box.set(iv, 1 + own.length);
  box.set(sealed, 1 + own.length + iv.length);
  return base64(box);
};
