// What survives reload, crash and upgrade: the device's key, the records that were made, what the day needs. Every
// version of the layout is reached from every earlier one; a record is never dropped on the way.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Day, Item, Pairing, Person } from './types';

interface Layout extends DBSchema {
  meta: { key: string; value: unknown };
  queue: { key: number; value: Item; indexes: { state: string; key: string } };
  files: { key: string; value: { id: string; blob: Blob; at: number; mine: boolean } };
}
export type Db = IDBPDatabase<Layout>;

const NAME = 'tuoyu';
const VERSION = 2;
let opened: Promise<Db> | null = null;

export const db = (): Promise<Db> =>
  (opened ??= openDB<Layout>(NAME, VERSION, {
    upgrade: (base, from) => {
      if (from < 1) {
        base.createObjectStore('meta');
        const queue = base.createObjectStore('queue', { keyPath: 'n', autoIncrement: true });
        queue.createIndex('state', 'state');
        queue.createIndex('key', 'key', { unique: true });
      }
      if (from < 2) base.createObjectStore('files', { keyPath: 'id' });
    },
    blocking: () => {
      void opened?.then((base) => base.close());
      opened = null;
    },
    terminated: () => (opened = null),
  }));

const get = async <T>(key: string): Promise<T | undefined> => (await (await db()).get('meta', key)) as T | undefined;
const put = async (key: string, value: unknown): Promise<void> => {
  await (await db()).put('meta', value, key);
};

export const meta = {
  pairing: () => get<Pairing>('pairing'),
  setPairing: (value: Pairing) => put('pairing', value),
  day: () => get<Day>('day'),
  setDay: (value: Day) => put('day', value),
  person: () => get<Person>('person'),
  setPerson: (value: Person | null) => put('person', value),
  contact: () => get<{ at: number; offset: number }>('contact'),
  setContact: (at: number, offset: number) => put('contact', { at, offset }),
};

export const isFull = (fault: unknown): boolean => (fault as DOMException)?.name === 'QuotaExceededError' || /quota|disk|full/i.test(String(fault));

/* What the server has too goes first when space is short: cached photos, sent records. */
export const makeRoom = async (): Promise<void> => {
  const base = await db();
  const tx = base.transaction(['files', 'queue'], 'readwrite');
  for (let at = await tx.objectStore('files').openCursor(); at; at = await at.continue()) if (!at.value.mine) await at.delete();
  for (let at = await tx.objectStore('queue').index('state').openCursor('sent'); at; at = await at.continue()) await at.delete();
  await tx.done;
};

/* The read cache dies; records that were not sent live on. */
export const forgetDay = async (): Promise<void> => {
  const base = await db();
  const tx = base.transaction(['meta', 'files'], 'readwrite');
  await tx.objectStore('meta').delete('day');
  await tx.objectStore('meta').delete('person');
  for (let at = await tx.objectStore('files').openCursor(); at; at = await at.continue()) if (!at.value.mine) await at.delete();
  await tx.done;
};

/* The night: what was sent is not needed here any more, and nobody is signed on. */
export const forgetSent = async (before: number): Promise<void> => {
  const base = await db();
  const tx = base.transaction(['queue', 'meta'], 'readwrite');
  for (let at = await tx.objectStore('queue').index('state').openCursor('sent'); at; at = await at.continue()) if (at.value.made < before) await at.delete();
  await tx.objectStore('meta').delete('person');
  await tx.done;
};

export const wipe = async (): Promise<void> => {
  const base = await db();
  const tx = base.transaction(['meta', 'queue', 'files'], 'readwrite');
  await Promise.all([tx.objectStore('meta').clear(), tx.objectStore('queue').clear(), tx.objectStore('files').clear(), tx.done]);
};
