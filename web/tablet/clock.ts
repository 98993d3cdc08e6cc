// The server's time as the tablet knows it: an old tablet without a network may be hours off. The difference is measured
// at each contact. A clock that is set back meanwhile is seen, because the page's own counter runs on; one that is set
// forward looks like sleep and is corrected at the next contact.
const BACK_MS = 2000;

let offset = 0;
let wall = Date.now();
let counter = performance.now();

/* What a record says of the clocks: the tablet's own, and the page's counter, which nobody can set; `life` names the page.
 * Sent beside them again, they tell the server whether the clock was the same when the record was made. */
const life = Math.random().toString(36).slice(2);
export const facts = (): { clock: number; mono: number; life: string } => ({ clock: Date.now(), mono: Math.round(performance.now()), life });

const watch = (): void => {
  const drift = Date.now() - wall - (performance.now() - counter);
  if (drift < -BACK_MS) offset -= drift;
  wall = Date.now();
  counter = performance.now();
};

export const now = (): number => {
  watch();
  return Math.round(Date.now() + offset);
};
export const measured = (server: number, sent: number): number => {
  watch();
  offset = server - (sent + Date.now()) / 2;
  return offset;
};
export const known = (value: number): void => {
  offset = value;
};

/* All clocks of the system show Shanghai. */
const local = (ms: number): Date => new Date(ms + 8 * 3600000);
export const dayOf = (ms: number): string => local(ms).toISOString().slice(0, 10);
export const timeOf = (ms: number): string => local(ms).toISOString().slice(11, 16);
export const today = (): string => dayOf(now());
export const hour = (): number => local(now()).getUTCHours() + local(now()).getUTCMinutes() / 60;
