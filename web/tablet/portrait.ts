// Portraits of those who may fetch a child: taken with the day, so that they are here without a network, and gone with it.
import * as clock from './clock';
import { Offline, signed } from './net';
import { db } from './store';
import type { Pairing, Pickup } from './types';

const MOST_BYTES = 48 << 20;
const PREFIX = 'photo.';
const nameOf = (person: Pickup): string => `${PREFIX}${person.id}.${person.photo}`;

export const portraitOf = async (pairing: Pairing, person: Pickup): Promise<Blob> => {
  const id = nameOf(person), base = await db(), kept = await base.get('files', id);
  if (kept) return kept.blob;
  const { blob } = await signed(pairing, 'GET', `/pickup_person/${person.id}/file/photo`);
  await base.put('files', { id, blob, at: clock.now(), mine: false }).catch(() => undefined);
  return blob;
};

/* Bytes of what is kept; who is not of the day any more, or has another portrait, goes. */
const prune = async (wanted: Set<string>): Promise<number> => {
  const tx = (await db()).transaction('files', 'readwrite');
  let bytes = 0;
  for (let at = await tx.store.openCursor(); at; at = await at.continue()) {
    if (!at.value.id.startsWith(PREFIX)) continue;
    if (wanted.has(at.value.id)) bytes += at.value.blob.size;
    else await at.delete();
  }
  await tx.done;
  return bytes;
};

let running = false;
export const keepPortraits = async (pairing: Pairing, people: Pickup[]): Promise<void> => {
  if (running) return;
  running = true;
  try {
    const wanted = people.filter((one) => one.photo), base = await db();
    let bytes = await prune(new Set(wanted.map(nameOf)));
    const kept = new Set(await base.getAllKeys('files'));
    for (const one of wanted) {
      if (bytes > MOST_BYTES) return;
      if (kept.has(nameOf(one))) continue;
      try {
        bytes += (await portraitOf(pairing, one)).size;
      } catch (fault) {
        if (fault instanceof Offline) return; /* one that is refused does not keep the others away */
      }
    }
  } finally {
    running = false;
  }
};
