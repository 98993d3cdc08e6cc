// What today looks like: what the server said last, and over it what this tablet recorded since.
import * as clock from './clock';
import type { Child, Day, Item } from './types';

export type Presence = 'none' | 'present' | 'left' | 'absent';
export interface Status {
  state: Presence; time: string; morning: string | null; noon: string | null;
  row: { id?: string; ref?: string; version?: number } | null; /* its attendance, as a step names it */
  open: string[]; /* keys of its records that have not left the tablet */
  todo: boolean;
}

/* What the server will say of it: something seen, or a temperature from the city's threshold on. */
let fever = 37.3;
const setFever = (tenths: number): void => {
  fever = tenths / 10;
};
export const isAbnormal = (fields: Record<string, unknown>): boolean => Boolean((fields.symptoms as string[] | undefined)?.length) || Number(fields.temperature) >= fever;

const fresh = (): Status => ({ state: 'none', time: '', morning: null, noon: null, row: null, open: [], todo: false });

const overlay = (status: Status, item: Item): void => {
  const record = item.record!;
  if (item.state === 'todo') {
    status.todo = true;
    return;
  }
  if (item.state !== 'sent') status.open.push(item.key);
  if (record.form === 'morning_check') {
    status[record.fields.round as 'morning' | 'noon'] = isAbnormal(record.fields) ? 'abnormal' : 'normal';
    if (record.fields.round === 'morning' && record.fields.handling === 'refuse' && status.state === 'present') { /* as the server will say */
      status.state = 'absent';
      status.time = '';
    }
  }
  if (record.form !== 'attendance') return;
  if (record.op === 'create') {
    const absent = Boolean(record.fields.reason);
    if (status.state === 'none') {
      status.state = absent ? 'absent' : 'present';
      status.time = String(record.fields.arrived_at || '');
    }
    status.row ??= item.result?.id ? { id: item.result.id } : { ref: record.key };
  } else if (record.step === 'leave' && status.state === 'present') {
    status.state = 'left';
    status.time = String(record.fields.left_at || '');
  } else if (record.step === 'arrive' && status.state === 'absent') {
    status.state = 'present';
    status.time = String(record.fields.arrived_at || '');
  } else if (record.step === 'not_come' && status.state === 'present') {
    status.state = 'absent';
    status.time = '';
  } else if (record.step === 'back' && status.state === 'left') status.state = 'present';
};

/* The child of a step is the child of the record that it follows. */
const childOf = (item: Item, by: Map<string, string>): string | undefined => {
  const record = item.record!;
  return (record.fields.child as string | undefined) ?? by.get(record.ref || record.id || '');
};

export const statuses = (day: Day, items: Item[]): Map<string, Status> => {
  setFever(day.fever);
  const out = new Map<string, Status>(), by = new Map<string, string>();
  const of = (child: string): Status => {
    if (!out.has(child)) out.set(child, fresh());
    return out.get(child)!;
  };
  day.children.forEach((child) => of(child.id));
  const current = day.day === clock.today();
  if (current)
    for (const row of day.attendance) {
      Object.assign(of(row.child), { state: row.state, time: clock.timeOf(row.state === 'left' ? row.left : row.arrived), row: { id: row.id, version: row.version } });
      if (row.state === 'absent') of(row.child).time = '';
      by.set(row.id, row.child);
    }
  if (current) for (const check of day.checks || []) of(check.child)[check.round as 'morning' | 'noon'] = check.result;
  for (const item of items) {
    if (!item.record || clock.dayOf(item.made) !== clock.today()) continue;
    const child = childOf(item, by);
    if (!child) continue;
    by.set(item.key, child);
    if (item.result?.id) by.set(item.result.id, child);
    overlay(of(child), item);
  }
  return out;
};

export const inClass = (day: Day, group: string | null): Child[] => day.children.filter((child) => !group || child.class === group);

/* Who is waited for today: by the contract, and not under suspicion; and whoever came. */
export const isDue = (child: Child, now: Status): boolean => (child.expected !== false && !child.barred) || now.state === 'present' || now.state === 'left';

export const due = (children: Child[], all: Map<string, Status>): Child[] => children.filter((one) => isDue(one, all.get(one.id)!));

export interface Stay { id?: string; ref?: string; post: string; time: string }

/* Where somebody is signed in now, by the server's word and what was recorded since; null: nowhere. */
export const stayOf = (day: Day, items: Item[], staff: string): Stay | null => {
  const row = day.day === clock.today() ? day.stays.find((one) => one.staff === staff) : undefined;
  let stay: Stay | null = row ? { id: row.id, post: row.post, time: clock.timeOf(row.in) } : null;
  for (const item of items) {
    const record = item.record;
    if (record?.form !== 'staff_attendance' || record.staff !== staff || item.state === 'todo' || clock.dayOf(item.made) !== clock.today()) continue;
    const ended = item.result?.id && item.settled! < day.now && !day.stays.some((one) => one.id === item.result!.id);
    if (record.op === 'create' && !ended)
      stay = { ...(item.result?.id ? { id: item.result.id } : { ref: record.key }), post: String(record.fields.post), time: String(record.fields.in_at) };
    else if (record.step === 'out') stay = null;
  }
  return stay;
};
