// Any other ledger: which ones there are and what they ask comes from the server; here is how it is asked.
import * as clock from './clock';
import { button, chips, h, sheet } from './dom';
import { choosePerson } from './people';
import { camera, type Kept } from './photo';
import { secondSheet, unsigned } from './second';
import { pad } from './signature';
import { app, draft, save, staffWithPin, ui } from './state';
import { sealedItem } from './queue';
import type { Child, Field, Ledger } from './types';

export const ledgersOf = (per: Ledger['per']): Ledger[] => app.day!.ledgers.filter((one) => one.per === per && !one.sealed);

interface Ask { box: HTMLElement; value: () => unknown; fault: () => string | null; typed?: () => boolean; photo?: { take: () => Promise<Kept | null> } }

const typed = (field: Field, input: HTMLInputElement | HTMLTextAreaElement): Ask => {
  const value = (): string => input.value.trim();
  return {
    box: h('div.field', {}, h('label', { for: input.id }, `${field.label}${field.unit ? `（${field.unit}）` : ''}${field.need ? '' : '（选填）'}`), input, field.hint && h('p.hint', {}, field.hint)),
    value: () => value() || undefined,
    fault: () => (field.need && !value() ? `请填写${field.label}` : field.type === 'number' && value() && Number.isNaN(Number(value())) ? `${field.label}应填数字` : null),
  };
};

const ask = (field: Field): Ask => {
  const id = `f-${field.name}`;
  if (field.sign) {
    const name = pad(field.label);
    return { box: name.box, value: () => undefined, fault: () => (field.need && name.isEmpty() ? '请监护人签字' : null), photo: name };
  }
  if (field.type === 'photo') {
    const photo = camera(id);
    return { box: photo.box, value: () => undefined, fault: () => null, photo };
  }
  if (field.code) {
    const values = new Set<string>(), many = field.type === 'codes';
    const options = (app.day!.codes[field.code] || []).filter(([code]) => code);
    return { box: chips(`${field.label}${field.need ? '' : '（选填）'}`, options, values, many), value: () => (values.size ? (many ? [...values] : [...values][0]) : undefined), fault: () => (field.need && !values.size ? `请选择${field.label}` : null) };
  }
  if (field.type === 'bool') {
    const box = h('input', { id, type: 'checkbox' }) as HTMLInputElement;
    return { box: h('label.pick', {}, box, ` ${field.label}`), value: () => (box.checked ? true : undefined), fault: () => null };
  }
  if (field.type === 'lines') return typed(field, h('textarea', { id, rows: '3' }) as HTMLTextAreaElement);
  const kind = field.type === 'time' ? 'time' : field.type === 'date' ? 'date' : 'text';
  const input = h('input', { id, type: kind, inputmode: field.type === 'number' ? 'decimal' : undefined, autocomplete: 'off', maxlength: kind === 'text' ? '200' : undefined }) as HTMLInputElement;
  const given = field.type === 'time' && (field.now || field.need) ? clock.timeOf(clock.now()) : '';
  input.value = given;
  return { ...typed(field, input), typed: () => field.type === 'time' && input.value !== given };
};

/* What was said is taken back as soon as it is done. */
const settles = (box: HTMLElement, said: HTMLElement, asks: Ask[]): void => {
  for (const name of ['click', 'input', 'pointerup']) box.addEventListener(name, () => {
    if (!asks.some((one) => one.fault() === said.textContent)) said.textContent = '';
  });
};

export interface About { child?: Child; group?: string; part?: string; words?: string | null }

/* What waits for a step, and what a step on this tablet has opened meanwhile, also without a network. */
const partsOf = (ledger: Ledger): NonNullable<Ledger['parts']> => {
  const taken = (step: Ledger): string[] => app.items.filter((one) => one.record?.form === step.form && one.record.step === step.step && one.state !== 'todo').map((one) => one.record!.id!);
  if (ledger.step) return (ledger.parts || []).filter((one) => !taken(ledger).includes(one.id));
  const opened = app.day!.ledgers.filter((one) => one.step && one.opens === ledger.form).flatMap((one) => (one.parts || []).filter((part) => taken(one).includes(part.id)));
  return [...(ledger.parts || []), ...opened.filter((one) => !ledger.parts?.some((part) => part.id === one.id))];
};

