// The records on their way: written down first, sent when there is a line, kept until the server has them. A record is
// held back for a minute where it can be undone.
import * as clock from './clock';
import { newKey, seal } from './crypto';
import { Offline, Refused, signed } from './net';
import { db, isFull, makeRoom } from './store';
import type { Item, Pairing, Result, Sent } from './types';

const BATCH = 200, PIECE = 256 * 1024;
export const HOLD_MS = 60000;

/* When not even one more record fits on the disk it stays in memory, is said so, and goes out first. */
const spilled: Item[] = [];
let spilledN = 1e9;
export const isSpilled = (): boolean => spilled.length > 0;

const write = async (items: Item[]): Promise<void> => {
  const tx = (await db()).transaction('queue', 'readwrite', { durability: 'strict' });
  for (const item of items) item.n = (await tx.store.add(item)) as number;
  await tx.done;
};

export const add = async (items: Item[]): Promise<void> => {
  try {
    await write(items);
  } catch (fault) {
    if (!isFull(fault)) throw fault;
    items.forEach((one) => delete one.n);
    await makeRoom().catch(() => undefined);
    try {
      await write(items);
    } catch {
      for (const item of items) spilled.push({ ...item, n: (spilledN += 1), held: 0 });
    }
  }
};

export const makeItem = (record: Omit<Sent, 'key' | 'v'> & { v: string }, words: string, hold = 0, photo?: string): Item => {
  const key = newKey();
  return { key, state: 'new', made: record.at, held: hold ? clock.now() + hold : 0, words, record: { key, ...clock.facts(), ...record }, photo };
};
/* What must not be read on a shared tablet is sealed before it is written down. */
export const sealedItem = async (record: Omit<Sent, 'key'>, pairing: Pairing): Promise<Item> => {
  const key = newKey();
  return { key, state: 'new', made: clock.now(), held: 0, words: '', box: await seal(JSON.stringify({ key, ...clock.facts(), ...record }), pairing.box) };
};

export const all = async (): Promise<Item[]> => [...(await (await db()).getAll('queue')), ...spilled];

/* Only what has not left yet can be undone. */
export const undo = async (keys: string[]): Promise<number> => {
  const tx = (await db()).transaction(['queue', 'files'], 'readwrite', { durability: 'strict' });
  let undone = 0;
  for (const key of keys) {
    const item = await tx.objectStore('queue').index('key').get(key);
    if (item?.state !== 'new') continue;
    await tx.objectStore('queue').delete(item.n!);
    if (item.photo) await tx.objectStore('files').delete(item.photo);
    undone += 1;
  }
  await tx.done;
  return undone;
};

const settle = async (results: Result[]): Promise<void> => {
  const tx = (await db()).transaction('queue', 'readwrite');
  for (const result of results) {
    const memory = spilled.findIndex((one) => one.key === result.key);
    if (memory >= 0 && result.result !== 'waiting') spilled.splice(memory, 1);
    const item = await tx.store.index('key').get(result.key);
    if (!item) continue;
    if (item.box) { /* nothing stays of it */
      if (result.result !== 'waiting') await tx.store.delete(item.n!);
      continue;
    }
    item.state = result.result === 'todo' ? 'todo' : result.result === 'waiting' ? 'waiting' : 'sent';
    item.result = result;
    item.settled = clock.now();
    await tx.store.put(item);
  }
  await tx.done;
};

/* A photo in pieces, from where the last line broke. One that is too large stays out: its record says so. */
const sendPhoto = async (pairing: Pairing, hash: string): Promise<void> => {
  const file = await (await db()).get('files', hash);
  if (!file) return;
  const bytes = new Uint8Array(await file.blob.arrayBuffer());
  const path = `/tablet/file/${hash}?size=${bytes.length}`;
  try {
    let { have, whole } = (await signed(pairing, 'GET', path)).body.data;
    while (!whole) ({ have, whole } = (await signed(pairing, 'POST', `${path}&at=${have}`, bytes.slice(have, have + PIECE), { 'content-type': 'application/octet-stream' })).body.data);
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault;
    if (fault.status !== 413) return;
  }
  await (await db()).delete('files', hash);
};

/* A hold of more than a minute is a clock that was set back since. */
const isDue = (item: Item): boolean => item.held <= clock.now() || item.held - clock.now() > HOLD_MS;

export interface Flushed { wipe: boolean; some: boolean }

/* Sends what is due, 200 at a time. Throws Offline when the line is gone; what was answered by then is settled. */
export const flush = async (pairing: Pairing, everything = false): Promise<Flushed> => {
  let some = false;
  for (const tried = new Set<string>(); ; ) {
    const due = (await all()).filter((one) => (one.state === 'new' || one.state === 'waiting') && (everything || isDue(one)) && !tried.has(one.key)).slice(0, BATCH);
    if (!due.length) return { wipe: false, some };
    for (const item of due) if (item.photo) await sendPhoto(pairing, item.photo);
    const records = due.map((one) => (one.box ? { key: one.key, n: one.n, box: one.box } : { n: one.n, ...one.record }));
    const body = new TextEncoder().encode(JSON.stringify({ records, ...clock.facts() })) as Uint8Array<ArrayBuffer>;
    const { data } = (await signed(pairing, 'POST', '/sync', body, { 'content-type': 'application/json' })).body;
    due.forEach((one) => tried.add(one.key));
    await settle(data.results);
    some = true;
    if (data.wipe) return { wipe: true, some };
  }
};
export { Offline };
