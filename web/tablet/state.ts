// What the app knows, and the two loops that keep it true: sending what was recorded, asking for the day.
import * as clock from './clock';
import { statuses, type Status } from './day';
import { Offline, Refused, signed } from './net';
import * as queue from './queue';
import { keepPortraits } from './portrait';
import { forgetDay, forgetSent, meta, wipe } from './store';
import type { Day, Item, Pairing, Person, Sent, Staff } from './types';

const DAY_DIES_MS = 48 * 3600000, TICK_MS = 15000, KEEP_SENT_MS = 24 * 3600000;

export const app = {
  pairing: undefined as Pairing | undefined,
  day: undefined as Day | undefined,
  person: undefined as Person | undefined,
  items: [] as Item[],
  contact: 0,
  online: false,
  asked: false, /* somebody waits for all to be sent and for the newest day */
  said: '', /* why it is not online, or what needs attention */
  screen: 'today',
  group: null as string | null,
  mode: 'arrive' as 'arrive' | 'noon' | 'leave',
  absent: false, /* the next tap records an absence */
  undos: [] as { keys: string[]; words: string; until: number }[], /* each for its minute, the newest last */
};
export const ui = { draw: (): void => undefined };

export const modeNow = (): typeof app.mode => (clock.hour() < 11 ? 'arrive' : clock.hour() < 15 ? 'noon' : 'leave');
export const status = (): Map<string, Status> => (app.day ? statuses(app.day, app.items) : new Map<string, Status>());
export const unsent = (): number => app.items.filter((one) => one.state === 'new' || one.state === 'waiting').length;
export const todo = (): number => app.items.filter((one) => one.state === 'todo').length;
export const staffWithPin = (): Staff[] => (app.day?.staff || []).filter((one) => one.pin);

const reload = async (): Promise<void> => {
  app.items = await queue.all();
};

/* ---- writing ---- */

type Draft = Omit<Sent, 'key' | 'v' | 'at' | 'staff'>;
export const draft = (record: Draft, words: string, hold = 0, photo?: string): Item =>
  queue.makeItem({ ...record, at: clock.now(), v: app.day?.day || clock.today(), staff: app.person?.id }, words, hold, photo);

/* Written down before anything on the screen says so. */
export const save = async (items: Item[], words: string): Promise<void> => {
  await queue.add(items);
  await reload();
  if (items[0]?.held) app.undos.push({ keys: items.map((one) => one.key), words, until: clock.now() + queue.HOLD_MS });
  ui.draw();
  void send();
};
export const takeBack = async (): Promise<void> => {
  const last = app.undos.pop();
  if (!last) return;
  await queue.undo(last.keys);
  await reload();
  ui.draw();
};

/* ---- the loops ---- */

const unpaired = async (): Promise<void> => {
  await wipe();
  app.pairing = app.day = app.person = undefined;
  app.items = [];
  app.said = '此设备已解除配对，本机数据已清除';
  app.screen = 'today';
};

const failed = async (fault: unknown): Promise<void> => {
  app.online = false;
  if (fault instanceof Refused && fault.code === 'unpaired') {
    try { /* what is still here goes to the head, flagged; then nothing stays */
      await queue.flush(app.pairing!, true);
      await unpaired();
    } catch (again) {
      app.said = again instanceof Error ? again.message : String(again);
    }
    return;
  }
  app.said = fault instanceof Error ? fault.message : String(fault);
  if (!(fault instanceof Offline) && !(fault instanceof Refused)) console.error(fault);
};

const online = (): void => {
  app.online = true;
  app.said = '';
  app.contact = clock.now();
};

const askDay = async (): Promise<void> => {
  const known: Record<string, string> = app.day ? { 'if-none-match': app.day.stamp } : {};
  const answer = await signed(app.pairing!, 'GET', '/tablet/day', undefined, known);
  online();
  if (answer.status === 304) return;
  app.day = answer.body.data as Day;
  await meta.setDay(app.day).catch(() => undefined); /* a full disk does not stop the day */
  void keepPortraits(app.pairing!, app.day.pickups).catch(() => undefined); /* what is missing is fetched when it is looked at */
  if (app.group && !app.day.classes.some((one) => one.id === app.group)) app.group = null;
};

let running: Promise<void> | null = null;
let again = false;
let everything = false; /* also what could still be undone */

const loop = async (): Promise<void> => {
  do {
    again = false;
    const now = everything;
    everything = false;
    try {
      const { wipe: gone } = await queue.flush(app.pairing!, now);
      if (gone) {
        await unpaired();
        break;
      }
      await askDay();
    } catch (fault) {
      await failed(fault);
    }
    if (app.pairing) await reload();
    ui.draw();
  } while (again && app.pairing && app.online);
};

const run = async (): Promise<void> => {
  try {
    await loop();
  } finally {
    running = null;
  }
};

/* Whoever comes while it runs is served by one more round: the promise ends behind it. */
export const send = (): Promise<void> => {
  if (!app.pairing) return Promise.resolve();
  again = running !== null;
  running ??= run();
  return running;
};

/* ---- time ---- */

const night = async (): Promise<void> => {
  const day = clock.today();
  if (app.person && app.person.until < clock.now()) {
    app.person = undefined;
    await meta.setPerson(null);
  }
  if (app.contact && clock.now() - app.contact > DAY_DIES_MS && app.day) {
    await forgetDay();
    app.day = app.person = undefined;
    app.said = '已超过48小时没有联网，当日名单已清除；未上传的记录仍在';
  }
  if (app.day && app.day.day !== day && (app.day.attendance.length || app.day.checks?.length || app.day.stays.length)) {
    app.day = { ...app.day, attendance: [], checks: [], stays: [], stamp: '' }; /* yesterday's records are not needed here */
    await meta.setDay(app.day);
    await forgetSent(clock.now() - KEEP_SENT_MS / 2);
    app.person = undefined;
  }
};

/* What somebody asks for now goes now, and cannot be undone any more. */
export const sendAll = async (): Promise<void> => {
  everything = app.asked = true;
  app.undos = [];
  const sent = send();
  ui.draw();
  await sent;
  app.asked = false;
  ui.draw();
};

export const tick = async (): Promise<void> => {
  if (!app.pairing) return;
  await night();
  app.undos = app.undos.filter((one) => one.until > clock.now());
  await send();
};

export const start = async (): Promise<void> => {
  const contact = await meta.contact();
  if (contact) clock.known(contact.offset);
  app.contact = contact?.at || 0;
  [app.pairing, app.day, app.person] = await Promise.all([meta.pairing(), meta.day(), meta.person()]);
  if (app.contact && clock.now() < app.contact - 60000) app.said = '平板的时钟可能不对，请先联网校准';
  await reload();
  await night();
  setInterval(() => void tick(), TICK_MS);
  addEventListener('online', () => void send());
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void tick());
  addEventListener('beforeunload', (event) => {
    if (queue.isSpilled()) event.preventDefault();
  });
};