export const ledgerSheet = (ledger: Ledger, about: About): void => {
  const asks = ledger.fields.filter((field) => field.sign || field.type !== 'photo' || about.child?.photos).map((field) => ({ field, ...ask(field) })), said = h('p.said', { role: 'alert' });
  const store = async (): Promise<void> => {
    const fault = asks.map((one) => one.fault()).find((one) => one !== null);
    if (fault) return void (said.textContent = fault);
    if (ledger.second && !app.person && staffWithPin().length) return choosePerson();
    const fields: Record<string, unknown> = {};
    let photo: Kept | null = null;
    for (const one of asks) if (one.value() !== undefined) fields[one.field.name] = one.value();
    try {
      for (const one of asks) if (one.photo && (photo = await one.photo.take())) fields[one.field.name] = photo;
    } catch (wrong) {
      return void (said.textContent = wrong instanceof Error ? wrong.message : String(wrong));
    }
    if (ledger.step) {
      box.close();
      return save([draft({ form: ledger.form, op: 'step', step: ledger.step, id: about.part, fields }, `${ledger.title}${about.child ? ` · ${about.child.name}` : ''}`, 0, photo?.hash)], '');
    }
    if (ledger.per === 'child') fields.child = about.child!.id;
    if (ledger.per === 'class') fields.class = about.group;
    if (ledger.hand && app.person) fields[ledger.hand] = app.person.id;
    box.close();
    const hand = asks.filter((one) => one.typed?.()).map((one) => one.field.name);
    const item = draft({ form: ledger.form, op: 'create', day: clock.today(), part: about.part, fields, typed: hand.length ? hand : undefined }, `${ledger.title}${about.child ? ` · ${about.child.name}` : ''}`, 0, photo?.hash);
    await save([item], '');
    if (ledger.second && app.person) secondSheet(ledger, item);
  };
  const box = sheet(`${ledger.title}${about.child ? ` · ${about.child.name}` : ''}`, [(about.words || '').split('；').filter(Boolean).map((one) => h('p', {}, one)), asks.map((one) => one.box), said, button('保存', () => void store(), 'strong wide', { 'data-act': 'save-ledger' })]);
  settles(box, said, asks);
};

const choose = (ledger: Ledger): void => {
  const day = app.day!;
  if (ledger.per === 'none') return ledgerSheet(ledger, {});
  if (ledger.per === 'class' && day.classes.length === 1) return ledgerSheet(ledger, { group: day.classes[0].id });
  const open = (about: About): void => {
    box.close();
    ledgerSheet(ledger, about);
  };
  const child = (id?: string): Child | undefined => day.children.find((one) => one.id === id);
  const parts = partsOf(ledger).filter((one) => !one.child || child(one.child));
  const tiles =
    ledger.per === 'class' ? day.classes.map((one) => button(one.name, () => open({ group: one.id }), 'tile'))
    : ledger.per === 'part' ? parts.map((one) => button(`${child(one.child)?.name || ''} ${(one.words || '').split('；')[0]}`, () => open({ part: one.id, child: child(one.child), words: ledger.step ? one.words : null }), 'tile'))
    : day.children.filter((one) => !app.group || one.class === app.group).map((one) => button(one.name, () => open({ child: one }), 'tile'));
  const box = sheet(ledger.title, [tiles.length ? h('div.grid', {}, tiles) : h('p.empty', {}, '今天没有需要登记的')]);
};

const waiting = (): HTMLElement | null => {
  const all = unsigned();
  return all.length === 0 ? null : h('section', {}, h('h2', {}, `待${all[0][0].second!.label} ${all.length}`), h('div.grid', {}, all.map(([ledger, item]) => button(`${clock.timeOf(item.made)} ${item.words}`, () => secondSheet(ledger, item), 'tile', { 'data-unsigned': item.key }))));
};

export const ledgersScreen = (): HTMLElement =>
  h('div', {}, waiting(), h('h2', {}, '登记'), h('div.grid', {}, app.day!.ledgers.filter((one) => !one.sealed).map((one) => button(one.title, () => choose(one), 'tile', { 'data-ledger': one.form }))),
    app.day!.ledgers.length === 0 && h('p.empty', {}, '这台设备没有其他登记内容'));

/* ---- 强制报告: 110 first; nothing on this tablet tells afterwards what was written ---- */

export const reportSheet = (ledger: Ledger): void => {
  const asks = ledger.fields.map((field) => ({ field, ...ask(field) })), said = h('p.said', { role: 'alert' });
  const store = async (): Promise<void> => {
    const fault = asks.map((one) => one.fault()).find((one) => one !== null);
    if (fault) return void (said.textContent = fault);
    const fields: Record<string, unknown> = {};
    for (const one of asks) if (one.value() !== undefined) fields[one.field.name] = one.value();
    const item = await sealedItem({ form: ledger.form, op: 'create', at: clock.now(), v: app.day!.day, fields }, app.pairing!);
    box.close();
    await save([item], '');
    app.said = '已保存，联网后自动送出';
    ui.draw();
  };
  const box = sheet(ledger.title, [
    h('p.warn', {}, '正在发生危险或有人受伤：先打电话。'), h('a.call', { href: 'tel:110' }, '拨打 110'), h('a.call', { href: 'tel:120' }, '拨打 120'),
    asks.map((one) => one.box), h('p.hint', {}, '直接送公安、民政、教育和卫生健康部门；本机构其他人看不到，这台平板上不留内容。'),
    said, button('送出报告', () => void store(), 'strong wide', { 'data-act': 'report' }),
  ]);
  settles(box, said, asks);
};
