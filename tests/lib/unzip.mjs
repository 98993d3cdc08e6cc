// Reads a zip archive without a library, also entries sealed with AES as WinZip specifies (AE-1, AE-2): an independent
// proof of what common archive programs will open.
import { createCipheriv, createHmac, pbkdf2Sync } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';

/* The counter is little-endian, unlike that of the library: each block is made by hand. */
const keystream = (key, length) => {
  const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
  const blocks = Buffer.alloc(Math.ceil(length / 16) * 16);
  for (let i = 0; i < blocks.length / 16; i++) blocks.writeUInt32LE(i + 1, i * 16);
  return cipher.update(blocks).subarray(0, length);
};

const open = (bytes, strength, password) => {
  const size = { 1: 16, 2: 24, 3: 32 }[strength], salt = bytes.subarray(0, size / 2);
  const keys = pbkdf2Sync(password, salt, 1000, 2 * size + 2, 'sha1');
  if (!keys.subarray(2 * size).equals(bytes.subarray(size / 2, size / 2 + 2))) throw new Error('wrong password');
  const sealed = bytes.subarray(size / 2 + 2, bytes.length - 10);
  const mac = createHmac('sha1', keys.subarray(size, 2 * size)).update(sealed).digest().subarray(0, 10);
  if (!mac.equals(bytes.subarray(bytes.length - 10))) throw new Error('changed on the way');
  const stream = keystream(keys.subarray(0, size), sealed.length);
  return Buffer.from(sealed.map((byte, i) => byte ^ stream[i]));
};

/* {name: Buffer}; `sealed` of an entry says that it needed the password. */
export const unzip = (archive, password) => {
  const files = {}, end = archive.lastIndexOf(Buffer.from('PK\x05\x06'));
  let at = archive.readUInt32LE(end + 16);
  for (let i = 0; i < archive.readUInt16LE(end + 10); i++) {
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const name = archive.subarray(at + 46, at + 46 + nameLength).toString(), local = archive.readUInt32LE(at + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    let method = archive.readUInt16LE(at + 10), bytes = archive.subarray(start, start + archive.readUInt32LE(at + 20));
    const extra = archive.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    if (method === 99) {
      const aes = extra.indexOf(Buffer.from([0x01, 0x99]));
      bytes = open(bytes, extra[aes + 8], password);
      method = extra.readUInt16LE(aes + 9);
    }
    files[name] = method === 8 ? inflateRawSync(bytes) : bytes;
    at += 46 + nameLength + extraLength + noteLength;
  }
  return files;
};
