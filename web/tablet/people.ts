// Pairing, and who holds the tablet: the name, then the number, once a shift.
import * as clock from './clock';
import { makeKeys, pinFits, publicPoint } from './crypto';
import { button, h, sheet } from './dom';
import { post } from './net';
import { stayOf } from './day';
import { app, draft, modeNow, save, send, staffWithPin, ui } from './state';
import { meta } from './store';
import type { Staff } from './types';

const SHIFT_MS = 12 * 3600000;

/* One class: its children are the first thing one sees; and somebody has to say who it is. */
export const arrived = (): void => {
  if (app.day?.classes.length === 1) {
    app.group = app.day.classes[0].id;
    app.screen = 'children';
    app.mode = modeNow();
  }
  ui.draw();
  if (!app.person && staffWithPin().length) choosePerson();
};

const pair = async (code: string, said: HTMLElement): Promise<void> => {
  said.textContent = '正在配对…';
  try {
    const keys = await makeKeys();
    const data = await post('/tablet/pair', { code, key: await publicPoint(keys), agent: navigator.userAgent.slice(-110) });
    app.pairing = { id: data.id, name: data.name, institution: data.institution, box: data.box, keys };
    await meta.setPairing(app.pairing);
    await navigator.storage?.persist?.().catch(() => false);
    app.said = '';
    await send();
    arrived();
  } catch (fault) {
    said.textContent = fault instanceof Error ? fault.message : String(fault);
  }
};

export const pairScreen = (): HTMLElement => {
  const said = h('p.said', { role: 'alert' }, app.said);
  const code = h('input.code', { id: 'code', inputmode: 'numeric', autocomplete: 'off', maxlength: '9', 'aria-describedby': 'code-hint', required: true }) as HTMLInputElement;
  const form = h('form', { submit: (event: Event) => {
    event.preventDefault();
    void pair(code.value.replace(/\D/g, ''), said);
  } }, h('label', { for: 'code' }, '配对码'), code, h('p.hint', { id: 'code-hint' }, '请负责人在“平板设备”中新建设备，把8位配对码告诉您。'), h('button.strong', { type: 'submit' }, '配对'), said);
  const secure = window.isSecureContext && crypto.subtle;
  return h('main.pair', {}, h('h1', {}, '托育平板'), secure ? form : h('p.said', { role: 'alert' }, '请用 https 地址打开本页：浏览器只在安全连接下允许离线登记。'));
};

const keypad = (press: (key: string) => void): HTMLElement =>
  h('div.keypad', {}, ['1', '2', '3', '4', '5', '6', '7', '8', '9', '清除', '0', '确定'].map((key) => button(key, () => press(key), 'key')));

export const askNumber = (title: string, hint: string, most: number, check: (value: string, silent: boolean) => Promise<string | null>, done: () => void): void => {
  let value = '', busy = false, over = false;
  const dots = h('p.dots', { 'aria-live': 'polite' }), said = h('p.said', { role: 'alert' });
  const draw = (): void => {
    dots.textContent = '●'.repeat(value.length) || hint;
  };
  const enter = async (): Promise<void> => {
    if (busy || !value) return;
    busy = true;
    said.textContent = '正在核对…';
    const wrong = await check(value, false);
    busy = false;
    said.textContent = wrong || '';
    value = '';
    draw();
    if (wrong === null) finish();
  };
  const finish = (): void => {
    if (over) return;
    over = true;
    box.close();
    done();
  };
  /* a right number needs no 确定; a wrong one is not said before that */
  const quietly = async (typed: string): Promise<void> => {
    if ((await check(typed, true)) === null) finish();
  };
  const box = sheet(title, [dots, said, keypad((key) => {
    if (busy) return;
    if (key === '清除') value = '';
    else if (key === '确定') void enter();
    else if (value.length < most) value += key;
    draw();
    if (key >= '0' && key <= '9' && value.length >= 4) void quietly(value);
  })], () => (over = true));
  draw();
};

let fails = 0, lockedUntil = 0;

/* Five wrong numbers, then a pause: the number says whose hand it is, it opens nothing. */
const checkPin = async (id: string, check: string, value: string, silent: boolean): Promise<string | null> => {
  const { salt, pin_rounds: rounds } = app.day!.device;
  if (clock.now() < lockedUntil) return '请稍候再试';
  if (await pinFits(value, id, check, salt, rounds)) {
    fails = 0;
    return null;
  }
  if (!silent) fails += 1;
  if (fails >= 5) {
    fails = 0;
    lockedUntil = clock.now() + 60000;
  }
  return '口令不对';
};

export const askPin = (one: Staff, done: () => void): void => askNumber(one.name, '输入平板口令', 6, (value, silent) => checkPin(one.id, one.pin!, value, silent), done);

export const choosePerson = (): void => {
  const people = staffWithPin();
  const box = sheet('谁在登记', [
    people.length ? h('div.grid', {}, people.map((one) => button(one.name, () => {
      box.close();
      askPin(one, () => {
        app.person = { id: one.id, name: one.name, until: clock.now() + SHIFT_MS };
        void meta.setPerson(app.person);
        ui.draw();
      });
    }, 'tile', { 'data-staff': one.id }))) : h('p', {}, '还没有人设置平板口令。请负责人在“工作人员”中设置；在此之前登记不署名。'),
    app.person ? button('退出（交班）', () => {
      app.person = undefined;
      void meta.setPerson(null);
      box.close();
      ui.draw();
    }, 'wide') : null,
  ]);
};

/* Signing in and out of the one who typed the number, in one post or the other. */
export const stayBar = (): HTMLElement | null => {
  const person = app.person && app.day!.staff.find((one) => one.id === app.person!.id);
  if (!person || !app.day!.may.staff_attendance) return null;
  const labels = new Map(app.day!.codes.post || []), stay = stayOf(app.day!, app.items, person.id), time = (): string => clock.timeOf(clock.now());
  /* the carer who signs in on a room's tablet is in that room; elsewhere the roster says where */
  const room = app.day!.classes.length === 1 ? app.day!.classes[0].id : undefined;
  const enter = (post: string): void => void save([draft({ form: 'staff_attendance', op: 'create', day: clock.today(), fields: { staff: person.id, post, class: post === 'carer' ? room : undefined, in_at: time() } }, `${person.name} 签到`)], '');
  const leave = (): void => void save([draft({ form: 'staff_attendance', op: 'step', step: 'out', id: stay!.id, ref: stay!.ref, fields: { out_at: time() } }, `${person.name} 签退`)], '');
  const posts = (person.posts || '').split('|').filter(Boolean);
  return h('div.stay', {}, h('p', {}, stay ? `${person.name} ${labels.get(stay.post) || ''} ${stay.time} 签到` : `${person.name} 未签到`),
    stay ? button('签退', leave, '', { 'data-act': 'out' }) : posts.map((post) => button(posts.length > 1 ? `签到：${labels.get(post) || post}` : '签到', () => enter(post), 'strong', { 'data-act': 'in', 'data-post': post })));
};
